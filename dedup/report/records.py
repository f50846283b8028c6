"""Matches for programs: JSON, JSON lines, CSV. One match is one line in each of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TextIO

from dedup.documents import Document
from dedup.errors import Skipped
from dedup.matches import Family, Match
from dedup.report.visible import escape_json, visible

__all__ = ["COLUMNS", "as_json", "matched_texts", "write_csv", "write_families", "write_json", "write_jsonl"]

COLUMNS = (
    "left",
    "right",
    "relation",
    "derived",
    "probability",
    "relation_probabilities",
    "origin",
    "source",
    "origin_probability",
    "jaccard",
    "left_containment",
    "right_containment",
    "cosine",
    "left_coverage",
    "right_coverage",
    "passages",
    "reasons",
)
"""The columns of CSV: the names of a match in JSON, in their order."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(value: Any) -> str:
    """JSON on one line, in plain characters where these are harmless.

    >>> as_json({"id": "größe", "dates": []})
    '{"id": "größe", "dates": []}'
    """
    return escape_json(json.dumps(value, ensure_ascii=False))


def write_jsonl(matches: Iterable[Match], stream: TextIO) -> None:
    """A match a line, and nothing else."""
    for match in matches:
        stream.write(as_json(match.to_dict()) + "\n")


def write_families(families: Iterable[Family], stream: TextIO) -> None:
    """A family a line: its representative, and the ids of all its documents, the representative first.

    >>> import sys
    >>> write_families([Family("wire", ("wire", "paper"))], sys.stdout)
    {"representative": "wire", "documents": ["wire", "paper"]}
    """
    for family in families:
        stream.write(as_json(_family(family)) + "\n")


def write_csv(matches: Iterable[Match], stream: TextIO, *, for_terminal: bool = False) -> None:
    """A match a row under a header of `COLUMNS`; lists and mappings as JSON, true and false in words.

    An id that a spreadsheet would take for a formula (it begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage
    return) gets an apostrophe in front.

    Parameters
    ----------
    matches : iterable of Match
    stream : text file
        Opened with ``newline=""``.
    for_terminal : bool
        Show control characters in ids by visible signs instead of passing them on.
    """
    stream.write(",".join(COLUMNS) + "\n")
    for match in matches:
        cells = [_cell(value) for value in match.to_dict().values()]
        stream.write(",".join(map(_quoted, map(visible, cells) if for_terminal else cells)) + "\n")


def write_json(
    stream: TextIO,
    *,
    header: Mapping[str, Any],
    matches: Sequence[Match],
    families: Sequence[Family] = (),
    skipped: Sequence[Skipped] = (),
    stages: Iterable[tuple[str, int]] = (),
    further: Mapping[str, Any] | None = None,
) -> None:
    """One object. Its lists stand one item a line, so that it is written as it comes and diffs well.

    Parameters
    ----------
    stream : text file
    header : mapping
        Versions, settings, counts.
    matches, families, skipped, stages
        As the comparison has them; a stage is its name and count.
    further : mapping, optional
        More members of the object, behind the others.
    """
    stream.write(f'{{"header": {as_json(header)}')
    _write_list("matches", (match.to_dict() for match in matches), stream)
    _write_list("families", map(_family, families), stream)
    _write_list("skipped", ({"where": item.where, "why": item.why} for item in skipped), stream)
    _write_list("stages", ({"name": name, "count": count} for name, count in stages), stream)
    for name, value in (further or {}).items():
        stream.write(f',\n"{name}": {as_json(value)}')
    stream.write("}\n")


def matched_texts(matches: Iterable[Match], documents: Mapping[str, Document]) -> dict[str, str]:
    """The texts that the spans of the matches slice, by id."""
    names = sorted({name for match in matches for name in (match.left, match.right)})
    return {name: documents[name].text for name in names}


def _family(family: Family) -> dict[str, Any]:
    return {"representative": family.representative, "documents": list(family.documents)}


def _write_list(name: str, items: Iterable[Mapping[str, Any]], stream: TextIO) -> None:
    stream.write(f',\n"{name}": [')
    for number, item in enumerate(items):
        stream.write(("," if number else "") + "\n" + as_json(item))
    stream.write("]")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | dict):
        return as_json(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else str(value)


def _quoted(cell: str) -> str:
    """In quotation marks where it needs them; csv.writer forgets carriage returns when lines end without one."""
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',"\r\n') else cell
