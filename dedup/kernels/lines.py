"""Lines of documents: their fingerprints, and tokens that stand in repeated ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import kernel
from dedup.kernels.mixing import STEP, mix, rotate

__all__ = ["document_fingerprints", "line_fingerprints", "mark_tokens", "shared_tokens"]

_13 = np.uint64(13)


@kernel
def document_fingerprints(
    hashes: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], out: npt.NDArray[np.uint64]
) -> None:
    """Two independent 64-bit hashes of each document's token sequence; ``out`` is (documents, 2)."""
    for d in range(len(offsets) - 1):
        first = np.uint64(offsets[d + 1] - offsets[d])
        second = STEP
        for i in range(offsets[d], offsets[d + 1]):
            first = mix(rotate(first, _13) ^ hashes[i])
            second = mix(second + hashes[i])
        out[d, 0] = first
        out[d, 1] = second


@kernel
def line_fingerprints(
    hashes: npt.NDArray[np.uint64],
    lines: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    fingerprints: npt.NDArray[np.uint64],
    lengths: npt.NDArray[np.int32],
    out_offsets: npt.NDArray[np.int64],
) -> int:
    """A hash and a number of tokens for each line that has tokens; returns how many. O(tokens)."""
    written = 0
    out_offsets[0] = 0
    for d in range(len(offsets) - 1):
        i = offsets[d]
        while i < offsets[d + 1]:
            value = STEP
            j = i
            while j < offsets[d + 1] and lines[j] == lines[i]:
                value = rotate(value, _13) ^ hashes[j]
                value = mix(value)
                j += 1
            fingerprints[written] = value
            lengths[written] = np.int32(j - i)
            written += 1
            i = j
        out_offsets[d + 1] = written
    return written


@kernel
def mark_tokens(marked: npt.NDArray[np.bool_], lengths: npt.NDArray[np.int32], out: npt.NDArray[np.bool_]) -> None:
    """Spread a mark of each line over its tokens; lines follow one another as ``line_fingerprints`` has them."""
    at = 0
    for line in range(len(marked)):
        for _ in range(lengths[line]):
            out[at] = marked[line]
            at += 1


@kernel
def shared_tokens(
    fingerprints: npt.NDArray[np.uint64],
    lengths: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    left: int,
    right: int,
) -> int:
    """Tokens in lines that both documents have; lines are ascending by fingerprint within a document."""
    i, i_end = offsets[left], offsets[left + 1]
    j, j_end = offsets[right], offsets[right + 1]
    total = 0
    while i < i_end and j < j_end:
        if fingerprints[i] == fingerprints[j]:
            total += np.int64(lengths[i])
            i += 1
            j += 1
        elif fingerprints[i] < fingerprints[j]:
            i += 1
        else:
            j += 1
    return total
