"""The process of the short benchmark: dedup's stages again and again."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

import numpy as np

from benchmarks.speed import stages
from benchmarks.speed.calibration import calibrate
from benchmarks.speed.handicap import apply_handicap
from benchmarks.speed.points import POINTS
from benchmarks.speed.stopwatch import Stopwatch
from benchmarks.speed.worker import check_processors, forget_peak, memory, read_checked

__all__ = ["main"]


def main() -> None:
    """Measure as the command line says; the result is the last line of standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--digest", required=True)
    parser.add_argument("--repeats", type=int, required=True)
    parser.add_argument("--found", type=Path, required=True)
    chosen = parser.parse_args()
    check_processors(1)
    apply_handicap(os.environ.get("DEDUP_BENCH_HANDICAP", ""))
    texts, point = read_checked(chosen.texts, chosen.digest), POINTS["wide"]
    calibrate()
    stages.run_stages(texts, point, lambda stage, work: work())
    before = memory("VmRSS")
    forget_peak()
    found = stages.run_stages(texts, point, lambda stage, work: work())
    peak = memory("VmHWM")
    times: dict[str, list[float]] = {}
    watch = Stopwatch()
    for _ in range(chosen.repeats):
        for stage, ratio in stages.timed_stages(texts, point).items():
            times.setdefault(stage, []).append(ratio)
    watch.mark("stages")
    np.save(chosen.found, found)
    result = {"stages": times, "memory_before": before, "memory_peak": peak}
    print("\n" + json.dumps({**result, "waited": watch.clock["stages"] / watch.processor["stages"]}))


if __name__ == "__main__":
    main()
