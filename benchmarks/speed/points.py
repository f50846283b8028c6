"""Operating points: what shingles, which banding, and from which similarity a pair must be found."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NUM_PERM", "POINTS", "Point"]

NUM_PERM = 128


@dataclass(frozen=True, slots=True)
class Point:
    """An operating point.

    Attributes
    ----------
    name : str
    shingle_size : int
        Words in a shingle.
    bands, rows : int
        Of LSH, for engines that are told them.
    threshold : float
        Jaccard similarity from which pairs must be found.
    min_recall : float
        What engines that choose bands themselves are asked for: what ``bands`` and ``rows`` give at the threshold.
    """

    name: str
    shingle_size: int
    bands: int
    rows: int
    threshold: float
    min_recall: float

    def __str__(self) -> str:
        return f"{self.shingle_size}-word shingles, {self.bands} × {self.rows} bands, J ≥ {self.threshold}"


POINTS = {
    "usual": Point("usual", 5, 16, 8, 0.7, 0.95),
    "wide": Point("wide", 3, 42, 3, 0.5, 0.99),
}
"""``usual`` is that of most deduplication pipelines; ``wide``, dedup's own, finds what people call near-duplicates."""
