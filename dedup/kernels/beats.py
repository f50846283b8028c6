"""Beats in order: do the sentences of two texts say the same things in the same order, more than chance has it?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.chains import UNMATCHED, chain_and_chance, new_room
from dedup.kernels.compile import inner, kernel
from dedup.kernels.sorting import stable_order

__all__ = ["COLUMNS", "MAX_SENTENCES", "NAME", "NUMBER", "TOLD", "chain_beats", "sentence_entries"]

MAX_SENTENCES = 200
"""Longer texts are cut into this many groups of consecutive sentences."""

COLUMNS = (
    "left_chain", "left_chance", "right_chain", "right_chance", "left_anchors", "right_anchors",
    "left_sentences", "right_sentences", "matched_facts", "agreed_facts",
    "left_extra_numbers", "left_extra_names", "right_extra_numbers", "right_extra_names",
    "sentence_order", "ordered_sentences", "left_known", "right_known", "shared_words",
)  # fmt: skip
"""What ``chain_beats`` measures of a pair, in the order of its columns."""

NAME = np.uint8(1)
NUMBER = np.uint8(2)
TOLD = np.uint8(4)
"""Marks of a token: part of a name, beginning of a number, in the writer's own words."""

_LEAST_GAIN = 6.0
_GAIN_SHARE = 0.2
_ANCHOR = 8.0
_TELLING = 8.0
_RARE_WORD, _COMMON_WORD = 2.5, 1.5


@kernel
def sentence_entries(
    terms: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.float32],
    facts: npt.NDArray[np.uint8],
    sentences: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    out_terms: npt.NDArray[np.uint64],
    out_weights: npt.NDArray[np.float32],
    out_facts: npt.NDArray[np.uint8],
    out_sentences: npt.NDArray[np.int16],
    out_offsets: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int32],
) -> int:
    """The distinct (term, sentence) of each document, ascending, terms of no weight left out.

    ``counts`` (documents,) gets the number of sentences, at most ``MAX_SENTENCES``. O(n log n) in a document's
    tokens. Returns how many entries are written.
    """
    written = 0
    out_offsets[0] = 0
    for d in range(len(offsets) - 1):
        a, b = offsets[d], offsets[d + 1]
        total = np.int64(sentences[b - 1]) + 1 if b > a else 0
        group = max(1, (total + MAX_SENTENCES - 1) // MAX_SENTENCES)
        counts[d] = np.int32((total + group - 1) // group)
        order = stable_order(terms[a:b], b - a)
        first = written
        for k in range(b - a):
            i = a + order[k]
            if weights[i] <= np.float32(0.0):
                continue
            sentence = np.int16(np.int64(sentences[i]) // group)
            if written > first and out_terms[written - 1] == terms[i] and out_sentences[written - 1] == sentence:
                out_facts[written - 1] |= facts[i]
                continue
            out_terms[written] = terms[i]
            out_weights[written] = weights[i]
            out_facts[written] = facts[i]
            out_sentences[written] = sentence
            written += 1
        out_offsets[d + 1] = written
    return written


@inner
def _run_end(terms: npt.NDArray[np.uint64], start: int, end: int) -> int:
    i = start + 1
    while i < end and terms[i] == terms[start]:
        i += 1
    return i


@inner
def _similarities(
    terms: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.float32],
    sentences: npt.NDArray[np.int16],
    a: int,
    a_end: int,
    b: int,
    b_end: int,
    out: npt.NDArray[np.float64],
) -> None:
    """Σ weight / √(sentences of the text that hold the term), over shared terms, for each pair of sentences."""
    while a < a_end and b < b_end:
        if terms[a] < terms[b]:
            a += 1
        elif terms[b] < terms[a]:
            b += 1
        else:
            x, y = _run_end(terms, a, a_end), _run_end(terms, b, b_end)
            value = min(np.float64(weights[a]), np.float64(weights[b])) / np.sqrt(max(x - a, y - b))
            for i in range(a, x):
                for j in range(b, y):
                    out[sentences[i], sentences[j]] += value
            a, b = x, y


@inner
def _sentence_weights(
    weights: npt.NDArray[np.float32], sentences: npt.NDArray[np.int16], a: int, b: int, out: npt.NDArray[np.float64]
) -> None:
    out[:] = 0.0
    for i in range(a, b):
        out[sentences[i]] += weights[i]


@inner
def _count_facts(
    terms: npt.NDArray[np.uint64],
    facts: npt.NDArray[np.uint8],
    sentences: npt.NDArray[np.int16],
    a: int,
    a_end: int,
    b: int,
    b_end: int,
    chain: npt.NDArray[np.int16],
    out: npt.NDArray[np.float64],
) -> None:
    """Facts (names and numbers) of the first text in matched sentences: all, agreed, and numbers and names that the
    other lacks.
    """
    out[:] = 0.0
    while a < a_end:
        while b < b_end and terms[b] < terms[a]:
            b += 1
        x = _run_end(terms, a, a_end)
        y = b
        while y < b_end and terms[y] == terms[a]:
            y += 1
        kind = np.uint8(0)
        matched = False
        agreed = False
        for i in range(a, x):
            kind |= facts[i]
            at = np.int64(chain[sentences[i]])
            if facts[i] & (NAME | NUMBER) != 0 and at >= 0:
                matched = True
                for j in range(b, y):
                    agreed |= abs(np.int64(sentences[j]) - at) <= 1
        if matched:
            out[0] += 1.0
            out[1] += agreed
            if y == b:
                out[2 if kind & NUMBER else 3] += 1.0
        a = x


@inner
def _joint_marks(facts: npt.NDArray[np.uint8], a: int, b: int) -> np.uint8:
    marks = np.uint8(0)
    for i in range(a, b):
        marks |= facts[i]
    return marks


@inner
def _words_in_common(
    terms: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.float32],
    facts: npt.NDArray[np.uint8],
    a: int,
    a_end: int,
    b: int,
    b_end: int,
) -> tuple[float, float, float]:
    """Share of the weight of each text's terms that the other has, and the weight of rare words that both tell.

    Such a word stands outside quotations in both, and is no name or number in one of them at least.
    """
    left, right, shared, words = 0.0, 0.0, 0.0, 0.0
    while a < a_end or b < b_end:
        if b == b_end or (a < a_end and terms[a] < terms[b]):
            left += np.float64(weights[a])
            a = _run_end(terms, a, a_end)
        elif a == a_end or terms[b] < terms[a]:
            right += np.float64(weights[b])
            b = _run_end(terms, b, b_end)
        else:
            x, y = _run_end(terms, a, a_end), _run_end(terms, b, b_end)
            weight = min(np.float64(weights[a]), np.float64(weights[b]))
            left += np.float64(weights[a])
            right += np.float64(weights[b])
            shared += weight
            both = _joint_marks(facts, a, x) & _joint_marks(facts, b, y)
            if both & TOLD != 0 and both & (NAME | NUMBER) == 0 and weight > _RARE_WORD:
                words += weight - _COMMON_WORD
            a, b = x, y
    return shared / left if left > 0.0 else 0.0, shared / right if right > 0.0 else 0.0, words


@inner
def _places(
    similar: npt.NDArray[np.float64],
    telling: npt.NDArray[np.float64],
    rows: npt.NDArray[np.int64],
    places: npt.NDArray[np.int64],
) -> int:
    """For each row of enough weight the column whose surroundings are most like it; returns how many there are.

    A column counts with half of each neighbour.
    """
    n, m = similar.shape
    kept = 0
    for i in range(n):
        if telling[i] < _TELLING:
            continue
        best, at = 0.0, -1
        for j in range(m):
            value = similar[i, j]
            if j > 0:
                value += 0.5 * similar[i, j - 1]
            if j + 1 < m:
                value += 0.5 * similar[i, j + 1]
            if value > best:
                best, at = value, j
        if at >= 0:
            rows[kept], places[kept] = i, at
            kept += 1
    return kept


@inner
def _anchored(gains: npt.NDArray[np.float64]) -> int:
    """How many rows have a likeness that anchors them."""
    count = 0
    for i in range(gains.shape[0]):
        most = -1.0
        for j in range(gains.shape[1]):
            most = max(most, gains[i, j])
        count += most >= _ANCHOR
    return count


@inner
def _rank_correlation(x: npt.NDArray[np.int64], y: npt.NDArray[np.int64]) -> float:
    """Kendall's τ-a, times √n: how surely two orders agree."""
    n = len(x)
    if n < 3:
        return 0.0
    balance = 0
    for i in range(n):
        for k in range(i):
            balance += np.sign(x[i] - x[k]) * np.sign(y[i] - y[k])
    return 2.0 * balance / (n * (n - 1)) * np.sqrt(n)


@inner
def _telling(
    terms: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.float32],
    sentences: npt.NDArray[np.int16],
    a: int,
    b: int,
    out: npt.NDArray[np.float64],
) -> None:
    """Weight of each sentence, a term's shared among the sentences that hold it as √n."""
    out[:] = 0.0
    while a < b:
        end = _run_end(terms, a, b)
        for i in range(a, end):
            out[sentences[i]] += np.float64(weights[i]) / np.sqrt(end - a)
        a = end


@kernel
def chain_beats(
    terms: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.float32],
    facts: npt.NDArray[np.uint8],
    sentences: npt.NDArray[np.int16],
    offsets: npt.NDArray[np.int64],
    counts: npt.NDArray[np.int32],
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    out: npt.NDArray[np.float64],
) -> None:
    """What ``COLUMNS`` names, for each pair; ``out`` is (pairs, len(COLUMNS)).

    The other arrays are those of ``sentence_entries``. O(sentences · sentences) a pair, times the shuffles, with at
    most ``MAX_SENTENCES`` a text. The sides are treated alike: swapped input gives the mirrored row exactly.
    """
    size = MAX_SENTENCES
    similar = np.zeros((size, size))
    mirrored = np.zeros((size, size))
    parent = np.empty((size, size), np.int16)
    best, carried = np.empty(size), np.empty(size)
    rows, places = np.empty(size, np.int64), np.empty(size, np.int64)
    own, other = np.empty(size), np.empty(size)
    left_chain, right_chain = np.empty(size, np.int16), np.empty(size, np.int16)
    tally = np.empty(4)
    room = new_room(size)
    for p in range(len(left)):
        l, r = left[p], right[p]
        a, a_end, b, b_end = offsets[l], offsets[l + 1], offsets[r], offsets[r + 1]
        n, m = np.int64(counts[l]), np.int64(counts[r])
        gains = similar[:n, :m]
        gains[:] = 0.0
        _similarities(terms, weights, sentences, a, a_end, b, b_end, gains)
        _telling(terms, weights, sentences, a, a_end, own[:n])
        _telling(terms, weights, sentences, b, b_end, other[:m])
        kept = _places(gains, own[:n], rows, places)
        forth = _rank_correlation(rows[:kept], places[:kept])
        kept_back = _places(gains.T, other[:m], rows, places)
        back = _rank_correlation(rows[:kept_back], places[:kept_back])
        _sentence_weights(weights, sentences, a, a_end, own[:n])
        _sentence_weights(weights, sentences, b, b_end, other[:m])
        row = out[p]
        row[:] = 0.0
        row[6], row[7] = n, m
        row[14], row[15] = (forth + back) / 2.0, min(kept, kept_back)
        row[4], row[5] = _anchored(gains), _anchored(gains.T)
        for i in range(n):
            for j in range(m):
                gain = gains[i, j] - max(_LEAST_GAIN, _GAIN_SHARE * min(own[i], other[j]))
                gains[i, j] = gain + 0.5 if gain > 0.0 else 0.0
                mirrored[j, i] = gains[i, j]
        row[0], row[1] = chain_and_chance(gains, own[:n], best[:m], carried[:m], parent[:n, :m], left_chain, room)
        row[2], row[3] = chain_and_chance(
            mirrored[:m, :n], other[:m], best[:n], carried[:n], parent[:m, :n], right_chain, room
        )
        if row[0] <= 0.0:
            left_chain[:n] = UNMATCHED
        if row[2] <= 0.0:
            right_chain[:m] = UNMATCHED
        _count_facts(terms, facts, sentences, a, a_end, b, b_end, left_chain, tally)
        row[8], row[9], row[10], row[11] = tally
        _count_facts(terms, facts, sentences, b, b_end, a, a_end, right_chain, tally)
        row[8] += tally[0]
        row[9] += tally[1]
        row[12], row[13] = tally[2], tally[3]
        row[16], row[17], row[18] = _words_in_common(terms, weights, facts, a, a_end, b, b_end)
