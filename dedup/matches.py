"""What a comparison says: relations, matches, families."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from dedup.alignment import Alignment, Passage

__all__ = ["DERIVED", "Effort", "Family", "Match", "Origin", "Relation"]


class Relation(StrEnum):
    """How two texts are related, from the closest to none."""

    IDENTICAL = "identical"
    NEAR_DUPLICATE = "near_duplicate"
    SYNDICATED = "syndicated"
    REWRITTEN = "rewritten"
    EXCERPTED = "excerpted"
    SAME_STORY = "same_story"
    UNRELATED = "unrelated"


DERIVED = frozenset(Relation) - {Relation.SAME_STORY, Relation.UNRELATED}
"""The relations in which one text was written from the other, or both from a third."""


class Origin(StrEnum):
    """Which side of a derived pair was there first."""

    LEFT = "left"
    RIGHT = "right"
    COMMON = "common"
    UNDECIDED = "undecided"

    def mirrored(self) -> Origin:
        """The same with the sides swapped."""
        return {Origin.LEFT: Origin.RIGHT, Origin.RIGHT: Origin.LEFT}.get(self, self)


_SIDE = re.compile(r"\bthe (left|right) (text|one)\b")


def _other_side(found: re.Match[str]) -> str:
    return f"the {'right' if found[1] == 'left' else 'left'} {found[2]}"


@dataclass(frozen=True, slots=True)
class Match:
    """A verified pair with its evidence. All figures are rounded to 4 decimals.

    Attributes
    ----------
    left, right : str
        Document ids.
    relation : Relation
    probability : float
        Of being derived: the sum of the derived relations' probabilities.
    relation_probabilities : mapping of Relation to float
        One for each relation; they sum to 1.
    origin : Origin
    source : str or None
        The id of the text that the other was written from, where that is decided.
    origin_probability : float
        How sure the origin is.
    jaccard, left_containment, right_containment : float
        Of the texts' sets of 3-word shingles; ``left_containment`` is the share of the left text's that the right has.
    cosine : float
        Of the TF-IDF vectors.
    left_coverage, right_coverage : float
        Share of a text's tokens inside passages, boilerplate left out.
    passages : tuple of Passage
        In characters of the original texts, in the order of the left text.
    reasons : tuple of str
        The evidence in words.
    lean : float
        Log-odds of the left text against the right one as the source, if one of them is.
    clarity : float
        How likely one of them is. Both are kept where they are too little for an answer, or the pair is not derived, to
        be weighed with what other texts say; they stand in no output.
    """

    left: str
    right: str
    relation: Relation
    probability: float
    relation_probabilities: Mapping[Relation, float]
    origin: Origin
    source: str | None
    origin_probability: float
    jaccard: float
    left_containment: float
    right_containment: float
    cosine: float
    left_coverage: float
    right_coverage: float
    passages: tuple[Passage, ...]
    reasons: tuple[str, ...]
    lean: float = 0.0
    clarity: float = 0.0

    @property
    def derived(self) -> bool:
        """Whether one text was written from the other, or both from a third."""
        return self.relation in DERIVED

    def swap(self) -> Match:
        """The same match with left and right exchanged."""
        return replace(
            self,
            left=self.right,
            right=self.left,
            origin=self.origin.mirrored(),
            left_containment=self.right_containment,
            right_containment=self.left_containment,
            left_coverage=self.right_coverage,
            right_coverage=self.left_coverage,
            passages=Alignment(self.passages).swap().passages,
            reasons=tuple(_SIDE.sub(_other_side, reason) for reason in self.reasons),
            lean=-self.lean,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the JSON output has them."""
        return {
            "left": self.left,
            "right": self.right,
            "relation": str(self.relation),
            "derived": self.derived,
            "probability": self.probability,
            "relation_probabilities": {str(relation): share for relation, share in self.relation_probabilities.items()},
            "origin": str(self.origin),
            "source": self.source,
            "origin_probability": self.origin_probability,
            "jaccard": self.jaccard,
            "left_containment": self.left_containment,
            "right_containment": self.right_containment,
            "cosine": self.cosine,
            "left_coverage": self.left_coverage,
            "right_coverage": self.right_coverage,
            "passages": [
                {
                    "left_start": passage.left_start,
                    "left_end": passage.left_end,
                    "right_start": passage.right_start,
                    "right_end": passage.right_end,
                    "kind": str(passage.kind),
                }
                for passage in self.passages
            ],
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True)
class Family:
    """Documents tied by derived matches, excerpts left out.

    Attributes
    ----------
    representative : str
        The earliest dated, else the likeliest source, else the longest, then by id.
    documents : tuple of str
        All ids, the representative first, the others ascending.
    """

    representative: str
    documents: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.documents)


@dataclass(frozen=True, slots=True)
class Effort:
    """What a stage had to do and how long it took; never part of an output, which is the same at any speed.

    Attributes
    ----------
    name : str
    seconds : float
        By the clock.
    documents, size : int
        How many texts it went through, and their bytes; 0 where it works on sketches alone.
    candidates, kept : int or None
        Pairs that it looked at, and that it left; ``None`` where it has nothing to do with pairs.
    """

    name: str
    seconds: float
    documents: int = 0
    size: int = 0
    candidates: int | None = None
    kept: int | None = None
