"""The engines, each a program of its own that runs in its own environment."""
