"""Labelled pairs: what somebody says of pairs of documents, read from JSON Lines or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dedup.errors import ReadError
from dedup.matches import DERIVED, Relation

__all__ = ["Label", "read_labels"]

_WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a pair of documents.

    Attributes
    ----------
    left, right : str
        Document ids, in either order.
    derived : bool
        Whether one was written from the other, or both from a third.
    relation : Relation or None
    group : str or None
        What the pair must not be separated from when a model is tested, such as its story.
    """

    left: str
    right: str
    derived: bool
    relation: Relation | None = None
    group: str | None = None


def read_labels(path: Path) -> list[Label]:
    """The labels of a file: ``.jsonl``, ``.csv`` or ``.tsv`` with ``left``, ``right``, ``derived``.

    ``derived`` is true or false, yes or no, 1 or 0; it may be left out where there is a ``relation``. ``relation`` and
    ``group`` are optional. A pair that is said twice is taken once.

    Raises
    ------
    ReadError
        When the file cannot be read, or a line makes no sense, or two lines contradict each other.
    """
    suffix = path.suffix.lower()
    if suffix not in (*_DELIMITERS, ".jsonl", ".ndjson"):
        raise ReadError(f"{path}: labels are a .jsonl, .csv or .tsv file")
    found: dict[frozenset[str], Label] = {}
    try:
        for number, row in _json_rows(path) if suffix not in _DELIMITERS else _table_rows(path, _DELIMITERS[suffix]):
            label = _label(row, f"{path}:{number}")
            before = found.setdefault(frozenset((label.left, label.right)), label)
            if before.derived != label.derived:
                raise ReadError(f"{path}:{number}: {label.left} and {label.right} have two labels that contradict")
    except (OSError, UnicodeDecodeError, csv.Error) as problem:
        raise ReadError(f"{path}: cannot be read: {problem}") from problem
    return list(found.values())


def _json_rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    row = json.loads(line)
                except ValueError as problem:
                    raise ReadError(f"{path}:{number}: is no JSON: {problem}") from None
                if not isinstance(row, dict):
                    raise ReadError(f"{path}:{number}: a label is an object, not {line.strip()[:40]}")
                yield number, row


def _table_rows(path: Path, delimiter: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = csv.DictReader(lines, delimiter=delimiter)
        for row in rows:
            yield rows.line_num, row


def _label(row: Mapping[str, Any], where: str) -> Label:
    sides = [row.get(side) for side in ("left", "right")]
    if any(side is None or side == "" for side in sides):
        raise ReadError(f"{where}: a label has the ids of two documents, left and right")
    left, right = map(str, sides)
    if left == right:
        raise ReadError(f"{where}: {left} is paired with itself")
    relation, derived = _relation(row.get("relation"), where), _truth(row.get("derived"), where)
    if derived is None:
        if relation is None:
            raise ReadError(f"{where}: says neither derived nor relation")
        derived = relation in DERIVED
    if relation is not None and (relation in DERIVED) != derived:
        raise ReadError(f"{where}: {relation} and derived {str(derived).lower()} contradict each other")
    group = row.get("group")
    return Label(left, right, derived, relation, None if group in (None, "") else str(group))


def _relation(value: Any, where: str) -> Relation | None:
    if value is None or value == "":
        return None
    try:
        return Relation(str(value))
    except ValueError:
        raise ReadError(f"{where}: no relation {value!r}; there are {', '.join(Relation)}") from None


def _truth(value: Any, where: str) -> bool | None:
    if value is None or value == "":
        return None
    truth = _WORDS.get(str(value).strip().lower())
    if truth is None:
        raise ReadError(f"{where}: derived is true or false, not {value!r}")
    return truth
