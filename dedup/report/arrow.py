"""Matches as an Arrow table: what Parquet files and DataFrames are made from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dedup.extras import import_pyarrow
from dedup.matches import Match, Relation
from dedup.report.records import COLUMNS

__all__ = ["matches_to_arrow"]


def matches_to_arrow(matches: Iterable[Match]) -> Any:
    """A ``pyarrow.Table`` with a column for each name in a match's JSON.

    Raises
    ------
    MissingExtra
        When pyarrow is not installed.
    """
    arrow = import_pyarrow("Arrow tables")
    text, number = arrow.string(), arrow.float64()
    span = [(name, arrow.int64()) for name in ("left_start", "left_end", "right_start", "right_end")]
    kinds = {
        "derived": arrow.bool_(),
        "relation_probabilities": arrow.struct([(str(relation), number) for relation in Relation]),
        "passages": arrow.list_(arrow.struct([*span, ("kind", text)])),
        "reasons": arrow.list_(text),
    } | dict.fromkeys(("left", "right", "relation", "origin", "source"), text)
    schema = arrow.schema([(name, kinds.get(name, number)) for name in COLUMNS])
    return arrow.Table.from_pylist([match.to_dict() for match in matches], schema=schema)
