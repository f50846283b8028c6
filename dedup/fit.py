"""What a collection teaches: its statistics, its near-duplicate families, and where its rare features stand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.boilerplate import known_text, shared_lines
from dedup.corpus import Collection
from dedup.families import Groups
from dedup.lsh import CandidatePairs, near_pairs
from dedup.passes import Passes, Tell
from dedup.reuse import FeatureParts, Postings, ReuseLimits
from dedup.scratch import Scratch
from dedup.settings import Settings
from dedup.statistics import Statistics
from dedup.tokens import keep_tokens
from dedup.verify import Overlaps, verify

__all__ = [
    "LARGE_FAMILY", "Fit", "NearFamilies", "family_pairs", "fit", "near_families", "overlaps_of", "within_families",
    "worth_telling",
]  # fmt: skip

LARGE_FAMILY = 12
"""Near-duplicate families up to this size are compared text by text; of larger ones the representative stands in."""

_ROUNDS = 3

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
        The representative of each document's near-duplicate family.
    within : CandidatePairs
        Pairs within families that are worth aligning; see `family_pairs`.
    alike : CandidatePairs
        Those of them that are near-duplicates by an exact count.
    near : CandidatePairs
        Near-duplicate candidates of different families.
    postings : Postings
        The documents of each rare feature.
    least : int32 array (n,)
        The weight of shared rare features that makes a candidate of each document.
    """

    statistics: Statistics
    families: npt.NDArray[np.int64]
    within: CandidatePairs
    alike: CandidatePairs
    near: CandidatePairs
    postings: Postings
    least: npt.NDArray[np.int32]

    def candidates(self, *, jobs: int = 1, count: Count = lambda name, size: None) -> CandidatePairs:
        """Pairs of the collection that are worth aligning; ``count`` is told how many each tier finds."""
        reuse = self.postings.pairs(self.families, self.least, jobs=jobs)
        count("reuse candidates", len(reuse))
        pairs = self.near.union(reuse).union(self.within)
        count("candidate pairs", len(pairs))
        return pairs


def fit(
    collection: Collection,
    *,
    settings: Settings = Settings(),
    limits: ReuseLimits | None = None,
    scratch: Scratch | None = None,
    jobs: int = 1,
    count: Count = lambda name, size: None,
    tell: Tell = lambda name, done, total: None,
) -> Fit:
    """Learn what a collection of distinct texts teaches.

    First the near-duplicate families, which all else is counted in; then boilerplate lines, terms of what is left, and
    rare features, each in a pass over the texts, as a function of the documents and of the statistics so far.

    Parameters
    ----------
    collection : Collection
        No two of its texts should be equal: collapse them first.
    settings : Settings
    limits : ReuseLimits, optional
        Of the reuse tier; those of the settings by default.
    scratch : Scratch, optional
        Room for the features.
    jobs : int
        Threads.
    count : callable
        Told the name and the size of what each stage leaves.
    tell : callable
        Told the stage, how many documents are done, and of how many.
    """
    limits = limits or settings.reuse_limits()
    tell("finding near-duplicates", 0, 0)
    near = near_families(collection, settings, jobs, count)
    families = near.families
    passes = Passes(collection, settings, jobs, tell)
    lines = shared_lines(passes.lines(), families)
    statistics = Statistics.background().knowing(lines=lines)
    heads = families == np.arange(len(collection))
    statistics = statistics.fitted(int(heads.sum()), passes.terms(statistics, heads)).knowing(lines=lines)
    parts = FeatureParts(len(collection), scratch or Scratch())
    least = passes.features(statistics, limits, parts)
    widest = max(COMMON_PHRASE, int(np.ceil(COMMON_PHRASE_SHARE * int(heads.sum()))))
    tell("finding rare features", 0, 0)
    postings = parts.thin(families, limits, widest=widest, jobs=jobs)
    statistics = statistics.knowing(phrases=postings.phrases, frequent=postings.frequent)
    pairs, overlaps = family_pairs(collection, near, settings, jobs)
    reached = overlaps.reach(settings.threshold)
    worth = worth_telling(families, pairs, reached)
    within, alike = pairs.where(worth), pairs.where(worth & reached)
    return Fit(statistics, families, within, alike, near.across, postings, least)


@dataclass(frozen=True, slots=True, eq=False)
class NearFamilies:
    """Near-duplicates among n documents.

    Attributes
    ----------
    families : int64 array (n,)
        The representative of each document's family, of those that verified pairs tie it to: the earliest dated, else
        the longest, then the first.
    ties : CandidatePairs
        Verified pairs that hold the families together.
    across : CandidatePairs
        Candidates of different families.
    """

    families: npt.NDArray[np.int64]
    ties: CandidatePairs
    across: CandidatePairs


def near_families(collection: Collection, settings: Settings, jobs: int, count: Count) -> NearFamilies:
    """Find near-duplicate candidates and verify as many as the families ask for.

    A pair whose sides are in one family already need not be verified. So each document is first verified with the first
    one that it may be like, and in a large family most of its other pairs are then settled.
    """
    wordy = np.flatnonzero(collection.wordy).astype(np.int32)
    near = near_pairs(
        collection.signatures, wordy, threshold=settings.threshold, min_recall=settings.min_recall, jobs=jobs
    )
    count("near-duplicate candidates", len(near))
    groups = Groups(len(collection))
    ties = CandidatePairs.from_packed(np.empty(0, np.uint64))
    waiting = near
    for round_ in range(_ROUNDS):
        by_right = np.lexsort((waiting.left, waiting.right))
        first = np.zeros(len(waiting), np.bool_)
        first[by_right[np.diff(waiting.right[by_right], prepend=-1) != 0]] = True
        tried = waiting if round_ == _ROUNDS - 1 else waiting.where(first)
        verified = tried.where(overlaps_of(collection, tried, settings, jobs).reach(settings.threshold))
        groups.join(verified.left, verified.right)
        ties = ties.union(verified)
        families = groups.firsts()
        waiting = waiting.where(~first & (families[waiting.left] != families[waiting.right]))
    families = _representatives(collection, groups.firsts())
    count("near-duplicate families", int((families == np.arange(len(collection))).sum()))
    return NearFamilies(families, ties, near.where(families[near.left] != families[near.right]))


def overlaps_of(collection: Collection, pairs: CandidatePairs, settings: Settings, jobs: int) -> Overlaps:
    """The shingles that pairs share, templates left out."""
    if not settings.base:
        sides = (collection.places[side].astype(np.int32) for side in (pairs.left, pairs.right))
        return verify(collection.spool.texts, CandidatePairs(*sides), jobs=jobs)
    documents, renumbered = pairs.renumbered()
    part = collection.select(documents)
    base = known_text(settings.base)
    return verify(keep_tokens(part.tokens, ~base.mark(part.tokens, part.segments)), renumbered, jobs=jobs)


def family_pairs(
    collection: Collection,
    near: NearFamilies,
    settings: Settings,
    jobs: int,
    across: npt.NDArray[np.bool_] | None = None,
) -> tuple[CandidatePairs, Overlaps]:
    """Pairs within families, and what they share: those that tie the families together and `within_families`.

    With ``across`` (n,) only those of a document that is so and one that is not.
    """
    pairs = near.ties.union(within_families(near.families))
    if across is not None:
        pairs = pairs.where(across[pairs.left] != across[pairs.right])
    return pairs, overlaps_of(collection, pairs, settings, jobs)


def worth_telling(
    families: npt.NDArray[np.int64], pairs: CandidatePairs, verified: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Pairs of small families; of large ones those with the representative, and for texts that are unlike it the pairs
    that tied them to the family.
    """
    small = np.bincount(families, minlength=len(families))[families[pairs.left]] <= LARGE_FAMILY
    star = (pairs.left == families[pairs.left]) | (pairs.right == families[pairs.right])
    tied = np.zeros(len(families), np.bool_)
    for side in (pairs.left, pairs.right):
        tied[side[star & verified]] = True
    worth: npt.NDArray[np.bool_] = small | star | ~tied[pairs.left] | ~tied[pairs.right]
    return worth


def within_families(families: npt.NDArray[np.int64]) -> CandidatePairs:
    """All pairs within small families; within large ones the pairs of each document with its representative.

    Parameters
    ----------
    families : int64 array (n,)
        The representative of each document's family.
    """
    sizes = np.bincount(families, minlength=len(families))[families]
    large = np.flatnonzero((sizes > LARGE_FAMILY) & (families != np.arange(len(families))))
    small = np.flatnonzero((sizes > 1) & (sizes <= LARGE_FAMILY))
    small = small[np.argsort(families[small], kind="stable")]
    parts = [np.stack([families[large], large], axis=1)]
    for step in range(1, LARGE_FAMILY):
        pairs = np.stack([small[:-step], small[step:]], axis=1)
        parts.append(pairs[families[pairs[:, 0]] == families[pairs[:, 1]]])
    return _pairs(np.concatenate(parts))


def _representatives(collection: Collection, families: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each document the earliest dated one of its family, else the longest, then the first."""
    dates, lengths = (column[collection.places] for column in collection.spool.ranks())
    best = np.arange(len(families))
    some = np.flatnonzero(np.bincount(families, minlength=len(families))[families] > 1)
    some = some[np.lexsort((some, -lengths[some], dates[some], families[some]))]
    first = some[np.diff(families[some], prepend=-1) != 0]
    best[families[first]] = first
    representatives: npt.NDArray[np.int64] = best[families]
    return representatives


def _pairs(rows: npt.NDArray[np.int64]) -> CandidatePairs:
    low, high = rows.min(axis=1, initial=2**31), rows.max(axis=1, initial=0)
    return CandidatePairs.from_packed((low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64))
