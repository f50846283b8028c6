"""Retrieval: which labelled pairs become candidates, at how many candidates a document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, product
from pathlib import Path

import numpy as np

from benchmarks.generate.articles import Articles
from benchmarks.generate.plan import Kind, Recipe
from benchmarks.quality.corpora import CORPORA, ROOT, pan_pairs, read_jsonl, read_text
from benchmarks.quality.lineage import read_lineage
from benchmarks.quality.pan13 import KINDS
from benchmarks.quality.score import Cell, Table, render
from benchmarks.speed.scenario import WANTED, scenario
from dedup.corpus import Collection
from dedup.documents import Document, TextBatch
from dedup.families import equal_texts
from dedup.fit import fit
from dedup.reuse import ReuseLimits
from dedup.tokens import tokenize

__all__ = ["candidate_pairs", "measure"]

_HAYSTACK, _GENERATED = 20_000, 10_000
_COLUMNS = ("pairs", "of these", "candidates", "share", "candidates a document")

Pair = tuple[str, str]


def measure(*, short: bool = False, limits: ReuseLimits = ReuseLimits()) -> None:
    """Print a table for each corpus that is there, and for a story in a haystack; the last alone if ``short``."""
    for name, rows in (("pan13", _pan13), ("webis-s3", _webis), ("reuters", _seeds))[: 0 if short else 3]:
        path = CORPORA[name].path({})
        if path is None:
            print(f"\n{name}: skipped: {CORPORA[name].missing()}")
            continue
        print("\n" + render(Table(f"{name} as one collection", _COLUMNS, tuple(rows(path, limits)))), flush=True)
    if not short:
        found = tuple(_generated(limits))
        print("\n" + render(Table(f"{_GENERATED} generated articles", _COLUMNS, found)), flush=True)
    rows_found = _rows(WANTED, *candidate_pairs(scenario(_HAYSTACK), limits))
    print("\n" + render(Table(f"one story among {_HAYSTACK}", _COLUMNS, tuple(rows_found))), flush=True)


def candidate_pairs(documents: Sequence[Document], limits: ReuseLimits) -> tuple[set[Pair], float]:
    """Pairs of ids that retrieval brings together, equal texts included, and how many there are a document."""
    classes = equal_texts(tokenize(TextBatch.from_texts(document.text for document in documents)))
    heads = np.unique(classes)
    collection = Collection.from_documents([documents[head] for head in heads])
    found = fit(collection, limits=limits).candidates()
    tied: dict[int, list[str]] = {}
    for document, head in zip(documents, classes.tolist(), strict=True):
        tied.setdefault(head, []).append(document.id)
    pairs = {_key(a, b) for group in tied.values() for a, b in combinations(group, 2)}
    for left, right in zip(heads[found.left].tolist(), heads[found.right].tolist(), strict=True):
        pairs |= {_key(a, b) for a, b in product(tied[left], tied[right])}
    return pairs, len(found) / len(heads)


def _key(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def _rows(wanted: dict[str, set[Pair]], pairs: set[Pair], each: float) -> Iterable[tuple[Cell, ...]]:
    for name, those in wanted.items():
        yield name, len(those), len(those & pairs), len(those & pairs) / len(those), each


def _pan13(corpus: Path, limits: ReuseLimits) -> Iterable[tuple[Cell, ...]]:
    wanted: dict[str, set[Pair]] = {}
    names: set[str] = set()
    for kind, folder in KINDS.items():
        for pair in pan_pairs(corpus, folder):
            key = _key(f"src/{pair.source}", f"susp/{pair.derived}")
            names |= set(key)
            wanted.setdefault(kind if pair.cases else f"{kind}, without passage", set()).add(key)
    documents = [Document(name, (corpus / name).read_bytes().decode("utf-8")) for name in sorted(names)]
    borrowed = set().union(*(those for kind, those in wanted.items() if kind in KINDS))
    return _rows({"with a borrowed passage": borrowed, **wanted}, *candidate_pairs(documents, limits))


def _webis(corpus: Path, limits: ReuseLimits) -> Iterable[tuple[Cell, ...]]:
    texts: dict[str, str] = {}
    wanted: dict[str, set[Pair]] = {}
    for record in read_jsonl(corpus / "pairs.jsonl"):
        texts |= {record["a"]: record["text_a"], record["b"]: record["text_b"]}
        wanted.setdefault(f"label {record['label']}", set()).add(_key(record["a"], record["b"]))
    documents = [Document(name, texts[name]) for name in sorted(texts)]
    return _rows(dict(sorted(wanted.items())), *candidate_pairs(documents, limits))


def _seeds(corpus: Path, limits: ReuseLimits) -> Iterable[tuple[Cell, ...]]:
    texts = {f"reuters/{record['id']}": record["body"] for record in read_jsonl(corpus / "reuters.jsonl")}
    own, derived = _derived_seeds()
    documents = [Document(name, text) for name, text in sorted((texts | own).items())]
    return _rows({"seeds, derived": derived}, *candidate_pairs(documents, limits))


def _generated(limits: ReuseLimits) -> Iterable[tuple[Cell, ...]]:
    articles = list(Articles(Recipe(_GENERATED)))
    wanted: dict[str, set[Pair]] = {}
    for article in articles:
        if article.kind in (Kind.REWRITE, Kind.EMBEDDED):
            wanted.setdefault(article.kind.name.lower(), set()).add(_key(article.id, articles[article.source].id))
    return _rows(wanted, *candidate_pairs([Document(article.id, article.text) for article in articles], limits))


def _derived_seeds() -> tuple[dict[str, str], set[Pair]]:
    """The sample newsroom's texts, and its derived pairs."""
    folder = ROOT / "seeds"
    lineage = read_lineage(folder / "labels.json")
    texts = {f"seeds/{name}": read_text(folder / name) for name in lineage.documents}
    return texts, {_key(f"seeds/{a}", f"seeds/{b}") for a, b, truth in lineage.pairs() if truth.derived}
