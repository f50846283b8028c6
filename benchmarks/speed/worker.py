"""What every engine's process does: read the texts, warm up, run the stages once, write what was found.

Runs in the engine's own environment, so it needs numpy and the standard library only.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from benchmarks.speed.points import POINTS, Point
from benchmarks.speed.stopwatch import Stopwatch

__all__ = [
    "Engine",
    "Found",
    "check_processors",
    "forget_peak",
    "main",
    "memory",
    "packed",
    "read_checked",
    "read_texts",
]

_WARM_UP = 100
"""Texts to warm up with, each twice, so that there are pairs to take through the last stages too."""

Found = npt.NDArray[np.uint64]


class Engine(Protocol):
    """One way from texts to near-duplicates.

    Attributes
    ----------
    tokens : str
        What it takes for a token, by name (see ``benchmarks.speed.truth``): it is judged by its own notion.
    finds : {"pairs", "members"}
        Pairs, ``left << 32 | right``; or the documents that have a near-duplicate.
    """

    tokens: str
    finds: str

    def version(self) -> str:
        """Of what is measured."""

    def signatures(self, texts: list[str], point: Point, threads: int) -> Any:
        """Signatures in the engine's own form."""

    def pairs(self, signatures: Any, point: Point, threads: int) -> Found:
        """What is found, verified or not."""

    def verified(self, texts: list[str], found: Found, point: Point, threads: int) -> Found | None:
        """What remains after exact verification; ``None`` where the engine has none."""


def packed(left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Found:
    """Distinct pairs of different documents as numbers ``smaller << 32 | larger``.

    >>> packed(np.array([3, 1, 2]), np.array([1, 3, 2])).tolist() == [(1 << 32) + 3]
    True
    """
    low, high = np.minimum(left, right).astype(np.uint64), np.maximum(left, right).astype(np.uint64)
    return np.unique((low << np.uint64(32) | high)[low != high])


def main(engine: Engine) -> None:
    """Measure as the command line says; the result is the last line of standard output."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--texts", type=Path, required=True)
    parser.add_argument("--digest", required=True)
    parser.add_argument("--point", choices=list(POINTS), required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--found", type=Path, required=True)
    parser.add_argument("--calibrate", action="store_true", help="measure the fixed work too, after the stages")
    chosen = parser.parse_args()
    check_processors(chosen.threads)
    texts = read_checked(chosen.texts, chosen.digest)
    point = POINTS[chosen.point]
    _run(engine, texts[:_WARM_UP] * 2, point, chosen.threads)
    gc.collect()
    before = memory("VmRSS")
    forget_peak()
    watch, found = _run(engine, texts, point, chosen.threads)
    check_processors(chosen.threads)
    wall, used = sum(watch.clock.values()), sum(watch.processor.values())
    if used > 1.1 * chosen.threads * wall + 0.1:
        raise SystemExit(f"{used:.2f} s of processor time in {wall:.2f} s: more than {chosen.threads} threads")
    np.save(chosen.found, found)
    result = {
        "version": engine.version(),
        "tokens": engine.tokens,
        "finds": engine.finds,
        "stages": watch.clock,
        "processor_stages": watch.processor,
        "memory_before": before,
        "memory_peak": memory("VmHWM"),
    }
    if chosen.calibrate:
        from benchmarks.speed.calibration import calibrate

        calibrate()
        result["calibration"] = sorted(calibrate() for _ in range(9))[4]
    print("\n" + json.dumps(result))


def _run(engine: Engine, texts: list[str], point: Point, threads: int) -> tuple[Stopwatch, Found]:
    watch = Stopwatch()
    signatures = engine.signatures(texts, point, threads)
    watch.mark("signatures")
    found = engine.pairs(signatures, point, threads)
    watch.mark("pairs")
    del signatures
    verified = engine.verified(texts, found, point, threads)
    if verified is not None:
        watch.mark("verification")
    if own := getattr(engine, "stages", None):
        share = min(1.0, sum(watch.processor.values()) / sum(watch.clock.values()))
        watch.clock, watch.processor = own, {stage: share * seconds for stage, seconds in own.items()}
    return watch, found if verified is None else verified


def read_texts(path: Path) -> Iterator[str]:
    """The texts of a file of JSON lines."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"]


def read_checked(path: Path, digest: str) -> list[str]:
    """The texts of a file, if they are those of the digest."""
    texts = list(read_texts(path))
    state = blake2b(digest_size=16)
    for text in texts:
        data = text.encode("utf-8", "surrogatepass")
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    if state.hexdigest() != digest:
        raise SystemExit(f"{path}: these are not the texts of digest {digest}")
    return texts


def check_processors(threads: int) -> None:
    """Stop unless this process may use exactly so many processors."""
    if hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) != threads:
        raise SystemExit(f"may use {len(os.sched_getaffinity(0))} processors, not {threads}")


def memory(name: str) -> float | None:
    """A figure of this process in MB, where the system tells it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))


def forget_peak() -> None:
    """Let the peak of memory begin anew."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        print("the peak of memory includes reading and warming up", file=sys.stderr)
