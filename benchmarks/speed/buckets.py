"""Time by number of texts that are all equal, or nearly so: what must be linear."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.quality.score import Cell, Table, render
from benchmarks.speed.scenario import FIRST_WITHOUT_ORIGINAL
from dedup.documents import Document
from dedup.engine import compare
from dedup.families import components
from dedup.lsh import near_pairs
from dedup.sketch import MinHasher
from dedup.verify import verify

__all__ = ["measure"]

_SIZES = (62_500, 125_000, 250_000, 500_000)


def measure(*, short: bool) -> None:
    """Print seconds and microseconds a text, for ever more texts."""
    rows: list[tuple[Cell, ...]] = []
    for name, work in (("equal, compared", _equal), ("nearly equal, to families", _nearly_equal)):
        work(100)
        for size in _SIZES[: 2 if short else 4]:
            started = time.process_time()
            families = work(size)
            spent = time.process_time() - started
            rows.append((name, size, families, spent, 1e6 * spent / size))
            print(f"{name}: {size} texts, {spent:.1f} s", flush=True)
    columns = ("texts", "number", "families", "seconds of one processor", "µs a text")
    print("\n" + render(Table("one bucket", columns, tuple(rows))))


def _equal(size: int) -> int:
    found = compare([Document(f"{number:07}", FIRST_WITHOUT_ORIGINAL) for number in range(size)], jobs=1)
    return len(found.families)


def _nearly_equal(size: int) -> int:
    """One text with as many feet."""
    texts = [f"{FIRST_WITHOUT_ORIGINAL} Paper {i} of ward {7 * i}. Call {91 * i}." for i in range(size)]
    hasher = MinHasher()
    signatures = hasher.labelled(hasher.transform(texts))
    near = near_pairs(signatures, np.arange(size, dtype=np.int32))
    verified = near.where(verify(texts, near).reach(0.5))
    return len(np.unique(components(size, verified.left, verified.right)))
