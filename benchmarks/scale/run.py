"""The command: collections of growing size, and the worst ones, in processes of their own."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.generate.plan import Recipe
from benchmarks.generate.write import kept_texts
from benchmarks.quality.score import Table, render
from benchmarks.scale.plot import plot
from benchmarks.speed.environments import cache_folder
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.processes import run_worker
from benchmarks.speed.rows import times
from benchmarks.speed.statistics import summarise

__all__ = ["CORNERS", "add_arguments", "run", "table"]

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)

CORNERS = {
    "usual": lambda count: Recipe(count),
    "one family": lambda count: Recipe(count, family_share=0.45, largest_family=count // 2),
    "one footer": lambda count: Recipe(count, one_footer=True),
    "identical": lambda count: Recipe(count, identical=count // 2),
}
"""Collections: as they come; a fifth in one family of near-duplicates; one footer in a tenth; half of them equal."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m benchmarks scale``."""
    parser.add_argument("--documents", type=int, nargs="+", metavar="N", default=[*SIZES], help="sizes to measure")
    parser.add_argument("--corners", nargs="+", metavar="NAME", choices=list(CORNERS), default=["usual"])
    parser.add_argument("--threads", type=int, default=1, help="threads of dedup (1)")
    parser.add_argument("--memory", type=int, default=1 << 30, metavar="BYTES", help="as dedup's --memory (1 GiB)")
    parser.add_argument("--repeats", type=int, default=3, help="runs of each, one of sizes from 300,000 on (3)")
    parser.add_argument("--whole", action="store_true", help="the whole comparison instead of the near tier alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report; add to it what is there")
    parser.add_argument("--plot", type=Path, metavar="FILE", help="draw what --json holds, as SVG or PNG")


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, write and draw."""
    report: dict[str, Any] = {"machine": describe_machine(), "rows": []}
    if arguments.json and arguments.json.exists():
        report["rows"] = json.loads(arguments.json.read_text(encoding="utf-8"))["rows"]
    for corner in arguments.corners:
        for count in sorted(arguments.documents):
            row = _measure(corner, count, arguments)
            same = ("corner", "documents", "threads", "whole")
            report["rows"] = [old for old in report["rows"] if any(old[key] != row[key] for key in same)] + [row]
            if arguments.json:
                arguments.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(render(table(report["rows"])))
    if arguments.plot:
        plot(report["rows"], arguments.plot)
    return 0


def table(rows: list[dict[str, Any]]) -> Table:
    """Microseconds and kilobytes a document."""
    cells = []
    for row in sorted(rows, key=lambda row: (row["whole"], row["corner"], row["documents"])):
        stages = {name: 1e6 * summary["median"] / row["documents"] for name, summary in times(row).items()}
        total = stages.pop("total")
        memory = row["memory_beyond"]["median"]
        each = 1024 * memory / row["documents"] if memory else None
        shown = ", ".join(f"{name} {time:.1f}" for name, time in stages.items())
        name = f"{row['corner']}, all stages" if row["whole"] else row["corner"]
        cells.append((name, row["documents"], total, each, memory, row["counts"]["matches"], row["recall"], shown))
    columns = ("collection", "documents", "µs each", "KB each", "MB", "matches", "recall", "µs each by stage")
    return Table("From a file of texts to a file of matches; anonymous memory", columns, tuple(cells))


def _measure(corner: str, count: int, arguments: argparse.Namespace) -> dict[str, Any]:
    path, kept = kept_texts(f"scale-{corner.replace(' ', '-')}", CORNERS[corner](count), cache_folder())
    digest = kept["digest"]
    options = ["--texts", str(path), "--digest", digest, "--threads", str(arguments.threads)]
    options += ["--memory", str(arguments.memory)]
    options += ["--whole"] if arguments.whole else []
    repeats = 1 if count >= 300_000 else arguments.repeats
    runs = []
    for _ in range(repeats):
        runs.append(run_worker(sys.executable, "benchmarks.scale.process", options, arguments.threads))
        print(f"{corner}, {count}: {sum(runs[-1]['stages'].values()):.1f} s", file=sys.stderr, flush=True)
    first = runs[0]
    measured = {
        kind: {stage: summarise([run[kind][stage] for run in runs]) for stage in first[kind]}
        for kind in ("stages", "processor_stages")
    }
    return {
        "corner": corner,
        "documents": count,
        "threads": arguments.threads,
        "whole": arguments.whole,
        "memory_limit": arguments.memory,
        "work": first["work"],
        "recipe": asdict(CORNERS[corner](count)),
        "digest": digest,
        **measured,
        "total": summarise([sum(run["stages"].values()) for run in runs]),
        "processor_total": summarise([sum(run["processor_stages"].values()) for run in runs]),
        "memory_beyond": summarise([run["memory_peak"] - run["memory_before"] for run in runs if run["memory_peak"]]),
        "memory_peak": summarise([run["memory_peak"] for run in runs if run["memory_peak"]]),
        "counts": first["counts"],
        "planted": first["planted"],
        "recall": round(first["recall"], 5),
    }
