"""The command line: codes, formats, messages. The engine is a stand-in wherever its findings do not matter."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dedup import engine
from dedup.alignment import Passage, PassageKind
from dedup.cli import app, fitting
from dedup.comparison import Comparison, Stage
from dedup.errors import ReadError
from dedup.limits import LIMITS
from dedup.matches import Family, Match, Origin, Relation
from dedup.model import Model
from dedup.report import progress
from dedup.settings import Settings
from dedup.training import Measured, Training
from dedup.version import __version__

FOG = "Dense fog closed the harbour at Port Ellery on Monday, and the ferry Aurelia ran aground with 214 on board."

INDEX_COMMANDS = ("add", "query", "compare", "remove", "refresh", "info", "verify", "compact", "rebuild")


def run(*arguments, stdin=None):
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)


def help_of(*command):
    """The help as one line of plain words, whatever the terminal."""
    result = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "120"})
    assert result.exit_code == 0
    return " ".join(re.sub(r"\x1b\[[0-9;]*m|[│╭╮╰╯─]", "", result.output).split())


@pytest.fixture(autouse=True)
def a_folder_without_settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def articles(tmp_path):
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(FOG)
    (folder / "b.txt").write_text(FOG + " Nobody was hurt.")
    return folder


def rewritten(left, right):
    return Match(
        left=left,
        right=right,
        relation=Relation.REWRITTEN,
        probability=0.97,
        relation_probabilities={Relation.REWRITTEN: 0.97, Relation.UNRELATED: 0.03},
        origin=Origin.LEFT,
        source=left,
        origin_probability=0.8,
        jaccard=0.11,
        left_containment=0.15,
        right_containment=0.31,
        cosine=0.45,
        left_coverage=0.52,
        right_coverage=0.93,
        passages=(Passage(0, 9, 0, 9, PassageKind.EDITED, 0.9),),
        reasons=("the same facts in the same order",),
    )


@pytest.fixture
def compared(monkeypatch):
    """A stand-in for the engine that finds the first two documents rewritten; what it was called with."""
    calls = {}

    def compare(documents, *, against=None, settings=None, jobs=None, memory=0, skipped=(), on_stage=None):
        documents = list(documents)
        everything = [*documents, *(against or ())]
        calls.update(documents=documents, against=against, settings=settings, jobs=jobs)
        ids = [document.id for document in everything]
        matches = [rewritten(*ids[:2])] if len(ids) > 1 and Relation.REWRITTEN in settings.relation else []
        return Comparison(
            matches=matches,
            families=[Family(ids[0], tuple(ids[:2]))] if matches else [],
            documents={document.id: document for document in everything},
            skipped=list(skipped),
            stages=[Stage("documents", len(ids)), Stage("matches", len(matches))],
            settings=settings,
            statistics_digest="0123",
        )

    monkeypatch.setattr(engine, "compare", compare)
    monkeypatch.setattr(progress, "compilation_notice", lambda: None)
    return calls


@pytest.fixture
def judged(monkeypatch):
    """A stand-in for the engine that finds every pair rewritten."""

    class Evidence:
        def to_dict(self):
            return {"left": {"tokens": 20}, "right": {"tokens": 24}, "jaccard": 0.11}

    monkeypatch.setattr(
        engine, "explain_pair", lambda left, right, settings: (rewritten(left.id, right.id), Evidence())
    )
    monkeypatch.setattr(progress, "compilation_notice", lambda: None)


class TestHelp:
    @pytest.mark.parametrize("command", [[], ["compare"], ["pair"], ["train"]])
    def test_every_help_has_an_example(self, command):
        assert "Example: `dedup" in help_of(*command)

    def test_the_help_names_every_relation(self):
        text = help_of("compare")
        assert [relation for relation in Relation if relation not in text] == []

    def test_the_defaults_said_in_the_help_are_the_settings(self):
        text = help_of("compare")
        assert f"near-duplicates are found; {Settings().threshold} unless set" in text
        assert f"that is found; {Settings().min_recall} unless set" in text

    def test_the_version_is_said(self):
        result = run("--version")
        assert (result.exit_code, result.stdout) == (0, f"dedup {__version__}\n")

    def test_help_imports_nothing_that_costs_time(self):
        program = (
            "import sys\nfrom dedup.cli import app\n"
            "try: app(['compare', '--help'])\nexcept SystemExit: pass\n"
            "print([name for name in ('numpy', 'numba', 'sklearn', 'datasketch', 'pyarrow') if name in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "[]"

    def test_the_reference_has_every_option(self):
        reference = Path(__file__).parents[1] / "docs" / "cli.md"
        commands = [("compare",), ("pair",), ("train",), *(("index", name) for name in INDEX_COMMANDS)]
        options = set(re.findall(r"--[a-z-]+", " ".join(help_of(*command) for command in commands)))
        assert options - set(re.findall(r"--[a-z-]+", reference.read_text())) == set()


class TestCompare:
    def test_the_table_names_source_relation_and_sums_up(self, articles, compared):
        result = run("compare", articles)
        assert result.exit_code == 0
        assert "from a.txt (0.80): the same facts in the same order" in result.stdout
        assert "\n2 documents, 1 family, 1 match: 1 rewritten\nLimits: " in result.stdout
        assert result.stderr == ""

    def test_jsonl_holds_matches_only(self, articles, compared):
        result = run("compare", articles, "--format", "jsonl")
        assert [json.loads(line) for line in result.stdout.splitlines()] == [rewritten("a.txt", "b.txt").to_dict()]

    def test_csv_has_a_row_a_match(self, articles, compared):
        [row] = csv.DictReader(io.StringIO(run("compare", articles, "-f", "csv").stdout))
        assert (row["left"], row["right"], row["relation"]) == ("a.txt", "b.txt", "rewritten")

    def test_json_holds_the_settings_in_force_and_texts_where_wanted(self, articles, compared):
        result = json.loads(run("compare", articles, "-f", "json", "--threshold", "0.7", "--with-texts").stdout)
        assert result["header"]["settings"]["threshold"] == 0.7
        assert [match["right"] for match in result["matches"]] == ["b.txt"]
        assert result["families"] == [{"representative": "a.txt", "documents": ["a.txt", "b.txt"]}]
        assert result["stages"][0] == {"name": "documents", "count": 2}
        assert result["texts"]["a.txt"] == FOG
        assert "texts" not in json.loads(run("compare", articles, "-f", "json").stdout)

    def test_families_go_to_a_file_of_their_own(self, articles, compared, tmp_path):
        assert run("compare", articles, "-f", "jsonl", "--families", tmp_path / "families.jsonl").exit_code == 0
        [line] = (tmp_path / "families.jsonl").read_text().splitlines()
        assert json.loads(line) == {"representative": "a.txt", "documents": ["a.txt", "b.txt"]}

    def test_families_are_anonymous_where_the_matches_are(self, articles, compared, tmp_path):
        run("compare", articles, "--anonymise", "--families", tmp_path / "families.jsonl")
        assert ".txt" not in (tmp_path / "families.jsonl").read_text()

    def test_the_name_of_the_output_file_gives_the_format(self, articles, compared, tmp_path):
        result = run("compare", articles, "--output", tmp_path / "found.json")
        assert (result.exit_code, result.stdout) == (0, "")
        assert json.loads((tmp_path / "found.json").read_text())["header"]["documents"] == 2

    @pytest.mark.parametrize("option", ["--output", "--families"])
    def test_an_output_that_cannot_be_written_is_found_out_before_the_work(self, articles, compared, tmp_path, option):
        result = run("compare", articles, option, tmp_path / "nowhere" / "found.json")
        assert result.exit_code == 2
        assert "there is no folder" in result.stderr
        assert compared == {}

    def test_standard_input_is_read(self, compared):
        records = "".join(json.dumps({"id": name, "text": FOG}) + "\n" for name in "ab")
        assert run("compare", "-", stdin=records).exit_code == 0
        assert [document.id for document in compared["documents"]] == ["a", "b"]

    def test_fields_and_patterns_reach_the_reader(self, tmp_path, compared):
        (tmp_path / "records.jsonl").write_text(json.dumps({"key": "a", "body": FOG, "paper": "Courier"}) + "\n")
        (tmp_path / "c.txt").write_text(FOG)
        options = ("--id-field", "key", "--text-field", "body", "--outlet-field", "paper", "--exclude", "*.txt")
        assert run("compare", tmp_path, *options).exit_code == 0
        [document] = compared["documents"]
        assert (document.id, document.text, document.outlet) == ("a", FOG, "Courier")

    def test_equal_ids_of_new_and_old_documents_are_set_apart(self, articles, tmp_path, compared):
        old = tmp_path / "old"
        old.mkdir()
        (old / "a.txt").write_text(FOG)
        assert run("compare", articles, "--against", old, "--jobs", "1").exit_code == 0
        assert [document.id for document in compared["documents"]] == ["a.txt", "b.txt"]
        assert [document.id for document in compared["against"]] == ["old/a.txt"]
        assert compared["jobs"] == 1

    def test_stages_are_counted_when_asked_for_and_when_nothing_is_found(self, articles, compared):
        assert "2  documents" in run("compare", articles, "--verbose").stderr
        result = run("compare", articles, "--relation", "syndicated")
        assert "no matches; what came through each stage:\n  2  documents" in result.stderr
        assert result.stdout.startswith("2 documents, no matches")
        assert run("compare", articles, "--relation", "syndicated", "--quiet").stderr == ""

    def test_controls_in_names_reach_no_terminal(self, tmp_path, compared):
        record = {"id": "\x1b[2Ja", "text": FOG, "title": "\u202e[red]"}
        (tmp_path / "x.jsonl").write_text(json.dumps(record) + "\n" + json.dumps({"id": "b", "text": FOG}))
        for chosen in ("table", "json", "jsonl"):
            output = run("compare", tmp_path, "-f", chosen).output
            assert not set(output) & {"\x1b", "\u202e"}

    def test_a_first_run_says_what_it_waits_for_unless_quiet(self, articles, compared, monkeypatch):
        monkeypatch.setattr(progress, "compilation_notice", lambda: "compiling the kernels …")
        assert "compiling the kernels …" in run("compare", articles).stderr
        assert run("compare", articles, "--quiet").stderr == ""


class TestExitCodes:
    def test_found_and_not_forbidden_is_0(self, articles, compared):
        assert run("compare", articles, "--fail-on", "identical").exit_code == 0

    @pytest.mark.parametrize("relation", ["rewritten", "identical,rewritten", "derived"])
    def test_found_and_forbidden_is_1(self, articles, compared, relation):
        result = run("compare", articles, "--fail-on", relation)
        assert result.exit_code == 1
        assert "rewritten" in result.stdout

    def test_forbidding_what_is_not_reported_is_2(self, articles, compared):
        result = run("compare", articles, "--fail-on", "same_story")
        assert (result.exit_code, result.stdout) == (2, "")
        assert "add --relation same_story" in result.stderr
        assert run("compare", articles, "--relation", "same_story,derived", "--fail-on", "same_story").exit_code == 0

    def test_skipped_input_is_0_and_named_and_3_when_strict(self, articles, compared):
        (articles / "c.txt").write_bytes(b"\x00\x01\x02" * 50)
        result = run("compare", articles)
        assert result.exit_code == 0
        assert "skipped: " in result.stderr
        assert "c.txt" in result.stderr
        assert "; 1 skipped\n" in result.stdout
        assert len(json.loads(run("compare", articles, "-f", "json").stdout)["skipped"]) == 1
        assert run("compare", articles, "--strict").exit_code == 3
        assert run("compare", articles, "--strict", "--fail-on", "rewritten").exit_code == 1

    def test_strict_without_skipped_input_is_0(self, articles, compared):
        assert run("compare", articles, "--strict").exit_code == 0

    def test_an_empty_folder_is_2(self, tmp_path, compared):
        result = run("compare", tmp_path)
        assert result.exit_code == 2
        assert "no readable document" in result.stderr

    def test_nothing_but_unreadable_files_is_2_and_names_them(self, tmp_path, compared):
        (tmp_path / "c.txt").write_bytes(b"\x00\x01\x02" * 50)
        result = run("compare", tmp_path)
        assert result.exit_code == 2
        assert "skipped: " in result.stderr

    def test_a_path_that_does_not_exist_is_2_in_one_line(self, tmp_path, compared):
        result = run("compare", tmp_path / "nowhere")
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert "nowhere" in result.stderr

    @pytest.mark.parametrize(
        "arguments",
        [["--threshold", "3"], ["--relation", "copied"], ["--fail-on", "copied"], ["--with-texts"]],
    )
    def test_options_that_make_no_sense_are_2_in_one_line(self, articles, compared, arguments):
        result = run("compare", articles, *arguments)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert result.stdout == ""

    def test_an_unknown_format_or_a_missing_path_is_2(self, articles):
        assert run("compare", articles, "--format", "xml").exit_code == 2
        assert run("compare").exit_code == 2

    def test_an_interruption_is_130_in_one_line(self, articles, compared, monkeypatch):
        def interrupted(*_, **__):
            raise KeyboardInterrupt

        monkeypatch.setattr(engine, "compare", interrupted)
        result = run("compare", articles)
        assert (result.exit_code, result.stderr) == (130, "dedup: interrupted while reading; nothing was written\n")

    def test_an_error_shows_no_control_character_of_a_name(self, articles, compared, monkeypatch):
        def fails(*_, **__):
            raise ReadError("\x1b[2J.txt: broken")

        monkeypatch.setattr(engine, "compare", fails)
        assert run("compare", articles).stderr == "dedup: ␛[2J.txt: broken\n"


class TestSettings:
    def test_the_command_line_outranks_the_file_and_the_file_the_defaults(self, articles, compared, tmp_path):
        (tmp_path / "dedup.toml").write_text('threshold = 0.7\nmin_recall = 0.9\nrelation = ["rewritten"]\n')
        assert run("compare", articles, "--min-recall", "0.95", "--all-pairs").exit_code == 0
        expected = Settings(threshold=0.7, min_recall=0.95, relation=(Relation.REWRITTEN,), all_pairs=True)
        assert compared["settings"] == expected

    def test_a_named_file_is_taken_instead_of_a_near_one(self, articles, compared, tmp_path):
        (tmp_path / "dedup.toml").write_text("threshold = 0.7\n")
        (tmp_path / "other.toml").write_text("threshold = 0.8\n")
        assert run("compare", articles, "--config", tmp_path / "other.toml").exit_code == 0
        assert compared["settings"].threshold == 0.8

    def test_a_table_in_pyproject_counts(self, articles, compared, tmp_path):
        (tmp_path / "pyproject.toml").write_text("[tool.dedup]\nthreshold = 0.6\n")
        assert run("compare", articles).exit_code == 0
        assert compared["settings"].threshold == 0.6

    def test_an_unknown_key_is_2_and_named_with_its_file(self, articles, compared, tmp_path):
        (tmp_path / "dedup.toml").write_text("treshold = 0.7\n")
        result = run("compare", articles)
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert "dedup.toml: no setting 'treshold'" in result.stderr

    def test_a_missing_settings_file_is_2(self, articles, compared, tmp_path):
        assert run("compare", articles, "--config", tmp_path / "no.toml").exit_code == 2


class TestPair:
    def test_the_verdict_and_the_passages_are_shown(self, articles, judged):
        result = run("pair", articles / "a.txt", articles / "b.txt")
        assert result.exit_code == 0
        assert result.stdout.startswith("rewritten · 0.97")
        assert "1 ■ edited  left 0–9  right 0–9" in result.stdout
        assert "evidence" not in result.stdout

    def test_explain_adds_the_evidence(self, articles, judged):
        files = (articles / "a.txt", articles / "b.txt")
        assert "its length" in run("pair", *files, "--explain").stdout
        result = json.loads(run("pair", *files, "--explain", "-f", "json", "--with-texts").stdout)
        assert result["evidence"]["left"] == {"tokens": 20}
        assert result["matches"] == [rewritten("a.txt", "b.txt").to_dict()]
        assert set(result["texts"]) == {"a.txt", "b.txt"}

    def test_the_other_formats_hold_the_one_match(self, articles, judged):
        files = (articles / "a.txt", articles / "b.txt")
        assert json.loads(run("pair", *files, "-f", "jsonl").stdout)["left"] == "a.txt"
        assert len(run("pair", *files, "-f", "csv").stdout.splitlines()) == 2

    def test_files_of_one_name_are_told_apart_by_their_paths(self, tmp_path, judged):
        for folder in ("new", "old"):
            (tmp_path / folder).mkdir()
            (tmp_path / folder / "a.txt").write_text(FOG)
        match = json.loads(run("pair", "new/a.txt", "old/a.txt", "-f", "jsonl").stdout)
        assert (match["left"], match["right"]) == ("new/a.txt", "old/a.txt")

    def test_one_side_may_be_standard_input(self, articles, judged):
        match = json.loads(run("pair", "-", articles / "b.txt", "-f", "jsonl", stdin=FOG).stdout)
        assert (match["left"], match["right"]) == ("stdin", "b.txt")
        assert run("pair", "-", "-", stdin=FOG).exit_code == 2

    def test_a_file_of_several_documents_is_no_side_of_a_pair(self, articles, tmp_path, judged):
        many = tmp_path / "many.jsonl"
        many.write_text("".join(json.dumps({"id": name, "text": FOG}) + "\n" for name in "abc"))
        result = run("pair", many, articles / "a.txt")
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert "holds 3 documents" in result.stderr

    def test_a_file_that_cannot_be_read_is_2_and_named(self, articles, judged):
        (articles / "c.txt").write_bytes(b"\x00\x01\x02" * 50)
        result = run("pair", articles / "c.txt", articles / "a.txt")
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert "c.txt" in result.stderr

    def test_a_forbidden_relation_is_1(self, articles, judged):
        files = (articles / "a.txt", articles / "b.txt")
        assert run("pair", *files, "--fail-on", "derived").exit_code == 1
        assert run("pair", *files, "--fail-on", "unrelated").exit_code == 0


def test_the_whole_way_from_files_to_a_verdict(articles):
    (articles / "c.txt").write_text("Apples are cheap this year because the summer was long and the nights were mild.")
    result = run("compare", articles, "-f", "json")
    assert result.exit_code == 0
    [match] = json.loads(result.stdout)["matches"]
    assert (match["left"], match["right"], match["derived"]) == ("a.txt", "b.txt", True)
    page = run("pair", articles / "a.txt", articles / "b.txt", "--explain")
    assert page.exit_code == 0
    assert "■" in page.stdout


class TestBaseAndModel:
    def test_templates_and_a_model_reach_the_comparison(self, articles, compared, tmp_path):
        (tmp_path / "letter.txt").write_text("Thank you for writing to us.")
        (tmp_path / "more").mkdir()
        (tmp_path / "more" / "form.md").write_text("Fill in this form.")
        Model.shipped().write(tmp_path / "model.json")
        options = ("--base", tmp_path / "letter.txt", "--base", tmp_path / "more", "--model", tmp_path / "model.json")
        assert run("compare", articles, *options).exit_code == 0
        assert compared["settings"].base == ("Thank you for writing to us.", "Fill in this form.")
        assert compared["settings"].model.digest == Model.shipped().digest

    def test_a_pair_takes_them_from_the_settings_file_too(self, articles, judged, tmp_path):
        (tmp_path / "letter.txt").write_text("Thank you for writing to us.")
        (tmp_path / "dedup.toml").write_text('base = "letter.txt"\n')
        result = run("pair", articles / "a.txt", articles / "b.txt", "--format", "json")
        assert json.loads(result.stdout)["header"]["settings"]["base"]["texts"] == 1

    @pytest.mark.parametrize("option", ["--base", "--model"])
    def test_a_path_that_is_not_there_is_one_line_and_2(self, articles, compared, option):
        result = run("compare", articles, option, "absent.json")
        assert result.exit_code == 2
        assert "absent.json" in result.stderr and len(result.stderr.splitlines()) == 1

    def test_json_and_table_say_what_a_score_does_not_prove(self, articles, compared, judged):
        for command in (["compare", articles], ["pair", articles / "a.txt", articles / "b.txt"]):
            assert "Limits: a score says" in " ".join(run(*command).stdout.split())
            assert json.loads(run(*command, "--format", "json").stdout)["header"]["limits"] == list(LIMITS)


class TestTrain:
    @pytest.fixture
    def trained(self, monkeypatch):
        """A stand-in for the fit; what it was called with."""
        calls = {}
        before = Measured((0.8, 0.7, 0.9), (0.9, 0.8, 1.0), (0.12, 0.1, 0.2), None)

        def train(documents, labels, *, settings, jobs):
            calls.update(documents=documents, labels=labels)
            return Training(Model.shipped(), 120, 50, 8, 2, calls.get("fitted", before), before)

        monkeypatch.setattr(fitting, "train", train)
        monkeypatch.setattr(progress, "compilation_notice", lambda: None)
        return calls

    @pytest.fixture
    def labels(self, tmp_path):
        path = tmp_path / "labels.csv"
        path.write_text("left,right,derived\na.txt,b.txt,yes\n")
        return path

    def test_the_model_is_written_and_how_well_it_does_is_said(self, articles, labels, trained, tmp_path):
        trained["fitted"] = Measured((0.85, 0.75, 0.9), (0.93, 0.8, 1.0), (0.11, 0.1, 0.2), 0.97)
        result = run("train", labels, articles, "--output", "model.json")
        assert result.exit_code == 0
        assert "120 labelled pairs, 50 of them derived, of 8 families; 2 pairs of equal texts left out" in result.stdout
        assert "0.850" in result.stdout and "keep the one you have" not in result.stdout
        assert Model.read(tmp_path / "model.json").digest == Model.shipped().digest
        assert [document.id for document in trained["documents"]] == ["a.txt", "b.txt"]

    def test_a_model_that_is_no_better_is_said_to_be_so(self, articles, labels, trained):
        assert "keep the one you have" in run("train", labels, articles, "-o", "model.json").stdout

    def test_too_few_labels_are_one_line_and_2(self, articles, labels):
        result = run("train", labels, articles, "-o", "model.json")
        assert result.exit_code == 2
        assert "at least 20 of each" in result.stderr and not Path("model.json").exists()

    def test_a_destination_that_cannot_be_is_said_before_the_work(self, articles, labels, trained):
        result = run("train", labels, articles, "-o", "absent/model.json")
        assert result.exit_code == 2 and "labels" not in trained
