"""The way of a pair through a comparison: that it tells what the engine did, and that its advice helps."""

import json
from itertools import combinations
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from referencing import Registry, Resource
from typer.testing import CliRunner

from dedup import DedupError, Document, Index, Relation, Settings, Skipped, compare
from dedup.cli import app
from dedup.engine import trace
from dedup.explaining import explain, tell_story
from dedup.explaining.features import find_shared
from dedup.explanation import LOST
from dedup.readers import ReadOptions, read_documents
from dedup.sketch import ShingleSets
from dedup.statistics import TermCounts
from dedup.wording import word_shingles, word_terms

ROOT = Path(__file__).parent.parent
SCHEMAS = [
    json.loads((ROOT / "docs" / "schema" / name).read_text("utf-8"))
    for name in ("explanation.schema.json", "results.schema.json")
]
FOG = (
    "The ferry Aurelia ran aground in dense fog off Port Ellery on Monday evening with 214 people on board. "
    "Nobody was hurt. Harbour master Ines Tolland said the captain had been told twice to wait outside the bar."
)
REWRITE = (
    "With 214 people on board, the ferry Aurelia ran aground off Port Ellery in dense fog on Monday evening. "
    "No one was hurt. The captain had twice been told to wait outside the bar, harbour master Ines Tolland said."
)
APPLES = "Apples are cheap this year, growers in the valley say, and pears will follow before the end of the month."


@pytest.fixture(scope="module")
def newsroom():
    documents = read_documents([ROOT / "seeds"], ReadOptions(include=("*.txt",)), on_skip=lambda item: None)
    return trace(list(documents))


def stage(story, name):
    return next(stage for stage in story.stages if stage.name == name)


def test_what_weighs_enough_is_what_the_engine_found(newsroom):
    fitted, collection = newsroom.fitted, newsroom.collection
    found = fitted.postings.pairs(fitted.families, fitted.least)
    numbers, settings = range(0, len(collection), 3), newsroom.comparison.settings
    said = {
        (a, b)
        for a, b in combinations(numbers, 2)
        if find_shared(collection, fitted, settings, a, b).enough and fitted.families[a] != fitted.families[b]
    }
    pairs = zip(found.left.tolist(), found.right.tolist(), strict=True)
    assert said == {(a, b) for a, b in pairs if a in numbers and b in numbers}


def test_a_reported_pair_has_the_match_of_the_comparison(newsroom):
    for match in newsroom.comparison.matches[::15]:
        story = tell_story(newsroom, match.left, match.right)
        assert story.match == match and story.reported and story.lost_at is None and story.remedies == ()
        assert stage(story, "verdict").figures["relation"] in map(str, Relation)
        assert story.evidence.jaccard == match.jaccard


def test_what_the_other_texts_changed_is_told(newsroom):
    before = {(match.left, match.right): match for match in newsroom.judged.matches if match}
    changed = [
        match
        for match in newsroom.settled
        if (match.left, match.right) in before and match.relation is not before[match.left, match.right].relation
    ]
    story = tell_story(newsroom, changed[0].left, changed[0].right)
    assert stage(story, "lineage").figures["relation"] == ["same_story", "rewritten"]
    assert "of one lineage" in stage(story, "lineage").said
    assert story.reported and stage(story, "verdict").outcome == "passed"


def test_a_new_origin_is_told(newsroom):
    before = {(match.left, match.right): match for match in newsroom.settled}
    changed = [
        match for match in newsroom.matches if before.get((match.left, match.right), match).source != match.source
    ]
    story = tell_story(newsroom, changed[0].left, changed[0].right)
    first, last = stage(story, "common origin").figures["origin"]
    assert first == before[changed[0].left, changed[0].right].source and last == (changed[0].source or "common")


def test_the_weight_that_is_proposed_makes_a_candidate(newsroom):
    documents = list(newsroom.comparison.documents.values())
    lost = [
        story
        for a, b in list(combinations([document.id for document in documents], 2))[::350]
        if (story := tell_story(newsroom, a, b)).lost_at == "candidate"
    ]
    helped = [(story, remedy) for story in lost for remedy in story.remedies if remedy.setting == "min_weight"]
    assert helped
    for story, remedy in helped[:2]:
        settings = Settings().changed({"min_weight": remedy.value})
        told = explain(documents, story.left, story.right, settings=settings)
        assert stage(told, "candidate").figures["tiers"] == ["reuse"]


def test_the_threshold_that_is_proposed_makes_a_candidate():
    words = [f"word{number}" for number in range(60)]
    texts = [("a", " ".join(words)), ("b", " ".join(words[:30] + [f"other{number}" for number in range(30)]))]
    settings = Settings(threshold=0.9, min_weight=1000.0)
    story = explain(texts, "a", "b", settings=settings)
    assert story.lost_at == "candidate" and 0.3 < stage(story, "near tier").figures["jaccard"] < 0.36
    [threshold] = [remedy.value for remedy in story.remedies if remedy.setting == "threshold"]
    told = explain(texts, "a", "b", settings=settings.changed({"threshold": threshold}))
    assert stage(told, "candidate").figures["tiers"] == ["near"]


def test_the_frequency_that_is_proposed_makes_a_candidate():
    filler = [f"{FOG} Witness number {number} named street{number} and {number} more." for number in range(3)]
    texts = [("a", FOG), ("b", REWRITE), *((f"c{number}", text) for number, text in enumerate(filler))]
    settings = Settings(max_frequency=2, threshold=1.0)
    story = explain(texts, "a", "b", settings=settings)
    assert story.lost_at == "candidate" and stage(story, "rare features").figures["too_common"] > 5
    [frequency] = [remedy.value for remedy in story.remedies if remedy.setting == "max_frequency"]
    told = explain(texts, "a", "b", settings=settings.changed({"max_frequency": frequency}))
    assert stage(told, "candidate").figures["tiers"] == ["reuse"]


def test_the_words_that_weigh_most_stand_first_and_are_words():
    story = explain([("a", FOG), ("b", REWRITE)], "a", "b")
    counted = [feature for feature in story.features if feature.counted]
    assert {"Aurelia", "Tolland"} <= {feature.text for feature in counted}
    assert [feature.weight for feature in counted] == sorted((feature.weight for feature in counted), reverse=True)
    assert all(feature.idf >= feature.weight for feature in counted if feature.kind == "term")


def test_every_term_and_shingle_has_its_words(newsroom):
    tokens = newsroom.collection.select(np.arange(0, 104, 7)).tokens
    shingles, counts = ShingleSets.from_tokens(tokens), TermCounts.from_tokens(tokens)
    for document in range(len(tokens)):
        assert set(word_shingles(tokens, document)) == set(shingles.values[slice(*shingles.offsets[document:][:2])])
        assert set(word_terms(tokens, document)) >= set(counts.terms[slice(*counts.offsets[document:][:2])])


def test_a_text_that_was_skipped_is_lost_at_reading():
    skipped = [Skipped("folder/b.txt", "larger than 5 bytes; raise max_document to read it")]
    story = explain([("a", FOG)], "a", "b.txt", skipped=skipped)
    assert story.lost_at == "reading" and "raise max_document" in story.stages[0].said


def test_an_unknown_id_is_an_error_that_helps():
    with pytest.raises(DedupError, match="did you mean ferry/wire"):
        explain([("ferry/wire", FOG), ("b", APPLES)], "ferry/wires", "b")


def test_a_pair_has_two_ids():
    with pytest.raises(DedupError, match="two ids"):
        explain([("a", FOG), ("b", APPLES)], "a", "a")


def test_a_text_without_words_is_lost_at_its_words():
    assert explain([("a", FOG), ("b", "— … !")], "a", "b").lost_at == "words"


def test_copies_are_reported_or_tied_to_the_first():
    texts = [("a", FOG), ("b", FOG), ("c", FOG.upper())]
    assert explain(texts, "a", "c").reported
    story = explain(texts, "b", "c")
    assert story.lost_at == "equal texts" and [remedy.option for remedy in story.remedies] == ["--all-pairs"]
    assert explain(texts, "b", "c", settings=Settings(all_pairs=True)).reported


def test_a_copy_is_told_of_by_the_text_that_stands_in_for_it():
    story = explain([("a", FOG), ("b", FOG), ("c", REWRITE)], "b", "c")
    assert story.lost_at == "equal texts"
    assert stage(story, "equal texts").figures["instead"] == ["a", "c"]
    assert stage(story, "candidate").outcome == "passed"


def test_two_old_texts_are_not_compared():
    story = explain([("new", APPLES)], "a", "b", against=[("a", FOG), ("b", REWRITE)])
    assert story.lost_at == "against" and not story.reported and story.remedies == ()


def test_a_new_text_stands_on_the_left():
    story = explain([("new", REWRITE)], "a", "new", against=[("a", FOG)])
    [match] = compare([("new", REWRITE)], against=[("a", FOG)]).matches
    assert (story.left, story.right) == ("new", "a") and story.match == match


def test_what_is_not_derived_is_lost_at_the_verdict_and_what_is_not_asked_for_at_the_report():
    texts = [("a", FOG), ("b", FOG + " A tug pulled her free at dawn."), ("c", APPLES)]
    assert explain(texts, "a", "b", settings=Settings(relation=(Relation.EXCERPTED,))).lost_at == "report"
    story = explain(texts, "a", "c", settings=Settings(min_weight=1.0, max_frequency=5))
    assert story.lost_at in ("verdict", "candidate") and story.remedies[-1].setting == "relation"
    told = explain(texts, "a", "b", settings=Settings(relation=(Relation.UNRELATED,)))
    assert {remedy.setting for remedy in told.remedies} == {"relation"}


def test_large_families_are_told_of():
    texts = [(f"{number:02}", f"{FOG} Reporter number{number} adds name{number}.") for number in range(14)]
    story = explain(texts, "03", "05")
    assert story.lost_at == "candidate" and story.remedies == ()
    assert stage(story, "near-duplicate family").figures == {"size": 14, "head": "10"}
    assert explain(texts, "10", "05").reported


def test_boilerplate_in_both_is_shown_in_words():
    foot = "Subscribe to our newsletter and never miss another morning of news from the valley"
    bodies = [FOG, REWRITE, APPLES, "The council voted on Friday to close the old swimming pool by the mill for good."]
    texts = [(str(number), f"{body}\n\n{foot}") for number, body in enumerate(bodies)]
    story = explain(texts, "0", "2")
    assert "Subscribe to our" in stage(story, "boilerplate").figures["in_both"]


def test_a_swapped_match_gives_its_reasons_from_the_other_side():
    [old] = compare([("a", FOG), ("new", REWRITE)]).matches
    [new] = compare([("new", REWRITE)], against=[("a", FOG)]).matches
    assert old.left == "a" and new.left == "new"
    assert new.swap() == old


class TestCommandLine:
    @pytest.fixture
    def articles(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        folder = tmp_path / "articles"
        folder.mkdir()
        for name, text in (("fog.txt", FOG), ("rewrite.txt", REWRITE), ("apples.txt", APPLES)):
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    def run(self, *arguments):
        return CliRunner().invoke(app, ["compare", *map(str, arguments), "--quiet"])

    def test_people_get_a_line_a_stage_and_what_would_have_helped(self, articles):
        result = self.run(articles, "--explain", "fog.txt", "apples.txt")
        assert result.exit_code == 0
        for part in ("not reported: lost at the stage 'candidate'", "✗ candidate", "near tier", "What would have kept"):
            assert part in result.stdout

    @pytest.mark.parametrize("other", ["rewrite.txt", "apples.txt"])
    def test_json_keeps_to_its_schema(self, articles, other):
        result = self.run(articles, "--explain", "fog.txt", other, "--format", "json")
        resources = [(schema.get("$id", name), Resource.from_contents(schema)) for schema, name in
                     zip(SCHEMAS, ("explanation.schema.json", "results.schema.json"), strict=True)]  # fmt: skip
        validator = jsonschema.Draft202012Validator(SCHEMAS[0], registry=Registry().with_resources(resources))
        validator.validate(json.loads(result.stdout))
        assert json.loads(result.stdout)["reported"] == (other == "rewrite.txt")

    def test_names_are_left_out_where_they_are_to_be(self, articles):
        result = self.run(articles, "--explain", "fog.txt", "rewrite.txt", "--format", "json", "--anonymise")
        assert result.exit_code == 0 and ".txt" not in result.stdout

    def test_a_pair_that_the_baseline_accepts_is_lost_there(self, articles, tmp_path):
        baseline = tmp_path / "baseline.json"
        self.run(articles, "--baseline", baseline, "--update-baseline")
        result = self.run(articles, "--explain", "fog.txt", "rewrite.txt", "--baseline", baseline, "--format", "json")
        assert json.loads(result.stdout)["lost_at"] == "baseline"

    def test_a_pair_of_an_index_is_told_of_as_one_of_files(self, articles, tmp_path):
        path = tmp_path / "articles.dedup"
        with Index.open(path) as index:
            index.add(read_documents([articles], on_skip=lambda item: None))
        asked = ["--explain", "fog.txt", "rewrite.txt", "--format", "json", "--quiet"]
        told = CliRunner().invoke(app, ["index", "compare", str(path), *asked])
        plain = self.run(articles, *asked[:-1])
        assert json.loads(told.stdout)["stages"] == json.loads(plain.stdout)["stages"]

    def test_other_formats_are_refused(self, articles):
        result = self.run(articles, "--explain", "fog.txt", "rewrite.txt", "--format", "csv")
        assert result.exit_code == 2 and "as a table or as JSON" in result.stderr


def test_a_document_object_may_be_explained():
    story = explain([Document("a", FOG), Document("b", FOG + " Again.")], "b", "a")
    assert (story.left, story.right) == ("a", "b") and all(stage.outcome != LOST for stage in story.stages)
