"""`Index`: documents that stay, and what a new text is related to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from dedup.comparison import Comparison, Stage
from dedup.documents import Document
from dedup.engine import Run, compare, trace
from dedup.errors import Skipped, StoreError
from dedup.families import build_families
from dedup.index.core import Core
from dedup.index.finding import Near
from dedup.index.incoming import Incoming, One, incoming_documents, one_document
from dedup.index.matching import match_against
from dedup.index.opening import Opened, open_in_memory, open_to_read, open_to_write
from dedup.matches import Family, Match
from dedup.parallel import available_jobs
from dedup.settings import Settings
from dedup.store import Disk, pack_id

if TYPE_CHECKING:
    from typing import Self

__all__ = ["Index", "Near"]


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

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self._core: Core = opened.core
        self._turn = RLock()

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
        if writing:
            return cls(open_to_write(folder, settings, disk, texts=texts, migrate=migrate))
        return cls(open_to_read(folder, settings, disk))

    @classmethod
    def in_memory(cls, *, settings: Settings | None = None, texts: bool = True) -> Index:
        """An index that is gone when it is closed."""
        return cls(open_in_memory(settings, texts=texts))

    def close(self) -> None:
        """Close it; what was added is there already."""
        with self._turn:
            self._opened.close()

    @property
    def settings(self) -> Settings:
        """Those that decide what is found and how it is judged."""
        return self._core.settings

    def judge_by(self, settings: Settings) -> None:
        """From now on judge by the model of some settings, and report the relations that they name."""
        chosen = {name: getattr(settings, name) for name in ("model", "relation", "all_pairs")}
        self._core.settings = replace(self._core.settings, **chosen)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return int(self._core.facts["documents"])

    def __contains__(self, name: object) -> bool:
        with self._turn:
            return isinstance(name, str) and self._core.database.find(pack_id(name)) is not None

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
                self._core.change(partial(self._core.add, some))
            total += len(some)
        return total

    def query(self, document: One, *, limit: int | None = None) -> list[Match]:
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
        ``dedup.compare``, here by the eight likeliest matches of the document and their pairs with each other.
        """
        with self._turn:
            self._check_texts("verify what it finds")
            given = one_document(document)
            others = self._core.finder.candidates(given)
            if not others:
                return []
            matches = match_against(given, others, self._core.statistics, self._core.settings)
        wanted = [match for match in matches if match.relation in self._core.settings.relation]
        wanted.sort(key=lambda match: (-match.probability, -match.jaccard, -match.cosine, match.right))
        return wanted[:limit]

    def query_each(
        self,
        documents: Iterable[Document],
        *,
        skipped: Sequence[Skipped] = (),
        on_stage: Callable[[str, int, int], None] | None = None,
    ) -> Comparison:
        """What each of some documents is related to, as one comparison; they are not compared with each other.

        Parameters
        ----------
        documents : iterable of Document
        skipped : sequence of Skipped
            What was left out before, to stand in the result.
        on_stage : callable, optional
            Told how many are done.

        Returns
        -------
        Comparison
            Its documents are those given and those found.
        """
        asked = {document.id: document for document in documents}
        matches: list[Match] = []
        found: dict[str, Document] = {}
        with self._turn:
            for number, document in enumerate(asked.values()):
                if on_stage:
                    on_stage("asking the index", number, len(asked))
                matches += self.query(document)
            for name in {match.right for match in matches} - asked.keys():
                stored = self.get(name)
                if stored is not None:
                    found[name] = stored
        both = {**found, **asked}
        return Comparison(
            matches=sorted(matches, key=lambda match: (match.left, match.right)),
            families=build_families([match for match in matches if match.derived], partial(_rank, both)),
            documents=both,
            skipped=list(skipped),
            stages=[
                Stage("documents in the index", len(self)),
                Stage("documents", len(asked)),
                Stage("matches", len(matches)),
            ],
            settings=self.settings,
            statistics_digest=self._core.statistics.digest,
        )

    def near(self, document: One, *, limit: int | None = None) -> list[Near]:
        """Stored documents whose signatures are like a text's, the likest first: candidates, which nobody verified.

        By the index's threshold, to which a share of 0.2 is allowed for chance.
        """
        with self._turn:
            given = one_document(document)
            entries, shares = self._core.finder.near(given)
            order = np.lexsort((entries, -shares))[:limit]
            names = self._core.database.names_at(entries[order].tolist())
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
            self._core.change(partial(self._core.remove, names))
            return before - len(self)

    def get(self, name: str) -> Document | None:
        """The stored document of an id.

        Raises
        ------
        DamageError
            When it is not as it was stored.
        """
        with self._turn:
            found = self._core.database.find(pack_id(name))
            return self._core.database.document(found[0]).unpack() if found else None

    @property
    def mark(self) -> int:
        """A point in time: what is added later is newer. See `compare`."""
        with self._turn:
            return self._core.database.last_number()

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
            self._check_texts("compare its documents")
            newer = None if since is None else set(self._core.database.names(after=since))
            documents = (row.unpack() for row in self._core.database.documents())
            found = compare(documents, settings=self._core.settings, jobs=jobs)
        if newer is None:
            return found
        matches = [match for match in found.matches if match.left in newer or match.right in newer]
        families = [family for family in found.families if not newer.isdisjoint(family.documents)]
        return replace(found, matches=matches, families=families)

    def trace(self, *, jobs: int | None = None) -> Run:
        """`compare`, with what its stages leave: what ``dedup.explaining.tell_story`` tells a pair's story from."""
        with self._turn:
            self._check_texts("compare its documents")
            documents = (row.unpack() for row in self._core.database.documents())
            return trace(documents, settings=self._core.settings, jobs=jobs)

    def families(self) -> list[Family]:
        """The families of the stored documents."""
        return self.compare().families

    def refresh(self, *, jobs: int | None = None) -> None:
        """Count words, lines and phrases of all documents anew, and derive everything again by these statistics."""
        self._check_writing()
        with self._turn:
            self._check_texts("count its documents")
            self._core.change(partial(self._core.refresh, jobs or available_jobs()))

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
            self._core.holdings.compact()
            return self._core.database.erase()

    def verify(self) -> list[str]:
        """Check every byte; returns what is wrong, in words.

        Files of what is derived are written anew, if the index may be written. A damaged document cannot be mended: add
        it again.
        """
        with self._turn:
            return self._core.database.problems() + self._core.holdings.mend()

    def rebuild(self) -> None:
        """Derive all files anew from what is stored."""
        self._check_writing()
        with self._turn:
            self._core.change(self._core.holdings.rebuild)

    def info(self) -> dict[str, Any]:
        """Counts, sizes, settings and versions, as plain values."""
        with self._turn:
            return {
                "path": str(self._opened.path) if self._opened.path else None,
                "documents": len(self),
                "different_texts": sum(map(len, self._core.holdings.parts)),
                "changes_since_refresh": self._core.facts["changes"],
                "statistics": self._core.statistics.digest,
                "scheme": self._core.facts["scheme"],
                "texts": self._core.facts["texts"],
                "settings": {**self._core.facts["settings"], "base": len(self._core.settings.base)},
                "parts": [len(part) for part in self._core.holdings.parts],
                "database_bytes": self._core.database.size(),
                "derived_bytes": self._core.shelf.size(),
            }

    def _check_writing(self) -> None:
        if not self._opened.writing:
            raise StoreError(f"{self._opened.path}: is open for reading; open it with writing=True")

    def _check_texts(self, purpose: str) -> None:
        if not self._core.facts["texts"]:
            raise StoreError(f"an index without texts cannot {purpose}; near() finds what has like signatures")


def _rank(documents: Mapping[str, Document], name: str) -> tuple[float, int]:
    """When a document was published, and its length."""
    document = documents[name]
    return document.date.timestamp() if document.date else float("inf"), len(document.text)
