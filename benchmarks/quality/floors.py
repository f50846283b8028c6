"""The gate: floors that measured figures must not fall under, kept beside the digest of what they were measured on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.quality.score import Score

__all__ = ["FLOORS", "SLACK", "check", "floor_under", "read_floors", "update", "write_floors"]

FLOORS = Path(__file__).with_name("floors.json")

SLACK = 0.005
"""Room under a measured figure, so that another platform's last digits do not fail the gate."""

Floors = dict[str, dict[str, Any]]


def floor_under(value: float) -> float:
    """The floor that a measured figure gives: ``SLACK`` lower, but never so low that the errors could grow by half.

    >>> floor_under(0.9), floor_under(0.998), floor_under(1.0)
    (0.895, 0.997, 1.0)
    """
    return round(value - min(SLACK, max(0.0, 1 - value) / 2), 4)


def read_floors(path: Path = FLOORS) -> Floors:
    """The floors by corpus; none where the file is not there."""
    if not path.exists():
        return {}
    floors: Floors = json.loads(path.read_text(encoding="utf-8"))
    return floors


def write_floors(floors: Floors, path: Path = FLOORS) -> None:
    """Write the floors, sorted, one figure a line."""
    path.write_text(json.dumps(floors, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def check(scores: Iterable[Score], floors: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What fails: figures under their floor or no longer measured, and corpora that are not those of the floors.

    A corpus without floors, and one of which only a part was measured, cannot fail.
    """
    failures = []
    for score in scores:
        entry = floors.get(score.corpus)
        if entry is None or score.partial:
            continue
        if entry["digest"] != score.digest:
            failures.append(f"{score.corpus}: the files or labels are not those that the floors were measured on")
        for name, floor in entry["figures"].items():
            figure = score.figures.get(name)
            if figure is None:
                failures.append(f"{name}: no longer measured; its floor is {floor}")
            elif figure.value < floor:
                failures.append(f"{name}: {figure.value:.4f} is under its floor of {floor}")
    return failures


def update(scores: Iterable[Score], floors: Floors, *, lower: bool = False) -> tuple[Floors, list[str]]:
    """Floors under the measured figures, and what was refused because it would lower a floor.

    A figure that holds its floor never lowers it. Partly measured corpora are left as they are.
    """
    renewed, refused = dict(floors), []
    for score in scores:
        if score.partial:
            continue
        old: dict[str, float] = floors.get(score.corpus, {}).get("figures", {})
        figures = {name: figure.value for name, figure in score.figures.items() if figure.gated}
        lost = old.keys() - figures.keys()
        refused += [f"{name}: no longer measured; its floor is {old[name]}" for name in lost]
        refused += [
            f"{name}: {value:.4f} would lower the floor of {old[name]}"
            for name, value in figures.items()
            if value < old.get(name, value)
        ]
        kept = {} if lower else old
        renewed[score.corpus] = {
            "digest": score.digest,
            "figures": {
                name: max(floor_under(value), kept.get(name, floor_under(value))) for name, value in figures.items()
            },
            "slack": SLACK,
        }
    return (renewed, []) if lower else (floors if refused else renewed, sorted(refused))
