"""`Index`: documents that stay, and what a new text is related to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from dedup.comparison import Comparison
from dedup.corpus import Corpus
from dedup.documents import Document
from dedup.engine import compare
from dedup.errors import DamageError, MismatchError, StoreError
from dedup.fit import fit
from dedup.index.deriving import bare_sketches, derive, fingerprints, without_base
from dedup.index.finding import Finder
from dedup.index.holdings import DERIVED_AT_ONCE, Holdings
from dedup.index.incoming import Incoming, incoming_documents, one_document
from dedup.index.kept import fitted_arrays, fitted_from, kept_facts, kept_settings, outdated
from dedup.index.ledger import Ledger
from dedup.index.matching import match_against
from dedup.index.parts import Sketches
from dedup.index.searching import Families
from dedup.lsh import choose_bands
from dedup.matches import Family, Match
from dedup.settings import Settings
from dedup.sketch import MinHasher
from dedup.store import Database, Disk, FileShelf, MemoryShelf, Row, Shelf, WriterLock, pack_id

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Index", "Near"]

_DATABASE, _LOCK = "index.sqlite", "lock.sqlite"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Near:
    """A stored document whose signature is like a text's: a candidate, not a match.

    Attributes
    ----------
    id : str
    jaccard : float
        What the signatures estimate.
    """

    id: str
    jaccard: float


class Index:
    """Documents that are added as they come, and asked for what a text is related to.

    Made by `open` or `in_memory`. It is in a folder, or in memory; one process at a time writes to it, any number read
    it, each the state in which it found it. Whatever happens to the process, what was added is there, whole.

    A result depends on the documents, the statistics and the settings, not on the order in which documents came, or on
    those that were removed. The statistics say how common words and lines are: those of the shipped background, until
    `refresh` counts the documents.

    Examples
    --------
    >>> fog = "The ferry Aurelia ran aground in dense fog off Port Ellery on Monday with 214 people on board."
    >>> with Index.in_memory() as index:
    ...     index.add([("wire", fog), ("other", "Apples are cheap this year.")])
    ...     [(match.right, match.derived) for match in index.query(fog + " Nobody was hurt.")]
    2
    [('wire', True)]
    """

    def __init__(
        self, database: Database, shelf: Shelf, settings: Settings, facts: dict[str, Any], *, writing: bool, mend: bool
    ) -> None:
        self._database = database
        self._shelf = shelf
        self._writing = writing
        self._turn = RLock()
        self._lock: WriterLock | None = None
        self._path: Path | None = None
        self.settings = settings
        self._facts = facts
        self._bands = choose_bands(settings.num_perm, settings.threshold, settings.min_recall)
        self._holdings = Holdings(database, shelf, settings.num_perm, self._bands, self._stored, writing=writing)
        self._load(mend=mend)

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        settings: Settings | None = None,
        writing: bool = True,
        durable: bool = True,
        texts: bool | None = None,
        migrate: bool = False,
        disk: Disk | None = None,
    ) -> Index:
        """Open an index, or make one.

        Parameters
        ----------
        path : str or Path
            A folder; it is made if it does not exist.
        settings : Settings, optional
            Those of the index by default. ``threshold``, ``min_recall``, ``num_perm``, ``seed`` and ``base`` are fixed
            when it is made.
        writing : bool
            Otherwise the index is only read, as it is now: open it anew to see what others have added since.
        durable : bool
            Wait for the disk at each commit (SQLite's ``synchronous=FULL``), so that what was added outlasts a power
            cut. Without, a power cut may cost the last few commits, never the index; the death of the process costs
            nothing either way.
        texts : bool, optional
            Whether a new index keeps the texts, which it does by default. Without them it finds near-duplicates by
            their signatures (`near`), but can neither verify nor compare anything.
        migrate : bool
            Make the sketches of another version of dedup anew from the stored texts, as `rebuild` does.
        disk : Disk, optional
            How files are written; for tests.

        Raises
        ------
        StoreError
            When another process writes to it, or it cannot be read or written.
        MismatchError
            When it was made with other settings, or by a version of dedup whose sketches are not comparable.
        """
        folder, disk = Path(path), disk or Disk(durable=durable)
        if not writing:
            return cls._open_to_read(folder, settings, disk)
        lock = _locked(folder)
        try:
            index = cls._opened(folder, settings, disk, texts=texts, writing=True, migrate=migrate)
        except BaseException:
            lock.close()
            raise
        index._lock = lock
        return index

    @classmethod
    def in_memory(cls, *, settings: Settings | None = None, texts: bool = True) -> Index:
        """An index that is gone when it is closed."""
        return cls._opened(None, settings, Disk(), texts=texts, writing=True)

    @classmethod
    def _open_to_read(cls, folder: Path, settings: Settings | None, disk: Disk) -> Index:
        """A reader's view; a writer may remove a file between the moment it is named and that in which it is opened."""
        if not (folder / _DATABASE).is_file():
            raise StoreError(f"{folder}: is no index; 'dedup index add' makes one")
        for _ in range(_TRIES - 1):
            with suppress(DamageError):
                return cls._opened(folder, settings, disk, texts=None, writing=False, mend=False)
        return cls._opened(folder, settings, disk, texts=None, writing=False)

    @classmethod
    def _opened(
        cls,
        folder: Path | None,
        settings: Settings | None,
        disk: Disk,
        *,
        texts: bool | None,
        writing: bool,
        migrate: bool = False,
        mend: bool = True,
    ) -> Index:
        database = Database(folder / _DATABASE if folder else None, disk, writing=writing)
        try:
            facts = database.facts()
            if not facts and writing:
                facts = kept_facts(settings or Settings(), texts=texts is not False)
                with database.transaction():
                    database.set_facts(facts)
            where = str(folder or "the index")
            if texts is not None and facts["texts"] != texts:
                raise MismatchError(f"{where}: was made {'with' if facts['texts'] else 'without'} texts")
            chosen = kept_settings(facts, settings, where)
            old = outdated(facts, chosen)
            if old and not migrate:
                raise MismatchError(f"{where}: has sketches of {old}, not of this dedup; run: dedup index rebuild {where}")
            if old:
                _reclassify(database, chosen, facts)
            shelf: Shelf = FileShelf(folder, disk) if folder else MemoryShelf()
            index = cls(database, shelf, chosen, facts, writing=writing, mend=mend)
            index._path = folder
            if old:
                index.refresh()
        except BaseException:
            database.close()
            raise
        return index

    def close(self) -> None:
        """Close it; what was added is there already."""
        with self._turn:
            self._database.close()
            if self._lock:
                self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return int(self._facts["documents"])

    def __contains__(self, name: object) -> bool:
        with self._turn:
            return isinstance(name, str) and self._database.find(pack_id(name)) is not None

    def add(self, documents: Incoming, *, batch: int = 1_000) -> int:
        """Store documents, each in place of one of the same id; returns how many.

        Parameters
        ----------
        documents : Document, (id, text) or str; an iterable of these; an Arrow table or a DataFrame
            A bare text gets an id made from it, so that it is not stored twice.
        batch : int
            So many are one commit: all of them are kept or, if the process dies, none.

        Raises
        ------
        StoreError
            When the disk is full or cannot be written. Batches before this one are kept.
        """
        self._check_writing()
        total = 0
        waiting = iter(incoming_documents(documents))
        while some := list(islice(waiting, batch)):
            with self._turn:
                self._changing(lambda some=some: self._add(some))  # type: ignore[misc]
            total += len(some)
        return total

    def query(
        self, document: Document | tuple[str, str] | str, *, limit: int | None = None
    ) -> list[Match]:
        """What a text, which is not stored, is related to: verified matches, the likeliest first.

        Parameters
        ----------
        document : Document, (id, text) or str
            It stands on the left of each match; a bare text is called ``query``. A stored document of the same id is
            left out.
        limit : int, optional
            So many at most.

        Returns
        -------
        list of Match
            Of the relations that the settings name.

        Notes
        -----
        The scores, passages and probabilities of a pair are those that ``dedup.compare`` finds by the same statistics
        among the documents and this one, if it brings the two together; so it does, by what is found here, but for
        three things that this document itself would change there, and here does not: how often a feature or line is
        counted, near-duplicate families, which here are those of the last `refresh`, and features of more than 4,096
        texts that were added since. Of texts with the same words, the first by id is compared.

        A doubtful pair, and the source where several are named, are decided by third texts: by all of the story in
        ``dedup.compare``, here by the four likeliest matches of the document and their pairs with each other.
        """
        with self._turn:
            self._check_texts("verify what it finds", "near")
            given = one_document(document)
            others = self._finder.candidates(given)
            if not others:
                return []
            matches = match_against(given, others, self._statistics, self.settings)
        wanted = [match for match in matches if match.relation in self.settings.relation]
        wanted.sort(key=lambda match: (-match.probability, -match.jaccard, -match.cosine, match.right))
        return wanted[:limit]

    def near(self, document: Document | tuple[str, str] | str, *, limit: int | None = None) -> list[Near]:
        """Stored documents whose signatures are like a text's, the likest first: candidates, which nobody verified.

        By the index's threshold, to which a share of 0.2 is allowed for chance.
        """
        with self._turn:
            given = one_document(document)
            entries, shares = self._finder.near(given)
            order = np.lexsort((entries, -shares))[:limit]
            names = self._database.names_at(entries[order].tolist())
        found = [Near(name, round(share, 4)) for name, share in zip(names, shares[order].tolist(), strict=True)]
        return [item for item in found if item.id != given.id]

    def add_and_query(self, documents: Incoming, *, limit: int | None = None) -> list[list[Match]]:
        """Add all the documents, in one commit, then query each of them. Earlier answers are not revised."""
        some = list(incoming_documents(documents))
        self.add(some, batch=max(1, len(some)))
        return [self.query(document, limit=limit) for document in some]

    def remove(self, ids: str | Iterable[str]) -> int:
        """Remove documents, in one commit; returns how many there were. `compact` erases what is left in the files."""
        self._check_writing()
        names = [ids] if isinstance(ids, str) else list(ids)
        with self._turn:
            before = len(self)
            self._changing(lambda: self._remove(names))
            return before - len(self)

    def get(self, name: str) -> Document | None:
        """The stored document of an id.

        Raises
        ------
        DamageError
            When it is not as it was stored.
        """
        with self._turn:
            found = self._database.find(pack_id(name))
            return self._database.document(found[0]).unpack() if found else None

    @property
    def mark(self) -> int:
        """A point in time: what is added later is newer. See `compare`."""
        with self._turn:
            return self._database.last_number()

    def compare(self, *, since: int | None = None, jobs: int | None = None) -> Comparison:
        """All matches among the stored documents: what ``dedup.compare`` finds of them, to the bit.

        Parameters
        ----------
        since : int, optional
            A `mark`: only what touches documents added or replaced after it. All are compared nevertheless.
        jobs : int, optional
            Threads.
        """
        with self._turn:
            self._check_texts("compare its documents", "near")
            documents = [row.unpack() for row in self._database.documents()]
            newer = None if since is None else set(self._database.names(after=since))
        found = compare(documents, settings=self.settings, jobs=jobs)
        if newer is None:
            return found
        matches = [match for match in found.matches if match.left in newer or match.right in newer]
        families = [family for family in found.families if not newer.isdisjoint(family.documents)]
        return replace(found, matches=matches, families=families)

    def families(self) -> list[Family]:
        """The families of the stored documents."""
        return self.compare().families

    def refresh(self, *, jobs: int = 1) -> None:
        """Count words, lines and phrases of all documents anew, and derive everything again by these statistics."""
        self._check_writing()
        with self._turn:
            self._check_texts("be counted", "near")
            self._changing(lambda: self._refresh(jobs))

    def compact(self) -> bool:
        """Erase what was removed from all files, and give its room back.

        Returns
        -------
        bool
            False while somebody reads an older state of the index: then the database's log still holds it; compact
            again when the readers are closed.
        """
        self._check_writing()
        with self._turn:
            self._holdings.compact()
            return self._database.erase()

    def verify(self) -> list[str]:
        """Check every byte; returns what is wrong, in words.

        Files of what is derived are written anew, if the index may be written. A damaged document cannot be mended: add
        it again.
        """
        with self._turn:
            return self._database.problems() + self._holdings.mend()

    def rebuild(self) -> None:
        """Derive all files anew from what is stored."""
        self._check_writing()
        with self._turn:
            self._changing(self._holdings.rebuild)

    def info(self) -> dict[str, Any]:
        """Counts, sizes, settings and versions, as plain values."""
        with self._turn:
            return {
                "path": str(self._path) if self._path else None,
                "documents": len(self),
                "different_texts": sum(map(len, self._holdings.parts)),
                "changes_since_refresh": self._facts["changes"],
                "statistics": self._statistics.digest,
                "scheme": self._facts["scheme"],
                "texts": self._facts["texts"],
                "settings": {**self._facts["settings"], "base": len(self.settings.base)},
                "parts": [len(part) for part in self._holdings.parts],
                "database_bytes": self._database.size(),
                "derived_bytes": self._shelf.size(),
            }

    @property
    def _finder(self) -> Finder:
        return Finder(
            self._database, self._holdings, self._statistics, self._families, self.settings, self._bands
        )

    def _load(self, *, mend: bool = True) -> None:
        self._facts = self._database.facts()
        self._statistics, self._families = fitted_from(self._database.fitted())
        self._holdings.load(mend=mend)

    def _changing(self, work: Any) -> None:
        """Do what changes the index; if it fails, go back to what is stored."""
        try:
            work()
        except Exception:
            self._load()
            raise

    def _add(self, documents: Sequence[Document]) -> None:
        corpus = Corpus.from_documents(documents)
        prints = fingerprints(corpus.tokens)
        texts = self._facts["texts"]
        rows = [Row.pack(document, with_text=texts) for document in documents]
        bare = [None] * len(rows) if texts else _signatures(corpus, self.settings)
        known: dict[int, Document] = {}
        ledger = Ledger(self._database, self._facts["next_entry"])
        with self._database.transaction():
            for document, row, fingerprint, sketch in zip(documents, rows, prints, bare, strict=True):
                known[ledger.add(row, fingerprint, sketch)] = document
            self._settle(ledger, known, corpus)

    def _remove(self, names: Sequence[str]) -> None:
        ledger = Ledger(self._database, self._facts["next_entry"])
        with self._database.transaction():
            for name in names:
                ledger.remove(pack_id(name))
            self._settle(ledger, {}, None)

    def _settle(self, ledger: Ledger, known: dict[int, Document], corpus: Corpus | None) -> None:
        pass
