"""Which documents an index has, and which of them stands for all that have the same words.

A text enters the search once, whatever the number of its copies: the first document of a class, by id, has an entry,
the others are known by their fingerprint. An entry is never given twice, so that what was derived for one cannot be
mistaken.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from dedup.store import Database, Row

__all__ = ["Ledger"]


@dataclass(slots=True)
class Ledger:
    """The changes of one transaction.

    Attributes
    ----------
    database : Database
    next_entry : int
        The first entry that was not given yet.
    entered : dict of int to int
        New entries, and the numbers of their documents.
    removed : set of int
        Entries that are gone.
    changed : int
        By how many the documents became more.
    touched : int
        How many were added or removed.
    """

    database: Database
    next_entry: int
    entered: dict[int, int] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    changed: int = 0
    touched: int = 0

    def add(self, row: Row, fingerprint: bytes | None, sketch: bytes | None = None) -> int:
        """Store a document in place of one of the same id; returns its number. Without words it has no fingerprint."""
        self.remove(row.id)
        first = self.database.head(fingerprint) if fingerprint is not None else None
        number = self.database.insert(row, fingerprint, sketch)
        self.changed += 1
        self.touched += 1
        if fingerprint is not None and (first is None or row.id < first[1]):
            if first is not None:
                self._leave(first[0])
            self._enter(number)
        return number

    def remove(self, name: bytes) -> bool:
        """Remove the document of an id, if there is one; the next of its class takes its place."""
        found = self.database.find(name)
        if found is None:
            return False
        number, fingerprint = found
        left = self._leave(number)
        self.database.delete(number)
        self.changed -= 1
        self.touched += 1
        heir = self.database.head(fingerprint) if left and fingerprint is not None else None
        if heir is not None:
            self._enter(heir[0])
        return True

    def _enter(self, number: int) -> None:
        self.database.enter([(self.next_entry, number)])
        self.entered[self.next_entry] = number
        self.next_entry += 1

    def _leave(self, number: int) -> bool:
        """Take a document's entry away, if it has one."""
        entry = self.database.leave(number)
        if entry is not None and self.entered.pop(entry, None) is None:
            self.removed.add(entry)
            self.database.mark_removed(entry)
        return entry is not None
