"""Alignment: where to start. Exact runs, and windows of both documents that share rare words."""

from __future__ import annotations

from math import log

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

MOST_PLACES = 1 << 10
"""Of a word that both documents have, the places in the one times those in the other, up to which it can count."""

DAMPING = np.array([1 / (1 + 0.5 * log(max(1, product))) for product in range(MOST_PLACES + 1)], np.float32)
LEVEL = np.array([(max(1, product) - 1).bit_length() for product in range(MOST_PLACES + 1)], np.uint8)
"""What a word's weight is multiplied with, and the power of two that is not less, by such products."""


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
    cells, heavy = np.empty((places, 2), np.int32), np.zeros(places, np.float32)
    columns = np.full((2, m // CELL + 2), -1, np.int32)
    used = row = 0
    head[: m + 1] = -1
    for j in range(m - 1, -1, -1):
        if b[j] >= 0:
            following[j] = head[b[j]]
            head[b[j]] = j
    for i in range(n):
        row = used if i % CELL == 0 else row
        if a[i] < 0:
            continue
        product = np.int64(counts[0, a[i]]) * counts[1, a[i]]
        if product > cap:
            continue
        j = head[a[i]]
        while j >= 0:
            cell = columns[0, j // CELL]
            if cell < row:
                cell = used
                columns[0, j // CELL] = used
                cells[used, 0] = i // CELL
                cells[used, 1] = j // CELL
                used += 1
            heavy[cell] += min(weights[start_a + i], weights[start_b + j]) * DAMPING[product]
            j = following[j]
    return _heaviest(cells, heavy, columns, used, n, m, least, limit, boxes)


@inner
def _heaviest(cells, heavy, columns, used, n, m, least, limit, boxes):  # type: ignore[no-untyped-def]
    """The windows that begin at each of the ``used`` cells, which stand row by row."""
    windows, kept = np.empty(used, np.float32), np.empty(used, np.int32)
    columns[:] = -1
    count = begin = side = 0
    end = _find_row(cells, used, columns[0], 0)
    while begin < used:
        behind = _find_row(cells, used, columns[1 - side], end)
        here, below = columns[side], columns[1 - side]
        for cell in range(begin, end):
            x, y = cells[cell, 0], np.int64(cells[cell, 1])
            weight = heavy[cell]
            if here[y + 1] >= begin:
                weight += heavy[here[y + 1]]
            if end < used and cells[end, 0] == x + 1:
                if below[y] >= end:
                    weight += heavy[below[y]]
                if below[y + 1] >= end:
                    weight += heavy[below[y + 1]]
            if weight >= least:
                windows[count] = -weight
                kept[count] = cell
                count += 1
        begin, end, side = end, behind, 1 - side
    order = stable_order(windows, count)
    count = min(count, limit)
    for k in range(count):
        x, y = cells[kept[order[k]]]
        boxes[k, 0], boxes[k, 1] = x * CELL, min(n, (x + 2) * CELL)
        boxes[k, 2], boxes[k, 3] = y * CELL, min(m, (y + 2) * CELL)
    return count


@inner
def _find_row(cells, used, columns, begin):  # type: ignore[no-untyped-def]
    """Note the cells of the row that begins at one of them, by their columns. Returns where it ends."""
    end = begin
    while end < used and cells[end, 0] == cells[begin, 0]:
        columns[cells[end, 1]] = end
        end += 1
    return end


@inner
def _bounded(a, counts, n, budget):  # type: ignore[no-untyped-def]
    by_product = np.zeros(12, np.int64)
    for i in range(n):
        if a[i] >= 0:
            product = np.int64(counts[0, a[i]]) * counts[1, a[i]]
            level = np.int64(LEVEL[product]) if product <= MOST_PLACES else 11
            by_product[level] += counts[1, a[i]]
    places = np.int64(0)
    level = 0
    while level < 11 and places + by_product[level] <= budget:
        places += by_product[level]
        level += 1
    return np.int64(1) << level >> 1, places
