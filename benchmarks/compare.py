"""Two reports of the same benchmark: what became slower, larger or worse by more than the noise of the two."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.quality.score import Table, render
from benchmarks.speed.rows import times
from benchmarks.speed.statistics import noise

__all__ = ["Change", "Measured", "add_arguments", "compare", "measured_in", "run", "show"]

_SIGMAS = 4.0
_LEAST_TOLERANCE = {"time": 0.1, "memory": 0.25, "share": 0.0005}
_OTHER_MACHINE, _DISTURBED = 1.0, 0.16
_QUIET = 1.15


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of a report.

    Attributes
    ----------
    value : float
    kind : {"time", "memory", "share"}
        Of times and memory less is better; of shares (recall, precision) more is.
    noise : float
        Relative standard error of the value.
    """

    value: float
    kind: str
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in two reports.

    Attributes
    ----------
    name : str
    old, new : float
    tolerance : float
        The worsening beyond which it counts: relative, for shares absolute.
    worsening : float
        In the same measure; negative where it became better.
    """

    name: str
    old: float
    new: float
    tolerance: float
    worsening: float

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.worsening > self.tolerance:
            return "worse"
        return "better" if self.worsening < -self.tolerance else "same"


def measured_in(report: Mapping[str, Any]) -> dict[str, Measured]:
    """The figures of a report, by name."""
    if "metrics" in report:
        return {name: Measured(**metric) for name, metric in report["metrics"].items()}
    return {name: figure for row in report["rows"] for name, figure in _of_row(row)}


def _of_row(row: Mapping[str, Any]) -> Iterator[tuple[str, Measured]]:
    name = f"{row['engine']}, {row['point']}"
    for stage, summary in times(row).items():
        yield f"{name}: {stage}", Measured(summary["median"], "time", noise(summary["values"]))
    if row["memory_beyond"]["median"]:
        memory = row["memory_beyond"]
        yield f"{name}: memory", Measured(memory["median"], "memory", noise(memory["values"]))
    yield f"{name}: recall", Measured(row["recall"], "share")
    yield f"{name}: precision", Measured(row["precision"], "share")


def compare(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[list[Change], list[str]]:
    """The figures that both reports have, and what else there is to say.

    A figure is worse when it moved by more than four standard errors of the two medians together, and by more than a
    tenth (memory: a quarter; recall and precision: a twentieth of a per cent), since times change by some per cent
    from minute to minute with what else a machine does. Times of a run that waited for other programs are given a
    sixth, for these share its caches too; times of another processor may be twice as long, since the same code sketches
    in 1.9 calibrations on an EPYC with AVX-512, and in 2.6 to 3.4 on a Xeon.

    Raises
    ------
    ValueError
        When the two are of different texts.
    """
    if old["texts"]["digest"] != new["texts"]["digest"]:
        raise ValueError("the reports are of different texts and cannot be compared; make the older one anew")
    least = dict(_LEAST_TOLERANCE)
    before, after = measured_in(old), measured_in(new)
    notes = [f"{name}: no longer measured" for name in before if name not in after]
    if max(old["waited"], new["waited"]) > _QUIET:
        least["time"] = _DISTURBED
        notes.append(f"a run waited for other programs: times may differ by {_DISTURBED:.0%}")
    if old["machine"]["processor"] != new["machine"]["processor"]:
        least["time"] = _OTHER_MACHINE
        notes.append(f"another processor ({old['machine']['processor']}): times may differ by {_OTHER_MACHINE:.0%}")
    changes = [
        _change(name, before[name], figure, least[figure.kind]) for name, figure in after.items() if name in before
    ]
    return changes, notes


def _change(name: str, old: Measured, new: Measured, least: float) -> Change:
    tolerance = max(least, _SIGMAS * (old.noise**2 + new.noise**2) ** 0.5)
    worsening = old.value - new.value if new.kind == "share" else new.value / old.value - 1
    return Change(name, old.value, new.value, tolerance, worsening)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m benchmarks compare``."""
    parser.add_argument("old", type=Path, help="a report, as JSON")
    parser.add_argument("new", type=Path, help="a later one of the same texts")


def run(arguments: argparse.Namespace) -> int:
    """Print the comparison; 1 where something became worse."""
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in (arguments.old, arguments.new)]
    try:
        changes, notes = compare(*reports)
    except ValueError as error:
        print(error)
        return 2
    return show(changes, notes)


def show(changes: list[Change], notes: list[str]) -> int:
    """Print changes, the worst first; 1 where one is worse."""
    ordered = sorted(changes, key=lambda change: change.tolerance - change.worsening)
    rows = tuple((c.name, c.old, c.new, 100 * c.worsening, 100 * c.tolerance, c.verdict) for c in ordered)
    columns = ("figure", "old", "new", "worse by %", "tolerance %", "verdict")
    print(render(Table("New against old", columns, rows), most=200))
    for note in notes:
        print(f"note: {note}")
    worse = [change.name for change in changes if change.verdict == "worse"]
    print(f"worse: {', '.join(worse)}" if worse else "nothing is worse beyond the noise")
    return 1 if worse else 0
