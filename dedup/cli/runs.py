"""From what the command line names to the engine's answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dedup import engine
from dedup.cli import holding, inputs, messages
from dedup.comparison import Comparison, Stage
from dedup.documents import Document
from dedup.errors import DedupError, Skipped
from dedup.evidence import Evidence
from dedup.index import is_index
from dedup.matches import Match
from dedup.readers import ReadOptions, read_documents
from dedup.report.anonymous import Names
from dedup.report.baseline import Accepted, new_matches, read_baseline, write_baseline
from dedup.report.destination import check_destination
from dedup.report.progress import show_progress
from dedup.settings import Settings

__all__ = [
    "Judged",
    "judge_pair",
    "read_accepted",
    "run_comparison",
    "run_with_stages",
    "update_baseline",
    "without_accepted",
]


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair and what was found of it.

    Attributes
    ----------
    left, right : Document
    match : Match
    evidence : Evidence
    settings : Settings
    """

    left: Document
    right: Document
    match: Match
    evidence: Evidence
    settings: Settings

    def anonymised(self) -> Judged:
        """The same without names."""
        names = Names([self.left, self.right])
        [match] = names.matches([self.match])
        return replace(self, left=names.document(self.left), right=names.document(self.right), match=match)


def run_comparison(
    paths: Sequence[str],
    against: str | None,
    reading: ReadOptions,
    settings: Settings,
    *,
    jobs: int | None,
    memory: int,
    quiet: bool,
) -> Comparison:
    """Read everything and compare it; without ``against`` no more is held in memory than ``memory`` says.

    Raises
    ------
    DedupError
        When there is no readable document, or a path does not exist.
    """
    skipped: list[Skipped] = []
    if against is not None and is_index(against):
        return holding.query(Path(against), paths, reading, settings, quiet=quiet)
    documents: Iterable[Document]
    known: list[Document] | None = None
    if against is None:
        inputs.check_disk(paths, memory, settings, quiet=quiet)
        documents = _checked(read_documents(paths, reading, on_skip=skipped.append), paths, skipped, quiet)
    else:
        with show_progress(not quiet) as on_stage:
            new = inputs.read_all(paths, reading, skipped, on_stage)
            known = inputs.read_all([against], reading, skipped, on_stage)
        for found, names in ((new, paths), (known, [against])):
            next(_checked(found, names, skipped, quiet))
        known = inputs.set_apart(known, (document.id for document in new), Path(against).name)
        documents = new
    messages.prepare_kernels(quiet=quiet)
    so_far: list[Any] = ["reading", 0, 0]
    with show_progress(not quiet) as on_stage:

        def tell(*report: Any) -> None:
            so_far[:] = report
            if on_stage:
                on_stage(*report)

        try:
            return engine.compare(
                documents, against=known, settings=settings, jobs=jobs, memory=memory, skipped=skipped, on_stage=tell
            )
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_how_far(*so_far)) from None


def run_with_stages(
    paths: Sequence[str],
    against: str | None,
    reading: ReadOptions,
    settings: Settings,
    *,
    jobs: int | None,
    quiet: bool,
    anonymise: bool = False,
) -> tuple[engine.Run, Callable[[str], str]]:
    """A comparison with what each stage left, and what the documents are called in it.

    ``anonymise`` numbers them in the order of their ids before anything is compared: no id can stand in a sentence.
    """
    if against is not None and is_index(against):
        raise DedupError("--explain goes with --against of files; ask dedup index compare --explain of an index")
    skipped: list[Skipped] = []
    with show_progress(not quiet) as on_stage:
        new = inputs.read_all(paths, reading, skipped, on_stage)
        known = None if against is None else inputs.read_all([against], reading, skipped, on_stage)
    for found, named in ((new, paths), (known, [against or ""])):
        if found is not None:
            next(_checked(found, named, skipped, quiet))
    if known is not None and against is not None:
        known = inputs.set_apart(known, (document.id for document in new), Path(against).name)
    names = Names([*new, *(known or [])]) if anonymise else None
    if names is not None:
        new, skipped = [names.document(document) for document in new], names.skipped(skipped)
        known = known and [names.document(document) for document in known]
    messages.prepare_kernels(quiet=quiet)
    with show_progress(not quiet) as on_stage:
        run = engine.trace(new, against=known, settings=settings, jobs=jobs, skipped=skipped, on_stage=on_stage)
    return run, (lambda name: name) if names is None else names.id


def _checked(
    documents: Iterable[Document], names: Sequence[str], skipped: list[Skipped], quiet: bool
) -> Iterator[Document]:
    """The documents.

    Raises
    ------
    DedupError
        When there is none.
    """
    empty = True
    for document in documents:
        empty = False
        yield document
    if empty:
        messages.report_skipped(skipped, quiet=quiet)
        raise DedupError(f"{', '.join(names)}: no readable document, nothing to compare")


def _how_far(stage: str, done: int, total: int) -> str:
    """Where an interrupted comparison stood.

    >>> _how_far("aligning", 300, 1200)
    'while aligning, 300 of 1,200 done; nothing was written'
    """
    number = f", {done:,} of {total:,} done" if total else f", {done:,} done" if done else ""
    return f"while {stage}{number}; nothing was written"


def read_accepted(baseline: Path | None, *, update: bool) -> list[Accepted] | None:
    """The pairs that a baseline file accepts; ``None`` where there is none to be applied.

    Raises
    ------
    DedupError
        When the file cannot be read, or, to be updated, cannot be written or was not named.
    """
    if update:
        if baseline is None:
            raise DedupError("--update-baseline needs --baseline FILE, the file to write")
        check_destination(baseline)
        return None
    return None if baseline is None else read_baseline(baseline)


def without_accepted(comparison: Comparison, accepted: Sequence[Accepted] | None) -> Comparison:
    """The comparison with its new matches only, and with the families that these lie in."""
    if accepted is None:
        return comparison
    fresh = new_matches(comparison.matches, accepted, comparison.documents)
    tied = {(match.left, match.right) for match in fresh}
    families = [
        family
        for family in comparison.families
        if any(left in family.documents and right in family.documents for left, right in tied)
    ]
    known = len(comparison.matches) - len(fresh)
    stages = [*comparison.stages, Stage("matches in the baseline", known), Stage("new matches", len(fresh))]
    return replace(comparison, matches=fresh, families=families, stages=stages)


def update_baseline(baseline: Path, comparison: Comparison, *, quiet: bool) -> None:
    """Accept all matches of a comparison."""
    write_baseline(baseline, comparison.matches, comparison.documents)
    if not quiet:
        messages.tell(f"baseline: {len(comparison.matches):,} matches accepted in {baseline}")


def judge_pair(left: str, right: str, settings: Settings, *, quiet: bool) -> Judged:
    """Read two files and compare them.

    Raises
    ------
    DedupError
        When one of them does not hold exactly one document.
    """
    first, second = inputs.read_pair(left, right)
    messages.prepare_kernels(quiet=quiet)
    match, evidence = engine.explain_pair(first, second, settings=settings)
    return Judged(first, second, match, evidence, settings)
