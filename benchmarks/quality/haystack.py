"""A whole newswire as one collection, and five articles whose pairs are known hidden in it."""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import combinations
from pathlib import Path

from benchmarks.quality.corpora import read_jsonl, read_text
from benchmarks.quality.score import Cell, Figure, Score, Table
from dedup.comparison import Comparison
from dedup.documents import Document
from dedup.engine import compare, compare_pair
from dedup.matches import DERIVED, Match, Relation

__all__ = ["measure_reuters", "measure_story_seeds"]

_SEED = "story-seed/"
_DRAWN = 200


@dataclass(frozen=True, slots=True)
class _Hidden:
    comparison: Comparison
    seconds: float


def measure_reuters(corpus: Path, story_seeds: Path | None) -> Score:
    """The newswire to matches: time after compilation, counts by stage and relation, and matches drawn to be read."""
    hidden = _run(corpus, story_seeds)
    matches = [match for match in hidden.comparison.matches if not _has_seed(match)]
    relations = Counter(match.relation for match in matches)
    figures = {
        "reuters.seconds": Figure(hidden.seconds, gated=False),
        "reuters.matches": Figure(len(matches), gated=False),
    }
    counts: list[tuple[Cell, ...]] = [(stage.name, stage.count) for stage in hidden.comparison.stages]
    found: list[tuple[Cell, ...]] = [(str(r), relations[r]) for r in Relation if r in DERIVED]
    tables = (
        Table("reuters: counts by stage", ("stage", "count"), tuple(counts)),
        Table("reuters: matches", ("relation", "matches"), tuple(found)),
    )
    drawn = random.Random(1).sample(matches, min(_DRAWN, len(matches)))  # noqa: S311 — drawn to be read, not secret
    sample = [
        {"left": m.left, "right": m.right, "relation": str(m.relation), "probability": m.probability}
        for m in sorted(drawn, key=lambda m: (m.left, m.right))
    ]
    return Score("reuters", figures, tables, {"reuters.sample": sample})


def measure_story_seeds(folder: Path, reuters: Path | None) -> Score:
    """Every pair of the five articles: each alone, all as a collection, and hidden in the newswire."""
    pairs = json.loads((folder / "labels.json").read_text(encoding="utf-8"))["pairs"]
    documents = _seed_documents(folder)
    texts = {document.id: document.text for document in documents}
    said: dict[str, dict[frozenset[str], Match]] = {
        "pair by pair": {
            frozenset(pair): compare_pair(*(Document(key, texts[key]) for key in pair))
            for pair in combinations(sorted(texts), 2)
        },
        "as a collection": _by_pair(compare(documents)),
    }
    figures: dict[str, Figure] = {}
    if reuters is not None:
        hidden = _run(reuters, folder)
        said["hidden in reuters"] = _by_pair(hidden.comparison)
        strangers = [m for m in hidden.comparison.matches if m.derived and _has_seed(m) and not _both_seeds(m)]
        figures["story-seeds.hidden.no_stranger"] = Figure(float(not strangers))
        figures["story-seeds.hidden.seconds"] = Figure(hidden.seconds, gated=False)
    names = {"pair by pair": "pairs", "as a collection": "alone", "hidden in reuters": "hidden"}
    rows: list[tuple[Cell, ...]] = []
    for how, matches in said.items():
        figures.update(_figures(f"story-seeds.{names[how]}", pairs, matches))
        rows += [_row(how, pair, matches.get(_key(pair))) for pair in pairs]
    columns = ("run", "pair", "truth", "answer", "probability", "source right", "coverage left", "coverage right")
    table = Table("story-seeds: every pair", columns, tuple(rows))
    return Score("story-seeds", figures, (table,), partial=reuters is None)


@cache
def _run(reuters: Path, story_seeds: Path | None) -> _Hidden:
    records = read_jsonl(reuters / "reuters.jsonl")
    documents = [Document(r["id"], r["body"], title=r["title"], date=_date(r["date"])) for r in records if r["body"]]
    compare(documents[:300])
    hidden = _seed_documents(story_seeds) if story_seeds else []
    started = time.perf_counter()
    comparison = compare([*documents, *hidden])
    return _Hidden(comparison, time.perf_counter() - started)


def _seed_documents(folder: Path) -> list[Document]:
    return [Document(_SEED + path.name, read_text(path)) for path in sorted(folder.glob("*.txt"))]


def _date(text: str) -> datetime | None:
    """Of ``26-FEB-1987 15:01:01.79``; a few stories have something else."""
    try:
        return datetime.strptime(text.strip().split(".")[0], "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def _by_pair(comparison: Comparison) -> dict[frozenset[str], Match]:
    return {frozenset((match.left, match.right)): match for match in comparison.matches}


def _has_seed(match: Match) -> bool:
    return match.left.startswith(_SEED) or match.right.startswith(_SEED)


def _both_seeds(match: Match) -> bool:
    return match.left.startswith(_SEED) and match.right.startswith(_SEED)


def _key(pair: dict[str, str]) -> frozenset[str]:
    return frozenset((_SEED + pair["left"], _SEED + pair["right"]))


def _figures(name: str, pairs: list[dict[str, str]], matches: dict[frozenset[str], Match]) -> dict[str, Figure]:
    right = relation = source = derived = 0
    for pair in pairs:
        match = matches.get(_key(pair))
        right += (match is not None and match.derived) == bool(pair["derived"])
        if pair["derived"]:
            derived += 1
            relation += match is not None and match.relation == pair["relation"]
            source += match is not None and match.source == _SEED + pair["source"]
    return {
        f"{name}.pairs_right": Figure(right / len(pairs)),
        f"{name}.relation_right": Figure(relation / derived),
        f"{name}.source_right": Figure(source / derived),
    }


def _row(how: str, pair: dict[str, str], match: Match | None) -> tuple[Cell, ...]:
    name = f"{pair['left'][:3]}–{pair['right'][:3]}"
    if match is None:
        return (how, name, pair["relation"], "–", None, None, None, None)
    source = str(match.source == _SEED + pair["source"]) if pair["derived"] else None
    cells = (str(match.relation), match.probability, source, match.left_coverage, match.right_coverage)
    return (how, name, pair["relation"], *cells)
