"""Labelled pairs to learn the verdict from, with their evidence: newsrooms, short answers, similar news, a newswire."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from benchmarks.quality.corpora import ROOT, read_csv, read_jsonl, read_text
from benchmarks.quality.lineage import read_lineage
from dedup.alignment import align_pairs
from dedup.corpus import Collection, Corpus
from dedup.division import divide_passages
from dedup.documents import Document
from dedup.evidence import Evidence, gather_evidence
from dedup.fit import fit
from dedup.statistics import Statistics

__all__ = ["NEWSROOMS", "Example", "measure", "newsroom", "readings", "short_answers", "similar_news", "story_seeds"]

NEWSROOMS = {
    "seeds": ROOT / "seeds",
    "newsroom-a": ROOT / "benchmarks" / "training" / "newsroom-a",
    "newsroom-b": ROOT / "benchmarks" / "training" / "newsroom-b",
    "newsroom-c": ROOT / "benchmarks" / "training" / "newsroom-c",
}
"""By the hand that wrote them."""

READINGS = ROOT / "benchmarks" / "quality" / "reuters_read.csv"

LEAST_COPIED = 0.15


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled pair; ``group`` is left out as a whole in cross-validation, ``hand`` is the collection it is of."""

    pair: tuple[str, str]
    hand: str
    group: str
    derived: bool
    kind: str
    evidence: Evidence

    @property
    def shared_words(self) -> float:
        """Containment, the greater one."""
        return max(self.evidence.left.containment, self.evidence.right.containment)


def measure(
    texts: Mapping[str, str], pairs: Sequence[tuple[str, str]] | None = None
) -> list[tuple[tuple[str, str], Evidence]]:
    """Evidence of the given pairs on the background alone, or of all candidate pairs of a collection."""
    documents = [Document(name, texts[name]) for name in sorted(texts)]
    if pairs is not None:
        return _gathered(documents, pairs, Statistics.background())
    fitted = fit(Collection.from_documents(documents))
    found = fitted.candidates()
    sides = zip(found.left.tolist(), found.right.tolist(), strict=True)
    return _gathered(documents, [(documents[a].id, documents[b].id) for a, b in sides], fitted.statistics)


def _gathered(
    documents: Sequence[Document], pairs: Sequence[tuple[str, str]], statistics: Statistics
) -> list[tuple[tuple[str, str], Evidence]]:
    corpus = Corpus.from_documents(documents)
    ready = corpus.prepare(statistics)
    at = {document.id: number for number, document in enumerate(documents)}
    left, right = (np.array([at[pair[side]] for pair in pairs], np.int32) for side in (0, 1))
    aligned = divide_passages(ready, align_pairs(ready, left, right), left, right)
    evidence = gather_evidence(ready, aligned, left, right, statistics=statistics, languages=corpus.languages)
    return list(zip(pairs, evidence, strict=True))


def newsroom(hand: str, folder: Path) -> list[Example]:
    """The scored pairs of one story each of a newsroom, excerpts left out."""
    lineage = read_lineage(folder / "labels.json")
    truths = {(left, right): truth for left, right, truth in lineage.pairs()}
    examples = []
    for pair, evidence in measure({name: (folder / name).read_text("utf-8") for name in lineage.documents}):
        truth = truths.get(pair) or truths[pair[1], pair[0]]
        stories = {lineage.documents[name]["story"] for name in pair}
        if truth.scored and truth.relation != "excerpted" and (truth.derived or len(stories) == 1):
            examples.append(Example(pair, hand, f"{hand}/{min(stories)}", truth.derived, truth.kind, evidence))
    return examples


def story_seeds(folder: Path) -> list[Example]:
    """The labelled articles of another folder, every pair of them."""
    texts = {path.name: read_text(path) for path in sorted(folder.glob("*.txt"))}
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    truth = {frozenset((pair["left"], pair["right"])): bool(pair["derived"]) for pair in labels["pairs"]}
    pairs = list(combinations(sorted(texts), 2))
    return [
        Example(pair, "story seeds", "story seeds", truth[frozenset(pair)], "story seed", evidence)
        for pair, evidence in measure(texts, pairs)
    ]


def short_answers(folder: Path) -> list[Example]:
    """Each answer with the original of its task."""
    texts = {path.name: read_text(path) for path in folder.rglob("*.txt")}
    rows = read_csv(folder / "file_information.csv")
    rows = [row for row in rows if row["File"] in texts and row["Category"] != "orig"]
    pairs = [(f"orig_task{row['Task']}.txt", row["File"]) for row in rows]
    return [
        Example(pair, "answers", f"task {row['Task']}", row["Category"] != "non", row["Category"], evidence)
        for row, (pair, evidence) in zip(rows, measure(texts, pairs), strict=True)
    ]


def similar_news(folder: Path) -> list[Example]:
    """Pairs on one story that were written apart; the handful that shares copied text is left out."""
    rows = read_jsonl(folder / "pairs.jsonl")
    texts = {f"{row['pair_id']}-{side}": row[f"text{side}"] for row in rows for side in (1, 2)}
    pairs = [(f"{row['pair_id']}-1", f"{row['pair_id']}-2") for row in rows]
    examples = [
        Example(pair, "news", f"news {i % 5}", False, "similar news", evidence)
        for i, (pair, evidence) in enumerate(measure(texts, pairs))
    ]
    return [
        item
        for item in examples
        if max(item.evidence.left.kept, item.evidence.right.kept) <= 0.1 and item.shared_words < LEAST_COPIED
    ]


def readings(folder: Path) -> list[Example]:
    """The pairs of a newswire that were read one by one, equal texts and excerpts left out.

    They are measured as in a comparison of the whole wire, with its frequencies and its forms.
    """
    records = [record for record in read_jsonl(folder / "reuters.jsonl") if record["body"]]
    rows = read_csv(READINGS)
    unique: dict[str, str] = {}
    same = {record["id"]: unique.setdefault(record["body"], record["id"]) for record in records}
    documents = sorted((Document(name, text) for text, name in unique.items()), key=lambda document: document.id)
    statistics = fit(Collection.from_documents(documents)).statistics
    kept = {
        (min(same[row["left"]], same[row["right"]]), max(same[row["left"]], same[row["right"]])): row
        for row in rows
        if same[row["left"]] != same[row["right"]] and row["kind"] != "excerpted"
    }
    used = {name for pair in kept for name in pair}
    measured = _gathered([document for document in documents if document.id in used], list(kept), statistics)
    return [
        Example(pair, "readings", f"readings {i % 5}", row["derived"] == "yes", row["kind"], evidence)
        for i, (row, (pair, evidence)) in enumerate(zip(kept.values(), measured, strict=True))
        if not evidence.identical
    ]
