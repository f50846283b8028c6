"""What a comparison holds, as rows of plain values: who stands under whom, how many of what."""

from __future__ import annotations

import heapq
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dedup.documents import Document
from dedup.errors import Skipped
from dedup.matches import Family, Match, Origin, Relation

__all__ = [
    "FamilyRows",
    "Row",
    "arrange",
    "count_relations",
    "describe_origin",
    "first_reason",
    "fold_rows",
    "summarise",
]

_SIDE = re.compile(r"\bthe (left|right) (?:text|one)\b")
_CLOSENESS = {relation: place for place, relation in enumerate(Relation)}


@dataclass(frozen=True, slots=True)
class Row:
    """A document in its place: the match that puts it there, seen from its side.

    Attributes
    ----------
    id : str
    other : str
        The document above it: the one it was written from, where that is known.
    match : Match
    coverage : float
        Share of this document's tokens inside passages shared with the other.
    depth : int
        1 below the representative, 2 below one of those, …
    folded : int
        Further matches between the same families that this row stands for.
    """

    id: str
    other: str
    match: Match
    coverage: float
    depth: int = 1
    folded: int = 0


@dataclass(frozen=True, slots=True)
class FamilyRows:
    """A family from its representative down.

    Attributes
    ----------
    family : Family
    rows : tuple of Row
        Each document below the one it is tied to.
    untied : tuple of str
        Documents whose tie is not among the matches reported.
    """

    family: Family
    rows: tuple[Row, ...]
    untied: tuple[str, ...]


def arrange(matches: Sequence[Match], families: Sequence[Family]) -> tuple[list[FamilyRows], list[Row], list[Row]]:
    """Put every match where a reader looks for it; O(m log m).

    Returns
    -------
    families : list of FamilyRows
        In the order given.
    excerpts : list of Row
        Borrowings between documents of different families, or of none.
    others : list of Row
        The other matches that lie in no family.
    """
    home = {name: number for number, family in enumerate(families) for name in family.documents}
    inside: list[list[Match]] = [[] for _ in families]
    excerpts: list[Row] = []
    others: list[Row] = []
    for match in matches:
        number = home.get(match.left, -1)
        if number >= 0 and home.get(match.right) == number:
            inside[number].append(match)
        else:
            (excerpts if match.relation is Relation.EXCERPTED else others).append(_loose_row(match))
    grown = [_grow(family, ties) for family, ties in zip(families, inside, strict=True)]
    return grown, sorted(excerpts, key=_names), sorted(others, key=_names)


def fold_rows(rows: Iterable[Row], families: Sequence[Family]) -> list[Row]:
    """Of the rows between the same two families the most telling one, which counts the others."""
    home = {name: family.representative for family in families for name in family.documents}
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        ends = sorted(home.get(name, name) for name in (row.id, row.other))
        groups.setdefault(tuple(ends), []).append(row)
    best = (replace(min(group, key=_weakness), folded=len(group) - 1) for group in groups.values())
    return sorted(best, key=_names)


def first_reason(row: Row) -> str:
    """The weightiest reason, said from the row's side: its own text is *this text*, that above it *the other*."""
    if not row.match.reasons:
        return ""
    own = "right" if row.match.right == row.id else "left"
    return _SIDE.sub(lambda found: "this text" if found[1] == own else "the other", row.match.reasons[0])


def describe_origin(match: Match, name: str, other: str) -> str:
    """Who wrote from whom, said of the document ``name``: ``from wire/1.txt (0.93)``."""
    if match.origin is Origin.COMMON:
        return f"with {other}, both from a third text ({match.origin_probability:.2f})"
    if match.source == other and match.source != name:
        return f"from {other} ({match.origin_probability:.2f})"
    if match.source == name and match.source != other:
        return f"source of {other} ({match.origin_probability:.2f})"
    return f"with {other}, undecided who was first" if match.derived else f"with {other}"


def count_relations(matches: Iterable[Match]) -> dict[Relation, int]:
    """How many matches of each relation there are, from the closest on; none that is 0."""
    counts = Counter(match.relation for match in matches)
    return {relation: counts[relation] for relation in Relation if counts[relation]}


def summarise(
    documents: Mapping[str, Document], families: Sequence[Family], matches: Sequence[Match], skipped: Sequence[Skipped]
) -> str:
    """One line: ``90 documents, 11 families, 61 matches: 20 syndicated, 41 rewritten; 1 skipped``."""
    parts = [_counted(len(documents), "document", "documents")]
    if families:
        parts.append(_counted(len(families), "family", "families"))
    parts.append(_counted(len(matches), "match", "matches"))
    line = ", ".join(parts)
    kinds = count_relations(matches)
    if kinds:
        line += ": " + ", ".join(f"{count:,} {relation.replace('_', ' ')}" for relation, count in kinds.items())
    return line + (f"; {len(skipped):,} skipped" if skipped else "")


def _grow(family: Family, matches: Sequence[Match]) -> FamilyRows:
    """A tree from the representative: each document under the one it is closest to among those already placed."""
    ties: dict[str, list[Match]] = {name: [] for name in family.documents}
    for match in matches:
        ties[match.left].append(match)
        if match.right != match.left:
            ties[match.right].append(match)
    children: dict[str, list[Row]] = {}
    placed: set[str] = set()
    waiting: list[tuple[tuple[Any, ...], Row]] = []
    _place(family.representative, 0, ties, placed, waiting)
    while waiting:
        row = heapq.heappop(waiting)[1]
        if row.id not in placed:
            children.setdefault(row.other, []).append(row)
            _place(row.id, row.depth, ties, placed, waiting)
    untied = tuple(name for name in family.documents if name not in placed)
    return FamilyRows(family, _preorder(family, children), untied)


def _place(
    name: str, depth: int, ties: Mapping[str, list[Match]], placed: set[str], waiting: list[tuple[tuple[Any, ...], Row]]
) -> None:
    placed.add(name)
    for match in ties[name]:
        row = _row(match, match.right if match.left == name else match.left, depth + 1)
        if row.id not in placed:
            heapq.heappush(waiting, (_reluctance(row), row))


def _reluctance(row: Row) -> tuple[Any, ...]:
    """Ascending: against the direction found, then from the closest relation to the farthest; ids make it strict."""
    against = row.match.source == row.id
    return against, _CLOSENESS[row.match.relation], -row.coverage, -row.match.probability, row.id, row.other


def _preorder(family: Family, children: Mapping[str, list[Row]]) -> tuple[Row, ...]:
    rows: list[Row] = []
    stack = sorted(children.get(family.representative, ()), key=lambda row: row.id, reverse=True)
    while stack:
        row = stack.pop()
        rows.append(row)
        stack.extend(sorted(children.get(row.id, ()), key=lambda child: child.id, reverse=True))
    return tuple(rows)


def _loose_row(match: Match) -> Row:
    return _row(match, match.right if match.source == match.left else match.left)


def _names(row: Row) -> tuple[str, str]:
    return row.id, row.other


def _weakness(row: Row) -> tuple[Any, ...]:
    return row.match.source != row.other, -row.match.probability, -row.coverage, row.id, row.other


def _row(match: Match, name: str, depth: int = 1) -> Row:
    if match.right == name:
        return Row(name, match.left, match, match.right_coverage, depth)
    return Row(name, match.right, match, match.left_coverage, depth)


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}" if number else f"no {many}"
