"""Lineages: what the other texts of a story say of a doubtful pair."""

from dataclasses import replace
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.alignment import prepare
from dedup.corpus import Corpus
from dedup.documents import Document
from dedup.evidence import facts_and_beats
from dedup.judging import Told
from dedup.lineages import settle_lineages
from dedup.matches import Relation
from dedup.statistics import Statistics
from tests.reference import beats as reference
from tests.test_verdict import a_match

FAMILY = [a_match("a", "s", 0.9), a_match("b", "s", 0.9), a_match("a", "b", 0.2)]


def settled(matches, own):
    return settle_lineages(matches, lambda text, others: (20.0, own.get(text, 0.0)))


def test_two_doubtful_rewrites_of_one_text_are_derived():
    sibling = settled(FAMILY, {})[2]
    assert sibling.relation is Relation.REWRITTEN and sibling.probability >= 0.5
    assert abs(sum(sibling.relation_probabilities.values()) - 1.0) < 1e-9
    assert "lineage" in sibling.reasons[-1]


def test_a_report_with_names_of_its_own_joins_no_lineage():
    assert settled(FAMILY, {"b": 19.0}) == FAMILY


def test_a_brief_joins_a_lineage_though_no_pair_is_likely():
    doubtful = [a_match(name, "z", 0.2) for name in "abs"]
    found = settled(FAMILY + doubtful, {})
    assert all(match.derived for match in found)
    assert not any(match.derived for match in settled(FAMILY + doubtful, {"z": 10.0})[3:])


def test_texts_without_facts_make_no_lineage():
    bare = settle_lineages(FAMILY, lambda text, others: (0.5, 0.0))
    assert bare == FAMILY


def test_two_texts_alone_are_judged_by_themselves():
    pair = [a_match("a", "b", 0.45)]
    assert settled(pair, {}) == pair


def test_two_lineages_with_a_weak_tie_stay_apart():
    own = dict.fromkeys("xyz", 12.0)
    ties = [a_match(*pair, 0.9) for trio in ("abc", "xyz") for pair in combinations(trio, 2)]
    ties += [a_match("a", "x", 0.45), *(a_match(p, q, 0.02) for p in "abc" for q in "xyz" if (p, q) != ("a", "x"))]
    assert settled(ties, own) == ties


def test_an_excerpt_ties_no_lineage():
    excerpt = a_match("b", "s", 0.9)
    shares = {**excerpt.relation_probabilities, Relation.EXCERPTED: 0.9, Relation.REWRITTEN: 0.0}
    excerpt = replace(excerpt, relation=Relation.EXCERPTED, relation_probabilities=shares)
    matches = [FAMILY[0], excerpt, FAMILY[2]]
    assert settled(matches, {"b": 3.0}) == matches


WORDS = st.lists(st.sampled_from(["Wobbek", "Wobbok", "Tarzin", "Quorl", "41", "1,230", "77", "Ülvis"]), max_size=5)


@given(WORDS, st.lists(WORDS, min_size=1, max_size=3))
def test_own_facts_weigh_as_the_oracle_has_it(mine: list[str], others: list[list[str]]):
    texts = [
        f"It was a long day in the town of {' and of '.join(words)} they said, and so on." for words in (mine, *others)
    ]
    corpus = Corpus.from_documents([Document(str(i), text) for i, text in enumerate(texts)])
    ready = prepare(corpus.tokens, corpus.segments, languages=["en"] * len(texts), statistics=Statistics.background())
    told = Told(*facts_and_beats(ready, ["en"] * len(texts)), {str(i): i for i in range(len(texts))})
    _, own = told.own("0", [str(i) for i in range(1, len(texts))])
    names = {word for word in mine if not word[0].isdigit()}
    kept = {word for words in others for word in words}
    new = {name for name in names if name not in kept and not any(reference.respelled(name, word) for word in kept)}
    rare = (float(ready.weights.max()) - 3.0) / 4.0
    numbers = {word: 1.5 if "," in word else 1.0 for word in mine if word[0].isdigit()}
    expected = len(new) * rare + sum(weight for word, weight in numbers.items() if word not in kept)
    assert np.isclose(own, expected, atol=1e-4)
