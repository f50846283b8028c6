"""Who wrote from whom: how often the answer is right, when it is given, and how sure it is of itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.quality.metrics import bootstrap, right_at_coverage, risk_coverage, share
from benchmarks.quality.score import Cell, Figure, Table
from dedup.matches import Match, Origin

__all__ = ["Answer", "answer", "score_direction"]

COVERAGE = 0.6
"""The share of pairs whose surest answers must be right."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a program said of the direction of one derived pair.

    Attributes
    ----------
    siblings : bool
        Both were written from a third text: no source is right.
    said : str
        ``right``, ``wrong``, ``common`` or ``undecided``; for siblings ``wrong`` is any chosen source.
    confidence : float
        0 where undecided.
    longer : bool
        For parent and child: whether the source is the longer text.
    cluster : str
        What it is resampled with.
    apart : float
        How far the lengths are apart, from 0 to 1: what the rule 'the longer is the source' is surest by.
    """

    siblings: bool
    said: str
    confidence: float
    longer: bool
    cluster: str
    apart: float = 0.0

    @property
    def right(self) -> bool:
        """Whether the answer is the true one."""
        return self.said == ("common" if self.siblings else "right")


def answer(match: Match, source: str | None, lengths: tuple[int, int], cluster: str) -> Answer:
    """What ``match`` says, beside the true ``source`` (``None`` for siblings); ``lengths`` of left and right text."""
    if match.origin is Origin.UNDECIDED:
        said = "undecided"
    elif match.origin is Origin.COMMON:
        said = "common"
    else:
        said = "right" if match.source == source else "wrong"
    source_length, other = lengths if source == match.left else lengths[::-1]
    confidence = 0.0 if said == "undecided" else match.origin_probability
    apart = abs(source_length - other) / max(1, source_length + other)
    return Answer(source is None, said, confidence, source_length > other, cluster, apart)


def score_direction(
    name: str, title: str, answers: Sequence[Answer]
) -> tuple[dict[str, Figure], Table, dict[str, Any]]:
    """Figures, a table and the curve of risk against coverage for the derived pairs that were found.

    ``right_at_60`` takes the surest 60 % of parents and children; abstaining, or calling them siblings, is not right.
    ``right_at_60_by_length`` is what the rule 'the longer is the source' has there, a coin has 0.5.
    """
    directed = [row for row in answers if not row.siblings]
    siblings = [row for row in answers if row.siblings]
    shorter = [row for row in directed if not row.longer]
    figures = {}
    if directed:
        figures[f"{name}.right_at_60"] = _at_coverage(directed)
        figures[f"{name}.right_at_60_by_length"] = Figure(
            right_at_coverage([row.apart for row in directed], [row.longer for row in directed], COVERAGE), gated=False
        )
        figures[f"{name}.longer_is_source"] = Figure(share([row.longer for row in directed])[0], gated=False)
        figures[f"{name}.answered"] = Figure(share([row.confidence > 0 for row in directed])[0], gated=False)
        _add(figures, f"{name}.right", directed)
        _add(figures, f"{name}.right_where_source_is_shorter", shorter)
        if shorter:
            figures[f"{name}.right_at_60_where_source_is_shorter"] = _at_coverage(shorter)
    if siblings:
        chosen = [row.said != "wrong" for row in siblings]
        figures[f"{name}.siblings_without_source"] = Figure(*share(chosen, [row.cluster for row in siblings]))
    groups = {
        "parent and child": directed,
        "  source longer": [row for row in directed if row.longer],
        "  source shorter": shorter,
        "siblings": siblings,
    }
    columns = (
        "pairs found",
        "number",
        "right",
        "wrong",
        "common",
        "undecided",
        "right of answered",
        "longer is source",
    )
    table = Table(title, columns, tuple(_row(group, rows) for group, rows in groups.items()))
    curve = risk_coverage([row.confidence for row in directed], [row.right for row in directed])
    by_length = risk_coverage([row.apart for row in directed], [row.longer for row in directed])
    return figures, table, {f"{name}.risk_coverage": curve, f"{name}.risk_coverage_by_length": by_length}


def _add(figures: dict[str, Figure], name: str, rows: Sequence[Answer]) -> None:
    answered = [row for row in rows if row.confidence > 0]
    if answered:
        figures[name] = Figure(*share([row.right for row in answered], [row.cluster for row in answered]))


def _at_coverage(rows: Sequence[Answer]) -> Figure:
    def statistic(numbers: Any) -> float:
        drawn = [rows[number] for number in numbers]
        return right_at_coverage([row.confidence for row in drawn], [row.right for row in drawn], COVERAGE)

    return Figure(statistic(range(len(rows))), bootstrap(statistic, [row.cluster for row in rows], rounds=300))


def _row(group: str, rows: Sequence[Answer]) -> tuple[Cell, ...]:
    said = Counter(row.said for row in rows)
    right = said["common"] if group == "siblings" else said["right"]
    answered = len(rows) - said["undecided"]
    longer = sum(row.longer for row in rows) / len(rows) if rows and group != "siblings" else None
    counts = (said["right"], said["wrong"], said["common"], said["undecided"])
    return (group, len(rows), *counts, right / answered if answered else None, longer)
