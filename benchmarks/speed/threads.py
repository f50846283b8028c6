"""What a second thread brings, beside what it brings to plain arithmetic in the same run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np

from benchmarks.quality.score import Cell, Table, render
from benchmarks.speed.calibration import calibrate
from benchmarks.speed.texts import articles, with_copies
from dedup.lsh import near_pairs
from dedup.parallel import in_threads
from dedup.sketch import MinHasher
from dedup.verify import verify

__all__ = ["measure"]

_SHINGLE_SIZE, _THRESHOLD, _MIN_RECALL = 3, 0.5, 0.99
_REPEATS = 7
_CALIBRATIONS = 64


def measure(*, short: bool) -> None:
    """Print the medians of alternating runs with one and two threads."""
    if hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) < 2:
        print("skipped: there is one processor only")
        return
    texts = with_copies(articles(4_000 if short else 20_000, 3_000), 0.1)
    hasher = MinHasher(shingle_size=_SHINGLE_SIZE)
    signatures = hasher.labelled(hasher.transform(texts))
    documents = np.arange(len(texts), dtype=np.int32)

    def pairs(jobs: int) -> object:
        near = near_pairs(signatures, documents, threshold=_THRESHOLD, min_recall=_MIN_RECALL, jobs=jobs)
        return verify(texts, near, shingle_size=_SHINGLE_SIZE, jobs=jobs)

    ways: dict[str, Callable[[int], object]] = {
        "arithmetic": lambda jobs: in_threads(lambda _: calibrate(), range(_CALIBRATIONS), jobs),
        "texts to signatures": lambda jobs: MinHasher(shingle_size=_SHINGLE_SIZE, n_jobs=jobs).transform(texts),
        "signatures to verified pairs": pairs,
    }
    seconds: dict[tuple[str, int], list[float]] = {(name, jobs): [] for name in ways for jobs in (1, 2)}
    for repeat in range(_REPEATS + 1):
        for name, jobs in seconds:
            started = time.perf_counter()
            ways[name](jobs)
            if repeat:
                seconds[name, jobs].append(time.perf_counter() - started)
    medians = {key: float(np.median(times)) for key, times in seconds.items()}
    scaling = {name: medians[name, 1] / medians[name, 2] for name in ways}
    rows: list[tuple[Cell, ...]] = [
        (name, medians[name, 1], medians[name, 2], value, value / scaling["arithmetic"])
        for name, value in scaling.items()
    ]
    columns = ("work", "one thread, s", "two threads, s", "times as fast", "share of arithmetic's")
    print(render(Table(f"a second thread, {len(texts)} texts", columns, tuple(rows))))
