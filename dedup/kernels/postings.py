"""An inverted index of rare features, and the pairs of documents that share many of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel

__all__ = ["FEATURE_BITS", "follow_lists", "scatter_postings", "shared_features", "thin_postings", "unpack_postings"]

FEATURE_BITS = 44
"""Leading bits by which features are told apart, however many documents there are."""

_1 = np.uint64(1)
_8 = np.uint64(8)
_20 = np.uint64(64 - FEATURE_BITS)
_255 = np.uint64(255)
_32 = np.uint64(32)


@kernel
def scatter_postings(
    keys: npt.NDArray[np.uint64],
    offsets: npt.NDArray[np.int64],
    documents: npt.NDArray[np.int64],
    id_bits: int,
    part_bits: int,
    next_free: npt.NDArray[np.int64],
    out: npt.NDArray[np.uint64],
) -> None:
    """A posting for each feature of each document, part after part.

    A key holds a feature in its leading bits and a weight in the last 8. A part has the features with the same
    ``part_bits`` leading bits; a posting is the feature's other bits, the weight, and the document's number in
    ``id_bits``. ``next_free`` (parts,) says where the next posting of each part goes. An empty ``out`` only counts.
    """
    shift = np.uint64(id_bits)
    to_part = np.uint64(FEATURE_BITS - part_bits)
    own_bits = (_1 << to_part) - _1
    for d in range(len(offsets) - 1):
        for i in range(offsets[d], offsets[d + 1]):
            feature = keys[i] >> _20
            part = np.int64(feature >> to_part)
            if len(out) > 0:
                key = ((feature & own_bits) << _8) | (keys[i] & _255)
                out[next_free[part]] = (key << shift) | np.uint64(documents[d])
            next_free[part] += 1


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
    widest: int,
    frequent: npt.NDArray[np.uint64],
    spread: npt.NDArray[np.uint64],
) -> tuple[int, int, int]:
    """Keep the features of 2 to ``most`` families, in place; returns how many postings are left.

    ``postings`` are ascending, ``families`` has each document's family, a document number, and ``large`` says which
    of these stand for many: of them a feature keeps only the first document. ``work[f]`` grows by the pairs of
    postings of the features in f families. Features in more families are written to ``frequent``, those that ``widest``
    families or more have at their head to ``spread``, without the documents' bits; how many is returned as well. There
    is room if ``frequent`` has ``len(postings) // (most + 1)`` items and ``spread`` ``len(postings) // widest``.
    ``most`` is at least 1 and ``widest`` at least 2. O(postings).
    """
    shift = np.uint64(id_bits)
    mask = (_1 << shift) - _1
    seen = np.full(len(families), -1, np.int64)
    written = 0
    n_frequent = 0
    n_spread = 0
    start = 0
    while start < len(postings):
        end = _list_end(postings, start, shift)
        if end == start + 1:
            start = end
            continue
        key = postings[start] >> shift
        kept = written
        frequency = 0
        heads = 0
        for i in range(start, end):
            posting = postings[i]
            document = np.int64(posting & mask)
            family = families[document]
            first = seen[family] != start
            seen[family] = start
            frequency += np.int64(first)
            heads += np.int64(family == document)
            postings[kept] = posting
            kept += np.int64(first or not large[family])
        if heads >= widest:
            spread[n_spread] = key
            n_spread += 1
        if frequency > most:
            frequent[n_frequent] = key
            n_frequent += 1
        elif frequency >= 2:
            work[frequency] += (kept - written) * (kept - written - 1) // 2
            written = kept
        start = end
    return written, n_frequent, n_spread


@kernel
def unpack_postings(
    postings: npt.NDArray[np.uint64],
    id_bits: int,
    documents: npt.NDArray[np.int32],
    weights: npt.NDArray[np.uint8],
) -> None:
    """The document and the weight of each of the ascending ``postings``; the last document of a list as ``-1 - d``."""
    shift = np.uint64(id_bits)
    mask = (_1 << shift) - _1
    for i in range(len(postings)):
        document = np.int32(postings[i] & mask)
        last = i + 1 == len(postings) or (postings[i] >> shift) != (postings[i + 1] >> shift)
        documents[i] = -1 - document if last else document
        weights[i] = np.uint8((postings[i] >> shift) & _255)


@kernel
def follow_lists(
    documents: npt.NDArray[np.int32], next_free: npt.NDArray[np.int64], out: npt.NDArray[np.int64]
) -> None:
    """For each document, where the lists that it stands in go on behind it.

    Called twice: first with an empty ``out`` to count into ``next_free`` (documents,), then, after the caller has
    summed the counts to offsets, to fill ``out`` with positions in ``documents`` just behind the document's own.
    """
    for i in range(len(documents)):
        d = documents[i]
        if d >= 0:
            if len(out) > 0:
                out[next_free[d]] = i + 1
            next_free[d] += 1


@kernel
def shared_features(
    documents: npt.NDArray[np.int32],
    weights: npt.NDArray[np.uint8],
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
    total = len(offsets) - 1
    sums = np.zeros(total, np.int32)
    touched = np.empty(total, np.int32)
    written = 0
    for d in range(first, last):
        if written + (total - d) > len(out):
            return d, written
        n = 0
        for k in range(offsets[d], offsets[d + 1]):
            i = lists[k]
            weight = np.int32(weights[i])
            going_on = True
            while going_on:
                other = np.int64(documents[i])
                if other < 0:
                    other = -1 - other
                    going_on = False
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
