"""Training: the verdict's model fitted to somebody's own labelled pairs, and how well it does on pairs it has not seen.

The shipped coefficients are the starting point, and a penalty holds the new ones near them: forty pairs move them a
little, a thousand as far as they ask. Each weight keeps its sign. What is fitted is the probability that the verdict
gives, with all its parts; `lineage` and `copy` are learnt; `passage`, `direction` and the thresholds between the
derived relations stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.corpus import Collection
from dedup.documents import Document
from dedup.errors import ModelError
from dedup.evidence import Evidence
from dedup.families import components
from dedup.fit import fit
from dedup.judging import measure_pairs
from dedup.labels import Label
from dedup.lsh import CandidatePairs
from dedup.matches import DERIVED
from dedup.model import Model
from dedup.parallel import available_jobs
from dedup.settings import Settings
from dedup.verdict import copy_features, judge, late_prior, lineage_features, own_words, passage_share

__all__ = ["Measured", "Training", "train"]

LEAST_PAIRS, LEAST_GROUPS = 20, 5
"""Of derived pairs and of others each; of families or groups."""

_LEARNT = {"lineage": lineage_features, "copy": copy_features}
_FOLDS, _ROUNDS = 5, 500
_PENALTY, _INTERCEPT_PENALTY = 1.0, 0.1
_EDGE = 1e-3
_EXACT = {"ftol": 1e-12, "gtol": 1e-7, "maxiter": 5000}

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measured:
    """How well a model does on pairs that it was not fitted to. Intervals are of 95 %, by bootstrap over families.

    Attributes
    ----------
    accuracy, auc, brier : tuple of float
        Value, low and high end. Accuracy of derived or not at 0.5; area under the ROC curve; mean squared error of the
        probability.
    relation : float or None
        Share of the derived pairs that were found whose relation is that of the label; None where none is labelled.
    """

    accuracy: tuple[float, float, float]
    auc: tuple[float, float, float]
    brier: tuple[float, float, float]
    relation: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        named = {name: [round(value, 4) for value in getattr(self, name)] for name in ("accuracy", "auc", "brier")}
        return named | {"relation": None if self.relation is None else round(self.relation, 4)}


@dataclass(frozen=True, slots=True)
class Training:
    """A fitted model and what is known of it.

    Attributes
    ----------
    model : Model
        Fitted to all pairs.
    pairs, derived, families : int
        How many were learnt from, how many of them are derived, and of how many families or groups.
    equal : int
        Pairs of equal texts, which no model decides: left out.
    fitted, start : Measured
        Of models fitted without the family at hand, and of the model that the fit began with, on the same pairs.
    """

    model: Model
    pairs: int
    derived: int
    families: int
    equal: int
    fitted: Measured
    start: Measured


_Pair = tuple[Label, Document, Document, Evidence]


@dataclass(frozen=True, slots=True, eq=False)
class _Examples:
    """Labelled pairs by row: the features of each learnt part with a column of ones in front, what the other factors
    of the verdict say (``fixed`` the longest passage, ``own`` the writer's own words, ``prior`` the dates), the truth,
    and the group of each side.
    """

    features: Mapping[str, _Floats]
    fixed: _Floats
    own: _Floats
    prior: _Floats
    derived: npt.NDArray[np.bool_]
    groups: npt.NDArray[np.int64]

    @classmethod
    def from_pairs(cls, pairs: Sequence[_Pair]) -> _Examples:
        model = Model.shipped()
        return cls(
            {
                part: np.array([[1.0, *features(evidence).values()] for *_, evidence in pairs])
                for part, features in _LEARNT.items()
            },
            np.array([passage_share(evidence, model) for *_, evidence in pairs]),
            np.array([own_words(evidence) for *_, evidence in pairs]),
            np.array([late_prior(left, right) for _, left, right, _ in pairs]),
            np.array([label.derived for label, *_ in pairs]),
            _families([label for label, *_ in pairs]),
        )

    def stiffness(self, part: str) -> _Floats:
        """What it costs to move each weight, by the spread of its feature."""
        spread = np.maximum(self.features[part].std(axis=0), 0.05)
        return np.array([_INTERCEPT_PENALTY, *(_PENALTY * spread[1:] ** 2)])

    def shares(self, weights: Mapping[str, _Floats]) -> _Floats:
        """What each learnt part says of each pair, one row a part, and the passage last."""
        logits = [self.features[part] @ weights[part] + self.prior * (part == "copy") for part in _LEARNT]
        learnt = 1.0 / (1.0 + np.exp(-np.clip(logits, -40.0, 40.0)))
        return np.vstack([learnt, self.fixed])

    def probabilities(self, model: Model) -> _Floats:
        """Of being derived."""
        weights = {part: np.array(list(model.parts[part].values())) for part in _LEARNT}
        return np.asarray(self.own * self.shares(weights).max(axis=0), np.float64)

    def loss(self, flat: _Floats, start: Model, chosen: npt.NDArray[np.bool_]) -> tuple[float, _Floats]:
        """Minus the log-likelihood of the chosen labels, and its slope: that of the part that says most."""
        ends = np.cumsum([len(start.parts[part]) for part in _LEARNT])
        weights = dict(zip(_LEARNT, np.split(flat, ends[:-1]), strict=True))
        shares = self.shares(weights)
        strongest = shares.argmax(axis=0)
        share = shares.max(axis=0)
        said = np.clip(self.own * share, _EDGE, 1.0 - _EDGE)
        value = -np.log(np.where(self.derived, said, 1.0 - said))[chosen].sum()
        outer = np.where(self.derived, -1.0 / said, 1.0 / (1.0 - said)) * self.own * share * (1.0 - share)
        slopes = [
            self.features[part].T @ (outer * (strongest == number) * chosen) for number, part in enumerate(_LEARNT)
        ]
        return float(value), np.concatenate(slopes)


def train(
    documents: Sequence[Document], labels: Sequence[Label], *, settings: Settings = Settings(), jobs: int | None = None
) -> Training:
    """Fit the verdict to labelled pairs of a collection.

    Parameters
    ----------
    documents : sequence of Document
        The collection that the labels are about, with unique ids: its frequencies and its boilerplate count as they do
        in a comparison.
    labels : sequence of Label
    settings : Settings
        ``base`` counts, and ``model`` is where the coefficients start.
    jobs : int, optional
        Threads.

    Returns
    -------
    Training

    Raises
    ------
    ModelError
        When a label names an unknown document, or there are too few labels to fit a model and to test it.
    """
    _check(labels)
    pairs, equal = _measure(documents, labels, settings, jobs or available_jobs())
    examples = _Examples.from_pairs(pairs)
    _check([label for label, *_ in pairs])
    sides = _folds(examples)[examples.groups]
    fitted, start = np.empty(len(pairs)), examples.probabilities(settings.model)
    relations: list[bool] = []
    for fold in range(_FOLDS):
        rows = np.flatnonzero(sides[:, 0] == fold)
        model = _fit(examples, (sides != fold).all(axis=1), settings.model)
        fitted[rows] = examples.probabilities(model)[rows]
        relations += _relations_right([pairs[row] for row in rows], model)
    results = _score(examples, fitted, relations), _score(examples, start, _relations_right(pairs, settings.model))
    counts = len(pairs), int(examples.derived.sum()), len(np.unique(examples.groups))
    model = _fit(examples, np.ones(len(pairs), np.bool_), settings.model)
    return Training(_described(model, settings.model, counts, results), *counts, equal, *results)


def _check(labels: Sequence[Label]) -> None:
    derived = sum(label.derived for label in labels)
    if min(derived, len(labels) - derived) < LEAST_PAIRS:
        raise ModelError(
            f"{derived} derived pairs of different texts and {len(labels) - derived} others: to fit a model and to test"
            f" it takes at least {LEAST_PAIRS} of each"
        )


def _measure(
    documents: Sequence[Document], labels: Sequence[Label], settings: Settings, jobs: int
) -> tuple[list[_Pair], int]:
    """The evidence of the labelled pairs, and how many pairs of equal texts were left out."""
    texts: dict[str, int] = {}
    number = {document.id: texts.setdefault(document.text, len(texts)) for document in documents}
    unknown = sorted({name for label in labels for name in (label.left, label.right)} - number.keys())
    if unknown:
        more = f", nor {len(unknown) - 1:,} more that are labelled" if len(unknown) > 1 else ""
        raise ModelError(f"{unknown[0]}: no such document was read{more}; labels name documents by their ids")
    known = {document.id: document for document in documents}
    distinct = [Document(str(i), text) for i, text in enumerate(texts)]
    collection = Collection.from_documents(distinct, settings=settings, jobs=jobs)
    statistics = fit(collection, settings=settings, jobs=jobs).statistics
    sides = np.array([sorted((number[label.left], number[label.right])) for label in labels], np.int64)
    chosen, places = np.unique(sides, return_inverse=True)
    part = collection.select(chosen)
    prepared = part.prepare(statistics, settings.base)
    left, right = np.ascontiguousarray(places.reshape(sides.shape).T.astype(np.int32))
    sought = collection.documents(chosen)
    pairs_of = CandidatePairs(left, right)
    measured = measure_pairs(sought, part.languages, prepared, statistics, pairs_of, jobs, settings.model)
    pairs = [
        (label, *_in_order(known[label.left], known[label.right], number), evidence)
        for label, (_, evidence) in zip(labels, measured, strict=True)
        if not evidence.identical
    ]
    return pairs, len(labels) - len(pairs)


def _in_order(left: Document, right: Document, number: Mapping[str, int]) -> tuple[Document, Document]:
    return (left, right) if number[left.id] <= number[right.id] else (right, left)


def _families(labels: Sequence[Label]) -> npt.NDArray[np.int64]:
    """The group of each side of each pair: what is named, else the documents that derived pairs tie together."""
    names = sorted({name for label in labels for name in (label.left, label.right)})
    at = {name: place for place, name in enumerate(names)}
    tied = [label for label in labels if label.derived]
    root = components(len(names), (at[label.left] for label in tied), (at[label.right] for label in tied))
    sides = [
        (label.group,) * 2 if label.group else (str(root[at[label.left]]), str(root[at[label.right]]))
        for label in labels
    ]
    return np.unique(np.array(sides), return_inverse=True)[1].reshape(-1, 2)


def _folds(examples: _Examples) -> npt.NDArray[np.int64]:
    """The fold of each group, so that folds have about as many pairs.

    Every group needs a fold: a pair is tested in that of its first side, and learnt from where neither side is tested.
    """
    from sklearn.model_selection import GroupKFold

    groups = examples.groups.ravel()
    if len(np.unique(groups[np.repeat(examples.derived, 2)])) < LEAST_GROUPS:
        raise ModelError(
            f"the derived pairs are of fewer than {LEAST_GROUPS} families, so that a model cannot be tested on"
            " families that it has not seen; label pairs of more stories, or name the story of each in a column 'group'"
        )
    folds = np.empty(len(np.unique(groups)), np.int64)
    for fold, (_, tested) in enumerate(GroupKFold(_FOLDS).split(groups, groups=groups)):
        folds[groups[tested]] = fold
    return folds


def _fit(examples: _Examples, chosen: npt.NDArray[np.bool_], start: Model) -> Model:
    """The weights that make the labels likeliest, those of the start being likelier than others beforehand."""
    from scipy.optimize import minimize

    derived = examples.derived[chosen]
    if derived.all() or not derived.any():
        raise ModelError("without one family, all labelled pairs are of one kind; label pairs of more stories")
    first = np.concatenate([list(start.parts[part].values()) for part in _LEARNT])
    stiff = np.concatenate([examples.stiffness(part) for part in _LEARNT])
    bounds = [
        (None, None) if name == "intercept" else (0.0, None) if weight > 0 else (None, 0.0)
        for part in _LEARNT
        for name, weight in start.parts[part].items()
    ]

    def loss(weights: _Floats) -> tuple[float, _Floats]:
        value, slope = examples.loss(weights, start, chosen)
        away = weights - first
        return value + float(stiff @ away**2), slope + 2.0 * stiff * away

    found = minimize(loss, first, jac=True, method="L-BFGS-B", bounds=bounds, options=_EXACT).x
    return _with_weights(start, found)


def _with_weights(start: Model, weights: _Floats) -> Model:
    values = iter(weights.tolist())
    learnt = {part: {name: round(next(values), 4) for name in start.parts[part]} for part in _LEARNT}
    return replace(start, parts={**start.parts, **learnt})


def _relations_right(pairs: Sequence[_Pair], model: Model) -> list[bool]:
    """Whether the relation is that of the label, of the derived pairs that the model finds."""
    said = [
        (label.relation, judge(evidence, left, right, model).relation)
        for label, left, right, evidence in pairs
        if label.relation in DERIVED
    ]
    return [truth == answer for truth, answer in said if answer in DERIVED]


def _score(examples: _Examples, said: _Floats, relations: Sequence[bool]) -> Measured:
    from sklearn.metrics import brier_score_loss, roc_auc_score

    truth = examples.derived

    def statistics(rows: npt.NDArray[np.int64]) -> tuple[float, float, float]:
        right = float(np.mean((said[rows] >= 0.5) == truth[rows]))
        return right, float(roc_auc_score(truth[rows], said[rows])), float(brier_score_loss(truth[rows], said[rows]))

    _, family = np.unique(examples.groups[:, 0], return_inverse=True)
    members = [np.flatnonzero(family == number) for number in range(int(family.max()) + 1)]
    random = np.random.default_rng(1)
    draws = (random.integers(0, len(members), len(members)) for _ in range(_ROUNDS))
    samples = (np.concatenate([members[number] for number in draw]) for draw in draws)
    drawn = np.array([statistics(rows) for rows in samples if 0 < truth[rows].sum() < len(rows)])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    values = statistics(np.arange(len(truth)))
    accuracy, auc, brier = ((values[k], float(low[k]), float(high[k])) for k in range(3))
    return Measured(accuracy, auc, brier, relation=float(np.mean(relations)) if relations else None)


def _described(model: Model, start: Model, counts: tuple[int, int, int], results: tuple[Measured, Measured]) -> Model:
    pairs, derived, families = counts
    return replace(
        model,
        about=f"Logits of the verdict on a pair. lineage and copy were fitted by dedup train from those of the model"
        f" {start.digest}; the other parts are as they were there.",
        trained_on=(f"{pairs} labelled pairs, {derived} of them derived, of {families} families", *start.trained_on),
        measured={"cross_validated": results[0].to_dict(), "start": results[1].to_dict()},
    )
