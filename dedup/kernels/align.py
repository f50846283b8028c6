"""Alignment of pairs of documents."""

from __future__ import annotations

import numpy as np

from dedup.kernels.align_candidates import find_close, keep, new_tools
from dedup.kernels.align_grams import share_grams
from dedup.kernels.align_settle import release, settle, settle_condensed, settle_links
from dedup.kernels.align_words import passage_kind
from dedup.kernels.compile import inner, kernel

__all__ = ["align_documents", "goes_first"]


@inner
def goes_first(hashes, start_a, n, start_b, m):  # type: ignore[no-untyped-def]
    """Whether the left document is the first: the order depends on content alone, so that swapping changes nothing."""
    if n != m:
        return n > m
    for i in range(n):
        if hashes[start_a + i] != hashes[start_b + i]:
            return hashes[start_a + i] > hashes[start_b + i]
    return True


@inner
def _equal(hashes, start_a, n, start_b, m):  # type: ignore[no-untyped-def]
    if n != m:
        return False
    for i in range(n):
        if hashes[start_a + i] != hashes[start_b + i]:
            return False
    return True


@kernel
def align_documents(documents, model, close, condensed_trees, links, vocabulary, left, right, settings):  # type: ignore[no-untyped-def]
    """Passages of each pair.

    Parameters
    ----------
    documents : Documents
    model : Model
    close, condensed_trees : Trees
        The filters of close passages and of condensations.
    links : float32 array
        Weights of the figures of a link, then what is added.
    vocabulary : int
        One more than the largest number in ``documents.words``.
    left, right : int32 array (p,)
    settings : Settings

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
    tools = new_tools(longest, vocabulary)
    offsets = np.zeros(len(left) + 1, np.int64)
    boxes, kinds, scores = np.zeros((64, 4), np.int32), np.zeros(64, np.uint8), np.zeros(64, np.float64)
    total = 0
    for p in range(len(left)):
        start_a, start_b = documents.offsets[left[p]], documents.offsets[right[p]]
        n, m = documents.offsets[left[p] + 1] - start_a, documents.offsets[right[p] + 1] - start_b
        straight = goes_first(documents.hashes, start_a, n, start_b, m)
        if not straight:
            start_a, n, start_b, m = start_b, m, start_a, n
        starts, sizes = (start_a, start_b), (n, m)
        if n == 0 or m == 0:
            offsets[p + 1] = total
            continue
        share_grams(tools.grams, documents.words, documents.buckets, start_a, n, start_b, m)
        if _equal(documents.hashes, start_a, n, start_b, m):
            keep(tools.kept, 0, (0, n, 0, m), 1.0, 0, 1)
            stand = 1
        else:
            count = find_close(tools, documents, model, starts, sizes, settings)
            stand = settle(tools, documents, model, close, starts, sizes, count, 0, settings)
            stand = settle_condensed(tools, documents, model, condensed_trees, starts, sizes, stand, settings)
            stand = settle_links(tools, documents, links, starts, sizes, stand, settings)
        release(tools, stand)
        if total + stand > len(scores):
            boxes, kinds, scores = _grown(boxes, kinds, scores, 2 * (total + stand))
        for k in range(stand):
            a, b, c, d = tools.kept.boxes[k]
            kinds[total] = passage_kind(tools.search, tools.grams, documents, starts, (a, b, c, d))
            scores[total] = tools.kept.scores[k]
            boxes[total, 0], boxes[total, 1], boxes[total, 2], boxes[total, 3] = (
                (a, b, c, d) if straight else (c, d, a, b)
            )
            total += 1
        _sort(boxes, kinds, scores, offsets[p], total)
        offsets[p + 1] = total
    return offsets, boxes[:total], kinds[:total], scores[:total]


@inner
def _grown(boxes, kinds, scores, size):  # type: ignore[no-untyped-def]
    more, more_kinds, more_scores = np.zeros((size, 4), np.int32), np.zeros(size, np.uint8), np.zeros(size, np.float64)
    for k in range(len(kinds)):
        more_kinds[k], more_scores[k] = kinds[k], scores[k]
        for side in range(4):
            more[k, side] = boxes[k, side]
    return more, more_kinds, more_scores


@inner
def _sort(boxes, kinds, scores, start, end):  # type: ignore[no-untyped-def]
    """Order the k passages ``[start, end)`` by where they begin, on the left and then on the right. O(k²)."""
    for last in range(start + 1, end):
        k = last
        while k > start and (
            boxes[k, 0] < boxes[k - 1, 0] or (boxes[k, 0] == boxes[k - 1, 0] and boxes[k, 2] < boxes[k - 1, 2])
        ):
            kinds[k - 1], kinds[k] = kinds[k], kinds[k - 1]
            scores[k - 1], scores[k] = scores[k], scores[k - 1]
            for side in range(4):
                boxes[k - 1, side], boxes[k, side] = boxes[k, side], boxes[k - 1, side]
            k -= 1
