"""What hangs together by pairs: union and find."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel

__all__ = ["find_roots", "join_pairs"]


@inner
def _root(parent: npt.NDArray[np.int64], item: int) -> int:
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


@kernel
def join_pairs(parent: npt.NDArray[np.int64], left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> None:
    """Join the groups of each pair's sides; ``parent`` leads from each item to the smallest of its group."""
    for p in range(len(left)):
        a = _root(parent, left[p])
        b = _root(parent, right[p])
        parent[max(a, b)] = min(a, b)


@kernel
def find_roots(parent: npt.NDArray[np.int64]) -> None:
    """Let each item's parent be the smallest of its group. O(items): parents are smaller than their children."""
    for item in range(len(parent)):
        parent[item] = parent[parent[item]]
