"""Plagdet: how well detected passages meet the true ones.

From the definition in M. Potthast, B. Stein, A. Barrón-Cedeño, P. Rosso, "An Evaluation Framework for Plagiarism
Detection", COLING 2010. A case and a detection are each a pair of spans; a detection detects a case of the same pair of
documents when their spans overlap on both sides, and then shares the characters of both overlaps.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

__all__ = ["Agreement", "SpanPair", "agreement", "covered"]


class SpanPair(NamedTuple):
    """Two spans that belong together, half-open, in characters. ``derived`` is the suspicious side of PAN."""

    derived_start: int
    derived_end: int
    source_start: int
    source_end: int


class Agreement(NamedTuple):
    """How detections agree with cases.

    Attributes
    ----------
    plagdet : float
        F1 of precision and recall, divided by log2(1 + granularity).
    precision, recall : float
        Macro averages: each detection counts alike for precision, each case for recall.
    granularity : float
        Detections for each case that has any; 1 at best.
    cases, detections : int
    """

    plagdet: float
    precision: float
    recall: float
    granularity: float
    cases: int
    detections: int


def agreement(pairs: Iterable[tuple[Sequence[SpanPair], Sequence[SpanPair]]]) -> Agreement:
    """Score the detections of a set of document pairs.

    Parameters
    ----------
    pairs
        For each pair of documents its true cases and its detections. Pairs without either may be among them.

    Returns
    -------
    Agreement
        With neither cases nor detections everything is 1; with only one of the two, precision and recall are 0.

    Examples
    --------
    >>> case = SpanPair(0, 100, 0, 100)
    >>> agreement([([case], [SpanPair(0, 50, 0, 100)])]).recall
    0.75
    >>> agreement([([case], [SpanPair(0, 50, 0, 50), SpanPair(50, 100, 50, 100)])]).granularity
    2.0
    """
    recalls: list[float] = []
    precisions: list[float] = []
    hits: list[int] = []
    for cases, detections in pairs:
        recalls += (_share(case, detections) for case in cases)
        precisions += (_share(detection, cases) for detection in detections)
        hits += (sum(_meet(case, detection) for detection in detections) for case in cases)
    if not recalls and not precisions:
        return Agreement(1.0, 1.0, 1.0, 1.0, 0, 0)
    recall, precision = _mean(recalls), _mean(precisions)
    detected = [number for number in hits if number]
    granularity = sum(detected) / len(detected) if detected else 1.0
    harmonic = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    score = harmonic / math.log2(1 + granularity)
    return Agreement(score, precision, recall, granularity, len(recalls), len(precisions))


def covered(spans: Iterable[tuple[int, int]], start: int, end: int) -> int:
    """Number of characters of ``start`` to ``end`` that lie in any of the spans, each counted once.

    >>> covered([(0, 4), (2, 6), (9, 20)], 1, 10)
    6
    """
    total, reached = 0, start
    for left, right in sorted(spans):
        left, right = max(left, reached), min(right, end)
        if right > left:
            total += right - left
            reached = right
    return total


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _meet(one: SpanPair, other: SpanPair) -> bool:
    return (
        one.derived_start < other.derived_end
        and other.derived_start < one.derived_end
        and one.source_start < other.source_end
        and other.source_start < one.source_end
    )


def _share(whole: SpanPair, others: Sequence[SpanPair]) -> float:
    parts = [other for other in others if _meet(whole, other)]
    size = whole.derived_end - whole.derived_start + whole.source_end - whole.source_start
    if not parts or not size:
        return 0.0
    derived = covered(((p.derived_start, p.derived_end) for p in parts), whole.derived_start, whole.derived_end)
    source = covered(((p.source_start, p.source_end) for p in parts), whole.source_start, whole.source_end)
    return (derived + source) / size
