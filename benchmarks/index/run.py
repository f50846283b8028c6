"""The command: an index filled with generated articles, beside datasketch's ``MinHashLSH`` on the same articles."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.generate.plan import Recipe
from benchmarks.generate.write import kept_texts
from benchmarks.quality.score import Table, render
from benchmarks.speed.environments import cache_folder
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.processes import run_worker

__all__ = ["add_arguments", "run", "tables"]

_ENGINES = ("index", "index, newsroom", "datasketch in memory", "datasketch on Redis")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m benchmarks index``."""
    parser.add_argument("--documents", type=int, default=20_000, metavar="N", help="articles in the index (20,000)")
    parser.add_argument("--queries", type=int, default=500, metavar="N", help="further articles to ask for (500)")
    parser.add_argument("--usual", action="store_true", help="without families beyond a dozen near-duplicates")
    parser.add_argument("--engines", nargs="+", choices=_ENGINES, default=list(_ENGINES), metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report")


def run(arguments: argparse.Namespace) -> int:
    """Measure each engine in a process of its own, and print."""
    count = arguments.documents + arguments.queries
    recipe = Recipe(count, largest_family=12) if arguments.usual else Recipe(count)
    texts, _ = kept_texts("index-usual" if arguments.usual else "index", recipe, cache_folder())
    report: dict[str, Any] = {"machine": describe_machine(), "documents": arguments.documents, "engines": {}}
    for engine in arguments.engines:
        options = ["--texts", str(texts), "--documents", str(arguments.documents), "--engine", engine]
        report["engines"][engine] = run_worker(sys.executable, "benchmarks.index.process", options, 1)
        print(f"{engine}: done", file=sys.stderr, flush=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(render(tables(report)))
    return 0


def tables(report: dict[str, Any]) -> Table:
    """One row a figure, one column an engine."""
    engines = report["engines"]
    names = list(dict.fromkeys(name for found in engines.values() for name in found if name not in _UNSHOWN))
    rows = [(name, *(found.get(name) for found in engines.values())) for name in names]
    return Table(f"{report['documents']:,} generated articles, one thread", ("figure", *engines), tuple(rows))


_UNSHOWN = ("peak_memory", "memory_peak", "seconds")
