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

__all__ = ["LEVELS", "PARTS", "PLENTIES", "RUNS", "RUN_LENGTHS", "Grams", "new_grams", "share_grams"]

LEVELS = 8
"""Rows of a gram table: words, runs of 2, 3, 5 and 9 words, neighbours at distance 1, 2 and 3."""

RUNS = 5
"""The first rows, words and runs; the neighbours follow."""

PARTS = 8
"""The row behind them: the beginnings of words, and single characters."""

RUN_LENGTHS = (1, 2, 3, 5, 9)

PLENTIES = 5
"""Classes of how often both texts have a word: not both, once and once, once and more, more and once, more and more."""


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
        Local number of each word of the batch; -1 between pairs.
    codes : uint64 array (2, n)
        What is to be numbered at the present level; 0 for nothing.
    keys, values : uint64 array (c,), int32 array (c,)
        The hash table of the present level.
    seen : uint8 array (n,)
        Which of its numbers occur on both sides.
    """

    numbers: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int32]
    classes: npt.NDArray[np.uint8]
    words: npt.NDArray[np.int32]
    codes: npt.NDArray[np.uint64]
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
        np.zeros((2, longest + 1), np.uint64),
        np.zeros(capacity, np.uint64),
        np.zeros(capacity, np.int32),
        np.zeros(longest + 1, np.uint8),
    )


@inner
def share_grams(grams, ids, parts, buckets, start_a, n, start_b, m):  # type: ignore[no-untyped-def]
    """Fill ``grams`` for two documents of ``ids``, ``parts`` (int32) and ``buckets`` (uint8). O(n + m)."""
    _share_words(grams, parts, start_a, n, start_b, m, PARTS)
    _share_words(grams, ids, start_a, n, start_b, m, 0)
    _classify(grams, 0, buckets, start_a, n)
    _classify(grams, 1, buckets, start_b, m)
    for level in range(1, RUNS):
        shift = 1 if level < 3 else 2 * level - 4
        _code_runs(grams.numbers[0, level - 1], grams.codes[0], n, shift)
        _code_runs(grams.numbers[1, level - 1], grams.codes[1], m, shift)
        _number(grams, level, n, m)
    for distance in range(1, LEVELS - RUNS + 1):
        _code_neighbours(grams.numbers[0, 0], buckets, start_a, grams.codes[0], n, distance)
        _code_neighbours(grams.numbers[1, 0], buckets, start_b, grams.codes[1], m, distance)
        _number(grams, RUNS - 1 + distance, n, m)


@inner
def _share_words(grams, ids, start_a, n, start_b, m, level):  # type: ignore[no-untyped-def]
    words, counts = grams.words, grams.counts
    a, b = grams.numbers[0, level], grams.numbers[1, level]
    used = 0
    for j in range(m):
        word = ids[start_b + j]
        if word < 0:
            b[j] = -2
            continue
        if words[word] < 0:
            words[word] = used
            counts[0, used] = 0
            counts[1, used] = 0
            used += 1
        b[j] = words[word]
        counts[1, words[word]] += 1
    for i in range(n):
        local = words[ids[start_a + i]] if ids[start_a + i] >= 0 else np.int32(-2)
        a[i] = local
        if local >= 0:
            counts[0, local] += 1
    for j in range(m):
        if b[j] < 0:
            continue
        words[ids[start_b + j]] = -1
        if counts[0, b[j]] == 0:
            b[j] = -1


@inner
def _classify(grams, side, buckets, start, size):  # type: ignore[no-untyped-def]
    words, classes = grams.numbers[side, 0], grams.classes[side]
    own, others = grams.counts[side], grams.counts[1 - side]
    for i in range(size):
        plenty = 0
        if words[i] >= 0:
            plenty = 1 + (2 if own[words[i]] > 1 else 0) + (1 if others[words[i]] > 1 else 0)
        classes[i] = PLENTIES * buckets[start + i] + plenty


@inner
def _code_runs(row, codes, n, shift):  # type: ignore[no-untyped-def]
    for i in range(n):
        codes[i] = 0
    for i in range(n - shift):
        if row[i] >= 0 and row[i + shift] >= 0:
            codes[i] = (np.uint64(row[i]) << np.uint64(32) | np.uint64(row[i + shift])) + np.uint64(1)


@inner
def _code_neighbours(row, buckets, start, codes, n, distance):  # type: ignore[no-untyped-def]
    for i in range(n):
        codes[i] = 0
    for i in range(n - distance):
        x, y = row[i], row[i + distance]
        if x >= 0 and y >= 0 and x != y and (buckets[start + i] > 0 or buckets[start + i + distance] > 0):
            low, high = min(x, y), max(x, y)
            codes[i] = (np.uint64(low) << np.uint64(32) | np.uint64(high)) + np.uint64(1)


@inner
def _number(grams, level, n, m):  # type: ignore[no-untyped-def]
    codes, values, seen = grams.codes, grams.values, grams.seen
    a, b = grams.numbers[0, level], grams.numbers[1, level]
    filled = 0
    for j in range(m):
        filled += codes[1, j] != 0
    capacity = 16
    while capacity < 2 * filled:
        capacity *= 2
    values[:capacity] = -1
    mask = np.uint64(capacity - 1)
    used = 0
    for j in range(m):
        b[j] = -1
        if codes[1, j] != 0:
            slot = _slot(grams.keys, values, codes[1, j], mask)
            if values[slot] < 0:
                grams.keys[slot] = codes[1, j]
                values[slot] = used
                seen[used] = 0
                used += 1
            b[j] = values[slot]
    for i in range(n):
        a[i] = -1
        if codes[0, i] != 0 and used > 0:
            a[i] = values[_slot(grams.keys, values, codes[0, i], mask)]
            if a[i] >= 0:
                seen[a[i]] = 1
    for j in range(m):
        if b[j] >= 0 and seen[b[j]] == 0:
            b[j] = -1


@inner
def _slot(keys, values, code, mask):  # type: ignore[no-untyped-def]
    slot = np.int64((code * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(29)) & mask)
    while values[slot] >= 0 and keys[slot] != code:
        slot = (slot + 1) & np.int64(mask)
    return slot
