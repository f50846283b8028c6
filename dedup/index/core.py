"""The state of an open index, and what changes it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

import numpy as np

from dedup.corpus import Collection, Corpus
from dedup.documents import Document
from dedup.errors import DamageError
from dedup.fit import fit
from dedup.index.deriving import bare_sketches, derive, fingerprints, without_base
from dedup.index.finding import Finder
from dedup.index.holdings import DERIVED_AT_ONCE, Holdings
from dedup.index.kept import fitted_arrays, fitted_from, scheme_of
from dedup.index.ledger import Ledger
from dedup.index.parts import Sketches
from dedup.index.searching import Families
from dedup.lsh import choose_bands
from dedup.parallel import available_jobs, in_threads
from dedup.scratch import Scratch
from dedup.settings import Settings
from dedup.sketch import MinHasher
from dedup.store import Database, Row, Shelf, pack_id
from dedup.survey import survey

__all__ = ["Core"]

_PACKED = 125

_log = logging.getLogger("dedup")


class Core:
    """What an open index has in memory; each change is a transaction, and memory follows it.

    Parameters
    ----------
    database : Database
    shelf : Shelf
    settings : Settings
    writing : bool
    mend : bool
        Derive parts that are missing or damaged anew.
    migrate : bool
        First make fingerprints, signatures and statistics anew: another version made them.
    """

    def __init__(
        self, database: Database, shelf: Shelf, settings: Settings, *, writing: bool, mend: bool, migrate: bool
    ) -> None:
        self.database = database
        self.shelf = shelf
        self.settings = settings
        self.facts = database.facts()
        self._bands = choose_bands(settings.num_perm, settings.threshold, settings.min_recall)
        self.holdings = Holdings(database, shelf, settings.num_perm, self._bands, self._stored, writing=writing)
        if migrate:
            self._reclassify()
        self.load(mend=mend)
        if migrate:
            self.refresh(1)

    @property
    def finder(self) -> Finder:
        """What looks for candidates."""
        return Finder(self.database, self.holdings, self.statistics, self.families, self.settings, self._bands)

    def load(self, *, mend: bool = True) -> None:
        """Take up what is stored."""
        self.facts = self.database.facts()
        self.statistics, self.families = fitted_from(self.database.fitted())
        self.holdings.load(mend=mend)

    def change(self, work: Callable[[], None]) -> None:
        """Do what changes the index; if it fails, go back to what is stored."""
        try:
            work()
        except Exception:
            self.load()
            raise

    def add(self, documents: Sequence[Document]) -> None:
        """Store documents in one transaction."""
        corpus = Corpus.from_documents(documents)
        prints = fingerprints(corpus.tokens)
        texts = self.facts["texts"]
        pieces = [documents[start : start + _PACKED] for start in range(0, len(documents), _PACKED)]
        packed = in_threads(lambda some: [Row.pack(item, with_text=texts) for item in some], pieces, available_jobs())
        rows = [row for some in packed for row in some]
        sketches: Sequence[bytes | None] = [None] * len(rows) if texts else self._signatures(corpus)
        numbers: dict[int, int] = {}
        ledger = Ledger(self.database, self.facts["next_entry"])
        with self.database.transaction():
            for place, (row, fingerprint, sketch) in enumerate(zip(rows, prints, sketches, strict=True)):
                numbers[ledger.add(row, fingerprint, sketch)] = place
            derived = self._derived(ledger, numbers, documents, corpus) if texts else None
            facts = self._note(ledger)
        self._follow(ledger, derived, facts)

    def remove(self, names: Iterable[str]) -> None:
        """Remove documents in one transaction."""
        ledger = Ledger(self.database, self.facts["next_entry"])
        with self.database.transaction():
            for name in names:
                ledger.remove(pack_id(name))
            facts = self._note(ledger)
        self._follow(ledger, None, facts)

    def refresh(self, jobs: int) -> None:
        """Fit the statistics to all documents, and derive everything by them, in one transaction."""
        scratch = Scratch()
        numbers: list[int] = []

        def read() -> Iterator[Document]:
            for number, row in self.database.heads():
                numbers.append(number)
                yield row.unpack()

        found = survey(read(), settings=self.settings, scratch=scratch, jobs=jobs)
        everything = np.arange(len(numbers))
        collection = Collection.from_survey(found, everything, settings=self.settings, scratch=scratch)
        fitted = fit(collection, settings=self.settings, scratch=scratch, jobs=jobs)
        wordy = np.flatnonzero(collection.lengths)
        entries = np.full(len(collection), -1)
        entries[wordy] = int(self.facts["next_entry"]) + np.arange(len(wordy))
        several = np.isin(fitted.families, fitted.families[fitted.families != everything])
        families = Families(entries[several], entries[fitted.families[several]])
        facts = {"next_entry": int(self.facts["next_entry"]) + len(wordy), "changes": 0}

        def renew() -> None:
            self.database.clear_entries()
            self.database.enter((int(entries[place]), numbers[place]) for place in wordy)
            self.database.set_fitted(fitted_arrays(fitted.statistics, families))
            self.database.set_facts(facts)

        pieces = (
            derive(
                collection.select(wordy[start:end]),
                entries[wordy[start:end]].tolist(),
                fitted.statistics,
                self.settings,
            )
            for start, end in _pieces(len(wordy))
        )
        self.holdings.renew(pieces, renew)
        self.statistics, self.families = fitted.statistics, families
        self.facts |= facts

    def _derived(
        self, ledger: Ledger, numbers: Mapping[int, int], documents: Sequence[Document], corpus: Corpus
    ) -> Sketches | None:
        """The sketches of what has become an entry.

        To derive the few copies among the documents too takes less than to tokenise the others again.
        """
        if not ledger.entered:
            return None
        entered = sorted(ledger.entered.items())
        places = [numbers.get(number, -1) for _, number in entered]
        if min(places) >= 0 and 2 * len(places) > len(corpus):
            every = derive(corpus, range(len(corpus)), self.statistics, self.settings)
            return every.take(np.array(places), np.array([entry for entry, _ in entered]))
        if places != list(range(len(corpus))):
            corpus = Corpus.from_documents(
                [
                    documents[place] if place >= 0 else self.database.document(number).unpack()
                    for place, (_, number) in zip(places, entered, strict=True)
                ]
            )
        return derive(corpus, [entry for entry, _ in entered], self.statistics, self.settings)

    def _note(self, ledger: Ledger) -> dict[str, int]:
        """Write down the counts."""
        facts = {
            "next_entry": ledger.next_entry,
            "documents": self.facts["documents"] + ledger.changed,
            "changes": self.facts["changes"] + ledger.touched,
        }
        self.database.set_facts(facts)
        return facts

    def _follow(self, ledger: Ledger, derived: Sketches | None, facts: Mapping[str, int]) -> None:
        """Bring memory to the state of the database."""
        first, last = int(self.facts["next_entry"]), ledger.next_entry - 1
        self.facts |= facts
        self.holdings.remove(ledger.removed)
        if derived is not None:
            self.holdings.append(derived, first, last)
        elif ledger.entered:
            for sketches in self._stored(first, last):
                self.holdings.append(sketches, first, last)

    def _stored(self, first: int, last: int) -> Iterator[Sketches]:
        """The sketches of entries, from what is stored; damaged documents are left out, and named in the log."""
        rows = self.database.entries(first, last)
        while some := list(islice(rows, DERIVED_AT_ONCE)):
            if not self.facts["texts"]:
                sketches = [sketch or b"" for _, _, sketch in some]
                yield bare_sketches([entry for entry, _, _ in some], sketches, self.settings.num_perm)
                continue
            sound: dict[int, Document] = {}
            for entry, row, _ in some:
                try:
                    sound[entry] = row.unpack()
                except DamageError as problem:
                    _log.warning("%s", problem)
            if sound:
                yield derive(Corpus.from_documents(list(sound.values())), list(sound), self.statistics, self.settings)

    def _signatures(self, corpus: Corpus) -> list[bytes]:
        """What is kept of texts that are not."""
        hasher = MinHasher(self.settings.num_perm, seed=self.settings.seed)
        values = hasher.signatures(without_base(corpus, self.settings)).values
        return [row.tobytes() for row in values.astype("<u4")]

    def _reclassify(self) -> None:
        """Fingerprints and entries as this version makes them."""
        found: list[tuple[bytes | None, bytes | None, int]] = []
        numbers = iter(self.database.numbers())
        while some := list(islice(numbers, DERIVED_AT_ONCE)):
            corpus = Corpus.from_documents([self.database.document(number).unpack() for number in some])
            found += zip(fingerprints(corpus.tokens), [None] * len(some), some, strict=True)
        with self.database.transaction():
            next_entry = self.database.reclassify(found, self.facts["next_entry"])
            self.database.replace_parts([name for name, _, _ in self.database.parts()], [])
            self.database.set_fitted({})
            self.database.set_facts({"next_entry": next_entry, "scheme": scheme_of(self.settings)})


def _pieces(size: int) -> Iterator[tuple[int, int]]:
    for start in range(0, size, DERIVED_AT_ONCE):
        yield start, min(size, start + DERIVED_AT_ONCE)
