"""SemEval 2022 news similarity: articles on the same story are not derived from each other.

A handful of the pairs do share copied text, so each one called derived is listed, to be read.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.quality.corpora import read_jsonl
from benchmarks.quality.metrics import brier, share
from benchmarks.quality.score import Cell, Figure, Score, Table
from dedup.engine import compare_pair

__all__ = ["measure"]


def measure(corpus: Path) -> Score:
    """Compare every pair, and count and list those called derived."""
    records = read_jsonl(corpus / "pairs.jsonl")
    matches = [compare_pair(record["text1"], record["text2"]) for record in records]
    kept, interval = share([not match.derived for match in matches])
    said = [match.probability for match in matches]
    figures = {
        "semeval-news.kept_apart": Figure(kept, interval),
        "semeval-news.calibration.brier": Figure(brier(said, [False] * len(said)), gated=False),
    }
    by_rating: list[tuple[Cell, ...]] = []
    listed: list[tuple[Cell, ...]] = []
    for low, high in ((1.0, 1.5), (1.5, 2.5), (2.5, 3.5), (3.5, 4.1)):
        some = [m for r, m in zip(records, matches, strict=True) if low <= r["overall"] < high]
        by_rating.append((f"{low} to {high}", len(some), sum(match.derived for match in some)))
    for record, match in zip(records, matches, strict=True):
        if match.derived:
            longest = max((p.left_end - p.left_start for p in match.passages), default=0)
            found: tuple[Cell, ...] = (str(match.relation), match.probability, match.jaccard, longest)
            listed.append((record["pair_id"], record["overall"], *found))
    columns = ("pair", "rating", "relation", "probability", "jaccard", "longest passage")
    tables = (
        Table(
            "semeval-news: by rating (1 same story, 4 different)",
            ("rating", "pairs", "called derived"),
            tuple(by_rating),
        ),
        Table("semeval-news: called derived, to be read", columns, tuple(listed)),
    )
    return Score("semeval-news", figures, tables)
