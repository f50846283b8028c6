"""The exact join by its definition: every two sets compared."""

from __future__ import annotations

from itertools import combinations


def jaccard_pairs(texts: list[list[str]], size: int, threshold: float) -> set[tuple[int, int]]:
    """Numbers of the texts, given as words, whose sets of runs of ``size`` words are similar enough."""
    sets = [
        {tuple(words[i : i + size]) for i in range(len(words) - size + 1)} or ({tuple(words)} if words else set())
        for words in texts
    ]
    found = set()
    for left, right in combinations(range(len(sets)), 2):
        union = sets[left] | sets[right]
        if union and len(sets[left] & sets[right]) >= threshold * len(union):
            found.add((left, right))
    return found
