"""Classes and families: no chain of matches puts texts together that do not belong."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.documents import Document, TextBatch
from dedup.families import build_families, components, equal_texts
from dedup.matches import Match, Origin, Relation
from dedup.tokens import tokenize


def match(left: str, right: str, relation: Relation = Relation.REWRITTEN, source: str | None = None) -> Match:
    return Match(
        left=left, right=right, relation=relation, probability=1.0, relation_probabilities={relation: 1.0},
        origin=Origin.UNDECIDED, source=source, origin_probability=0.9, jaccard=0.5, left_containment=0.5,
        right_containment=0.5, cosine=0.5, left_coverage=0.5, right_coverage=0.5, passages=(), reasons=(),
    )  # fmt: skip


def documents(names: str) -> dict[str, Document]:
    return {name: Document(name, "text") for name in names}


def groups(matches: list[Match], names: str) -> list[tuple[str, ...]]:
    return [family.documents for family in build_families(matches, lambda name: (inf, 4))]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=20))
def test_components_are_those_of_repeated_merging(pairs: list[tuple[int, int]]):
    label = list(range(10))
    for _ in range(10):
        for a, b in pairs:
            low = min(label[a], label[b])
            label = [low if value in (label[a], label[b]) else value for value in label]
    assert components(10, [a for a, _ in pairs], [b for _, b in pairs]).tolist() == label


def test_equal_texts_share_the_first_ones_number_and_empty_ones_stay_alone():
    tokens = tokenize(TextBatch.from_texts(["Fog.", "", "quay", "FOG!", " ", "fog"]))
    assert equal_texts(tokens).tolist() == [0, 1, 2, 0, 4, 0]


def test_a_chain_of_near_duplicates_by_count_is_one_family_whatever_the_verdict():
    chain = [match(left, right) for left, right in ("ab", "bc", "cd")]
    [family] = build_families(chain, lambda name: (inf, 4), {("a", "b"), ("b", "c"), ("c", "d")})
    assert sorted(family.documents) == ["a", "b", "c", "d"]


def test_a_chain_of_rewrites_is_not_one_family():
    assert groups([match("a", "b"), match("b", "c", source="b")], "abc") == [("b", "a", "c")]
    assert groups([match("a", "b"), match("b", "c"), match("c", "d"), match("d", "e")], "abcde") == [
        ("a", "b"),
        ("c", "d"),
    ]


def test_copies_of_a_member_come_along():
    assert groups([match("a", "b"), match("b", "c", Relation.SYNDICATED)], "abc") == [("a", "b", "c")]


def test_an_excerpt_links_families_and_does_not_merge_them():
    ties = [match("a", "b"), match("c", "d"), match("b", "c", Relation.EXCERPTED)]
    assert groups(ties, "abcd") == [("a", "b"), ("c", "d")]


@pytest.mark.parametrize("relation", [Relation.SAME_STORY, Relation.UNRELATED])
def test_texts_that_are_not_derived_form_no_family(relation: Relation):
    assert groups([match("a", "b", relation)], "ab") == []


def test_the_representative_is_the_likeliest_source():
    assert groups([match("a", "b", source="b"), match("b", "c", source="b")], "abc") == [("b", "a", "c")]
