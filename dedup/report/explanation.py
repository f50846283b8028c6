"""The way of one pair through a comparison, stage by stage, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dedup.explanation import LOST, PASSED, Feature, PairStory
from dedup.report.records import as_json
from dedup.report.table import print_wrapped
from dedup.report.visible import visible

__all__ = ["print_story", "write_story"]

_SIGNS = {PASSED: ("✓", "green"), LOST: ("✗", "bold red")}
_WIDTH = 22
_SHOWN = 12


def print_story(console: Console, story: PairStory) -> None:
    """What became of the pair, what each stage found of it, the words that weigh most, and what would have kept it."""
    for side, name in (("left   ", story.left), ("right  ", story.right)):
        print_wrapped(console, Text.assemble((side, "dim"), (visible(name), "bold")))
    end = "reported" if story.reported else f"not reported: lost at the stage '{story.lost_at}'"
    print_wrapped(console, Text(end, style="bold green" if story.reported else "bold red"))
    console.print()
    for stage in story.stages:
        sign, style = _SIGNS.get(stage.outcome, ("·", "dim"))
        title = Text.assemble(
            (f"{sign} ", style), (f"{stage.name:<{_WIDTH}}", style if stage.outcome == LOST else "bold")
        )
        print_wrapped(console, Text(visible(stage.said)), " " * (_WIDTH + 2), first=title)
    _print_features(console, story.features)
    _print_remedies(console, story)


def write_story(stream: TextIO, story: PairStory, header: Mapping[str, Any]) -> None:
    """One JSON object: a header, and the members of `PairStory.to_dict`."""
    stream.write(as_json({"header": dict(header), **story.to_dict()}) + "\n")


def _print_features(console: Console, features: Iterable[Feature]) -> None:
    features = list(features)
    counted = [feature for feature in features if feature.counted]
    others = [feature for feature in features if not feature.counted]
    for title, some in (("rare words and phrases in both", counted), ("in both, but not counted", others)):
        if not some:
            continue
        console.print()
        table = Table(title, "families", "idf", "weight", box=box.SIMPLE_HEAD, pad_edge=False)
        for column in table.columns[1:]:
            column.justify = "right"
            column.no_wrap = True
        for feature in some[:_SHOWN]:
            idf = "–" if feature.idf is None else f"{feature.idf:.2f}"
            why = f"  ({feature.why})" if feature.why else ""
            told = Text.assemble(visible(feature.text), (why, "dim"))
            table.add_row(told, f"{feature.frequency:,}", idf, f"{feature.weight:.2f}" if feature.counted else "–")
        console.print(table)
        if len(some) > _SHOWN:
            print_wrapped(console, "… and more (--format json has the first hundred)", "", "dim")


def _print_remedies(console: Console, story: PairStory) -> None:
    if story.reported:
        return
    console.print()
    if not story.remedies:
        print_wrapped(console, "No setting would have kept this pair.", "", "bold")
        return
    print_wrapped(console, "What would have kept it:", "", "bold")
    for remedy in story.remedies:
        print_wrapped(console, Text.assemble((remedy.option, "bold"), f"  {remedy.why}"), "    ", first="  • ")
