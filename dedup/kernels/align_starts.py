"""Alignment: where to start. Exact runs, and windows of both documents that share rare words."""

from __future__ import annotations

import numpy as np

from dedup.kernels.compile import inner
from dedup.kernels.sorting import stable_order

__all__ = ["CELL", "exact_runs", "rare_windows"]

CELL = 20
"""Words on a side of a cell; a window is two cells by two."""

RUN = 4
"""The row of ``Grams.numbers`` that holds runs of 9 words."""

OCCURRENCES = 8
GAP = 4


@inner
def exact_runs(numbers, n, m, head, following, boxes):  # type: ignore[no-untyped-def]
    """Runs of 9 or more equal words, carried over gaps of up to 3 where 9 more follow, left to right in the first.

    Writes (a start, a end, b start, b end) to ``boxes`` (int32 (k, 4)), returns how many. Of a run that occurs often,
    the first OCCURRENCES places are tried. O(n + m) look-ups.
    """
    a, b = numbers[0, RUN], numbers[1, RUN]
    used = -1
    for i in range(n):
        used = max(used, a[i])
    head[: used + 1] = -1
    for j in range(m - 1, -1, -1):
        if b[j] >= 0:
            following[j] = head[b[j]]
            head[b[j]] = j
    count = i = 0
    while i < n and count < len(boxes):
        if a[i] < 0:
            i += 1
            continue
        best, tries, j = i, 0, head[a[i]]
        while j >= 0 and tries < OCCURRENCES:
            end_a, end_b = _follow(numbers, n, m, i, j)
            if end_a > best:
                best = end_a
                boxes[count, 0], boxes[count, 1], boxes[count, 2], boxes[count, 3] = i, end_a, j, end_b
            j = following[j]
            tries += 1
        count += 1
        i = best
    return count


@inner
def _follow(numbers, n, m, i, j):  # type: ignore[no-untyped-def]
    words_a, words_b = numbers[0, 0], numbers[1, 0]
    runs_a, runs_b = numbers[0, RUN], numbers[1, RUN]
    while True:
        while i < n and j < m and words_a[i] >= 0 and words_a[i] == words_b[j]:
            i += 1
            j += 1
        found = False
        for both in range(1, 2 * GAP - 1):
            for gap in range(max(0, both - GAP + 1), min(GAP, both + 1)):
                x, y = i + gap, j + both - gap
                if not found and x < n and y < m and runs_a[x] >= 0 and runs_a[x] == runs_b[y]:
                    found = True
                    i, j = x, y
        if not found:
            return i, j


@inner
def rare_windows(grams, weights, start_a, start_b, n, m, head, following, least, limit, boxes):  # type: ignore[no-untyped-def]
    """Windows of two cells by two whose shared words weigh ``least`` or more, heaviest first.

    A shared word adds its idf / (1 + ½ ln(occurrences in a * occurrences in b)) to each cell where it occurs on both
    sides. The commonest are left out until 8 (n + m) such places remain. Writes (a start, a end, b start, b end) to
    ``boxes``, returns how many, ``limit`` at most. O(n + m), and sorting the windows.
    """
    a, b, counts = grams.numbers[0, 0], grams.numbers[1, 0], grams.counts
    cap, places = _bounded(a, counts, n, 8 * (n + m))
    capacity = 16
    while capacity < 2 * places:
        capacity *= 2
    mask = np.int64(capacity - 1)
    slots = np.full(capacity, -1, np.int32)
    cells = np.empty((places, 2), np.int32)
    heavy = np.zeros(places, np.float32)
    used = 0
    head[: m + 1] = -1
    for j in range(m - 1, -1, -1):
        if b[j] >= 0:
            following[j] = head[b[j]]
            head[b[j]] = j
    for i in range(n):
        if a[i] < 0:
            continue
        product = np.int64(counts[0, a[i]]) * counts[1, a[i]]
        if product > cap:
            continue
        damping = np.float32(1 / (1 + 0.5 * np.log(product)))
        j = head[a[i]]
        while j >= 0:
            slot = _cell_slot(slots, cells, i // CELL, j // CELL, mask)
            if slots[slot] < 0:
                slots[slot] = used
                cells[used, 0] = i // CELL
                cells[used, 1] = j // CELL
                used += 1
            heavy[slots[slot]] += min(weights[start_a + i], weights[start_b + j]) * damping
            j = following[j]
    windows = np.empty(used, np.float32)
    kept = np.empty(used, np.int32)
    count = 0
    for cell in range(used):
        x, y = cells[cell]
        weight = heavy[cell]
        for dx, dy in ((0, 1), (1, 0), (1, 1)):
            near = slots[_cell_slot(slots, cells, x + dx, y + dy, mask)]
            if near >= 0:
                weight += heavy[near]
        if weight >= least:
            windows[count] = -weight
            kept[count] = cell
            count += 1
    order = stable_order(windows, count)
    count = min(count, limit)
    for k in range(count):
        x, y = cells[kept[order[k]]]
        boxes[k, 0], boxes[k, 1] = x * CELL, min(n, (x + 2) * CELL)
        boxes[k, 2], boxes[k, 3] = y * CELL, min(m, (y + 2) * CELL)
    return count


@inner
def _bounded(a, counts, n, budget):  # type: ignore[no-untyped-def]
    by_product = np.zeros(12, np.int64)
    for i in range(n):
        if a[i] >= 0:
            product = np.int64(counts[0, a[i]]) * counts[1, a[i]]
            level = 0
            while level < 11 and (np.int64(1) << level) < product:
                level += 1
            by_product[level] += counts[1, a[i]]
    places = np.int64(0)
    level = 0
    while level < 11 and places + by_product[level] <= budget:
        places += by_product[level]
        level += 1
    return np.int64(1) << level >> 1, places


@inner
def _cell_slot(slots, cells, x, y, mask):  # type: ignore[no-untyped-def]
    code = np.uint64(x) << np.uint64(32) | np.uint64(y)
    slot = np.int64((code * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(29)) & np.uint64(mask))
    while slots[slot] >= 0 and (cells[slots[slot], 0] != x or cells[slots[slot], 1] != y):
        slot = (slot + 1) & mask
    return slot
