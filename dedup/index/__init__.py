"""The durable index: documents added one by one or by the thousand, and asked for what a text is related to."""

from dedup.index.index import Index, Near

__all__ = ["Index", "Near"]
