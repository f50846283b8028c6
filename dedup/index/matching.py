"""One text against those that an index found for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from dedup.corpus import Corpus
from dedup.documents import Document
from dedup.judging import Judged, judge_pairs, settle_pairs
from dedup.lineages import may_be_settled
from dedup.lsh import CandidatePairs
from dedup.matches import Match, Relation
from dedup.origins import find_common_origins
from dedup.settings import Settings
from dedup.statistics import Statistics

__all__ = ["THIRD_TEXTS", "match_against"]

THIRD_TEXTS = 8
"""So many of the likeliest matches of a text are compared with each other, to hear what they say of its pairs."""

_TIED = 0.03


class Few:
    """A few documents, by id, all in memory; see ``dedup.corpus.Numbered``."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        self._corpus = Corpus.from_documents(documents)
        self.lengths: npt.NDArray[np.int64] = np.diff(self._corpus.tokens.offsets)

    def __len__(self) -> int:
        return len(self._documents)

    def documents(self, numbers: npt.NDArray[np.integer]) -> list[Document]:
        """The named documents."""
        return [self._documents[number] for number in numbers.tolist()]

    def select(self, numbers: npt.NDArray[np.integer]) -> Corpus:
        """The named documents, tokenised and divided."""
        return self._corpus if len(numbers) == len(self) else Corpus.from_documents(self.documents(numbers))


def match_against(
    document: Document, others: Sequence[Document], statistics: Statistics, settings: Settings
) -> list[Match]:
    """The document's pairs with the others, whatever their relation; the document on the left.

    What is measured of a pair depends on its two texts alone, and so do the relation and the origin, unless the pair is
    doubtful or a source is named: then the likeliest of the others have their say, as in ``dedup.compare``.
    """
    documents = sorted([document, *others], key=lambda item: item.id)
    at = documents.index(document)
    few = Few(documents)
    settings = replace(settings, relation=tuple(Relation))
    judged = _judged(few, _pairs_with(at, len(few)), statistics, settings)
    third = _likeliest(judged, at)
    if len(third) > 1 and _open(judged):
        judged = _joined(judged, _judged(few, _pairs_among(third), statistics, settings))
    settled = find_common_origins(settle_pairs(few, statistics, judged, settings=settings))
    touching = [match for match in settled if document.id in (match.left, match.right)]
    return [match if match.left == document.id else match.swap() for match in touching]


def _judged(few: Few, pairs: CandidatePairs, statistics: Statistics, settings: Settings) -> Judged:
    return judge_pairs(few, statistics, pairs, settings=settings, jobs=1, tell=lambda name, done, total: None)


def _open(judged: Judged) -> bool:
    """Whether pairs of third texts can change anything that is said of the document's own.

    Lineages change only pairs that they may settle; and of origins nothing is left to say where no pair of the document
    names a source: there is none to choose from, and none that the document could have in common with another text.
    """
    return any(
        match is None or match.source is not None or (share >= _TIED and may_be_settled(match))
        for match, share in zip(judged.matches, judged.shares.tolist(), strict=True)
    )


def _likeliest(judged: Judged, at: int) -> npt.NDArray[np.int32]:
    """The documents that are likeliest of one lineage with the one at ``at``, ascending."""
    others = np.where(judged.pairs.left == at, judged.pairs.right, judged.pairs.left)
    order = np.lexsort((others, -judged.shares))[:THIRD_TEXTS]
    return np.sort(others[order][judged.shares[order] >= _TIED])


def _joined(some: Judged, more: Judged) -> Judged:
    """The pairs of both, ascending."""
    left = np.concatenate([some.pairs.left, more.pairs.left])
    right = np.concatenate([some.pairs.right, more.pairs.right])
    order = np.lexsort((right, left))
    matches = some.matches + more.matches
    return Judged(
        CandidatePairs(left[order], right[order]),
        np.concatenate([some.shares, more.shares])[order],
        [matches[number] for number in order.tolist()],
    )


def _pairs_with(one: int, size: int) -> CandidatePairs:
    others = np.delete(np.arange(size, dtype=np.int32), one)
    return CandidatePairs(np.minimum(others, one).astype(np.int32), np.maximum(others, one).astype(np.int32))


def _pairs_among(numbers: npt.NDArray[np.int32]) -> CandidatePairs:
    left, right = np.triu_indices(len(numbers), 1)
    return CandidatePairs(numbers[left], numbers[right])
