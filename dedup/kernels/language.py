"""Which language a text is in: a score for each from its commonest words and from the script."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.mixing import STEP
from dedup.kernels.utf8 import decode

__all__ = ["fill_slots", "score_languages"]

_0, _1 = np.uint64(0), np.uint64(1)
_SHIFT = np.uint64(20)


@inner
def _slot(keys: npt.NDArray[np.uint64], slots: npt.NDArray[np.int32], key: np.uint64) -> int:
    mask = np.uint64(len(slots) - 1)
    slot = (key * STEP >> _SHIFT) & mask
    while slots[slot] >= 0 and keys[slots[slot]] != key:
        slot = (slot + _1) & mask
    return np.int64(slot)


@kernel
def fill_slots(keys: npt.NDArray[np.uint64], slots: npt.NDArray[np.int32]) -> None:
    """Make ``slots`` the open-addressed index of distinct ``keys``: their numbers, -1 where empty.

    Its length is a power of two and more than that of ``keys``. Expected O(keys).
    """
    slots[:] = -1
    for i in range(len(keys)):
        slots[_slot(keys, slots, keys[i])] = np.int32(i)


@kernel
def score_languages(
    data: npt.NDArray[np.uint8],
    batch_offsets: npt.NDArray[np.int64],
    hashes: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    first_document: int,
    most: int,
    keys: npt.NDArray[np.uint64],
    slots: npt.NDArray[np.int32],
    key_offsets: npt.NDArray[np.int32],
    key_languages: npt.NDArray[np.int32],
    key_weights: npt.NDArray[np.int32],
    scripts: npt.NDArray[np.int32],
    script_weights: npt.NDArray[np.int32],
    scores: npt.NDArray[np.int64],
) -> None:
    """Score each language for ``len(scores)`` documents from ``first_document`` on, by their first ``most`` tokens.

    Word ``keys[i]`` adds ``key_weights`` to ``key_languages`` from ``key_offsets[i]`` to ``key_offsets[i + 1]``; a
    token whose first character lies in ``scripts[j, 0]`` to ``scripts[j, 1]`` adds ``script_weights[j]`` (scripts,
    languages). ``scores`` is int64 (documents, languages). Expected O(tokens).
    """
    scores[:] = 0
    for row in range(len(scores)):
        d = first_document + row
        begin, end = batch_offsets[d], batch_offsets[d + 1]
        for k in range(offsets[d], min(offsets[d + 1], offsets[d] + most)):
            key = np.int64(slots[_slot(keys, slots, hashes[k])])
            if key >= 0:
                for j in range(key_offsets[key], key_offsets[key + 1]):
                    scores[row, key_languages[j]] += key_weights[j]
            position = begin + np.int64(starts[k])
            if data[position] >= 0xC0:
                code = decode(data, position, end)[0]
                for j in range(len(scripts)):
                    if code >= scripts[j, 0] and code < scripts[j, 1]:
                        for language in range(scores.shape[1]):
                            scores[row, language] += script_weights[j, language]
