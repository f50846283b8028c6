"""Exact overlap of pairs of sorted sets."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel

__all__ = ["overlaps"]


@kernel
def overlaps(
    values: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    out: npt.NDArray[np.int64],
) -> None:
    """Size of the intersection of each pair of sets; O(both sizes), without branches that depend on the values.

    Two pairs at a time: each step of one waits for the last, and the other's fill the time.
    """
    pairs = len(left)
    for p in range(0, pairs, 2):
        q = min(p + 1, pairs - 1)
        i, i_end = offsets[left[p]], offsets[left[p] + 1]
        j, j_end = offsets[right[p]], offsets[right[p] + 1]
        k, k_end = offsets[left[q]], offsets[left[q] + 1]
        m, m_end = offsets[right[q]], offsets[right[q] + 1]
        common, other = 0, 0
        while i < i_end and j < j_end and k < k_end and m < m_end:
            a, b, c, d = values[i], values[j], values[k], values[m]
            common += np.int64(a == b)
            i += np.int64(a <= b)
            j += np.int64(b <= a)
            other += np.int64(c == d)
            k += np.int64(c <= d)
            m += np.int64(d <= c)
        out[p] = common + _rest(values, i, i_end, j, j_end)
        out[q] = other + _rest(values, k, k_end, m, m_end)


@inner
def _rest(values: npt.NDArray[np.uint64], i: int, i_end: int, j: int, j_end: int) -> int:
    common = 0
    while i < i_end and j < j_end:
        a, b = values[i], values[j]
        common += np.int64(a == b)
        i += np.int64(a <= b)
        j += np.int64(b <= a)
    return common
