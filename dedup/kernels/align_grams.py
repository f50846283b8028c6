"""Alignment: what two documents share, as numbers local to the pair.

Words, runs of 2, 3, 5 and 9 words, and unordered neighbours at distance 1, 2 and 3 each get a number that is the same
on both sides where the same thing occurs in both, and -1 where one side lacks it. Whether a stretch of one document
contains a thing of the other is then one look-up, however often it repeats: no step compares positions with positions,
so a text of one repeated word costs no more than any other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner

__all__ = ["LEVELS", "PARTS", "PLENTIES", "RUNS", "RUN_LENGTHS", "Grams", "new_grams", "share_grams", "share_words"]

LEVELS = 8
"""Rows of a gram table: words, runs of 2, 3, 5 and 9 words, neighbours at distance 1, 2 and 3."""

RUNS = 5
"""The first rows, words and runs; the neighbours follow."""

PARTS = 8
"""The row behind them: the beginnings of words, and single characters."""

RUN_LENGTHS = (1, 2, 3, 5, 9)

PLENTIES = 5
"""Classes of how often both texts have a word: not both, once and once, once and more, more and once, more and more."""


FULL = 1 << 30
"""Where the numbers in ``Grams.words`` begin anew."""


class Grams(NamedTuple):
    """Scratch of one pair; row 0 of a double array is the first document, row 1 the second.

    Attributes
    ----------
    numbers : int32 array (2, LEVELS + 1, n)
        Local number of what starts at each position, -1 where the other document lacks it, -2 where there is no part.
    counts : int32 array (2, n)
        How often each local word number occurs.
    classes : uint8 array (2, n)
        Of the word at each position: PLENTIES times its rarity, and how often this and the other document have it.
    words : int32 array (v,)
        Local number of each word of the batch, counted from ``used``.
    held : uint8 array (2, n)
        Which of the first LEVELS rows of ``numbers`` have a number at each position, a bit for each.
    used : int32 array (1,)
        Numbers below it in ``words`` are those of earlier pairs.
    codes : uint64 array (2, n)
        What is to be numbered at the present level.
    places : int32 array (2, n)
        Where it starts.
    keys, values : uint64 array (c,), int32 array (c,)
        The hash table of the present level.
    seen : uint8 array (n,)
        Which of its numbers occur on both sides.
    """

    numbers: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    classes: npt.NDArray[np.uint8]
    words: npt.NDArray[np.int32]
    held: npt.NDArray[np.uint8]
    used: npt.NDArray[np.int32]
    codes: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int32]
    keys: npt.NDArray[np.uint64]
    values: npt.NDArray[np.int32]
    seen: npt.NDArray[np.uint8]


@inner
def new_grams(longest, vocabulary):  # type: ignore[no-untyped-def]
    """Scratch for documents of up to ``longest`` words out of ``vocabulary`` different ones."""
    capacity = 16
    while capacity < 2 * longest:
        capacity *= 2
    return Grams(
        np.full((2, LEVELS + 1, longest + 1), -1, np.int32),
        np.zeros((2, longest + 1), np.int32),
        np.zeros((2, longest + 1), np.uint8),
        np.full(vocabulary, -1, np.int32),
        np.zeros((2, longest + 1), np.uint8),
        np.zeros(1, np.int32),
        np.zeros((2, longest + 1), np.uint64),
        np.zeros((2, longest + 1), np.int32),
        np.zeros(capacity, np.uint64),
        np.zeros(capacity, np.int32),
        np.zeros(longest + 1, np.uint8),
    )


@inner
def share_grams(grams, ids, buckets, start_a, n, start_b, m):  # type: ignore[no-untyped-def]
    """Fill ``grams`` but for parts for two documents of ``ids`` (int32) and ``buckets`` (uint8). O(n + m)."""
    starts, sizes = (start_a, start_b), (n, m)
    share_words(grams, ids, start_a, n, start_b, m, 0)
    for side in range(2):
        _classify(grams, side, buckets, starts[side], sizes[side])
    shared = 1
    for level in range(1, LEVELS):
        first = second = 0
        if level < RUNS and shared == 0:
            _number(grams, level, n, m, 0, 0)
            continue
        for side in range(2):
            if level < RUNS:
                shift = 1 if level < 3 else 2 * level - 4
                second = _code_runs(grams, side, level, shift, sizes[side])
            else:
                second = _code_neighbours(grams, side, buckets, starts[side], sizes[side], level - RUNS + 1)
            first = second if side == 0 else first
        shared = _number(grams, level, n, m, first, second)


@inner
def share_words(grams, ids, start_a, n, start_b, m, level):  # type: ignore[no-untyped-def]
    """Number ``ids`` (int32) into row ``level``, 0 or PARTS, and count them. O(n + m)."""
    words, counts = grams.words, grams.counts
    a, b = grams.numbers[0, level], grams.numbers[1, level]
    if grams.used[0] > FULL:
        grams.used[0] = 0
        words[:] = -1
    base = np.int64(grams.used[0])
    used = 0
    for j in range(m):
        word = ids[start_b + j]
        if word < 0:
            b[j] = -2
            continue
        local = words[word] - base
        if local < 0:
            local = used
            words[word] = base + used
            counts[0, used] = 0
            counts[1, used] = 0
            used += 1
        b[j] = local
        counts[1, local] += 1
    for i in range(n):
        word = ids[start_a + i]
        local = max(-1, words[word] - base) if word >= 0 else -2
        a[i] = local
        if local >= 0:
            counts[0, local] += 1
    for j in range(m):
        if b[j] >= 0 and counts[0, b[j]] == 0:
            b[j] = -1
    grams.used[0] = base + used


@inner
def _classify(grams, side, buckets, start, size):  # type: ignore[no-untyped-def]
    words, classes, held = grams.numbers[side, 0], grams.classes[side], grams.held[side]
    own, others = grams.counts[side], grams.counts[1 - side]
    for i in range(size):
        plenty = 0
        held[i] = words[i] >= 0
        if words[i] >= 0:
            plenty = 1 + (2 if own[words[i]] > 1 else 0) + (1 if others[words[i]] > 1 else 0)
        classes[i] = PLENTIES * buckets[start + i] + plenty


@inner
def _code_runs(grams, side, level, shift, size):  # type: ignore[no-untyped-def]
    """Two shorter runs that both sides have, ``shift`` words apart, may be a longer one."""
    row, codes, places = grams.numbers[side, level - 1], grams.codes[side], grams.places[side]
    count = 0
    for i in range(size - shift):
        x, y = row[i], row[i + shift]
        codes[count] = np.uint64(x) << np.uint64(32) | np.uint64(y)
        places[count] = i
        count += (x >= 0) & (y >= 0)
    return count


@inner
def _code_neighbours(grams, side, buckets, start, size, distance):  # type: ignore[no-untyped-def]
    row, codes, places = grams.numbers[side, 0], grams.codes[side], grams.places[side]
    count = 0
    for i in range(size - distance):
        x, y = row[i], row[i + distance]
        codes[count] = np.uint64(min(x, y)) << np.uint64(32) | np.uint64(max(x, y))
        places[count] = i
        telling = (buckets[start + i] > 0) | (buckets[start + i + distance] > 0)
        count += (x >= 0) & (y >= 0) & (x != y) & telling
    return count


@inner
def _number(grams, level, n, m, first, second):  # type: ignore[no-untyped-def]
    """Number what both sides have, of ``first`` and ``second`` codes. Returns how often the first has it."""
    codes, values, seen, places, held = grams.codes, grams.values, grams.seen, grams.places, grams.held
    a, b = grams.numbers[0, level], grams.numbers[1, level]
    a[:n] = -1
    b[:m] = -1
    if first == 0 or second == 0:
        return 0
    capacity = 16
    while capacity < 2 * second:
        capacity *= 2
    values[:capacity] = -1
    mask = np.uint64(capacity - 1)
    used = 0
    for k in range(second):
        slot = _slot(grams.keys, values, codes[1, k], mask)
        if values[slot] < 0:
            grams.keys[slot] = codes[1, k]
            values[slot] = used
            seen[used] = 0
            used += 1
        b[places[1, k]] = values[slot]
    bit, shared = np.uint8(1 << level), 0
    for k in range(first):
        value = values[_slot(grams.keys, values, codes[0, k], mask)]
        if value >= 0:
            seen[value] = 1
            shared += 1
            a[places[0, k]] = value
            held[0, places[0, k]] |= bit
    for k in range(second):
        j = places[1, k]
        if seen[b[j]]:
            held[1, j] |= bit
        else:
            b[j] = -1
    return shared


@inner
def _slot(keys, values, code, mask):  # type: ignore[no-untyped-def]
    slot = np.int64((code * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(29)) & mask)
    while values[slot] >= 0 and keys[slot] != code:
        slot = (slot + 1) & np.int64(mask)
    return slot
