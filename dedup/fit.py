"""What a collection teaches: its statistics, its near-duplicate families, and where its rare features stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.boilerplate import Lines, known_text, shared_lines
from dedup.corpus import Corpus
from dedup.families import components
from dedup.lsh import CandidatePairs, near_pairs
from dedup.reuse import FeatureParts, Postings, ReuseLimits, least_weights, rare_features
from dedup.settings import Settings
from dedup.sketch import MinHasher, ShingleSets
from dedup.statistics import FrequencyTable, Statistics, TermCounts
from dedup.tokens import Tokens, keep_tokens
from dedup.verify import verify

__all__ = ["Fit", "fit"]

LARGE_FAMILY = 12
"""Near-duplicate families up to this size are compared text by text; of larger ones the representative stands in."""

COMMON_PHRASE, COMMON_PHRASE_SHARE = 12, 0.001
"""A phrase in so many near-duplicate families, and in that share of them, is nobody's own."""

Count = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """What was learnt of n documents.

    Attributes
    ----------
    statistics : Statistics
        A near-duplicate family counts as one document. All that a document outside the collection needs.
    families : int64 array (n,)
        The first document of each document's near-duplicate family.
    near : CandidatePairs
        Near-duplicate candidates; within a large family only those with its first document.
    postings : Postings
        The documents of each rare feature.
    least : int32 array (n,)
        The weight of shared rare features that makes a candidate of each document.
    """

    statistics: Statistics
    families: npt.NDArray[np.int64]
    near: CandidatePairs
    postings: Postings
    least: npt.NDArray[np.int32]

    def candidates(self, *, jobs: int = 1, count: Count = lambda name, size: None) -> CandidatePairs:
        """Pairs of the collection that are worth aligning; ``count`` is told how many each tier finds."""
        reuse = self.postings.pairs(self.families, self.least, jobs=jobs)
        count("reuse candidates", len(reuse))
        pairs = self.near.union(reuse).union(_within(self.families))
        count("candidate pairs", len(pairs))
        return pairs


def fit(
    corpus: Corpus,
    *,
    settings: Settings = Settings(),
    limits: ReuseLimits = ReuseLimits(),
    jobs: int = 1,
    count: Count = lambda name, size: None,
) -> Fit:
    """Learn what a collection of distinct texts teaches.

    First the near-duplicate families, which all else is counted in; then boilerplate lines, terms of what is left, and
    rare features, each a function of the documents and of the statistics so far.

    Parameters
    ----------
    corpus : Corpus
        No two of its texts should be equal: collapse them first.
    settings : Settings
    limits : ReuseLimits
        Of the reuse tier.
    jobs : int
        Threads.
    count : callable
        Told the name and the size of what each stage leaves.
    """
    near, families = _near_families(_without_base(corpus, settings), settings, jobs)
    heads = families == np.arange(len(corpus))
    count("near-duplicate candidates", len(near))
    count("near-duplicate families", int(heads.sum()))
    lines = shared_lines(Lines.from_tokens(corpus.tokens, corpus.segments), families)
    content = corpus.content(Statistics.background().knowing(lines=lines), settings.base)
    counts = TermCounts.from_tokens(content)
    shingles = ShingleSets.from_tokens(content)
    terms, frequencies = np.unique(counts.terms[np.repeat(heads, np.diff(counts.offsets))], return_counts=True)
    collection = FrequencyTable(terms, frequencies.astype(np.int64))
    statistics = Statistics.background().fitted(int(heads.sum()), collection).knowing(lines=lines)
    parts = FeatureParts(len(corpus))
    features = rare_features(shingles, counts, statistics=statistics, languages=corpus.languages, limits=limits)
    parts.add(features, np.arange(len(corpus)))
    widest = max(COMMON_PHRASE, int(np.ceil(COMMON_PHRASE_SHARE * int(heads.sum()))))
    postings = parts.thin(families, limits, widest=widest, jobs=jobs)
    statistics = statistics.knowing(phrases=postings.phrases, frequent=postings.frequent)
    return Fit(statistics, families, near, postings, least_weights(shingles.totals, limits))


def _without_base(corpus: Corpus, settings: Settings) -> Tokens:
    base = known_text(settings.base)
    return keep_tokens(corpus.tokens, ~base.mark(corpus.tokens, corpus.segments)) if base else corpus.tokens


def _near_families(tokens: Tokens, settings: Settings, jobs: int) -> tuple[CandidatePairs, npt.NDArray[np.int64]]:
    """Near-duplicate candidates, and each document's family: what exactly verified pairs tie it to."""
    signatures = MinHasher(settings.num_perm, seed=settings.seed, n_jobs=jobs).signatures(tokens)
    wordy = np.flatnonzero(np.diff(tokens.offsets)).astype(np.int32)
    near = near_pairs(signatures, wordy, threshold=settings.threshold, min_recall=settings.min_recall, jobs=jobs)
    verified = near.where(verify(tokens, near, jobs=jobs).reach(settings.threshold))
    families = components(len(tokens), verified.left, verified.right)
    size = np.bincount(families, minlength=len(tokens))[families]
    small = size[near.left] <= LARGE_FAMILY
    to_head = near.left == families[near.left]
    return near.where(small | to_head | (families[near.left] != families[near.right])), families


def _members(families: npt.NDArray[np.int64]) -> dict[int, npt.NDArray[np.int64]]:
    """The documents of each family of several, by its head."""
    if not len(families):
        return {}
    order = np.argsort(families, kind="stable")
    heads, starts = np.unique(families[order], return_index=True)
    groups = np.split(order, starts[1:])
    return {int(head): group for head, group in zip(heads, groups, strict=True) if len(group) > 1}


def _within(families: npt.NDArray[np.int64]) -> CandidatePairs:
    """All pairs within small families; the head's pairs with all others within large ones."""
    parts = [np.empty((0, 2), np.int64)]
    for group in _members(families).values():
        if len(group) <= LARGE_FAMILY:
            parts.append(np.stack(np.triu_indices(len(group), 1), axis=1))
            parts[-1] = group[parts[-1]]
        else:
            parts.append(np.stack([np.full(len(group) - 1, group[0]), group[1:]], axis=1))
    return _pairs(np.concatenate(parts))


def _pairs(rows: npt.NDArray[np.int64]) -> CandidatePairs:
    low, high = rows.min(axis=1, initial=2**31), rows.max(axis=1, initial=0)
    return CandidatePairs.from_packed((low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64))
