"""Models of one's own: labels, files of models, fitting, and what is refused."""

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.quality.lineage import read_lineage
from dedup import Document, Settings, compare, compare_pair, training
from dedup.errors import ModelError, ReadError
from dedup.labels import Label, read_labels
from dedup.matches import Relation
from dedup.model import MODEL_VERSION, Model
from dedup.training import train

SEEDS = Path(__file__).parents[1] / "seeds"
STORIES = 6
FERRY = """The ferry Orsola lay still for nine hours off Cape Merrow on Friday, with 312 people on board.

Captain Ludo Brenning said that a rope had caught in the propeller. "We were never in danger," he told reporters."""
RETOLD = """For nine hours on Friday 312 people sat on the ferry Orsola, motionless off Cape Merrow.

It was a rope in the propeller, according to the captain, Ludo Brenning, who told reporters:
"We were never in danger.\""""


@pytest.fixture(scope="module")
def seeds():
    """Documents and labels of some stories of the sample newsroom."""
    lineage = read_lineage(SEEDS / "labels.json")
    chosen = sorted({about["story"] for about in lineage.documents.values()})[:STORIES]
    names = [name for name, about in lineage.documents.items() if about["story"] in chosen]
    documents = [Document(name, (SEEDS / name).read_text("utf-8")) for name in names]
    labels = []
    for left, right, truth in lineage.pairs():
        stories = {lineage.documents[name]["story"] for name in (left, right)}
        if truth.scored and truth.relation != "excerpted" and stories <= set(chosen) and len(stories) == 1:
            labels.append(Label(left, right, truth.derived, group=min(stories)))
    return documents, labels


@pytest.fixture(scope="module")
def trained(seeds):
    return train(*seeds, jobs=1)


def a_file(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


class TestLabels:
    def test_csv_and_json_lines_say_the_same(self, tmp_path):
        table = a_file(tmp_path, "a.csv", "left,right,derived,relation,group\na,b,yes,rewritten,fog\na,c,0,,\n")
        rows = [
            {"left": "a", "right": "b", "derived": True, "relation": "rewritten", "group": "fog"},
            {"left": "a", "right": "c", "derived": False},
        ]
        lines = a_file(tmp_path, "a.jsonl", "\n".join(map(json.dumps, rows)))
        expected = [Label("a", "b", True, Relation.REWRITTEN, "fog"), Label("a", "c", False)]
        assert read_labels(table) == read_labels(lines) == expected

    def test_a_relation_alone_says_whether_a_pair_is_derived(self, tmp_path):
        path = a_file(tmp_path, "a.csv", "left,right,relation\na,b,syndicated\na,c,same_story\n")
        assert [label.derived for label in read_labels(path)] == [True, False]

    def test_a_pair_said_twice_counts_once_whichever_way_round(self, tmp_path):
        assert len(read_labels(a_file(tmp_path, "a.csv", "left,right,derived\na,b,1\nb,a,true\n"))) == 1

    @pytest.mark.parametrize(
        ("rows", "problem"),
        [
            ("a,b,1,\nb,a,0,\n", "a.csv:3: .* contradict"),
            ("a,b,perhaps,\n", "a.csv:2: derived is true or false"),
            ("a,,1,\n", "ids of two documents"),
            ("a,a,1,\n", "paired with itself"),
            ("a,b,,\n", "neither derived nor relation"),
            ("a,b,0,rewritten\n", "contradict each other"),
            ("a,b,1,copied\n", "no relation 'copied'; there are identical"),
        ],
    )
    def test_what_makes_no_sense_is_refused_with_its_line(self, tmp_path, rows, problem):
        with pytest.raises(ReadError, match=problem):
            read_labels(a_file(tmp_path, "a.csv", "left,right,derived,relation\n" + rows))

    @pytest.mark.parametrize("text", ["[1, 2]", "{left: a}", "\x00"])
    def test_broken_json_lines_are_refused(self, tmp_path, text):
        with pytest.raises(ReadError, match=r"a\.jsonl:1"):
            read_labels(a_file(tmp_path, "a.jsonl", text))

    def test_other_kinds_of_files_and_absent_ones_are_refused(self, tmp_path):
        for name in ("labels.xlsx", "absent.csv"):
            with pytest.raises(ReadError, match=name):
                read_labels(tmp_path / name)


class TestModelFiles:
    def test_a_model_comes_back_from_its_file(self, tmp_path):
        Model.shipped().write(tmp_path / "model.json")
        again = Model.read(tmp_path / "model.json")
        assert again == Model.shipped() and again.digest == Model.shipped().digest

    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            ({"version": MODEL_VERSION + 1}, f"is a model of version {MODEL_VERSION + 1}.*train it again"),
            ({"lineage": None}, "has no part 'lineage'"),
            ({"passage": {"intercept": -1.0}}, "lacks weight passage.longest"),
            ({"passage": {"intercept": -1.0, "longest": "8"}}, "passage.longest must be a number, not '8'"),
            ({"passage": {"intercept": -1.0, "longest": float("nan")}}, "must be a number"),
            ({"passage": {"intercept": 0, "longest": 1, "shoe_size": 1}}, "has an unknown weight passage.shoe_size"),
        ],
    )
    def test_a_file_of_another_shape_is_refused(self, tmp_path, change, problem):
        Model.shipped().write(tmp_path / "model.json")
        values = json.loads((tmp_path / "model.json").read_text()) | change
        with pytest.raises(ModelError, match=problem):
            Model.read(a_file(tmp_path, "other.json", json.dumps(values)))

    @pytest.mark.parametrize("text", ["", "{}", "[]", '{"lineage": {}}', "\x00"])
    def test_what_is_no_model_is_refused(self, tmp_path, text):
        with pytest.raises(ModelError, match=r"other\.json"):
            Model.read(a_file(tmp_path, "other.json", text))

    def test_the_model_that_is_given_judges(self):
        strict = {part: {**weights, "intercept": -30.0} for part, weights in Model.shipped().parts.items()}
        settings = Settings(model=Model(strict))
        assert compare_pair(FERRY, RETOLD).probability > 0.5
        assert compare_pair(FERRY, RETOLD, settings=settings).probability < 0.01
        assert compare([FERRY, RETOLD]).matches and not compare([FERRY, RETOLD], settings=settings).matches

    def test_the_model_stands_in_the_header_by_its_digest(self):
        parts = Model.shipped().parts
        other = Model({**parts, "passage": {**parts["passage"], "longest": 7.0}})
        headers = [compare(["fog"], settings=Settings(model=model)).header() for model in (Model.shipped(), other)]
        assert [header["settings"]["model"] for header in headers] == [Model.shipped().digest, other.digest]
        assert other.digest != Model.shipped().digest

    def test_a_settings_file_names_the_model_from_its_own_folder(self, tmp_path):
        from dedup.settings import read_settings_file

        Model.shipped().write(tmp_path / "mine.json")
        path = a_file(tmp_path, "dedup.toml", 'model = "mine.json"\nbase = ["letters"]\n')
        values = read_settings_file(path)
        assert values == {"model": str(tmp_path / "mine.json"), "base": [str(tmp_path / "letters")]}


class TestTraining:
    def test_weights_keep_their_signs_and_the_other_parts_stay(self, trained):
        start = Model.shipped()
        for part in ("lineage", "copy"):
            for name, weight in trained.model.parts[part].items():
                assert name == "intercept" or weight * start.parts[part][name] >= 0.0
        assert {part: trained.model.parts[part] for part in ("passage", "direction")} == {
            part: start.parts[part] for part in ("passage", "direction")
        }

    def test_the_model_file_says_what_it_was_learnt_from_and_how_well(self, trained, tmp_path):
        trained.model.write(tmp_path / "model.json")
        again = Model.read(tmp_path / "model.json")
        assert again.trained_on[0].startswith(f"{trained.pairs} labelled pairs, {trained.derived} of them derived")
        assert again.measured["cross_validated"] == trained.fitted.to_dict()

    def test_pairs_it_has_not_seen_are_judged_about_as_well_as_by_a_model_that_has(self, trained):
        assert trained.fitted.brier[0] <= trained.start.brier[0] + 0.02
        for figure in (trained.fitted.accuracy, trained.fitted.auc, trained.fitted.brier):
            assert figure[1] <= figure[0] <= figure[2]

    def test_labels_in_another_order_give_the_same_model(self, seeds, trained):
        documents, labels = seeds
        turned = [Label(label.right, label.left, label.derived, group=label.group) for label in labels]
        random.Random(1).shuffle(turned)
        again = train(documents[::-1], turned, jobs=2)
        for part, weights in trained.model.parts.items():
            assert list(again.model.parts[part].values()) == pytest.approx(list(weights.values()), abs=0.1)

    def test_the_slope_of_the_loss_is_that_of_small_steps(self):
        random = np.random.default_rng(3)
        start = Model.shipped()
        sizes = {part: len(start.parts[part]) - 1 for part in ("lineage", "copy")}
        features = {part: np.column_stack([np.ones(40), random.normal(size=(40, n))]) for part, n in sizes.items()}
        examples = training._Examples(
            features, random.uniform(0, 0.5, 40), random.uniform(0.5, 1, 40), random.choice([0.0, -1.5], 40),
            random.random(40) < 0.5, np.zeros((40, 2), np.int64),
        )  # fmt: skip
        weights, chosen = random.normal(size=sum(sizes.values()) + 2) * 0.3, random.random(40) < 0.8
        _, slope = examples.loss(weights, start, chosen)
        step = 1e-6 * np.eye(len(weights))
        by_steps = [
            (examples.loss(weights + h, start, chosen)[0] - examples.loss(weights - h, start, chosen)[0]) / 2e-6
            for h in step
        ]
        assert slope == pytest.approx(by_steps, rel=1e-4, abs=1e-4)

    def test_no_family_is_learnt_from_and_tested_on(self):
        labels = [Label(f"a{i}", f"b{i}", True) for i in range(9)] + [Label(f"a{i}", "b0", False) for i in range(1, 9)]
        families = training._families(labels)
        assert families[0].tolist() == families[0, :1].repeat(2).tolist()
        assert families[9, 1] == families[0, 0] != families[9, 0]

    def test_named_groups_outrank_the_families(self):
        labels = [Label("a", "b", True, group="x"), Label("b", "c", True, group="x"), Label("d", "e", True, group="y")]
        assert len(np.unique(training._families(labels))) == 2

    def test_too_few_labels_are_refused(self, seeds):
        documents, labels = seeds
        with pytest.raises(ModelError, match="at least 20 of each"):
            train(documents, [label for label in labels if label.derived])

    def test_one_story_alone_is_refused(self, seeds):
        documents, labels = seeds
        with pytest.raises(ModelError, match="fewer than 5 families"):
            train(documents, [replace(label, group="all") for label in labels], jobs=1)

    def test_labels_of_documents_that_were_not_read_are_refused(self, seeds):
        documents, labels = seeds
        with pytest.raises(ModelError, match="no such document was read"):
            train(documents[1:], labels)
