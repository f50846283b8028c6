"""Scoring a newsroom: pairs, directions and passages against their truth, on answers made by hand."""

from __future__ import annotations

import pytest

from benchmarks.quality.direction import Answer, answer, score_direction
from benchmarks.quality.lineage import Lineage
from benchmarks.quality.newsroom import judge
from benchmarks.quality.passages import coverage, oriented, tabulate
from benchmarks.quality.plagdet import SpanPair
from dedup.alignment import Passage, PassageKind
from dedup.matches import DERIVED, Match, Origin, Relation


def match(left, right, relation=Relation.REWRITTEN, origin=Origin.UNDECIDED, sure=0.9):
    source = {Origin.LEFT: left, Origin.RIGHT: right}.get(origin)
    shares = {name: float(name == relation) for name in Relation}
    probability = float(relation in DERIVED)
    return Match(left, right, relation, probability, shares, origin, source, sure, 0, 0, 0, 0, 0, 0, (), ())


def document(kind, *parents):
    edges = [{"id": parent, "how": how} for parent, how in parents]
    return {"story": "fire", "language": "en", "kind": kind, "parents": edges}


FAMILY = Lineage(
    {
        "a": document("original"),
        "b": document("syndicated", ("a", "syndicated")),
        "c": document("heavy rewrite", ("a", "rewritten")),
        "d": document("independent"),
    },
    {},
    {frozenset(("b", "c")): "too short"},
)


def test_every_scored_pair_is_judged_and_matches_are_found_whichever_way_round():
    rows = judge(FAMILY, [match("b", "a", Relation.SYNDICATED), match("c", "d")])
    called = {(row.left, row.right): row.called_derived for row in rows}
    assert called == {
        ("a", "b"): True,
        ("a", "c"): False,
        ("a", "d"): False,
        ("b", "d"): False,
        ("c", "d"): True,
    }


def test_a_match_of_the_same_story_is_not_called_derived():
    (row, *_) = judge(FAMILY, [match("a", "b", Relation.SAME_STORY)])
    assert not row.called_derived


@pytest.mark.parametrize(
    ("said", "metadata", "right"),
    [
        (Relation.SYNDICATED, True, True),
        (Relation.NEAR_DUPLICATE, False, True),
        (Relation.NEAR_DUPLICATE, True, False),
        (Relation.REWRITTEN, False, False),
    ],
)
def test_kinds_of_copies_may_be_confused_only_where_no_outlet_is_known(said, metadata, right):
    row = judge(FAMILY, [match("a", "b", said)])[0]
    assert row.relation_right(metadata=metadata) is right


@pytest.mark.parametrize(
    ("origin", "source", "said"),
    [
        (Origin.LEFT, "l", "right"),
        (Origin.RIGHT, "l", "wrong"),
        (Origin.COMMON, "l", "common"),
        (Origin.UNDECIDED, "l", "undecided"),
        (Origin.LEFT, None, "wrong"),
        (Origin.COMMON, None, "common"),
    ],
)
def test_a_direction_is_right_wrong_common_or_undecided(origin, source, said):
    assert answer(match("l", "r", origin=origin), source, (10, 5), "s").said == said


def test_the_longer_text_is_known_from_the_side_of_the_source():
    assert answer(match("l", "r"), "l", (10, 5), "s").longer
    assert not answer(match("l", "r"), "r", (10, 5), "s").longer


def test_any_source_chosen_between_siblings_is_an_error():
    rows = [
        Answer(True, "wrong", 0.9, False, "s"),
        Answer(True, "undecided", 0.0, False, "s"),
        Answer(True, "common", 0.8, False, "s"),
    ]
    figures, _, _ = score_direction("x", "x", rows)
    assert figures["x.siblings_without_source"].value == pytest.approx(2 / 3)


def test_direction_is_scored_on_the_surest_answers():
    rows = [
        Answer(False, "right", 0.9, True, "1"),
        Answer(False, "right", 0.8, True, "2"),
        Answer(False, "right", 0.7, False, "3"),
        Answer(False, "wrong", 0.6, False, "4"),
        Answer(False, "undecided", 0.0, False, "5"),
    ]
    figures, table, curves = score_direction("x", "x", rows)
    assert figures["x.right_at_60"].value == 1.0
    assert figures["x.right"].value == 0.75
    assert figures["x.right_where_source_is_shorter"].value == 0.5
    assert figures["x.longer_is_source"].value == 0.4
    assert curves["x.risk_coverage"] == [(0.2, 1.0), (0.4, 1.0), (0.6, 1.0), (0.8, 0.75)]
    assert table.rows[0] == ("parent and child", 5, 3, 1, 0, 1, 0.75, 0.4)


TEXT = "Fog came in.\n\nShips lay off the bar."


def test_white_space_between_labelled_spans_counts_neither_way():
    labelled = [SpanPair(0, 12, 0, 12), SpanPair(14, 36, 12, 40)]
    both = coverage(labelled, [SpanPair(0, 36, 0, 40)], TEXT)
    assert (both.recall, both.precision) == (1.0, 1.0)


def test_a_passage_from_the_wrong_place_of_the_source_finds_nothing():
    found = coverage([SpanPair(0, 12, 0, 12)], [SpanPair(0, 12, 500, 512)], TEXT)
    assert (found.recall, found.precision) == (0.0, 0.0)


def test_two_passages_cover_a_character_once():
    found = coverage([SpanPair(0, 12, 0, 12)], [SpanPair(0, 8, 0, 9), SpanPair(4, 8, 0, 9)], TEXT)
    assert found.recall == pytest.approx(7 / 10)


def test_boilerplate_passages_are_left_out_and_sides_turned():
    passages = [
        Passage(0, 5, 10, 15, PassageKind.BOILERPLATE, 1.0),
        Passage(5, 9, 20, 30, PassageKind.REWRITTEN, 1.0),
    ]
    assert oriented(passages, derived_left=True) == [(5, 9, 20, 30)]
    assert oriented(passages, derived_left=False) == [(20, 30, 5, 9)]


def test_the_table_of_passages_sums_characters_over_pairs():
    long = coverage([SpanPair(0, 36, 0, 40)], [SpanPair(0, 36, 0, 40)], TEXT)
    none = coverage([SpanPair(0, 12, 0, 12)], [], TEXT)
    table, total = tabulate("t", {"brief": [none], "merged": [long]})
    assert total.recall == pytest.approx(28 / 38)
    assert table.rows[0] == ("brief", 1, 10, 0.0, None)
