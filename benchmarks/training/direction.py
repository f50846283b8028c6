"""Train the direction of a derived pair: ``python -m benchmarks.training.direction``.

A logit with three answers: left, right, neither. What speaks for a side is odd, what speaks for neither is even, so
that swapped pairs are mirrored. Learns from four newsrooms by four hands, siblings being pairs of neither, and,
where ``DEDUP_CORPORA`` names a folder that holds them, from the short answers of Clough and Stevenson (2011). Prints
how many pairs of stories, and of newsrooms, that were left out are right, and writes ``dedup/data/direction.json``.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from benchmarks.quality.corpora import ROOT, read_csv, read_text
from benchmarks.quality.lineage import read_lineage
from benchmarks.training.examples import NEWSROOMS, measure
from dedup.direction import balances, doubts
from dedup.evidence import Evidence

TARGET = ROOT / "dedup" / "data" / "direction.json"
PENALTY = 0.003
SIBLING_WEIGHT, ANSWER_WEIGHT = 0.2, 0.5
"""Most pairs of a newsroom are siblings, and most of those are told by the text that both come from: see
``dedup/origins.py``. Answers of students are another kind of text."""

SIDES = ("quotes", "quotations", "indirect", "quoted", "extra_names", "cut", "added")
SIGNS = {"own_facts": 1, "new_quotes": 1, "extra_facts": 1, "containment": 0}

NEITHER, LEFT, RIGHT = range(3)

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A derived pair: who was first, and what it is left out with."""

    hand: str
    group: str
    truth: int
    weight: float
    evidence: Evidence

    @property
    def source_is_shorter(self) -> bool:
        """Whether the text that was first has fewer words."""
        longer = self.evidence.left.tokens > self.evidence.right.tokens
        return self.truth == (RIGHT if longer else LEFT)


def newsroom(hand: str, folder: Path) -> list[Example]:
    """The derived pairs of a newsroom."""
    lineage = read_lineage(folder / "labels.json")
    truths = {(left, right): truth for left, right, truth in lineage.pairs()}
    examples = []
    for pair, evidence in measure({name: (folder / name).read_text("utf-8") for name in lineage.documents}):
        truth = truths.get(pair) or truths[pair[1], pair[0]]
        if truth.scored and truth.derived:
            first = NEITHER if truth.source is None else LEFT if truth.source == pair[0] else RIGHT
            weight = SIBLING_WEIGHT if first == NEITHER else 1.0
            examples.append(Example(hand, f"{hand}/{lineage.documents[pair[0]]['story']}", first, weight, evidence))
    return examples


def short_answers(folder: Path) -> list[Example]:
    """Each answer that was written from the original of its task."""
    rows = [row for row in read_csv(folder / "file_information.csv") if row["Category"] not in ("orig", "non")]
    names = {row["File"] for row in rows} | {f"orig_task{row['Task']}.txt" for row in rows}
    pairs = [(f"orig_task{row['Task']}.txt", row["File"]) for row in rows]
    measured = measure({name: read_text(folder / name) for name in names}, pairs)
    return [
        Example("answers", f"task {row['Task']}", LEFT, ANSWER_WEIGHT, evidence)
        for row, (_, evidence) in zip(rows, measured, strict=True)
    ]


def fit(odd: Array, even: Array, truth: npt.NDArray[np.int64], weights: Array) -> tuple[Array, float, Array]:
    """Weights of what speaks for a side, none of them negative; intercept and weights of what speaks for neither."""
    odd_scale, mean, even_scale = odd.std(axis=0) + 1e-9, even.mean(axis=0), even.std(axis=0) + 1e-9
    sides, doubt, n = odd / odd_scale, (even - mean) / even_scale, odd.shape[1]
    rows, penalty = np.arange(len(truth)), PENALTY * weights.sum()

    def loss(beta: Array) -> tuple[float, Array]:
        half, neither = sides @ beta[:n], beta[n] + doubt @ beta[n + 1 :]
        shares = np.exp(np.stack([neither, half, -half], axis=1))
        shares /= shares.sum(axis=1, keepdims=True)
        value = -(weights * np.log(shares[rows, truth])).sum()
        shares[rows, truth] -= 1.0
        slope = shares * weights[:, None]
        by_side = sides.T @ (slope[:, LEFT] - slope[:, RIGHT])
        held = np.r_[beta[:n], 0.0, beta[n + 1 :]]
        gradient = np.r_[by_side, slope[:, NEITHER].sum(), doubt.T @ slope[:, NEITHER]]
        return float(value + penalty * (held**2).sum()), gradient + 2.0 * penalty * held

    bounds = [(0.0, None)] * n + [(None, None)] + [(0.0, None) if sign else (None, None) for sign in SIGNS.values()]
    beta = minimize(loss, np.zeros(len(bounds)), jac=True, method="L-BFGS-B", bounds=bounds).x
    further = beta[n + 1 :] / even_scale
    return beta[:n] / odd_scale, float(beta[n] - (further * mean).sum()), further


def balanced(examples: Sequence[Example]) -> Array:
    """Weights, so that a story with many pairs does not outweigh the others."""
    counts = Counter((item.group, item.truth == NEITHER) for item in examples)
    weights = np.array([item.weight / counts[item.group, item.truth == NEITHER] ** 0.5 for item in examples])
    return np.asarray(weights / weights.mean(), np.float64)


def report(examples: Sequence[Example], odd: Array, even: Array, by: str) -> None:
    """Print how the pairs of each group, or hand, are told by what is learnt of the others."""
    groups = np.array([getattr(item, by) for item in examples])
    truth = np.array([item.truth for item in examples])
    shares = np.empty((len(examples), 3))
    for group in np.unique(groups):
        kept = groups != group
        learnt = [item for item, used in zip(examples, kept, strict=True) if used]
        by_side, intercept, further = fit(odd[kept], even[kept], truth[kept], balanced(learnt))
        half, neither = odd[~kept] @ by_side, intercept + even[~kept] @ further
        part = np.exp(np.stack([neither, half, -half], axis=1))
        shares[~kept] = part / part.sum(axis=1, keepdims=True)
    sure = shares[:, 1:].max(axis=1)
    tied = shares[:, LEFT] == shares[:, RIGHT]
    said = np.where(tied, NEITHER, shares[:, 1:].argmax(axis=1) + 1)
    hands, shorter = np.array([item.hand for item in examples]), [item.source_is_shorter for item in examples]
    print(f"left out by {by}")
    for hand in np.unique(hands):
        for name, among in (("", truth != NEITHER), (", source shorter", (truth != NEITHER) & np.array(shorter))):
            some = (hands == hand) & among
            right = (said[some] == truth[some])[np.argsort(-sure[some], kind="stable")]
            told = [f"{part:.0%}: {(right[: round(part * len(right))]).mean():.3f}" for part in (0.6, 0.8, 1.0)]
            answered = f"answered {(sure[some] >= 0.6).mean():.2f}"
            print(f"  {hand + name:30} {len(right):4}; right of the surest {', '.join(told)}; {answered}")
    siblings = truth == NEITHER
    print(f"  siblings with an answer above 0.6, alone: {(sure[siblings] >= 0.6).sum()} of {siblings.sum()}")


def main() -> None:
    """Train, report, and write the weights."""
    examples = [item for hand, folder in NEWSROOMS.items() for item in newsroom(hand, folder)]
    learnt = ["seeds/ and benchmarks/training/newsroom-a, -b and -c of this repository (Apache-2.0)"]
    corpora = os.environ.get("DEDUP_CORPORA")
    if corpora:
        examples += short_answers(Path(corpora) / "clough-stevenson")
        learnt.append("P. Clough and M. Stevenson, A Corpus of Plagiarised Short Answers, 2011; half of it")
    odd = np.array([list(balances(item.evidence).values()) for item in examples])
    even = np.array([list(doubts(item.evidence).values()) for item in examples])
    for by in ("group", "hand"):
        report(examples, odd, even, by)
    truth = np.array([item.truth for item in examples])
    by_side, intercept, further = fit(odd, even, truth, balanced(examples))
    names = [*balances(examples[0].evidence), *doubts(examples[0].evidence)]
    values = dict(zip(names, [*by_side.tolist(), *further.tolist()], strict=True))
    model = {
        "about": "Who was first, by benchmarks/training/direction.py: a logit with the answers left, right, neither."
        " quotes to added speak for a side, the others and the intercept for neither.",
        "trained_on": learnt,
        "direction": {name: round(value, 4) for name, value in {"intercept": intercept, **values}.items()},
    }
    TARGET.write_text(json.dumps(model, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
