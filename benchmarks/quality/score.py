"""What the measurement of one corpus yields: figures with their intervals, tables to read, and what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Cell", "Figure", "Score", "Table", "render"]

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number. More is better wherever it is gated.

    Attributes
    ----------
    value : float
    interval : tuple of float, optional
        Of 95 %, by bootstrap.
    gated : bool
        Whether a floor may hold it. Times and figures of small meaning are not.
    """

    value: float
    interval: tuple[float, float] | None = None
    gated: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to print. The first column is a name."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The measurement of one corpus.

    Attributes
    ----------
    corpus : str
    figures : dict of str to Figure
        By name, such as ``pan13.entire.plagdet``.
    tables : tuple of Table
    curves : dict
        Longer series for plots, such as reliability and risk against coverage. Only in the JSON.
    digest : str
        Of the files measured.
    partial : bool
        Only a sample was measured, so that no floor applies.
    """

    corpus: str
    figures: dict[str, Figure]
    tables: tuple[Table, ...]
    curves: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    partial: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as the JSON output has them."""
        return {
            "corpus": self.corpus,
            "digest": self.digest,
            "partial": self.partial,
            "figures": {name: _plain(figure) for name, figure in self.figures.items()},
            "tables": [{"title": t.title, "columns": t.columns, "rows": t.rows} for t in self.tables],
            "curves": self.curves,
        }


def _plain(figure: Figure) -> dict[str, Any]:
    plain: dict[str, Any] = {"value": round(figure.value, 6), "gated": figure.gated}
    if figure.interval is not None:
        plain["interval"] = [round(bound, 6) for bound in figure.interval]
    return plain


def render(table: Table, most: int = 30) -> str:
    """A table as lines of text: names to the left, numbers to the right; at most ``most`` rows.

    >>> print(render(Table("Found", ("kind", "pairs", "share"), (("brief", 12, 0.91666), ("update", 4, None)))))
    Found
      kind    pairs   share
      brief      12  0.9167
      update      4       –
    """
    if not table.rows:
        return f"{table.title}\n  none"
    cells = [table.columns, *([_text(cell) for cell in row] for row in table.rows[:most])]
    widths = [max(len(row[k]) for row in cells) for k in range(len(table.columns))]
    numeric = [all(not isinstance(row[k], str) for row in table.rows) for k in range(len(table.columns))]
    rest = [f"  … and {len(table.rows) - most} more, in the JSON"] if len(table.rows) > most else []
    return "\n".join([table.title, *("  " + _line(row, widths, numeric) for row in cells), *rest])


def _line(row: Sequence[str], widths: Sequence[int], numeric: Sequence[bool]) -> str:
    cells = (c.rjust(w) if right else c.ljust(w) for c, w, right in zip(row, widths, numeric, strict=True))
    return "  ".join(cells).rstrip()


def _text(cell: Cell) -> str:
    if cell is None:
        return "–"
    return f"{cell:.4f}" if isinstance(cell, float) else str(cell)
