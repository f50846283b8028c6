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

from dedup.kernels.align_grams import RUNS
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
LONGEST = 9
"""Words of the longest run."""

SLACK = np.float32(0.01)
ULPS = np.float32(1e-5)
"""Together more than rounding errors come to: a small score, and a share of a large one."""

FITTING = np.array([0, 1, 35, 103, 231, 239, 239, 239, 239, 255], np.uint8)
"""Which rows of a gram table (a bit for each) have things of so many words or fewer."""

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
    most : float32 array (n,)
        What an end from each place on is worth at most.
    ready : int64 array (5,)
        For what ``types`` stands: the side, start and end of the other segment, the window. Side -1 is none.
    """

    marks: npt.NDArray[np.int32]
    round: npt.NDArray[np.int32]
    types: npt.NDArray[np.uint8]
    sums: npt.NDArray[np.float32]
    starts: npt.NDArray[np.int32]
    ends: npt.NDArray[np.int32]
    most: npt.NDArray[np.float32]
    ready: npt.NDArray[np.int64]


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
        np.zeros(size, np.float32),
        np.full(5, -1, np.int64),
    )


@inner
def mark_segment(search, grams, side, start, end):  # type: ignore[no-untyped-def]
    """Begin a round: remember what ``[start, end)`` of document ``side`` contains. O(end - start)."""
    search.round[0] += 1
    search.ready[0] = -1
    now, marks = search.round[0], search.marks
    numbers, held = grams.numbers[side], grams.held[side]
    for j in range(start, end):
        things = np.int64(held[j]) & FITTING[min(end - j, 9)]
        if things == 0:
            continue
        marks[0, np.uint64(numbers[0, j])] = now
        level = 1
        while level < RUNS and things >> level & 1:
            marks[level, np.uint64(numbers[level, j])] = now
            level += 1
        near, level = things >> RUNS, RUNS
        while near:
            if near & 1:
                marks[level, np.uint64(numbers[level, j])] = now
            near >>= 1
            level += 1


@inner
def match_types(search, grams, side, start, end):  # type: ignore[no-untyped-def]
    """Write the kind of match of each position of ``[start, end)`` with the marked segment. O(end - start)."""
    search.types[start:end] = 0
    _match(search, grams, side, start, end, end)


@inner
def _match(search, grams, side, start, end, stop):  # type: ignore[no-untyped-def]
    """What begins in ``[start, end)`` says of the positions from there to ``stop``."""
    now, marks, types = search.round[0], search.marks, search.types
    numbers, held = grams.numbers[side], grams.held[side]
    twos = threes = fives = nines = start
    for i in range(start, end):
        things = np.int64(held[i])
        if things == 0 or marks[0, np.uint64(numbers[0, i])] != now:
            continue
        kind = 1
        near, level, other = things >> RUNS, RUNS, i + 1
        while near:
            if near & 1 and marks[level, np.uint64(numbers[level, i])] == now:
                kind = 2
                if other < stop:
                    types[other] = max(types[other], np.uint8(2))
            near >>= 1
            level += 1
            other += 1
        run = 0
        while run + 1 < RUNS and things >> (run + 1) & 1 and marks[run + 1, np.uint64(numbers[run + 1, i])] == now:
            run += 1
        if run == 1:
            twos = i + 2
        elif run == 2:
            threes = i + 3
        elif run == 3:
            fives = i + 5
        elif run == 4:
            nines = i + 9
        kind = 6 if i < nines else (5 if i < fives else (4 if i < threes else (3 if i < twos else kind)))
        types[i] = max(types[i], np.uint8(kind))
    for k in range(end, min(stop, max(twos, threes, fives, nines))):
        kind = 6 if k < nines else (5 if k < fives else (4 if k < threes else 3))
        types[k] = max(types[k], np.uint8(kind))


@inner
def _see(search, grams, side, low, high, start, end):  # type: ignore[no-untyped-def]
    """Have ``types`` of the window ``[low, high)`` for the segment ``[start, end)`` of the other document.

    What stands from the call before is used: a window that has grown is looked at where it is new, and where what
    begins within the old one reaches beyond it.
    """
    ready, types = search.ready, search.types
    if ready[0] != side or ready[1] != start or ready[2] != end:
        mark_segment(search, grams, 1 - side, start, end)
        match_types(search, grams, side, low, high)
    elif low <= ready[3] and ready[4] <= high:
        before, behind = ready[3], ready[4]
        types[low:before] = 0
        types[behind:high] = 0
        _match(search, grams, side, low, before, high)
        _match(search, grams, side, max(before, behind - LONGEST), high, high)
    else:
        match_types(search, grams, side, low, high)
    ready[0], ready[1], ready[2], ready[3], ready[4] = side, start, end, low, high


@inner
def best_segment(search, model, style, classes, gaps, taken, offset, size, low, high, other):  # type: ignore[no-untyped-def]
    """The best segment of the window ``[low, high)`` given ``types``, for a segment of ``other`` words.

    Returns start, end, score. O(w) for w words in the window, and at most (w / BLOCK)² / 2 pairs of borders, of which
    those that cannot win are passed over.
    """
    sums, starts, ends, types = search.sums, search.starts, search.ends, search.types
    match, border = model.match[style], model.border[style]
    total = np.float32(0)
    count = 0
    gap = gaps[offset + low]
    for begin in range(low, high, BLOCK):
        here_start, here_end = np.float32(-1e9), np.float32(-1e9)
        start, end = begin, begin + 1
        for i in range(begin, min(begin + BLOCK, high)):
            value = border[0, gap] - total
            start = i if value > here_start else start
            here_start = max(here_start, value)
            here = np.uint64(i)
            total += TAKEN if taken[here] else match[types[here], classes[here]]
            gap = gaps[np.uint64(offset + i + 1)] if i + 1 < size else np.uint8(EDGE)
            value = border[1, gap] + total
            end = i + 1 if value > here_end else end
            here_end = max(here_end, value)
        starts[count], ends[count] = start, end
        sums[2 * count], sums[2 * count + 1] = here_start, here_end
        count += 1
    if model.ratio[style] == 0:
        return _best_pair(sums, starts, ends, count)
    return _best_fitting(search, model, style, count, low, other)


@inner
def _best_fitting(search, model, style, count, low, other):  # type: ignore[no-untyped-def]
    """The best borders where lengths matter, those of ``count`` blocks.

    First a good pair is found, from what ends, and what starts, are worth by themselves. Then all pairs are tried but
    those whose worth without regard to lengths is less, or of which no length of the kind costs so little. Of
    equal ones the first wins.
    """
    sums, starts, ends, most, logs = search.sums, search.starts, search.ends, search.most, model.logs
    log_other = logs[min(other, len(logs) - 1)]
    scales = (model.ratio[style], log_other, model.length[style, 0], model.length[style, 1])
    top = np.float32(-1e9)
    for e in range(count - 1, -1, -1):
        top = max(top, sums[2 * e + 1])
        most[e] = top
    first, top = 0, np.float32(-1e9)
    for s in range(count):
        if sums[2 * s] + most[s] > top:
            first, top = s, sums[2 * s] + most[s]
    last, good = first, np.float32(-1e9)
    for e in range(first, count):
        if ends[e] > starts[first]:
            value = sums[2 * first] + sums[2 * e + 1]
            if value > good:
                value -= _cost(logs, scales, ends[e] - starts[first])
                last, good = (e, value) if value > good else (last, good)
    for s in range(last + 1):
        if ends[last] > starts[s]:
            value = sums[2 * s] + sums[2 * last + 1]
            if value > good:
                good = max(good, value - _cost(logs, scales, ends[last] - starts[s]))
    slack = SLACK + abs(top) * ULPS
    near, far = _fitting_blocks(logs, scales, count, top - good + slack)
    best, x, y = good - SLACK - abs(good) * ULPS, low, low
    for s in range(count - near):
        left = sums[2 * s]
        if left + most[s + near] <= best:
            continue
        for e in range(s + near, min(count, s + far + 1)):
            value = left + sums[np.uint64(2 * e + 1)]
            if value <= best:
                if left + most[np.uint64(e)] <= best:
                    break
                continue
            if ends[e] <= starts[s]:
                continue
            value -= _cost(logs, scales, ends[e] - starts[s])
            if value > best:
                best, x, y = value, starts[s], ends[e]
    return x, y, best


@inner
def _fitting_blocks(logs, scales, count, room):  # type: ignore[no-untyped-def]
    """From the block of its start, the nearest and the furthest in which a segment may end that costs ``room`` or less.

    Costs fall with the length up to a valley and rise behind it.
    """
    ratio, log_other, weight, centre = scales
    valley = (ratio * log_other + weight * centre) / (ratio + weight)
    near, far, most = 0, 1, len(logs) - 1
    while near < count - 1 and logs[min(BLOCK * (near + 1), most)] < valley:
        if _cost(logs, scales, BLOCK * (near + 1)) <= room:
            break
        near += 1
    while far < count - 1 and (
        logs[min(BLOCK * far - BLOCK + 1, most)] < valley or _cost(logs, scales, BLOCK * far - BLOCK + 1) <= room
    ):
        far += 1
    return near, max(near, far)


@inner
def _cost(logs, scales, length):  # type: ignore[no-untyped-def]
    ratio, log_other, weight, centre = scales
    log_length = logs[min(length, len(logs) - 1)]
    return ratio * (log_length - log_other) ** 2 + weight * (log_length - centre) ** 2


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
def condensed(search, model, style, grams, gaps, taken, place, size, side, other_size):  # type: ignore[no-untyped-def]
    """The best segment of document ``side`` for the whole of the other. Returns start, end, score. O(n + m)."""
    mark_segment(search, grams, 1 - side, 0, other_size)
    match_types(search, grams, side, 0, size)
    classes = grams.classes[side]
    return best_segment(search, model, style, classes, gaps, taken[side], place, size, 0, size, other_size)


@inner
def explain(search, model, style, grams, gaps, taken, place, size, side, start, end, other_start, other_end):  # type: ignore[no-untyped-def]
    """The best segment of document ``side`` around ``[start, end)`` for ``[other_start, other_end)`` of the other.

    ``gaps`` are those of the batch, ``place`` and ``size`` where the document begins and how long it is. Returns start,
    end, score. O(end - start + REACH), and as much again each time the segment meets the end of its window.
    """
    classes, length = grams.classes[side], other_end - other_start
    low, high = max(0, start - REACH), min(size, end + REACH)
    while True:
        _see(search, grams, side, low, high, other_start, other_end)
        x, y, best = best_segment(search, model, style, classes, gaps, taken[side], place, size, low, high, length)
        wider_low = max(0, low - REACH) if x < low + BLOCK else low
        wider_high = min(size, high + REACH) if y > high - BLOCK else high
        if (wider_low == low and wider_high == high) or high - low > min(WIDEST, 4 * (REACH + length)):
            return x, y, best
        low, high = wider_low, wider_high


@inner
def refine(search, model, grams, gaps, taken, starts, sizes, box, style):  # type: ignore[no-untyped-def]
    """Let the two segments of ``box`` explain each other by turns until they stay.

    ``starts`` and ``sizes`` are the place and length of the two documents, ``box`` is (a start, a end, b start, b end)
    in words. Returns the box and its score, below 0 where nothing is left. O(ROUNDS * (box + REACH)).
    """
    score, second = np.float32(-1e9), np.float32(-1e9)
    same = False
    for _ in range(ROUNDS):
        a, b, c, d = box
        x, y, first = explain(search, model, style, grams, gaps, taken, starts[0], sizes[0], 0, a, b, c, d)
        if not (same and x == a and y == b):
            z, w, second = explain(search, model, style, grams, gaps, taken, starts[1], sizes[1], 1, c, d, x, y)
            same = z == c and w == d
            c, d = z, w
        if first + second < HOPELESS:
            return box, np.float32(-1e9)
        score = first + second
        if box == (x, y, c, d):
            break
        box = (x, y, c, d)
    return box, score
