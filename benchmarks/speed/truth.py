"""The exact join: every pair of texts whose shingle sets reach a Jaccard similarity, for any notion of a token."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.speed.points import Point
from dedup.documents import TextBatch
from dedup.exact import find_similar
from dedup.sketch import ShingleSets
from dedup.tokens import Tokens, tokenize

__all__ = ["SPLITS", "exact_join", "kept_join", "score"]

Pairs = npt.NDArray[np.uint64]

SPLITS: dict[str, Callable[[str], list[str]]] = {
    "lowercase": lambda text: text.lower().split(" "),
    "spaces": lambda text: text.split(" "),
    "nonwords": lambda text: re.split(r"\W", text.lower()),
}
"""What engines take for tokens, besides dedup's own, which is named ``dedup``."""


def kept_join(folder: Path, texts: Callable[[], list[str]], digest: str, tokens: str, point: Point) -> Pairs:
    """The exact join, from a file where it was made before; ``texts`` are read only where it was not."""
    path = folder / f"join-{digest}-{tokens}-{point.shingle_size}-{point.threshold}.npy"
    if not path.exists():
        np.save(path, exact_join(texts(), tokens, point.shingle_size, point.threshold))
    found: Pairs = np.load(path)
    return found


def exact_join(texts: list[str], tokens: str, shingle_size: int, threshold: float) -> Pairs:
    """All pairs of Jaccard ≥ ``threshold``, as ``left << 32 | right``, ascending.

    Examples
    --------
    >>> exact_join(["a b c d", "a b c e", "x y z w"], "lowercase", 1, 0.6).tolist()
    [1]
    """
    return find_similar(ShingleSets.from_tokens(_tokens(texts, tokens), shingle_size=shingle_size), threshold).packed()


def _tokens(texts: list[str], tokens: str) -> Tokens:
    if tokens == "dedup":
        return tokenize(TextBatch.from_texts(texts))
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(token, len(numbers)) for token in SPLITS[tokens](text)] for text in texts]
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    flat = np.fromiter((number for row in rows for number in row), np.uint64, int(offsets[-1]))
    hashes = (flat + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    hashes ^= hashes >> np.uint64(29)
    nothing = np.empty(0, np.uint32)
    return Tokens(TextBatch.from_texts(()), hashes * np.uint64(2), nothing, nothing, offsets)


def score(found: Pairs, truth: Pairs, finds: str) -> tuple[float, float]:
    """Recall and precision: of pairs, or (``"members"``) of documents that have a near-duplicate.

    >>> score(np.array([1, 2], np.uint64), np.array([1], np.uint64), "pairs")
    (1.0, 0.5)
    """
    if finds == "members":
        truth = np.unique(np.concatenate([truth & np.uint64(0xFFFFFFFF), truth >> np.uint64(32)]))
    common = len(np.intersect1d(found, truth))
    return common / len(truth) if len(truth) else 1.0, common / len(found) if len(found) else 1.0
