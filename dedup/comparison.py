"""What a comparison gives back, and the forms it can be had in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from dedup.documents import Document
from dedup.errors import DedupError, Skipped
from dedup.extras import import_pandas, import_pyarrow
from dedup.matches import Family, Match, Relation
from dedup.report import records
from dedup.report.destination import check_destination, open_destination
from dedup.settings import Settings
from dedup.tokens import TOKENIZER_VERSION
from dedup.version import __version__

__all__ = ["Comparison", "Stage"]


@dataclass(frozen=True, slots=True)
class Stage:
    """How many of what a stage of the comparison found or left."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison found.

    Attributes
    ----------
    matches : list of Match
        Of the wanted relations, by left, then right id.
    families : list of Family
    documents : dict of str to Document
        All that were compared, by id.
    skipped : list of Skipped
        What was left out, and why.
    stages : list of Stage
        Counts from the first stage to the last: they explain an empty result.
    settings : Settings
    statistics_digest : str
        Names the statistics that the scores stand on.
    """

    matches: list[Match]
    families: list[Family]
    documents: dict[str, Document]
    skipped: list[Skipped]
    stages: list[Stage]
    settings: Settings
    statistics_digest: str

    def header(self) -> dict[str, Any]:
        """What the result is a function of, beside the documents."""
        return {
            "dedup": __version__,
            "tokenizer": TOKENIZER_VERSION,
            "settings": self.settings.to_dict(),
            "statistics": self.statistics_digest,
            "documents": len(self.documents),
            "skipped": len(self.skipped),
            "matches": len(self.matches),
            "families": len(self.families),
        }

    def write(self, path: str | Path) -> None:
        """Write the matches to a file in the form that its name asks for: .jsonl, .json, .csv or .parquet.

        Raises
        ------
        DedupError
            When the name ends otherwise, or the file cannot be written.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if suffix != ".parquet" and suffix not in _WRITERS:
            raise DedupError(f"{path}: no such form of output; use {', '.join([*_WRITERS, '.parquet'])}")
        check_destination(path)
        if suffix == ".parquet":
            import_pyarrow().parquet.write_table(self.to_arrow(), path)
            return
        with open_destination(path) as stream:
            _WRITERS[suffix](self, stream)

    def to_arrow(self) -> Any:
        """The matches as a ``pyarrow.Table``, a column for each name in a match's JSON.

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
        schema = arrow.schema([(name, kinds.get(name, number)) for name in records.COLUMNS])
        return arrow.Table.from_pylist([match.to_dict() for match in self.matches], schema=schema)

    def to_pandas(self) -> Any:
        """The matches as a ``pandas.DataFrame``.

        Raises
        ------
        MissingExtra
            When pandas is not installed.
        """
        pandas = import_pandas()
        return pandas.DataFrame([match.to_dict() for match in self.matches], columns=list(records.COLUMNS))


def _write_json(comparison: Comparison, stream: TextIO) -> None:
    records.write_json(
        stream,
        header=comparison.header(),
        matches=comparison.matches,
        families=comparison.families,
        skipped=comparison.skipped,
        stages=[(stage.name, stage.count) for stage in comparison.stages],
    )


_WRITERS: dict[str, Callable[[Comparison, TextIO], None]] = {
    ".jsonl": lambda comparison, stream: records.write_jsonl(comparison.matches, stream),
    ".json": _write_json,
    ".csv": lambda comparison, stream: records.write_csv(comparison.matches, stream),
}
