"""Alignment: which candidates stand, and what condensations and sentences in order add to them."""

from __future__ import annotations

import numpy as np

from dedup.kernels.align_candidates import held, keep
from dedup.kernels.align_features import FEATURES, describe, probability
from dedup.kernels.align_links import link_passages
from dedup.kernels.align_segment import condensed, refine
from dedup.kernels.compile import inner
from dedup.kernels.sorting import stable_order

__all__ = ["CONDENSED", "find_condensed", "judge", "release", "settle", "settle_condensed", "settle_links"]

CONDENSED = 2
"""The style of a passage that tells a whole document."""

LINKED = 3
"""The style of a passage of linked sentences."""

CERTAIN = 40
"""Words of an exact run that is a passage whatever the filter makes of it."""

EXACT_FIRST = np.float32(1e6)
"""Added to what an exact run is worth: all of them are settled before other candidates."""

LONGER = 2.5
"""How many times the length of its condensation a document must have."""


@inner
def judge(tools, documents, model, starts, sizes, box, score, style, exact, stand):  # type: ignore[no-untyped-def]
    """Write the figures of a passage to ``tools.features``, ``stand`` passages being settled."""
    describe(tools.search, model, tools.grams, documents, starts, sizes, box, score, style, tools.features)
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
    settled = stand
    worths = np.empty(count, np.float32)
    for k in range(count):
        worths[k] = -np.float32(found.scores[k] + (EXACT_FIRST if found.exact[k] else np.float32(0)))
    for k in stable_order(worths, count):
        if stand == len(kept.boxes):
            break
        box = (found.boxes[k, 0], found.boxes[k, 1], found.boxes[k, 2], found.boxes[k, 3])
        score, style, exact = found.scores[k], np.int64(found.styles[k]), np.int64(found.exact[k])
        if _overlaps(kept, stand, box):
            if held(kept, stand, box):
                continue
            box, score = refine(search, model, tools.grams, documents.gaps, taken, starts, sizes, box, style)
            exact = 0
            if score < settings.least or _overlaps(kept, stand, box):
                continue
        judge(tools, documents, model, starts, sizes, box, score, style, exact, settled)
        chance = probability(trees, tools.features)
        if exact and box[1] - box[0] >= CERTAIN:
            chance = max(chance, 0.99)
        if chance < settings.accept:
            continue
        keep(kept, stand, box, chance, style, exact)
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
        tools.search, model, CONDENSED, tools.grams, documents.gaps, tools.free,
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
            score, style, exact = tools.kept.scores[k], np.int64(tools.kept.styles[k]), np.int64(tools.kept.exact[k])
            keep(tools.kept, stay, (a, b, c, d), score, style, exact)
            stay += 1
        keep(tools.kept, stay, box, chance, CONDENSED, 0)
        stand = stay + 1
        for k in range(stand):
            tools.taken[0, tools.kept.boxes[k, 0] : tools.kept.boxes[k, 1]] = True
            tools.taken[1, tools.kept.boxes[k, 2] : tools.kept.boxes[k, 3]] = True
    return stand


@inner
def settle_links(tools, documents, weights, starts, sizes, stand, settings):  # type: ignore[no-untyped-def]
    """Add passages of linked sentences, in what other passages have left. Returns how many stand."""
    begin, scores = tools.begin, tools.link_scores
    count = link_passages(
        tools.links, tools.grams, documents, starts, sizes, weights, settings, tools.taken, tools.lists, begin, scores
    )
    for k in range(min(count, len(tools.kept.boxes) - stand)):
        keep(tools.kept, stand, (begin[k, 0], begin[k, 1], begin[k, 2], begin[k, 3]), scores[k], LINKED, 0)
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
