"""The truth of pairs, on lineages small enough to draw by hand."""

from __future__ import annotations

import json

import pytest

from benchmarks.quality.lineage import Lineage, read_lineage


def lineage(documents, unscored=()):
    """``documents``: id → (story, kind, [(parent, how) or (parent, how, relation_scored)])."""
    labels = {
        name: {
            "story": story,
            "kind": kind,
            "parents": [
                {"id": parent, "how": how, **({"relation_scored": scored[0]} if scored else {})}
                for parent, how, *scored in parents
            ],
        }
        for name, (story, kind, parents) in documents.items()
    }
    return Lineage(labels, {}, {frozenset(pair): "said so" for pair in unscored})


FAMILY = lineage(
    {
        "wire": ("fire", "original", []),
        "copy": ("fire", "syndicated", [("wire", "syndicated")]),
        "later": ("fire", "revision", [("wire", "near_duplicate")]),
        "rewrite": ("fire", "light rewrite", [("later", "rewritten")]),
        "printed": ("fire", "syndicated", [("rewrite", "syndicated")]),
        "borrower": ("fire", "borrowing", [("wire", "excerpted")]),
        "digest": ("week", "roundup", [("wire", "excerpted"), ("other", "excerpted")]),
        "next-day": ("fire", "update", [("copy", "excerpted")]),
        "own": ("fire", "independent", []),
        "own-too": ("fire", "independent", []),
        "other": ("flood", "original", []),
        "left-child": ("storm", "heavy rewrite", [("unseen:storm-wire", "rewritten")]),
        "right-child": ("storm", "light rewrite", [("unseen:storm-wire", "syndicated")]),
    }
)


@pytest.mark.parametrize(
    ("left", "right", "relation", "source", "kind"),
    [
        ("wire", "copy", "syndicated", "wire", "syndicated"),
        ("copy", "wire", "syndicated", "wire", "syndicated"),
        ("wire", "later", "near_duplicate", "wire", "revision"),
        ("wire", "rewrite", "rewritten", "wire", "light rewrite"),
        ("wire", "printed", "rewritten", "wire", "light rewrite"),
        ("rewrite", "printed", "syndicated", "rewrite", "syndicated"),
        ("borrower", "wire", "excerpted", "wire", "borrowing"),
        ("other", "digest", "excerpted", "other", "roundup"),
        ("copy", "later", "syndicated", None, "siblings"),
        ("copy", "printed", "rewritten", None, "siblings"),
        ("left-child", "right-child", "rewritten", None, "siblings"),
    ],
)
def test_a_derived_pair_has_the_weakest_relation_on_its_way(left, right, relation, source, kind):
    truth = FAMILY.truth(left, right)
    assert truth.scored
    assert truth.derived
    assert (truth.relation, truth.source, truth.kind, truth.relation_scored) == (relation, source, kind, True)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("borrower", "digest"),
        ("borrower", "copy"),
        ("digest", "rewrite"),
        ("wire", "next-day"),
        ("next-day", "rewrite"),
    ],
)
def test_an_excerpt_further_up_or_beside_leaves_the_pair_unscored(left, right):
    assert not FAMILY.truth(left, right).scored


def test_an_update_is_derived_but_its_relation_is_not_scored():
    truth = FAMILY.truth("copy", "next-day")
    assert (truth.scored, truth.derived, truth.relation, truth.relation_scored) == (True, True, "excerpted", False)


@pytest.mark.parametrize(
    ("left", "right", "kind"),
    [
        ("own", "wire", "independent vs original"),
        ("own", "rewrite", "independent vs derivative"),
        ("own", "own-too", "independent vs independent"),
        ("own", "other", "other stories"),
        ("wire", "left-child", "other stories"),
    ],
)
def test_what_has_no_common_ancestor_is_negative(left, right, kind):
    truth = FAMILY.truth(left, right)
    assert (truth.scored, truth.derived, truth.relation, truth.source, truth.kind) == (True, False, None, None, kind)


def test_truth_is_the_same_whichever_way_round_it_is_asked():
    assert all(FAMILY.truth(left, right) == FAMILY.truth(right, left) for left, right, _ in FAMILY.pairs())


def test_every_pair_is_listed_once():
    pairs = [(left, right) for left, right, _ in FAMILY.pairs()]
    assert len(pairs) == len(set(pairs)) == 13 * 12 // 2
    assert all(left < right for left, right in pairs)


def test_a_pair_marked_unscored_is_unscored_with_its_reason():
    family = lineage({"a": ("s", "original", []), "b": ("s", "brief", [("a", "rewritten")])}, [("b", "a")])
    assert family.truth("a", "b").reason == "said so"
    assert not family.truth("a", "b").scored


def test_an_unscored_relation_stays_unscored_down_the_line():
    family = lineage(
        {
            "a": ("s", "original", []),
            "b": ("s", "merged", [("a", "rewritten", False)]),
            "c": ("s", "syndicated", [("b", "syndicated")]),
        }
    )
    assert not family.truth("a", "b").relation_scored
    assert not family.truth("a", "c").relation_scored
    assert family.truth("b", "c").relation_scored


def test_of_two_ways_to_an_ancestor_the_closer_one_counts():
    family = lineage(
        {
            "a": ("s", "original", []),
            "b": ("s", "borrowing", [("a", "excerpted")]),
            "c": ("s", "merged", [("b", "rewritten"), ("a", "rewritten")]),
            "d": ("s", "syndicated", [("c", "syndicated")]),
        }
    )
    assert family.truth("a", "c").relation == "rewritten"
    assert family.truth("a", "d").relation == "rewritten"


@pytest.mark.parametrize(
    ("documents", "message"),
    [
        ({"a": ("s", "brief", [("b", "rewritten")])}, "b is not among"),
        ({"a": ("s", "brief", [("a", "rewritten")])}, "its own ancestor"),
        ({"a": ("s", "brief", [("unseen:x", "stolen")])}, "unknown relation 'stolen'"),
    ],
)
def test_labels_that_make_no_sense_are_refused(documents, message):
    with pytest.raises(ValueError, match=message):
        _ = lineage(documents).ancestors


def test_labels_are_read_with_the_derived_side_first(tmp_path):
    labels = {
        "documents": {"a": {"story": "s", "kind": "original", "parents": []}},
        "passages": [{"source": "a", "derived": "b", "spans": [[1, 2, 30, 40]]}],
        "unscored": [{"left": "b", "right": "a", "reason": "too short"}],
    }
    path = tmp_path / "labels.json"
    path.write_text(json.dumps(labels))
    read = read_lineage(path)
    assert read.passages["a", "b"] == ((30, 40, 1, 2),)
    assert read.unscored[frozenset("ab")] == "too short"
