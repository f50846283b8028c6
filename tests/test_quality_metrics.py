"""Measures of decisions and probabilities, against hand-made figures and scikit-learn."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from benchmarks.quality.metrics import (
    area_under_curve,
    bootstrap,
    brier,
    brier_skill,
    calibration_slope,
    reliability,
    right_at_coverage,
    risk_coverage,
)

_SCORED = st.lists(st.tuples(st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), st.booleans()), min_size=2, max_size=30)


@given(_SCORED)
def test_area_under_curve_equals_scikit_learn(pairs):
    scores, labels = zip(*pairs, strict=True)
    if len(set(labels)) == 2:
        assert area_under_curve(scores, labels) == pytest.approx(roc_auc_score(labels, scores))
    else:
        assert math.isnan(area_under_curve(scores, labels))


def test_brier_score_is_the_mean_squared_distance():
    assert brier([1.0, 0.5, 0.0], [True, False, False]) == pytest.approx(0.25 / 3)


def test_brier_skill_is_none_for_the_base_rate_and_one_for_the_truth():
    labels = [True, False, False, False]
    assert brier_skill([0.25] * 4, labels) == pytest.approx(0.0)
    assert brier_skill(labels, labels) == pytest.approx(1.0)
    assert math.isnan(brier_skill([0.5, 0.5], [True, True]))


def test_calibration_slope_of_true_probabilities_is_one():
    random = np.random.default_rng(5)
    probabilities = random.uniform(0.02, 0.98, 20_000)
    labels = random.uniform(size=20_000) < probabilities
    assert calibration_slope(probabilities, labels) == pytest.approx(1.0, abs=0.05)


def test_calibration_slope_of_doubled_log_odds_is_a_half():
    random = np.random.default_rng(6)
    probabilities = random.uniform(0.1, 0.9, 20_000)
    labels = random.uniform(size=20_000) < probabilities
    odds = (probabilities / (1 - probabilities)) ** 2
    assert calibration_slope(odds / (1 + odds), labels) == pytest.approx(0.5, abs=0.05)


def test_calibration_slope_is_not_a_number_where_the_classes_are_apart():
    assert math.isnan(calibration_slope([0.1, 0.9], [False, True]))
    assert math.isnan(calibration_slope([0.1, 0.9], [True, True]))


def test_reliability_bins_hold_every_pair():
    bins = reliability([0.0, 0.05, 0.55, 1.0], [False, True, True, True])
    assert [(b["from"], b["pairs"], b["true"]) for b in bins] == [(0.0, 2, 0.5), (0.5, 1, 1.0), (0.9, 1, 1.0)]


def test_risk_coverage_takes_equal_confidence_together():
    assert risk_coverage([0.5, 0.5, 0.9, 0.0], [True, False, True, False]) == [(0.25, 1.0), (0.75, 0.6667)]


def test_abstaining_beyond_the_asked_coverage_counts_as_wrong():
    assert right_at_coverage([0.9, 0.0, 0.0, 0.0], [True, False, False, False], 0.5) == pytest.approx(0.5)


def test_ties_at_the_border_of_the_coverage_count_in_part():
    assert right_at_coverage([0.5] * 4, [True, True, True, False], 0.5) == pytest.approx(0.75)


def test_bootstrap_is_the_same_on_every_run_and_holds_the_figure():
    values = np.array([True] * 40 + [False] * 10)

    def mean(rows):
        return float(values[rows].mean())

    low, high = bootstrap(mean, range(50))
    assert (low, high) == bootstrap(mean, range(50))
    assert 0.6 < low < 0.8 < high < 0.95


def test_bootstrap_draws_what_belongs_together_together():
    values = np.array([1.0, 1.0, 0.0, 0.0])
    assert bootstrap(lambda rows: float(values[rows].mean()), ["a", "a", "b", "b"]) == (0.0, 1.0)


def test_bootstrap_of_nothing_is_not_a_number():
    assert all(math.isnan(bound) for bound in bootstrap(lambda rows: 0.0, []))
