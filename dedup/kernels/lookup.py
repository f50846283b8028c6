"""Looking a text up in the sorted arrays of a part of an index."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.join import LARGEST_RUN
from dedup.kernels.mixing import STEP, mix

__all__ = ["find_postings", "find_rows", "sketch_keys", "sum_postings"]

_1 = np.uint64(1)
_32 = np.uint64(32)


@kernel
def sketch_keys(signatures: npt.NDArray[np.uint32], first: int, rows: int, out: npt.NDArray[np.uint64]) -> None:
    """A key for each band and signature: a hash of the band's ``rows`` values in 32 bits, behind it the row.

    ``out`` is (bands, signatures); the row is counted from ``first``. O(signatures · bands · rows).
    """
    for band in range(out.shape[0]):
        for i in range(len(signatures)):
            key = np.uint64(band + 1) * STEP
            for k in range(band * rows, (band + 1) * rows):
                key = mix(key ^ np.uint64(signatures[i, k]))
            out[band, i] = ((key >> _32) << _32) | np.uint64(first + i)


@inner
def _lower_bound(keys: npt.NDArray[np.uint64], wanted: np.uint64) -> int:
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low


@kernel
def find_rows(
    keys: npt.NDArray[np.uint64],
    signatures: npt.NDArray[np.uint32],
    wanted: npt.NDArray[np.uint64],
    signature: npt.NDArray[np.uint32],
    least: int,
    out: npt.NDArray[np.int64],
    agreements: npt.NDArray[np.int32],
) -> int:
    """Rows with a key of ``wanted`` (bands, 1) in the same band that agree in at least ``least`` signature values.

    A row is written once for each band that it shares, with its agreement; of rows with one key the first
    ``LARGEST_RUN`` are looked at, which bounds the work and ``out`` (bands · LARGEST_RUN,). Returns how many were
    written. O(bands · log(rows)).
    """
    mask = (_1 << _32) - _1
    written = 0
    for band in range(len(keys)):
        key = wanted[band, 0] >> _32
        i = _lower_bound(keys[band], key << _32)
        last = min(len(keys[band]), i + LARGEST_RUN)
        while i < last and (keys[band, i] >> _32) == key:
            row = np.int64(keys[band, i] & mask)
            equal = 0
            if row < len(signatures):
                for k in range(len(signature)):
                    equal += np.int64(signatures[row, k] == signature[k])
            if equal >= least:
                out[written] = row
                agreements[written] = np.int32(equal)
                written += 1
            i += 1
    return written


@kernel
def find_postings(
    starts: npt.NDArray[np.uint32],
    tails: npt.NDArray[np.integer],
    bucket_bits: int,
    feature_bits: int,
    features: npt.NDArray[np.uint64],
    first: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
) -> None:
    """Where the postings of each feature stand, and how many they are.

    The leading bits of a feature are the number of its bucket: its postings lie from ``starts[bucket]`` to
    ``starts[bucket + 1]``, ascending by ``tails``, the bits behind. O(features · log(bucket)).
    """
    to_bucket = np.uint64(64 - bucket_bits)
    to_tail = np.uint64(64 - feature_bits)
    mask = (_1 << np.uint64(feature_bits - bucket_bits)) - _1
    for f in range(len(features)):
        bucket = np.int64(features[f] >> to_bucket)
        tail = (features[f] >> to_tail) & mask
        low, high = np.int64(starts[bucket]), min(np.int64(starts[bucket + 1]), len(tails))
        last = high
        while low < high:
            middle = (low + high) // 2
            if np.uint64(tails[middle]) < tail:
                low = middle + 1
            else:
                high = middle
        end = low
        while end < last and np.uint64(tails[end]) == tail:
            end += 1
        first[f] = low
        count[f] = end - low


@kernel
def sum_postings(
    rows: npt.NDArray[np.integer],
    first: npt.NDArray[np.int64],
    count: npt.NDArray[np.int64],
    weights: npt.NDArray[np.uint8],
    most: int,
    left_out: npt.NDArray[np.bool_],
    families: npt.NDArray[np.int32],
    seen: npt.NDArray[np.bool_],
    sums: npt.NDArray[np.int32],
    touched: npt.NDArray[np.int32],
) -> int:
    """Add up for each row the weights of the features that it has; returns how many rows are ``touched``.

    Feature f stands in ``rows[first[f]:first[f] + count[f]]``, of which ``most`` are looked at. ``left_out`` (rows,)
    says which rows do not count. ``families`` (rows,) is -1, or the number of a large family, of which a feature counts
    for its first row only: ``seen`` (features, families) is filled with what was met, here and in earlier parts.
    ``sums`` (rows,) begins as zeros. O(postings).
    """
    written = 0
    for f in range(len(first)):
        for i in range(first[f], first[f] + min(count[f], most)):
            row = np.int64(rows[i])
            if row < len(sums) and not left_out[row]:
                family = np.int64(families[row])
                if family < 0 or not seen[f, family]:
                    if family >= 0:
                        seen[f, family] = True
                    if sums[row] == 0:
                        touched[written] = np.int32(row)
                        written += 1
                    sums[row] += np.int32(weights[f])
    return written
