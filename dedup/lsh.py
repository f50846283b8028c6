"""Retrieval: which documents are worth comparing. A candidate is never a result."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.errors import SettingsError
from dedup.kernels.join import HUBS, LARGEST_RUN, band_keys, run_pairs, sort_keys
from dedup.parallel import in_threads
from dedup.sketch import Signatures

__all__ = ["Bands", "CandidatePairs", "banded_pairs", "choose_bands", "near_pairs"]

_SLACK = 0.2
_LINE = 16  # values of a signature that lie in one line of the cache


@dataclass(frozen=True, slots=True)
class CandidatePairs:
    """Pairs of documents that retrieval brings together, without repeats, ascending by (left, right).

    Attributes
    ----------
    left, right : int32 arrays (pairs,)
        Document numbers, left < right.
    """

    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.left)

    @classmethod
    def from_packed(cls, packed: npt.NDArray[np.uint64]) -> CandidatePairs:
        """From numbers ``left << 32 | right``, in any order and with repeats."""
        ordered = np.sort(packed)  # np.unique of so many goes by a hash table, at ten times the cost
        distinct = ordered[np.diff(ordered, prepend=~ordered[:1]) != 0]
        low = distinct & np.uint64(0xFFFFFFFF)
        return cls((distinct >> np.uint64(32)).astype(np.int32), low.astype(np.int32))

    def packed(self) -> npt.NDArray[np.uint64]:
        """Each pair as one number, ``left << 32 | right``."""
        return (self.left.astype(np.uint64) << np.uint64(32)) | self.right.astype(np.uint64)

    def union(self, other: CandidatePairs) -> CandidatePairs:
        """The pairs of either."""
        return CandidatePairs.from_packed(np.concatenate([self.packed(), other.packed()]))

    def where(self, keep: npt.NDArray[np.bool_]) -> CandidatePairs:
        """The pairs where ``keep`` is true."""
        return CandidatePairs(self.left[keep], self.right[keep])

    def blocks(self, sizes: npt.NDArray[np.int64], *, size: int, pairs: int) -> list[CandidatePairs]:
        """Cut into blocks of about ``pairs`` neighbours, or fewer whose documents' ``sizes`` sum to ``size``."""
        weight = np.cumsum(np.maximum(sizes[self.left] + sizes[self.right], size // pairs))
        edges = [0, *(np.flatnonzero(np.diff(weight // size)) + 1).tolist(), len(self)]
        return [CandidatePairs(self.left[a:b], self.right[a:b]) for a, b in pairwise(edges) if a < b]

    def renumbered(self) -> tuple[npt.NDArray[np.int32], CandidatePairs]:
        """The documents of the pairs, ascending, and the pairs by their places among these."""
        documents, places = np.unique(np.concatenate([self.left, self.right]), return_inverse=True)
        return documents, CandidatePairs(*places.astype(np.int32).reshape(2, -1))


@dataclass(frozen=True, slots=True)
class Bands:
    """An LSH banding: two documents meet when all ``rows`` values of any of ``bands`` bands agree."""

    bands: int
    rows: int

    def recall(self, jaccard: float) -> float:
        """Probability that a pair of this Jaccard similarity becomes a candidate: 1 − (1 − Jʳ)ᵇ.

        >>> round(Bands(42, 3).recall(0.5), 3)
        0.996
        """
        return float(1.0 - (1.0 - jaccard**self.rows) ** self.bands)


def choose_bands(num_perm: int, threshold: float, min_recall: float) -> Bands:
    """The most selective banding that finds pairs at the threshold with the wanted probability.

    Parameters
    ----------
    num_perm : int
        Values in a signature.
    threshold : float
        Jaccard similarity from which pairs must be found, in (0, 1].
    min_recall : float
        Expected share of the pairs at the threshold that is found, in (0, 1). Pairs above it are found more often.

    Raises
    ------
    SettingsError
        When no banding of so few values can promise it.

    Examples
    --------
    >>> choose_bands(128, threshold=0.5, min_recall=0.99)
    Bands(bands=42, rows=3)
    >>> choose_bands(128, threshold=0.8, min_recall=0.95)
    Bands(bands=18, rows=7)
    """
    if not 0.0 < threshold <= 1.0 or not 0.0 < min_recall < 1.0:
        raise SettingsError(f"threshold must be in (0, 1] and min_recall in (0, 1), not {threshold} and {min_recall}")
    for rows in range(num_perm, 0, -1):
        bands = Bands(num_perm // rows, rows)
        if bands.recall(threshold) >= min(1.0, min_recall + 0.1 * (1.0 - min_recall)):
            return bands
    best = Bands(num_perm, 1).recall(threshold)
    raise SettingsError(
        f"{num_perm} values find pairs of Jaccard {threshold} with probability {best:.3f} at most, not {min_recall}; "
        "raise num_perm or threshold, or lower min_recall"
    )


def near_pairs(
    signatures: Signatures,
    documents: npt.NDArray[np.int32],
    *,
    threshold: float = 0.5,
    min_recall: float = 0.99,
    jobs: int = 1,
) -> CandidatePairs:
    """Candidate pairs of near-duplicates, by MinHash banding.

    Parameters
    ----------
    signatures : Signatures
        Of n documents.
    documents : int32 array, ascending
        Which of them to join. Leave out documents without tokens: empty never matches empty.
    threshold, min_recall : float
        See ``choose_bands``.

    Notes
    -----
    Broder 1997; Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3. Pairs whose signatures agree
    far less than the threshold are dropped at once; a band's largest groups are tied to a few hubs.
    """
    banding = choose_bands(signatures.num_perm, threshold, min_recall)
    return banded_pairs(signatures, documents, banding, threshold=threshold, jobs=jobs)


def banded_pairs(
    signatures: Signatures,
    documents: npt.NDArray[np.int32],
    banding: Bands,
    *,
    threshold: float,
    jobs: int = 1,
) -> CandidatePairs:
    """``near_pairs`` with bands of one's own choice; ``threshold`` says which pairs agree too little to be kept."""
    values = signatures.values
    id_bits = max(1, len(values).bit_length())
    least = max(1, int((threshold - _SLACK) * values.shape[1]))

    bands = min(banding.bands, max(1, _LINE // banding.rows))

    def join(first: int) -> npt.NDArray[np.uint64]:
        keys = np.empty((min(bands, banding.bands - first), len(documents)), np.uint64)
        ordered = np.empty(len(documents), np.uint64)
        band_keys(values, documents, first, banding.rows, keys)
        parts = []
        for band in keys:
            sort_keys(band, ordered)
            parts.append(_pairs_of_runs(ordered, id_bits, values, least))
        return np.concatenate(parts)

    parts = in_threads(join, range(0, banding.bands, bands), jobs)
    return CandidatePairs.from_packed(np.concatenate(parts))


def _pairs_of_runs(
    keys: npt.NDArray[np.uint64], id_bits: int, values: npt.NDArray[np.uint32], least: int
) -> npt.NDArray[np.uint64]:
    room = np.empty((HUBS + 1) * len(keys) + LARGEST_RUN**2, np.uint64)
    parts = []
    at = 0
    while at < len(keys):
        at, n = run_pairs(keys, at, id_bits, values, least, room)
        parts.append(room[:n].copy())
    return np.concatenate([np.empty(0, np.uint64), *parts])
