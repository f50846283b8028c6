"""From what the command line names to the engine's answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dedup import engine
from dedup.cli import inputs, messages
from dedup.comparison import Comparison
from dedup.documents import Document
from dedup.errors import DedupError, Skipped
from dedup.evidence import Evidence
from dedup.matches import Match
from dedup.readers import ReadOptions
from dedup.report.progress import show_progress
from dedup.settings import Settings

__all__ = ["Judged", "judge_pair", "run_comparison"]


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair and what was found of it.

    Attributes
    ----------
    left, right : Document
    match : Match
    evidence : Evidence
    """

    left: Document
    right: Document
    match: Match
    evidence: Evidence


def run_comparison(
    paths: Sequence[str],
    against: str | None,
    reading: ReadOptions,
    settings: Settings,
    *,
    jobs: int | None,
    quiet: bool,
) -> Comparison:
    """Read everything, then compare it.

    Raises
    ------
    DedupError
        When there is no readable document, or a path does not exist.
    """
    skipped: list[Skipped] = []
    with show_progress(not quiet) as on_stage:
        documents = inputs.read_all(paths, reading, skipped, on_stage)
        known = None if against is None else inputs.read_all([against], reading, skipped, on_stage)
    for found, names in ((documents, paths), (known, [against or ""])):
        if found is not None and not found:
            messages.report_skipped(skipped, quiet=quiet)
            raise DedupError(f"{', '.join(names)}: no readable document, nothing to compare")
    if known is not None and against is not None:
        known = inputs.set_apart(known, (document.id for document in documents), Path(against).name)
    messages.prepare_kernels(quiet=quiet)
    with show_progress(not quiet) as on_stage:
        return engine.compare(
            documents, against=known, settings=settings, jobs=jobs, skipped=skipped, on_stage=on_stage
        )


def judge_pair(left: str, right: str, *, quiet: bool) -> Judged:
    """Read two files and compare them.

    Raises
    ------
    DedupError
        When one of them does not hold exactly one document.
    """
    first, second = inputs.read_pair(left, right)
    messages.prepare_kernels(quiet=quiet)
    match, evidence = engine.explain_pair(first, second)
    return Judged(first, second, match, evidence)
