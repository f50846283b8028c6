"""The command line: thin commands over the library."""

from dedup.cli.app import app, main

__all__ = ["app", "main"]
