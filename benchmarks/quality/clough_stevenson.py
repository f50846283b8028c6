"""Clough & Stevenson's corpus of plagiarised short answers: derived or not, how much, and from whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.quality.corpora import read_csv, read_text
from benchmarks.quality.direction import answer, score_direction
from benchmarks.quality.metrics import area_under_curve, bootstrap, calibrate, share
from benchmarks.quality.score import Cell, Figure, Score, Table
from dedup.engine import explain_pair
from dedup.evidence import Evidence
from dedup.matches import Match

__all__ = ["measure"]

CLASSES = ("non", "heavy", "light", "cut")


@dataclass(frozen=True, slots=True)
class _Item:
    """An answer, its task and class, and what was said of it and its original."""

    name: str
    task: str
    category: str
    match: Match
    evidence: Evidence
    lengths: tuple[int, int]

    @property
    def derived(self) -> bool:
        return self.category != "non"


def measure(corpus: Path) -> Score:
    """Compare each answer with the original of its task; no dates are known."""
    items = [_item(corpus, row) for row in read_csv(corpus / "file_information.csv") if row["Category"] in CLASSES]
    derived = [item.derived for item in items]
    said = [item.match.probability for item in items]
    right = [item.match.derived == item.derived for item in items]
    predicted = _classes(items)
    name = "clough-stevenson"
    figures = {
        f"{name}.accuracy": Figure(*share(right)),
        f"{name}.auc": _auc(said, derived),
        f"{name}.four_classes": Figure(
            *share([guess == item.category for guess, item in zip(predicted, items, strict=True)])
        ),
    }
    calibration, curves = calibrate(name, said, derived)
    answers = [
        answer(item.match, "right", item.lengths, item.name) for item in items if item.derived and item.match.derived
    ]
    directed, direction, curve = score_direction(f"{name}.direction", f"{name}: direction, without dates", answers)
    tables = (_decisions(items), _confusion(items, predicted), direction, _errors(items))
    return Score(name, {**figures, **calibration, **directed}, tables, {**curves, **curve})


def _item(corpus: Path, row: dict[str, str]) -> _Item:
    text, original = read_text(corpus / row["File"]), read_text(corpus / f"orig_task{row['Task']}.txt")
    match, evidence = explain_pair(text, original)
    return _Item(row["File"], row["Task"], row["Category"], match, evidence, (len(text), len(original)))


def _features(evidence: Evidence) -> list[float]:
    own, original = evidence.left, evidence.right
    shares = (own.containment, original.containment, own.coverage, original.coverage)
    kinds = (own.verbatim, own.edited, own.rewritten, evidence.longest / max(1, own.tokens))
    return [*shares, *kinds, evidence.jaccard, evidence.cosine, evidence.beats]


def _classes(items: Sequence[_Item]) -> list[str]:
    """The class of each answer by a logistic model over our evidence, fitted on the answers to the other tasks."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    features = np.array([_features(item.evidence) for item in items])
    labels = np.array([item.category for item in items])
    tasks = np.array([item.task for item in items])
    predicted = np.empty(len(items), labels.dtype)
    for task in np.unique(tasks):
        left_out = tasks == task
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000))
        predicted[left_out] = model.fit(features[~left_out], labels[~left_out]).predict(features[left_out])
    return [str(guess) for guess in predicted]


def _auc(said: Sequence[float], derived: Sequence[bool]) -> Figure:
    scores, labels = np.array(said), np.array(derived)

    def statistic(rows: npt.NDArray[np.int64]) -> float:
        return area_under_curve(scores[rows], labels[rows])

    return Figure(area_under_curve(scores, labels), bootstrap(statistic, range(len(labels))))


def _decisions(items: Sequence[_Item]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for category in CLASSES:
        some = [item for item in items if item.category == category]
        found = sum(item.match.derived for item in some)
        mean = float(np.mean([item.match.probability for item in some])) if some else None
        rows.append((category, len(some), found, mean))
    columns = ("class", "answers", "called derived", "mean probability")
    return Table("clough-stevenson: derived or not", columns, tuple(rows))


def _confusion(items: Sequence[_Item], predicted: Sequence[str]) -> Table:
    counts: dict[tuple[str, str], int] = {}
    for item, guess in zip(items, predicted, strict=True):
        counts[item.category, guess] = counts.get((item.category, guess), 0) + 1
    rows: list[tuple[Cell, ...]] = [
        (category, *(counts.get((category, guess), 0) for guess in CLASSES)) for category in CLASSES
    ]
    title = "clough-stevenson: four classes, truth down, model over our evidence across (other tasks fitted)"
    return Table(title, ("truth", *CLASSES), tuple(rows))


def _errors(items: Sequence[_Item]) -> Table:
    rows: list[tuple[Any, ...]] = [
        (item.name, item.category, str(item.match.relation), item.match.probability)
        for item in items
        if item.match.derived != item.derived
    ]
    return Table("clough-stevenson: wrong", ("answer", "class", "relation", "probability"), tuple(rows))
