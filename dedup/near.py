"""The near tier by itself: near-duplicates by their shared phrases, exactly counted, without alignment.

Cosine, coverage and origin are not measured here: of near-duplicates they are 0 and undecided.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.corpus import Collection
from dedup.fit import Count, family_pairs, near_families, worth_telling
from dedup.matches import Match, Origin, Relation
from dedup.passes import Tell
from dedup.settings import Settings

__all__ = ["identical_match", "near_matches"]

_SURE = {
    found: {relation: float(relation is found) for relation in Relation}
    for found in (Relation.NEAR_DUPLICATE, Relation.IDENTICAL)
}


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
    pairs, overlaps = family_pairs(collection, found, settings, jobs, across)
    kept = overlaps.reach(settings.threshold)
    kept &= worth_telling(found.families, pairs, kept)
    rows = np.flatnonzero(kept)
    columns = (pairs.left, pairs.right, overlaps.common, overlaps.left, overlaps.right)
    return [_match(collection, *row) for row in zip(*(column[rows].tolist() for column in columns), strict=True)]


def _match(collection: Collection, a: int, b: int, common: int, of_left: int, of_right: int) -> Match:
    shares = common / (of_left + of_right - common), common / of_left, common / of_right
    reason = f"{common} phrases of three words in common, of {of_left} and {of_right}; not aligned"
    return _measured(collection.id(a), collection.id(b), Relation.NEAR_DUPLICATE, shares, 0.0, reason)


def identical_match(one: str, other: str) -> Match:
    """The match of two texts with the same words, by their ids."""
    left, right = sorted((one, other))
    return _measured(left, right, Relation.IDENTICAL, (1.0, 1.0, 1.0), 1.0, "word for word the same; not aligned")


def _measured(
    left: str, right: str, relation: Relation, shares: tuple[float, float, float], whole: float, reason: str
) -> Match:
    jaccard, left_containment, right_containment = (round(share, 4) for share in shares)
    return Match(
        left=left,
        right=right,
        relation=relation,
        probability=1.0,
        relation_probabilities=_SURE[relation],
        origin=Origin.UNDECIDED,
        source=None,
        origin_probability=0.0,
        jaccard=jaccard,
        left_containment=left_containment,
        right_containment=right_containment,
        cosine=whole,
        left_coverage=whole,
        right_coverage=whole,
        passages=(),
        reasons=(reason,),
    )
