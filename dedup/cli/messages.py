"""What the commands say on standard error, and how a problem ends them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from dedup.errors import DedupError, Skipped
from dedup.report.visible import visible

if TYPE_CHECKING:
    from dedup.comparison import Comparison

__all__ = ["prepare_kernels", "report_counts", "report_efforts", "report_skipped", "shown", "tell"]

BAD, INTERRUPTED = 2, 130


@contextmanager
def shown(*, quiet: bool) -> Iterator[None]:
    """Show what the library logs; turn what a user can mend, or has done, into one line and an exit code."""
    logger, handler = logging.getLogger("dedup"), logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine())
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.ERROR if quiet else logging.WARNING)
    try:
        yield
    except DedupError as problem:
        tell(f"dedup: {problem}")
        raise typer.Exit(BAD) from None
    except KeyboardInterrupt as problem:
        tell(f"dedup: interrupted{f' {problem}' if problem.args else ''}")
        raise typer.Exit(INTERRUPTED) from None
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before)


def prepare_kernels(*, quiet: bool) -> None:
    """Compile the kernels if this is the first run, and say what it waits for."""
    from dedup.report.progress import compilation_notice

    notice = compilation_notice()
    if notice:
        if not quiet:
            tell(notice)
        from dedup.warming import compile_kernels

        compile_kernels()


def report_counts(comparison: Comparison, *, quiet: bool, verbose: bool) -> None:
    """What was skipped; with ``verbose``, and when nothing was found, how many came through each stage."""
    from dedup.report.progress import stage_lines

    report_skipped(comparison.skipped, quiet=quiet)
    if quiet or (comparison.matches and not verbose):
        return
    if not comparison.matches:
        tell("no matches; what came through each stage:")
    for line in stage_lines([(stage.name, stage.count) for stage in comparison.stages]):
        tell(f"  {line}")


def report_efforts(comparison: Comparison) -> None:
    """What each stage went through, and how long it took, as a table."""
    from dedup.report.progress import effort_lines

    for line in effort_lines(comparison.efforts):
        tell(line)


def report_skipped(skipped: Sequence[Skipped], *, quiet: bool) -> None:
    """The first few inputs that were left out, and how many more."""
    from dedup.report.progress import skipped_lines

    for line in () if quiet else skipped_lines(skipped):
        tell(line)


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return visible(f"dedup: {record.getMessage()}")


def tell(line: str) -> None:
    """One line on standard error."""
    typer.echo(visible(line), err=True)
