"""Slow, obvious oracles; nothing here imports dedup."""
