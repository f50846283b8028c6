"""TF-IDF cosine of pairs of documents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import kernel

__all__ = ["pair_cosines", "squared_norms"]


@kernel
def squared_norms(
    weights: npt.NDArray[np.float64], offsets: npt.NDArray[np.int64], out: npt.NDArray[np.float64]
) -> None:
    """Sum of the squared weights of each document, in the order of its terms."""
    for d in range(len(out)):
        total = 0.0
        for i in range(offsets[d], offsets[d + 1]):
            total += weights[i] * weights[i]
        out[d] = total


@kernel
def pair_cosines(
    terms: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.float64],
    offsets: npt.NDArray[np.int64],
    norms: npt.NDArray[np.float64],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    out: npt.NDArray[np.float64],
) -> None:
    """Cosine of each pair by merging its two ascending lists of terms; O(terms of both)."""
    for p in range(len(left)):
        i, i_end = offsets[left[p]], offsets[left[p] + 1]
        j, j_end = offsets[right[p]], offsets[right[p] + 1]
        dot = 0.0
        while i < i_end and j < j_end:
            if terms[i] == terms[j]:
                dot += weights[i] * weights[j]
                i += 1
                j += 1
            elif terms[i] < terms[j]:
                i += 1
            else:
                j += 1
        scale = norms[left[p]] * norms[right[p]]
        out[p] = min(1.0, dot / np.sqrt(scale)) if scale > 0.0 else 0.0
