"""Documents that share a key: the join of one LSH band."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.mixing import STEP, mix

__all__ = ["HUBS", "LARGEST_RUN", "band_keys", "run_pairs", "sort_keys"]

LARGEST_RUN = 64
"""Documents with one key of which all pairs are formed; more are tied to a few hubs and to their neighbours."""

HUBS = 4

_0 = np.uint64(0)
_1 = np.uint64(1)
_32 = np.uint64(32)
_PASSES, _DIGIT_BITS = 3, 11
_DIGITS = 1 << _DIGIT_BITS
_DIGIT = np.uint64(_DIGITS - 1)
_HASH = np.uint64(2**64 - 2 ** (64 - _PASSES * _DIGIT_BITS))


@kernel
def band_keys(
    signatures: npt.NDArray[np.uint32],
    documents: npt.NDArray[np.int32],
    first: int,
    rows: int,
    out: npt.NDArray[np.uint64],
) -> None:
    """Keys of the named documents for ``len(out)`` bands from the ``first`` on: a hash of values, then the document.

    The hash is the key's highest 33 bits, the document its lowest 31. So a million documents have 60 pairs that meet by
    chance in a band, and their signatures differ. Several bands at once, for the values of one document that lie in a
    line of the cache are fetched together: a signature is larger than that, and the signatures than the cache.
    """
    for i in range(len(documents)):
        for b in range(len(out)):
            key = np.uint64(first + b + 1) * STEP
            for k in range((first + b) * rows, (first + b + 1) * rows):
                key = mix(key ^ np.uint64(signatures[documents[i], k]))
            out[b, i] = (key & _HASH) | np.uint64(documents[i])


@kernel
def sort_keys(keys: npt.NDArray[np.uint64], out: npt.NDArray[np.uint64]) -> None:
    """The keys of one band, ascending, in ``out``; ``keys`` are overwritten.

    Three passes of a radix sort are enough for the hash; the documents ascend, and equal hashes stay as they stand.
    """
    counts = np.zeros((_PASSES, _DIGITS), np.int64)
    for i in range(len(keys)):
        for p in range(_PASSES):
            counts[p, _digit(keys[i], p)] += 1
    _move(keys, 0, counts[0], out)
    _move(out, 1, counts[1], keys)
    _move(keys, 2, counts[2], out)


@inner
def _digit(key: np.uint64, number: int) -> np.uint64:
    return key >> np.uint64(64 - _DIGIT_BITS * (_PASSES - number)) & _DIGIT


@inner
def _move(
    keys: npt.NDArray[np.uint64], number: int, counts: npt.NDArray[np.int64], out: npt.NDArray[np.uint64]
) -> None:
    """One pass of a radix sort from the last digit on: by one digit, of which ``counts`` has how many of each."""
    start = np.int64(0)
    for d in range(_DIGITS):
        count = counts[d]
        counts[d] = start
        start += count
    for i in range(len(keys)):
        d = _digit(keys[i], number)
        out[counts[d]] = keys[i]
        counts[d] += 1


@inner
def _most_pairs(length: int) -> int:
    """A run of so many documents gives no more pairs."""
    return length * (LARGEST_RUN // 2 if length <= LARGEST_RUN else HUBS + 1)


@inner
def _agree(signatures: npt.NDArray[np.uint32], a: np.uint64, b: np.uint64, least: int) -> bool:
    equal = 0
    for k in range(signatures.shape[1]):
        equal += np.int64(signatures[a, k] == signatures[b, k])
    return equal >= least


@kernel
def run_pairs(
    keys: npt.NDArray[np.uint64],
    first: int,
    id_bits: int,
    signatures: npt.NDArray[np.uint32],
    least: int,
    out: npt.NDArray[np.uint64],
) -> tuple[int, int]:
    """Pairs of documents with equal keys whose signatures agree in at least ``least`` values.

    ``keys`` are ascending; the search begins at key ``first``, where a run of equal ones does. A pair is
    ``left << 32 | right`` with left < right. Returns where to go on and how many pairs stand in ``out``: it stops
    before a run whose pairs might not fit; room for ``(HUBS + 1) * len(keys) + LARGEST_RUN ** 2`` is enough for any.
    A run of more than ``LARGEST_RUN`` documents gives the pairs of its first ``HUBS`` documents with all, and of
    neighbours: linear in its length, where all pairs would be quadratic.
    """
    shift = np.uint64(id_bits)
    mask = (_1 << shift) - _1
    written = 0
    i = first
    while i < len(keys):
        j = i + 1
        while j < len(keys) and (keys[j] >> shift) == (keys[i] >> shift):
            j += 1
        if written + _most_pairs(j - i) > len(out):
            break
        hubs = j - i if j - i <= LARGEST_RUN else HUBS
        for y in range(i + 1, j):
            for x in range(i, min(y, i + hubs)):
                out[written] = ((keys[x] & mask) << _32) | (keys[y] & mask)
                written += np.int64(_agree(signatures, keys[x] & mask, keys[y] & mask, least))
            if y > i + hubs:
                out[written] = ((keys[y - 1] & mask) << _32) | (keys[y] & mask)
                written += np.int64(_agree(signatures, keys[y - 1] & mask, keys[y] & mask, least))
        i = j
    return i, written
