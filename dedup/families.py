"""Groups of documents: classes of equal texts, and families tied by verified matches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from dedup.kernels.components import find_roots, join_pairs
from dedup.kernels.lines import document_fingerprints
from dedup.matches import Family, Match, Relation
from dedup.tokens import Tokens

__all__ = ["Groups", "build_families", "components", "equal_texts"]


def equal_texts(tokens: Tokens) -> npt.NDArray[np.int64]:
    """The number of the first document with the same tokens, for each document.

    A document without tokens equals no other: empty never matches empty.
    """
    prints = np.empty((len(tokens), 2), np.uint64)
    document_fingerprints(tokens.hashes, tokens.offsets, prints)
    _, first, inverse = np.unique(prints, axis=0, return_index=True, return_inverse=True)
    classes = first[inverse.ravel()]
    empty = np.diff(tokens.offsets) == 0
    classes[empty] = np.flatnonzero(empty)
    return classes


def components(size: int, left: Iterable[int], right: Iterable[int]) -> npt.NDArray[np.int64]:
    """The smallest number that each of ``size`` items is tied to by a chain of pairs.

    >>> components(5, [3, 1], [4, 3]).tolist()
    [0, 1, 2, 1, 1]
    """
    groups = Groups(size)
    groups.join(*(np.fromiter(side, np.int64) for side in (left, right)))
    return groups.firsts()


class Groups:
    """Items that pairs tie together, a few pairs at a time.

    >>> groups = Groups(5)
    >>> groups.join(np.array([3, 1]), np.array([4, 3]))
    >>> groups.firsts().tolist()
    [0, 1, 2, 1, 1]
    """

    def __init__(self, size: int) -> None:
        self._parent = np.arange(size)

    def join(self, left: npt.NDArray[np.integer], right: npt.NDArray[np.integer]) -> None:
        """Tie the sides of pairs together."""
        join_pairs(self._parent, left.astype(np.int64), right.astype(np.int64))

    def firsts(self) -> npt.NDArray[np.int64]:
        """The smallest number of each item's group."""
        find_roots(self._parent)
        return self._parent.copy()


def build_families(
    matches: Sequence[Match], measure: Callable[[str], tuple[float, int]], near: Collection[tuple[str, str]] = ()
) -> list[Family]:
    """Families of documents tied by derived matches; an excerpt links families, it does not merge them.

    A chain of matches does not put two texts together by itself: a text stays in a family only while it matches the
    family's representative, or is identical to, a near-duplicate or a syndicated copy of one that does, by the verdict
    or by an exact count. What falls out forms families of its own.

    Parameters
    ----------
    matches : sequence of Match
    measure : callable
        Told an id: when the text was published, in seconds since 1970 (infinity: not known), and its length.
    near : set of (str, str)
        Pairs of ids, as matches have them, that an exact count of shared shingles found to be near-duplicates.
    """
    ties = [match for match in matches if match.derived and match.relation is not Relation.EXCERPTED]
    alike = [m for m in ties if m.relation is not Relation.REWRITTEN or (m.left, m.right) in near]
    neighbours = _neighbours(ties)
    close = neighbours if len(alike) == len(ties) else _neighbours(alike)
    wins = _wins(ties)
    waiting = set(neighbours)
    families = []
    for representative in sorted(waiting, key=lambda item: _rank(item, measure, wins)):
        if representative not in waiting:
            continue
        members = {representative} | (neighbours[representative] & waiting)
        fringe = sorted(members)
        while fringe:
            found = {other for item in fringe for other in close.get(item, ()) if other in waiting} - members
            members |= found
            fringe = sorted(found)
        waiting -= members
        if len(members) > 1:
            families.append(Family(representative, (representative, *sorted(members - {representative}))))
    return sorted(families, key=lambda family: family.representative)


def _neighbours(ties: Sequence[Match]) -> dict[str, set[str]]:
    table: dict[str, set[str]] = {}
    for match in ties:
        table.setdefault(match.left, set()).add(match.right)
        table.setdefault(match.right, set()).add(match.left)
    return table


def _wins(ties: Sequence[Match]) -> dict[str, float]:
    """How much more often each text is found to be a source than to be derived, by the origins' probabilities."""
    wins: dict[str, float] = {}
    for match in ties:
        if match.source is not None:
            derived = match.right if match.source == match.left else match.left
            wins[match.source] = wins.get(match.source, 0.0) + match.origin_probability
            wins[derived] = wins.get(derived, 0.0) - match.origin_probability
    return wins


def _rank(
    item: str, measure: Callable[[str], tuple[float, int]], wins: dict[str, float]
) -> tuple[float, float, int, str]:
    """The order of representatives: the earliest dated, else the likeliest source, else the longest, then by id."""
    dated, length = measure(item)
    return dated, -round(wins.get(item, 0.0), 4), -length, item
