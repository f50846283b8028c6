"""An inverted index of rare features, and the pairs of documents that share many of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel

__all__ = ["mark_lists", "pack_postings", "shared_features", "thin_postings"]

_1 = np.uint64(1)
_8 = np.uint64(8)
_255 = np.uint64(255)
_32 = np.uint64(32)


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
def thin_postings(
    postings: npt.NDArray[np.uint64],
    id_bits: int,
    families: npt.NDArray[np.int64],
    large: npt.NDArray[np.bool_],
    most: int,
    work: npt.NDArray[np.int64],
) -> int:
    """Keep the features of 2 to ``most`` families, in place; returns how many postings are left.

    ``postings`` are ascending, ``families`` has each document's family, a document number, and ``large`` says which
    of these stand for many: of them a feature keeps only the first document. ``work[f]`` grows by the pairs of
    postings of the features in f families. O(postings).
    """
    shift = np.uint64(id_bits)
    mask = (_1 << shift) - _1
    seen = np.full(len(families), -1, np.int64)
    written = 0
    start = 0
    while start < len(postings):
        end = _list_end(postings, start, shift)
        kept = written
        frequency = 0
        for i in range(start, end):
            posting = postings[i]
            family = families[posting & mask]
            first = seen[family] != start
            seen[family] = start
            frequency += np.int64(first)
            postings[kept] = posting
            kept += np.int64(first or not large[family])
        if 2 <= frequency <= most:
            work[frequency] += (kept - written) * (kept - written - 1) // 2
            written = kept
        start = end
    return written


@kernel
def mark_lists(
    postings: npt.NDArray[np.uint64],
    id_bits: int,
    next_free: npt.NDArray[np.int64],
    lists: npt.NDArray[np.int64],
    fill: bool,
) -> None:
    """Find, for each document, where the lists of its shared features go on behind it.

    Called twice: first to count into ``next_free`` (documents,), then, after the caller has summed the counts to
    offsets, to fill ``lists`` with positions in ``postings`` just behind the document's own.
    """
    shift = np.uint64(id_bits)
    mask = (_1 << shift) - _1
    start = 0
    while start < len(postings):
        end = _list_end(postings, start, shift)
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
    families: npt.NDArray[np.int64],
    first: int,
    last: int,
    least: npt.NDArray[np.int32],
    out: npt.NDArray[np.uint64],
) -> tuple[int, int]:
    """Pairs (d, later document of another family) with ``first <= d < last`` whose shared features weigh enough.

    Enough is what ``least`` (documents,) has for one of the two. A pair is ``d << 32 | later document``. Returns the
    next document to do and the number of pairs written: it stops early when ``out`` might overflow; one item for each
    document is room enough to go on. O(pairs of postings).
    """
    shift = np.uint64(id_bits)
    mask = (_1 << shift) - _1
    documents = len(offsets) - 1
    sums = np.zeros(documents, np.int32)
    touched = np.empty(documents, np.int32)
    written = 0
    for d in range(first, last):
        if written + (documents - d) > len(out):
            return d, written
        n = 0
        for k in range(offsets[d], offsets[d + 1]):
            i = lists[k]
            key = postings[i - 1] >> shift
            weight = np.int32(key & _255)
            while i < len(postings) and (postings[i] >> shift) == key:
                other = postings[i] & mask
                if sums[other] == 0:
                    touched[n] = np.int32(other)
                    n += 1
                sums[other] += weight
                i += 1
        for t in range(n):
            other = np.int64(touched[t])
            if sums[other] >= min(least[d], least[other]) and families[other] != families[d]:
                out[written] = (np.uint64(d) << _32) | np.uint64(other)
                written += 1
            sums[other] = np.int32(0)
    return last, written
