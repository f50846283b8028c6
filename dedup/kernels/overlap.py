"""Exact overlap of pairs of sorted sets."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import kernel

__all__ = ["overlaps"]


@kernel
def overlaps(
    values: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    out: npt.NDArray[np.int64],
) -> None:
    """Size of the intersection of each pair of sets; O(both sizes), without branches that depend on the values."""
    for p in range(len(left)):
        i, i_end = offsets[left[p]], offsets[left[p] + 1]
        j, j_end = offsets[right[p]], offsets[right[p] + 1]
        common = 0
        while i < i_end and j < j_end:
            a = values[i]
            b = values[j]
            common += np.int64(a == b)
            i += np.int64(a <= b)
            j += np.int64(b <= a)
        out[p] = common
