"""Files, folders, records and standard input → documents."""

from dedup.readers.options import ReadOptions
from dedup.readers.reading import read_documents

__all__ = ["ReadOptions", "read_documents"]
