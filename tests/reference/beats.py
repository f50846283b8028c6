"""Facts and order by the book: plain lists, dictionaries and Python numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence


def edit_distance(left: bytes, right: bytes) -> int:
    """Levenshtein's, by the whole table."""
    table = [list(range(len(right) + 1))]
    for i, a in enumerate(left, 1):
        row = [i]
        for j, b in enumerate(right, 1):
            row.append(min(table[-1][j] + 1, row[-1] + 1, table[-1][j - 1] + (a != b)))
        table.append(row)
    return table[-1][-1]


def respelled(left: str, right: str) -> bool:
    """Whether two names of five bytes or more begin alike and differ in a letter, or two if they are long."""
    a, b = (name.translate(_LOWER).encode() for name in (left, right))
    shortest, longest = sorted((len(a), len(b)))
    if shortest < 5 or longest > 24 or a[0] != b[0]:
        return False
    return edit_distance(a, b) <= (1 if shortest < 7 else 2)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def sign(value: float) -> int:
    """−1, 0 or 1."""
    return (value > 0) - (value < 0)


def kendall(left: Sequence[float], right: Sequence[float]) -> float:
    """Kendall's τ-a."""
    n = len(left)
    pairs = [(i, k) for i in range(n) for k in range(i)]
    return sum(sign(left[i] - left[k]) * sign(right[i] - right[k]) for i, k in pairs) / len(pairs)


def sentence_order(left: Sequence[dict[str, float]], right: Sequence[dict[str, float]]) -> float:
    """How surely the sentences most alike follow one another in the same order, from the left side.

    Sentences are dictionaries of terms and weights.
    """
    holders = [
        {term: sum(term in sentence for sentence in text) for sentence in text for term in sentence}
        for text in (left, right)
    ]

    def likeness(a: dict[str, float], b: dict[str, float]) -> float:
        return sum(min(a[t], b[t]) / math.sqrt(max(holders[0][t], holders[1][t])) for t in a.keys() & b.keys())

    rows, places = [], []
    for i, sentence in enumerate(left):
        if sum(weight / math.sqrt(holders[0][term]) for term, weight in sentence.items()) < 8.0:
            continue
        row = [likeness(sentence, other) for other in right]
        around = [
            row[j] + 0.5 * (row[j - 1] if j else 0.0) + 0.5 * (row[j + 1] if j + 1 < len(row) else 0.0)
            for j in range(len(row))
        ]
        if around and max(around) > 0.0:
            rows.append(i)
            places.append(around.index(max(around)))
    return kendall(rows, places) * math.sqrt(len(rows)) if len(rows) >= 3 else 0.0


def significant_digits(value: int) -> int:
    """Of a positive whole number."""
    return len(str(value).rstrip("0")) or 1


def words_in_common(left: dict[int, float], right: dict[int, float], told: set[int]) -> tuple[float, float, float]:
    """Share of each text's terms, by weight, that the other has, and the weight of the rare ones among those ``told``.

    Terms that weigh more than 2.5 are rare; 1.5 of each does not count.
    """
    shared = left.keys() & right.keys()
    weight = sum(left[term] for term in shared)
    words = sum(left[term] - 1.5 for term in shared & told if left[term] > 2.5)
    return weight / max(sum(left.values()), 1e-9), weight / max(sum(right.values()), 1e-9), words
