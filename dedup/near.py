"""The near tier by itself: near-duplicates by their shared phrases, exactly counted, without alignment."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.corpus import Collection
from dedup.fit import LARGE_FAMILY, Count, near_families, overlaps_of, within_families
from dedup.lsh import CandidatePairs
from dedup.matches import Match, Origin, Relation
from dedup.passes import Tell
from dedup.settings import Settings

__all__ = ["near_matches"]

_RELATIONS = {relation: float(relation is Relation.NEAR_DUPLICATE) for relation in Relation}


def near_matches(
    collection: Collection,
    across: npt.NDArray[np.bool_] | None,
    *,
    settings: Settings,
    jobs: int,
    count: Count,
    tell: Tell,
) -> list[Match]:
    """Matches of near-duplicates: all pairs of a small family; of a large one, those with its representative, and for
    texts that are unlike that one the pair that tied them to the family.

    Parameters
    ----------
    collection : Collection
        Distinct texts.
    across : bool array (n,), optional
        Which documents are old: only pairs of an old and a new one are wanted.
    settings : Settings
    jobs : int
    count, tell : callable
        Told of each stage what it left, and how far it is.
    """
    tell("finding near-duplicates", 0, 0)
    found = near_families(collection, settings, jobs, count)
    tell("verifying", 0, 0)
    best = _representatives(collection, found.families)
    pairs = found.ties.union(within_families(found.families, best))
    if across is not None:
        pairs = pairs.where(across[pairs.left] != across[pairs.right])
    overlaps = overlaps_of(collection, pairs, settings, jobs)
    kept = overlaps.reach(settings.threshold)
    size = np.bincount(found.families, minlength=len(collection))[found.families]
    kept &= (size[pairs.left] <= LARGE_FAMILY) | _needed(best, pairs, kept)
    rows = np.flatnonzero(kept)
    columns = (pairs.left, pairs.right, overlaps.common, overlaps.left, overlaps.right)
    return [_match(collection, *row) for row in zip(*(column[rows].tolist() for column in columns), strict=True)]


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


def _needed(
    best: npt.NDArray[np.int64], pairs: CandidatePairs, verified: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """The pairs with a representative, and those of texts that have none such."""
    star = (pairs.left == best[pairs.left]) | (pairs.right == best[pairs.right])
    tied = np.zeros(len(best), np.bool_)
    for side in (pairs.left, pairs.right):
        tied[side[star & verified]] = True
    needed: npt.NDArray[np.bool_] = star | ~tied[pairs.left] | ~tied[pairs.right]
    return needed


def _match(collection: Collection, a: int, b: int, common: int, of_left: int, of_right: int) -> Match:
    left, right = collection.id(a), collection.id(b)
    jaccard = round(common / (of_left + of_right - common), 4)
    return Match(
        left=left,
        right=right,
        relation=Relation.NEAR_DUPLICATE,
        probability=1.0,
        relation_probabilities=_RELATIONS,
        origin=Origin.UNDECIDED,
        source=None,
        origin_probability=0.0,
        jaccard=jaccard,
        left_containment=round(common / of_left, 4),
        right_containment=round(common / of_right, 4),
        cosine=0.0,
        left_coverage=0.0,
        right_coverage=0.0,
        passages=(),
        reasons=(f"{common} phrases of three words in common, of {of_left} and {of_right}; not aligned",),
    )
