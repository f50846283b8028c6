"""Train the model of the verdict: ``python -m benchmarks.training.verdict``.

Learns from four newsrooms by four hands, ``seeds/`` and three of ``benchmarks/training``, and,
where ``DEDUP_CORPORA`` names a folder that holds them, from the short answers of Clough and Stevenson (2011), from
pairs of SemEval 2022 task 8 (news similarity) as negatives, and from pairs of Reuters-21578 that were read one by one.
Writes ``dedup/data/verdict.json`` and prints what is found of each story, and each newsroom, by models that did not
learn from it.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.quality.corpora import ROOT
from benchmarks.training.examples import (
    LEAST_COPIED,
    NEWSROOMS,
    Example,
    newsroom,
    readings,
    short_answers,
    similar_news,
    story_seeds,
)
from dedup.documents import Document
from dedup.evidence import Evidence
from dedup.judging import new_match
from dedup.lineages import settle_lineages
from dedup.matches import Match
from dedup.model import MODEL_VERSION, Model
from dedup.verdict import copy_features, lineage_features

TARGET = ROOT / "dedup" / "data" / "verdict.json"

ABOVE = {"lineage": 0.0125, "copy": 0.0005}
"""Share of the negatives of newsrooms and answers that may lie above each part's threshold in cross-validation by
story. Not none: a single pair would then set it, and the worst ones are two reports of one hearing in one order."""

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "lineage": {"readings": 0.3},
    "copy": {"readings": 0.5, "answers": 3.0},
}
"""Of the collections, where not 1. The wire has few rewrites, and they are short; answers are few."""

NEGATIVE_WEIGHT = 1.5
FOLDS = 8
PENALTY = 0.005
LONGEST_CHANCE, PASSAGE_SLOPE = 27, 8.0

SIGNS: Mapping[str, Mapping[str, float]] = {
    "lineage": {
        "novelty": -1, "new_names": -1, "own_facts": -1, "greater_own_facts": -1, "new_quotes": -1, "quotes": -1,
        "sentence_order": 1, "coverage": 1, "known": 1, "shared_words": 1, "few_facts": -1,
    },
    "copy": {
        "kept": 1, "known": 1, "novelty": -1, "own_facts": -1, "new_quotes": -1, "sentence_order": 1, "brevity": -1,
    },
}  # fmt: skip
"""Which way each feature may speak."""

FEATURES: Mapping[str, Callable[[Evidence], dict[str, float]]] = {
    "lineage": lineage_features,
    "copy": copy_features,
}

Array = npt.NDArray[np.float64]


def chosen(part: str, examples: Sequence[Example]) -> list[Example]:
    """What a part of the model learns from: `lineage` nothing of short answers but those that are nobody's."""
    if part == "copy":
        return [item for item in examples if not item.derived or item.shared_words >= LEAST_COPIED]
    return [item for item in examples if not item.derived or item.hand != "answers"]


def balanced(part: str, examples: Sequence[Example]) -> Array:
    """Weights, so that a story with many pairs does not outweigh the others; negatives count more."""
    counts = Counter((item.group, item.derived) for item in examples)
    weights = np.array(
        [
            (1.0 if item.derived else NEGATIVE_WEIGHT)
            * WEIGHTS[part].get(item.hand, 1.0)
            / counts[item.group, item.derived] ** 0.5
            for item in examples
        ]
    )
    return np.asarray(weights / weights.mean(), np.float64)


def fit(features: Array, derived: Array, weights: Array, signs: Sequence[float]) -> Array:
    """Intercept and coefficients of a logistic regression, ridge-penalised, each coefficient of its sign."""
    mean, scale = np.average(features, axis=0, weights=weights), features.std(axis=0) + 1e-9
    standard, target = (features - mean) / scale, 2.0 * derived - 1.0

    def loss(beta: Array) -> tuple[float, Array]:
        margin = target * (standard @ beta[1:] + beta[0])
        slope = -target * weights / (1.0 + np.exp(np.clip(margin, -50, 50)))
        penalty = PENALTY * weights.sum()
        value = (weights * np.logaddexp(0.0, -margin)).sum() + penalty * (beta[1:] ** 2).sum()
        return float(value), np.r_[slope.sum(), standard.T @ slope + 2.0 * penalty * beta[1:]]

    bounds = [(None, None), *((0.0, None) if sign > 0 else (None, 0.0) for sign in signs)]
    beta = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
    coefficients = beta[1:] / scale
    return np.concatenate([[beta[0] - (coefficients * mean).sum()], coefficients])


def train(part: str, examples: Sequence[Example]) -> dict[str, float]:
    """The coefficients of one part, 0 at the threshold that cross-validation by story finds."""
    used, names = chosen(part, examples), list(SIGNS[part])
    features = np.array([[FEATURES[part](item.evidence)[name] for name in names] for item in used])
    derived = np.array([float(item.derived) for item in used])
    groups, weights = np.array([item.group for item in used]), balanced(part, used)
    signs = list(SIGNS[part].values())
    scores = np.empty(len(used))
    folds = np.unique(groups, return_inverse=True)[1] % FOLDS
    for fold in range(FOLDS):
        kept = folds != fold
        beta = fit(features[kept], derived[kept], weights[kept], signs)
        scores[~kept] = beta[0] + features[~kept] @ beta[1:]
    certain = (derived == 0) & np.array([item.hand in NEWSROOMS or item.hand == "answers" for item in used])
    threshold = float(np.quantile(scores[certain], 1.0 - ABOVE[part]))
    beta = fit(features, derived, weights, signs)
    values = zip(names, beta[1:].tolist(), strict=True)
    return {"intercept": round(float(beta[0]) - threshold, 4), **{name: round(value, 4) for name, value in values}}


def parts(examples: Sequence[Example]) -> dict[str, dict[str, float]]:
    """All parts of the verdict's model but the direction."""
    learnt = {part: train(part, examples) for part in FEATURES}
    intercept = round(-PASSAGE_SLOPE * math.log1p(LONGEST_CHANCE), 4)
    return {**learnt, "passage": {"intercept": intercept, "longest": PASSAGE_SLOPE}}


def judged(examples: Sequence[Example], model: Model) -> list[tuple[bool, bool]]:
    """Whether each pair is called derived by a model, alone and with the other texts of its story."""
    stories: dict[str, list[int]] = defaultdict(list)
    for number, item in enumerate(examples):
        stories[item.group].append(number)
    said = [(False, False)] * len(examples)
    for numbers in stories.values():
        alone: list[Match] = []
        lengths: dict[str, int] = {}
        for number in numbers:
            evidence = examples[number].evidence
            left, right = (Document(name, "") for name in examples[number].pair)
            lengths |= {left.id: evidence.left.tokens, right.id: evidence.right.tokens}
            alone.append(new_match(left, right, evidence, (), model))
        for number, one, other in zip(numbers, alone, settle_lineages(alone, lengths), strict=True):
            said[number] = one.derived, other.derived
    return said


def held_out(examples: Sequence[Example], by: str) -> None:
    """Print what is found of each newsroom by models that did not learn from its story, or from any of its stories."""
    found: dict[tuple[str, str], list[tuple[bool, bool, bool]]] = defaultdict(list)
    for key in sorted({getattr(item, by) for item in examples if item.hand in NEWSROOMS}):
        rest: list[Example] = []
        tested: list[Example] = []
        for item in examples:
            (tested if getattr(item, by) == key else rest).append(item)
        model = Model({**Model.shipped().parts, **parts(rest)})
        for item, (alone, settled) in zip(tested, judged(tested, model), strict=True):
            for name in (item.hand, "all"):
                kinds = ("derived", item.kind) if item.derived else ("others",)
                for kind in kinds:
                    found[name, kind].append((item.derived, alone, settled))
    print(f"left out by {by}: called derived, of how many; pair by pair, and with the story")
    for (name, kind), rows in sorted(found.items()):
        if name == "all" or kind in ("derived", "others"):
            print(f"  {name:11} {kind:20} {sum(r[1] for r in rows):4} {sum(r[2] for r in rows):4} of {len(rows)}")


def collect() -> tuple[list[Example], list[str]]:
    """All examples that are at hand, and what they are of."""
    examples = [item for hand, folder in NEWSROOMS.items() for item in newsroom(hand, folder)]
    learnt = ["seeds/ and benchmarks/training/newsroom-a, -b and -c of this repository (Apache-2.0)"]
    corpora, seeds = os.environ.get("DEDUP_CORPORA"), os.environ.get("DEDUP_STORY_SEEDS")
    if seeds:
        examples += story_seeds(Path(seeds))
        learnt.append("five labelled articles of one subject")
    if corpora:
        examples += short_answers(Path(corpora) / "clough-stevenson")
        examples += similar_news(Path(corpora) / "semeval-news")
        examples += readings(Path(corpora) / "reuters21578")
        learnt.append("P. Clough and M. Stevenson, A Corpus of Plagiarised Short Answers, 2011; half of it")
        learnt.append("SemEval 2022 task 8, news similarity, English pairs, as negatives; half of them")
        learnt.append("Reuters-21578, pairs read for benchmarks/quality/reuters_read.csv")
    return examples, learnt


def main() -> None:
    """Train all parts, write the model, and print what cross-validation says."""
    examples, learnt = collect()
    model: dict[str, Any] = {
        "version": MODEL_VERSION,
        "about": "Logits of the verdict on a pair, by benchmarks/training/verdict.py. lineage: names, numbers,"
        " quotations, their order, and the choice of words. copy: shared words. passage: the longest passage, set by"
        " hand. Intercepts are shifted so that in cross-validation by story one in eighty (lineage) or in two"
        " thousand (copy) of the pairs of one newsroom story or task that are not derived lies above 0.",
        "trained_on": learnt,
        **parts(examples),
    }
    TARGET.write_text(json.dumps(model, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for by in ("group", "hand"):
        held_out(examples, by)


if __name__ == "__main__":
    main()
