"""The one place through which a store writes, syncs, renames and removes files, and commits."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from dedup.errors import StoreError

__all__ = ["Disk"]

OnWrite = Callable[[str, BinaryIO | None], None]


def _nothing(step: str, stream: BinaryIO | None) -> None:
    pass


class Disk:
    """Writes so that a file is whole or not there, and that it is still there when the power fails.

    Parameters
    ----------
    durable : bool
        Wait for the disk. Without, a power cut may cost the last commits; a killed process costs nothing either way.
    on_write : callable, optional
        Told of each step before it is done: its name, and the open file where there is one. Tests let it fail there.
    """

    def __init__(self, *, durable: bool = True, on_write: OnWrite = _nothing) -> None:
        self.durable = durable
        self._on_write = on_write

    def write(self, path: Path, chunks: Iterable[bytes | memoryview]) -> None:
        """Write a file under a temporary name, sync it, and give it its name.

        Raises
        ------
        StoreError
            When the disk is full or cannot be written.
        """
        temporary = path.with_name(path.name + ".part")
        try:
            with temporary.open("wb") as stream:
                for chunk in chunks:
                    self._on_write("write", stream)
                    stream.write(chunk)
                stream.flush()
                self._on_write("fsync", stream)
                if self.durable:
                    os.fsync(stream.fileno())
            self._on_write("rename", None)
            temporary.replace(path)
            self._sync_folder(path.parent)
        except OSError as problem:
            temporary.unlink(missing_ok=True)
            raise StoreError(f"{path}: cannot be written: {problem.strerror or problem}") from problem

    def remove(self, path: Path) -> None:
        """Remove a file. Where a system will not while somebody reads it, it is left for the next time."""
        self._on_write("remove", None)
        try:
            path.unlink(missing_ok=True)
        except OSError:
            return

    def commit(self, connection: sqlite3.Connection) -> None:
        """Commit a transaction."""
        self._on_write("commit", None)
        connection.execute("COMMIT")
        self._on_write("committed", None)

    def _sync_folder(self, folder: Path) -> None:
        """Make a rename last; only systems that can open folders can, and need to."""
        self._on_write("sync folder", None)
        if not self.durable or not hasattr(os, "O_DIRECTORY"):
            return
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
