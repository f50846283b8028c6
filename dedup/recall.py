"""Measured recall, as values to read, print and keep."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["Proposal", "Share", "TriedBands", "Tuning"]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of some pairs were found, with the 95 % interval of Wilson (1927); the interval is [0, 1] of none."""

    pairs: int
    found: int
    recall: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class TriedBands:
    """A banding, and what it does on the sample.

    Attributes
    ----------
    bands, rows : int
    chosen : bool
        Whether the settings lead to it.
    expected : float
        Probability that it finds a pair at the threshold.
    candidates : int
        Pairs that it brings together in the sample.
    share : Share
        Of the sample's pairs at or above the threshold.
    curve : tuple of (float, float)
        Jaccard and the probability that a pair of it is found: the S-curve.
    """

    bands: int
    rows: int
    chosen: bool
    expected: float
    candidates: int
    share: Share
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the sample speaks for.

    Attributes
    ----------
    threshold, min_recall : float or None
        Settings to use; None where the sample gives no reason to change what is set.
    bands, rows : int or None
        The banding that they lead to.
    why : tuple of str
        What the proposal, or its absence, stands on.
    """

    threshold: float | None
    min_recall: float | None
    bands: int | None
    rows: int | None
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tuning:
    """What was measured.

    Attributes
    ----------
    documents, different, sampled : int
        All documents, those with different texts that have words, and those looked at.
    threshold, wanted : float
        The Jaccard set, and the recall wanted there.
    num_perm : int
    similar : int
        Pairs of the sample of Jaccard 0.3 and more.
    histogram : tuple of (float, float, Share)
        From, to, and the pairs between, of which the chosen banding found so many.
    lengths : tuple of (int, int, Share)
        The same at or above the threshold, by the words of the shorter text.
    tried : tuple of TriedBands
        The chosen banding and its neighbours, the most selective first.
    proposal : Proposal
    """

    documents: int
    different: int
    sampled: int
    threshold: float
    wanted: float
    num_perm: int
    similar: int
    histogram: tuple[tuple[float, float, Share], ...]
    lengths: tuple[tuple[int, int, Share], ...]
    tried: tuple[TriedBands, ...]
    proposal: Proposal

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the JSON output has them."""
        rows = {
            "histogram": [{"from": low, "to": high} | asdict(share) for low, high, share in self.histogram],
            "lengths": [{"from": low, "to": high} | asdict(share) for low, high, share in self.lengths],
        }
        return asdict(self) | rows
