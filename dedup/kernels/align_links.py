"""Alignment: sentences that say the same things, however reworded.

A heavy rewrite shares few phrases, but its sentences follow the other text's, each with some of its fellow's words.
Each sentence of a text is taken as written from one sentence of the other or from none: a hidden Markov model whose
states are the other text's sentences, as in the alignment of words (S. Vogel, H. Ney, C. Tillmann, "HMM-based word
alignment in statistical translation", 1996). A shared word tells by where it stands in the other text, not by how rare
it is, since independent reports of one event share its names but not their places. Both texts are read so; a logistic
regression over what the two readings give, learnt on labelled rewrites, decides which sentences are linked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.align_grams import PARTS, share_words
from dedup.kernels.compile import inner

__all__ = ["FIGURES", "MAX_SENTENCES", "Links", "link_passages", "link_sentences", "new_links"]

MAX_SENTENCES = 200
"""Of longer documents, as many groups of consecutive sentences are compared."""

FIGURES = 11
"""Of a sentence: log odds that it is linked at all, and of the link seen from the other text; sum and minimum of its
neighbours'; how much the order of the sentences explains; log odds of the mean sentence; how much the other text
explains; whether it is the first; log of its words; how sure its place is; how many sentences elsewhere claim it."""

PRESENT = np.array([0.7, 0.5, 0.5, 0.6, 0.68, 0.75, 0.3, 0.4])
"""How often a word that both texts have stands in the linked sentence: by class of rarity, a pair of words, a part."""

TEMPER = np.array([0.49, 0.49, 0.49, 0.49, 0.49, 0.49, 0.7, 0.37])
"""How far each is believed: words are not independent."""

ABSENT = np.array([0.0, 0.15, 0.15, 0.15, 0.15, 0.2])
"""What a word that the other text lacks speaks against a link."""

JUMPS = np.array([[0.15, 0.40, 0.12, 0.04, 0.06, 0.23], [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]])
"""Share of the steps by 0, 1, 2, 3 and -1 sentences, and of those to anywhere; in order, and without any."""

LEAVE, STAY = 0.08, 0.5
"""Share of the sentences behind a linked, and behind an unlinked one, that are not linked."""

BIAS = 1.5
"""What speaks for a link before a word is read."""

MOST = 12.0
PAIR, PART = 6, 7
PLACES = 40
"""A word in more places of the other text than this is left out: the work stays linear."""

BORDER = 4
LEAST = 5
"""Linked sentences of either text without which none count."""

ROWS_BESIDE, COLUMNS_BESIDE = 1, 2
BESIDE = 2
"""Sentences before and behind one that may claim the same place and be no rivals."""


class Links(NamedTuple):
    """Scratch of one pair; the first axis of most is the side whose sentences are the rows.

    Attributes
    ----------
    first, last : int32 array (2, MAX_SENTENCES + 1)
        Where each sentence begins and ends, in words of the document.
    likely : float32 array (2, MAX_SENTENCES, MAX_SENTENCES)
        How much more likely a sentence is if written from one of the other text.
    linked : float32 array (2, MAX_SENTENCES, MAX_SENTENCES)
        Probability of a link.
    work : float32 array (3, MAX_SENTENCES + 2 * BORDER)
    scales : float64 array (MAX_SENTENCES,)
    odds : float32 array (MAX_SENTENCES + 1, 8, PLACES + 1, 2)
        What it speaks for a sentence that it has a word, and that it lacks it, by the number of sentences, by class
        and by how many have it. Of numbers that were met.
    met : bool array (MAX_SENTENCES + 1,)
    figures : float32 array (2, MAX_SENTENCES, FIGURES)
    places : int32 array (2, MAX_SENTENCES)
        The likeliest sentence of the other text.
    chances : float32 array (2, MAX_SENTENCES)
        Probability that the link is right.
    cells : float32 array (MAX_SENTENCES, MAX_SENTENCES)
    held : bool array (2, MAX_SENTENCES)
        Whether other passages hold half of a sentence or more.
    """

    first: npt.NDArray[np.int32]
    last: npt.NDArray[np.int32]
    likely: npt.NDArray[np.float32]
    linked: npt.NDArray[np.float32]
    work: npt.NDArray[np.float32]
    scales: npt.NDArray[np.float64]
    odds: npt.NDArray[np.float32]
    met: npt.NDArray[np.bool_]
    figures: npt.NDArray[np.float32]
    places: npt.NDArray[np.int32]
    chances: npt.NDArray[np.float32]
    cells: npt.NDArray[np.float32]
    held: npt.NDArray[np.bool_]


@inner
def new_links():  # type: ignore[no-untyped-def]
    """Scratch."""
    size = MAX_SENTENCES
    return Links(
        np.zeros((2, size + 1), np.int32),
        np.zeros((2, size + 1), np.int32),
        np.zeros((2, size, size), np.float32),
        np.zeros((2, size, size), np.float32),
        np.zeros((3, size + 2 * BORDER), np.float32),
        np.zeros(size, np.float64),
        np.zeros((size + 1, 8, PLACES + 1, 2), np.float32),
        np.zeros(size + 1, np.bool_),
        np.zeros((2, size, FIGURES), np.float32),
        np.zeros((2, size), np.int32),
        np.zeros((2, size), np.float32),
        np.zeros((size, size), np.float32),
        np.zeros((2, size), np.bool_),
    )


@inner
def _sentences(links, side, documents, place, size, taken, numbers):  # type: ignore[no-untyped-def]
    """Number the sentences of a document, or groups of them, by its words. Returns how many, and how many are free."""
    sentences = documents.sentences
    group = (sentences[place + size - 1] + MAX_SENTENCES) // MAX_SENTENCES
    for i in range(size):
        numbers[i] = sentences[place + i] // group if group > 1 else sentences[place + i]
    count = numbers[size - 1] + 1
    for s in range(count):
        links.last[side, s] = 0
    for i in range(size):
        s = numbers[i]
        if links.last[side, s] == 0:
            links.first[side, s] = i
        links.last[side, s] = i + 1
    free = 0
    for s in range(count):
        held = 0
        for i in range(links.first[side, s], links.last[side, s]):
            held += taken[side, i]
        links.held[side, s] = 2 * held >= links.last[side, s] - links.first[side, s]
        free += not links.held[side, s]
    return count, free


@inner
def _tabulate(links, columns):  # type: ignore[no-untyped-def]
    odds = links.odds[columns]
    if links.met[columns]:
        return
    links.met[columns] = True
    for kind in range(8):
        for often in range(1, min(columns, PLACES) + 1):
            chance = min(often + 0.5, np.float64(columns)) / (columns + 1)
            here = max(PRESENT[kind], chance + 0.1 * (1 - chance))
            odds[kind, often, 0] = TEMPER[kind] * np.log(here / chance)
            odds[kind, often, 1] = TEMPER[kind] * np.log((1 - here) / (1 - chance)) if kind != PAIR else 0.0
            if kind == PAIR and chance >= PRESENT[PAIR]:
                odds[kind, often, 0] = 0.0


@inner
def _weigh(links, side, level, kind, grams, documents, starts, sizes, columns, scratch):  # type: ignore[no-untyped-def]
    """Add what the words, pairs or parts of ``level`` say to ``likely``, and to all of a row to ``scales``, as
    logarithms. O(n + m).
    """
    head, following, tally, seen, often = scratch[0], scratch[1], scratch[2], scratch[3], scratch[6]
    own, others = grams.numbers[side, level], grams.numbers[1 - side, level]
    likely, odds, anywhere = links.likely[side], links.odds[columns], links.scales
    sentences, other_sentences = scratch[4 + side], scratch[5 - side]
    here, size = starts[side], max(sizes[0], sizes[1]) + 1
    head[:size] = -1
    tally[:size] = 0
    seen[:size] = -1
    for j in range(sizes[1 - side] - 1, -1, -1):
        if others[j] >= 0:
            word = np.uint64(others[j])
            later = head[word]
            often[word] = 1 if later < 0 else often[word] + (other_sentences[later] != other_sentences[j])
            following[j] = later
            head[word] = j
            tally[word] += 1
    for i in range(sizes[side]):
        bucket = documents.buckets[here + i]
        if documents.boilerplate[here + i] or (kind == 0 and bucket == 0):
            continue
        row = np.uint64(sentences[i])
        if own[i] < 0:
            if kind != PAIR and own[i] == -1:
                anywhere[row] -= ABSENT[bucket] * TEMPER[kind]
            continue
        word = np.uint64(own[i])
        if tally[word] > PLACES or seen[word] == sentences[i]:
            continue
        seen[word] = sentences[i]
        group = bucket if kind == 0 else kind
        present, absent = odds[group, often[word], 0], odds[group, often[word], 1]
        anywhere[row] += absent
        before, j = -1, head[word]
        while j >= 0:
            column = other_sentences[j]
            if column != before:
                likely[row, np.uint64(column)] += present - absent
            before = column
            j = following[j]


@inner
def _forward(links, side, rows, columns, order):  # type: ignore[no-untyped-def]
    """Fill ``linked`` and ``scales`` from the front; returns how much better than by itself the text is explained,
    in nats for each sentence that no passage holds. O(rows * columns).
    """
    likely, linked, base, aside = links.likely[side], links.linked[side], links.work[0], links.work[1]
    here, ahead, second = np.float32(JUMPS[order, 0]), np.float32(JUMPS[order, 1]), np.float32(JUMPS[order, 2])
    third, behind, free = np.float32(JUMPS[order, 3]), np.float32(JUMPS[order, 4]), np.float32(JUMPS[order, 5])
    enter, leave = np.float32(1 - LEAVE), np.float32(LEAVE)
    back, stay = np.float32(1 - STAY), np.float32(STAY)
    for k in range(BORDER):
        base[k] = base[BORDER + columns + k] = 0
    logs, fresh = 0.0, 0
    for i in range(rows):
        total = np.float32(0)
        if i == 0:
            for j in range(columns):
                start = np.float32(0.5 / columns + (0.5 / 3 if j < 3 else 0.0))
                linked[0, j] = start * enter
                aside[j] = start * leave
        else:
            for j in range(columns):
                base[j + BORDER] = linked[i - 1, j] * enter + aside[j] * back
                total += base[j + BORDER]
            anywhere = free * total / np.float32(columns)
            for j in range(columns):
                aside[j] = linked[i - 1, j] * leave + aside[j] * stay
                linked[i, j] = (
                    here * base[j + 4] + ahead * base[j + 3] + second * base[j + 2] + third * base[j + 1]
                    + behind * base[j + 5] + anywhere
                )  # fmt: skip
        scale = np.float32(0)
        for j in range(columns):
            linked[i, j] *= likely[i, j]
            scale += linked[i, j] + aside[j]
        for j in range(columns):
            linked[i, j] /= scale
            aside[j] /= scale
        links.scales[i] = scale
        if not links.held[side, i]:
            logs += np.log(np.float64(scale) / (STAY if i > 0 else LEAVE))
            fresh += 1
    return logs / max(1, fresh)


@inner
def _backward(links, side, rows, columns):  # type: ignore[no-untyped-def]
    """Make the probabilities of ``linked`` those given the whole text. O(rows * columns)."""
    likely, linked, base = links.likely[side], links.linked[side], links.work[0]
    later, past = links.work[1], links.work[2]
    here, ahead, second = np.float32(JUMPS[0, 0]), np.float32(JUMPS[0, 1]), np.float32(JUMPS[0, 2])
    third, behind, free = np.float32(JUMPS[0, 3]), np.float32(JUMPS[0, 4]), np.float32(JUMPS[0, 5])
    enter, leave = np.float32(1 - LEAVE), np.float32(LEAVE)
    back, stay = np.float32(1 - STAY), np.float32(STAY)
    for k in range(BORDER):
        base[k] = base[BORDER + columns + k] = 0
    for j in range(columns):
        later[j], past[j] = 1, 1
    for i in range(rows - 1, -1, -1):
        total = np.float32(0)
        for j in range(columns):
            linked[i, j] *= later[j]
            base[j + BORDER] = likely[i, j] * later[j]
            total += base[j + BORDER]
        anywhere = free * total / np.float32(columns)
        scale = np.float32(links.scales[i])
        for j in range(columns):
            value = (
                here * base[j + 4] + ahead * base[j + 5] + second * base[j + 6] + third * base[j + 7]
                + behind * base[j + 3] + anywhere
            )  # fmt: skip
            later[j] = (enter * value + leave * past[j]) / scale
            past[j] = (back * value + stay * past[j]) / scale


@inner
def _log_odds(p):  # type: ignore[no-untyped-def]
    p = min(max(np.float64(p), 1e-3), 1 - 1e-3)
    return np.log(p / (1 - p))


@inner
def _describe(links, side, rows, columns, ordered, explained):  # type: ignore[no-untyped-def]
    """Write the FIGURES of each sentence of a side. O(rows * columns)."""
    linked, across, figures, places = links.linked[side], links.linked[1 - side], links.figures[side], links.places
    claims = links.scales
    for j in range(columns):
        claims[j] = 0
    for i in range(rows):
        for j in range(columns):
            claims[j] += linked[i, j]
    mean, fresh = 0.0, 0
    for i in range(rows):
        total, best = 0.0, 0
        for j in range(columns):
            total += linked[i, j]
            if linked[i, j] > linked[i, best]:
                best = j
        places[side, i] = best
        seen = 0.0
        for j in range(max(0, best - 1), min(columns, best + 2)):
            seen += across[j, i]
        if not links.held[side, i]:
            mean += total
            fresh += 1
        figures[i, 0] = _log_odds(total)
        figures[i, 1] = _log_odds(seen)
        figures[i, 9] = linked[i, best] / max(1e-6, total)
        elsewhere = claims[best]
        for k in range(max(0, i - BESIDE), min(rows, i + BESIDE + 1)):
            elsewhere -= linked[k, best]
        figures[i, 10] = np.log1p(max(0.0, elsewhere))
    for i in range(rows):
        before = figures[i - 1, 0] if i > 0 else np.float32(-3)
        behind = figures[i + 1, 0] if i + 1 < rows else np.float32(-3)
        figures[i, 2] = before + behind
        figures[i, 3] = min(before, behind)
        figures[i, 4] = ordered
        figures[i, 5] = _log_odds(mean / max(1, fresh))
        figures[i, 6] = explained
        figures[i, 7] = i == 0
        figures[i, 8] = np.log(np.float64(max(1, links.last[side, i] - links.first[side, i])))


@inner
def link_sentences(links, grams, documents, starts, sizes, taken, scratch, least):  # type: ignore[no-untyped-def]
    """Fill ``figures`` and ``places`` of both sides. Returns the numbers of sentences; 0 where fewer than ``least`` of
    either text are free, and nothing is filled. O(n + m) and the sentences.
    """
    rows, free = _sentences(links, 0, documents, starts[0], sizes[0], taken, scratch[4])
    if free < least:
        return 0, 0
    columns, free = _sentences(links, 1, documents, starts[1], sizes[1], taken, scratch[5])
    if free < least:
        return 0, 0
    share_words(grams, documents.parts, starts[0], sizes[0], starts[1], sizes[1], PARTS)
    counts = (rows, columns)
    ordered = 0.0
    explained = np.zeros(2)
    for side in range(2):
        n, m = counts[side], counts[1 - side]
        likely = links.likely[side]
        for i in range(n):
            links.scales[i] = BIAS
            for j in range(m):
                likely[i, j] = 0
        _tabulate(links, m)
        for level, kind in ((0, 0), (1, PAIR), (PARTS, PART)):
            _weigh(links, side, level, kind, grams, documents, starts, sizes, m, scratch)
        for i in range(n):
            scale = np.float32(links.scales[i])
            usual = np.exp(min(max(scale, np.float32(-MOST)), np.float32(MOST)))
            for j in range(m):
                if likely[i, j] == 0:
                    likely[i, j] = usual
                else:
                    likely[i, j] = np.exp(min(max(likely[i, j] + scale, np.float32(-MOST)), np.float32(MOST)))
        ordered -= 0.5 * _forward(links, side, n, m, 1)
        explained[side] = _forward(links, side, n, m, 0)
        ordered += 0.5 * explained[side]
        _backward(links, side, n, m)
    for side in range(2):
        _describe(links, side, counts[side], counts[1 - side], ordered, explained[side])
    return rows, columns


@inner
def _judge(links, side, rows, weights):  # type: ignore[no-untyped-def]
    """Write the chance of each sentence's link: a logistic regression over its figures."""
    for i in range(rows):
        total = np.float64(weights[FIGURES])
        for k in range(FIGURES):
            total += np.float64(weights[k]) * links.figures[side, i, k]
        links.chances[side, i] = 1 / (1 + np.exp(-total))


@inner
def _mark(links, side, rows, columns, settings):  # type: ignore[no-untyped-def]
    """Mark the cells of likely links that are sure, or have one of the other side's likely links beside them."""
    other = 1 - side
    fresh = marked = 0
    for i in range(rows):
        chance, place = links.chances[side, i], np.int64(links.places[side, i])
        if links.last[side, i] == 0 or links.held[side, i]:
            continue
        fresh += 1
        if chance <= settings.likely or links.held[other, place]:
            continue
        good = chance > settings.sure
        near, far = (ROWS_BESIDE, COLUMNS_BESIDE) if side == 0 else (COLUMNS_BESIDE, ROWS_BESIDE)
        for j in range(max(0, place - far), min(columns, place + far + 1)):
            if links.last[other, j] > 0 and links.chances[other, j] > settings.likely:
                good |= abs(np.int64(links.places[other, j]) - i) <= near
        if good:
            marked += 1
            if side == 0:
                links.cells[i, place] = max(links.cells[i, place], chance)
            else:
                links.cells[place, i] = max(links.cells[place, i], chance)
    return marked >= LEAST and marked >= settings.linked * fresh


@inner
def link_passages(links, grams, documents, starts, sizes, weights, settings, taken, scratch, boxes, scores):  # type: ignore[no-untyped-def]
    """Passages of linked sentences, of words that no passage holds.

    Writes (a start, a end, b start, b end) to ``boxes`` (int32 (k, 4)) and the mean chance of their links to
    ``scores``. Returns how many. O(n + m) and the pairs of sentences.
    """
    rows, columns = link_sentences(links, grams, documents, starts, sizes, taken, scratch, LEAST)
    if rows == 0:
        return 0
    _judge(links, 0, rows, weights)
    _judge(links, 1, columns, weights)
    cells = links.cells
    for i in range(rows):
        for j in range(columns):
            cells[i, j] = 0
    first = _mark(links, 0, rows, columns, settings)
    if not (_mark(links, 1, columns, rows, settings) and first):
        return 0
    count = 0
    for i in range(rows):
        for j in range(columns):
            if cells[i, j] > 0:
                at = count
                for k in range(count - 1, -1, -1):
                    if (
                        boxes[k, 0] - ROWS_BESIDE <= i <= boxes[k, 1] + ROWS_BESIDE
                        and boxes[k, 2] - COLUMNS_BESIDE <= j <= boxes[k, 3] + COLUMNS_BESIDE
                    ):
                        at = k
                if at == len(boxes):
                    continue
                if at == count:
                    boxes[at, 0], boxes[at, 1], boxes[at, 2], boxes[at, 3] = i, i, j, j
                    scores[at] = cells[i, j]
                    count += 1
                    continue
                boxes[at, 0], boxes[at, 1] = min(boxes[at, 0], i), max(boxes[at, 1], i)
                boxes[at, 2], boxes[at, 3] = min(boxes[at, 2], j), max(boxes[at, 3], j)
                scores[at] = max(scores[at], cells[i, j])
    for k in range(count):
        for side in range(2):
            start, end = links.first[side, boxes[k, 2 * side]], links.last[side, boxes[k, 2 * side + 1]]
            while start < end - 1 and taken[side, start]:
                start += 1
            while end - 1 > start and taken[side, end - 1]:
                end -= 1
            boxes[k, 2 * side], boxes[k, 2 * side + 1] = start, end
    return count
