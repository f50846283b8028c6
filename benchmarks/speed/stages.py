"""dedup's stages one by one, each between two calibrations."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.speed.calibration import calibrate
from benchmarks.speed.points import NUM_PERM, Point
from benchmarks.speed.worker import Found
from dedup.documents import TextBatch
from dedup.lsh import CandidatePairs, near_pairs
from dedup.sketch import MinHasher
from dedup.tokens import tokenize
from dedup.verify import verify

__all__ = ["run_stages", "timed_stages"]

_BATCH = 400

Timer = Callable[[str, Callable[[], Any]], Any]


def run_stages(texts: list[str], point: Point, timed: Timer) -> Found:
    """Verified pairs of texts; ``timed`` is given each stage's name and work."""
    hasher = MinHasher(NUM_PERM, point.shingle_size)
    batches = [TextBatch.from_texts(texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)]
    tokens = timed("tokenising", lambda: [tokenize(batch) for batch in batches])
    parts = timed("sketching", lambda: [hasher.signatures(part).values for part in tokens])
    tokens.clear()
    signatures = hasher.labelled(np.concatenate(parts))
    full = np.arange(len(texts), dtype=np.int32)
    near: CandidatePairs = timed(
        "joining", lambda: near_pairs(signatures, full, threshold=point.threshold, min_recall=point.min_recall)
    )
    overlaps = timed("verifying", lambda: verify(texts, near, shingle_size=point.shingle_size))
    return near.where(overlaps.reach(point.threshold)).packed()


def timed_stages(texts: list[str], point: Point) -> dict[str, float]:
    """Processor time of each stage and of all, in multiples of the calibrations before and after it."""
    ratios: dict[str, float] = {}
    last = calibrate()

    def timed(stage: str, work: Callable[[], Any]) -> Any:
        nonlocal last
        started = time.process_time()
        done = work()
        spent = time.process_time() - started
        now = calibrate()
        ratios[stage] = 2 * spent / (last + now)
        last = now
        return done

    run_stages(texts, point, timed)
    return {**ratios, "total": sum(ratios.values())}
