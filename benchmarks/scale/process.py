"""The process that takes one collection through the near tier, or through the whole comparison."""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.speed.engines.with_dedup import Dedup
from benchmarks.speed.points import POINTS
from benchmarks.speed.stopwatch import Stopwatch
from benchmarks.speed.worker import forget_peak, memory, read_checked

__all__ = ["main", "near_tier", "whole_comparison"]

Outcome = tuple[Stopwatch, dict[str, int], list[int]]


def main() -> None:
    """Measure as the command line says; the result is the last line of standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--digest", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--whole", action="store_true")
    chosen = parser.parse_args()
    texts = read_checked(chosen.texts, chosen.digest)
    work: Callable[[list[str], int], Outcome] = whole_comparison if chosen.whole else near_tier
    work(texts[:100] * 2, chosen.threads)
    gc.collect()
    before = memory("VmRSS")
    forget_peak()
    watch, counts, families = work(texts, chosen.threads)
    peak = memory("VmHWM")
    result = {
        "stages": watch.clock,
        "processor_stages": watch.processor,
        "memory_before": before,
        "memory_peak": peak,
        "counts": counts,
        **_recall(texts, families, chosen),
    }
    print("\n" + json.dumps(result))


def near_tier(texts: list[str], threads: int) -> Outcome:
    """Times, counts, and each text's family: the smallest number that it is tied to."""
    from dedup.families import components

    engine, point, watch = Dedup(), POINTS["wide"], Stopwatch()
    signatures = engine.signatures(texts, point, threads)
    watch.mark("signatures")
    candidates = engine.pairs(signatures, point, threads)
    del signatures
    watch.mark("pairs")
    pairs = engine.verified(texts, candidates, point, threads)
    watch.mark("verification")
    left, right = (pairs >> np.uint64(32)).tolist(), (pairs & np.uint64(0xFFFFFFFF)).tolist()
    families = components(len(texts), left, right).tolist()
    watch.mark("families")
    return watch, {"candidates": len(candidates), "matches": len(pairs)}, families


def whole_comparison(texts: list[str], threads: int) -> Outcome:
    """The same of ``dedup.compare``: rewrites, passages and verdicts too."""
    from dedup.engine import compare

    watch, stage_before = Stopwatch(), ["reading"]

    def tell(stage: str, done: int, whole: int) -> None:
        watch.mark(stage_before[0])
        stage_before[0] = stage

    documents = [(f"{number:09d}", text) for number, text in enumerate(texts)]
    comparison = compare(documents, jobs=threads, on_stage=tell)
    watch.mark(stage_before[0])
    families = list(range(len(texts)))
    for family in comparison.families:
        members = [int(name) for name in family.documents]
        for member in members:
            families[member] = min(members)
    return watch, {"matches": len(comparison.matches), "families": len(comparison.families)}, families


def _recall(texts: list[str], families: list[int], chosen: argparse.Namespace) -> dict[str, Any]:
    """Share of the planted copies of Jaccard ≥ the threshold with their original that stand in its family."""
    from dedup.lsh import CandidatePairs
    from dedup.verify import verify

    lines = chosen.texts.with_suffix(".truth.jsonl").read_text(encoding="utf-8").splitlines()
    copies = [record for record in map(json.loads, lines) if record["kind"] == "copy"]
    ends = np.array([[int(record["id"]), int(record["source"])] for record in copies], np.int64).reshape(-1, 2)
    point = POINTS["wide"]
    planted = CandidatePairs.from_packed(
        ends.min(axis=1).astype(np.uint64) << np.uint64(32) | ends.max(axis=1).astype(np.uint64)
    )
    near = planted.where(verify(texts, planted, shingle_size=point.shingle_size).reach(point.threshold))
    family = np.array(families, np.int64)
    kept = int((family[near.left] == family[near.right]).sum())
    return {"planted": len(near), "recall": kept / len(near) if len(near) else 1.0}


if __name__ == "__main__":
    main()
