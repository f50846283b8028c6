"""Sorting of arrays, above all short ones and of hashes, and search in them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel

__all__ = ["ascending", "find", "sort_evenly", "sort_hashes", "sort_unique", "stable_order"]

_64 = np.uint64(64)
_MAX_BITS = 20
_MAX_BUCKET = 64
_MOST_EQUAL = 1024


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
def _sort_buckets(
    values: npt.NDArray[np.uint64], n: int, out: npt.NDArray[np.uint64], counts: npt.NDArray[np.int32]
) -> bool:
    """A bucket sort by the leading bits and one insertion pass; False, and no order, where a bucket is too full."""
    if _scatter(values, n, _bucket_bits(n), out, counts) > _MAX_BUCKET + min(n // 16, _MOST_EQUAL):
        return False
    for i in range(1, n):
        value = out[i]
        j = i - 1
        while j >= 0 and out[j] > value:
            out[j + 1] = out[j]
            j -= 1
        out[j + 1] = value
    return True


@kernel
def sort_evenly(values: npt.NDArray[np.uint64], out: npt.NDArray[np.uint64]) -> bool:
    """Write ``values`` to ``out``, ascending, if their leading bits are spread as a hash's; otherwise say False.

    Expected O(n); of half a million and more, several times faster than a comparison sort.
    """
    return _sort_buckets(values, len(values), out, np.empty(1 << _bucket_bits(len(values)), np.int32))  # type: ignore[no-any-return, no-untyped-call]


@inner
def sort_hashes(
    values: npt.NDArray[np.uint64], n: int, out: npt.NDArray[np.uint64], counts: npt.NDArray[np.int32]
) -> None:
    """Write ``values[:n]`` to ``out``, ascending.

    A bucket sort by the leading bits and one insertion pass: expected O(n) for hashes, several times faster than a
    comparison sort at the length of an article. Buckets that are too full fall back on a merge sort, so the worst case
    is O(n log n). ``counts`` is scratch of at least ``2 * n`` and 2 items, at most 2²⁰.
    """
    if not _sort_buckets(values, n, out, counts):
        ordered = ascending(values, n)
        for i in range(n):
            out[i] = ordered[i]


@inner
def sort_unique(
    values: npt.NDArray[np.uint64], n: int, out: npt.NDArray[np.uint64], counts: npt.NDArray[np.int32]
) -> int:
    """Write the distinct values of ``values[:n]`` to ``out``, ascending, as `sort_hashes` does; returns how many."""
    if n == 0:
        return 0
    sort_hashes(values, n, out, counts)
    kept = 1
    previous = out[0]
    for i in range(1, n):
        value = out[i]
        out[kept] = value
        kept += np.int64(value != previous)
        previous = value
    return kept


@inner
def stable_order(keys, count):  # type: ignore[no-untyped-def]
    """The places of ``keys[:count]`` by ascending key, equal keys as they stand (int64). O(n log n).

    A merge sort from the bottom up: numba's own takes five times as long to compile.
    """
    order, spare = np.empty(count, np.int64), np.empty(count, np.int64)
    for k in range(count):
        order[k] = k
    width = 1
    while width < count:
        for low in range(0, count, 2 * width):
            middle, high = min(low + width, count), min(low + 2 * width, count)
            i, j = low, middle
            for k in range(low, high):
                if j >= high or (i < middle and keys[order[i]] <= keys[order[j]]):
                    spare[k] = order[i]
                    i += 1
                else:
                    spare[k] = order[j]
                    j += 1
        order, spare = spare, order
        width *= 2
    return order


@inner
def ascending(values: npt.NDArray[np.uint64], n: int) -> npt.NDArray[np.uint64]:
    """A sorted copy of ``values[:n]``. O(n log n)."""
    out = np.empty(n, np.uint64)
    order = stable_order(values, n)
    for i in range(n):
        out[i] = values[order[i]]
    return out


@inner
def find(values: npt.NDArray[np.uint64], value: np.uint64) -> int:
    """Where the ascending ``values`` first hold ``value``; -1 if they do not. O(log n)."""
    low, high = 0, len(values)
    while low < high:
        middle = (low + high) // 2
        if values[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low if low < len(values) and values[low] == value else -1
