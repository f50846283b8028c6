"""Alignment of pairs of documents: anchors, refinement by turns, exact runs, and which passages stand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.align_chain import Chain, chain_passages, new_chain
from dedup.kernels.align_features import FEATURES, describe, probability
from dedup.kernels.align_grams import LEVELS, Grams, new_grams, share_grams
from dedup.kernels.align_segment import HOPELESS, Search, condensed, explain, new_search, refine, worth
from dedup.kernels.align_starts import exact_runs, rare_windows
from dedup.kernels.align_words import passage_kind
from dedup.kernels.compile import inner, kernel

__all__ = [
    "CLOSE",
    "CONDENSED",
    "FIGURES",
    "Documents",
    "Settings",
    "align_documents",
    "find_close",
    "find_condensed",
    "goes_first",
    "judge",
    "new_tools",
    "release",
    "settle",
]


FIGURES = FEATURES + 3
"""What the filter sees: the figures of the passage, whether it is exact, and what others cover of the documents."""

CLOSE = 2
"""Styles of rewriting that keep the words; the next one tells a whole document."""

CONDENSED = 2
"""The style of a passage that tells a whole document."""

CHAIN = 3
"""The style of a passage of sentences in order."""

CERTAIN = 40
"""Words of an exact run that is a passage whatever the filter makes of it."""

LONGER = 2.5
"""How many times the length of its condensation a document must have."""

NEAR = 60
"""Words between two candidates that may be one."""

SEPARATE = 10.0
"""What a passage must be worth beyond the one beside it to stand for itself."""

STARTS = 40
"""Windows from which a passage may grow, and one more for each hundred words."""


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
    sentences : int32 array (t,)
        Number of the sentence within the document, from 0.
    """

    offsets: npt.NDArray[np.int64]
    words: npt.NDArray[np.int32]
    buckets: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.float32]
    gaps: npt.NDArray[np.uint8]
    hashes: npt.NDArray[np.uint64]
    quotations: npt.NDArray[np.int32]
    boilerplate: npt.NDArray[np.bool_]
    sentences: npt.NDArray[np.int32]


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


class Settings(NamedTuple):
    """Limits.

    Attributes
    ----------
    least : float
        Score of a candidate.
    exact : float
        What a refined candidate must be worth beyond the exact run within it to stand in its place.
    window : float
        Weight of a window from which a candidate may grow.
    accept : float
        Probability of a passage.
    order : float
        How far the order of sentences exceeds chance where they make passages.
    """

    least: float
    exact: float
    window: float
    accept: float
    order: float


class Tools(NamedTuple):
    """Scratch of a thread."""

    grams: Grams
    search: Search
    chain: Chain
    found: Found
    kept: Found
    taken: npt.NDArray[np.bool_]
    free: npt.NDArray[np.bool_]
    links: npt.NDArray[np.int32]
    begin: npt.NDArray[np.int32]
    features: npt.NDArray[np.float32]


@inner
def new_tools(longest, vocabulary):  # type: ignore[no-untyped-def]
    """Scratch for documents of up to ``longest`` words out of ``vocabulary`` different ones."""
    limit = STARTS + longest // 100
    return Tools(
        new_grams(longest, vocabulary),
        new_search(longest, LEVELS),
        new_chain(),
        _new_found(limit),
        _new_found(limit),
        np.zeros((2, longest + 1), np.bool_),
        np.zeros((2, longest + 1), np.bool_),
        np.zeros((2, longest + 1), np.int32),
        np.zeros((limit, 4), np.int32),
        np.zeros(FIGURES, np.float32),
    )


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
        for s in range(CLOSE):
            x, y, first = explain(search, model, s, numbers, words, taken, starts[0], sizes[0], 0, a, b, c, d)
            if first < HOPELESS:
                continue
            z, w, second = explain(search, model, s, numbers, words, taken, starts[1], sizes[1], 1, c, d, x, y)
            if first + second > score:
                best, score, style = (x, y, z, w), first + second, s
    if style < 0:
        return best, score, 0
    box, score = refine(search, model, numbers, words, taken, starts, sizes, best, style)
    return box, score, style


@inner
def find_close(tools, documents, model, starts, sizes, settings):  # type: ignore[no-untyped-def]
    """Candidates of the close styles, from exact runs first, then from windows. Returns how many."""
    grams, search, found, begin, links = tools.grams, tools.search, tools.found, tools.begin, tools.links
    words = (documents.buckets, documents.gaps)
    runs = exact_runs(grams.numbers, sizes[0], sizes[1], links[0], links[1], begin)
    count = 0
    for k in range(runs):
        run = (begin[k, 0], begin[k, 1], begin[k, 2], begin[k, 3])
        if _held(found, count, run):
            continue
        box, score, style = _refine_best(
            search, model, grams.numbers, words, tools.taken, starts, sizes, run
        )
        plain = worth(tools.search, model, style, grams.numbers, words, starts, sizes, run)
        exact = plain >= score - settings.exact
        if exact or score > settings.least:
            _keep(found, count, run if exact else box, score, style, exact)
            count += 1
    return _from_windows(tools, documents, model, starts, sizes, settings, count)


@inner
def _from_windows(tools, documents, model, starts, sizes, settings, count):  # type: ignore[no-untyped-def]
    grams, found, begin, links = tools.grams, tools.found, tools.begin, tools.links
    words = (documents.buckets, documents.gaps)
    windows = rare_windows(
        grams, documents.weights, starts[0], starts[1], sizes[0], sizes[1], links[0], links[1], settings.window, len(begin), begin
    )
    for k in range(windows):
        box = (begin[k, 0], begin[k, 1], begin[k, 2], begin[k, 3])
        if count == len(found.boxes):
            break
        if _held(found, count, box):
            continue
        box, score, style = _refine_best(
            tools.search, model, grams.numbers, words, tools.taken, starts, sizes, box
        )
        if score > settings.least and not _held(found, count, box):
            _keep(found, count, box, score, style, False)
            count += 1
    return _merge(tools, documents, model, starts, sizes, count)


@inner
def _merge(tools, documents, model, starts, sizes, count):  # type: ignore[no-untyped-def]
    """Join candidates that stand close on both sides where the whole is worth more than its parts. O(count²)."""
    found = tools.found
    words = (documents.buckets, documents.gaps)
    for k in range(count):
        for other in range(count):
            if other == k or found.exact[k] or found.exact[other] or found.scores[k] < 0 or found.scores[other] < 0:
                continue
            a, b, c, d = found.boxes[k]
            x, y, z, w = found.boxes[other]
            if max(x - b, a - y) > NEAR or max(z - d, c - w) > NEAR:
                continue
            union = (min(a, x), max(b, y), min(c, z), max(d, w))
            box, score = refine(
                tools.search, model, tools.grams.numbers, words, tools.taken, starts, sizes, union, found.styles[k]
            )
            if score > found.scores[k] + found.scores[other] - SEPARATE:
                _keep(found, k, box, score, found.styles[k], False)
                found.scores[other] = -1
    stay = 0
    for k in range(count):
        if found.scores[k] >= 0:
            box = (found.boxes[k, 0], found.boxes[k, 1], found.boxes[k, 2], found.boxes[k, 3])
            _keep(found, stay, box, found.scores[k], found.styles[k], found.exact[k])
            stay += 1
    return stay


@inner
def _keep(found, k, box, score, style, exact):  # type: ignore[no-untyped-def]
    found.boxes[k, 0], found.boxes[k, 1], found.boxes[k, 2], found.boxes[k, 3] = box
    found.scores[k], found.styles[k], found.exact[k] = score, style, exact


@inner
def judge(tools, documents, model, starts, sizes, box, score, style, exact, stand):  # type: ignore[no-untyped-def]
    """Write the figures of a passage to ``tools.features``, ``stand`` passages being settled."""
    describe(
        tools.search, model, tools.grams, documents, starts, sizes, box, score, style, tools.features
    )
    first = second = 0
    for k in range(stand):
        first += tools.kept.boxes[k, 1] - tools.kept.boxes[k, 0]
        second += tools.kept.boxes[k, 3] - tools.kept.boxes[k, 2]
    shares = (np.float32(first) / sizes[0], np.float32(second) / sizes[1])
    tools.features[FEATURES] = exact
    tools.features[FEATURES + 1] = min(shares)
    tools.features[FEATURES + 2] = max(shares)


@inner
def settle(tools, documents, model, trees, starts, sizes, count, stand, settings):  # type: ignore[no-untyped-def]
    """Add candidates to those that stand, by value; what overlaps a better one is sought again in what is left.

    Returns how many stand.
    """
    found, kept, search, taken = tools.found, tools.kept, tools.search, tools.taken
    words = (documents.buckets, documents.gaps)
    settled = stand
    order = np.argsort(-(found.scores[:count] + np.float32(1e6) * found.exact[:count]), kind="mergesort")
    for k in order:
        if stand == len(kept.boxes):
            break
        box = (found.boxes[k, 0], found.boxes[k, 1], found.boxes[k, 2], found.boxes[k, 3])
        score, style, exact = found.scores[k], found.styles[k], found.exact[k]
        if _overlaps(kept, stand, box):
            if _held(kept, stand, box):
                continue
            box, score = refine(search, model, tools.grams.numbers, words, taken, starts, sizes, box, style)
            exact = 0
            if score < settings.least or _overlaps(kept, stand, box):
                continue
        judge(tools, documents, model, starts, sizes, box, score, style, exact, settled)
        chance = probability(trees, tools.features)
        if exact and box[1] - box[0] >= CERTAIN:
            chance = max(chance, 0.99)
        if chance < settings.accept:
            continue
        _keep(kept, stand, box, chance, style, exact)
        stand += 1
        taken[0, box[0] : box[1]] = True
        taken[1, box[2] : box[3]] = True
    return stand


@inner
def find_condensed(tools, documents, model, starts, sizes, side, stand):  # type: ignore[no-untyped-def]
    """The segment of document ``side`` that tells the whole of the other, much longer, document.

    Returns the box and its score, which is below 0 where there is none or exact passages explain it well enough.
    """
    a, b, score = condensed(
        tools.search, model, CONDENSED, tools.grams.numbers, (documents.buckets, documents.gaps), tools.free,
        starts[side], sizes[side], side, sizes[1 - side],
    )  # fmt: skip
    box = (a, b, 0, sizes[1]) if side == 0 else (0, sizes[0], a, b)
    if sizes[1 - side] < LONGER * (b - a):
        return box, np.float32(-1)
    explained = 0
    for k in range(stand):
        low, high = tools.kept.boxes[k, 2 * side], tools.kept.boxes[k, 2 * side + 1]
        if tools.kept.exact[k]:
            explained += max(0, min(high, b) - max(low, a))
    return box, np.float32(-1) if 2 * explained > b - a else score


@inner
def settle_condensed(tools, documents, model, trees, starts, sizes, stand, settings):  # type: ignore[no-untyped-def]
    """Let condensations stand in place of the lesser passages within them. Returns how many stand."""
    for side in range(2):
        box, score = find_condensed(tools, documents, model, starts, sizes, side, stand)
        if score < settings.least:
            continue
        judge(tools, documents, model, starts, sizes, box, score, CONDENSED, 0, stand)
        chance = probability(trees, tools.features)
        if chance < settings.accept:
            continue
        release(tools, stand)
        stay = 0
        for k in range(stand):
            a, b, c, d = tools.kept.boxes[k]
            if (a < box[1] and box[0] < b) and (c < box[3] and box[2] < d):
                continue
            _keep(tools.kept, stay, (a, b, c, d), tools.kept.scores[k], tools.kept.styles[k], tools.kept.exact[k])
            stay += 1
        _keep(tools.kept, stay, box, chance, CONDENSED, 0)
        stand = stay + 1
        for k in range(stand):
            tools.taken[0, tools.kept.boxes[k, 0] : tools.kept.boxes[k, 1]] = True
            tools.taken[1, tools.kept.boxes[k, 2] : tools.kept.boxes[k, 3]] = True
    return stand


@inner
def settle_chain(tools, documents, starts, sizes, stand, settings):  # type: ignore[no-untyped-def]
    """Add passages of sentences in order, in what other passages have left. Returns how many stand."""
    begin = tools.begin
    count, order = chain_passages(
        tools.chain, tools.grams, documents, starts, sizes, tools.links[0], tools.links[1], tools.taken, settings.order, begin
    )
    for k in range(min(count, len(tools.kept.boxes) - stand)):
        _keep(tools.kept, stand, (begin[k, 0], begin[k, 1], begin[k, 2], begin[k, 3]), order, CHAIN, False)
        stand += 1
    return stand


@inner
def release(tools, stand):  # type: ignore[no-untyped-def]
    """Forget which words are taken."""
    for k in range(stand):
        tools.taken[0, tools.kept.boxes[k, 0] : tools.kept.boxes[k, 1]] = False
        tools.taken[1, tools.kept.boxes[k, 2] : tools.kept.boxes[k, 3]] = False


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
def align_documents(documents, model, close, condensed_trees, vocabulary, left, right, settings):  # type: ignore[no-untyped-def]
    """Passages of each pair.

    Parameters
    ----------
    documents : Documents
    model : Model
    close, condensed_trees : Trees
        The filters of close passages and of condensations.
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
            _keep(tools.kept, 0, (0, n, 0, m), 1.0, 0, True)
            stand = 1
        else:
            count = find_close(tools, documents, model, starts, sizes, settings)
            stand = settle(tools, documents, model, close, starts, sizes, count, 0, settings)
            stand = settle_condensed(tools, documents, model, condensed_trees, starts, sizes, stand, settings)
            stand = settle_chain(tools, documents, starts, sizes, stand, settings)
        release(tools, stand)
        if total + stand > len(scores):
            boxes, kinds, scores = _grown(boxes, kinds, scores, 2 * (total + stand))
        for k in range(stand):
            a, b, c, d = tools.kept.boxes[k]
            kinds[total] = passage_kind(tools.search, tools.grams.numbers, documents, starts, (a, b, c, d))
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
