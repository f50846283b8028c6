"""Retrieval: which labelled pairs become candidates, at how many candidates a document."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.quality.corpora import CORPORA, ROOT, pan_pairs, read_jsonl, read_text
from benchmarks.quality.pan13 import KINDS
from benchmarks.quality.score import Cell, Table, render
from dedup.corpus import Corpus, find_candidates
from dedup.documents import Document
from dedup.families import equal_texts
from dedup.lsh import ReuseLimits
from dedup.settings import Settings

__all__ = ["candidate_pairs", "measure"]

Pair = tuple[str, str]


def measure(limits: ReuseLimits = ReuseLimits()) -> None:
    """Print a table for each corpus that is there."""
    for name, rows in (("pan13", _pan13), ("webis-s3", _webis), ("reuters", _seeds)):
        path = CORPORA[name].path({})
        if path is None:
            print(f"\n{name}: skipped: {CORPORA[name].missing()}")
            continue
        columns = ("pairs", "of these", "candidates", "share", "candidates a document")
        print("\n" + render(Table(f"{name} as one collection", columns, tuple(rows(path, limits)))), flush=True)


def candidate_pairs(documents: Sequence[Document], limits: ReuseLimits) -> tuple[set[Pair], float]:
    """Pairs of ids that retrieval brings together, equal texts included, and how many there are a document."""
    classes = equal_texts(documents)
    heads = sorted({int(head) for head in classes})
    corpus = Corpus.from_documents([documents[head] for head in heads])
    found = find_candidates(corpus, settings=Settings(), limits=limits, jobs=1, count=lambda name, number: None)
    names = [document.id for document in corpus.documents]
    tied = {head: [d.id for d, c in zip(documents, classes, strict=True) if c == head] for head in heads}
    pairs = {
        _key(a, b)
        for left, right in zip(found.pairs.left.tolist(), found.pairs.right.tolist(), strict=True)
        for a in tied[heads[left]]
        for b in tied[heads[right]]
    }
    pairs |= {_key(a, b) for group in tied.values() for a in group for b in group if a != b}
    return pairs, len(found.pairs) / len(names)
