"""The command: compare engines, print the tables, write the report."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from benchmarks.quality.score import Cell, Table, render
from benchmarks.speed.harness import ENGINES, measure, prepare_texts
from benchmarks.speed.points import POINTS
from benchmarks.speed.rows import spread, times

__all__ = ["add_arguments", "run", "table"]

_STAGES = ("signatures", "pairs", "verification")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m benchmarks speed``."""
    parser.add_argument("--documents", type=int, default=10_000, metavar="N", help="how many (10,000)")
    parser.add_argument("--engines", nargs="+", metavar="NAME", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--points", nargs="+", metavar="NAME", choices=list(POINTS), default=list(POINTS))
    parser.add_argument("--repeats", type=int, default=5, help="runs of each (5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print."""

    def keep(report: dict[str, Any]) -> None:
        if arguments.json:
            arguments.json.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    texts = prepare_texts(arguments.documents)
    report = measure(texts, arguments.engines, arguments.points, arguments.repeats, keep)
    for point in arguments.points:
        print("\n" + render(table(report, point)))
    return 0


def table(report: dict[str, Any], point: str) -> Table:
    """The rows of one point, the quickest first; a character counts as a byte."""
    size = report["texts"]["characters"] / 1e6
    shown = [(row, times(row)) for row in report["rows"] if row["point"] == point]
    cells: list[tuple[Cell, ...]] = []
    for row, summaries in sorted(shown, key=lambda pair: pair[1]["total"]["median"]):
        seconds = [summaries[stage]["median"] if stage in summaries else None for stage in _STAGES]
        total = summaries["total"]["median"]
        figures = (size / summaries["signatures"]["median"], size / total, *seconds, total, spread(summaries["total"]))
        cells.append((row["label"], *figures, row["memory_beyond"]["median"], row["recall"], row["precision"]))
    columns = (
        "engine", "text to signatures, MB/s", "text to result, MB/s", "signatures, s", "pairs, s", "verification, s",
        "all, s", "spread", "memory beyond the texts, MB", "recall", "precision",
    )  # fmt: skip
    documents = report["texts"]["documents"]
    return Table(f"{documents:,} documents, {size:.0f} MB; {report['points'][point]}", columns, tuple(cells))
