"""Results in the format that was asked for, to where it was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from dedup.cli.options import Format
from dedup.cli.runs import Judged
from dedup.comparison import Comparison
from dedup.errors import DedupError
from dedup.matches import Match
from dedup.report import records
from dedup.report.destination import check_destination, open_destination
from dedup.report.evidence import print_evidence
from dedup.report.pair import print_pair
from dedup.report.table import make_console, print_table
from dedup.statistics import Statistics
from dedup.tokens import TOKENIZER_VERSION
from dedup.version import __version__

__all__ = ["Result", "choose", "write_comparison", "write_pair"]

_SUFFIXES = {".jsonl": Format.JSONL, ".ndjson": Format.JSONL, ".json": Format.JSON, ".csv": Format.CSV}


@dataclass(frozen=True, slots=True)
class Result:
    """How a result is written.

    Attributes
    ----------
    format : Format
    path : Path or None
        ``None`` is standard output.
    with_texts : bool
    """

    format: Format
    path: Path | None
    with_texts: bool

    @contextmanager
    def open(self) -> Iterator[TextIO]:
        """The stream for it; programs get UTF-8, a terminal what it has."""
        with open_destination(self.path, encoding=None if self.format is Format.TABLE else "utf-8") as stream:
            yield stream


def choose(chosen: Format | None, path: Path | None, *, with_texts: bool) -> Result:
    """The format asked for, or that of the file's name.

    Raises
    ------
    DedupError
        When the file cannot be written, or the options contradict each other.
    """
    check_destination(path)
    if chosen is None:
        chosen = _SUFFIXES.get(path.suffix.lower(), Format.TABLE) if path else Format.TABLE
    if with_texts and chosen is not Format.JSON:
        raise DedupError(f"--with-texts goes with --format json, not {chosen}")
    return Result(chosen, path, with_texts)


def write_comparison(comparison: Comparison, result: Result, *, every: bool) -> None:
    """Write a comparison; ``every``: large families in full in the table."""
    matches, documents = comparison.matches, comparison.documents
    with result.open() as stream:
        if result.format is Format.TABLE:
            found = (matches, comparison.families, documents, comparison.skipped)
            print_table(make_console(stream), *found, every=every)
        elif result.format is Format.JSON:
            records.write_json(
                stream,
                header=comparison.header(),
                matches=matches,
                families=comparison.families,
                skipped=comparison.skipped,
                stages=[(stage.name, stage.count) for stage in comparison.stages],
                further={"texts": records.matched_texts(matches, documents)} if result.with_texts else None,
            )
        else:
            _write_lines(matches, result, stream)


def write_pair(judged: Judged, result: Result, *, explain: bool) -> None:
    """Write one pair: in JSON in the form of a comparison; ``explain``: all its evidence beside it."""
    with result.open() as stream:
        if result.format is Format.TABLE:
            console = make_console(stream)
            print_pair(console, judged.match, judged.left, judged.right)
            if explain:
                print_evidence(console, judged.evidence.to_dict())
        elif result.format is Format.JSON:
            further: dict[str, Any] = {"evidence": judged.evidence.to_dict()} if explain else {}
            if result.with_texts:
                further["texts"] = {document.id: document.text for document in (judged.left, judged.right)}
            header = {
                "dedup": __version__,
                "tokenizer": TOKENIZER_VERSION,
                "statistics": Statistics.background().digest,
            }
            records.write_json(stream, header=header, matches=[judged.match], further=further)
        else:
            _write_lines([judged.match], result, stream)


def _write_lines(matches: Sequence[Match], result: Result, stream: TextIO) -> None:
    if result.format is Format.CSV:
        records.write_csv(matches, stream, for_terminal=stream.isatty())
    else:
        records.write_jsonl(matches, stream)
