"""Token hashes to shingle hashes, sorted sets of them, and samples of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.mixing import STEP, mix, rotate
from dedup.kernels.sorting import sort_unique

__all__ = ["longest_document", "shingle_sets", "shingles_in_order", "shingles_of"]

_1 = np.uint64(1)
_13 = np.uint64(13)
_26 = np.uint64(26)
_TRIPLE = np.uint64(3 * int(STEP) % 2**64)


@inner
def _word_shingles(hashes: npt.NDArray[np.uint64], size: int, out: npt.NDArray[np.uint64]) -> int:
    n = len(hashes) - size + 1
    for i in range(n):
        out[i] = hashes[i]
    for j in range(1, size):
        for i in range(n):
            out[i] = rotate(out[i], _13) ^ hashes[i + j]
    length = np.uint64(size) * STEP
    for i in range(n):
        out[i] = mix(out[i] ^ length)
    return n


@inner
def _triples(hashes: npt.NDArray[np.uint64], out: npt.NDArray[np.uint64]) -> bool:
    """Shingles of three words in one pass; whether there was a single character, which makes them wrong."""
    last = len(hashes) - 2
    bits = hashes[last] | hashes[last + 1]
    for i in range(last):
        bits |= hashes[i]
        out[i] = mix(rotate(hashes[i], _26) ^ rotate(hashes[i + 1], _13) ^ hashes[i + 2] ^ _TRIPLE)
    return (bits & _1) != np.uint64(0)


@inner
def _any_single(hashes: npt.NDArray[np.uint64]) -> bool:
    bits = np.uint64(0)
    for i in range(len(hashes)):
        bits |= hashes[i]
    return (bits & _1) != np.uint64(0)


@inner
def _weighted_shingles(hashes: npt.NDArray[np.uint64], size: int, out: npt.NDArray[np.uint64]) -> int:
    """Each shingle is the shortest run of weight ``2 * size``; a word weighs 2, a single character 1."""
    written = 0
    for i in range(len(hashes)):
        value = np.uint64(0)
        weight = 0
        j = i
        while j < len(hashes) and weight < 2 * size:
            value = rotate(value, _13) ^ hashes[j]
            weight += 2 - np.int64(hashes[j] & _1)
            j += 1
        if weight < 2 * size and i > 0:
            break
        out[written] = mix(value ^ (np.uint64(j - i) * STEP))
        written += 1
    return written


@inner
def shingles_of(hashes: npt.NDArray[np.uint64], size: int, out: npt.NDArray[np.uint64]) -> int:
    """Write the shingles of one document's token hashes in order of the text; returns how many.

    A shingle is ``size`` words, or about ``2 * size`` characters of a script without spaces. A text too short for
    one is one shingle; an empty text has none. O(tokens · size); ``out`` holds at least ``len(hashes)``.
    """
    if len(hashes) == 0:
        return 0
    if size == 3 and len(hashes) >= 3:
        if not _triples(hashes, out):
            return len(hashes) - 2
        return _weighted_shingles(hashes, size, out)
    if _any_single(hashes):
        return _weighted_shingles(hashes, size, out)
    return _word_shingles(hashes, min(size, len(hashes)), out)


@kernel
def shingles_in_order(hashes: npt.NDArray[np.uint64], size: int, out: npt.NDArray[np.uint64]) -> int:
    """Write the shingles of one document as they follow each other in it, repeats included; see ``shingles_of``."""
    return shingles_of(hashes, size, out)


@inner
def longest_document(offsets: npt.NDArray[np.int64]) -> int:
    """Tokens of the longest document."""
    longest = np.int64(0)
    for i in range(len(offsets) - 1):
        longest = max(longest, offsets[i + 1] - offsets[i])
    return longest


@kernel
def shingle_sets(
    hashes: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    documents: npt.NDArray[np.int64],
    size: int,
    limit: np.uint64,
    out: npt.NDArray[np.uint64],
    out_offsets: npt.NDArray[np.int64],
    totals: npt.NDArray[np.int64],
) -> int:
    """The distinct shingles of each of the named documents, ascending; returns how many values stand in ``out``.

    Only shingles up to ``limit`` are kept (the largest uint64 keeps all), while ``totals`` counts all. ``out`` holds
    at least as many values as the documents have tokens, ``out_offsets`` one more than there are documents. O(tokens)
    expected.
    """
    longest = np.int64(0)
    for d in documents:
        longest = max(longest, offsets[d + 1] - offsets[d])
    raw = np.empty(longest, np.uint64)
    unique = np.empty(longest, np.uint64)
    counts = np.empty(min(2 * longest + 2, 1 << 20), np.int32)
    written = 0
    out_offsets[0] = 0
    for i in range(len(documents)):
        d = documents[i]
        n = shingles_of(hashes[offsets[d] : offsets[d + 1]], size, raw)
        n = sort_unique(raw, n, unique, counts)
        totals[i] = n
        for j in range(n):
            if unique[j] > limit:
                break
            out[written] = unique[j]
            written += 1
        out_offsets[i + 1] = written
    return written
