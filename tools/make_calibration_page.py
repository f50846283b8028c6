"""Make ``docs/calibration.md`` and its pictures from what ``python -m benchmarks quality --json FILE`` measured.

Run with: ``python -m tools.make_calibration_page FILE``
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs"
FIGURES = DOCS / "figures"
SIZE, MARGIN = 300, 48
_HEAD = """# Calibration

How far a probability can be taken at its word, and how often a named source is right. Made by
`python -m tools.make_calibration_page` from what `python -m benchmarks quality --json FILE` measured; nothing here is
typed by hand. Each corpus stands on its own: what holds for newsrooms says little about short answers of students.

`seeds` is what the verdict is trained on. `newsroom` is written in the same manner, and nothing is trained or tuned on
it. The other corpora are public research data, of which half was used.

## Of being derived

The Brier score is the mean squared error of the probability, 0 at best; its skill is what that saves against the mere
share of derived pairs, 1 at best. A slope below 1 says that the program is too sure of itself, above 1 that it is not
sure enough. In the pictures a point on the diagonal is right, its area is the number of pairs; below the diagonal fewer
pairs are derived than was said, above it more.
"""
_DIRECTION = """## Of the named source, without dates

The curves begin at the left with the surest answers. Of parents and children that were found, `right at 60 %` takes the
surest 60 %; an abstention within them is not right. The rule 'the longer is the source' is surest where the lengths are
farthest apart; a coin is right in half of the cases. Of siblings, which were both written from a third text, no source
is right: naming one is an error.
"""


def plot(name: str, title: str, axes: tuple[str, str], body: Iterable[str]) -> None:
    """Write a square picture whose two axes go from 0 to 1."""
    side = SIZE - 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" width="{SIZE}" height="{SIZE}" role="img"'
        f' font-family="sans-serif" font-size="11"><title>{title}</title>',
        f'<rect width="{SIZE}" height="{SIZE}" fill="#fff"/>',
        f'<text x="{SIZE / 2}" y="20" text-anchor="middle" font-size="13">{title}</text>',
        f'<rect x="{MARGIN}" y="{MARGIN}" width="{side}" height="{side}" fill="none" stroke="#999"/>',
    ]
    for tick in (0.0, 0.5, 1.0):
        x, y = place(tick, tick)
        parts.append(f'<text x="{x:.1f}" y="{SIZE - MARGIN + 15}" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="{MARGIN - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>')
    parts.append(f'<text x="{SIZE / 2}" y="{SIZE - 12}" text-anchor="middle">{axes[0]}</text>')
    parts.append(
        f'<text x="14" y="{SIZE / 2}" text-anchor="middle" transform="rotate(-90 14 {SIZE / 2})">{axes[1]}</text>'
    )
    FIGURES.mkdir(exist_ok=True)
    (FIGURES / f"{name}.svg").write_text("\n".join([*parts, *body, "</svg>", ""]), encoding="utf-8")


def place(x: float, y: float) -> tuple[float, float]:
    """Where a point of the unit square stands in the picture."""
    side = SIZE - 2 * MARGIN
    return MARGIN + x * side, SIZE - MARGIN - y * side


def line(points: Sequence[tuple[float, float]], colour: str, dashes: str = "none") -> str:
    """A line through points of the unit square."""
    places = " ".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y in points)
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'


def draw_reliability(corpus: str, bins: list[dict[str, Any]]) -> None:
    """Draw the share of derived pairs against the probability that was said."""
    most = max(row["pairs"] for row in bins)
    body = [line([(0, 0), (1, 1)], "#bbb", "4 4")]
    for row in bins:
        x, y = place(row["probability"], row["true"])
        body.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{2 + 9 * (row["pairs"] / most) ** 0.5:.1f}" fill="#1f6f8b"'
            f' fill-opacity="0.7"><title>{row["pairs"]} pairs</title></circle>'
        )
    plot(f"reliability-{corpus}", corpus, ("probability said", "share derived"), body)


def draw_direction(corpus: str, ours: list[list[float]], by_length: list[list[float]]) -> None:
    """Draw the share of right answers against the share that is answered."""
    body = [
        line([(0, 0.5), (1, 0.5)], "#bbb", "4 4"),
        line([(x, y) for x, y in by_length], "#b5651d", "2 3"),
        line([(x, y) for x, y in ours], "#1f6f8b"),
    ]
    for number, (text, colour) in enumerate((("dedup", "#1f6f8b"), ("the longer", "#b5651d"), ("a coin", "#888"))):
        x, y = place(0.04, 0.05 + 0.07 * (2 - number))
        body.append(f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}">{text}</text>')
    plot(f"direction-{corpus}", corpus, ("share answered", "share right of those"), body)


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = [columns, ["---"] * len(columns), *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)


def calibration_section(scores: list[dict[str, Any]]) -> str:
    """Figures of all corpora, then a picture and a table of each."""
    rows, parts = [], []
    for score in scores:
        corpus, figures = score["corpus"], score["figures"]
        bins = score["curves"].get(f"{corpus}.reliability")
        if not bins:
            continue
        names = ("brier", "brier_skill", "slope")
        rows.append([corpus, sum(row["pairs"] for row in bins), *(_value(figures, corpus, name) for name in names)])
        draw_reliability(corpus, bins)
        body = [
            [f"{row['from']:.1f}–{row['from'] + 0.1:.1f}", *(row[k] for k in ("pairs", "probability", "true"))]
            for row in bins
        ]
        picture = f"![Reliability on {corpus}](figures/reliability-{corpus}.svg)"
        parts.append(f"### {corpus}\n\n{picture}\n\n{table(('said', 'pairs', 'mean', 'share derived'), body)}")
    return "\n\n".join([_HEAD + "\n" + table(("corpus", "pairs", "Brier score", "skill", "slope"), rows), *parts])


def direction_section(scores: list[dict[str, Any]]) -> str:
    """Figures of all corpora with direction, then their pictures."""
    columns = {
        "right at 60 %": "right_at_60", "the longer, at 60 %": "right_at_60_by_length", "answered": "answered",
        "right of answered": "right", "source shorter: right at 60 %": "right_at_60_where_source_is_shorter",
        "source shorter: right of answered": "right_where_source_is_shorter",
        "siblings without a source": "siblings_without_source",
    }  # fmt: skip
    rows, parts = [], []
    for score in scores:
        corpus, curves = score["corpus"], score["curves"]
        ours = curves.get(f"{corpus}.direction.risk_coverage")
        if ours is None:
            continue
        rows.append([corpus, *(_figure(score["figures"], f"{corpus}.direction.{name}") for name in columns.values())])
        draw_direction(corpus, ours, curves[f"{corpus}.direction.risk_coverage_by_length"])
        parts.append(f"![Direction on {corpus}](figures/direction-{corpus}.svg)")
    return "\n\n".join([_DIRECTION, table(("corpus", *columns), rows), "\n".join(parts)])


def _value(figures: dict[str, Any], corpus: str, name: str) -> float | None:
    return _figure(figures, f"{corpus}.calibration.{name}")


def _figure(figures: dict[str, Any], name: str) -> float | None:
    return figures[name]["value"] if name in figures else None


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def main() -> None:
    """Write the page and the pictures."""
    scores = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["scores"]
    page = f"{calibration_section(scores)}\n\n{direction_section(scores)}\n"
    (DOCS / "calibration.md").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
