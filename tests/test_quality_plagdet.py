"""Plagdet on cases small enough to score by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.quality.plagdet import SpanPair, agreement, covered
from tests.reference.plagdet import plagdet

WHOLE = SpanPair(0, 100, 200, 300)


def test_a_perfect_detection_scores_one():
    assert agreement([([WHOLE], [WHOLE])]) == (1.0, 1.0, 1.0, 1.0, 1, 1)


def test_nothing_to_find_and_nothing_found_is_perfect():
    assert agreement([([], [])]).plagdet == 1.0


def test_a_detection_where_there_is_no_case_scores_zero():
    assert agreement([([], [WHOLE])]).plagdet == 0.0


def test_a_missed_case_scores_zero():
    assert agreement([([WHOLE], [])])[:4] == (0.0, 0.0, 0.0, 1.0)


def test_recall_and_precision_count_the_characters_of_both_sides():
    found = agreement([([WHOLE], [SpanPair(50, 150, 200, 300)])])
    assert found.recall == pytest.approx(150 / 200)
    assert found.precision == pytest.approx(150 / 200)


def test_an_overlap_on_one_side_only_detects_nothing():
    found = agreement([([WHOLE], [SpanPair(0, 100, 900, 1000)])])
    assert (found.recall, found.precision) == (0.0, 0.0)


def test_two_detections_of_one_case_cost_granularity_not_recall():
    found = agreement([([WHOLE], [SpanPair(0, 50, 200, 250), SpanPair(50, 100, 250, 300)])])
    assert (found.precision, found.recall, found.granularity) == (1.0, 1.0, 2.0)
    assert found.plagdet == pytest.approx(1 / math.log2(3))


def test_overlapping_detections_count_each_character_once():
    found = agreement([([WHOLE], [SpanPair(0, 60, 200, 260), SpanPair(40, 80, 240, 280)])])
    assert found.recall == pytest.approx(160 / 200)
    assert found.precision == pytest.approx(1.0)


def test_one_detection_over_two_cases_is_precise_in_both():
    cases = [SpanPair(0, 40, 0, 40), SpanPair(60, 100, 60, 100)]
    found = agreement([(cases, [SpanPair(0, 100, 0, 100)])])
    assert (found.recall, found.granularity) == (1.0, 1.0)
    assert found.precision == pytest.approx(160 / 200)


def test_cases_and_detections_are_averaged_whatever_their_length():
    long, short = SpanPair(0, 1000, 0, 1000), SpanPair(2000, 2010, 2000, 2010)
    found = agreement([([long, short], [long])])
    assert (found.recall, found.precision) == (0.5, 1.0)


def test_a_passage_in_a_pair_without_reuse_costs_precision_of_the_whole():
    found = agreement([([WHOLE], [WHOLE]), ([], [WHOLE])])
    assert (found.recall, found.precision) == (1.0, 0.5)


def test_detections_of_one_pair_never_meet_the_cases_of_another():
    assert agreement([([WHOLE], []), ([], [WHOLE])]).recall == 0.0


def test_granularity_averages_over_detected_cases_only():
    other = SpanPair(500, 600, 500, 600)
    halves = [SpanPair(0, 50, 200, 250), SpanPair(50, 100, 250, 300)]
    assert agreement([([WHOLE, other], halves)]).granularity == 2.0


@pytest.mark.parametrize(
    ("spans", "total"),
    [([], 0), ([(0, 100)], 10), ([(12, 15), (13, 14)], 3), ([(5, 11), (18, 30)], 3), ([(0, 5), (20, 25)], 0)],
)
def test_covered_clips_to_the_span_and_counts_once(spans, total):
    assert covered(spans, 10, 20) == total


_SPANS = st.builds(lambda a, b, c, d: SpanPair(a, a + b, c, c + d), *[st.integers(0, 30), st.integers(1, 15)] * 2)
_PAIRS = st.lists(st.tuples(st.lists(_SPANS, max_size=4), st.lists(_SPANS, max_size=4)), max_size=4)


@given(_PAIRS)
def test_agreement_equals_sets_of_characters(pairs):
    assert agreement(pairs)[:4] == pytest.approx(plagdet(pairs))
