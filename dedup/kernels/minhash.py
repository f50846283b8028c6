"""MinHash signatures by fast similarity sketching."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.mixing import STEP, mix
from dedup.kernels.shingles import longest_document, shingles_of

__all__ = ["fast_similarity_signatures"]

_32 = np.uint64(32)
_LARGEST = np.uint32(0xFFFFFFFF)


@inner
def _round(
    shingles: npt.NDArray[np.uint64],
    n: int,
    add: np.uint64,
    filled: npt.NDArray[np.bool_],
    fresh: npt.NDArray[np.bool_],
    out: npt.NDArray[np.uint32],
) -> int:
    """Throw every shingle into one bin; only bins empty before the round take it. Returns how many bins it filled."""
    bins = np.uint64(len(out))
    new = 0
    for i in range(n):
        value = mix(shingles[i] + add)
        b = ((value >> _32) * bins) >> _32
        if not filled[b]:
            low = np.uint32(value)
            if not fresh[b]:
                fresh[b] = True
                new += 1
            if low < out[b]:
                out[b] = low
    return new


@inner
def _sketch(
    shingles: npt.NDArray[np.uint64],
    n: int,
    seed: np.uint64,
    filled: npt.NDArray[np.bool_],
    fresh: npt.NDArray[np.bool_],
    out: npt.NDArray[np.uint32],
) -> None:
    bins = len(out)
    out[:] = _LARGEST
    if n == 0:
        return
    filled[:] = False
    fresh[:] = False
    missing = bins
    number = 0
    while missing > 0 and number < bins:
        missing -= _round(shingles, n, seed + np.uint64(number) * STEP, filled, fresh, out)
        filled[:] = fresh
        number += 1
    for b in range(bins):
        if not filled[b]:
            add = seed + np.uint64(bins + b) * STEP
            for i in range(n):
                out[b] = min(out[b], np.uint32(mix(shingles[i] + add)))


@kernel
def fast_similarity_signatures(
    hashes: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    size: int,
    seed: np.uint64,
    out: npt.NDArray[np.uint32],
) -> None:
    """Signatures of all documents; ``out`` is ``(documents, num_perm)``. A document without tokens gets the largest
    value everywhere.

    Fast similarity sketching (Dahlgaard, Knudsen, Thorup 2017): every shingle is thrown into one of ``num_perm``
    bins; bins still empty are filled by further rounds with other hashes. O(n + k log k) expected for n shingles
    and k bins, and, unlike one-permutation hashing, as exact as k permutations for short texts.
    """
    longest = longest_document(offsets)
    shingles = np.empty(longest, np.uint64)
    filled = np.empty(out.shape[1], np.bool_)
    fresh = np.empty(out.shape[1], np.bool_)
    for i in range(len(offsets) - 1):
        n = shingles_of(hashes[offsets[i] : offsets[i + 1]], size, shingles)
        _sketch(shingles, n, seed, filled, fresh, out[i])
