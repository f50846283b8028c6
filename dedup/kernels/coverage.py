"""How much of each text stands in passages, by kind of passage, and where the rest stands."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel

__all__ = ["PAIR_COLUMNS", "SIDE_COLUMNS", "measure_coverage"]

SIDE_COLUMNS = (
    "content", "covered", "verbatim", "edited", "rewritten", "quoted", "head", "foot", "quotations", "shared_weight",
    "close",
)  # fmt: skip
"""Tokens of one side: all but boilerplate; those in passages; in passages of each kind; covered ones within a
quotation; uncovered ones before the first and behind the last passage; all in quotations; the idf in passages; and
those in verbatim or edited passages outside quotations."""

PAIR_COLUMNS = ("passages", "in_order", "longest", "strongest")
"""Of a pair: passages that are evidence; the share of them that keep the left order on the right; the tokens of the
longest verbatim or edited one, without those in quotations; the idf of the weightiest one."""

_VERBATIM, _EDITED, _REWRITTEN, _QUOTATION = 0, 1, 2, 3


@inner
def _measure_side(
    starts: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    kinds: npt.NDArray[np.uint8],
    weights: npt.NDArray[np.float32],
    quotations: npt.NDArray[np.int32],
    boilerplate: npt.NDArray[np.bool_],
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
            out[10] += best[i] <= _EDITED and quotations[i] == 0
        else:
            since += 1.0
    out[7] = since if out[1] > 0.0 else 0.0


@kernel
def measure_coverage(
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
    longest = np.int64(0)
    for d in range(len(offsets) - 1):
        longest = max(longest, offsets[d + 1] - offsets[d])
    best = np.empty(longest, np.uint8)
    width = len(SIDE_COLUMNS)
    for p in range(len(left)):
        a, b = passages[p], passages[p + 1]
        x, x_end = offsets[left[p]], offsets[left[p] + 1]
        y, y_end = offsets[right[p]], offsets[right[p] + 1]
        row = out[p]
        _measure_side(
            left_start[a:b], left_end[a:b], kinds[a:b], weights[x:x_end], quotations[x:x_end],
            boilerplate[x:x_end], best[: x_end - x], row[:width],
        )  # fmt: skip
        _measure_side(
            right_start[a:b], right_end[a:b], kinds[a:b], weights[y:y_end], quotations[y:y_end],
            boilerplate[y:y_end], best[: y_end - y], row[width : 2 * width],
        )  # fmt: skip
        _measure_pair(
            left_start[a:b], left_end[a:b], right_start[a:b], right_end[a:b], kinds[a:b],
            weights[x:x_end], weights[y:y_end], quotations[x:x_end], quotations[y:y_end], row[2 * width :],
        )  # fmt: skip


@inner
def _sum(values: npt.NDArray[np.float32], start: int, end: int) -> float:
    total = 0.0
    for i in range(start, end):
        total += values[i]
    return total


@inner
def _unquoted(quotations: npt.NDArray[np.int32], start: int, end: int) -> float:
    total = 0.0
    for i in range(start, end):
        total += quotations[i] == 0
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
    left_quotations: npt.NDArray[np.int32],
    right_quotations: npt.NDArray[np.int32],
    out: npt.NDArray[np.float64],
) -> None:
    out[:] = 0.0
    steps = 0.0
    kept = 0.0
    for p in range(len(kinds)):
        if kinds[p] > _REWRITTEN:
            continue
        out[0] += 1.0
        weight = min(
            _sum(left_weights, left_start[p], left_end[p]), _sum(right_weights, right_start[p], right_end[p])
        )
        out[3] = max(out[3], weight)
        if kinds[p] <= _EDITED:
            plain = min(
                _unquoted(left_quotations, left_start[p], left_end[p]),
                _unquoted(right_quotations, right_start[p], right_end[p]),
            )
            out[2] = max(out[2], plain)
        for q in range(p):
            if kinds[q] <= _REWRITTEN:
                steps += 1.0
                kept += (left_start[q] <= left_start[p]) == (right_start[q] <= right_start[p])
    out[1] = kept / steps if steps > 0.0 else 1.0
