"""Train the model of the verdict: ``python -m benchmarks.training.verdict``.

Learns from the sample newsroom in ``seeds/`` and, where ``DEDUP_CORPORA`` names a folder that holds them, from the
short answers of Clough and Stevenson (2011) and from pairs of SemEval 2022 task 8 (news similarity) as negatives.
Writes ``dedup/data/verdict.json`` and prints what each story, left out of the training, had found.
"""

from __future__ import annotations

import json
import math
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.quality.corpora import ROOT, read_csv, read_jsonl, read_text
from benchmarks.quality.lineage import read_lineage
from dedup.alignment import align_pairs
from dedup.corpus import Collection, Corpus
from dedup.division import divide_passages
from dedup.documents import Document
from dedup.evidence import Evidence, facts_and_beats, gather_evidence
from dedup.families import components
from dedup.fit import fit as learn
from dedup.judging import Told
from dedup.lsh import CandidatePairs
from dedup.model import MODEL_VERSION
from dedup.statistics import Statistics
from dedup.verdict import copy_features, family_features, lineage_features

TARGET = ROOT / "dedup" / "data" / "verdict.json"
SLACK = {"lineage": 0.1, "copy": 0.6, "family": 1.0}
"""How far above the highest negative each part's threshold stands. Newswire forms and follow-ups share words without
being derived; most lie just above 0.1: see docs/reuters.md."""

NEGATIVE_WEIGHT = 3.0
LEAST_COPIED = 0.15
PENALTY = 0.003
LONGEST_CHANCE, PASSAGE_SLOPE = 27, 8.0

SIGNS: Mapping[str, Mapping[str, float]] = {
    "lineage": {
        "name_novelty": -1, "least_own_facts": -1, "new_quotes": -1, "sentence_order": 1, "fact_order": 1,
        "few_facts": -1, "brevity": -1,
    },
    "copy": {"kept": 1, "novelty": -1, "little_text": -1},
    "family": {"agreement": 1, "own_facts": -1, "little_shared": -1},
}  # fmt: skip
"""Which way each feature may speak."""

AT_LEAST = {"brevity": 0.4, "little_text": 2.5, "little_shared": 10.0}
"""Caution that the data cannot teach: every brief in them was written from something."""

FEATURES: Mapping[str, Callable[[Evidence], dict[str, float]]] = {
    "lineage": lineage_features,
    "copy": copy_features,
}

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled pair; ``group`` is left out as a whole in cross-validation."""

    pair: tuple[str, str]
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
    names = sorted(texts)
    documents = [Document(name, texts[name]) for name in names]
    corpus = Corpus.from_documents(documents)
    if pairs is None:
        fitted = learn(Collection.from_documents(documents))
        chosen, statistics = fitted.candidates(), fitted.statistics
    else:
        at = {name: i for i, name in enumerate(names)}
        sides = (np.array([at[pair[k]] for pair in pairs], np.int32) for k in (0, 1))
        chosen, statistics = CandidatePairs(*sides), Statistics.background()
    ready = corpus.prepare(statistics)
    aligned = divide_passages(ready, align_pairs(ready, chosen.left, chosen.right), chosen.left, chosen.right)
    evidence = gather_evidence(
        ready, aligned, chosen.left, chosen.right, statistics=statistics, languages=corpus.languages
    )
    sides_of = zip(chosen.left.tolist(), chosen.right.tolist(), strict=True)
    return [((names[a], names[b]), item) for (a, b), item in zip(sides_of, evidence, strict=True)]


def newsroom(folder: Path) -> list[Example]:
    """The scored pairs of one story each of a newsroom, excerpts left out."""
    lineage = read_lineage(folder / "labels.json")
    texts = {name: (folder / name).read_text("utf-8") for name in lineage.documents}
    truths = {(left, right): truth for left, right, truth in lineage.pairs()}
    examples = []
    for pair, evidence in measure(texts):
        truth = truths.get(pair) or truths[pair[1], pair[0]]
        stories = {lineage.documents[name]["story"] for name in pair}
        if truth.scored and truth.relation != "excerpted" and (truth.derived or len(stories) == 1):
            examples.append(Example(pair, min(stories), truth.derived, truth.kind, evidence))
    return examples


def story_seeds(folder: Path) -> list[Example]:
    """The labelled articles of another folder, every pair of them."""
    texts = {path.name: read_text(path) for path in sorted(folder.glob("*.txt"))}
    labels = json.loads((folder / "labels.json").read_text("utf-8"))
    truth = {frozenset((pair["left"], pair["right"])): bool(pair["derived"]) for pair in labels["pairs"]}
    pairs = list(combinations(sorted(texts), 2))
    return [
        Example(pair, "story seeds", truth[frozenset(pair)], "story seed", evidence)
        for pair, evidence in measure(texts, pairs)
    ]


def short_answers(folder: Path) -> list[Example]:
    """Each answer with the original of its task."""
    texts = {path.name: read_text(path) for path in folder.rglob("*.txt")}
    rows = read_csv(folder / "file_information.csv")
    rows = [row for row in rows if row["File"] in texts and row["Category"] != "orig"]
    pairs = [(f"orig_task{row['Task']}.txt", row["File"]) for row in rows]
    return [
        Example(pair, f"task {row['Task']}", row["Category"] != "non", row["Category"], evidence)
        for row, (pair, evidence) in zip(rows, measure(texts, pairs), strict=True)
    ]


def similar_news(folder: Path) -> list[Example]:
    """Pairs on one story that were written apart; the handful that shares copied text is left out."""
    rows = read_jsonl(folder / "pairs.jsonl")
    texts = {f"{row['pair_id']}-{side}": row[f"text{side}"] for row in rows for side in (1, 2)}
    pairs = [(f"{row['pair_id']}-1", f"{row['pair_id']}-2") for row in rows]
    examples = [
        Example(pair, f"news {i % 5}", False, "similar news", evidence)
        for i, (pair, evidence) in enumerate(measure(texts, pairs))
    ]
    return [
        item
        for item in examples
        if max(item.evidence.left.kept, item.evidence.right.kept) <= 0.1 and item.shared_words < LEAST_COPIED
    ]


def chosen(part: str, examples: Sequence[Example]) -> list[Example]:
    """What a part of the model learns from: `lineage` nothing of short answers but those that are nobody's."""
    if part == "copy":
        return [item for item in examples if not item.derived or item.shared_words >= LEAST_COPIED]
    return [item for item in examples if not item.derived or not item.group.startswith("task")]


def balanced(examples: Sequence[Example]) -> Array:
    """Weights, so that a story with many pairs does not outweigh the others; negatives count more."""
    counts = Counter((item.group, item.derived) for item in examples)
    weights = np.array(
        [(1.0 if item.derived else NEGATIVE_WEIGHT) / counts[item.group, item.derived] ** 0.5 for item in examples]
    )
    return np.asarray(weights / weights.mean(), np.float64)


def fit(features: Array, derived: Array, weights: Array, names: Sequence[str], signs: Sequence[float]) -> Array:
    """Intercept and coefficients of a logistic regression, ridge-penalised, each coefficient of its sign."""
    mean, scale = np.average(features, axis=0, weights=weights), features.std(axis=0) + 1e-9
    standard, target = (features - mean) / scale, 2.0 * derived - 1.0

    def loss(beta: Array) -> tuple[float, Array]:
        margin = target * (standard @ beta[1:] + beta[0])
        slope = -target * weights / (1.0 + np.exp(np.clip(margin, -50, 50)))
        penalty = PENALTY * weights.sum()
        value = (weights * np.logaddexp(0.0, -margin)).sum() + penalty * (beta[1:] ** 2).sum()
        return float(value), np.r_[slope.sum(), standard.T @ slope + 2.0 * penalty * beta[1:]]

    bounds: list[tuple[float | None, float | None]] = [(None, None)]
    for name, sign, width in zip(names, signs, scale.tolist(), strict=True):
        least = AT_LEAST.get(name, 0.0) * width
        bounds.append((least, None) if sign > 0 else (None, -least))
    beta = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
    coefficients = beta[1:] / scale
    return np.concatenate([[beta[0] - (coefficients * mean).sum()], coefficients])


def train(part: str, examples: Sequence[Example]) -> tuple[dict[str, float], dict[tuple[str, str], float]]:
    """The coefficients of one part, and on the way what cross-validation by group says of them.

    The threshold stands above every negative but the similar news, whose raters never asked who wrote from whom: two
    of them may follow one press release.
    """
    used, signs = chosen(part, examples), SIGNS[part]
    names = list(signs)
    features = np.array([[FEATURES[part](item.evidence)[name] for name in names] for item in used])
    derived = np.array([float(item.derived) for item in used])
    weights, groups = balanced(used), np.array([item.group for item in used])
    scores = np.empty(len(used))
    for group in np.unique(groups):
        kept = groups != group
        beta = fit(features[kept], derived[kept], weights[kept], names, list(signs.values()))
        scores[~kept] = beta[0] + features[~kept] @ beta[1:]
    beta = fit(features, derived, weights, names, list(signs.values()))
    certain = (derived == 0) & ~np.char.startswith(groups, "news")
    threshold = float(scores[certain].max()) + SLACK[part]
    report(part, used, scores, threshold)
    held_out = {item.pair: float(score) - threshold for item, score in zip(used, scores, strict=True)}
    return coefficients(beta, threshold, names), held_out


def coefficients(beta: Array, threshold: float, names: Sequence[str]) -> dict[str, float]:
    """As they stand in the file, 0 at the threshold."""
    return {
        "intercept": round(float(beta[0]) - threshold, 4),
        **{name: round(float(value), 4) for name, value in zip(names, beta[1:], strict=True)},
    }


def train_family(
    folder: Path, examples: Sequence[Example], logits: Mapping[tuple[str, str], float]
) -> dict[str, float]:
    """What makes a text one of a lineage: learnt from the lineages that the pairs' held-out logits make of a newsroom.

    Each text is held against each lineage of its story, its own without itself. One that is surely of another lineage
    is no example.
    """
    truth = {item.pair: item.derived for item in examples if item.pair in logits}
    names = sorted({name for pair in truth for name in pair})
    at = {name: number for number, name in enumerate(names)}
    likely = [pair for pair in truth if logits[pair] >= 0.0]
    root = components(len(names), (at[pair[0]] for pair in likely), (at[pair[1]] for pair in likely))
    told, linked = tell(folder), {**truth, **{(b, a): derived for (a, b), derived in truth.items()}}
    group = {name: item.group for item in examples for name in item.pair}
    rows, derived, groups = [], [], []
    for name in names:
        for number in np.unique(root):
            members = [other for other in names if root[at[other]] == number and (name, other) in linked]
            taken = np.sum(root == root[at[name]]) > 1 and root[at[name]] != number
            if len(members) < 2 or (taken and not any(linked[name, other] for other in members)):
                continue
            both = [logits.get((name, other), logits.get((other, name), 0.0)) for other in members]
            agreement = float(np.clip(both, -5.0, 5.0).mean())
            rows.append(list(family_features(agreement, *told.own(name, members)).values()))
            derived.append(np.mean([linked[name, other] for other in members]) > 0.5)
            groups.append(group[name])
    features, target = np.array(rows), np.array(derived, np.float64)
    weights = np.where(target, 1.0 / target.mean(), 1.0 / (1.0 - target.mean()))
    signs = SIGNS["family"]
    scores = np.empty(len(rows))
    for story in sorted(set(groups)):
        kept = np.array([other != story for other in groups])
        beta = fit(features[kept], target[kept], weights[kept], list(signs), list(signs.values()))
        scores[~kept] = beta[0] + features[~kept] @ beta[1:]
    threshold = float(scores[target == 0].max()) + SLACK["family"]
    print(f"family: threshold {threshold:.2f}, found {(scores[target == 1] > threshold).sum()} of {int(target.sum())}")
    beta = fit(features, target, weights, list(signs), list(signs.values()))
    return coefficients(beta, threshold, list(signs))


def tell(folder: Path) -> Told:
    """What the texts of a newsroom tell."""
    names = sorted(read_lineage(folder / "labels.json").documents)
    corpus = Corpus.from_documents([Document(name, (folder / name).read_text("utf-8")) for name in names])
    prepared = corpus.prepare(Statistics.background())
    return Told(*facts_and_beats(prepared, corpus.languages), {name: number for number, name in enumerate(names)})


def report(part: str, examples: Sequence[Example], scores: Array, threshold: float) -> None:
    """Print what is found above the threshold, by kind, and the negatives closest to it."""
    total = Counter(item.kind for item in examples if item.derived)
    above = [item for item, score in zip(examples, scores, strict=True) if score > threshold]
    found = Counter(item.kind for item in above if item.derived)
    print(f"{part}: threshold {threshold:.2f}, found {sum(found.values())} of {sum(total.values())}")
    for kind, number in sorted(total.items()):
        print(f"  {kind:20} {found[kind]:3} of {number}")
    negatives = sorted((score, item.pair) for item, score in zip(examples, scores, strict=True) if not item.derived)
    for score, pair in negatives[:-7:-1]:
        print(f"  {score:6.2f}  {pair[0]}  {pair[1]}")


def main() -> None:
    """Train all parts and write the model."""
    examples = newsroom(ROOT / "seeds")
    learnt = ["seeds/ of this repository (Apache-2.0)"]
    corpora, seeds = os.environ.get("DEDUP_CORPORA"), os.environ.get("DEDUP_STORY_SEEDS")
    if seeds:
        examples += story_seeds(Path(seeds))
        learnt.append("five labelled articles of one subject")
    if corpora:
        examples += short_answers(Path(corpora) / "clough-stevenson")
        examples += similar_news(Path(corpora) / "semeval-news")
        learnt.append("P. Clough and M. Stevenson, A Corpus of Plagiarised Short Answers, 2011; half of it")
        learnt.append("SemEval 2022 task 8, news similarity, English pairs, as negatives; half of them")
    model: dict[str, object] = {
        "version": MODEL_VERSION,
        "about": "Logits of the verdict on a pair, by benchmarks/training/verdict.py. lineage: names, numbers,"
        " quotations and their order. copy: shared words. passage: the longest passage, set by hand. family: a"
        " text and a lineage of several. Intercepts are"
        " shifted so that in cross-validation by story no report of its own in the newsroom or among the short answers"
        " is called derived.",
        "trained_on": learnt,
    }
    logits: dict[tuple[str, str], float] = {}
    for part in FEATURES:
        model[part], held_out = train(part, examples)
        logits |= {pair: max(score, logits.get(pair, score)) for pair, score in held_out.items()}
    model["family"] = train_family(ROOT / "seeds", newsroom(ROOT / "seeds"), logits)
    intercept = round(-PASSAGE_SLOPE * math.log1p(LONGEST_CHANCE), 4)
    model["passage"] = {"intercept": intercept, "longest": PASSAGE_SLOPE}
    TARGET.write_text(json.dumps(model, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
