"""What ``dedup train`` and ``dedup tune`` do and say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from dedup.cli import inputs, messages
from dedup.errors import DedupError, Skipped
from dedup.labels import read_labels
from dedup.readers import ReadOptions
from dedup.recall import Tuning
from dedup.report.destination import check_destination
from dedup.report.progress import show_progress
from dedup.report.table import print_wrapped
from dedup.report.visible import visible
from dedup.settings import Settings
from dedup.training import Measured, Training, train
from dedup.tuning import tune

__all__ = ["fit_model", "measure_recall", "print_training"]


def fit_model(
    labels: Path,
    paths: Sequence[str],
    reading: ReadOptions,
    settings: Settings,
    output: Path,
    *,
    jobs: int | None,
    quiet: bool,
) -> Training:
    """Read labels and documents, fit the model, and write it.

    Raises
    ------
    DedupError
        When something cannot be read or written, or the labels do not suffice.
    """
    check_destination(output)
    labelled = read_labels(labels)
    skipped: list[Skipped] = []
    with show_progress(not quiet) as on_stage:
        documents = inputs.read_all(paths, reading, skipped, on_stage)
    messages.report_skipped(skipped, quiet=quiet)
    if not documents:
        raise DedupError(f"{', '.join(paths)}: no readable document, nothing to learn from")
    messages.prepare_kernels(quiet=quiet)
    training = train(documents, labelled, settings=settings, jobs=jobs)
    training.model.write(output)
    return training


def measure_recall(
    paths: Sequence[str],
    reading: ReadOptions,
    settings: Settings,
    recall: float | None,
    sample: int,
    *,
    jobs: int | None,
    quiet: bool,
) -> Tuning:
    """Read documents, and measure the near tier on a sample of them.

    Raises
    ------
    DedupError
        When there is no readable document, or no bands can promise what is wanted.
    """
    skipped: list[Skipped] = []
    with show_progress(not quiet) as on_stage:
        documents = inputs.read_all(paths, reading, skipped, on_stage)
    messages.report_skipped(skipped, quiet=quiet)
    if not documents:
        raise DedupError(f"{', '.join(paths)}: no readable document, nothing to measure")
    messages.prepare_kernels(quiet=quiet)
    return tune(documents, settings=settings, recall=recall, sample=sample, jobs=jobs)


def print_training(console: Console, training: Training, output: Path) -> None:
    """How well the model does beside the one it began with, and what to do with it."""
    counts = f"{training.pairs:,} labelled pairs, {training.derived:,} of them derived"
    left_out = f"; {training.equal:,} pairs of equal texts left out" if training.equal else ""
    print_wrapped(console, f"{counts}, of {training.families:,} families{left_out}")
    table = Table("", "accuracy", "AUC", "Brier score", "relation right", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    table.add_row("fitted, on families it has not seen", *_cells(training.fitted))
    table.add_row("the model it began with", *_cells(training.start))
    console.print(table)
    print_wrapped(
        console,
        "In brackets 95 % intervals, by bootstrap over families. The Brier score is better the lower.",
        "",
        "dim",
    )
    console.print()
    if training.fitted.brier[0] >= training.start.brier[0]:
        print_wrapped(console, "The fitted model is no better on these pairs: keep the one you have, or label more.")
    print_wrapped(console, f"written to {visible(str(output))}; use it with --model {visible(str(output))}", "", "bold")


def _cells(measured: Measured) -> tuple[str, str, str, str]:
    figures = (measured.accuracy, measured.auc, measured.brier)
    accuracy, auc, brier = (f"{value:.3f} ({low:.3f}–{high:.3f})" for value, low, high in figures)
    return accuracy, auc, brier, "–" if measured.relation is None else f"{measured.relation:.3f}"
