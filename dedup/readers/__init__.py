"""Files, folders, records and standard input → documents."""

from dedup.readers.options import ReadOptions
from dedup.readers.reading import read_documents
from dedup.readers.tables import documents_from_records

__all__ = ["ReadOptions", "documents_from_records", "read_documents"]
