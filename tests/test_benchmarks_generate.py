"""Generated texts are the same everywhere, and what they are made from is what the truth says."""

from __future__ import annotations

import argparse
import json
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.generate.articles import Articles
from benchmarks.generate.lexicon import from_text
from benchmarks.generate.plan import Kind, Recipe, make_plan
from benchmarks.generate.write import TextDigest, add_arguments, run

RECIPE = Recipe(600, words=120, largest_family=30)
ARTICLES = Articles(RECIPE)


def shingles(text: str, size: int = 3) -> set[tuple[str, ...]]:
    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()
    return {tuple(words[i : i + size]) for i in range(len(words) - size + 1)}


def of_kind(kind: Kind) -> list[int]:
    return np.flatnonzero(ARTICLES.plan.kinds == kind).tolist()


def similarities(kind: Kind) -> list[float]:
    found = []
    for number in of_kind(kind):
        left, right = shingles(ARTICLES[number].text), shingles(ARTICLES[ARTICLES[number].source].text)
        found.append(len(left & right) / len(left | right))
    return found


def test_the_texts_are_those_of_the_digest():
    digest = TextDigest()
    for article in ARTICLES:
        digest.add(article.text)
    assert digest.value == "7bd02dccd9620278a8adcf34f8f0bd96"


def test_a_text_does_not_depend_on_those_made_before():
    backwards = [Articles(RECIPE)[number].text for number in (599, 7, 300)]
    assert backwards == [ARTICLES[number].text for number in (599, 7, 300)]


def test_another_seed_gives_other_texts():
    assert Articles(Recipe(600, seed=2, words=120))[7].text != ARTICLES[7].text


def test_kinds_have_the_shares_of_the_recipe():
    counts = {kind: len(of_kind(kind)) for kind in Kind}
    assert counts[Kind.REWRITE] == 12 and counts[Kind.EMBEDDED] == 6
    families = np.bincount(ARTICLES.plan.sources[ARTICLES.plan.kinds == Kind.COPY])
    assert 58 <= counts[Kind.COPY] + (families > 0).sum() <= 60


def test_the_largest_family_has_its_size():
    plan = make_plan(Recipe(20_000, largest_family=500))
    assert np.bincount(plan.sources[plan.kinds == Kind.COPY]).max() == 499


def test_every_source_stands_for_itself():
    plan = ARTICLES.plan
    assert (plan.kinds[plan.sources] == Kind.FRESH).all()
    assert (plan.sources[plan.kinds == Kind.FRESH] == np.flatnonzero(plan.kinds == Kind.FRESH)).all()


def test_copies_are_near_duplicates_and_rewrites_are_not():
    copies, rewrites = similarities(Kind.COPY), similarities(Kind.REWRITE)
    assert np.median(copies) > 0.6 and min(copies) > 0.25
    assert max(rewrites) < 0.4 and np.mean(np.array(rewrites) > 0.02) > 0.7


def test_an_embedded_passage_stands_in_both_texts():
    for number in of_kind(Kind.EMBEDDED):
        common = shingles(ARTICLES[number].text) & shingles(ARTICLES[ARTICLES[number].source].text)
        assert len(common) >= 6


def test_fresh_texts_share_little_but_not_nothing():
    fresh = [shingles(ARTICLES[number].text) for number in of_kind(Kind.FRESH)[:200]]
    shared = [len(a & b) / max(1, min(len(a), len(b))) for a, b in pairwise(fresh)]
    assert 0 < np.mean(shared) < 0.05


def test_a_derived_text_is_younger_than_its_source():
    derived = of_kind(Kind.COPY) + of_kind(Kind.REWRITE)
    assert all(ARTICLES[number].date > ARTICLES[ARTICLES[number].source].date for number in derived)


def test_identical_texts_are_as_many_as_asked_for():
    articles = Articles(Recipe(200, words=60, identical=50))
    texts = [article.text for article in articles]
    assert max(texts.count(text) for text in set(texts)) == 50


def test_one_footer_stands_under_a_tenth():
    texts = [article.text for article in Articles(Recipe(500, words=60, one_footer=True))]
    endings = [text[-60:] for text in texts]
    assert 30 <= max(endings.count(ending) for ending in set(endings)) <= 70


def test_words_may_come_from_a_text():
    text = "The ferry left the quay at noon. Nobody saw the harbour master, who had gone home early that day."
    words = set(Articles(Recipe(20, words=60), from_text(text))[3].text.lower().replace(".", " ").split())
    assert {word.strip(",") for word in words} <= {word.strip(".,") for word in text.lower().split()}


def test_a_text_without_words_is_refused():
    with pytest.raises(ValueError, match="has none"):
        from_text(" … ")


def test_a_recipe_of_copies_alone_is_refused():
    with pytest.raises(ValueError, match="stand for themselves"):
        Recipe(100, identical=80)


def test_the_files_hold_texts_truth_and_digest(tmp_path, capsys):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    run(parser.parse_args([str(tmp_path / "a.jsonl"), "--documents", "200", "--words", "60"]))
    records = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()]
    truth = [json.loads(line) for line in (tmp_path / "a.truth.jsonl").read_text().splitlines()]
    summary = json.loads((tmp_path / "a.json").read_text())
    digest = TextDigest()
    for record in records:
        digest.add(record["text"])
    assert summary == json.loads(capsys.readouterr().out)
    assert summary["digest"] == digest.value and summary["kinds"]["fresh"] == 200 - len(truth)
    assert {record["kind"] for record in truth} == {"copy", "rewrite", "embedded"}
