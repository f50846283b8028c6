"""Webis near-duplicate judgements: whether the probability of a copy puts near-duplicates first.

All pairs share much text, and 0 means 'no near-duplicates', not 'not derived'; so only the probability of being
identical, near-duplicate or syndicated is scored.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.quality.corpora import read_jsonl
from benchmarks.quality.metrics import area_under_curve, bootstrap, calibrate
from benchmarks.quality.score import Cell, Figure, Score, Table
from dedup.engine import compare_pair
from dedup.matches import Match, Relation

__all__ = ["measure"]

COPIES = (Relation.IDENTICAL, Relation.NEAR_DUPLICATE, Relation.SYNDICATED)


def measure(corpus: Path) -> Score:
    """Score each collection on its own; the 3-shingle Jaccard stands beside it for comparison."""
    records = read_jsonl(corpus / "pairs.jsonl")
    matches = [compare_pair(record["text_a"], record["text_b"]) for record in records]
    said = np.array([_copy(match) for match in matches])
    jaccard = np.array([match.jaccard for match in matches])
    labels = np.array([int(record["label"]) >= 1 for record in records])
    collections = np.array([record["collection"] for record in records])
    figures: dict[str, Figure] = {}
    rows: list[tuple[Cell, ...]] = []
    for collection in sorted(set(collections.tolist())):
        inside = np.flatnonzero(collections == collection)
        found = _auc(said[inside], labels[inside])
        plain = area_under_curve(jaccard[inside], labels[inside])
        figures[f"webis-s3.{collection}.auc"] = found
        rows.append((collection, len(inside), int(labels[inside].sum()), found.value, plain))
    calibration, curves = calibrate("webis-s3", said, labels)
    columns = ("collection", "pairs", "near-duplicates", "AUC", "AUC of Jaccard")
    table = Table("webis-s3: probability of a copy against human labels", columns, tuple(rows))
    return Score("webis-s3", {**figures, **calibration}, (table,), curves)


def _copy(match: Match) -> float:
    return sum(match.relation_probabilities.get(relation, 0.0) for relation in COPIES)


def _auc(said: npt.NDArray[np.float64], labels: npt.NDArray[np.bool_]) -> Figure:
    def statistic(rows: npt.NDArray[np.int64]) -> float:
        return area_under_curve(said[rows], labels[rows])

    return Figure(area_under_curve(said, labels), bootstrap(statistic, range(len(labels))))
