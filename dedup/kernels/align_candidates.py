"""Alignment: candidates for passages, from exact runs and from windows that share rare words."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.align_features import FIGURES
from dedup.kernels.align_grams import LEVELS, Grams, new_grams
from dedup.kernels.align_links import Links, new_links
from dedup.kernels.align_segment import HOPELESS, Search, explain, new_search, refine
from dedup.kernels.align_starts import exact_runs, rare_windows
from dedup.kernels.compile import inner

__all__ = ["Documents", "Found", "Settings", "Tools", "find_close", "held", "keep", "new_tools"]

CLOSE = 2
"""Styles of rewriting that keep the words; the next one tells a whole document."""

NEAR = 60
"""Words between two candidates that may be one."""

SEPARATE = 10.0
"""What a passage must be worth beyond the one beside it to stand for itself."""

CHAINED = 60
"""Words, on either side, between exact runs of two versions of one text."""

LONG = 2000
"""Words of an exact run that stands as it is: refining it would cost more than it could tell."""

STARTS = 40
"""Windows from which a passage may grow, and one more for each hundred words."""


class Documents(NamedTuple):
    """Documents made ready, one behind the other.

    Attributes
    ----------
    offsets : int64 array (d + 1,)
    words : int32 array (t,)
        Number of each token's stem.
    parts : int32 array (t,)
        Number of the beginning of each longer word, or of a single character; -1 for none.
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
    parts: npt.NDArray[np.int32]
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
        Share of the shorter side of a refined candidate that an exact run must be to stand in its place.
    window : float
        Weight of a window from which a candidate may grow.
    accept : float
        Probability of a passage.
    likely, sure : float
        Probability of a linked sentence with another link beside it, and of one alone.
    linked : float
        Share of the sentences that no passage holds that must be linked for any to count.
    """

    least: float
    exact: float
    window: float
    accept: float
    likely: float
    sure: float
    linked: float


class Tools(NamedTuple):
    """Scratch of a thread."""

    grams: Grams
    search: Search
    links: Links
    found: Found
    kept: Found
    taken: npt.NDArray[np.bool_]
    free: npt.NDArray[np.bool_]
    lists: npt.NDArray[np.int32]
    link_scores: npt.NDArray[np.float32]
    begin: npt.NDArray[np.int32]
    features: npt.NDArray[np.float32]


@inner
def new_tools(longest, vocabulary):  # type: ignore[no-untyped-def]
    """Scratch for documents of up to ``longest`` words out of ``vocabulary`` different ones."""
    limit = STARTS + longest // 100
    return Tools(
        new_grams(longest, vocabulary),
        new_search(longest, LEVELS),
        new_links(),
        _new_found(limit),
        _new_found(limit),
        np.zeros((2, longest + 1), np.bool_),
        np.zeros((2, longest + 1), np.bool_),
        np.zeros((7, longest + 1), np.int32),
        np.zeros(limit, np.float32),
        np.zeros((limit, 4), np.int32),
        np.zeros(FIGURES, np.float32),
    )


@inner
def _new_found(limit):  # type: ignore[no-untyped-def]
    return Found(
        np.zeros((limit, 4), np.int32),
        np.zeros(limit, np.float32),
        np.zeros(limit, np.uint8),
        np.zeros(limit, np.uint8),
    )


@inner
def find_close(tools, documents, model, starts, sizes, settings):  # type: ignore[no-untyped-def]
    """Candidates of the close styles, from exact runs first, then from windows. Returns how many."""
    grams, search, found, begin, lists = tools.grams, tools.search, tools.found, tools.begin, tools.lists
    search.ready[0] = -1
    runs = exact_runs(grams.numbers, sizes[0], sizes[1], lists[0], lists[1], begin)
    count = 0
    for k in range(runs):
        run = (begin[k, 0], begin[k, 1], begin[k, 2], begin[k, 3])
        if held(found, count, run):
            continue
        if run[1] - run[0] >= LONG:
            keep(found, count, run, np.float32(run[1] - run[0]), 0, 1)
            count += 1
            continue
        whole = _chain(begin, k, runs, run, min(sizes))
        box, score, style = _refine_best(search, model, grams, documents.gaps, tools.taken, starts, sizes, whole)
        shorter = min(box[1] - box[0], box[3] - box[2])
        exact = whole == run and run[1] - run[0] >= settings.exact * shorter
        if exact or score > settings.least:
            keep(found, count, run if exact else box, score, style, int(exact))
            count += 1
    return _from_windows(tools, documents, model, starts, sizes, settings, count)


@inner
def _chain(begin, k, runs, run, shorter):  # type: ignore[no-untyped-def]
    """What run ``k`` spans with those that follow it closely on both sides.

    Where that is less than half of the shorter document, they may be passages of their own: the run stands for itself.
    """
    whole = run
    for other in range(k + 1, runs):
        a, b, c, d = begin[other]
        if a - whole[1] > CHAINED:
            break
        if a >= whole[1] and 0 <= c - whole[3] <= CHAINED:
            whole = (whole[0], b, whole[2], d)
    return whole if 2 * (whole[1] - whole[0]) >= shorter else run


@inner
def _refine_best(search, model, grams, gaps, taken, starts, sizes, box):  # type: ignore[no-untyped-def]
    """Refine from the size of start whose first turn is worth most."""
    best, score, style = box, np.float32(0), -1
    a, b, c, d = box[0], box[1], -1, -1
    for margin in (0, 30, 90):
        before = (c, d)
        c, d = max(0, box[2] - margin), min(sizes[1], box[3] + margin)
        if before == (c, d):
            break
        x, y, first = explain(search, model, 0, grams, gaps, taken, starts[0], sizes[0], 0, a, b, c, d)
        turns = ((x, y, first), explain(search, model, 1, grams, gaps, taken, starts[0], sizes[0], 0, a, b, c, d))
        for s in range(CLOSE):
            x, y, first = turns[s]
            if first < HOPELESS:
                continue
            z, w, second = explain(search, model, s, grams, gaps, taken, starts[1], sizes[1], 1, c, d, x, y)
            if first + second > score:
                best, score, style = (x, y, z, w), first + second, s
    if style < 0:
        return best, score, 0
    box, score = refine(search, model, grams, gaps, taken, starts, sizes, best, style)
    return box, score, style


@inner
def _from_windows(tools, documents, model, starts, sizes, settings, count):  # type: ignore[no-untyped-def]
    grams, found, begin, lists = tools.grams, tools.found, tools.begin, tools.lists
    windows = rare_windows(
        grams,
        documents.weights,
        starts[0],
        starts[1],
        sizes[0],
        sizes[1],
        lists[0],
        lists[1],
        settings.window,
        len(begin),
        begin,
    )
    for k in range(windows):
        box = (begin[k, 0], begin[k, 1], begin[k, 2], begin[k, 3])
        if count == len(found.boxes):
            break
        if held(found, count, box):
            continue
        box, score, style = _refine_best(tools.search, model, grams, documents.gaps, tools.taken, starts, sizes, box)
        if score > settings.least and not held(found, count, box):
            keep(found, count, box, score, style, 0)
            count += 1
    return _merge(tools, documents, model, starts, sizes, count)


@inner
def _merge(tools, documents, model, starts, sizes, count):  # type: ignore[no-untyped-def]
    """Join candidates that stand close on both sides where the whole is worth more than its parts. O(count²)."""
    found, gaps = tools.found, documents.gaps
    for k in range(count):
        for other in range(count):
            if other == k or found.exact[k] or found.exact[other] or found.scores[k] < 0 or found.scores[other] < 0:
                continue
            a, b, c, d = found.boxes[k]
            x, y, z, w = found.boxes[other]
            if max(x - b, a - y) > NEAR or max(z - d, c - w) > NEAR:
                continue
            union = (min(a, x), max(b, y), min(c, z), max(d, w))
            style = np.int64(found.styles[k])
            box, score = refine(tools.search, model, tools.grams, gaps, tools.taken, starts, sizes, union, style)
            if score > found.scores[k] + found.scores[other] - SEPARATE:
                keep(found, k, box, score, style, 0)
                found.scores[other] = -1
    stay = 0
    for k in range(count):
        if found.scores[k] >= 0:
            box = (found.boxes[k, 0], found.boxes[k, 1], found.boxes[k, 2], found.boxes[k, 3])
            keep(found, stay, box, found.scores[k], np.int64(found.styles[k]), np.int64(found.exact[k]))
            stay += 1
    return stay


@inner
def held(found, count, box):  # type: ignore[no-untyped-def]
    """Whether the middle of ``box`` lies in one of the first ``count`` boxes. O(count)."""
    x, y = (box[0] + box[1]) // 2, (box[2] + box[3]) // 2
    for k in range(count):
        a, b, c, d = found.boxes[k]
        if a <= x < b and c <= y < d:
            return True
    return False


@inner
def keep(found, k, box, score, style, exact):  # type: ignore[no-untyped-def]
    """Write a passage to row ``k``."""
    found.boxes[k, 0], found.boxes[k, 1], found.boxes[k, 2], found.boxes[k, 3] = box
    found.scores[k], found.styles[k], found.exact[k] = score, style, exact
