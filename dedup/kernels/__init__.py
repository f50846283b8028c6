"""Compiled inner loops: arrays in, arrays out, no Python objects, no validation. One file a stage."""
