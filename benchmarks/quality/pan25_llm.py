"""PAN 2025: paragraphs rewritten by a language model, to be matched to their source among all sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.quality.corpora import read_jsonl
from benchmarks.quality.metrics import calibrate, share
from benchmarks.quality.score import Cell, Figure, Score, Table
from dedup.documents import Document
from dedup.engine import compare, compare_pair
from dedup.matches import Match, Relation
from dedup.settings import Settings

__all__ = ["SHORTEST", "measure"]

SHORTEST = 200
"""Characters; what is shorter is a fragment."""


def measure(corpus: Path) -> Score:
    """Compare all rewritten paragraphs with all sources, and rank what comes back by probability.

    For calibration each paragraph is compared with its own source, and with the source of the next one.
    """
    records = [record for record in read_jsonl(corpus / "pairs.jsonl") if len(record["text"]) >= SHORTEST]
    rewritten = [record for record in records if record["source"]]
    sources = {text: f"source-{number:04}" for number, text in enumerate(sorted({r["source"] for r in rewritten}))}
    texts = {f"text-{number:04}": record for number, record in enumerate(records)}
    comparison = compare(
        [Document(key, record["text"]) for key, record in texts.items()],
        against=[Document(key, text) for text, key in sources.items()],
        settings=Settings(relation=tuple(Relation), all_pairs=True),
    )
    ranked: dict[str, list[Match]] = defaultdict(list)
    for match in sorted(comparison.matches, key=lambda m: (-m.probability, -m.cosine, m.right)):
        ranked[match.left].append(match)
    truth = {key: sources[record["source"]] for key, record in texts.items() if record["source"]}
    places = {key: _place(ranked[key], source) for key, source in truth.items()}
    derived = {key: any(m.right == source and m.derived for m in ranked[key]) for key, source in truth.items()}
    strangers = [key for key in texts if key not in truth]
    figures = {
        "pan25-llm.found": Figure(*share([derived[key] for key in truth])),
        "pan25-llm.ranked_first": Figure(*share([places[key] == 1 for key in truth])),
    }
    if strangers:
        kept = [not any(match.derived for match in ranked[key]) for key in strangers]
        figures["pan25-llm.without_source_kept_apart"] = Figure(*share(kept))
    calibration, curves = _calibration(rewritten)
    missed: tuple[tuple[Cell, ...], ...] = tuple(
        (key, texts[key]["file"], len(texts[key]["text"]), places[key]) for key in truth if not derived[key]
    )
    columns = ("paragraph", "file", "characters", "rank of its source")
    tables = (_table(texts, derived, places), Table("pan25-llm: not called derived", columns, missed))
    return Score("pan25-llm", {**figures, **calibration}, tables, curves)


def _place(matches: Sequence[Match], source: str) -> int | None:
    """The rank of the source among the matches, from 1; ``None`` where it did not come back."""
    return next((place for place, match in enumerate(matches, 1) if match.right == source), None)


def _table(texts: dict[str, dict[str, Any]], derived: dict[str, bool], places: dict[str, int | None]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for severity in [*sorted({record["severity"] for record in texts.values()}), "all"]:
        keys = [key for key in derived if severity in (texts[key]["severity"], "all")]
        counts = (sum(places[key] == 1 for key in keys), sum(derived[key] for key in keys))
        rows.append((severity, len(keys), sum(places[key] is not None for key in keys), *counts))
    columns = ("severity", "rewritten", "source came back", "ranked first", "called derived")
    return Table(f"pan25-llm: paragraphs of {SHORTEST} characters and more", columns, tuple(rows))


def _calibration(rewritten: Sequence[dict[str, Any]]) -> tuple[dict[str, Figure], dict[str, Any]]:
    said, labels = [], []
    for number, record in enumerate(rewritten):
        following = (rewritten[(number + step) % len(rewritten)]["source"] for step in range(1, len(rewritten)))
        other = next((source for source in following if source != record["source"]), None)
        for source, label in ((record["source"], True), (other, False)):
            if source:
                said.append(compare_pair(record["text"], source).probability)
                labels.append(label)
    return calibrate("pan25-llm", said, labels)
