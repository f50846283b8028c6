"""One pair with its evidence: the verdict, the scores, and the passages side by side."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dedup.alignment import Passage, PassageKind
from dedup.documents import Document
from dedup.matches import Match, Relation
from dedup.report.meanings import KINDS, say_origin
from dedup.report.table import RELATION_STYLES, describe_document, print_wrapped
from dedup.report.visible import visible

__all__ = ["KIND_STYLES", "print_pair"]

KIND_STYLES = {
    PassageKind.VERBATIM: "red",
    PassageKind.EDITED: "yellow",
    PassageKind.REWRITTEN: "green",
    PassageKind.QUOTATION: "cyan",
    PassageKind.BOILERPLATE: "dim",
}
"""Colours of the kinds of passages; their names stand above them always."""

_SIDE_BY_SIDE = 84
_LEAST_SHARE = 0.005


def print_pair(console: Console, match: Match, left: Document, right: Document) -> None:
    """Relation, probability and origin; scores; reasons; every passage in full."""
    _print_verdict(console, match, left, right)
    console.print(_score_table(match))
    if match.reasons:
        console.print(Text("\nreasons", style="bold"))
        for reason in match.reasons:
            print_wrapped(console, visible(reason), "    ", first="  • ")
    console.print()
    if not match.passages:
        print_wrapped(console, "no passages: no part of one text is found again in the other")
        if match.reasons:
            print_wrapped(console, "the verdict stands on the reasons above", "", "dim")
        return
    _print_legend(console, match.passages)
    for number, passage in enumerate(match.passages, 1):
        _print_passage(console, number, passage, left.text, right.text)


def _print_verdict(console: Console, match: Match, left: Document, right: Document) -> None:
    relation = (match.relation.replace("_", " "), f"bold {RELATION_STYLES[match.relation]}")
    print_wrapped(console, Text.assemble(relation, f" · {match.probability:.2f} probable that it is derived"))
    shares = [(relation, match.relation_probabilities.get(relation, 0.0)) for relation in Relation]
    named = ", ".join(
        f"{relation.replace('_', ' ')} {share:.2f}"
        for relation, share in sorted(shares, key=lambda item: -item[1])
        if share >= _LEAST_SHARE
    )
    print_wrapped(console, named, "  ", "dim")
    for side, document in (("left   ", left), ("right  ", right)):
        about = describe_document(document)
        parts = ((side, "dim"), (visible(document.id), "bold"), (f"  {about}" if about else "", "dim"))
        print_wrapped(console, Text.assemble(*parts))
    print_wrapped(console, Text.assemble(("origin ", "dim"), visible(say_origin(match))))
    console.print()


def _score_table(match: Match) -> Table:
    table = Table("", "both", "left", "right", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    table.add_row("shared 3-word shingles (Jaccard)", f"{match.jaccard:.2f}", "", "")
    table.add_row(
        "share of its shingles in the other", "", f"{match.left_containment:.2f}", f"{match.right_containment:.2f}"
    )
    table.add_row("cosine of weighted words (TF-IDF)", f"{match.cosine:.2f}", "", "")
    table.add_row(
        "covered by the passages", "", f"{100 * match.left_coverage:.0f} %", f"{100 * match.right_coverage:.0f} %"
    )
    return table


def _print_legend(console: Console, passages: Iterable[Passage]) -> None:
    present = {passage.kind for passage in passages}
    what = (", by their characters in the original texts (end not included)", "dim")
    print_wrapped(console, Text.assemble(("passages", "bold"), what))
    for kind in PassageKind:
        if kind in present:
            legend = Text.assemble((f"■ {kind}", KIND_STYLES[kind]), (f"  {KINDS[kind]}", "dim"))
            print_wrapped(console, legend, "    ", first="  ")


def _print_passage(console: Console, number: int, passage: Passage, left: str, right: str) -> None:
    style = KIND_STYLES[passage.kind]
    console.print()
    console.print(
        Text.assemble(
            (f"{number} ■ {passage.kind}", f"bold {style}"),
            f"  left {passage.left_start}–{passage.left_end}  right {passage.right_start}–{passage.right_end}",
        )
    )
    texts = (
        visible(left[passage.left_start : passage.left_end], lines=True),
        visible(right[passage.right_start : passage.right_end], lines=True),
    )
    if console.width < _SIDE_BY_SIDE:
        for side, text in zip(("left   ", "right  "), texts, strict=True):
            print_wrapped(console, Text(text, style=style), "       ", first=side)
        return
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column(ratio=1, overflow="fold")
    grid.add_column(ratio=1, overflow="fold")
    for left_part, right_part in _in_step(*texts):
        grid.add_row(Text(left_part, style=style), Text(right_part, style=style))
    console.print(grid)


def _in_step(left: str, right: str) -> list[tuple[str, str]]:
    """Paragraph beside paragraph where there are as many of them on both sides; else all of it beside all of it."""
    left_lines, right_lines = left.split("\n"), right.split("\n")
    if len(left_lines) == len(right_lines):
        return list(zip(left_lines, right_lines, strict=True))
    return [(left, right)]
