"""How much of each text stands in passages, by kind of passage, and where the rest stands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.shingles import longest_document, shingles_of
from dedup.kernels.sorting import find, sort_hashes

__all__ = ["PAIR_COLUMNS", "SIDE_COLUMNS", "measure_coverage"]

SIDE_COLUMNS = (
    "content", "covered", "verbatim", "edited", "rewritten", "quoted", "head", "foot", "quotations", "shared_weight",
    "kept",
)  # fmt: skip
"""Tokens of one side: all but boilerplate; those in passages; in passages of each kind; covered ones within a
quotation; uncovered ones before the first and behind the last passage; all in quotations; the idf in passages; and
those outside quotations in three-word phrases that both sides of a passage have."""

PAIR_COLUMNS = ("passages", "in_order", "longest", "strongest")
"""Of a pair: passages that are evidence; the share of them that keep the left order on the right; the
longest run of words that both sides of a passage keep; the idf of the weightiest one."""

_REWRITTEN, _QUOTATION = 2, 3
_PHRASE = 3
_1 = np.uint64(1)


@inner
def _measure_side(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    kinds: npt.NDArray[np.uint8],
    weights: npt.NDArray[np.float32],
    quotations: npt.NDArray[np.int32],
    boilerplate: npt.NDArray[np.bool_],
    kept: npt.NDArray[np.bool_],
    best: npt.NDArray[np.uint8],
    out: npt.NDArray[np.float64],
) -> None:
    """Fill one side's columns; ``best`` is scratch for the closest kind that covers each token."""
    best[:] = 255
    for p in range(len(starts)):
        if kinds[p] <= _REWRITTEN:
            for i in range(starts[p], ends[p]):
                best[i] = min(best[i], kinds[p])
        elif kinds[p] == _QUOTATION:
            for i in range(starts[p], ends[p]):
                best[i] = min(best[i], np.uint8(_QUOTATION))
    out[:] = 0.0
    since = 0.0
    for i in range(len(best)):
        if boilerplate[i]:
            continue
        out[0] += 1.0
        out[8] += quotations[i] != 0
        if best[i] <= _QUOTATION:
            out[9] += weights[i]
        if best[i] <= _REWRITTEN:
            if out[1] == 0.0:
                out[6] = since
            since = 0.0
            out[1] += 1.0
            out[2 + best[i]] += 1.0
            out[5] += quotations[i] != 0
            out[10] += kept[i] and quotations[i] == 0
        else:
            since += 1.0
    out[7] = since if out[1] > 0.0 else 0.0


@inner
def _mark_kept(
    hashes: npt.NDArray[np.uint64],
    boilerplate: npt.NDArray[np.bool_],
    quotations: npt.NDArray[np.int32],
    phrases: npt.NDArray[np.uint64],
    n: int,
    others: npt.NDArray[np.uint64],
    kept: npt.NDArray[np.bool_],
    fresh: npt.NDArray[np.bool_],
) -> float:
    """Mark the tokens of a passage in phrases that are among the ascending others; returns the words of the best run.

    In a run each marked word counts and each other one is taken off; of words in quotations only as many count as
    there are others. ``fresh`` is scratch.
    """
    fresh[: len(hashes)] = False
    for i in range(n):
        if find(others, phrases[i]) >= 0:
            j, length = i, 0
            while j < len(hashes) and length < 2 * _PHRASE:
                fresh[j] = not boilerplate[j]
                length += 2 - np.int64(hashes[j] & _1)
                j += 1
    plain, quoted, longest = 0.0, 0.0, 0.0
    for j in range(len(hashes)):
        words = 0.5 if hashes[j] & _1 else 1.0
        if not fresh[j]:
            plain -= 0.0 if boilerplate[j] else words
        elif quotations[j]:
            quoted += words
        else:
            plain += words
        if plain < 0.0:
            plain, quoted = 0.0, 0.0
        kept[j] |= fresh[j]
        longest = max(longest, plain + min(plain, quoted))
    return longest


@kernel
def measure_coverage(
    hashes: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.float32],
    quotations: npt.NDArray[np.int32],
    boilerplate: npt.NDArray[np.bool_],
    offsets: npt.NDArray[np.int64],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    passages: npt.NDArray[np.int64],
    left_start: npt.NDArray[np.int32],
    left_end: npt.NDArray[np.int32],
    right_start: npt.NDArray[np.int32],
    right_end: npt.NDArray[np.int32],
    kinds: npt.NDArray[np.uint8],
    out: npt.NDArray[np.float64],
) -> None:
    """Left side's columns, right side's, and the pair's, for each pair: O(tokens of both).

    ``passages`` are the offsets of each pair's passages, in tokens; ``kinds`` counts up from verbatim, edited,
    rewritten, quotation to boilerplate.
    """
    size = longest_document(offsets)
    best = np.empty(size, np.uint8)
    kept = np.empty((2, size), np.bool_)
    fresh = np.empty(size, np.bool_)
    phrases, ascending = np.empty((2, size), np.uint64), np.empty((2, size), np.uint64)
    counts = np.empty(2 * size + 2, np.int32)
    width = len(SIDE_COLUMNS)
    for p in range(len(left)):
        a, b = passages[p], passages[p + 1]
        x, x_end = offsets[left[p]], offsets[left[p] + 1]
        y, y_end = offsets[right[p]], offsets[right[p] + 1]
        row = out[p]
        kept[0, : x_end - x], kept[1, : y_end - y] = False, False
        longest = 0.0
        for k in range(a, b):
            if kinds[k] > _REWRITTEN:
                continue
            s, s_end, t, t_end = left_start[k], left_end[k], right_start[k], right_end[k]
            n = shingles_of(hashes[x + s : x + s_end], _PHRASE, phrases[0])
            m = shingles_of(hashes[y + t : y + t_end], _PHRASE, phrases[1])
            sort_hashes(phrases[0], n, ascending[0], counts)
            sort_hashes(phrases[1], m, ascending[1], counts)
            of_left = _mark_kept(
                hashes[x + s : x + s_end], boilerplate[x + s : x + s_end], quotations[x + s : x + s_end],
                phrases[0], n, ascending[1, :m], kept[0, s:s_end], fresh,
            )  # fmt: skip
            of_right = _mark_kept(
                hashes[y + t : y + t_end], boilerplate[y + t : y + t_end], quotations[y + t : y + t_end],
                phrases[1], m, ascending[0, :n], kept[1, t:t_end], fresh,
            )  # fmt: skip
            longest = max(longest, min(of_left, of_right))
        _measure_side(
            left_start[a:b], left_end[a:b], kinds[a:b], weights[x:x_end], quotations[x:x_end],
            boilerplate[x:x_end], kept[0], best[: x_end - x], row[:width],
        )  # fmt: skip
        _measure_side(
            right_start[a:b], right_end[a:b], kinds[a:b], weights[y:y_end], quotations[y:y_end],
            boilerplate[y:y_end], kept[1], best[: y_end - y], row[width : 2 * width],
        )  # fmt: skip
        _measure_pair(
            left_start[a:b], left_end[a:b], right_start[a:b], right_end[a:b], kinds[a:b],
            weights[x:x_end], weights[y:y_end], row[2 * width :],
        )  # fmt: skip
        row[2 * width + 2] = longest


@inner
def _sum(values: npt.NDArray[np.float32], start: int, end: int) -> float:
    total = 0.0
    for i in range(start, end):
        total += values[i]
    return total


@inner
def _measure_pair(
    left_start: npt.NDArray[np.int32],
    left_end: npt.NDArray[np.int32],
    right_start: npt.NDArray[np.int32],
    right_end: npt.NDArray[np.int32],
    kinds: npt.NDArray[np.uint8],
    left_weights: npt.NDArray[np.float32],
    right_weights: npt.NDArray[np.float32],
    out: npt.NDArray[np.float64],
) -> None:
    """Fill the pair's columns but for ``longest``."""
    out[:] = 0.0
    steps = 0.0
    kept = 0.0
    for p in range(len(kinds)):
        if kinds[p] > _REWRITTEN:
            continue
        out[0] += 1.0
        weight = min(_sum(left_weights, left_start[p], left_end[p]), _sum(right_weights, right_start[p], right_end[p]))
        out[3] = max(out[3], weight)
        for q in range(p):
            if kinds[q] <= _REWRITTEN:
                steps += 1.0
                kept += (left_start[q] <= left_start[p]) == (right_start[q] <= right_start[p])
    out[1] = kept / steps if steps > 0.0 else 1.0
