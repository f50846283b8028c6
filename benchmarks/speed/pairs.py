"""Text to verified near-duplicate pairs on one thread, stage by stage."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from benchmarks.quality.score import Cell, Table, render
from benchmarks.speed.texts import articles, with_copies
from dedup.lsh import CandidatePairs, near_pairs
from dedup.sketch import MinHasher
from dedup.verify import verify

__all__ = ["measure", "verified_pairs"]

_SHINGLE_SIZE, _THRESHOLD, _MIN_RECALL = 5, 0.7, 0.95
_REPEATS = 3


def measure(*, short: bool) -> None:
    """Print seconds and throughput by stage, and memory."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    texts = with_copies(articles(10_000 if short else 100_000, 3_000), 0.1)
    size = sum(map(len, texts)) / 1e6
    verified_pairs(texts[:100])
    before = _peak()
    runs = [_timed(texts) for _ in range(_REPEATS)]
    stages = {name: float(np.median([run[0][name] for run in runs])) for name in runs[0][0]}
    total = sum(stages.values())
    rows: list[tuple[Cell, ...]] = [(name, seconds, size / seconds) for name, seconds in stages.items()]
    rows.append(("dedup, verified pairs", total, size / total))
    found = runs[0][1]
    print(f"{len(found)} verified pairs; peak memory {_peak():.0f} MB, {_peak() - before:.0f} above the texts'")
    title = f"{len(texts)} texts, {size:.0f} MB, {_SHINGLE_SIZE}-word shingles, Jaccard ≥ {_THRESHOLD}, one processor"
    print(render(Table(title, ("stage", "seconds", "MB/s"), tuple(rows))))


def verified_pairs(texts: list[str], tell: Callable[[str], None] = lambda stage: None) -> CandidatePairs:
    """Pairs of texts of Jaccard ≥ 0.7."""
    hasher = MinHasher(shingle_size=_SHINGLE_SIZE)
    signatures = hasher.labelled(hasher.transform(texts))
    tell("signatures")
    near = near_pairs(signatures, _nonempty(signatures.values), threshold=_THRESHOLD, min_recall=_MIN_RECALL)
    tell("join")
    found = near.where(verify(texts, near, shingle_size=_SHINGLE_SIZE).reach(_THRESHOLD))
    tell("verification")
    return found


def _nonempty(values: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    return np.flatnonzero((values != 2**32 - 1).any(axis=1)).astype(np.int32)


def _timed(texts: list[str]) -> tuple[dict[str, float], CandidatePairs]:
    seconds: dict[str, float] = {}
    last = time.perf_counter()

    def tell(stage: str) -> None:
        nonlocal last
        seconds[stage] = time.perf_counter() - last
        last = time.perf_counter()

    return seconds, verified_pairs(texts, tell)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
