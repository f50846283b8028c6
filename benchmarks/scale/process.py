"""The process that takes one collection from its file to a file of matches: near-duplicates, or everything."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np

from benchmarks.generate.write import TextDigest
from benchmarks.speed.points import POINTS
from benchmarks.speed.stopwatch import Stopwatch
from benchmarks.speed.worker import memory, read_texts
from dedup.comparison import Comparison
from dedup.engine import compare
from dedup.readers import read_documents
from dedup.report.records import write_jsonl
from dedup.settings import Settings

__all__ = ["Anonymous", "from_file_to_file", "main"]

_EVERY = 0.02


def main() -> None:
    """Measure as the command line says; the result is the last line of standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--digest", required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--memory", type=int, required=True)
    parser.add_argument("--whole", action="store_true")
    chosen = parser.parse_args()
    digest = TextDigest()
    for text in read_texts(chosen.texts):
        digest.add(text)
    if digest.value != chosen.digest:
        raise SystemExit(f"{chosen.texts}: these are not the texts of digest {chosen.digest}")
    settings = Settings(tier="all" if chosen.whole else "near")
    words = [f"fog {number} harbour closed ferry late" for number in range(50)]
    compare(words * 2, settings=settings, jobs=chosen.threads)
    before = memory("RssAnon") or 0.0
    with Anonymous() as peak:
        watch, comparison = from_file_to_file(chosen.texts, settings, chosen.threads, chosen.memory)
    result = {
        "stages": watch.clock,
        "processor_stages": watch.processor,
        "memory_before": before,
        "memory_peak": peak.largest,
        "counts": {"matches": len(comparison.matches), "families": len(comparison.families)},
        "work": {stage.name: stage.count for stage in comparison.stages},
        **_recall(comparison, chosen.texts),
    }
    print("\n" + json.dumps(result))


class Anonymous:
    """The largest anonymous memory of this process while the block runs: pages of files are not counted.

    Attributes
    ----------
    largest : float
        In MB.
    """

    def __init__(self) -> None:
        self.largest = 0.0
        self._over = Event()
        self._thread = Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Anonymous:
        self._thread.start()
        return self

    def __exit__(self, *problem: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(_EVERY):
            self.largest = max(self.largest, memory("RssAnon") or 0.0)


def from_file_to_file(texts: Path, settings: Settings, threads: int, held: int) -> tuple[Stopwatch, Comparison]:
    """Read, compare and write as JSON lines; times by stage, and what was found."""
    watch, stage_before = Stopwatch(), ["reading"]

    def tell(stage: str, done: int, whole: int) -> None:
        watch.mark(stage_before[0])
        stage_before[0] = stage

    documents = read_documents([texts], on_skip=print)
    comparison = compare(documents, settings=settings, jobs=threads, memory=held, on_stage=tell)
    watch.mark(stage_before[0])
    with tempfile.TemporaryFile("w", encoding="utf-8") as stream:
        write_jsonl(comparison.matches, stream)
    watch.mark("writing")
    return watch, comparison


def _recall(comparison: Comparison, path: Path) -> dict[str, Any]:
    """Share of the planted copies of Jaccard ≥ the threshold with their original that stand in its family."""
    from dedup.lsh import CandidatePairs
    from dedup.spool import Spool
    from dedup.verify import verify

    families = np.arange(len(comparison.documents))
    for family in comparison.families:
        members = [int(name) for name in family.documents]
        families[members] = min(members)
    with path.with_suffix(".truth.jsonl").open(encoding="utf-8") as lines:
        records = map(json.loads, lines)
        copies = [[int(record["id"]), int(record["source"])] for record in records if record["kind"] == "copy"]
    ends = np.array(copies, np.int64).reshape(-1, 2)
    point = POINTS["wide"]
    planted = CandidatePairs.from_packed(
        ends.min(axis=1).astype(np.uint64) << np.uint64(32) | ends.max(axis=1).astype(np.uint64)
    )
    documents = comparison.documents
    if not isinstance(documents, Spool):
        raise TypeError("a comparison keeps its documents in a spool")
    near = planted.where(verify(documents.texts, planted, shingle_size=point.shingle_size).reach(point.threshold))
    kept = int((families[near.left] == families[near.right]).sum())
    return {"planted": len(near), "recall": kept / len(near) if len(near) else 1.0}


if __name__ == "__main__":
    main()
