"""An explanation: the way of one pair through the stages of a comparison, as values to read, print and keep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from dedup.evidence import Evidence
from dedup.matches import Match

__all__ = ["LOST", "PASSED", "TOLD", "Feature", "PairStory", "Remedy", "StageStory"]

PASSED, LOST, TOLD = "passed", "lost", "told"


@dataclass(frozen=True, slots=True)
class StageStory:
    """What a stage found of a pair.

    Attributes
    ----------
    name : str
    outcome : {"passed", "lost", "told"}
        ``"told"``: nothing was decided here.
    said : str
        In words.
    figures : mapping of str to plain values
    """

    name: str
    outcome: str
    said: str
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feature:
    """A rare word or phrase, or one that is too common to be rare, that both texts have.

    Attributes
    ----------
    text : str
        As it is written where it stands first in the left text.
    kind : {"term", "shingle"}
    idf : float or None
        Of a term.
    weight : float
        What it adds, if it counts: the idf in whole eighths; 6 for a shingle.
    frequency : int
        Near-duplicate families that have it.
    counted : bool
        Whether it counts for the pair.
    why : str
        Why it does not; empty where it does.
    """

    text: str
    kind: str
    idf: float | None
    weight: float
    frequency: int
    counted: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Remedy:
    """A setting that would have kept a pair where it was lost.

    Attributes
    ----------
    setting : str
        Its name in a settings file.
    value : float, int, str or bool
    option : str
        The same on the command line.
    why : str
    """

    setting: str
    value: float | int | str | bool
    option: str
    why: str


@dataclass(frozen=True, slots=True)
class PairStory:
    """The way of one pair through a comparison.

    Attributes
    ----------
    left, right : str
        Ids, in the order in which ``compare`` reports them.
    stages : tuple of StageStory
        From the first to the last. Those behind the one where the pair was lost tell what would have been.
    reported : bool
    lost_at : str or None
        The name of the stage where the pair was lost.
    remedies : tuple of Remedy
        Settings that would have kept it there. Empty where none would.
    features : tuple of Feature
        Rare words and phrases in both texts, those that count and weigh most first.
    match : Match or None
        The pair as it is judged, or would be.
    evidence : Evidence or None
        What that stands on; None where the texts are equal.
    """

    left: str
    right: str
    stages: tuple[StageStory, ...]
    reported: bool
    lost_at: str | None
    remedies: tuple[Remedy, ...] = ()
    features: tuple[Feature, ...] = ()
    match: Match | None = None
    evidence: Evidence | None = None

    def accepted(self) -> PairStory:
        """The same of a pair that would be reported, were it not accepted before: a baseline holds it."""
        stage = StageStory("baseline", LOST, "the baseline accepts it; without --baseline it is reported")
        return replace(self, stages=(*self.stages, stage), reported=False, lost_at=stage.name)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the JSON output has them."""
        return {
            "left": self.left,
            "right": self.right,
            "reported": self.reported,
            "lost_at": self.lost_at,
            "stages": [asdict(stage) for stage in self.stages],
            "remedies": [asdict(remedy) for remedy in self.remedies],
            "features": [asdict(feature) for feature in self.features],
            "match": self.match.to_dict() if self.match else None,
            "evidence": self.evidence.to_dict() if self.evidence else None,
        }
