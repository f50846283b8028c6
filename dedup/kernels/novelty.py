"""Novelty: which names, numbers and quotations of each of two texts the other lacks, and whether shared facts keep
their order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.beats import TOLD
from dedup.kernels.compile import inner, kernel

__all__ = ["NOVELTY_COLUMNS", "FactArrays", "compare_facts", "gather_quotations"]

NOVELTY_COLUMNS = (
    "left_names", "left_new_names", "left_numbers", "left_new_numbers", "left_quotes", "left_new_quotes",
    "left_facts", "left_new_facts", "left_indirect",
    "right_names", "right_new_names", "right_numbers", "right_new_numbers", "right_quotes", "right_new_quotes",
    "right_facts", "right_new_facts", "right_indirect",
    "fact_order", "shared_facts",
)  # fmt: skip
"""What ``compare_facts`` measures of a pair: names and numbers by weight, quotations and facts by count."""

_SIDE = 9
_LEAST_QUOTE = 5
_SHORTEST, _LONGEST = 5, 24
_LONG_NAME = 7
_FAR = 99
_SMALL = 12.0
_ROUNDED_FROM = 20.0
_ROUNDED_BY = 0.06
_COARSE = 0.15
_ROUNDED_FOUND = 0.7


class FactArrays(NamedTuple):
    """The facts of documents: see ``gather_facts`` and ``gather_quotations``; ``terms`` are those of sentences."""

    data: npt.NDArray[np.uint8]
    name_keys: npt.NDArray[np.uint64]
    name_weights: npt.NDArray[np.float32]
    name_places: npt.NDArray[np.int32]
    name_starts: npt.NDArray[np.int64]
    name_ends: npt.NDArray[np.int64]
    name_offsets: npt.NDArray[np.int64]
    number_values: npt.NDArray[np.float64]
    number_digits: npt.NDArray[np.uint8]
    number_places: npt.NDArray[np.int32]
    number_offsets: npt.NDArray[np.int64]
    quote_terms: npt.NDArray[np.uint64]
    quote_weights: npt.NDArray[np.float32]
    quote_starts: npt.NDArray[np.int64]
    quote_offsets: npt.NDArray[np.int64]
    terms: npt.NDArray[np.uint64]
    term_marks: npt.NDArray[np.uint8]
    term_offsets: npt.NDArray[np.int64]


@kernel
def gather_quotations(
    terms: npt.NDArray[np.uint64],
    weights: npt.NDArray[np.float32],
    quotations: npt.NDArray[np.int32],
    boilerplate: npt.NDArray[np.bool_],
    offsets: npt.NDArray[np.int64],
    out_terms: npt.NDArray[np.uint64],
    out_weights: npt.NDArray[np.float32],
    out_starts: npt.NDArray[np.int64],
    out_offsets: npt.NDArray[np.int64],
) -> tuple[int, int]:
    """The terms of each direct quotation of five tokens or more; returns how many terms and quotations there are.

    Quotation q has the terms ``out_starts[q]`` to ``out_starts[q + 1]``; document d the quotations ``out_offsets[d]``
    to ``out_offsets[d + 1]``. O(tokens).
    """
    written, quotes = 0, 0
    out_starts[0] = 0
    out_offsets[0] = 0
    for d in range(len(offsets) - 1):
        i, b = offsets[d], offsets[d + 1]
        while i < b:
            j = i + 1
            while j < b and quotations[j] == quotations[i]:
                j += 1
            if quotations[i] != 0 and j - i >= _LEAST_QUOTE:
                first = written
                for k in range(i, j):
                    if not boilerplate[k] and weights[k] > np.float32(0.0):
                        out_terms[written], out_weights[written] = terms[k], weights[k]
                        written += 1
                if written > first:
                    quotes += 1
                    out_starts[quotes] = written
            i = j
        out_offsets[d + 1] = quotes
    return written, quotes


@inner
def _find(terms: npt.NDArray[np.uint64], a: int, b: int, term: np.uint64) -> int:
    """Where a term begins among the ascending ones from a to b, or −1."""
    end = b
    while a < b:
        middle = (a + b) // 2
        if terms[middle] < term:
            a = middle + 1
        else:
            b = middle
    return a if a < end and terms[a] == term else -1


@inner
def _has(terms: npt.NDArray[np.uint64], a: int, b: int, term: np.uint64) -> bool:
    """Whether a term is among the ascending ones from a to b."""
    return _find(terms, a, b, term) >= 0


@inner
def _told(facts: FactArrays, at: int, end: int) -> bool:
    """Whether the term that begins at a place stands outside quotations somewhere."""
    term = facts.terms[at]
    while at < end and facts.terms[at] == term:
        if facts.term_marks[at] & TOLD != 0:
            return True
        at += 1
    return False


@inner
def _letter(c: np.uint8) -> np.uint8:
    return np.uint8(c | np.uint8(0x20)) if 0x41 <= c <= 0x5A else c


@inner
def _edits(facts: FactArrays, x: int, y: int, row: npt.NDArray[np.int64]) -> int:
    """Edit distance of two names in bytes, or a large number where they are too far apart or too short."""
    n, m = facts.name_ends[x] - facts.name_starts[x], facts.name_ends[y] - facts.name_starts[y]
    least = min(n, m)
    limit = 1 if least < _LONG_NAME else 2
    if least < _SHORTEST or max(n, m) > _LONGEST or abs(n - m) > limit:
        return _FAR
    p, q = facts.name_starts[x], facts.name_starts[y]
    if _letter(facts.data[p]) != _letter(facts.data[q]):
        return _FAR
    for j in range(m + 1):
        row[j] = j
    for i in range(1, n + 1):
        diagonal = row[0]
        row[0] = i
        low = row[0]
        for j in range(1, m + 1):
            step = diagonal + (_letter(facts.data[p + i - 1]) != _letter(facts.data[q + j - 1]))
            diagonal = row[j]
            row[j] = min(step, min(row[j], row[j - 1]) + 1)
            low = min(low, row[j])
        if low > limit:
            return _FAR
    return row[m] if row[m] <= limit else _FAR


@inner
def _match_names(
    facts: FactArrays, a: int, a_end: int, b: int, b_end: int, row: npt.NDArray[np.int64], out: npt.NDArray[np.int64]
) -> None:
    """For each name from a the like one from b: the same, else the one least respelled, or −1."""
    j = b
    for i in range(a, a_end):
        while j < b_end and facts.name_keys[j] < facts.name_keys[i]:
            j += 1
        out[i - a] = -1
        if j < b_end and facts.name_keys[j] == facts.name_keys[i]:
            out[i - a] = j
            continue
        nearest = _FAR
        for k in range(b, b_end):
            distance = _edits(facts, i, k, row)
            if distance < nearest:
                nearest = distance
                out[i - a] = k


@inner
def _number_weight(value: float, digits: np.uint8) -> float:
    if 1900.0 <= value <= 2100.0:
        return 0.6
    if digits >= 3:
        return 1.5
    return 0.3 if digits == 1 and value <= _SMALL else 1.0


@inner
def _number_found(facts: FactArrays, i: int, b: int, b_end: int) -> float:
    """How surely a number stands among others: 1 for the same value, less for one of them rounded."""
    value, digits = facts.number_values[i], facts.number_digits[i]
    found = 0.0
    for j in range(b, b_end):
        other = facts.number_values[j]
        if other == value:
            return 1.0
        top = max(value, other)
        least = min(digits, facts.number_digits[j])
        if top >= _ROUNDED_FROM and abs(value - other) <= (_COARSE if least == 1 else _ROUNDED_BY) * top:
            if digits != facts.number_digits[j] and least <= 2:
                found = _ROUNDED_FOUND
    return found


@inner
def _side_novelty(
    facts: FactArrays, d: int, e: int, matched: npt.NDArray[np.int64], out: npt.NDArray[np.float64]
) -> None:
    """One side's columns: what text d has, and what of it text e lacks."""
    out[:] = 0.0
    terms, terms_end = facts.term_offsets[e], facts.term_offsets[e + 1]
    first = facts.name_offsets[d]
    for i in range(first, facts.name_offsets[d + 1]):
        weight = np.float64(facts.name_weights[i])
        lacks = matched[i - first] < 0 and not _has(facts.terms, terms, terms_end, facts.name_keys[i])
        out[0] += weight
        out[1] += weight if lacks else 0.0
        out[6] += 1.0
        out[7] += lacks
    for i in range(facts.number_offsets[d], facts.number_offsets[d + 1]):
        weight = _number_weight(facts.number_values[i], facts.number_digits[i])
        lack = 1.0 - _number_found(facts, i, facts.number_offsets[e], facts.number_offsets[e + 1])
        out[2] += weight
        out[3] += weight * lack
        out[6] += 1.0
        out[7] += lack > 0.5
    for q in range(facts.quote_offsets[d], facts.quote_offsets[d + 1]):
        total, found, told = 0.0, 0.0, 0.0
        for k in range(facts.quote_starts[q], facts.quote_starts[q + 1]):
            total += facts.quote_weights[k]
            at = _find(facts.terms, terms, terms_end, facts.quote_terms[k])
            if at >= 0:
                found += facts.quote_weights[k]
                told += facts.quote_weights[k] if _told(facts, at, terms_end) else 0.0
        out[4] += 1.0
        out[5] += max(0.0, 1.0 - 2.0 * found / total)
        out[8] += max(0.0, 2.0 * told / total - 1.0)


@inner
def _fact_order(
    facts: FactArrays,
    l: int,
    r: int,
    to_right: npt.NDArray[np.int64],
    to_left: npt.NDArray[np.int64],
    x: npt.NDArray[np.int32],
    y: npt.NDArray[np.int32],
) -> tuple[float, int]:
    """Kendall's τ of the places where shared names and numbers stand first, and how many are shared."""
    n = 0
    a, b = facts.name_offsets[l], facts.name_offsets[r]
    for i in range(a, facts.name_offsets[l + 1]):
        j = to_right[i - a]
        if j >= 0 and to_left[j - b] == i and n < len(x):
            x[n], y[n] = facts.name_places[i], facts.name_places[j]
            n += 1
    j = facts.number_offsets[r]
    for i in range(facts.number_offsets[l], facts.number_offsets[l + 1]):
        while j < facts.number_offsets[r + 1] and facts.number_values[j] < facts.number_values[i]:
            j += 1
        same = j < facts.number_offsets[r + 1] and facts.number_values[j] == facts.number_values[i]
        if same and facts.number_values[i] > _SMALL and n < len(x):
            x[n], y[n] = facts.number_places[i], facts.number_places[j]
            n += 1
    if n < 3:
        return 0.0, n
    balance = 0
    for i in range(n):
        for k in range(i):
            balance += np.sign(x[i] - x[k]) * np.sign(y[i] - y[k])
    return 2.0 * balance / (n * (n - 1)), n


@kernel
def compare_facts(
    facts: FactArrays,
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    most: int,
    out: npt.NDArray[np.float64],
) -> None:
    """What ``NOVELTY_COLUMNS`` names, for each pair; ``out`` is (pairs, len(NOVELTY_COLUMNS)).

    ``most`` is the greatest number of names or numbers of a document. O(facts · facts) a pair. The sides are treated
    alike: swapped input gives the mirrored row exactly.
    """
    to_right, to_left = np.empty(most, np.int64), np.empty(most, np.int64)
    row = np.empty(_LONGEST + 1, np.int64)
    x, y = np.empty(2 * most, np.int32), np.empty(2 * most, np.int32)
    for p in range(len(left)):
        l, r = np.int64(left[p]), np.int64(right[p])
        a, a_end, b, b_end = (
            facts.name_offsets[l], facts.name_offsets[l + 1], facts.name_offsets[r], facts.name_offsets[r + 1]
        )  # fmt: skip
        _match_names(facts, a, a_end, b, b_end, row, to_right)
        _match_names(facts, b, b_end, a, a_end, row, to_left)
        _side_novelty(facts, l, r, to_right, out[p, :_SIDE])
        _side_novelty(facts, r, l, to_left, out[p, _SIDE : 2 * _SIDE])
        out[p, 2 * _SIDE], out[p, 2 * _SIDE + 1] = _fact_order(facts, l, r, to_right, to_left, x, y)
