"""What ``dedup tune`` measured, for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from dedup.recall import Share, Tuning
from dedup.report.table import print_wrapped

__all__ = ["print_tuning"]


def print_tuning(console: Console, tuning: Tuning) -> None:
    """The S-curves, what was found of the pairs there are, and what that speaks for."""
    counts = (
        f"{tuning.documents:,} documents, {tuning.different:,} different texts, {tuning.sampled:,} of them measured"
    )
    similar = f"{tuning.similar:,} pairs of Jaccard 0.3 and more, by the exact join"
    print_wrapped(console, f"{counts}: {similar}", "", "bold")
    _print_curves(console, tuning)
    _print_bandings(console, tuning)
    title = f"pairs by Jaccard, found by the {tuning.threshold:g} threshold's bands"
    _print_shares(console, title, [(f"{low:.2f}–{high:.2f}", share) for low, high, share in tuning.histogram])
    title = "pairs at the threshold, by words of the shorter text"
    named = [
        (f"{low:,}–{high - 1:,}" if high < 2**31 else f"{low:,} and more", share) for low, high, share in tuning.lengths
    ]
    _print_shares(console, title, named)
    _print_proposal(console, tuning)


def _print_curves(console: Console, tuning: Tuning) -> None:
    names = [f"{item.bands} × {item.rows}{' *' if item.chosen else ''}" for item in tuning.tried]
    table = _table("chance to be found, at Jaccard", *names)
    for row in range(len(tuning.tried[0].curve)):
        table.add_row(f"{tuning.tried[0].curve[row][0]:g}", *(f"{item.curve[row][1]:.3f}" for item in tuning.tried))
    console.print(table)


def _print_bandings(console: Console, tuning: Tuning) -> None:
    table = _table("bands × rows", "expected", "candidates", "pairs", "found", "recall", "95 %")
    for item in tuning.tried:
        name = f"{item.bands} × {item.rows}{' *' if item.chosen else ''}"
        table.add_row(name, f"{item.expected:.4f}", f"{item.candidates:,}", *_cells(item.share))
    console.print(table)
    print_wrapped(
        console, f"* for {tuning.threshold:g} at a recall of {tuning.wanted:g}; pairs at or above it", "", "dim"
    )


def _print_shares(console: Console, title: str, rows: Sequence[tuple[str, Share]]) -> None:
    table = _table(title, "pairs", "found", "recall", "95 %")
    for name, share in rows:
        table.add_row(name, *_cells(share))
    console.print(table)


def _print_proposal(console: Console, tuning: Tuning) -> None:
    proposal = tuning.proposal
    options = [
        f"--{name} {value:g}"
        for name, value in (("threshold", proposal.threshold), ("min-recall", proposal.min_recall))
        if value is not None
    ]
    bands = f": {proposal.bands} bands of {proposal.rows}" if proposal.bands else ""
    print_wrapped(console, f"proposed: {' '.join(options)}{bands}" if options else "nothing is proposed", "", "bold")
    for reason in proposal.why:
        print_wrapped(console, reason, "    ", first="  • ")
    print_wrapped(
        console,
        "A threshold says how alike near-duplicates are. Which are duplicates to you, no count says: read some.",
        "",
        "dim",
    )


def _words(low: int, high: int) -> str:
    return f"{low:,}–{high - 1:,}" if high < 2**31 else f"{low:,} and more"


def _table(first: str, *columns: str) -> Table:
    table = Table(first, *columns, box=box.SIMPLE_HEAD, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
        column.no_wrap = True
    return table


def _cells(share: Share) -> tuple[str, str, str, str]:
    if share.recall is None:
        return "0", "–", "–", "–"
    return f"{share.pairs:,}", f"{share.found:,}", f"{share.recall:.3f}", f"{share.low:.3f}–{share.high:.3f}"
