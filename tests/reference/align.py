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


def plenties(left: Sequence[int], right: Sequence[int]) -> list[list[int]]:
    """Of each word of either side: 0 where one side lacks it, else 1, 2 if the other, 2 more if its own repeats it."""
    return [
        [1 + (others.count(word) > 1) + 2 * (own.count(word) > 1) if word in others else 0 for word in own]
        for own, others in ((left, right), (right, left))
    ]


def best_segment(scores: Sequence[float], other: int, ratio: float) -> tuple[float, dict[tuple[int, int], float]]:
    """The greatest worth of a segment, and the worth of each: its words, less the penalty of its length."""
    worths = {
        (start, end): sum(scores[start:end]) - ratio * (log(end - start) - log(other)) ** 2
        for start in range(len(scores))
        for end in range(start + 1, len(scores) + 1)
    }
    return max(worths.values()), worths


def linked(likely: Sequence[Sequence[float]], jumps: Sequence[float], leave: float, stay: float) -> list[list[float]]:
    """The probability that each row is linked with each column, by adding up all ways to link the rows or not.

    ``jumps`` are the shares of steps by 0, 1, 2, 3 and -1 columns, and of steps to anywhere. A row that is not linked
    keeps the column of the row before it.
    """
    rows, columns = len(likely), len(likely[0])

    def step(before: int, column: int) -> float:
        near = dict(zip((0, 1, 2, 3, -1), jumps, strict=False))
        return near.get(column - before, 0.0) + jumps[5] / columns

    ways: dict[tuple[tuple[int, bool], ...], float] = {
        ((column, on),): (0.5 / columns + (0.5 / 3 if column < 3 else 0.0))
        * ((1 - leave) * likely[0][column] if on else leave)
        for column in range(columns)
        for on in (True, False)
    }
    for row in range(1, rows):
        longer: dict[tuple[tuple[int, bool], ...], float] = {}
        for way, chance in ways.items():
            before, on = way[-1]
            out = leave if on else stay
            longer[*way, (before, False)] = chance * out
            for column in range(columns):
                longer[*way, (column, True)] = chance * (1 - out) * step(before, column) * likely[row][column]
        ways = longer
    total = sum(ways.values())
    return [
        [sum(chance for way, chance in ways.items() if way[row] == (column, True)) / total for column in range(columns)]
        for row in range(rows)
    ]


def sum_of_trees(
    roots: Sequence[int],
    splits: Sequence[int],
    values: Sequence[float],
    skips: Sequence[int],
    figures: Sequence[float],
) -> float:
    """The log odds that trees in preorder give: the branch for values up to the limit stands behind its node."""

    def follow(node: int) -> float:
        if splits[node] < 0:
            return values[node]
        return follow(node + 1 if figures[splits[node]] <= values[node] else node + skips[node])

    return values[0] + sum(follow(root) for root in roots)


def kind(left: Sequence[str], right: Sequence[str]) -> str:
    """The kind of a passage of two word sequences without quotations and boilerplate."""
    longer = max(len(left), len(right))
    front = sum(a == b for a, b in zip(left, right, strict=False))
    back = sum(a == b for a, b in zip(left[::-1], right[::-1], strict=False))
    if max(front, back) >= 0.95 * longer:
        return "verbatim"
    shares = []
    for own, other in ((left, right), (right, left)):
        known = {tuple(other[i : i + 3]) for i in range(len(other) - 2)}
        ordered = [False] * len(own)
        for i in range(len(own) - 2):
            if tuple(own[i : i + 3]) in known:
                ordered[i : i + 3] = [True] * 3
        shares.append(sum(ordered) / len(own))
    return "edited" if min(shares) >= 0.6 else "rewritten"
