"""The database of an index: documents, which of them stand for their class, and which files hold what."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt

from dedup.errors import DamageError, StoreError
from dedup.store.disk import Disk
from dedup.store.rows import Row, unpack_id

__all__ = ["SCHEMA_VERSION", "Database", "Head", "PartName"]

SCHEMA_VERSION = 1

_APPLICATION = 0x64656475
_SCHEMA = """
CREATE TABLE documents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, fingerprint BLOB,
    metadata TEXT NOT NULL, text BLOB, sketch BLOB, digest BLOB NOT NULL
);
CREATE INDEX by_fingerprint ON documents (fingerprint, id) WHERE fingerprint IS NOT NULL;
CREATE TABLE entries (entry INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE);
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE parts (name TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE removed (entry INTEGER PRIMARY KEY);
CREATE TABLE fitted (name TEXT PRIMARY KEY, dtype TEXT NOT NULL, data BLOB NOT NULL);
"""
_PAGE = 8_192
"""Bytes: of an article's text and its keys less is left over at the ends of pages than of 4,096."""

_ROW = "id, metadata, text, digest"

Head = tuple[int, bytes]
"""The number and the id of a document that stands for its class."""

PartName = tuple[str, int, int]
"""A part's name, and its first and last entry."""


class Database:
    """One SQLite file, or one in memory.

    Parameters
    ----------
    path : Path or None
        ``None`` keeps it in memory.
    disk : Disk
        Through which it commits.
    writing : bool
        Otherwise one snapshot is read until it is closed, whatever others write meanwhile.

    Raises
    ------
    StoreError
        When it cannot be opened, or is of another version.
    """

    def __init__(self, path: Path | None, disk: Disk, *, writing: bool) -> None:
        self.path = path
        self._disk = disk
        with self._told():
            self._connection = _connect(path, writing=writing)
        try:
            with self._told():
                if writing:
                    self._execute("PRAGMA secure_delete = ON")
                    self._execute(f"PRAGMA synchronous = {'FULL' if disk.durable else 'NORMAL'}")
                    self._create_if_empty()
                else:
                    self._execute("BEGIN")
                self._check_version()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close it; what was not committed is gone."""
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what is written inside."""
        with self._told():
            self._execute("BEGIN IMMEDIATE")
            try:
                yield
                self._disk.commit(self._connection)
            except BaseException:
                if self._connection.in_transaction:
                    self._execute("ROLLBACK")
                raise

    def facts(self) -> dict[str, Any]:
        """Settings, versions and counters."""
        with self._told():
            return {name: json.loads(value) for name, value in self._execute("SELECT name, value FROM facts")}

    def set_facts(self, values: Mapping[str, Any]) -> None:
        """Set some of them."""
        rows = [(name, json.dumps(value)) for name, value in values.items()]
        self._connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)

    def insert(self, row: Row, fingerprint: bytes | None, sketch: bytes | None) -> int:
        """Store a document; returns its number, which no other ever has."""
        added = self._execute(
            "INSERT INTO documents (id, metadata, text, digest, fingerprint, sketch) VALUES (?, ?, ?, ?, ?, ?)",
            (row.id, row.metadata, row.text, row.digest, fingerprint, sketch),
        )
        return added.lastrowid or 0

    def delete(self, number: int) -> None:
        """Remove a document."""
        self._execute("DELETE FROM documents WHERE number = ?", (number,))

    def find(self, name: bytes) -> tuple[int, bytes | None] | None:
        """The number and the fingerprint of the document of an id."""
        query = "SELECT number, fingerprint FROM documents WHERE id = ?"
        with self._told():
            found: tuple[int, bytes | None] | None = self._execute(query, (name,)).fetchone()
        return found

    def head(self, fingerprint: bytes) -> Head | None:
        """The first document of a class, by id."""
        query = "SELECT number, id FROM documents WHERE fingerprint = ? ORDER BY id LIMIT 1"
        found: Head | None = self._execute(query, (fingerprint,)).fetchone()
        return found

    def enter(self, entries: Iterable[tuple[int, int]]) -> None:
        """Give documents entries: pairs of an entry and a document's number."""
        self._connection.executemany("INSERT INTO entries VALUES (?, ?)", entries)

    def leave(self, number: int) -> int | None:
        """Take a document's entry away; returns it, if it had one."""
        found = self._execute("DELETE FROM entries WHERE number = ? RETURNING entry", (number,)).fetchone()
        return int(found[0]) if found else None

    def clear_entries(self) -> None:
        """Take all entries away."""
        self._execute("DELETE FROM entries")
        self._execute("DELETE FROM removed")

    def reclassify(self, fingerprints: Iterable[tuple[bytes | None, bytes | None, int]], first: int) -> int:
        """Other fingerprints and sketches by number, and new entries from ``first`` on; returns the next free one."""
        statement = "UPDATE documents SET fingerprint = ?, sketch = ? WHERE number = ?"
        self._connection.executemany(statement, fingerprints)
        self.clear_entries()
        query = "SELECT number, min(id) FROM documents WHERE fingerprint IS NOT NULL GROUP BY fingerprint ORDER BY 2"
        numbers = [number for number, _ in self._execute(query)]
        self.enter(enumerate(numbers, first))
        return first + len(numbers)

    def numbers(self) -> list[int]:
        """The numbers of all documents, ascending."""
        with self._told():
            return [number for (number,) in self._execute("SELECT number FROM documents ORDER BY number")]

    def heads(self) -> Iterator[tuple[int, Row]]:
        """The number and the row of each document that has an entry, or no words, by id."""
        chosen = "fingerprint IS NULL OR number IN (SELECT number FROM entries)"
        query = f"SELECT number, {_ROW} FROM documents WHERE {chosen} ORDER BY id"
        with self._told():
            for number, *row in self._execute(query):
                yield number, Row(*row)

    def document(self, number: int) -> Row:
        """A document by its number."""
        with self._told():
            found = self._execute(f"SELECT {_ROW} FROM documents WHERE number = ?", (number,)).fetchone()
        return Row(*found)

    def documents(self, *, after: int = 0) -> Iterator[Row]:
        """All documents by id, or those with greater numbers than ``after``."""
        with self._told():
            for found in self._execute(f"SELECT {_ROW} FROM documents WHERE number > ? ORDER BY id", (after,)):
                yield Row(*found)

    def entries(self, first: int, last: int) -> Iterator[tuple[int, Row, bytes | None]]:
        """Entries ``first`` to ``last``, both included, each with its document and its sketch, if it keeps one."""
        query = f"""
            SELECT entry, {_ROW}, sketch FROM entries JOIN documents USING (number)
            WHERE entry BETWEEN ? AND ? ORDER BY entry
        """
        with self._told():
            for entry, *row, sketch in self._execute(query, (first, last)):
                yield entry, Row(*row), sketch

    def names_at(self, entries: Iterable[int]) -> list[str]:
        """The id of the document of each entry."""
        query = "SELECT id FROM entries JOIN documents USING (number) WHERE entry = ?"
        with self._told():
            return [unpack_id(self._execute(query, (entry,)).fetchone()[0]) for entry in entries]

    def at_entry(self, entry: int, but: bytes) -> Row | None:
        """The document of an entry; where it has the id ``but``, another one of its class, if there is one."""
        query = f"SELECT {_ROW}, fingerprint FROM entries JOIN documents USING (number) WHERE entry = ?"
        other = f"SELECT {_ROW}, fingerprint FROM documents WHERE fingerprint = ? AND id <> ? ORDER BY id LIMIT 1"
        with self._told():
            found = self._execute(query, (entry,)).fetchone()
            if found and found[0] == but:
                found = self._execute(other, (found[-1], but)).fetchone()
        return Row(*found[:-1]) if found else None

    def names(self, *, after: int = 0) -> Iterator[str]:
        """All ids, or those of documents with greater numbers than ``after``, ascending."""
        with self._told():
            for (name,) in self._execute("SELECT id FROM documents WHERE number > ? ORDER BY id", (after,)):
                yield unpack_id(name)

    def last_number(self) -> int:
        """The greatest number given so far."""
        with self._told():
            found = self._execute("SELECT seq FROM sqlite_sequence WHERE name = 'documents'").fetchone()
        return int(found[0]) if found else 0

    def parts(self) -> list[PartName]:
        """The parts, by their first entry."""
        with self._told():
            return list(self._execute("SELECT name, first, last FROM parts ORDER BY first"))

    def replace_parts(self, gone: Sequence[str], made: Sequence[PartName]) -> None:
        """Exchange parts."""
        self._connection.executemany("DELETE FROM parts WHERE name = ?", [(name,) for name in gone])
        self._connection.executemany("INSERT INTO parts VALUES (?, ?, ?)", made)

    def removed(self) -> npt.NDArray[np.int64]:
        """Entries that stand in parts and are gone."""
        with self._told():
            return np.array([entry for (entry,) in self._execute("SELECT entry FROM removed")], np.int64)

    def mark_removed(self, entry: int) -> None:
        """Note that an entry is gone."""
        self._execute("INSERT OR IGNORE INTO removed VALUES (?)", (entry,))

    def forget_removed(self, first: int, last: int) -> None:
        """Forget the marks of entries that no part has any more."""
        self._execute("DELETE FROM removed WHERE entry BETWEEN ? AND ?", (first, last))

    def fitted(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays that `set_fitted` kept."""
        with self._told():
            rows = self._execute("SELECT name, dtype, data FROM fitted")
            return {name: np.frombuffer(data, np.dtype(dtype)) for name, dtype, data in rows}

    def set_fitted(self, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep some flat arrays in place of those kept before."""
        self._execute("DELETE FROM fitted")
        rows = [(name, array.dtype.str, array.tobytes()) for name, array in arrays.items()]
        self._connection.executemany("INSERT INTO fitted VALUES (?, ?, ?)", rows)

    def erase(self) -> bool:
        """Give the room of removed rows back, overwritten; false where a reader keeps an old snapshot from going."""
        with self._told():
            self._execute("VACUUM")
            [busy, _, _] = self._execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def problems(self) -> list[str]:
        """What SQLite finds wrong with the file, and which documents are not as they were written."""
        with self._told():
            found = [str(line) for (line,) in self._execute("PRAGMA integrity_check")]
        wrong = [] if found == ["ok"] else [f"{self.path}: {line}" for line in found]
        counts = "SELECT count(DISTINCT fingerprint), (SELECT count(*) FROM entries) FROM documents"
        [classes, entries] = self._execute(counts).fetchone()
        if classes != entries:
            wrong.append(f"{self.path}: {entries} entries for {classes} different texts; dedup index rebuild mends it")
        for row in self.documents():
            try:
                row.unpack()
            except DamageError as problem:
                wrong.append(str(problem))
        return wrong

    def size(self) -> int:
        """Bytes of the database."""
        [pages], [size] = (self._execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
        return int(pages) * int(size)

    def _execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        return self._connection.execute(statement, values)

    def _create_if_empty(self) -> None:
        if self._execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            return
        self._execute(f"PRAGMA page_size = {_PAGE}")
        self._execute("PRAGMA journal_mode = WAL")
        with self.transaction():
            for statement in _SCHEMA.split(";"):
                self._execute(statement)
            self._execute(f"PRAGMA application_id = {_APPLICATION}")
            self._execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def _check_version(self) -> None:
        [application] = self._execute("PRAGMA application_id").fetchone()
        [version] = self._execute("PRAGMA user_version").fetchone()
        if application != _APPLICATION:
            raise StoreError(f"{self.path}: is no index of dedup")
        if version != SCHEMA_VERSION:
            raise StoreError(
                f"{self.path}: is of version {version}, and this dedup reads version {SCHEMA_VERSION}; "
                "with the dedup that wrote it, export the documents, and add them to a new index"
            )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in words what SQLite says."""
        try:
            yield
        except sqlite3.Error as problem:
            raise _explained(self.path, problem) from problem


def _connect(path: Path | None, *, writing: bool) -> sqlite3.Connection:
    if path is None or writing:
        return sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
    place = f"file:{quote(str(path.absolute()))}"
    connection = _read_only(f"{place}?mode=ro")
    try:
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as problem:
        connection.close()
        if not getattr(problem, "sqlite_errorname", "").startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
            raise
        # the folder cannot be written, so readers cannot announce themselves, and nobody may change it meanwhile
        log = path.with_name(path.name + "-wal")
        if log.exists() and log.stat().st_size:
            raise
        connection = _read_only(f"{place}?mode=ro&immutable=1")
    return connection


def _read_only(place: str) -> sqlite3.Connection:
    return sqlite3.connect(place, uri=True, isolation_level=None, check_same_thread=False)


def _explained(path: Path | None, problem: sqlite3.Error) -> StoreError:
    name = getattr(problem, "sqlite_errorname", "")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return DamageError(f"{path}: the database is damaged ({problem}); put back a copy, or add the documents anew")
    if name == "SQLITE_FULL":
        return StoreError(f"{path}: the disk is full; nothing of this batch was kept; make room and add it again")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreError(f"{path}: another process writes to this index")
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return StoreError(f"{path}: cannot be opened or written: {problem}; check the path and its permissions")
    return StoreError(f"{path}: {problem}")
