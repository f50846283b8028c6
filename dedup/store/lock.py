"""One writer at a time."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from dedup.errors import StoreError

__all__ = ["WriterLock"]


class WriterLock:
    """The right to write to an index, until it is closed or the process ends, in whatever way.

    SQLite's own lock on an empty database: it works on every system, between threads and between processes, and nothing
    remains of a process that was killed.

    Raises
    ------
    StoreError
        When somebody else writes, or the folder cannot be written.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as problem:
            if getattr(problem, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
                raise StoreError(
                    f"{path.parent}: another process, or another Index in this one, writes to this index; "
                    "wait for it, or open the index for reading"
                ) from None
            raise StoreError(f"{path.parent}: cannot be written: {problem}; open the index for reading") from problem

    def close(self) -> None:
        """Let others write."""
        self._connection.close()
