"""One text against those that an index found for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dedup.corpus import Corpus
from dedup.documents import Document
from dedup.judging import judge_pairs, settle_pairs
from dedup.lineages import whole_share
from dedup.lsh import CandidatePairs
from dedup.matches import Match
from dedup.origins import find_common_origins
from dedup.settings import Settings
from dedup.statistics import Statistics

__all__ = ["THIRD_TEXTS", "match_against"]

THIRD_TEXTS = 12
"""So many of the likeliest matches of a text are compared with each other, to hear what they say of its pairs."""

_TIED = 0.03


def match_against(
    document: Document, others: Sequence[Document], statistics: Statistics, settings: Settings
) -> list[Match]:
    """The document's pairs with the others, whatever their relation; the document on the left.

    What is measured of a pair depends on its two texts alone, and so do the relation and the origin, unless the pair is
    doubtful or its source is: then the likeliest of the others have their say, as in ``dedup.compare``.
    """
    documents = sorted([document, *others], key=lambda item: item.id)
    at = documents.index(document)
    corpus = Corpus.from_documents(documents)
    own = _judged(corpus, _pairs_with(at, len(documents)), statistics, settings)
    tied = sorted((match for match in own if whole_share(match) >= _TIED), key=lambda match: -whole_share(match))
    third = sorted({match.left for match in tied[:THIRD_TEXTS]} | {match.right for match in tied[:THIRD_TEXTS]})
    numbers = [number for number, item in enumerate(documents) if item.id in third and number != at]
    among = _judged(corpus, _pairs_among(np.array(numbers, np.int32)), statistics, settings)
    settled = find_common_origins(settle_pairs(corpus, statistics, own + among, settings=settings))
    touching = [match for match in settled if document.id in (match.left, match.right)]
    return [match if match.left == document.id else match.swap() for match in touching]


def _judged(corpus: Corpus, pairs: CandidatePairs, statistics: Statistics, settings: Settings) -> list[Match]:
    return judge_pairs(corpus, statistics, pairs, settings=settings, jobs=1, tell=lambda name, done, total: None)


def _pairs_with(one: int, size: int) -> CandidatePairs:
    others = np.delete(np.arange(size, dtype=np.int32), one)
    return CandidatePairs(np.minimum(others, one).astype(np.int32), np.maximum(others, one).astype(np.int32))


def _pairs_among(numbers: npt.NDArray[np.int32]) -> CandidatePairs:
    left, right = np.triu_indices(len(numbers), 1)
    return CandidatePairs(numbers[left], numbers[right])
