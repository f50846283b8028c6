"""Verification of candidate pairs: how many shingles two documents really share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.documents import TextBatch
from dedup.kernels.overlap import overlaps
from dedup.lsh import CandidatePairs
from dedup.parallel import in_threads
from dedup.sketch import ShingleSets
from dedup.tokens import Tokens, tokenize

__all__ = ["Overlaps", "Source", "verify"]

_BLOCK_PAIRS = 4_096
_BLOCK_SIZE = 1 << 24
_LEAST_PAIRS, _BLOCKS_A_THREAD = 256, 4


@dataclass(frozen=True, slots=True, eq=False)
class Overlaps:
    """Exact figures of pairs of documents.

    Attributes
    ----------
    common, left, right : int64 arrays (pairs,)
        Distinct shingles that both sides share, and that each side has.
    """

    common: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]

    def reach(self, threshold: float) -> npt.NDArray[np.bool_]:
        """Which pairs have a Jaccard similarity of at least ``threshold``; never those of two empty documents."""
        union = self.left + self.right - self.common
        return (union > 0) & (self.common >= threshold * union)


Source = Tokens | TextBatch | Sequence[str]


def verify(source: Source, pairs: CandidatePairs, *, shingle_size: int = 3, jobs: int = 1) -> Overlaps:
    """Count the shingles that candidate pairs share.

    Works through the pairs in blocks and keeps the shingles of one block alone (for each thread), so memory does not
    grow with the number of documents. The blocks go by the first neighbour of the left document's first neighbour, so
    that of a family each document is in one block only; of one too large for that, by the right documents: its pairs
    are stars around a few hubs, and each document then is not in one block for each hub.

    Parameters
    ----------
    source : Tokens, TextBatch or sequence of str
        The documents. Texts are tokenised again block by block, so that nobody need keep all tokens.
    pairs : CandidatePairs
    shingle_size, jobs : int

    Examples
    --------
    >>> pairs = CandidatePairs(np.array([0], np.int32), np.array([1], np.int32))
    >>> found = verify(TextBatch.from_texts(["fog at the quay", "fog at the pier"]), pairs, shingle_size=2)
    >>> found.common.tolist(), found.left.tolist(), found.reach(0.5).tolist()
    ([2], [3], [True])
    """
    order = _by_neighbours(pairs, len(source))
    share = len(pairs) // (_BLOCKS_A_THREAD * jobs) if jobs > 1 else _BLOCK_PAIRS
    blocks = CandidatePairs(pairs.left[order], pairs.right[order]).blocks(
        _sizes(source), size=_BLOCK_SIZE, pairs=min(_BLOCK_PAIRS, max(_LEAST_PAIRS, share))
    )
    parts = in_threads(lambda block: _count(source, block, shingle_size), blocks, jobs)
    out = np.empty((3, len(pairs)), np.int64)
    out[:, order] = np.concatenate([np.empty((3, 0), np.int64), *parts], axis=1)
    return Overlaps(*out)


def _by_neighbours(pairs: CandidatePairs, documents: int) -> npt.NDArray[np.intp]:
    first = np.arange(documents, dtype=np.int32)
    first[pairs.right[::-1]] = pairs.left[::-1]  # pairs ascend: of a document's left neighbours the least is kept
    return np.lexsort((pairs.left, pairs.right, first[first[pairs.left]]))


def _sizes(source: Source) -> npt.NDArray[np.int64]:
    if isinstance(source, Tokens | TextBatch):
        return np.diff(source.offsets)
    return np.fromiter(map(len, source), np.int64, len(source))


def _count(source: Source, pairs: CandidatePairs, shingle_size: int) -> npt.NDArray[np.int64]:
    documents, pairs = pairs.renumbered()
    sets = ShingleSets.from_tokens(*_tokens_of(source, documents), shingle_size=shingle_size)
    out = np.empty((3, len(pairs)), np.int64)
    overlaps(sets.values, sets.offsets, pairs.left, pairs.right, out[0])
    out[1], out[2] = sets.totals[pairs.left], sets.totals[pairs.right]
    return out


def _tokens_of(source: Source, documents: npt.NDArray[np.int32]) -> tuple[Tokens, npt.NDArray[np.int64] | None]:
    """Tokens, and which of their documents are the named ones; ``None`` where they are all."""
    if isinstance(source, Tokens):
        return source, documents.astype(np.int64)
    if isinstance(source, TextBatch):
        return tokenize(source.select(documents)), None
    return tokenize(TextBatch.from_texts(source[document] for document in documents.tolist())), None
