"""What a person sees on standard error while a comparison runs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dedup.errors import Skipped
from dedup.matches import Effort
from dedup.report.visible import visible

__all__ = ["OnStage", "compilation_notice", "effort_lines", "show_progress", "skipped_lines", "stage_lines"]

OnStage = Callable[[str, int, int], None]
"""Called with a stage's name, how much of it is done, and of how much (0: not known)."""

_FIRST_AND_LAST = ("tokenize", "align")
_DURATION = "about half a minute"
_SHOWN = 5


@contextmanager
def show_progress(enabled: bool) -> Iterator[OnStage | None]:
    """A bar on standard error that goes away at the end; ``None`` where nobody would see it."""
    if not enabled or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        SpinnerColumn,
        TaskID,
        TextColumn,
        TimeRemainingColumn,
    )

    columns: tuple[ProgressColumn, ...] = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def on_stage(name: str, done: int, total: int) -> None:
            if name not in tasks:
                for earlier in tasks.values():
                    progress.update(earlier, visible=False)
                tasks[name] = progress.add_task(name, total=total or None)
            progress.update(tasks[name], completed=done, total=total or None)

        yield on_stage


def compilation_notice() -> str | None:
    """What a first run waits for; ``None`` when the machine code is there.

    The kernels of the first and of the last stage are looked for: where their code is missing or older than their
    source, so is probably that of the others.
    """
    from importlib import import_module

    for name in _FIRST_AND_LAST:
        module = import_module(f"dedup.kernels.{name}")
        folders = _cache_folders(module)
        if not folders:
            return (
                f"compiling the kernels for this machine: {_DURATION} in every run, as their cache cannot be written; "
                "NUMBA_CACHE_DIR can name a folder for it"
            )
        if not any(_holds_code_of(Path(str(module.__file__)), folder) for folder in folders):
            return f"compiling the kernels for this machine, once: {_DURATION} …"
    return None


def skipped_lines(skipped: Sequence[Skipped]) -> list[str]:
    """The first few by name, and how many more there are."""
    lines = [f"skipped: {visible(str(item))}" for item in skipped[:_SHOWN]]
    if len(skipped) > _SHOWN:
        lines.append(f"skipped: and {len(skipped) - _SHOWN:,} more; --format json names them all")
    return lines


def stage_lines(stages: Sequence[tuple[str, int]]) -> list[str]:
    """The counts of the stages, one a line, figures aligned."""
    figures = [f"{count:,}" for _, count in stages]
    width = max(map(len, figures), default=0)
    return [f"{figure:>{width}}  {name}" for figure, (name, _) in zip(figures, stages, strict=True)]


def effort_lines(efforts: Sequence[Effort]) -> list[str]:
    """A table of what each stage went through: documents, MB, seconds, MB a second, candidates, kept."""
    rows: list[tuple[str, ...]] = [("stage", "documents", "MB", "seconds", "MB/s", "candidates", "kept")]
    for effort in efforts:
        megabytes = effort.size / 1e6
        speed = f"{megabytes / effort.seconds:,.0f}" if effort.size and effort.seconds else ""
        pairs = ("" if number is None else f"{number:,}" for number in (effort.candidates, effort.kept))
        texts = (f"{effort.documents:,}", f"{megabytes:,.0f}") if effort.documents else ("", "")
        rows.append((effort.name, texts[0], texts[1] if effort.size else "", f"{effort.seconds:,.2f}", speed, *pairs))
    rows.append(("all", "", "", f"{sum(effort.seconds for effort in efforts):,.2f}", "", "", ""))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for name, *cells in rows:
        padded = (f"{cell:>{width}}" for cell, width in zip(cells, widths[1:], strict=True))
        lines.append("  ".join([f"{name:{widths[0]}}", *padded]).rstrip())
    return lines


def _cache_folders(module: object) -> set[Path]:
    folders = (getattr(getattr(value, "stats", None), "cache_path", None) for value in vars(module).values())
    return {Path(folder) for folder in folders if folder}


def _holds_code_of(source: Path, folder: Path) -> bool:
    age = source.stat().st_mtime
    return any(index.stat().st_mtime >= age for index in folder.glob(f"{source.stem}.*.nbi"))
