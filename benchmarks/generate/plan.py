"""Which of the generated documents stand for themselves, and which are made from which."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from benchmarks.generate.randomness import numbers, shuffled

__all__ = ["Kind", "Plan", "Recipe", "make_plan"]

_ORDER, _SIZES, _SOURCES = 11, 12, 13


class Kind(IntEnum):
    """How a document came about."""

    FRESH = 0
    COPY = 1
    REWRITE = 2
    EMBEDDED = 3


@dataclass(frozen=True, slots=True)
class Recipe:
    """What to generate.

    Attributes
    ----------
    documents : int
    seed : int
    words : int
        Of a usual article; one in ten is a brief.
    family_share, rewrite_share, embedded_share : float
        Share of the documents in families of near-duplicates, of rewrites, and of texts with a passage of another.
    largest_family : int
        Documents in the largest family, if the share allows it. The others' sizes follow a power law below it.
    identical : int
        So many documents more have one and the same text.
    one_footer : bool
        The boilerplate of a tenth of the documents is that of one outlet, instead of each outlet's own.
    """

    documents: int
    seed: int = 1
    words: int = 570
    family_share: float = 0.10
    rewrite_share: float = 0.02
    embedded_share: float = 0.01
    largest_family: int = 50_000
    identical: int = 0
    one_footer: bool = False

    def __post_init__(self) -> None:
        shares = self.family_share + self.rewrite_share + self.embedded_share
        if self.documents < 1 or not 0 <= self.identical <= self.documents // 2 or shares > 0.5:
            raise ValueError(f"cannot generate {self}: half of the documents at least must stand for themselves")


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """The kind of each document, and from which it is made.

    Attributes
    ----------
    kinds : int8 array (documents,)
    sources : int32 array (documents,)
        Always a fresh document; of a fresh one itself.
    twin : int
        The source of the documents that have one and the same text; −1 where there are none.
    """

    kinds: npt.NDArray[np.int8]
    sources: npt.NDArray[np.int32]
    twin: int


def make_plan(recipe: Recipe) -> Plan:
    """Give each document its part, at places that tell nothing.

    >>> plan = make_plan(Recipe(1_000))
    >>> [int((plan.kinds == kind).sum()) for kind in (Kind.REWRITE, Kind.EMBEDDED)]
    [20, 10]
    """
    count = recipe.documents
    kinds, sources = np.zeros(count, np.int8), np.arange(count, dtype=np.int32)
    order = shuffled(count, recipe.seed, _ORDER).astype(np.int32)
    at = 0
    for size in [recipe.identical, *_family_sizes(recipe)]:
        members = order[at : at + size]
        kinds[members[1:]], sources[members] = Kind.COPY, members[:1].repeat(len(members))
        at += size
    heads = np.flatnonzero(kinds == Kind.FRESH)
    for kind, share in ((Kind.REWRITE, recipe.rewrite_share), (Kind.EMBEDDED, recipe.embedded_share)):
        chosen = order[at : at + round(share * count)]
        at += len(chosen)
        kinds[chosen] = kind
    heads = heads[kinds[heads] == Kind.FRESH]
    derived = np.flatnonzero(kinds >= Kind.REWRITE)
    drawn = numbers(len(derived), recipe.seed, _SOURCES) % np.uint64(len(heads))
    sources[derived] = heads[drawn.astype(np.int64)]
    return Plan(kinds, sources, int(order[0]) if recipe.identical else -1)


def _family_sizes(recipe: Recipe) -> list[int]:
    """Sizes that add up to the share of documents in families: as many of size s as s⁻², up to the largest."""
    left = round(recipe.family_share * recipe.documents)
    largest = min(recipe.largest_family, max(2, left // 2))
    sizes = [largest] if left >= largest else []
    left -= sum(sizes)
    for chance in numbers(max(0, left), recipe.seed, _SIZES).tolist():
        if left < 2:
            break
        size = min(largest, left, int(2 / (1 - (chance >> 11) / (1 << 53))))
        sizes.append(size)
        left -= size
    return sizes
