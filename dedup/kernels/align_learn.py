"""Alignment: what benchmarks/training/align.py learns from, counted and collected as the aligner itself sees it."""

from __future__ import annotations

import numpy as np

from dedup.kernels.align import goes_first
from dedup.kernels.align_candidates import find_close, new_tools
from dedup.kernels.align_grams import LEVELS, PLENTIES, new_grams, share_grams
from dedup.kernels.align_links import FIGURES as LINK_FIGURES
from dedup.kernels.align_links import link_sentences
from dedup.kernels.align_segment import EDGE, MATCHES, mark_segment, match_types, new_search
from dedup.kernels.align_settle import CONDENSED, find_condensed, judge, release, settle, settle_condensed
from dedup.kernels.compile import kernel

__all__ = ["collect_candidates", "collect_links", "count_matches"]

CONTEXT = 300
RARITIES = 6
GAPS = 7


@kernel
def count_matches(documents, vocabulary, left, right, cases, case_pairs, use):  # type: ignore[no-untyped-def]
    """Count kinds of match beside and inside passages, and gaps anywhere, at starts and at ends."""
    longest = np.max(np.diff(documents.offsets))
    grams, search = new_grams(longest, vocabulary), new_search(longest, LEVELS)
    matches = np.zeros((2, MATCHES, RARITIES * PLENTIES))
    gaps = np.zeros((3, GAPS))
    for k in use:
        pair = case_pairs[k]
        places = (documents.offsets[left[pair]], documents.offsets[right[pair]])
        sizes = (
            documents.offsets[left[pair] + 1] - places[0],
            documents.offsets[right[pair] + 1] - places[1],
        )
        share_grams(grams, documents.words, documents.buckets, places[0], sizes[0], places[1], sizes[1])
        for side in range(2):
            start, end = cases[k, 2 * side], cases[k, 2 * side + 1]
            mark_segment(search, grams, 1 - side, cases[k, 2 - 2 * side], cases[k, 3 - 2 * side])
            low, high = max(0, start - CONTEXT), min(sizes[side], end + CONTEXT)
            match_types(search, grams, side, low, high)
            for i in range(low, high):
                inside = start <= i < end
                elsewhere = False
                for other in range(len(cases)):
                    if case_pairs[other] == pair and cases[other, 2 * side] <= i < cases[other, 2 * side + 1]:
                        elsewhere = True
                if inside or not elsewhere:
                    matches[int(inside), search.types[i], grams.classes[side, i]] += 1
                    gaps[0, documents.gaps[places[side] + i]] += 1
            gaps[1, documents.gaps[places[side] + start]] += 1
            gaps[2, documents.gaps[places[side] + end] if end < sizes[side] else EDGE] += 1
    return matches, gaps


@kernel
def collect_candidates(documents, vocabulary, model, close, left, right, settings, condensed):  # type: ignore[no-untyped-def]
    """Candidates of each pair and their figures: close ones, or condensations beside the close ones that stand."""
    tools = new_tools(np.max(np.diff(documents.offsets)), vocabulary)
    pairs, boxes, figures = [np.int64(0)], [np.zeros(4, np.int32)], [tools.features.copy()]
    for p in range(len(left)):
        start_a, start_b = documents.offsets[left[p]], documents.offsets[right[p]]
        n, m = documents.offsets[left[p] + 1] - start_a, documents.offsets[right[p] + 1] - start_b
        straight = goes_first(documents.hashes, start_a, n, start_b, m)
        if not straight:
            start_a, n, start_b, m = start_b, m, start_a, n
        starts, sizes = (start_a, start_b), (n, m)
        share_grams(tools.grams, documents.words, documents.buckets, start_a, n, start_b, m)
        count = find_close(tools, documents, model, starts, sizes, settings)
        stand = settle(tools, documents, model, close, starts, sizes, count, 0, settings) if condensed else 0
        for k in range(2 if condensed else count):
            if condensed:
                box, score = find_condensed(tools, documents, model, starts, sizes, k, stand)
                style, exact = CONDENSED, 0
            else:
                a, b, c, d = tools.found.boxes[k]
                box, score = (np.int64(a), np.int64(b), np.int64(c), np.int64(d)), tools.found.scores[k]
                style, exact = np.int64(tools.found.styles[k]), np.int64(tools.found.exact[k])
            if score >= settings.least:
                judge(tools, documents, model, starts, sizes, box, score, style, exact, stand)
                first, second = (box[:2], box[2:]) if straight else (box[2:], box[:2])
                pairs.append(p)
                boxes.append(np.array([first[0], first[1], second[0], second[1]], np.int32))
                figures.append(tools.features.copy())
        release(tools, stand)
    return pairs[1:], boxes[1:], figures[1:]


@kernel
def collect_links(documents, model, close, condensed_trees, vocabulary, left, right, settings):  # type: ignore[no-untyped-def]
    """Figures of the links of each pair's left sentences that close passages leave: pair, first and last word of the
    sentence, first and last word of what it is linked with, figures.
    """
    tools = new_tools(np.max(np.diff(documents.offsets)), vocabulary)
    rows = [np.zeros(5 + LINK_FIGURES)]
    for p in range(len(left)):
        starts = (documents.offsets[left[p]], documents.offsets[right[p]])
        sizes = (documents.offsets[left[p] + 1] - starts[0], documents.offsets[right[p] + 1] - starts[1])
        share_grams(tools.grams, documents.words, documents.buckets, starts[0], sizes[0], starts[1], sizes[1])
        count = find_close(tools, documents, model, starts, sizes, settings)
        stand = settle(tools, documents, model, close, starts, sizes, count, 0, settings)
        stand = settle_condensed(tools, documents, model, condensed_trees, starts, sizes, stand, settings)
        links = tools.links
        count, _ = link_sentences(links, tools.grams, documents, starts, sizes, tools.taken, tools.lists, 0)
        release(tools, stand)
        for i in range(count):
            if links.held[0, i]:
                continue
            place = links.places[0, i]
            row = np.zeros(5 + LINK_FIGURES)
            row[0], row[1], row[2] = p, links.first[0, i], links.last[0, i]
            row[3], row[4] = links.first[1, place], links.last[1, place]
            row[5:] = links.figures[0, i]
            rows.append(row)
    return rows[1:]
