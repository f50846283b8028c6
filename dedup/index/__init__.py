"""The durable index: documents added one by one or by the thousand, and asked for what a text is related to."""

from dedup.index.index import Index, Near
from dedup.index.opening import is_index
from dedup.index.shared import SharedNear

__all__ = ["Index", "Near", "SharedNear", "is_index"]
