"""The documents of an index that are worth comparing with a text."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.corpus import Corpus
from dedup.documents import Document
from dedup.index.deriving import derive, without_base
from dedup.index.holdings import Holdings
from dedup.index.searching import LARGE_FAMILY, Families, View, near_entries, sharing_entries
from dedup.lsh import Bands, CandidatePairs
from dedup.settings import Settings
from dedup.sketch import MinHasher
from dedup.statistics import Statistics
from dedup.store import Database, pack_id
from dedup.verify import verify

__all__ = ["Finder", "Near"]


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


@dataclass(frozen=True, slots=True, eq=False)
class Finder:
    """Where candidates are looked for, and by which rules."""

    database: Database
    holdings: Holdings
    statistics: Statistics
    families: Families
    settings: Settings
    bands: Bands

    def near(self, document: Document) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Entries whose signatures are like the document's, and the Jaccard similarities that these estimate."""
        own = without_base(Corpus.from_documents([document]), self.settings)
        if not len(own.hashes):
            return np.empty(0, np.int64), np.empty(0)
        signature = MinHasher(self.settings.num_perm, seed=self.settings.seed).signatures(own).values[0]
        return near_entries(self._views(), signature, self.bands, self.settings.threshold)

    def candidates(self, document: Document) -> list[Document]:
        """The documents that ``dedup.compare`` would bring together with this one, by the statistics of the index.

        A document of the same id is none of them; of several with the same words the first by id is taken.
        """
        corpus = Corpus.from_documents([document])
        if not len(corpus.tokens.hashes):
            return []
        sketch = derive(corpus, [0], self.statistics, self.settings)
        near, shares = np.empty(0, np.int64), np.empty(0)
        views = self._views()
        if len(without_base(corpus, self.settings).hashes):
            near, shares = near_entries(views, sketch.signatures[0], self.bands, self.settings.threshold)
        sharing = sharing_entries(views, sketch, len(self.families.large))
        found: dict[int, Document] = {}
        own = self._own_families(document, near[np.lexsort((near, -shares))], found)
        wanted = self._by_family(near, own, sharing)
        found |= self._documents([entry for entry in wanted if entry not in found], document)
        return [found[entry] for entry in wanted if entry in found]

    def _views(self) -> list[View]:
        return self.holdings.views(self.families)

    def _own_families(
        self, document: Document, near: npt.NDArray[np.int64], found: dict[int, Document]
    ) -> npt.NDArray[np.int64]:
        """The near-duplicate families that an exactly verified pair ties the document to.

        One text of each family is verified first, the likest; the others only where that one is not like enough.
        """
        heads = self.families.of(near)
        own = np.empty(0, np.int64)
        _, first = np.unique(heads, return_index=True)
        rest = np.delete(np.arange(len(near)), first)
        for places in (first, rest):
            places = places[~np.isin(heads[places], own)]
            documents = self._documents(near[places].tolist(), document)
            verified = self._verified(document, documents)
            own = np.union1d(own, self.families.of(verified))
            found |= documents
        return own

    def _by_family(
        self, near: npt.NDArray[np.int64], own: npt.NDArray[np.int64], sharing: npt.NDArray[np.int64]
    ) -> list[int]:
        """What is left of the found entries, and what is added, by the document's own near-duplicate families."""
        members = np.concatenate([np.empty(0, np.int64), *(self.families.members(int(head)) for head in own)])
        if len(members) + 1 > LARGE_FAMILY:
            near = near[~np.isin(self.families.of(near), own)]
            members = own
        sharing = sharing[~np.isin(self.families.of(sharing), own)]
        wanted: list[int] = np.unique(np.concatenate([near, sharing, members])).tolist()
        return wanted

    def _verified(self, document: Document, found: dict[int, Document]) -> npt.NDArray[np.int64]:
        """The entries that reach the threshold of near-duplicates, counted exactly."""
        if not found:
            return np.empty(0, np.int64)
        corpus = Corpus.from_documents([document, *found.values()])
        right = np.arange(1, len(corpus), dtype=np.int32)
        pairs = CandidatePairs(np.zeros(len(right), np.int32), right)
        reached = verify(without_base(corpus, self.settings), pairs).reach(self.settings.threshold)
        return np.array(list(found), np.int64)[reached]

    def _documents(self, entries: list[int], document: Document) -> dict[int, Document]:
        name = pack_id(document.id)
        rows = ((entry, self.database.at_entry(entry, name)) for entry in entries)
        return {entry: row.unpack() for entry, row in rows if row is not None}
