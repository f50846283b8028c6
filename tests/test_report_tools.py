"""What other programs read: JSON by its schema, SARIF, CSV that no spreadsheet runs, Parquet, the baseline.

SARIF is checked against a schema of what we write of it, and where it is there, against the full one: the npm package
@microsoft/sarif-multitool-linux has it (``npm install --prefix .venv``), or DEDUP_SARIF_SCHEMA names it.
"""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dedup import Settings, compare, explain_pair
from dedup.alignment import Passage, PassageKind
from dedup.cli import app
from dedup.comparison import Comparison, Stage
from dedup.documents import Document
from dedup.errors import DedupError, Skipped
from dedup.matches import Family, Match, Origin, Relation
from dedup.report.anonymous import Names
from dedup.report.baseline import new_matches, read_baseline, write_baseline
from dedup.report.records import write_csv
from dedup.report.sarif import Place, write_sarif

ROOT = Path(__file__).parents[1]
RESULTS = json.loads((ROOT / "docs" / "schema" / "results.schema.json").read_text("utf-8"))
BASELINE = json.loads((ROOT / "docs" / "schema" / "baseline.schema.json").read_text("utf-8"))
SARIF = json.loads((ROOT / "tests" / "schemas" / "sarif-subset.json").read_text("utf-8"))
FULL_SARIF = Path(
    os.environ.get("DEDUP_SARIF_SCHEMA", ROOT / ".venv/node_modules/@microsoft/sarif-multitool-linux/sarif-2.1.0.json")
)
FOG = "Dense fog closed the harbour at Port Ellery on Monday, and the ferry Aurelia ran aground with 214 on board."


def check(value, schema):
    jsonschema.Draft202012Validator(schema).validate(value)


def a_match(left, right, relation=Relation.REWRITTEN, passages=(), **further):
    values = {
        "probability": 0.97,
        "relation_probabilities": {relation: 0.97},
        "origin": Origin.UNDECIDED,
        "source": None,
        "origin_probability": 0.0,
        "jaccard": 0.11,
        "left_containment": 0.15,
        "right_containment": 0.31,
        "cosine": 0.45,
        "left_coverage": 0.52,
        "right_coverage": 0.93,
        "reasons": ("the same facts in the same order",),
    }
    return Match(left=left, right=right, relation=relation, passages=tuple(passages), **(values | further))


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def articles(tmp_path, monkeypatch):
    """A folder with a copy in it; the settings of no other place."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text(FOG)
    (folder / "b.txt").write_text(FOG + " Nobody was hurt.")
    (folder / "c.txt").write_text("Apples are cheap this year because the summer was long and the nights were mild.")
    return folder


class TestSchema:
    def test_the_schemas_are_schemas(self):
        for schema in (RESULTS, BASELINE, SARIF):
            jsonschema.Draft202012Validator.check_schema(schema)

    def test_a_comparison_and_its_lines_keep_to_it(self, articles):
        result = json.loads(run("compare", articles, "-f", "json", "--with-texts").stdout)
        assert result["matches"]
        check(result, RESULTS)
        [line] = run("compare", articles, "-f", "jsonl").stdout.splitlines()
        check(
            json.loads(line),
            RESULTS
            | {
                "$ref": "#/$defs/match",
                "type": "object",
                "properties": {},
                "required": [],
                "additionalProperties": True,
            },
        )

    def test_a_pair_with_its_evidence_keeps_to_it(self, articles):
        result = run("pair", articles / "a.txt", articles / "c.txt", "-f", "json", "--explain", "--with-texts")
        check(json.loads(result.stdout), RESULTS)

    def test_nothing_found_keeps_to_it(self, tmp_path, articles):
        (articles / "b.txt").unlink()
        check(json.loads(run("compare", articles, "-f", "json").stdout), RESULTS)

    def test_it_has_the_names_of_a_match_and_no_others(self):
        assert list(RESULTS["$defs"]["match"]["properties"]) == list(a_match("a", "b").to_dict())
        assert RESULTS["$defs"]["relation"]["enum"] == list(Relation)
        assert RESULTS["$defs"]["passage"]["properties"]["kind"]["enum"] == list(PassageKind)


SCHEMAS = [SARIF, *([json.loads(FULL_SARIF.read_text("utf-8"))] if FULL_SARIF.is_file() else [])]
VALIDATORS = [jsonschema.Draft202012Validator(schema) for schema in SCHEMAS]


def sarif_of(matches, documents, **further):
    stream = io.StringIO()
    write_sarif(stream, matches=matches, documents={item.id: item for item in documents}, **further)
    log = json.loads(stream.getvalue())
    for validator in VALIDATORS:
        validator.validate(log)
    return log["runs"][0]


class TestSarif:
    def test_a_clean_run_has_an_empty_list_of_results(self, articles):
        (articles / "b.txt").unlink()
        log = json.loads(run("compare", articles, "--format", "sarif").stdout)
        check(log, SARIF)
        assert log["runs"][0]["results"] == []

    def test_a_result_stands_at_the_derived_text_by_line_and_column(self):
        left, right = Document("a b.txt", f"Head 🚢\r\n\r\n{FOG}"), Document("c.txt", f"{FOG}\nFoot")
        start = left.text.index("Dense")
        match = a_match(
            "a b.txt",
            "c.txt",
            passages=[Passage(start, start + len(FOG), 0, len(FOG), PassageKind.VERBATIM, 1.0)],
            origin=Origin.RIGHT,
            source="c.txt",
        )
        [result] = sarif_of([match], [left, right], locate=lambda document: Place(f"news/{document.id}", 2))["results"]
        here, there = result["locations"][0]["physicalLocation"], result["relatedLocations"][0]["physicalLocation"]
        assert here["artifactLocation"]["uri"] == "news/a%20b.txt"
        assert here["region"] == {"startLine": 5, "startColumn": 1, "endLine": 5, "endColumn": len(FOG) + 1}
        assert there["region"]["startLine"] == 3
        assert (result["ruleId"], result["level"]) == ("rewritten", "warning")

    def test_lines_are_those_of_the_files(self, articles):
        front = "---\ntitle: Fog\n---\n"
        (articles / "b.txt").rename(articles / "b.md")
        (articles / "b.md").write_text(f"{front}Yesterday.\n\n{FOG}\n")
        [result] = json.loads(run("compare", "articles", "-f", "sarif").stdout)["runs"][0]["results"]
        places = [result["locations"][0], result["relatedLocations"][0]]
        spots = {place["physicalLocation"]["artifactLocation"]["uri"]: place["physicalLocation"] for place in places}
        assert spots["articles/b.md"]["region"]["startLine"] == 6
        assert spots["articles/a.txt"]["region"]["startLine"] == 1

    def test_its_fingerprint_stays_when_the_texts_change(self):
        prints = [
            sarif_of([a_match("a", "b")], [Document("a", text), Document("b", text)])["results"][0][
                "partialFingerprints"
            ]
            for text in ("fog", "more fog")
        ]
        assert prints[0] == prints[1]

    def test_what_is_not_derived_is_a_note_and_what_was_skipped_is_told(self):
        documents = [Document("a", "x"), Document("b", "y")]
        made = sarif_of([a_match("a", "b", Relation.SAME_STORY)], documents, skipped=[Skipped("x.bin", "binary")])
        assert made["results"][0]["level"] == "note"
        assert "x.bin" in made["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]

    @given(st.text(st.characters(exclude_categories=[]), min_size=1), st.text(min_size=1))
    def test_any_id_gives_a_valid_log(self, left, text):
        right = left + "x"
        match = a_match(left, right, passages=[Passage(0, len(text), 0, len(text), PassageKind.VERBATIM, 1.0)])
        sarif_of([match], [Document(left, text), Document(right, text)], locate=lambda document: Place(document.id, 0))


class TestCsv:
    @pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
    def test_an_id_that_a_spreadsheet_would_run_gets_an_apostrophe(self, first):
        stream = io.StringIO(newline="")
        write_csv([a_match(f"{first}cmd|' /C calc'!A0", "b", source=f"{first}1", origin=Origin.LEFT)], stream)
        [row] = csv.DictReader(io.StringIO(stream.getvalue(), newline=""))
        assert (row["left"][0], row["source"][0], row["right"]) == ("'", "'", "b")
        assert float(row["probability"]) == 0.97


class TestParquet:
    def test_it_holds_the_matches(self, articles, tmp_path):
        parquet = pytest.importorskip("pyarrow.parquet")
        assert run("compare", articles, "-o", tmp_path / "m.parquet").exit_code == 0
        [row] = parquet.read_table(tmp_path / "m.parquet").to_pylist()
        [line] = run("compare", articles, "-f", "jsonl").stdout.splitlines()
        assert row == json.loads(line)

    def test_it_needs_a_file(self, articles):
        result = run("compare", articles, "-f", "parquet")
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def documents_of(**texts):
    return {name: Document(name, text) for name, text in texts.items()}


class TestBaseline:
    documents = documents_of(a="fog", b="fog, again", c="more fog")

    def accepted(self, tmp_path, matches, documents):
        write_baseline(tmp_path / "baseline.json", matches, documents)
        check(json.loads((tmp_path / "baseline.json").read_text("utf-8")), BASELINE)
        return read_baseline(tmp_path / "baseline.json")

    def test_what_it_accepts_is_not_new_and_the_rest_is(self, tmp_path):
        accepted = self.accepted(tmp_path, [a_match("a", "b")], self.documents)
        found = [a_match("a", "b"), a_match("a", "c")]
        assert new_matches(found, accepted, self.documents) == found[1:]

    def test_an_accepted_pair_stays_so_when_its_texts_or_its_relation_change(self, tmp_path):
        accepted = self.accepted(tmp_path, [a_match("a", "b")], self.documents)
        later = documents_of(a="another text", b="and another")
        assert new_matches([a_match("b", "a", Relation.SYNDICATED)], accepted, later) == []

    def test_a_pair_that_was_no_copy_and_now_is_one_is_new(self, tmp_path):
        accepted = self.accepted(tmp_path, [a_match("a", "b", Relation.SAME_STORY)], self.documents)
        assert new_matches([a_match("a", "b", Relation.SAME_STORY)], accepted, self.documents) == []
        assert len(new_matches([a_match("a", "b")], accepted, self.documents)) == 1

    def test_a_renamed_file_is_not_new_a_further_copy_is(self, tmp_path):
        accepted = self.accepted(tmp_path, [a_match("a", "b")], self.documents)
        renamed = documents_of(a="fog", z="fog, again")
        assert new_matches([a_match("a", "z")], accepted, renamed) == []
        copied = documents_of(a="fog", b="fog, again", z="fog, again")
        assert new_matches([a_match("a", "b"), a_match("a", "z")], accepted, copied) == [a_match("a", "z")]
        both = documents_of(a="fog", y="fog, again", z="fog, again")
        assert len(new_matches([a_match("a", "y"), a_match("a", "z")], accepted, both)) == 1

    def test_the_file_is_the_same_in_any_order(self, tmp_path):
        matches = [a_match("b", "c"), a_match("a", "b")]
        files = tmp_path / "one.json", tmp_path / "other.json"
        write_baseline(files[0], matches, self.documents)
        write_baseline(files[1], matches[::-1], self.documents)
        assert files[0].read_bytes() == files[1].read_bytes()
        assert len(files[0].read_text().splitlines()) == 2 + len(matches)

    @pytest.mark.parametrize(
        "content", ["", "[]", "{}", '{"baseline": 9, "matches": []}', '{"baseline": 1, "matches": [1]}']
    )
    def test_another_file_is_refused_in_words(self, tmp_path, content):
        (tmp_path / "x.json").write_text(content)
        with pytest.raises(DedupError, match="make it anew"):
            read_baseline(tmp_path / "x.json")

    def test_the_command_fails_only_on_what_is_new(self, articles):
        options = ("compare", "articles", "--baseline", "accepted.json")
        assert run(*options).exit_code == 2
        assert run(*options, "--update-baseline", "--fail-on", "derived").exit_code == 0
        result = run(*options, "--fail-on", "derived")
        assert result.exit_code == 0
        assert result.stdout.startswith("3 documents, no matches\n")
        assert "1  matches in the baseline" in result.stderr
        (articles / "d.txt").write_text(FOG + " Trains ran.")
        result = run(*options, "--fail-on", "derived", "-f", "jsonl")
        assert result.exit_code == 1
        assert all(
            "d.txt" in (json.loads(line)["left"], json.loads(line)["right"]) for line in result.stdout.splitlines()
        )

    def test_to_update_it_must_be_named(self, articles):
        result = run("compare", "articles", "--update-baseline")
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


class TestWithoutNames:
    def test_no_format_tells_them(self, articles):
        for chosen in ("table", "json", "jsonl", "csv", "sarif", "html"):
            result = run("compare", "articles", "-f", chosen, "--anonymise")
            assert result.exit_code == 0
            assert "document" in result.stdout
            assert ".txt" not in result.stdout
            assert "a.txt" not in run("pair", "articles/a.txt", "articles/b.txt", "-f", chosen, "--anonymise").stdout

    def test_the_order_of_the_sides_and_the_direction_stay(self):
        documents = {name: Document(name, FOG, outlet="Courier") for name in ("b", "a", "c")}
        match = a_match(
            "a", "b", origin=Origin.RIGHT, source="b", reasons=("both stand closer to c than to each other",)
        )
        comparison = Comparison(
            [match],
            [Family("b", ("b", "a"))],
            documents,
            [Skipped("a", "why")],
            [Stage("documents", 3)],
            Settings(),
            "0",
        ).anonymised()
        [told] = comparison.matches
        assert (told.left, told.right, told.source) == ("document 1", "document 2", "document 2")
        assert told.reasons == ("both stand closer to document 3 than to each other",)
        assert comparison.families == [Family("document 2", ("document 2", "document 1"))]
        assert comparison.skipped == [Skipped("input 1", "left out")]

    def test_figures_in_reasons_are_not_taken_for_ids(self):
        reasons = (
            "3 of the left text's 5 names and numbers stand in the right one",
            "taken together, the texts of the story make both of one lineage with 3 and 5 more",
            "5 is likelier to be the source of 3",
        )
        names = Names([Document("3", "x"), Document("5", "y"), Document("the", "z")])
        [told] = names.matches([a_match("3", "5", reasons=reasons)])
        assert told.reasons == (
            reasons[0],
            "taken together, the texts of the story make both of one lineage with document 1 and 5 more",
            "document 2 is likelier to be the source of document 1",
        )


def test_a_comparison_writes_every_form(tmp_path):
    comparison = compare([("a", FOG), ("b", FOG + " Nobody was hurt.")])
    for suffix in ("html", "sarif", "json", "jsonl", "csv"):
        comparison.write(tmp_path / f"found.{suffix}")
        assert (tmp_path / f"found.{suffix}").stat().st_size
    with pytest.raises(DedupError, match="no such form"):
        comparison.write(tmp_path / "found.docx")


def test_the_evidence_of_a_pair_is_plain_values():
    json.dumps(explain_pair(FOG, FOG)[1].to_dict())
