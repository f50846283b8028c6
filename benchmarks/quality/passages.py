"""Passages against labelled ones: what of the labelled text is covered, and what of the covered text is labelled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchmarks.quality.plagdet import SpanPair
from benchmarks.quality.score import Cell, Table
from dedup.alignment import Passage, PassageKind

__all__ = ["Coverage", "coverage", "oriented", "tabulate"]


class Coverage(NamedTuple):
    """Characters of the derived text, white space left out.

    Attributes
    ----------
    labelled, found : int
        In labelled spans; those of them in a passage whose other side meets the labelled source.
    claimed, true : int
        In passages; those of them in a labelled span whose source meets the passage's other side.
    """

    labelled: int
    found: int
    claimed: int
    true: int

    @property
    def recall(self) -> float:
        """Share of the labelled text that is found."""
        return self.found / self.labelled if self.labelled else float("nan")

    @property
    def precision(self) -> float:
        """Share of the passages' text that is labelled."""
        return self.true / self.claimed if self.claimed else float("nan")

    def plus(self, other: Coverage) -> Coverage:
        """Both together."""
        return Coverage(*(a + b for a, b in zip(self, other, strict=True)))


def coverage(labelled: Sequence[SpanPair], passages: Sequence[SpanPair], derived: str) -> Coverage:
    """Compare the passages of one pair with the labelled ones.

    >>> text = "Fog came. Ships waited."
    >>> coverage([SpanPair(0, 9, 50, 60)], [SpanPair(0, 23, 55, 99)], text)
    Coverage(labelled=8, found=8, claimed=20, true=8)
    >>> coverage([SpanPair(0, 9, 50, 60)], [SpanPair(0, 9, 70, 99)], text).recall
    0.0
    """
    visible = np.array([not character.isspace() for character in derived], np.bool_)
    return Coverage(*_met(labelled, passages, visible), *_met(passages, labelled, visible))


def oriented(passages: Iterable[Passage], *, derived_left: bool) -> list[SpanPair]:
    """Passages with the derived side first; boilerplate is left out."""
    return [
        SpanPair(p.left_start, p.left_end, p.right_start, p.right_end)
        for passage in passages
        if passage.kind is not PassageKind.BOILERPLATE
        for p in [passage if derived_left else passage.swap()]
    ]


def tabulate(title: str, by_kind: Mapping[str, Sequence[Coverage]]) -> tuple[Table, Coverage]:
    """A table by kind of rewriting, and the sum over all."""
    rows: list[tuple[Cell, ...]] = []
    total = Coverage(0, 0, 0, 0)
    for kind, parts in sorted(by_kind.items()):
        both = Coverage(0, 0, 0, 0)
        for part in parts:
            both = both.plus(part)
        total = total.plus(both)
        rows.append((kind, len(parts), both.labelled, _cell(both.recall), _cell(both.precision)))
    rows.append(("all", sum(map(len, by_kind.values())), total.labelled, _cell(total.recall), _cell(total.precision)))
    return Table(title, ("kind", "pairs", "labelled characters", "recall", "precision"), tuple(rows)), total


def _met(wholes: Sequence[SpanPair], others: Sequence[SpanPair], visible: npt.NDArray[np.bool_]) -> tuple[int, int]:
    total = met = 0
    for whole in wholes:
        inside = visible[whole.derived_start : whole.derived_end]
        covered = np.zeros(len(inside), np.bool_)
        for other in others:
            if other.source_start < whole.source_end and whole.source_start < other.source_end:
                start = max(0, other.derived_start - whole.derived_start)
                covered[start : max(start, other.derived_end - whole.derived_start)] = True
        total += int(inside.sum())
        met += int((inside & covered).sum())
    return total, met


def _cell(value: float) -> float | None:
    return None if np.isnan(value) else value
