"""Draws time and memory a document against the number of documents, in an environment that has matplotlib."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.speed.environments import environment
from benchmarks.speed.rows import times

__all__ = ["plot"]

_DRAW = """
import json, sys
import matplotlib
matplotlib.use("Agg")
matplotlib.rcParams["svg.hashsalt"] = "dedup"
from matplotlib import pyplot
rows = json.load(open(sys.argv[1]))
figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 4), layout="constrained")
counts = [row["documents"] for row in rows]
stages = [name for name in rows[0]["times"] if name != "total"]
times = [[1e6 * row["times"][name]["median"] / row["documents"] for row in rows] for name in stages]
left.stackplot(counts, times, labels=stages, alpha=0.8)
left.set_ylabel("microseconds a document")
left.legend(loc="upper left")
right.plot(counts, [1024 * row["memory_beyond"]["median"] / row["documents"] for row in rows], marker="o")
right.set_ylabel("KB a document beyond the texts")
for axes in (left, right):
    axes.set_xscale("log")
    axes.set_ylim(0, None)
    axes.set_xlabel("documents")
    axes.grid(alpha=0.3)
left.set_ylim(0, 1.4 * max(map(sum, zip(*times))))
figure.savefig(sys.argv[2], metadata={"Date": None} if sys.argv[2].endswith(".svg") else None)
"""


def plot(rows: list[dict[str, Any]], output: Path) -> None:
    """Write an SVG or PNG of the usual collections, the near tier alone."""
    usual = [{**row, "times": times(row)} for row in rows if row["corner"] == "usual" and not row["whole"]]
    usual = [row for row in usual if row["threads"] == usual[0]["threads"]]
    usual.sort(key=lambda row: row["documents"])
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "rows.json")
        data.write_text(json.dumps(usual), encoding="utf-8")
        subprocess.run([environment("plot"), "-c", _DRAW, str(data), str(output)], check=True)
