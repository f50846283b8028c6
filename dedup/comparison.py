"""What a comparison gives back, and the forms it can be had in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TextIO

from dedup.documents import Document
from dedup.errors import DedupError, Skipped
from dedup.extras import import_pandas, import_pyarrow
from dedup.limits import LIMITS
from dedup.matches import Effort, Family, Match
from dedup.report import records
from dedup.report.anonymous import Names
from dedup.report.arrow import matches_to_arrow
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
    documents : mapping of str to Document
        All that were compared, by id.
    skipped : list of Skipped
        What was left out, and why.
    stages : list of Stage
        Counts from the first stage to the last: they explain an empty result.
    settings : Settings
    statistics_digest : str
        Names the statistics that the scores stand on; empty where there are none, in the near tier.
    efforts : tuple of Effort
        By stage.
    """

    matches: list[Match]
    families: list[Family]
    documents: Mapping[str, Document]
    skipped: list[Skipped]
    stages: list[Stage]
    settings: Settings
    statistics_digest: str
    efforts: tuple[Effort, ...] = ()

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
            "limits": list(LIMITS),
        }

    def write(self, path: str | Path) -> None:
        """Write to a file in the form that its name asks for: .html, .json, .jsonl, .csv, .parquet or .sarif.

        The page of .html and the object of .json hold the whole comparison, the others its matches.

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

    def anonymised(self) -> Comparison:
        """The same without names: documents and outlets are numbered, titles and addresses left out.

        The texts are not touched: whoever is named in them remains named.
        """
        names = Names(self.documents.values())
        return replace(
            self,
            matches=names.matches(self.matches),
            families=names.families(self.families),
            documents=names.documents(self.documents),
            skipped=names.skipped(self.skipped),
        )

    def to_arrow(self) -> Any:
        """The matches as a ``pyarrow.Table``, a column for each name in a match's JSON.

        Raises
        ------
        MissingExtra
            When pyarrow is not installed.
        """
        return matches_to_arrow(self.matches)

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


def _write_html(comparison: Comparison, stream: TextIO) -> None:
    from dedup.report.html import write_html

    write_html(
        stream,
        header=comparison.header(),
        matches=comparison.matches,
        families=comparison.families,
        documents=comparison.documents,
        skipped=comparison.skipped,
        stages=[(stage.name, stage.count) for stage in comparison.stages],
    )


def _write_sarif(comparison: Comparison, stream: TextIO) -> None:
    from dedup.report.sarif import write_sarif

    write_sarif(stream, matches=comparison.matches, documents=comparison.documents, skipped=comparison.skipped)


_WRITERS: dict[str, Callable[[Comparison, TextIO], None]] = {
    ".jsonl": lambda comparison, stream: records.write_jsonl(comparison.matches, stream),
    ".json": _write_json,
    ".csv": lambda comparison, stream: records.write_csv(comparison.matches, stream),
    ".html": _write_html,
    ".sarif": _write_sarif,
}
