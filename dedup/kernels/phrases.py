"""Tokens that stand in phrases which many texts use."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.shingles import longest_document, shingles_of

__all__ = ["mark_phrases"]

_1 = np.uint64(1)
_LEADING = np.uint64(2**64 - 2**20)


@inner
def _contains(values: npt.NDArray[np.uint64], value: np.uint64) -> bool:
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low < len(values) and values[low] == value


@kernel
def mark_phrases(
    hashes: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    size: int,
    common: npt.NDArray[np.uint64],
    out: npt.NDArray[np.bool_],
) -> None:
    """Mark each token that stands in a shingle of ``common``; O(tokens · log(common)).

    ``common`` (ascending) has shingles by their leading 44 bits, the others 0.

    ``out`` (tokens,) is changed only where a token is marked.
    """
    shingles = np.empty(longest_document(offsets), np.uint64)
    for d in range(len(offsets) - 1):
        first, last = offsets[d], offsets[d + 1]
        n = shingles_of(hashes[first:last], size, shingles)
        for i in range(n):
            if _contains(common, shingles[i] & _LEADING):
                weight = 0
                j = first + i
                while j < last and weight < 2 * size:
                    out[j] = True
                    weight += 2 - np.int64(hashes[j] & _1)
                    j += 1
