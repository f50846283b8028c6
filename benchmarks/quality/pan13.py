"""PAN 2013 text alignment: plagdet by kind and entire, and how often a pair without reuse got a passage."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.quality.corpora import PanPair, pan_pairs
from benchmarks.quality.plagdet import Agreement, SpanPair, agreement
from benchmarks.quality.score import Cell, Figure, Score, Table
from dedup.alignment import align_pairs, passages_of, prepare
from dedup.documents import TextBatch
from dedup.language import guess_languages
from dedup.segments import segment
from dedup.statistics import Statistics
from dedup.tokens import tokenize

__all__ = ["KINDS", "Scored", "detect", "measure", "part_of", "tabulate"]

KINDS = {
    "none": "01-no-plagiarism",
    "verbatim": "02-no-obfuscation",
    "random": "03-random-obfuscation",
    "translation": "04-translation-obfuscation",
    "summary": "05-summary-obfuscation",
}

Scored = tuple[PanPair, tuple[SpanPair, ...]]


def measure(corpus: Path, *, sample: int | None = None, jobs: int = 2) -> Score:
    """Score the aligner on every pair, or on ``sample`` evenly spaced pairs of each kind.

    The shipped parameters are fitted on all of them. Fitted on the suspicious documents of even number (part *tune*)
    alone (``python -m benchmarks.training.align --part even``), those of odd number (part *report*) show how far the
    fit carries; settings were chosen with an eye on samples of both.
    """
    scored: dict[str, list[Scored]] = {}
    started = time.perf_counter()
    for kind, folder in KINDS.items():
        pairs = _spaced(pan_pairs(corpus, folder), sample)
        scored[kind] = list(zip(pairs, detect(corpus, pairs, jobs=jobs), strict=True))
    seconds = time.perf_counter() - started
    table, found, silent = tabulate("all documents", scored)
    tune, *_ = tabulate("even documents (tune)", part_of(scored, 0))
    report, found_of_odd, _ = tabulate("odd documents (report)", part_of(scored, 1))
    figures = _figures(found, silent)
    figures["pan13.report.entire.plagdet"] = Figure(found_of_odd["entire"].plagdet)
    figures["pan13.seconds"] = Figure(seconds, gated=False)
    return Score("pan13", figures, (table, tune, report), partial=sample is not None)


def detect(corpus: Path, pairs: Sequence[PanPair], *, jobs: int = 2) -> list[tuple[SpanPair, ...]]:
    """The passages that the aligner finds in each pair, the suspicious document on the derived side."""
    names = sorted({("susp", pair.derived) for pair in pairs} | {("src", pair.source) for pair in pairs})
    numbers = {name: number for number, name in enumerate(names)}
    texts = [(corpus / folder / name).read_bytes().decode("utf-8") for folder, name in names]
    tokens = tokenize(TextBatch.from_texts(texts))
    languages = guess_languages(tokens)
    prepared = prepare(tokens, segment(tokens), languages=languages, statistics=Statistics.background())
    left = np.array([numbers["susp", pair.derived] for pair in pairs], np.int32)
    right = np.array([numbers["src", pair.source] for pair in pairs], np.int32)
    found = align_pairs(prepared, left, right, jobs=jobs)
    rows = (passages_of(prepared, found, n, int(left[n]), int(right[n])) for n in range(len(pairs)))
    return [tuple(SpanPair(p.left_start, p.left_end, p.right_start, p.right_end) for p in row) for row in rows]


def _spaced(pairs: list[PanPair], sample: int | None) -> list[PanPair]:
    if sample is None or sample >= len(pairs):
        return pairs
    return [pairs[int(place)] for place in np.linspace(0, len(pairs) - 1, sample)]


def part_of(scored: Mapping[str, list[Scored]], parity: int) -> dict[str, list[Scored]]:
    """The pairs whose suspicious document has an even (0) or odd (1) number."""
    return {kind: [row for row in rows if row[0].number % 2 == parity] for kind, rows in scored.items()}


def _silence(rows: Sequence[Scored]) -> tuple[int, int]:
    """Pairs without reuse, and how many of them got no passage."""
    silent = [not hits for pair, hits in rows if not pair.cases]
    return len(silent), sum(silent)


def tabulate(
    title: str, scored: Mapping[str, list[Scored]]
) -> tuple[Table, dict[str, Agreement], dict[str, tuple[int, int]]]:
    """A table by kind and entire, the agreements, and of the pairs without reuse how many there are and get nothing."""
    groups = {**scored, "entire": [row for rows in scored.values() for row in rows]}
    found = {kind: agreement((pair.cases, hits) for pair, hits in rows) for kind, rows in groups.items()}
    silent = {kind: _silence(rows) for kind, rows in groups.items()}
    columns = ("kind", "pairs", "cases", "found", "plagdet", "recall", "precision", "granularity", "no reuse", "alarms")
    rows: list[tuple[Cell, ...]] = []
    for kind, a in found.items():
        without, quiet = silent[kind]
        scores: tuple[Cell, ...] = (a.plagdet, a.recall, a.precision, a.granularity) if a.cases else (None,) * 4
        rows.append((kind, len(groups[kind]), a.cases, a.detections, *scores, without, without - quiet))
    return Table(f"PAN 2013, {title}", columns, tuple(rows)), found, silent


def _figures(found: dict[str, Agreement], silent: dict[str, tuple[int, int]]) -> dict[str, Figure]:
    figures = {}
    for kind, a in found.items():
        if a.cases:
            for name in ("plagdet", "recall", "precision"):
                figures[f"pan13.{kind}.{name}"] = Figure(getattr(a, name))
            figures[f"pan13.{kind}.granularity"] = Figure(a.granularity, gated=False)
        without, quiet = silent[kind]
        if without and kind != "entire":
            figures[f"pan13.{kind}.without_reuse_left_alone"] = Figure(quiet / without)
    return figures
