"""What a query finds, against slow oracles."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings, strategies

from dedup import Document, Relation, Settings, compare
from dedup.boilerplate import known_text
from dedup.corpus import Collection, Corpus
from dedup.index import Index, finding, matching, searching
from dedup.judging import judge_pairs
from dedup.lsh import CandidatePairs, choose_bands
from dedup.reuse import ReuseLimits, rare_features
from dedup.sketch import MinHasher, ShingleSets
from dedup.statistics import Statistics, TermCounts
from tests.index.texts import NAMES, TEXTS, WIRE, small  # noqa: F401

ALL = Settings(relation=tuple(Relation))
WORDS = "quay fog ferry minister Quorndale zephyrine tariff harbour pilot Tolland Aurelia ledger vault comet".split()

some_texts = strategies.one_of(
    strategies.sampled_from(TEXTS),
    strategies.lists(strategies.sampled_from(WORDS), min_size=5, max_size=40).map(" ".join),
)
collections = strategies.dictionaries(strategies.sampled_from(NAMES), some_texts, max_size=10)


def shared_values(signatures, bands, least, a: int, b: int) -> bool:
    """Whether two signatures agree enough and in a whole band."""
    equal = signatures[a] == signatures[b]
    whole = any(equal[band * bands.rows : (band + 1) * bands.rows].all() for band in range(bands.bands))
    return bool(whole and equal.sum() >= least)


def slow_candidates(documents: list[Document], asked: Document, statistics) -> set[str]:
    """Pairs of the asked document with the first of each class, by comparing it with every one."""
    classes: dict[bytes, Document] = {}
    for item in sorted(documents, key=lambda item: item.id):
        tokens = Corpus.from_documents([item]).tokens
        if len(tokens.hashes) and item.id != asked.id:
            classes.setdefault(tokens.hashes.tobytes(), item)
    everything = [asked, *classes.values()]
    corpus = Corpus.from_documents(everything)
    if not len(Corpus.from_documents([asked]).tokens.hashes):
        return set()
    signatures = MinHasher().signatures(corpus.tokens).values
    bands = choose_bands(128, 0.5, 0.99)
    content = corpus.content(statistics)
    shingles = ShingleSets.from_tokens(content)
    features = rare_features(
        shingles, TermCounts.from_tokens(content), statistics=statistics, languages=corpus.languages
    )
    bags = [Counter(features.keys[a:b].tolist()) for a, b in zip(features.offsets, features.offsets[1:], strict=False)]
    limits = ReuseLimits()
    longer = [max(1.0, total / limits.usual_length) for total in shingles.totals.tolist()]
    least = [int(limits.min_weight * 8 * max(times**0.5, min(times, limits.even_growth))) for times in longer]
    found = set()
    for other in range(1, len(corpus)):
        shared = sum(key & 255 for key in bags[0].keys() & bags[other].keys())
        if shared >= min(least[0], least[other]) or shared_values(signatures, bands, int(0.3 * 128), 0, other):
            found.add(everything[other].id)
    return found


@pytest.mark.usefixtures("small")
@settings(max_examples=40)
@given(collections, some_texts, strategies.sampled_from(["asked", "n3", "a"]), strategies.booleans())
def test_candidates_are_those_of_comparing_with_every_document(stored, text, name, fitted):
    documents = [Document(*item) for item in stored.items()]
    asked = Document(name, text)
    with Index.in_memory() as index:
        index.add(documents, batch=3)
        if fitted and name not in stored:
            index.refresh()
        found = [item.id for item in index._core.finder.candidates(asked)]
        assert sorted(set(found)) == sorted(found)
        expected = slow_candidates(documents, asked, index._core.statistics)
        if name not in stored:
            families = index._core.families
            assert expected <= set(found)
            assert set(found) == expected or len(families.entries)
        else:
            assert name not in found


@pytest.mark.usefixtures("small")
@settings(max_examples=40)
@given(collections, some_texts)
def test_each_pair_is_measured_as_in_a_comparison_by_the_same_statistics(stored, text):
    documents = [Document(*item) for item in sorted(stored.items())]
    asked = Document("zz", text)
    with Index.in_memory(settings=ALL) as index:
        index.add(documents)
        index.refresh()
        statistics = index._core.statistics
        for match in index.query(asked):
            pair = sorted([asked, index.get(match.right)], key=lambda item: item.id)
            one = CandidatePairs(np.zeros(1, np.int32), np.ones(1, np.int32))
            judged = judge_pairs(
                Collection.from_documents(pair), statistics, one, settings=ALL, jobs=1, tell=lambda *told: None
            )
            [alone] = judged.matches
            alone = alone.swap() if alone.left != "zz" else alone
            for name in ("jaccard", "left_containment", "right_coverage", "cosine", "passages", "lean", "clarity"):
                assert getattr(match, name) == getattr(alone, name)
            if len(index.query(asked)) == 1:
                assert match == alone


@settings(max_examples=25)
@given(collections, strategies.sampled_from(NAMES))
def test_a_stored_document_is_found_as_in_the_comparison(stored, name):
    """Where a story has few texts, what third texts say is the same too: the whole match is."""
    documents = [Document(*item) for item in stored.items()]
    with Index.in_memory(settings=ALL) as index:
        index.add(documents)
        index.refresh()
        whole = compare(documents, settings=ALL)
        heads = {document.id for document in documents}
        for match in whole.matches:
            if match.relation is Relation.IDENTICAL:
                heads.discard(match.right)
        for item in documents:
            if item.id not in heads:
                continue
            expected = {
                match.right if match.left == item.id else match.left: match.relation
                for match in whole.matches
                if item.id in (match.left, match.right) and match.relation is not Relation.IDENTICAL
            }
            found = {match.right: match.relation for match in index.query(item) if str(match.relation) != "identical"}
            assert expected.keys() <= found.keys()
            assert all(found[other] is relation for other, relation in expected.items())


stories = strategies.lists(
    strategies.lists(strategies.sampled_from(WIRE.split(". ")), min_size=1, max_size=8).map(". ".join)
    | strategies.sampled_from(TEXTS),
    min_size=3,
    max_size=7,
)


@settings(max_examples=40)
@given(stories)
def test_third_texts_that_are_not_asked_would_not_have_changed_anything(texts):
    documents = [Document(f"n{number}", text) for number, text in enumerate(texts)]
    statistics = Statistics.background()
    for asked in documents[:3]:
        others = [item for item in documents if item is not asked]
        answer = matching.match_against(asked, others, statistics, ALL)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(matching, "_open", lambda judged: True)
            assert answer == matching.match_against(asked, others, statistics, ALL)


def test_third_texts_are_not_asked_of_sure_copies_without_a_source(monkeypatch):
    asked, calls = Document("a", WIRE), []
    others = [Document(name, WIRE.replace(" the ", f" {name} ", 1)) for name in ("our", "his")]
    judge = matching._judged
    monkeypatch.setattr(matching, "_judged", lambda *given: calls.append(given) or judge(*given))
    found = matching.match_against(asked, others, Statistics.background(), ALL)
    assert [match.source for match in found] == [None, None] and len(calls) == 1


def test_the_order_of_adding_does_not_change_an_answer():
    documents = [Document(f"n{number:02}", text) for number, text in enumerate(TEXTS)]
    answers = []
    for order in (documents, documents[::-1]):
        with Index.in_memory() as index:
            for item in order:
                index.add(item)
            answers.append([index.query(("asked", text)) for text in TEXTS])
    assert answers[0] == answers[1] and any(answers[0])


def test_answers_are_sorted_cut_and_of_the_wanted_relations():
    with Index.in_memory() as index:
        index.add(
            [("copy", WIRE), ("longer", WIRE + " Late extra sentence."), ("other", "Orchestras tune to the oboe.")]
        )
        found = index.query(WIRE)
        assert [match.right for match in found] == ["copy", "longer"]
        assert [match.left for match in found] == ["query", "query"]
        assert index.query(WIRE, limit=1) == found[:1]
        assert index.query("") == [] and index.query("…") == []


def test_a_document_is_not_its_own_match_but_its_copies_are():
    with Index.in_memory() as index:
        [first, second] = index.add_and_query([("b", WIRE), ("c", WIRE)])
        assert [match.right for match in first] == ["c"] and [match.right for match in second] == ["b"]
        assert [match.right for match in index.query(("x", WIRE))] == ["b"]
        index.add(("a", WIRE))
        assert [match.right for match in index.query(("x", WIRE))] == ["a"]
        index.remove(["a", "b"])
        assert [match.right for match in index.query(("x", WIRE))] == ["c"]


def test_many_copies_are_one_text_of_the_search():
    with Index.in_memory() as index:
        index.add([(f"n{number:03}", WIRE) for number in range(200)])
        assert index.info()["different_texts"] == 1 and len(index) == 200
        assert len(index.query(WIRE)) == 1


def test_of_a_large_family_its_first_text_stands_for_all(monkeypatch):
    monkeypatch.setattr(finding, "LARGE_FAMILY", 3)
    monkeypatch.setattr(searching, "LARGE_FAMILY", 3)
    with Index.in_memory() as index:
        index.add([(f"n{number}", f"{WIRE} And {number} more.") for number in range(8)])
        assert len(index.query(WIRE)) == 8
        index.refresh()
        assert [match.right for match in index.query(WIRE)] == ["n0"]


def test_near_names_stored_texts_with_like_signatures_and_works_without_texts():
    with Index.in_memory(texts=False) as index:
        index.add([("a", WIRE), ("b", WIRE + " Late extra sentence."), ("c", "Orchestras tune to the oboe.")])
        found = index.near(WIRE)
        assert [item.id for item in found] == ["a", "b"] and found[0].jaccard == 1.0 > found[1].jaccard > 0.5
        assert index.near(("a", WIRE), limit=5)[0].id == "b"
        index.remove("a")
        assert [item.id for item in index.near(WIRE)] == ["b"]
        assert index.get("b").text == ""
        for ask in (index.query, lambda text: index.compare(), lambda text: index.refresh()):
            with pytest.raises(Exception, match="without texts"):
                ask(WIRE)


def test_known_templates_count_neither_for_nor_against():
    form = "This is a form that many offices of the county send out again and again with a few words changed in it."
    base = Settings(base=(form,))
    assert known_text(base.base)
    with Index.in_memory(settings=base) as index:
        index.add(("a", form + " Quorndale."))
        assert index.query(form + " Tolland.") == [] and index.near(form) == []
