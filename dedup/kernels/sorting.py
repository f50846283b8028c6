"""Sorting of short arrays of uniformly distributed hashes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner

__all__ = ["sort_unique"]

_64 = np.uint64(64)
_MAX_BITS = 20
_MAX_BUCKET = 64


@inner
def _bucket_bits(n: int) -> int:
    bits = 1
    while (1 << bits) < n and bits < _MAX_BITS:
        bits += 1
    return bits


@inner
def _scatter(
    values: npt.NDArray[np.uint64], n: int, bits: int, out: npt.NDArray[np.uint64], counts: npt.NDArray[np.int32]
) -> int:
    """Place values in ``out`` by their leading bits; returns the largest bucket's size."""
    shift = _64 - np.uint64(bits)
    buckets = 1 << bits
    for i in range(buckets):
        counts[i] = 0
    for i in range(n):
        counts[values[i] >> shift] += np.int32(1)
    start = np.int32(0)
    largest = np.int32(0)
    for i in range(buckets):
        count = counts[i]
        largest = max(largest, count)
        counts[i] = start
        start += count
    for i in range(n):
        bucket = values[i] >> shift
        out[counts[bucket]] = values[i]
        counts[bucket] += np.int32(1)
    return np.int64(largest)


@inner
def sort_unique(
    values: npt.NDArray[np.uint64], n: int, out: npt.NDArray[np.uint64], counts: npt.NDArray[np.int32]
) -> int:
    """Write the distinct values of ``values[:n]`` to ``out``, ascending; returns how many.

    A bucket sort by the leading bits and one insertion pass: expected O(n) for hashes, several times faster than a
    comparison sort at the length of an article. Buckets that are too full (many equal values) fall back on
    ``np.sort``, so the worst case is O(n log n). ``counts`` is scratch of at least ``2 * n`` and 2 items, at most
    2²⁰.
    """
    if n == 0:
        return 0
    if _scatter(values, n, _bucket_bits(n), out, counts) <= _MAX_BUCKET:
        for i in range(1, n):
            value = out[i]
            j = i - 1
            while j >= 0 and out[j] > value:
                out[j + 1] = out[j]
                j -= 1
            out[j + 1] = value
    else:
        out[:n] = np.sort(values[:n])
    kept = 1
    previous = out[0]
    for i in range(1, n):
        value = out[i]
        out[kept] = value
        kept += np.int64(value != previous)
        previous = value
    return kept
