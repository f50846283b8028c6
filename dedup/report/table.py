"""The table of a comparison that a person reads: families from the source down, then what links them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TextIO

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from dedup.documents import Document
from dedup.errors import Skipped
from dedup.matches import Family, Match, Relation
from dedup.report.rows import FamilyRows, Row, arrange, describe_origin, first_reason, fold_rows, summarise
from dedup.report.visible import visible

__all__ = ["RELATION_STYLES", "describe_document", "make_console", "print_table", "print_wrapped"]

RELATION_STYLES = {
    Relation.IDENTICAL: "red",
    Relation.NEAR_DUPLICATE: "red",
    Relation.SYNDICATED: "magenta",
    Relation.REWRITTEN: "yellow",
    Relation.EXCERPTED: "cyan",
    Relation.SAME_STORY: "blue",
    Relation.UNRELATED: "dim",
}
"""Colours of the relations; their names stand beside them always."""

_FIGURES = 29
_NARROWEST = 32
_PLAIN_WIDTH = 100
_DEEPEST = 5
_BELOW = str.maketrans("├└", "│ ")
_MEMBERS = 40


class _Console(Console):
    def on_broken_pipe(self) -> None:  # rich would end the process with exit code 1, which has another meaning here
        raise BrokenPipeError


def make_console(stream: TextIO, width: int | None = None) -> Console:
    """A console that takes texts as they are: no markup, no highlighting; colours only on a terminal."""
    console = _Console(file=stream, width=width, highlight=False, markup=False, emoji=False)
    if width is None and not console.is_terminal and "COLUMNS" not in os.environ:
        console.width = _PLAIN_WIDTH
    console.width = max(console.width, _NARROWEST)
    return console


def print_table(
    console: Console,
    matches: Sequence[Match],
    families: Sequence[Family],
    documents: Mapping[str, Document],
    skipped: Sequence[Skipped] = (),
    *,
    every: bool = False,
) -> None:
    """Families, then excerpts that link them, then the matches that lie in none, then one line that sums up.

    Parameters
    ----------
    console : Console
    matches, families, documents, skipped
        As the comparison has them.
    every : bool
        Show every member of a large family, not the first forty, and every match between two families, not the most
        telling one.
    """
    grown, excerpts, others = arrange(matches, families)
    if matches:
        _print_spread(console, "document", Text(_figures("relation", "prob.", "covered"), "dim"), style="dim")
    for family in filter(lambda family: family.rows, grown):
        _print_family(console, family, documents, every=every)
    for title, rows in (("Excerpts across families", excerpts), ("Further matches", others)):
        if rows:
            console.print(Text(f"\n{title}", style="bold underline"))
            for row in rows if every else fold_rows(rows, families):
                _print_row(console, row, documents)
    if matches:
        console.print()
    print_wrapped(console, summarise(documents, families, matches, skipped), "", "bold")


def describe_document(document: Document | None) -> str:
    """Outlet, date and title, as far as they are known."""
    title = visible(document.title) if document and document.title else ""
    return " · ".join(part for part in (_byline(document), title) if part)


def print_wrapped(
    console: Console, text: str | Text, margin: str = "", style: str = "", first: str | Text | None = None
) -> None:
    """Print a text line by line behind a margin (the first line behind ``first``), no spaces at the ends of lines."""
    lines = (Text(text) if isinstance(text, str) else text).wrap(console, console.width - len(margin))
    for number, line in enumerate(lines):
        line.rstrip()
        console.print(Text.assemble(margin if number or first is None else first, line), style=style)


def _print_family(console: Console, grown: FamilyRows, documents: Mapping[str, Document], *, every: bool) -> None:
    family = grown.family
    console.print()
    size = Text(f"{len(family):,} documents", style="dim")
    _print_spread(console, visible(family.representative), size, style="bold green")
    about = describe_document(documents.get(family.representative))
    if about:
        print_wrapped(console, about, "  ", "dim")
    shown = grown.rows if every else grown.rows[:_MEMBERS]
    for row, branch in zip(shown, _branches(shown), strict=True):
        _print_row(console, row, documents, branch)
    left_out = grown.rows[len(shown) :]
    if left_out:
        kinds = Counter(row.match.relation for row in left_out)
        named = ", ".join(f"{kinds[relation]:,} {_words(relation)}" for relation in Relation if kinds[relation])
        print_wrapped(console, f"… and {len(left_out):,} more: {named} (--verbose shows them)", "  ", "dim")
    if grown.untied:
        ids = ", ".join(map(visible, grown.untied if every else grown.untied[:_MEMBERS]))
        more = "" if every or len(grown.untied) <= _MEMBERS else ", …"
        print_wrapped(console, f"also in the family: {ids}{more}", "  ", "dim")


def _print_row(console: Console, row: Row, documents: Mapping[str, Document], branch: str = "") -> None:
    match = row.match
    figures = _figures(_words(match.relation), f"{match.probability:.2f}", f"{100 * row.coverage:.0f} %")
    margin = branch.translate(_BELOW)
    _print_spread(console, visible(row.id), Text(figures, style=RELATION_STYLES[match.relation]), branch, margin)
    detail = visible(describe_origin(match, row.id, row.other))
    reason = visible(first_reason(row))
    if reason:
        detail += f": {reason}"
    if row.folded:
        detail += f"; and {row.folded:,} more between the same families"
    byline = _byline(documents.get(row.id))
    print_wrapped(console, f"{byline} · {detail}" if byline else detail, margin + "  ", "dim")


def _print_spread(
    console: Console, name: str, figures: Text, branch: str = "", margin: str = "", style: str = ""
) -> None:
    """A name at the left edge, figures at the right one; a name too long for a line is folded."""
    lines = chop_cells(name, console.width - len(branch)) or [""]
    room = console.width - len(branch) - cell_len(figures.plain)
    if cell_len(lines[-1]) >= room:
        lines.append("")
    for number, line in enumerate(lines):
        text = Text.assemble((margin if number else branch, "dim"), (line, style))
        if number == len(lines) - 1:
            text.append(" " * (room - cell_len(line))).append_text(figures)
        console.print(text)


def _figures(relation: str, probability: str, coverage: str) -> str:
    return f"{relation:<14} {probability:>5} {coverage:>7}".rjust(_FIGURES)


def _branches(rows: Sequence[Row]) -> list[str]:
    """The lines that lead to each row of a tree given in preorder."""
    branches: list[str] = []
    open_levels: set[int] = set()
    for row in reversed(rows):
        depth = min(row.depth, _DEEPEST)
        trunk = "".join("│ " if level in open_levels else "  " for level in range(1, depth))
        branches.append(trunk + ("├ " if depth in open_levels else "└ "))
        open_levels = {level for level in open_levels if level < depth} | {depth}
    return branches[::-1]


def _byline(document: Document | None) -> str:
    if document is None:
        return ""
    date = document.date.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00") if document.date else None
    return ", ".join(visible(part) for part in (document.outlet, date) if part)


def _words(relation: Relation) -> str:
    return relation.replace("_", " ")
