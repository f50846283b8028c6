"""Alignment: sentences of two texts that say the same things in the same order, however reworded.

A heavy rewrite shares few phrases, but its sentences follow the other text's, each with some of the rare words of its
fellow. A chain of sentence pairs that rises on both sides (longest increasing subsequence by weight) is compared with
the chains of shuffled sentences: independent reports of one event share words, not the order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner

__all__ = ["Chain", "chain_passages", "new_chain"]

MAX_SENTENCES = 200
"""Of longer documents, as many groups of consecutive sentences are compared."""

COMMON = np.float32(2.0)
"""Idf up to which a word counts for nothing."""

LEAST_GAIN = np.float32(6.0)
GAIN_SHARE = np.float32(0.2)
JUMP_COST = np.float32(30.0)
SHUFFLES = 24
PLACES = 400
"""A word in more pairs of sentences than this is left out: the work stays linear."""

ASIDE = np.float32(4.0)
"""Gain of a pair of sentences that stand together though the chain does not hold them."""

LEAST_FRESH = 3
FRESH_SHARE = 0.2
"""Of the sentences that no other passage holds, as many must be linked for any to count."""

SMOOTHING = 0.15
SKIP_ROWS = 2
SKIP_COLUMNS = 4


class Chain(NamedTuple):
    """Scratch of one pair; rows are sentences of the first document, columns of the second.

    Attributes
    ----------
    first, last : int32 array (2, MAX_SENTENCES + 1)
        Where each sentence begins and ends, in words of the document.
    weights : float32 array (2, MAX_SENTENCES + 1)
        What its words weigh.
    gains : float32 array (MAX_SENTENCES, MAX_SENTENCES)
    best, carried : float32 array (MAX_SENTENCES,)
    parent : int16 array (MAX_SENTENCES, MAX_SENTENCES)
    links : int16 array (MAX_SENTENCES,)
        The column that each row is linked with, or -1.
    order : int64 array (MAX_SENTENCES,)
    """

    first: npt.NDArray[np.int32]
    last: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    gains: npt.NDArray[np.float32]
    best: npt.NDArray[np.float32]
    carried: npt.NDArray[np.float32]
    parent: npt.NDArray[np.int16]
    links: npt.NDArray[np.int16]
    order: npt.NDArray[np.int64]


@inner
def new_chain():  # type: ignore[no-untyped-def]
    """Scratch."""
    size = MAX_SENTENCES
    return Chain(
        np.zeros((2, size + 1), np.int32),
        np.zeros((2, size + 1), np.int32),
        np.zeros((2, size + 1), np.float32),
        np.zeros((size, size), np.float32),
        np.zeros(size, np.float32),
        np.zeros(size, np.float32),
        np.zeros((size, size), np.int16),
        np.zeros(size, np.int16),
        np.zeros(size, np.int64),
    )


@inner
def _sentences(chain, side, documents, place, size):  # type: ignore[no-untyped-def]
    """Number the sentences of a document; returns how many, and how many of its own make one."""
    numbers = documents.sentences
    group = (numbers[place + size - 1] + MAX_SENTENCES) // MAX_SENTENCES
    count = numbers[place + size - 1] // group + 1
    for s in range(count):
        chain.first[side, s] = size
        chain.last[side, s] = 0
        chain.weights[side, s] = 0
    for i in range(size):
        s = numbers[place + i] // group
        chain.first[side, s] = min(chain.first[side, s], i)
        chain.last[side, s] = i + 1
        chain.weights[side, s] += _weight(documents, place + i)
    return count, group


@inner
def _weight(documents, token):  # type: ignore[no-untyped-def]
    if documents.boilerplate[token]:
        return np.float32(0)
    return max(np.float32(0), documents.weights[token] - COMMON)


@inner
def _compare(chain, grams, documents, starts, sizes, groups, head, following):  # type: ignore[no-untyped-def]
    """Fill ``gains``: shared weight of two sentences beyond what a chance likeness has. O(n + m) and the sentences."""
    a, b = grams.numbers[0, 0], grams.numbers[1, 0]
    head[: sizes[1] + 1] = -1
    for j in range(sizes[1] - 1, -1, -1):
        if b[j] >= 0:
            following[j] = head[b[j]]
            head[b[j]] = j
    for i in range(sizes[0]):
        if a[i] < 0:
            continue
        often = np.int64(grams.counts[0, a[i]]) * grams.counts[1, a[i]]
        weight = _weight(documents, starts[0] + i)
        if weight <= 0 or often > PLACES:
            continue
        share = np.float32(1 / np.sqrt(np.float64(max(grams.counts[0, a[i]], grams.counts[1, a[i]]))))
        row = documents.sentences[starts[0] + i] // groups[0]
        j = head[a[i]]
        before = -1
        while j >= 0:
            column = documents.sentences[starts[1] + j] // groups[1]
            if column != before:
                chain.gains[row, column] += min(weight, _weight(documents, starts[1] + j)) * share
            before = column
            j = following[j]


@inner
def _best_chain(chain, side, rows, columns, trace):  # type: ignore[no-untyped-def]
    """Weight of the rows on the best chain, columns taken in ``order``; a jump back costs JUMP_COST."""
    best, carried, order, gains = chain.best, chain.carried, chain.order, chain.gains
    best[:columns] = -1
    top, top_at, top_weight = np.float32(0), -1, np.float32(0)
    for j in range(rows):
        so_far, so_far_at, so_far_weight = np.float32(0), -1, np.float32(0)
        row_top, row_top_at, row_top_weight = top, top_at, top_weight
        for i in range(columns):
            before = best[i]
            if before > so_far:
                so_far, so_far_at, so_far_weight = before, i, carried[i]
            gain = gains[j, order[i]] if side == 0 else gains[order[i], j]
            if trace:
                chain.parent[j, i] = -2
            if gain <= 0:
                continue
            value, at, weight = so_far, so_far_at, so_far_weight
            if top - JUMP_COST > value:
                value, at, weight = top - JUMP_COST, top_at, top_weight
            if value + gain > before:
                best[i] = value + gain
                carried[i] = weight + chain.weights[side, j]
                if trace:
                    chain.parent[j, i] = at
                if best[i] > row_top:
                    row_top, row_top_at, row_top_weight = best[i], i, carried[i]
        top, top_at, top_weight = row_top, row_top_at, row_top_weight
    return top_weight


@inner
def _share(chain, side, rows, columns):  # type: ignore[no-untyped-def]
    for i in range(columns):
        chain.order[i] = i
    total = np.float64(1e-6)
    for j in range(rows):
        total += chain.weights[side, j]
    return _best_chain(chain, side, rows, columns, False) / total, total


@inner
def _beyond_chance(chain, side, rows, columns, share, total):  # type: ignore[no-untyped-def]
    """How far the chain exceeds the mean of shuffled ones, which a fixed sequence of numbers makes."""
    state = np.uint64(1)
    chance = 0.0
    for _ in range(SHUFFLES):
        for i in range(columns - 1, 0, -1):
            state = state * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
            j = np.int64((state >> np.uint64(33)) % np.uint64(i + 1))
            chain.order[i], chain.order[j] = chain.order[j], chain.order[i]
        chance += _best_chain(chain, side, rows, columns, False) / total
    chance /= SHUFFLES
    return (share - chance) / (1 - chance + SMOOTHING)


@inner
def chain_passages(chain, grams, documents, starts, sizes, head, following, taken, least, boxes):  # type: ignore[no-untyped-def]
    """Passages of sentences in order, where the order exceeds chance by ``least``.

    Writes (a start, a end, b start, b end), of words that no passage holds, to ``boxes`` (int32 (k, 4)). Returns how
    many, and how far the order exceeds chance. O(n + m) and SHUFFLES times the pairs of sentences.
    """
    rows, group_a = _sentences(chain, 0, documents, starts[0], sizes[0])
    columns, group_b = _sentences(chain, 1, documents, starts[1], sizes[1])
    chain.gains[:rows, :columns] = 0
    _compare(chain, grams, documents, starts, sizes, (group_a, group_b), head, following)
    for j in range(rows):
        for i in range(columns):
            least_gain = max(LEAST_GAIN, GAIN_SHARE * min(chain.weights[0, j], chain.weights[1, i]))
            gain = chain.gains[j, i] - least_gain
            chain.gains[j, i] = gain + np.float32(0.5) if gain > 0 else np.float32(0)
    first, total_a = _share(chain, 0, rows, columns)
    second, total_b = _share(chain, 1, columns, rows)
    if first + second < 2 * least:
        return 0, 0.0
    order = 0.5 * _beyond_chance(chain, 0, rows, columns, first, total_a)
    for i in range(rows):
        chain.order[i] = i
    order += 0.5 * _beyond_chance(chain, 1, columns, rows, second, total_b)
    if order < least:
        return 0, order
    side = 0 if rows <= columns else 1
    if side == 1:
        rows, columns = columns, rows
    _link(chain, side, rows, columns)
    fresh = linked = 0
    for j in range(rows):
        if not _is_held(chain, side, j, taken):
            fresh += 1
            linked += chain.links[j] >= 0
    if linked < LEAST_FRESH or linked < FRESH_SHARE * fresh:
        return 0, order
    return _passages(chain, side, rows, taken, boxes), order


@inner
def _link(chain, side, rows, columns):  # type: ignore[no-untyped-def]
    """Link each row with its column on the best chain; else with the column it shares most with, if any."""
    for i in range(columns):
        chain.order[i] = i
    _best_chain(chain, side, rows, columns, True)
    at = 0
    for i in range(columns):
        if chain.best[i] > chain.best[at]:
            at = i
    for j in range(rows - 1, -1, -1):
        chain.links[j] = -1
        if at >= 0 and chain.parent[j, at] != -2:
            chain.links[j] = at
            at = chain.parent[j, at]
    for j in range(rows):
        most = ASIDE
        if chain.links[j] < 0:
            for i in range(columns):
                gain = chain.gains[j, i] if side == 0 else chain.gains[i, j]
                if gain > most:
                    most = gain
                    chain.links[j] = i


@inner
def _is_held(chain, side, sentence, taken):  # type: ignore[no-untyped-def]
    """Whether another passage holds an eighth of a sentence or more."""
    start, stop = chain.first[side, sentence], chain.last[side, sentence]
    held = 0
    for k in range(start, stop):
        held += taken[side, k]
    return 8 * held >= stop - start


@inner
def _passages(chain, side, rows, taken, boxes):  # type: ignore[no-untyped-def]
    other = 1 - side
    count = 0
    begin = end = low = high = -1
    for j in range(rows + 1):
        linked = j < rows and chain.links[j] >= 0
        if linked:
            linked = not _is_held(chain, side, j, taken)
        if begin >= 0 and (
            j == rows
            or (
                linked
                and (j - end > SKIP_ROWS or chain.links[j] < low - SKIP_COLUMNS or chain.links[j] > high + SKIP_COLUMNS)
            )
        ):
            if count < len(boxes):
                boxes[count, 2 * side], boxes[count, 2 * side + 1] = _free(
                    taken[side], chain.first[side, begin], chain.last[side, end - 1]
                )
                boxes[count, 2 * other], boxes[count, 2 * other + 1] = (
                    chain.first[other, low],
                    chain.last[other, high - 1],
                )
                count += 1
            begin = -1
        if linked:
            at = np.int64(chain.links[j])
            if begin < 0:
                begin, low, high = j, at, at + 1
            end, low, high = j + 1, min(low, at), max(high, at + 1)
    return count


@inner
def _free(taken, start, end):  # type: ignore[no-untyped-def]
    while start < end - 1 and taken[start]:
        start += 1
    while end - 1 > start and taken[end - 1]:
        end -= 1
    return start, end
