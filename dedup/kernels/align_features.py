"""Alignment: what tells a passage from a chance likeness, as figures for the filter."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.align_segment import EDGE, mark_segment, match_types
from dedup.kernels.compile import inner

__all__ = ["FEATURES", "FIGURES", "STYLE", "Trees", "describe", "probability"]


class Trees(NamedTuple):
    """Boosted trees, each in preorder: the branch for values up to the limit stands behind its node.

    Attributes
    ----------
    roots : int32 array (trees,)
    splits : int32 array (nodes,)
        The figure a node asks for; -1 for a leaf.
    values : float32 array (nodes,)
        Its limit, or what the leaf adds to the log odds. Node 0 is no node; its value is where the sum begins.
    skips : int32 array (nodes,)
        How far ahead the other branch stands.
    """

    roots: npt.NDArray[np.int32]
    splits: npt.NDArray[np.int32]
    values: npt.NDArray[np.float32]
    skips: npt.NDArray[np.int32]


CONTEXT = 100
STEP = 40
SIDE = 14
BLOCKS = 8

STYLE = 2 * SIDE + 3
"""The place of the style among the figures."""

FEATURES = 2 * SIDE + 6
"""Figures of a passage: SIDE for the side where each is less, SIDE where it is more, and those of the pair."""

FIGURES = FEATURES + 3
"""What the filter sees: the figures of the passage, whether it is exact, and what others cover of the documents."""


@inner
def describe(search, model, grams, documents, starts, sizes, box, score, style, out):  # type: ignore[no-untyped-def]
    """Write the FEATURES of a passage ``box`` (a start, a end, b start, b end) to ``out`` (float32). O(its length)."""
    row = np.zeros((2, SIDE), np.float32)
    for side in range(2):
        start, end = box[2 * side], box[2 * side + 1]
        mark_segment(search, grams, 1 - side, box[2 - 2 * side], box[3 - 2 * side])
        low, high = max(0, start - CONTEXT), min(sizes[side], end + CONTEXT)
        match_types(search, grams, side, low, high)
        _describe_side(search, model, grams, documents, side, starts[side], sizes[side], start, end, style, row[side])
    for k in range(SIDE):
        out[k] = min(row[0, k], row[1, k])
        out[SIDE + k] = max(row[0, k], row[1, k])
    lengths = (np.float32(box[1] - box[0]), np.float32(box[3] - box[2]))
    out[2 * SIDE] = np.log(max(lengths[0], lengths[1]) / min(lengths[0], lengths[1]))
    out[2 * SIDE + 1] = np.log(min(lengths[0], lengths[1]))
    out[2 * SIDE + 2] = min(score, np.float32(400))
    out[STYLE] = style
    unique, ordered = _order(search, grams, box)
    out[2 * SIDE + 4] = np.log(1 + np.float32(unique))
    out[2 * SIDE + 5] = ordered


@inner
def _describe_side(search, model, grams, documents, side, place, size, start, end, style, out):  # type: ignore[no-untyped-def]
    types, counts, words = search.types, grams.counts, grams.numbers[side, 0]
    total, matched, near, points = np.float32(0), np.float32(0), np.float32(0), np.float32(0)
    around, around_matched = np.float32(5), np.float32(1)
    rare, once = np.float32(0), np.float32(0)
    spread, last_block = np.float32(0), -1
    kinds = np.zeros(7, np.float32)
    for i in range(max(0, start - CONTEXT), min(size, end + CONTEXT)):
        weight = max(np.float32(0), documents.weights[place + i] - np.float32(1.5))
        kind = types[i]
        if i < start or i >= end:
            around += weight
            around_matched += weight if kind > 0 else np.float32(0)
            continue
        total += weight
        kinds[kind] += 1
        points += model.match[style, kind, grams.classes[side, i]]
        if kind > 0:
            matched += weight
            near += weight if kind > 1 else np.float32(0)
            if weight > 3:
                often = np.float32(counts[0, words[i]]) * np.float32(counts[1, words[i]])
                rare += weight / (1 + np.float32(0.5) * np.log(often))
                once += 1 if often == 1 else 0
                block = (i - start) * BLOCKS // (end - start)
                spread += 1 if block != last_block else 0
                last_block = block
    length = np.float32(end - start)
    out[0] = points / length
    out[1] = matched / (total + 1)
    out[2] = near / (total + 1)
    out[3] = around_matched / around
    out[4] = out[1] - out[3]
    out[5] = np.log(1 + rare)
    out[6] = rare / length
    out[7] = once / length
    out[8] = kinds[0] / length
    out[9] = (kinds[3] + kinds[4] + kinds[5] + kinds[6]) / length
    out[10] = (kinds[4] + kinds[5] + kinds[6]) / length
    gap = documents.gaps[place + end] if end < size else np.uint8(EDGE)
    out[11] = model.border[style, 0, documents.gaps[place + start]] + model.border[style, 1, gap]
    out[12] = total / length
    out[13] = spread / BLOCKS


@inner
def _order(search, grams, box):  # type: ignore[no-untyped-def]
    """How many words stand once in either document and in the passage, and how far their order agrees."""
    a, b, counts = grams.numbers[0, 0], grams.numbers[1, 0], grams.counts
    unique = steps = forward = 0
    last = -1
    where = search.starts
    for j in range(box[2], box[3]):
        if b[j] >= 0:
            where[b[j]] = j
    for i in range(box[0], box[1]):
        if a[i] < 0 or counts[0, a[i]] != 1 or counts[1, a[i]] != 1:
            continue
        j = where[a[i]]
        if box[2] <= j < box[3] and b[j] == a[i]:
            unique += 1
            if last >= 0:
                steps += 1
                forward += 1 if last < j < last + STEP else 0
            last = j
    return unique, np.float32(forward + 0.5) / np.float32(steps + 1)


@inner
def probability(trees, features):  # type: ignore[no-untyped-def]
    """What the trees make of a passage's ``features`` (float32). O(trees * depth)."""
    total = trees.values[0]
    for tree in range(len(trees.roots)):
        node = trees.roots[tree]
        while trees.splits[node] >= 0:
            node += 1 if features[trees.splits[node]] <= trees.values[node] else trees.skips[node]
        total += trees.values[node]
    return 1 / (1 + np.exp(-np.float64(total)))
