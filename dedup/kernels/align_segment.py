"""Alignment: the segment of one document that a segment of the other explains best.

A word scores by how it occurs in the other segment (absent, present, beside a word that is near it there too, in a run
of 2, 3 to 4, 5 to 8, 9 or more) and by how rare it is; a border by the gap it stands at; a pair of segments by how
their lengths compare. All are log-likelihood ratios counted on labelled passages. The best segment under them is a
maximal-scoring segment (Ruzzo and Tompa 1999) with priors, and two that explain each other are found by turns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.align_grams import LEVELS, RUNS
from dedup.kernels.compile import inner

__all__ = [
    "MATCHES",
    "Model",
    "Search",
    "best_segment",
    "condensed",
    "explain",
    "mark_segment",
    "match_types",
    "new_search",
    "refine",
]

MATCHES = 7
"""Kinds of match: absent, present, neighbour, and runs of 2, 3 to 4, 5 to 8, 9 or more."""

BLOCK = 6
"""Borders are tried at the best place of each block of as many words."""

REACH = 100
"""How far, in words, a segment may grow to either side in one round."""

WIDEST = 8000
"""Words from which a window grows no further in one round: pairs of borders are many there."""

ROUNDS = 8
TAKEN = np.float32(-4.0)
"""Score of a word that another passage holds already."""

EDGE = 5
HOPELESS = -20
"""Score from which no further turn is tried."""


class Model(NamedTuple):
    """Learned scores, in nats; the first axis is the style of rewriting.

    Attributes
    ----------
    match : float32 array (styles, MATCHES, classes)
        Classes are those of ``Grams.classes``.
    border : float32 array (styles, 2, gaps)
        For a passage that starts, and that ends, at a gap of the class.
    ratio : float32 array (styles,)
        Weight of the squared log ratio of the two lengths; 0 where no length matters.
    length : float32 array (styles, 2)
        Weight, and centre, of the squared log of the length in words.
    logs : float32 array (k,)
        Natural logarithms of 0 (as 1), 1, 2 …
    """

    match: npt.NDArray[np.float32]
    border: npt.NDArray[np.float32]
    ratio: npt.NDArray[np.float32]
    length: npt.NDArray[np.float32]
    logs: npt.NDArray[np.float32]


class Search(NamedTuple):
    """Scratch of the search in one pair.

    Attributes
    ----------
    marks : int32 array (LEVELS, n)
        The last round in which a local number was in the other segment.
    round : int32 array (1,)
    types : uint8 array (n,)
        Kind of match of each position of the present document.
    sums : float32 array (n,)
        Running sums of the scores in the present window.
    starts, ends : int32 array (n,)
        Borders worth trying.
    """

    marks: npt.NDArray[np.int32]
    round: npt.NDArray[np.int32]
    types: npt.NDArray[np.uint8]
    sums: npt.NDArray[np.float32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]


@inner
def new_search(longest, levels):  # type: ignore[no-untyped-def]
    """Scratch for documents of up to ``longest`` words."""
    size = longest + 16
    return Search(
        np.zeros((levels, size), np.int32),
        np.zeros(1, np.int32),
        np.zeros(size, np.uint8),
        np.zeros(size, np.float32),
        np.zeros(size, np.int32),
        np.zeros(size, np.int32),
    )


@inner
def mark_segment(search, numbers, start, end):  # type: ignore[no-untyped-def]
    """Begin a round: remember what ``[start, end)`` of the document of ``numbers`` (int32) contains. O(end - start)."""
    search.round[0] += 1
    now = search.round[0]
    marks = search.marks
    for level in range(LEVELS):
        if level < RUNS:
            extent = 1 if level == 0 else (2 if level == 1 else (3 if level == 2 else (5 if level == 3 else 9)))
        else:
            extent = level - RUNS + 2
        row, mark = numbers[level], marks[level]
        for j in range(start, end - extent + 1):
            if row[j] >= 0:
                mark[row[j]] = now


@inner
def match_types(search, numbers, start, end):  # type: ignore[no-untyped-def]
    """Write the kind of match of each position of ``[start, end)`` with the marked segment. O(end - start)."""
    now, marks, types = search.round[0], search.marks, search.types
    types[start:end] = 0
    for i in range(start, end):
        word = numbers[0, i]
        if word < 0 or marks[0, word] != now:
            continue
        if types[i] < 1:
            types[i] = 1
        for level in range(RUNS, LEVELS):
            near = numbers[level, i]
            if near >= 0 and marks[level, near] == now:
                types[i] = max(types[i], np.uint8(2))
                if i + level - RUNS + 1 < end:
                    types[i + level - RUNS + 1] = max(types[i + level - RUNS + 1], np.uint8(2))
        run = 0
        while run + 1 < RUNS and numbers[run + 1, i] >= 0 and marks[run + 1, numbers[run + 1, i]] == now:
            run += 1
        if run > 0:
            extent = 2 if run == 1 else (3 if run == 2 else (5 if run == 3 else 9))
            for k in range(i, min(i + extent, end)):
                types[k] = max(types[k], np.uint8(run + 2))


@inner
def best_segment(search, model, style, classes, gaps, taken, offset, size, low, high, other):  # type: ignore[no-untyped-def]
    """The best segment of the window ``[low, high)`` given ``types``, for a segment of ``other`` words.

    Returns start, end, score. O(w) for w words in the window, and at most (w / BLOCK)² / 2 pairs of borders, of which
    those that cannot win are passed over.
    """
    sums, starts, ends = search.sums, search.starts, search.ends
    match, border = model.match[style], model.border[style]
    best_start = np.float32(-1e9)
    best_end = np.float32(-1e9)
    total = np.float32(0)
    count = 0
    for begin in range(low, high, BLOCK):
        stop = min(begin + BLOCK, high)
        here_start, here_end = np.float32(-1e9), np.float32(-1e9)
        for i in range(begin, stop):
            gap = gaps[offset + i]
            value = border[0, gap] - total
            if value > here_start:
                here_start = value
                starts[count] = i
            total += TAKEN if taken[i] else match[search.types[i], classes[i]]
            gap = gaps[offset + i + 1] if i + 1 < size else np.uint8(EDGE)
            value = border[1, gap] + total
            if value > here_end:
                here_end = value
                ends[count] = i + 1
        sums[2 * count] = here_start
        sums[2 * count + 1] = here_end
        best_start = max(best_start, here_start)
        best_end = max(best_end, here_end)
        count += 1
    if model.ratio[style] == 0:
        return _best_pair(sums, starts, ends, count)
    ratio, centre, weight = model.ratio[style], model.length[style, 1], model.length[style, 0]
    log_other = model.logs[min(other, len(model.logs) - 1)]
    best, x, y = np.float32(-1e9), low, low
    for s in range(count):
        left = sums[2 * s]
        if left + best_end < best:
            continue
        for e in range(s, count):
            value = left + sums[2 * e + 1]
            if value <= best or ends[e] <= starts[s]:
                continue
            log_length = model.logs[min(ends[e] - starts[s], len(model.logs) - 1)]
            value -= ratio * (log_length - log_other) ** 2 + weight * (log_length - centre) ** 2
            if value > best:
                best, x, y = value, starts[s], ends[e]
    return x, y, best


@inner
def _best_pair(sums, starts, ends, count):  # type: ignore[no-untyped-def]
    """The best borders where lengths do not matter: one pass."""
    best, x, y, first = np.float32(-1e9), starts[0], ends[0], 0
    for e in range(count):
        if sums[2 * e] > sums[2 * first]:
            first = e
        value = sums[2 * first] + sums[2 * e + 1]
        if value > best and ends[e] > starts[first]:
            best, x, y = value, starts[first], ends[e]
    return x, y, best


@inner
def condensed(search, model, style, numbers, words, taken, place, size, side, other_size):  # type: ignore[no-untyped-def]
    """The best segment of document ``side`` for the whole of the other. Returns start, end, score. O(n + m)."""
    classes, gaps = words
    mark_segment(search, numbers[1 - side], 0, other_size)
    match_types(search, numbers[side], 0, size)
    return best_segment(search, model, style, classes[side], gaps, taken[side], place, size, 0, size, other_size)


@inner
def explain(search, model, style, numbers, words, taken, place, size, side, start, end, other_start, other_end):  # type: ignore[no-untyped-def]
    """The best segment of document ``side`` around ``[start, end)`` for ``[other_start, other_end)`` of the other.

    ``numbers`` is ``Grams.numbers``, ``words`` (``Grams.classes``, gaps of the batch), ``place`` and ``size`` where the
    document begins and how long it is. Returns start, end, score. O(end - start + REACH), and as much again each time
    the segment meets the end of its window.
    """
    classes, gaps = words
    length = other_end - other_start
    mark_segment(search, numbers[1 - side], other_start, other_end)
    low, high = max(0, start - REACH), min(size, end + REACH)
    while True:
        match_types(search, numbers[side], low, high)
        x, y, best = best_segment(
            search, model, style, classes[side], gaps, taken[side], place, size, low, high, length
        )
        wider_low = max(0, low - REACH) if x < low + BLOCK else low
        wider_high = min(size, high + REACH) if y > high - BLOCK else high
        if (wider_low == low and wider_high == high) or high - low > min(WIDEST, 4 * (REACH + length)):
            return x, y, best
        low, high = wider_low, wider_high


@inner
def refine(search, model, numbers, words, taken, starts, sizes, box, style):  # type: ignore[no-untyped-def]
    """Let the two segments of ``box`` explain each other by turns until they stay.

    ``starts`` and ``sizes`` are the place and length of the two documents, ``box`` is (a start, a end, b start, b end)
    in words. Returns the box and its score, below 0 where nothing is left. O(ROUNDS * (box + REACH)).
    """
    score = np.float32(-1e9)
    for _ in range(ROUNDS):
        before = box
        a, b, c, d = box
        a, b, first = explain(search, model, style, numbers, words, taken, starts[0], sizes[0], 0, a, b, c, d)
        c, d, second = explain(search, model, style, numbers, words, taken, starts[1], sizes[1], 1, c, d, a, b)
        if first + second < HOPELESS:
            return box, np.float32(-1e9)
        box = (a, b, c, d)
        score = first + second
        if box == before:
            break
    return box, score
