"""Results in the format that was asked for, to where it was asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from dedup.cli.options import Format
from dedup.cli.runs import Judged
from dedup.comparison import Comparison
from dedup.documents import Document
from dedup.engine import Run
from dedup.errors import DedupError, Skipped
from dedup.explaining import tell_story
from dedup.extras import import_pyarrow
from dedup.limits import LIMITS, LIMITS_LINE
from dedup.matches import Family, Match
from dedup.recall import Tuning
from dedup.report import records
from dedup.report.arrow import matches_to_arrow
from dedup.report.baseline import Accepted, new_matches
from dedup.report.destination import check_destination, open_destination
from dedup.report.evidence import print_evidence
from dedup.report.explanation import print_story, write_story
from dedup.report.html import write_html
from dedup.report.pair import print_pair
from dedup.report.sarif import Place, write_sarif
from dedup.report.table import make_console, print_table, print_wrapped
from dedup.report.tuning import print_tuning
from dedup.settings import Settings
from dedup.statistics import Statistics
from dedup.tokens import TOKENIZER_VERSION
from dedup.version import __version__

__all__ = [
    "Result",
    "check_explanation",
    "choose",
    "write_comparison",
    "write_explanation",
    "write_families",
    "write_pair",
    "write_tuning",
]

_SUFFIXES = {f".{chosen}": chosen for chosen in Format if chosen is not Format.TABLE} | {
    ".ndjson": Format.JSONL,
    ".htm": Format.HTML,
}


@dataclass(frozen=True, slots=True)
class Result:
    """How a result is written.

    Attributes
    ----------
    format : Format
    path : Path or None
        ``None`` is standard output.
    with_texts : bool
    inputs : tuple of str
        The paths that were named on the command line.
    """

    format: Format
    path: Path | None
    with_texts: bool
    inputs: tuple[str, ...]

    def locate(self, document: Document) -> Place:
        """The file of a document: as it was named, or in a folder that was named."""
        for path in map(Path, self.inputs):
            file = path if path.as_posix().endswith(document.id) else path / document.id
            if file.is_file():
                shown = file.relative_to(Path.cwd()) if file.is_relative_to(Path.cwd()) else file
                return Place(shown.as_posix(), _lines_before(file, document.text))
        return Place(document.id)

    @contextmanager
    def open(self) -> Iterator[TextIO]:
        """The stream for it; programs get UTF-8, a terminal what it has."""
        with open_destination(self.path, encoding=None if self.format is Format.TABLE else "utf-8") as stream:
            yield stream


def choose(
    chosen: Format | None,
    path: Path | None,
    *,
    with_texts: bool,
    families: Path | None = None,
    inputs: Sequence[str] = (),
) -> Result:
    """The format asked for, or that of the file's name; ``families`` is checked to be a file that can be written.

    Raises
    ------
    DedupError
        When the file cannot be written, or the options contradict each other.
    """
    check_destination(path)
    check_destination(families, "--families")
    if chosen is None:
        chosen = _SUFFIXES.get(path.suffix.lower(), Format.TABLE) if path else Format.TABLE
    if with_texts and chosen is not Format.JSON:
        raise DedupError(f"--with-texts goes with --format json, not {chosen}")
    if chosen is Format.PARQUET and path is None:
        raise DedupError("--format parquet needs --output: it is no text to print")
    return Result(chosen, path, with_texts, tuple(inputs))


def write_comparison(comparison: Comparison, result: Result, *, every: bool) -> None:
    """Write a comparison; ``every``: large families in full in the table, all matches in the page."""
    if result.format is Format.TABLE:
        with result.open() as stream:
            console = make_console(stream)
            found = (comparison.matches, comparison.families, comparison.documents, comparison.skipped)
            print_table(console, *found, every=every)
            print_wrapped(console, LIMITS_LINE, style="dim")
        return
    found_all = _Found(
        comparison.header(),
        comparison.matches,
        comparison.documents,
        comparison.families,
        comparison.skipped,
        [(stage.name, stage.count) for stage in comparison.stages],
    )
    further = {"texts": records.matched_texts(comparison.matches, comparison.documents)} if result.with_texts else {}
    _write(found_all, result, further, every=every)


def write_families(comparison: Comparison, path: Path) -> None:
    """Write the families of a comparison, a line each."""
    with open_destination(path) as stream:
        records.write_families(comparison.families, stream)


def write_pair(judged: Judged, result: Result, *, explain: bool) -> None:
    """Write one pair: in JSON in the form of a comparison; ``explain``: all its evidence beside it."""
    if result.format is Format.TABLE:
        with result.open() as stream:
            console = make_console(stream)
            print_pair(console, judged.match, judged.left, judged.right)
            if explain:
                print_evidence(console, judged.evidence.to_dict())
            console.print()
            print_wrapped(console, LIMITS_LINE, style="dim")
        return
    header = {
        "dedup": __version__,
        "tokenizer": TOKENIZER_VERSION,
        "settings": judged.settings.to_dict(),
        "statistics": Statistics.background().digest,
        "limits": list(LIMITS),
    }
    further: dict[str, Any] = {"evidence": judged.evidence.to_dict()} if explain else {}
    documents = {document.id: document for document in (judged.left, judged.right)}
    if result.with_texts:
        further["texts"] = {name: document.text for name, document in documents.items()}
    _write(_Found(header, [judged.match], documents), result, further)


def check_explanation(result: Result, what: str) -> None:
    """Raise DedupError where what is no list of matches is asked for in a format for such."""
    if result.format not in (Format.TABLE, Format.JSON):
        raise DedupError(f"{what} is written as a table or as JSON, not as {result.format}")


def write_tuning(tuning: Tuning, settings: Settings, result: Result) -> None:
    """Write what was measured of a sample."""
    header = {"dedup": __version__, "tokenizer": TOKENIZER_VERSION, "settings": settings.to_dict()}
    with result.open() as stream:
        if result.format is Format.JSON:
            stream.write(records.as_json({"header": header, **tuning.to_dict()}) + "\n")
        else:
            print_tuning(make_console(stream), tuning)


def write_explanation(run: Run, ids: tuple[str, str], accepted: Sequence[Accepted] | None, result: Result) -> None:
    """Write the story of one pair of a comparison."""
    story = tell_story(run, *ids)
    comparison = run.comparison
    if story.reported and story.match and accepted is not None:
        known = not new_matches([story.match], accepted, comparison.documents)
        story = story.accepted() if known else story
    with result.open() as stream:
        if result.format is Format.JSON:
            write_story(stream, story, comparison.header())
        else:
            print_story(make_console(stream), story)


@dataclass(frozen=True, slots=True)
class _Found:
    """What a format may hold; see `dedup.comparison.Comparison`."""

    header: Mapping[str, Any]
    matches: Sequence[Match]
    documents: Mapping[str, Document]
    families: Sequence[Family] = ()
    skipped: Sequence[Skipped] = ()
    stages: Sequence[tuple[str, int]] = ()


def _write(found: _Found, result: Result, further: Mapping[str, Any], *, every: bool = False) -> None:
    matches, documents, skipped = found.matches, found.documents, found.skipped
    whole: dict[str, Any] = {
        "header": found.header,
        "matches": matches,
        "families": found.families,
        "skipped": skipped,
        "stages": found.stages,
    }
    if result.format is Format.PARQUET:
        import_pyarrow().parquet.write_table(matches_to_arrow(matches), result.path)
        return
    with result.open() as stream:
        if result.format is Format.JSON:
            records.write_json(stream, **whole, further=further)
        elif result.format is Format.HTML:
            write_html(stream, **whole, documents=documents, evidence=further.get("evidence"), every=every)
        elif result.format is Format.SARIF:
            write_sarif(stream, matches=matches, documents=documents, skipped=skipped, locate=result.locate)
        elif result.format is Format.CSV:
            records.write_csv(matches, stream, for_terminal=stream.isatty())
        else:
            records.write_jsonl(matches, stream)


def _lines_before(file: Path, text: str) -> int | None:
    """How many lines stand before the text in its file, such as front matter; ``None`` where it is no plain text."""
    if file.suffix.lower() not in (".txt", ".md"):
        return None
    content, encoded = file.read_bytes(), text.encode("utf-8", "surrogateescape")
    return content[: len(content) - len(encoded)].count(b"\n") if content.endswith(encoded) else None
