"""Alignment of pairs of documents: anchors, refinement by turns, exact runs, and which passages stand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.align_grams import LEVELS, new_grams, share_grams
from dedup.kernels.align_segment import explain, new_search, refine
from dedup.kernels.align_starts import exact_runs, rare_windows
from dedup.kernels.align_words import passage_kind
from dedup.kernels.compile import inner, kernel

__all__ = ["Documents", "align_documents"]


class Documents(NamedTuple):
    """Documents made ready, one behind the other.

    Attributes
    ----------
    offsets : int64 array (d + 1,)
    words : int32 array (t,)
        Number of each token's stem.
    buckets : uint8 array (t,)
        Class of rarity.
    weights : float32 array (t,)
        Idf.
    gaps : uint8 array (t,)
        Class of the gap before the token.
    hashes : uint64 array (t,)
        Of the token itself.
    quotations : int32 array (t,)
        0 outside quotations.
    boilerplate : bool array (t,)
    """

    offsets: npt.NDArray[np.int64]
    words: npt.NDArray[np.int32]
    buckets: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.float32]
    gaps: npt.NDArray[np.uint8]
    hashes: npt.NDArray[np.uint64]
    quotations: npt.NDArray[np.int32]
    boilerplate: npt.NDArray[np.bool_]


class Found(NamedTuple):
    """Passages of one pair while they are sought.

    Attributes
    ----------
    boxes : int32 array (k, 4)
        Start and end in the first, start and end in the second document.
    scores : float32 array (k,)
    styles : uint8 array (k,)
    exact : uint8 array (k,)
    """

    boxes: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]
    styles: npt.NDArray[np.uint8]
    exact: npt.NDArray[np.uint8]


@inner
def _goes_first(hashes, start_a, n, start_b, m):  # type: ignore[no-untyped-def]
    """Whether the left document is the first: the order depends on content alone, so that swapping changes nothing."""
    if n != m:
        return n > m
    for i in range(n):
        if hashes[start_a + i] != hashes[start_b + i]:
            return hashes[start_a + i] > hashes[start_b + i]
    return True


@inner
def _held(found, count, box):  # type: ignore[no-untyped-def]
    x, y = (box[0] + box[1]) // 2, (box[2] + box[3]) // 2
    for k in range(count):
        a, b, c, d = found.boxes[k]
        if a <= x < b and c <= y < d:
            return True
    return False


@inner
def _refine_best(search, model, numbers, words, taken, starts, sizes, box):  # type: ignore[no-untyped-def]
    """Refine from the size of start whose first turn is worth most."""
    best, score, style = box, np.float32(0), -1
    for margin in (0, 30, 90):
        a, b, c, d = box
        c, d = max(0, c - margin), min(sizes[1], d + margin)
        a, b, first, s = explain(search, model, -1, numbers, words, taken, starts[0], sizes[0], 0, a, b, c, d)
        if first <= 0:
            continue
        c, d, second, _ = explain(search, model, s, numbers, words, taken, starts[1], sizes[1], 1, c, d, a, b)
        if second > 0 and first + second > score:
            best, score, style = (a, b, c, d), first + second, s
    if style < 0:
        return best, score, 0
    return refine(search, model, numbers, words, taken, starts, sizes, best, style, 0)


@inner
def _candidates(grams, search, model, documents, taken, starts, sizes, links, begin, found, settings):  # type: ignore[no-untyped-def]
    numbers = grams.numbers
    words = (documents.buckets, documents.gaps)
    limit = len(begin)
    runs = exact_runs(numbers, sizes[0], sizes[1], links[0], links[1], begin)
    count = 0
    for k in range(runs):
        a, b, c, d = begin[k]
        if _held(found, count, (a, b, c, d)):
            continue
        box, score, style = _refine_best(search, model, numbers, words, taken, starts, sizes, (a, b, c, d))
        exact = (b - a) + (d - c) >= settings[1] * ((box[1] - box[0]) + (box[3] - box[2]))
        if exact:
            box = (a, b, c, d)
        if score > settings[0] or exact:
            _keep(found, count, box, score, style, exact)
            count += 1
    windows = rare_windows(
        grams, documents.weights, starts[0], starts[1], sizes[0], sizes[1], links[0], links[1], settings[2], limit, begin
    )
    for k in range(windows):
        a, b, c, d = begin[k]
        if count == len(found.boxes):
            break
        if _held(found, count, (a, b, c, d)):
            continue
        box, score, style = _refine_best(search, model, numbers, words, taken, starts, sizes, (a, b, c, d))
        if score > settings[0] and not _held(found, count, box):
            _keep(found, count, box, score, style, False)
            count += 1
    return count


@inner
def _keep(found, k, box, score, style, exact):  # type: ignore[no-untyped-def]
    found.boxes[k, 0], found.boxes[k, 1], found.boxes[k, 2], found.boxes[k, 3] = box
    found.scores[k], found.styles[k], found.exact[k] = score, style, exact


@inner
def _resolve(search, model, grams, documents, taken, starts, sizes, found, count, kept, settings):  # type: ignore[no-untyped-def]
    """Take candidates by value; what overlaps a better one is sought again in what is left. Returns how many stand."""
    words = (documents.buckets, documents.gaps)
    order = np.argsort(-(found.scores[:count] + np.float32(1e6) * found.exact[:count]), kind="mergesort")
    stand = 0
    for k in order:
        box = (found.boxes[k, 0], found.boxes[k, 1], found.boxes[k, 2], found.boxes[k, 3])
        score, style, exact = found.scores[k], found.styles[k], found.exact[k]
        if _overlaps(kept, stand, box):
            if _held(kept, stand, box):
                continue
            box, score, style = refine(search, model, grams.numbers, words, taken, starts, sizes, box, style, 0)
            exact = 0
            if score < settings[0] or _overlaps(kept, stand, box):
                continue
        _keep(kept, stand, box, score, style, exact)
        stand += 1
        taken[0, box[0] : box[1]] = True
        taken[1, box[2] : box[3]] = True
    for k in range(stand):
        taken[0, kept.boxes[k, 0] : kept.boxes[k, 1]] = False
        taken[1, kept.boxes[k, 2] : kept.boxes[k, 3]] = False
    return stand


@inner
def _overlaps(found, count, box):  # type: ignore[no-untyped-def]
    for k in range(count):
        a, b, c, d = found.boxes[k]
        if (a < box[1] and box[0] < b) or (c < box[3] and box[2] < d):
            return True
    return False


@inner
def _new_found(limit):  # type: ignore[no-untyped-def]
    return Found(
        np.zeros((limit, 4), np.int32), np.zeros(limit, np.float32), np.zeros(limit, np.uint8), np.zeros(limit, np.uint8)
    )


@kernel
def align_documents(documents, model, vocabulary, left, right, settings):  # type: ignore[no-untyped-def]
    """Passages of each pair.

    Parameters
    ----------
    documents : Documents
    model : Model
    vocabulary : int
        One more than the largest number in ``documents.words``.
    left, right : int32 array (p,)
    settings : float64 array (3,)

    Returns
    -------
    offsets : int64 array (p + 1,)
    boxes : int32 array (k, 4)
        Left start, left end, right start, right end, in tokens of the document.
    kinds : uint8 array (k,)
    scores : float64 array (k,)
    """
    longest = 1
    for p in range(len(left)):
        for document in (left[p], right[p]):
            longest = max(longest, documents.offsets[document + 1] - documents.offsets[document])
    limit = 40 + longest // 100
    grams, search = new_grams(longest, vocabulary), new_search(longest, LEVELS)
    found, kept = _new_found(limit), _new_found(limit)
    taken = np.zeros((2, longest + 1), np.bool_)
    links = np.zeros((2, longest + 1), np.int32)
    begin = np.zeros((limit, 4), np.int32)
    offsets = np.zeros(len(left) + 1, np.int64)
    boxes, kinds, scores = np.zeros((64, 4), np.int32), np.zeros(64, np.uint8), np.zeros(64, np.float64)
    total = 0
    for p in range(len(left)):
        start_a, start_b = documents.offsets[left[p]], documents.offsets[right[p]]
        n, m = documents.offsets[left[p] + 1] - start_a, documents.offsets[right[p] + 1] - start_b
        straight = _goes_first(documents.hashes, start_a, n, start_b, m)
        if not straight:
            start_a, n, start_b, m = start_b, m, start_a, n
        share_grams(grams, documents.words, documents.buckets, start_a, n, start_b, m)
        starts, sizes = (start_a, start_b), (n, m)
        count = _candidates(grams, search, model, documents, taken, starts, sizes, links, begin, found, settings)
        stand = _resolve(search, model, grams, documents, taken, starts, sizes, found, count, kept, settings)
        if total + stand > len(scores):
            boxes, kinds, scores = _grown(boxes, kinds, scores, 2 * (total + stand))
        for k in range(stand):
            a, b, c, d = kept.boxes[k]
            kinds[total] = passage_kind(search, grams.numbers, documents, starts, (a, b, c, d))
            scores[total] = kept.scores[k]
            boxes[total, 0], boxes[total, 1], boxes[total, 2], boxes[total, 3] = (
                (a, b, c, d) if straight else (c, d, a, b)
            )
            total += 1
        _sort(boxes, kinds, scores, offsets[p], total)
        offsets[p + 1] = total
    return offsets, boxes[:total], kinds[:total], scores[:total]


@inner
def _grown(boxes, kinds, scores, size):  # type: ignore[no-untyped-def]
    more = np.zeros((size, 4), np.int32)
    more[: len(boxes)] = boxes
    more_kinds, more_scores = np.zeros(size, np.uint8), np.zeros(size, np.float64)
    more_kinds[: len(kinds)] = kinds
    more_scores[: len(scores)] = scores
    return more, more_kinds, more_scores


@inner
def _sort(boxes, kinds, scores, start, end):  # type: ignore[no-untyped-def]
    places = boxes[start:end, 0].astype(np.int64) << 32 | boxes[start:end, 2]
    order = np.argsort(places, kind="mergesort")
    boxes[start:end] = boxes[start:end][order]
    kinds[start:end] = kinds[start:end][order]
    scores[start:end] = scores[start:end][order]
