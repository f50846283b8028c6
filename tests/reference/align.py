"""Slow, obvious oracles of the aligner's kernels."""

from __future__ import annotations

from collections.abc import Sequence
from math import log

RUN_LENGTHS = (1, 2, 3, 5, 9)


def shared_runs(left: Sequence[int], right: Sequence[int], length: int) -> tuple[list[bool], list[bool]]:
    """At which positions of either side a run of ``length`` words starts that the other side has as well."""
    runs = [[tuple(words[i : i + length]) for i in range(len(words))] for words in (left, right)]
    whole = [{run for run in side if len(run) == length} for side in runs]
    return [run in whole[1] for run in runs[0]], [run in whole[0] for run in runs[1]]


def shared_neighbours(
    left: Sequence[int], right: Sequence[int], distance: int, common: set[int]
) -> tuple[list[bool], list[bool]]:
    """At which positions two different shared words stand ``distance`` apart as they do, in any order, on both sides.

    Two ``common`` words do not count.
    """
    both = set(left) & set(right)
    sides = []
    for words in (left, right):
        pairs: list[frozenset[int] | None] = []
        for i, word in enumerate(words):
            near = words[i + distance] if i + distance < len(words) else word
            fit = near != word and {word, near} <= both and not {word, near} <= common
            pairs.append(frozenset((word, near)) if fit else None)
        sides.append(pairs)
    known = [{pair for pair in pairs if pair} for pairs in sides]
    return [pair in known[1] for pair in sides[0]], [pair in known[0] for pair in sides[1]]


def best_segment(scores: Sequence[float], other: int, ratio: float) -> tuple[float, dict[tuple[int, int], float]]:
    """The greatest worth of a segment, and the worth of each: its words, less the penalty of its length."""
    worths = {
        (start, end): sum(scores[start:end]) - ratio * (log(end - start) - log(other)) ** 2
        for start in range(len(scores))
        for end in range(start + 1, len(scores) + 1)
    }
    return max(worths.values()), worths
