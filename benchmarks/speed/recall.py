"""Recall of the near tier by length of text: of the pairs that the exact join has, how many become candidates."""

from __future__ import annotations

import numpy as np
from scipy.stats import binom

from benchmarks.quality.score import Cell, Table, render
from benchmarks.speed.texts import articles
from dedup.lsh import CandidatePairs, near_pairs
from dedup.sketch import MinHasher
from dedup.verify import verify

__all__ = ["edited_pairs", "measure"]

LENGTHS = (20, 50, 100, 500, 2_000)
_MIN_RECALL = 0.99
_SURE = 0.001


def measure(*, short: bool) -> None:
    """Print recall at J ≥ 0.5 and 0.7, and the least that chance allows where the promise is just kept."""
    rows: list[tuple[Cell, ...]] = []
    for length in LENGTHS:
        texts = edited_pairs(length, 500 if short else min(4_000, 4_000_000 // length))
        hasher = MinHasher(n_jobs=2)
        signatures = hasher.labelled(hasher.transform(texts))
        couples = np.arange(0, len(texts), 2, dtype=np.int32)
        figures = verify(texts, CandidatePairs(couples, couples + 1), jobs=2)
        jaccard = figures.common / np.maximum(1, figures.left + figures.right - figures.common)
        for threshold in (0.5, 0.7):
            found = near_pairs(
                signatures,
                np.arange(len(texts), dtype=np.int32),
                threshold=threshold,
                min_recall=_MIN_RECALL,
                jobs=2,
            )
            near = set(found.left[found.right == found.left + 1].tolist())
            true = couples[(jaccard >= threshold) & (jaccard < threshold + 0.1)]
            hits = sum(couple in near for couple in true.tolist())
            least = int(binom.ppf(_SURE, len(true), _MIN_RECALL))
            rows.append((length, threshold, len(true), hits / len(true), least / len(true), len(found) / len(texts)))
    columns = ("words", "Jaccard from", "pairs", "recall", "least by chance", "candidates a document")
    title = f"pairs within 0.1 above the threshold that become candidates; promised are {_MIN_RECALL}"
    print(render(Table(title, columns, tuple(rows))))


def edited_pairs(length: int, pairs: int) -> list[str]:
    """Texts of so many words, each behind it a copy with words replaced, at all similarities from 0.4 up."""
    draw = np.random.default_rng(length)
    words = " ".join(articles(1 + pairs * length * 7 // 2_500, 3_000)).split()
    texts = []
    for number in range(pairs):
        own = words[number * length : (number + 1) * length]
        copy = list(own)
        for place in np.flatnonzero(draw.random(length) < draw.uniform(0.0, 0.16)).tolist():
            copy[place] = f"w{draw.integers(1_000_000)}"
        texts += [" ".join(own), " ".join(copy)]
    return texts
