"""MinHash signatures: by fast similarity sketching, and by true permutations."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.mixing import STEP, mix
from dedup.kernels.shingles import longest_document, shingles_of

__all__ = ["MERSENNE_PRIME", "affine_signatures", "fast_similarity_signatures", "mersenne_signatures"]

MERSENNE_PRIME = 2**61 - 1

_PRIME = np.uint64(MERSENNE_PRIME)
_32 = np.uint64(32)
_HIGH, _LOW = np.uint64(0xFFFFFFFF00000000), np.uint64(0xFFFFFFFF)
_61 = np.uint64(61)
_EMPTY = np.uint32(0xFFFFFFFF)


@inner
def _throw(
    shingles: npt.NDArray[np.uint64],
    n: int,
    add: np.uint64,
    places: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint32],
) -> None:
    """Throw every shingle into one bin, which keeps the least value."""
    bins = np.uint64(len(out))
    for i in range(n):
        value = mix(shingles[i] + add)
        places[i] = (value >> _32) * bins & _HIGH | value & _LOW  # the bin, and the value, in half a word each
    out[:] = _EMPTY
    for i in range(n):
        b = places[i] >> _32
        out[b] = min(out[b], np.uint32(places[i]))


@inner
def _fill_empty(found: npt.NDArray[np.uint32], out: npt.NDArray[np.uint32]) -> int:
    """Give to bins that have no value the one found for them; returns how many still have none."""
    missing = 0
    for b in range(len(out)):
        value = found[b] if out[b] == _EMPTY else out[b]
        missing += np.int64(value == _EMPTY)
        out[b] = value
    return missing


@inner
def _sketch(
    shingles: npt.NDArray[np.uint64],
    n: int,
    seed: np.uint64,
    places: npt.NDArray[np.uint64],
    found: npt.NDArray[np.uint32],
    out: npt.NDArray[np.uint32],
) -> None:
    bins = len(out)
    out[:] = _EMPTY
    if n == 0:
        return
    for number in range(bins):
        _throw(shingles, n, seed + np.uint64(number) * STEP, places, found)
        if _fill_empty(found, out) == 0:
            return
    for b in range(bins):
        if out[b] == _EMPTY:
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
    and k bins, and, unlike one-permutation hashing, as exact as k permutations for short texts. The largest value
    stands for an empty bin, so a shingle that happens to hash to it is passed over.
    """
    longest = longest_document(offsets)
    shingles = np.empty(longest, np.uint64)
    places = np.empty(longest, np.uint64)
    found = np.empty(out.shape[1], np.uint32)
    for i in range(len(offsets) - 1):
        n = shingles_of(hashes[offsets[i] : offsets[i + 1]], size, shingles)
        _sketch(shingles, n, seed, places, found, out[i])


@inner
def _modulo_prime(value: np.uint64) -> np.uint64:
    folded = (value & _PRIME) + (value >> _61)
    return folded - _PRIME if folded >= _PRIME else folded


@kernel
def mersenne_signatures(
    hashes: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    size: int,
    factors: npt.NDArray[np.uint64],
    summands: npt.NDArray[np.uint64],
    out: npt.NDArray[np.uint32],
) -> None:
    """Signatures by ``((factor · x + summand) mod (2⁶¹ − 1)) mod 2³²`` of the low 32 bits x of each shingle.

    Products and sums wrap at 2⁶⁴ before the division, as in datasketch. ``out`` is ``(documents, num_perm)``; a
    document without tokens gets the largest value everywhere. O(shingles · num_perm).
    """
    shingles = np.empty(longest_document(offsets), np.uint64)
    for d in range(len(offsets) - 1):
        row = out[d]
        row[:] = _EMPTY
        for i in range(shingles_of(hashes[offsets[d] : offsets[d + 1]], size, shingles)):
            x = np.uint64(np.uint32(shingles[i]))
            for k in range(len(row)):
                row[k] = min(row[k], np.uint32(_modulo_prime(factors[k] * x + summands[k])))


@inner
def _spread(value: np.uint32) -> np.uint32:
    """MurmurHash3's 32-bit finaliser, which datasketch puts before its affine permutations."""
    value = np.uint32(np.uint32(value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    value = np.uint32(np.uint32(value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@kernel
def affine_signatures(
    hashes: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    size: int,
    factors: npt.NDArray[np.uint32],
    summands: npt.NDArray[np.uint32],
    out: npt.NDArray[np.uint32],
) -> None:
    """Signatures by ``(factor · x + summand) mod 2³²``, the factors odd, of the low 32 bits of each shingle, spread.

    ``out`` is ``(documents, num_perm)``; a document without tokens gets the largest value everywhere.
    O(shingles · num_perm).
    """
    shingles = np.empty(longest_document(offsets), np.uint64)
    for d in range(len(offsets) - 1):
        row = out[d]
        row[:] = _EMPTY
        for i in range(shingles_of(hashes[offsets[d] : offsets[d + 1]], size, shingles)):
            x = _spread(np.uint32(shingles[i]))
            for k in range(len(row)):
                row[k] = min(row[k], np.uint32(factors[k] * x + summands[k]))
