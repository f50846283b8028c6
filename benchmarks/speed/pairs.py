"""Text to verified near-duplicate pairs on one thread, and beside it Daft's signatures with numpy banding."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

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


def measure(*, short: bool, daft: str | None) -> None:
    """Print seconds by stage, throughput and, with ``daft``, the peer's on the same texts and one processor."""
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
    if daft:
        peer = _daft(texts, daft)
        rows.append(("Daft, signatures", peer["signatures"], size / peer["signatures"]))
        rows.append(("Daft, candidates", peer["pairs"], size / peer["pairs"]))
        print(f"Daft: {peer['found']:.0f} candidates, peak memory {peer['memory']:.0f} MB")
        print(f"Daft's time over ours: {peer['pairs'] / total:.1f}")
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


_PEER = """
import json, os, resource, sys, time
import numpy as np, daft
texts = json.load(open(sys.argv[1]))
daft.set_runner_native()
def run(texts):
    started = time.perf_counter()
    table = daft.from_pydict({"text": texts})
    table = table.select(daft.col("text").minhash(num_hashes=128, ngram_size=5, seed=1, hash_function="xxhash"))
    column = table.to_arrow().column(0).combine_chunks()
    values = np.asarray(column.flatten()).reshape(-1, 128)
    middle = time.perf_counter()
    found = []
    for band in range(16):
        key = np.ascontiguousarray(values[:, 8 * band : 8 * band + 8]).view("V32").ravel()
        keys, group = np.unique(key, return_inverse=True)
        order = np.argsort(group, kind="stable")
        same = np.flatnonzero(group[order][1:] == group[order][:-1])
        low, high = order[same], order[same + 1]
        found.append(np.minimum(low, high).astype(np.int64) << 32 | np.maximum(low, high))
    pairs = np.unique(np.concatenate(found))
    return middle - started, time.perf_counter() - started, len(pairs)
run(texts[:100])
runs = [run(texts) for _ in range(3)]
signatures, pairs, found = (float(np.median(column)) for column in zip(*runs))
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"signatures": signatures, "pairs": pairs, "found": found, "memory": memory}))
"""


def _daft(texts: list[str], python: str) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        path.write_text(json.dumps(texts), encoding="utf-8")
        done = subprocess.run([python, "-c", _PEER, str(path)], capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures
