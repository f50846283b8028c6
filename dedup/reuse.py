"""The reuse tier: documents that share rare shingles or rare terms are worth comparing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.kernels.postings import (
    FEATURE_BITS,
    follow_lists,
    scatter_postings,
    shared_features,
    thin_postings,
    unpack_postings,
)
from dedup.lsh import CandidatePairs
from dedup.parallel import in_threads
from dedup.scratch import Parts, Scratch
from dedup.sketch import ShingleSets
from dedup.statistics import IDF_ONE, Statistics, TermCounts, contained

__all__ = [
    "FeatureParts", "Features", "Postings", "ReuseLimits", "feature_of", "idf_weights", "least_weights",
    "length_growth", "rare_features", "reuse_pairs",
]  # fmt: skip

_WEIGHT_ONE = 8
_SHINGLE_WEIGHT = 6 * _WEIGHT_ONE
_WEIGHT = np.uint64(0xFF)
_LEADING = np.uint64(2**64 - 2 ** (64 - FEATURE_BITS))


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
        Shingles of the shorter text from which on ``min_weight`` grows: two long texts share more by chance.
    even_growth : float
        Up to so many times ``min_weight`` it grows as the length does, and from where that is more as its root: of a
        text far longer than an article a passage may be all that is shared.
    max_work : int
        Pairs of postings to look at, at most; ``max_frequency`` is lowered until it is kept.
    large_family : int
        Of near-duplicate families larger than this, a feature counts only for the first document that has it.
    """

    max_frequency: int = 32
    min_idf: float = 5.0
    min_weight: float = 26.0
    usual_length: int = 200
    even_growth: float = 3.0
    max_work: int = 2_000_000_000
    large_family: int = 12


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """The rare features of documents.

    Attributes
    ----------
    keys : uint64 array (m,)
        The leading 44 bits of the hash of a shingle or a term, 12 bits of 0, and the weight in eighths of idf.
    offsets : int64 array (n + 1,)
        Document i has ``keys[offsets[i]:offsets[i + 1]]``, in no order.
    """

    keys: npt.NDArray[np.uint64]
    offsets: npt.NDArray[np.int64]


def rare_features(
    samples: ShingleSets,
    counts: TermCounts,
    *,
    statistics: Statistics,
    languages: Sequence[str | None],
    limits: ReuseLimits = ReuseLimits(),
) -> Features:
    """The shingles (a sample will do) and the rare terms of documents, without what is frequent in the collection.

    A function of each document, the statistics and the limits: also of documents that are not of the collection.
    """
    idf = statistics.idf_by_document(counts.terms, counts.offsets, languages)
    rare = idf >= int(limits.min_idf * IDF_ONE)
    kept = np.concatenate([[0], np.cumsum(rare)])[counts.offsets]
    offsets = samples.offsets + kept
    keys = np.empty(offsets[-1], np.uint64)
    of_term = np.repeat(np.arange(len(counts)), np.diff(counts.offsets))[rare]
    term_at = np.arange(len(of_term)) + samples.offsets[of_term + 1]
    weights = np.minimum(255, idf[rare] * _WEIGHT_ONE // IDF_ONE).astype(np.uint64)
    keys[term_at] = (counts.terms[rare] & _LEADING) | weights
    of_shingle = np.repeat(np.arange(len(samples)), np.diff(samples.offsets))
    keys[np.arange(len(of_shingle)) + kept[of_shingle]] = (samples.values & _LEADING) | np.uint64(_SHINGLE_WEIGHT)
    if len(statistics.frequent):
        rare = ~contained(keys, statistics.frequent)
        keys, offsets = keys[rare], np.concatenate([[0], np.cumsum(rare)])[offsets]
    return Features(keys, offsets)


def least_weights(totals: npt.NDArray[np.int64], limits: ReuseLimits) -> npt.NDArray[np.int32]:
    """The weight in eighths that shared rare features must have, for documents of so many shingles.

    The smaller one of two documents counts.
    """
    return (limits.min_weight * _WEIGHT_ONE * length_growth(totals, limits)).astype(np.int32)


def length_growth(totals: npt.NDArray[np.int64], limits: ReuseLimits) -> npt.NDArray[np.float64]:
    """How many times ``min_weight`` documents of so many shingles need, by `ReuseLimits`."""
    longer = np.maximum(totals, limits.usual_length) / limits.usual_length
    growth: npt.NDArray[np.float64] = np.maximum(np.sqrt(longer), np.minimum(longer, limits.even_growth))
    return growth


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The documents of each rare feature that several families have, list after list.

    Attributes
    ----------
    documents : int32 array (k,)
        Ascending in a list; the last one d stands as -1 - d.
    weights : uint8 array (k,)
        Of the list's feature, in eighths.
    frequent : uint64 array, ascending
        Features that stand in too many families; see ``Statistics.frequent``.
    phrases : uint64 array, ascending
        Shingles that the heads of very many families have; see ``Statistics.phrases``.
    """

    documents: npt.NDArray[np.int32]
    weights: npt.NDArray[np.uint8]
    frequent: npt.NDArray[np.uint64]
    phrases: npt.NDArray[np.uint64]

    def pairs(self, families: npt.NDArray[np.int64], least: npt.NDArray[np.int32], *, jobs: int = 1) -> CandidatePairs:
        """Pairs of documents of different families that share rare features of enough weight; see `least_weights`."""
        starts = np.zeros(len(families) + 1, np.int64)
        follow_lists(self.documents, starts[1:], np.empty(0, np.int64))
        np.cumsum(starts, out=starts)
        lists = np.empty(starts[-1], np.int64)
        follow_lists(self.documents, starts[:-1].copy(), lists)

        def count(bounds: tuple[int, int]) -> npt.NDArray[np.uint64]:
            first, last = bounds
            out = np.empty(max(len(families), 1 << 16), np.uint64)
            parts = [out[:0]]
            while first < last:
                first, n = shared_features(
                    self.documents, self.weights, lists, starts, families, first, last, least, out
                )
                parts.append(out[:n].copy())
            return np.concatenate(parts)

        edges = np.linspace(0, len(families), 8 * jobs + 1).astype(int)
        return CandidatePairs.from_packed(np.concatenate(in_threads(count, list(pairwise(edges)), jobs)))


class FeatureParts:
    """The features of a collection, collected document by document, divided by their leading bits.

    Parameters
    ----------
    documents : int
        How many there will be.
    scratch : Scratch
        Where the features are put.
    """

    def __init__(self, documents: int, scratch: Scratch) -> None:
        self._scratch = scratch
        self._id_bits = max(1, documents.bit_length())
        self._part_bits = max(0, FEATURE_BITS + 8 + self._id_bits - 64)
        self._parts = Parts(1 << self._part_bits, scratch)

    def add(self, features: Features, documents: npt.NDArray[np.int64]) -> None:
        """Put in the features of some documents, in any order."""
        starts = np.zeros(len(self._parts) + 1, np.int64)
        arguments = features.keys, features.offsets, documents, self._id_bits, self._part_bits
        scatter_postings(*arguments, starts[1:], np.empty(0, np.uint64))
        np.cumsum(starts, out=starts)
        postings = np.empty(starts[-1], np.uint64)
        scatter_postings(*arguments, starts[:-1].copy(), postings)
        self._parts.add(postings, starts.tolist())

    def thin(self, families: npt.NDArray[np.int64], limits: ReuseLimits, *, widest: int, jobs: int = 1) -> Postings:
        """The lists of the features in few enough families that all their pairs stay within the limit of work.

        Parameters
        ----------
        families : int64 array (documents,)
            The number of the first document of each document's near-duplicate family: how rare a feature is, is counted
            in families.
        limits : ReuseLimits
        widest : int
            Shingles of the first documents of so many families are ``phrases``.
        jobs : int
        """
        large = np.bincount(families, minlength=len(families)) > limits.large_family

        def thin(postings: npt.NDArray[np.uint64], most: int, part: int, work: npt.NDArray[np.int64]) -> _Thinned:
            frequent = np.empty(len(postings) // (most + 1), np.uint64)
            spread = np.empty(len(postings) // widest, np.uint64)
            kept, n, m = thin_postings(postings, self._id_bits, families, large, most, work, widest, frequent, spread)
            return _Thinned(postings[:kept].copy(), *(self._keys(found, part) for found in (frequent[:n], spread[:m])))

        def first(part: int) -> tuple[_Thinned, npt.NDArray[np.int64]]:
            postings = self._parts.pop(part)
            postings.sort()
            work = np.zeros(limits.max_frequency + 1, np.int64)
            return thin(postings, limits.max_frequency, part, work), work

        found = in_threads(first, range(len(self._parts)), jobs)
        self._parts.close()
        parts = [part for part, _ in found]
        frequent = [part.frequent for part in parts]
        total = np.sum([work for _, work in found], axis=0)
        affordable = int(np.searchsorted(np.cumsum(total), limits.max_work, side="right")) - 1
        if affordable < limits.max_frequency:
            again = [thin(part.postings, affordable, number, total) for number, part in enumerate(parts)]
            frequent += [part.frequent for part in again]
            spread, parts = [part.spread for part in parts], again
        else:
            spread = [part.spread for part in parts]
        phrases = np.concatenate(spread)
        return Postings(
            *self._unpacked([part.postings for part in parts]),
            np.sort(np.concatenate(frequent)),
            np.unique(phrases[(phrases & _WEIGHT) == _SHINGLE_WEIGHT] & _LEADING),
        )

    def _keys(self, found: npt.NDArray[np.uint64], part: int) -> npt.NDArray[np.uint64]:
        """Keys as `Features` has them, from those of a part's postings."""
        feature = (found >> np.uint64(8)) | np.uint64(part << (FEATURE_BITS - self._part_bits))
        return (feature << np.uint64(64 - FEATURE_BITS)) | (found & _WEIGHT)

    def _unpacked(self, parts: list[npt.NDArray[np.uint64]]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
        size = sum(map(len, parts))
        documents, weights = np.empty(size, np.int32), np.empty(size, np.uint8)
        at = 0
        for part in parts:
            end = at + len(part)
            unpack_postings(part, self._id_bits, documents[at:end], weights[at:end])
            at = end
        return documents, weights


@dataclass(frozen=True, slots=True, eq=False)
class _Thinned:
    postings: npt.NDArray[np.uint64]
    frequent: npt.NDArray[np.uint64]
    spread: npt.NDArray[np.uint64]


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
    parts = FeatureParts(len(samples), Scratch())
    features = rare_features(samples, counts, statistics=statistics, languages=languages, limits=limits)
    parts.add(features, np.arange(len(samples)))
    postings = parts.thin(families, limits, widest=max(2, len(samples)), jobs=jobs)
    return postings.pairs(families, least_weights(samples.totals, limits), jobs=jobs)


def feature_of(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """What a key holds of the hash of a term or shingle."""
    return hashes & _LEADING


def idf_weights(eighths: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
    """Weights in units of idf: those of `least_weights`, or the last 8 bits of keys."""
    return eighths.astype(np.float64) / _WEIGHT_ONE
