"""Engines side by side: the same texts, one process a run, in mixed order, judged by the exact join."""

from __future__ import annotations

import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.generate.plan import Recipe
from benchmarks.generate.write import kept_texts
from benchmarks.speed.environments import cache_folder, environment
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.points import POINTS, Point
from benchmarks.speed.processes import run_worker
from benchmarks.speed.statistics import summarise
from benchmarks.speed.truth import kept_join, score
from benchmarks.speed.worker import read_texts

__all__ = ["ENGINES", "EngineRun", "Texts", "measure", "prepare_texts"]

LARGEST_FAMILY = 50
"""In the texts that engines are compared on: some list every pair of a family, others not, and all pairs are judged."""


@dataclass(frozen=True, slots=True)
class EngineRun:
    """How an engine is run.

    Attributes
    ----------
    label : str
        Its name in tables.
    module : str
        Under ``benchmarks.speed.engines``.
    environment : str or None
        Its virtual environment; ``None`` for the one that runs the benchmark.
    threads : int
    """

    label: str
    module: str
    environment: str | None
    threads: int = 1


ENGINES = {
    "dedup": EngineRun("dedup, 1 thread", "with_dedup", None),
    "dedup-2": EngineRun("dedup, 2 threads", "with_dedup", None, 2),
    "assembled-flags": EngineRun("by hand: polars, numpy, rensa's matrix", "assembled_flags", "assembled"),
    "assembled-pairs": EngineRun("by hand: polars, numpy, FastSketchLSH", "assembled_pairs", "assembled"),
    "daft": EngineRun("Daft, bands in numpy", "with_daft", "daft"),
    "rensa": EngineRun("rensa, as documented", "with_rensa", "rensa"),
    "datasketch": EngineRun("datasketch, xxhash", "with_datasketch", "datasketch"),
    "text-dedup": EngineRun("text-dedup, command line", "with_text_dedup", "text-dedup"),
}


@dataclass(frozen=True, slots=True)
class Texts:
    """Generated texts on disk.

    Attributes
    ----------
    path : Path
        JSON lines.
    digest : str
        Of the texts; every engine checks it.
    documents, characters : int
    """

    path: Path
    digest: str
    documents: int
    characters: int


def prepare_texts(documents: int) -> Texts:
    """Generate the texts, unless they are there."""
    path, kept = kept_texts("articles", Recipe(documents, largest_family=LARGEST_FAMILY), cache_folder())
    return Texts(path, kept["digest"], documents, kept["characters"])


def measure(
    texts: Texts,
    engines: Sequence[str],
    points: Sequence[str],
    repeats: int,
    keep: Callable[[dict[str, Any]], None] = lambda report: None,
) -> dict[str, Any]:
    """Run every engine ``repeats`` times at each point, in a new order each time, and judge what it found.

    ``keep`` is given the report after every round, so that a long run that is broken off leaves what it has.
    """
    pythons = {name: _python(ENGINES[name]) for name in engines}
    keys = [(name, point) for point in points for name in engines]
    runs: dict[tuple[str, str], list[dict[str, Any]]] = {key: [] for key in keys}
    report: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        order = random.Random(1)  # noqa: S311
        for done in range(1, repeats + 1):
            for name, point in order.sample(keys, len(keys)):
                found = Path(folder, f"{name}-{point}.npy")
                runs[name, point].append(_run(texts, ENGINES[name], pythons[name], point, found))
            rows = [_row(name, POINTS[point], runs[name, point], texts, Path(folder)) for name, point in keys]
            report = {
                "machine": describe_machine(),
                "texts": {"documents": texts.documents, "characters": texts.characters, "digest": texts.digest},
                "points": {point: str(POINTS[point]) for point in points},
                "repeats": done,
                "waited": median(row["waited"] for row in rows),
                "rows": rows,
            }
            keep(report)
    return report


def _python(engine: EngineRun) -> str:
    return environment(engine.environment) if engine.environment else sys.executable


def _run(texts: Texts, engine: EngineRun, python: str, point: str, found: Path) -> dict[str, Any]:
    arguments = ["--texts", str(texts.path), "--digest", texts.digest, "--point", point]
    arguments += ["--threads", str(engine.threads), "--found", str(found)]
    result = run_worker(python, f"benchmarks.speed.engines.{engine.module}", arguments, engine.threads)
    result["total"] = sum(result["stages"].values())
    print(f"{engine.label}, {point}: {result['total']:.2f} s", file=sys.stderr, flush=True)
    return result


def _row(name: str, point: Point, runs: list[dict[str, Any]], texts: Texts, folder: Path) -> dict[str, Any]:
    first = runs[0]
    found = np.load(folder / f"{name}-{point.name}.npy")
    truth = kept_join(cache_folder(), lambda: list(read_texts(texts.path)), texts.digest, first["tokens"], point)
    recall, precision = score(found, truth, first["finds"])
    stages = {stage: summarise([run["stages"][stage] for run in runs]) for stage in first["stages"]}
    processor = {stage: summarise([run["processor_stages"][stage] for run in runs]) for stage in first["stages"]}
    beyond = [run["memory_peak"] - run["memory_before"] for run in runs if run["memory_peak"]]
    return {
        "engine": name,
        "label": ENGINES[name].label,
        "version": first["version"],
        "threads": ENGINES[name].threads,
        "point": point.name,
        "tokens": first["tokens"],
        "finds": first["finds"],
        "stages": stages,
        "total": summarise([run["total"] for run in runs]),
        "processor_stages": processor,
        "processor_total": summarise([sum(run["processor_stages"].values()) for run in runs]),
        "waited": round(median(run["total"] / sum(run["processor_stages"].values()) for run in runs), 3),
        "memory_peak": summarise([run["memory_peak"] for run in runs if run["memory_peak"]]),
        "memory_beyond": summarise(beyond),
        "found": len(found),
        "true": len(truth),
        "recall": round(recall, 5),
        "precision": round(precision, 5),
    }
