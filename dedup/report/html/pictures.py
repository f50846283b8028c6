"""Pictures of families: who was written from whom, and when. Sizes and places are in units of the picture."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rich.cells import cell_len, set_cell_size

from dedup.documents import Document
from dedup.matches import Match, Origin
from dedup.report.rows import FamilyRows, Row
from dedup.report.visible import visible

__all__ = ["Arrow", "Box", "Dot", "Timeline", "Tree", "draw_timeline", "draw_tree", "said_span", "shortened"]

_WIDTH, _HEIGHT, _ACROSS, _DOWN = 236, 62, 300, 76
_DEEPEST, _MOST = 4, 60
_CELLS = 31
_TIME_START, _TIME_WIDTH = 14, 720
_EARLIEST = timedelta(minutes=15)
_TICKS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=7), timedelta(days=30))


@dataclass(frozen=True, slots=True)
class Box:
    """A document in a tree: where it stands, and the match that ties it to the one above it (none at the root)."""

    id: str
    x: int
    y: float
    match: Match | None


@dataclass(frozen=True, slots=True)
class Arrow:
    """A curve from the document above to the one below; ``kind``: forward, backward, common or undecided."""

    path: str
    kind: str
    relation: str


@dataclass(frozen=True, slots=True)
class Tree:
    """A family as a picture; ``more``: how many of its documents had no room."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Dot:
    """A document in time: how far along the line, and how long after the first."""

    id: str
    x: float
    after: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The dated documents of a family, from the first to the last; ``ticks``: round times after the first."""

    representative: str
    first: str
    ticks: tuple[tuple[float, str], ...]
    dots: tuple[Dot, ...]


def draw_tree(family: FamilyRows) -> Tree:
    """Sources on the left, what was written from them to their right; O(rows)."""
    rows = family.rows[:_MOST]
    children: dict[str, list[Row]] = {}
    for row in rows:
        children.setdefault(row.other, []).append(row)
    heights = _heights(family.family.representative, rows, children)
    boxes = [Box(family.family.representative, 0, heights[family.family.representative], None)]
    places = {family.family.representative: boxes[0]}
    arrows = []
    for row in rows:
        box = Box(row.id, min(row.depth, _DEEPEST) * _ACROSS, heights[row.id], row.match)
        boxes.append(box)
        places[row.id] = box
        arrows.append(Arrow(_curve(places[row.other], box), _kind(row), str(row.match.relation)))
    width = max(box.x for box in boxes) + _WIDTH
    height = int(max(box.y for box in boxes)) + _HEIGHT
    return Tree(width, height, tuple(boxes), tuple(arrows), len(family.family) - len(boxes))


def _heights(root: str, rows: Sequence[Row], children: Mapping[str, Sequence[Row]]) -> dict[str, float]:
    """Leaves one below the other, each parent in the middle of its children. ``rows`` stand in preorder."""
    heights: dict[str, float] = {}
    leaves = 0
    for name in (root, *(row.id for row in rows)):
        if name not in children:
            heights[name] = leaves * _DOWN
            leaves += 1
    for name in reversed((root, *(row.id for row in rows))):
        if name in children:
            own = [heights[row.id] for row in children[name]]
            heights[name] = (min(own) + max(own)) / 2
    return heights


def _curve(above: Box, below: Box) -> str:
    start_x, start_y = above.x + _WIDTH, above.y + _HEIGHT / 2
    end_x, end_y = below.x, below.y + _HEIGHT / 2
    if end_x <= start_x:  # below the deepest column drawn
        return f"M{above.x + 20} {above.y + _HEIGHT:g} V{below.y:g}"
    middle = (start_x + end_x) / 2
    return f"M{start_x} {start_y:g} C{middle:g} {start_y:g} {middle:g} {end_y:g} {end_x} {end_y:g}"


def _kind(row: Row) -> str:
    if row.match.origin is Origin.COMMON:
        return "common"
    if row.match.source is None:
        return "undecided"
    return "forward" if row.match.source == row.other else "backward"


def draw_timeline(names: Sequence[str], documents: Mapping[str, Document]) -> Timeline | None:
    """The dated ones of some documents on a line; nothing where fewer than two have different dates."""
    dated = sorted((documents[name].date, name) for name in names if documents[name].date)
    if len({date for date, _ in dated}) < 2:
        return None
    first, last = dated[0][0], dated[-1][0]
    assert first is not None and last is not None
    dots = tuple(
        Dot(name, _along(date - first, last - first), said_span(date - first))
        for date, name in dated
        if date is not None
    )
    ticks = tuple((_along(after, last - first), said_span(after)) for after in _TICKS if after <= last - first)
    return Timeline(names[0], first.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00"), ticks, dots)


def _along(after: timedelta, span: timedelta) -> float:
    """How far along the line, by the logarithm: what follows in minutes and what follows in days can both be seen."""
    share = math.log1p(after / _EARLIEST) / math.log1p(span / _EARLIEST)
    return round(_TIME_START + _TIME_WIDTH * share, 1)


def said_span(span: timedelta) -> str:
    """A stretch of time in its two largest units.

    >>> said_span(timedelta(hours=26, minutes=5)), said_span(timedelta(minutes=90)), said_span(timedelta())
    ('1 d 2 h', '1 h 30 min', '0 min')
    """
    minutes = round(span.total_seconds() / 60)
    return " ".join(list(_units(minutes))[:2]) or "0 min"


def _units(minutes: int) -> Iterator[str]:
    for size, unit in ((1440, "d"), (60, "h"), (1, "min")):
        number, minutes = divmod(minutes, size)
        if number:
            yield f"{number:,} {unit}"


def shortened(text: str, cells: int = _CELLS, *, end: bool = False) -> str:
    """The beginning of a text, or its end, in so many cells of a terminal.

    >>> shortened("a/long/path/to/courier.txt", 12, end=True), shortened("Channel Nine Coast", 12)
    ('…courier.txt', 'Channel Nin…')
    """
    text = visible(text)
    if cell_len(text) <= cells:
        return text
    if end:
        return "…" + set_cell_size(text[::-1], cells - 1)[::-1].strip()
    return set_cell_size(text, cells - 1).strip() + "…"
