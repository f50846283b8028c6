"""Stems of tokens from a table of words met before."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.intrinsics import load_word
from dedup.kernels.mixing import STEP, mix

__all__ = ["apply_stems", "insert_stems"]

_0, _1 = np.uint64(0), np.uint64(1)
_HIGH_BITS = np.uint64(0x8080808080808080)
_MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


@inner
def _spelling(data: npt.NDArray[np.uint8], start: int, end: int, value: np.uint64) -> np.uint64:
    """Key of a token as it is spelt: its hash if it is ASCII, which has one spelling but for case.

    Tokens that fold to the same form, such as côté and cote, have different stems.
    """
    state = _0
    foreign = _0
    for position in range(start, end, 8):
        word = load_word(data, position) & _MASKS[min(end - position, 8)]
        foreign |= word & _HIGH_BITS
        state = mix(state ^ word) + STEP
    return value if foreign == _0 else mix(state ^ value)


@inner
def _slot(keys: npt.NDArray[np.uint64], key: np.uint64) -> int:
    """Where ``key`` stands in an open-addressed table, or the empty slot where it would."""
    mask = np.uint64(len(keys) - 1)
    slot = (key * STEP >> np.uint64(20)) & mask
    while keys[slot] != _0 and keys[slot] != key:
        slot = (slot + _1) & mask
    return np.int64(slot)


@kernel
def apply_stems(
    data: npt.NDArray[np.uint8],
    batch_offsets: npt.NDArray[np.int64],
    hashes: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    documents: npt.NDArray[np.int64],
    keys: npt.NDArray[np.uint64],
    values: npt.NDArray[np.uint64],
    stems: npt.NDArray[np.uint64],
    missing: npt.NDArray[np.int64],
    missing_keys: npt.NDArray[np.uint64],
) -> int:
    """Write to ``stems`` those of the tokens of ``documents``; returns how many words are not in the table.

    Their tokens stand in ``missing``, their keys in ``missing_keys``, in order of the text; both hold as many items
    as these documents have tokens. ``keys`` is open-addressed, 0 where empty, its length a power of two and never
    full. Single characters are their own stems. Expected O(tokens).
    """
    count = 0
    for d in documents:
        begin = batch_offsets[d]
        for k in range(offsets[d], offsets[d + 1]):
            value = hashes[k]
            stems[k] = value
            if value & _1 != _0:
                continue
            key = _spelling(data, begin + np.int64(starts[k]), begin + np.int64(ends[k]), value)
            slot = _slot(keys, key)
            if keys[slot] == key:
                stems[k] = values[slot]
            else:
                missing[count] = k
                missing_keys[count] = key
                count += 1
    return count


@kernel
def insert_stems(
    keys: npt.NDArray[np.uint64],
    values: npt.NDArray[np.uint64],
    new_keys: npt.NDArray[np.uint64],
    new_values: npt.NDArray[np.uint64],
) -> None:
    """Add words to a table that has room for them. Key 0 stands for an empty slot and is left out."""
    for i in range(len(new_keys)):
        slot = _slot(keys, new_keys[i])
        keys[slot] = new_keys[i]
        values[slot] = new_values[i]
