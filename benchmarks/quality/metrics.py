"""Measures of a decision and of its probability, and how far chance moves them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.quality.score import Figure

__all__ = [
    "area_under_curve",
    "bootstrap",
    "brier",
    "brier_skill",
    "calibrate",
    "calibration_slope",
    "closeness_to_one",
    "reliability",
    "right_at_coverage",
    "risk_coverage",
    "share",
]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

_ROUNDS = 1000
_EDGE = 1e-4


def area_under_curve(scores: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Chance that a true pair scores above a false one, ties counting half.

    >>> area_under_curve([0.1, 0.4, 0.4, 0.9], [False, False, True, True])
    0.875
    """
    values, truth = np.asarray(scores, np.float64), np.asarray(labels, np.bool_)
    positive, negative = values[truth], np.sort(values[~truth])
    if not len(positive) or not len(negative):
        return float("nan")
    below = np.searchsorted(negative, positive, "left") + np.searchsorted(negative, positive, "right")
    return float(below.mean() / 2 / len(negative))


def brier(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Mean squared distance of the probability from what was true; 0 at best."""
    return float(np.mean((np.asarray(probabilities, np.float64) - np.asarray(labels, np.float64)) ** 2))


def brier_skill(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """What of the Brier score of the mere share of true pairs is saved; 1 at best, ``nan`` with one class only."""
    truth = np.asarray(labels, np.float64)
    variance = float(truth.var())
    return 1 - brier(probabilities, truth) / variance if variance else float("nan")


def calibration_slope(probabilities: npt.ArrayLike, labels: npt.ArrayLike) -> float:
    """Slope of the truth against the log-odds of the probability, by logistic regression without penalty.

    1 at best; below 1 the program is too sure of itself, above 1 not sure enough. ``nan`` where the two classes do not
    overlap, so that no slope is best. Probabilities are kept 0.0001 away from 0 and 1.
    """
    from sklearn.linear_model import LogisticRegression

    values = np.clip(np.asarray(probabilities, np.float64), _EDGE, 1 - _EDGE)
    truth = np.asarray(labels, np.bool_)
    if truth.all() or not truth.any() or values[truth].min() > values[~truth].max():
        return float("nan")
    odds = np.log(values / (1 - values))[:, None]
    return float(LogisticRegression(C=1e9, max_iter=1000).fit(odds, truth).coef_[0, 0])


def closeness_to_one(slope: float) -> float:
    """A figure that grows with calibration, as a floor asks: 1 where the slope is 1, 0.5 where it is 0.5 or 2.

    >>> closeness_to_one(0.8), closeness_to_one(1.25), closeness_to_one(-0.1)
    (0.8, 0.8, 0.0)
    """
    return slope if math.isnan(slope) else max(0.0, min(slope, 1.0 / slope)) if slope > 0.0 else 0.0


def reliability(probabilities: npt.ArrayLike, labels: npt.ArrayLike, bins: int = 10) -> list[dict[str, Any]]:
    """By tenths of the probability: how many pairs, their mean probability, and the share that is true."""
    values, truth = np.asarray(probabilities, np.float64), np.asarray(labels, np.bool_)
    places = np.minimum((values * bins).astype(np.int64), bins - 1)
    return [
        {
            "from": number / bins,
            "pairs": int(inside.sum()),
            "probability": round(float(values[inside].mean()), 4),
            "true": round(float(truth[inside].mean()), 4),
        }
        for number in range(bins)
        if (inside := places == number).any()
    ]


def risk_coverage(confidence: npt.ArrayLike, right: npt.ArrayLike) -> list[tuple[float, float]]:
    """Share answered and share right among those, from the surest answer to the least sure.

    Answers of equal confidence come together. An abstention has confidence 0 and is never answered.

    >>> risk_coverage([0.9, 0.8, 0.0], [True, False, False])
    [(0.3333, 1.0), (0.6667, 0.5)]
    """
    sure, good = np.asarray(confidence, np.float64), np.asarray(right, np.bool_)
    levels = np.unique(sure[sure > 0])[::-1]
    answered = [sure >= level for level in levels]
    return [(round(float(mask.mean()), 4), round(float(good[mask].mean()), 4)) for mask in answered]


def right_at_coverage(confidence: npt.ArrayLike, right: npt.ArrayLike, coverage: float) -> float:
    """Share right among the surest ``coverage`` of all answers; what is missing to that share counts as wrong.

    Of answers of equal confidence at the border each counts in part.

    >>> right_at_coverage([0.9, 0.8, 0.7, 0.0], [True, True, False, False], 0.5)
    1.0
    """
    sure, good = np.asarray(confidence, np.float64), np.asarray(right, np.float64)
    wanted = coverage * len(sure)
    if not wanted:
        return float("nan")
    total, room = 0.0, wanted
    for level in np.unique(sure[sure > 0])[::-1]:
        inside = good[sure == level]
        taken = min(room, float(len(inside)))
        total += taken * float(inside.mean())
        room -= taken
    return total / wanted


def bootstrap(
    statistic: Callable[[npt.NDArray[np.int64]], float],
    clusters: Sequence[Any],
    *,
    rounds: int = _ROUNDS,
    seed: int = 1,
) -> tuple[float, float]:
    """The interval that holds a figure in 95 of 100 resamples of the clusters.

    Parameters
    ----------
    statistic
        Takes the numbers of the drawn items, some several times, and returns the figure; ``nan`` is passed over.
    clusters
        For each item what it must be drawn together with: its story, its task. Items of their own: ``range(n)``.
    """
    _, which = np.unique(np.asarray([str(cluster) for cluster in clusters]), return_inverse=True)
    members = [np.flatnonzero(which == number) for number in range(which.max() + 1 if len(which) else 0)]
    if not members:
        return float("nan"), float("nan")
    random = np.random.default_rng(seed)
    draws = (random.integers(0, len(members), len(members)) for _ in range(rounds))
    values = np.array([statistic(np.concatenate([members[number] for number in draw])) for draw in draws])
    values = values[~np.isnan(values)]
    if not len(values):
        return float("nan"), float("nan")
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def share(flags: Sequence[bool], clusters: Sequence[Any] | None = None) -> tuple[float, tuple[float, float]]:
    """Share that is true, with its interval; ``nan`` of nothing."""
    values = np.asarray(flags, np.float64)
    if not len(values):
        return float("nan"), (float("nan"), float("nan"))
    groups = range(len(values)) if clusters is None else clusters
    return float(values.mean()), bootstrap(lambda rows: float(values[rows].mean()), groups)


def calibrate(
    name: str, probabilities: npt.ArrayLike, labels: npt.ArrayLike
) -> tuple[dict[str, Figure], dict[str, Any]]:
    """Figures of calibration, and the reliability curve, under the name of a corpus."""
    slope = calibration_slope(probabilities, labels)
    figures = {
        f"{name}.calibration.brier": Figure(brier(probabilities, labels), gated=False),
        f"{name}.calibration.brier_skill": Figure(brier_skill(probabilities, labels)),
        f"{name}.calibration.slope": Figure(slope, gated=False),
        f"{name}.calibration.slope_closeness": Figure(closeness_to_one(slope)),
    }
    return figures, {f"{name}.reliability": reliability(probabilities, labels)}
