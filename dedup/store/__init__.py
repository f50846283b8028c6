"""The store of a durable index: SQLite for what is true, files of arrays for what is derived from it."""

from dedup.store.arrays import ArrayFile
from dedup.store.database import Database
from dedup.store.disk import Disk
from dedup.store.lock import WriterLock
from dedup.store.rows import Row, pack_id, unpack_id
from dedup.store.shelf import FileShelf, MemoryShelf, Shelf

__all__ = [
    "ArrayFile",
    "Database",
    "Disk",
    "FileShelf",
    "MemoryShelf",
    "Row",
    "Shelf",
    "WriterLock",
    "pack_id",
    "unpack_id",
]
