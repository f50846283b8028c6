"""An inverted index of rare features, and the pairs of documents that share many of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel

__all__ = ["count_frequencies", "mark_lists", "pack_postings", "shared_features"]

_1 = np.uint64(1)
_8 = np.uint64(8)
_255 = np.uint64(255)


@kernel
def pack_postings(
    features: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    id_bits: int,
    out: npt.NDArray[np.uint64],
) -> None:
    """A posting for each feature of each document: the feature's leading bits, its weight in 8 bits, the document."""
    shift = np.uint64(id_bits)
    mask = (_1 << (shift + _8)) - _1
    for d in range(len(offsets) - 1):
        for i in range(offsets[d], offsets[d + 1]):
            out[i] = (features[i] & ~mask) | (np.uint64(weights[i]) << shift) | np.uint64(d)


@inner
def _list_end(postings: npt.NDArray[np.uint64], start: int, shift: np.uint64) -> int:
    end = start + 1
    while end < len(postings) and (postings[end] >> shift) == (postings[start] >> shift):
        end += 1
    return end


@kernel
def count_frequencies(postings: npt.NDArray[np.uint64], id_bits: int, out: npt.NDArray[np.int64]) -> None:
    """``out[f]`` features stand in exactly f documents; the last item counts those in as many or more."""
    start = 0
    while start < len(postings):
        end = _list_end(postings, start, np.uint64(id_bits))
        out[min(end - start, len(out) - 1)] += 1
        start = end


@kernel
def mark_lists(
    postings: npt.NDArray[np.uint64],
    id_bits: int,
    cap: int,
    next_free: npt.NDArray[np.int64],
    lists: npt.NDArray[np.int64],
    fill: bool,
) -> None:
    """Find, for each document, where the lists of its shared features of frequency ≤ ``cap`` go on behind it.

    Called twice: first to count into ``next_free`` (documents,), then, after the caller has summed the counts to
    offsets, to fill ``lists`` with positions in ``postings`` just behind the document's own.
    """
    shift = np.uint64(id_bits)
    mask = (_1 << shift) - _1
    start = 0
    while start < len(postings):
        end = _list_end(postings, start, shift)
        if end - start <= cap:
            for i in range(start, end - 1):
                d = postings[i] & mask
                if fill:
                    lists[next_free[d]] = i + 1
                next_free[d] += 1
        start = end


@kernel
def shared_features(
    postings: npt.NDArray[np.uint64],
    id_bits: int,
    lists: npt.NDArray[np.int64],
    offsets: npt.NDArray[np.int64],
    first: int,
    last: int,
    least: int,
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    score: npt.NDArray[np.int32],
    shared: npt.NDArray[np.int32],
) -> tuple[int, int]:
    """Pairs (d, later document) with d in ``first <= d < last`` whose shared features weigh at least ``least``.

    Returns the next document to do and the number of pairs written: it stops early
    when the outputs might overflow. The work is the number of shared postings, at most (cap − 1) / 2 a posting.
    """
    shift = np.uint64(id_bits)
    mask = (_1 << shift) - _1
    documents = len(offsets) - 1
    sums = np.zeros(documents, np.int32)
    counts = np.zeros(documents, np.int32)
    touched = np.empty(documents, np.int32)
    written = 0
    for d in range(first, last):
        if written + (documents - d) > len(left):
            return d, written
        n = 0
        for k in range(offsets[d], offsets[d + 1]):
            i = lists[k]
            key = postings[i - 1] >> shift
            weight = np.int32(key & _255)
            while i < len(postings) and (postings[i] >> shift) == key:
                other = postings[i] & mask
                if counts[other] == 0:
                    touched[n] = np.int32(other)
                    n += 1
                sums[other] += weight
                counts[other] += np.int32(1)
                i += 1
        for t in range(n):
            other = np.int64(touched[t])
            if sums[other] >= least:
                left[written] = np.int32(d)
                right[written] = np.int32(other)
                score[written] = sums[other]
                shared[written] = counts[other]
                written += 1
            sums[other] = np.int32(0)
            counts[other] = np.int32(0)
    return last, written
