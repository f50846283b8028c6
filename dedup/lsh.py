"""Retrieval: which documents are worth comparing. A candidate is never a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.errors import SettingsError
from dedup.kernels.join import HUBS, LARGEST_RUN, band_keys, run_pairs
from dedup.kernels.postings import mark_lists, pack_postings, shared_features, thin_postings
from dedup.parallel import in_threads
from dedup.sketch import ShingleSets, Signatures
from dedup.statistics import IDF_ONE, Statistics, TermCounts

__all__ = ["Bands", "CandidatePairs", "ReuseLimits", "choose_bands", "near_pairs", "reuse_pairs"]

_SLACK = 0.2
_FEATURE_WEIGHT_ONE = 8


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
    values = signatures.values
    banding = choose_bands(values.shape[1], threshold, min_recall)
    id_bits = max(1, len(values).bit_length())
    least = max(1, int((threshold - _SLACK) * values.shape[1]))

    def join(band: int) -> npt.NDArray[np.uint64]:
        spare, keys = np.empty((2, len(documents)), np.uint64)
        band_keys(values, documents, band, banding.rows, id_bits, spare, keys)
        return _pairs_of_runs(keys, id_bits, values, least)

    return CandidatePairs.from_packed(np.concatenate(in_threads(join, range(banding.bands), jobs)))


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


@dataclass(frozen=True, slots=True)
class ReuseLimits:
    """What the reuse tier counts as rare, and how much shared rarity makes a candidate.

    Attributes
    ----------
    max_frequency : int
        Features in more documents (near-duplicate families) than this are not rare.
    min_idf : float
        Terms with a smaller idf, background included, are not rare.
    min_weight : float
        Sum over shared rare features of their idf, from which a pair is a candidate. A shingle counts as 6.
    usual_length : int
        Shingles of the shorter text from which on ``min_weight`` grows with the root of that length: two long texts
        share more by chance.
    max_work : int
        Pairs of postings to look at, at most; ``max_frequency`` is lowered until it is kept.
    large_family : int
        Of near-duplicate families larger than this, a feature counts only for the first document that has it.
    """

    max_frequency: int = 32
    min_idf: float = 5.0
    min_weight: float = 26.0
    usual_length: int = 200
    max_work: int = 2_000_000_000
    large_family: int = 12


def reuse_pairs(
    samples: ShingleSets,
    counts: TermCounts,
    *,
    statistics: Statistics,
    languages: Sequence[str | None],
    families: npt.NDArray[np.int64] | None = None,
    limits: ReuseLimits = ReuseLimits(),
    jobs: int = 1,
) -> CandidatePairs:
    """Candidate pairs of documents that share rare shingles or rare terms: rewrites, excerpts, summaries.

    Parameters
    ----------
    samples : ShingleSets
        Shingles (a sample will do) of the n documents.
    counts : TermCounts
        Of the same documents.
    statistics : Statistics
        Where the idf of terms comes from.
    languages : sequence of str or None
        Of the documents.
    families : int64 array (n,), optional
        The number of the first document of each document's near-duplicate family; each its own by default. How rare
        a feature is, is counted in families: a wire story in sixty papers must not make its own words common. Pairs
        within a family are left out.
    """
    if families is None:
        families = np.arange(len(samples))
    features, weights, offsets = _rare_features(
        samples, counts, statistics.idf_by_document(counts.terms, counts.offsets, languages), limits
    )
    id_bits = max(1, len(samples).bit_length())
    postings = np.empty(len(features), np.uint64)
    pack_postings(features, weights, offsets, id_bits, postings)
    postings.sort()
    postings = _rare_postings(postings, id_bits, families, limits)
    starts = np.zeros(len(samples) + 1, np.int64)
    none = np.empty(0, np.int64)
    mark_lists(postings, id_bits, starts[1:], none, False)
    np.cumsum(starts, out=starts)
    lists = np.empty(starts[-1], np.int64)
    mark_lists(postings, id_bits, starts[:-1].copy(), lists, True)
    growth = np.sqrt(np.maximum(samples.totals, limits.usual_length) / limits.usual_length)
    least = (limits.min_weight * _FEATURE_WEIGHT_ONE * growth).astype(np.int32)

    def count(bounds: tuple[int, int]) -> npt.NDArray[np.uint64]:
        first, last = bounds
        out = np.empty(max(len(families), 1 << 16), np.uint64)
        parts = [out[:0]]
        while first < last:
            first, n = shared_features(postings, id_bits, lists, starts, families, first, last, least, out)
            parts.append(out[:n].copy())
        return np.concatenate(parts)

    edges = np.linspace(0, len(samples), 8 * jobs + 1).astype(int)
    return CandidatePairs.from_packed(np.concatenate(in_threads(count, list(pairwise(edges)), jobs)))


def _rare_features(
    samples: ShingleSets, counts: TermCounts, idf: npt.NDArray[np.int32], limits: ReuseLimits
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Sampled shingles and rare terms of each document in one list, with weights in eighths."""
    rare = idf >= int(limits.min_idf * IDF_ONE)
    kept = np.concatenate([[0], np.cumsum(rare)])[counts.offsets]
    offsets = samples.offsets + kept
    features = np.empty(offsets[-1], np.uint64)
    weights = np.empty(offsets[-1], np.uint8)
    of_term = np.repeat(np.arange(len(counts)), np.diff(counts.offsets))[rare]
    term_at = np.arange(len(of_term)) + samples.offsets[of_term + 1]
    features[term_at] = counts.terms[rare]
    weights[term_at] = np.minimum(255, idf[rare] * _FEATURE_WEIGHT_ONE // IDF_ONE).astype(np.uint8)
    of_shingle = np.repeat(np.arange(len(samples)), np.diff(samples.offsets))
    shingle_at = np.arange(len(of_shingle)) + kept[of_shingle]
    features[shingle_at] = samples.values
    weights[shingle_at] = 6 * _FEATURE_WEIGHT_ONE
    return features, weights, offsets


def _rare_postings(
    postings: npt.NDArray[np.uint64], id_bits: int, families: npt.NDArray[np.int64], limits: ReuseLimits
) -> npt.NDArray[np.uint64]:
    """Postings of the features in few enough families that all their pairs stay within the limit of work."""
    large = np.bincount(families, minlength=len(families)) > limits.large_family
    work = np.zeros(limits.max_frequency + 1, np.int64)
    kept = thin_postings(postings, id_bits, families, large, limits.max_frequency, work)
    affordable = int(np.searchsorted(np.cumsum(work), limits.max_work, side="right")) - 1
    if affordable < limits.max_frequency:
        kept = thin_postings(postings[:kept], id_bits, families, large, affordable, work)
    return postings[:kept]
