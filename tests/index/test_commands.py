"""``dedup index``, and ``dedup compare --against`` an index."""

import json

import pytest
from typer.testing import CliRunner

from dedup import compare
from dedup.cli import app
from dedup.index import Index
from tests.index.texts import WIRE

OTHER = "Orchestras tune to the oboe, for it holds its note."


@pytest.fixture(autouse=True)
def articles(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder, name, text in (("old", "a.txt", WIRE), ("old", "b.txt", OTHER), ("new", "c.txt", WIRE + " Late.")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / name).write_text(text)


def run(*arguments, code=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == code, result.output
    return result


def test_add_query_remove_and_compact():
    assert "2 documents added, 2 in x.dedup" in run("index", "add", "x.dedup", "old").stderr
    [match] = map(json.loads, run("index", "query", "x.dedup", "new", "-f", "jsonl").stdout.splitlines())
    assert (match["left"], match["right"], match["derived"]) == ("c.txt", "a.txt", True)
    run("index", "query", "x.dedup", "new", "--fail-on", match["relation"], code=1)
    assert "1 documents removed, 1 in x.dedup" in run("index", "remove", "x.dedup", "a.txt").stderr
    assert "has no document 'a.txt'" in run("index", "remove", "x.dedup", "a.txt", code=2).stderr
    run("index", "compact", "x.dedup")
    assert "no matches" in run("index", "query", "x.dedup", "new", "-f", "jsonl").stderr


def test_an_index_can_be_what_is_compared_against():
    run("index", "add", "x.dedup", "old")
    ours = run("compare", "new", "--against", "x.dedup", "-f", "jsonl").stdout
    assert ours == run("index", "query", "x.dedup", "new", "-f", "jsonl").stdout != ""
    other = run("compare", "new", "--against", "x.dedup", "-f", "jsonl", "--threshold", "0.9")
    assert other.stdout == ours and "was made with another threshold, which counts" in other.stderr


def test_compare_finds_what_compare_finds(tmp_path):
    run("index", "add", "x.dedup", "old", "new")
    found = run("index", "compare", "x.dedup", "-f", "jsonl", "--families", "f.jsonl").stdout.splitlines()
    assert sorted(json.loads((tmp_path / "f.jsonl").read_text())["documents"]) == ["a.txt", "c.txt"]
    assert [json.loads(line) for line in found] == [
        match.to_dict() for match in compare([("a.txt", WIRE), ("b.txt", OTHER), ("c.txt", WIRE + " Late.")]).matches
    ]
    mark = json.loads(run("index", "info", "x.dedup").stdout)["mark"]
    assert run("index", "compare", "x.dedup", "-f", "jsonl", "--since", mark).stdout == ""


def test_refresh_rebuild_and_verify_say_how_it_went():
    run("index", "add", "x.dedup", "old", "--fast")
    before = json.loads(run("index", "info", "x.dedup").stdout)
    assert "of 2 documents" in run("index", "refresh", "x.dedup").stderr
    after = json.loads(run("index", "info", "x.dedup").stdout)
    assert before["statistics"] != after["statistics"] and after["changes_since_refresh"] == 0
    run("index", "rebuild", "x.dedup")
    assert "all is well" in run("index", "verify", "x.dedup").stderr
    with Index.open("x.dedup") as index:
        index._core.database._execute("UPDATE documents SET metadata = '{}x' WHERE id = ?", (b"a.txt",))
    assert "'a.txt': the stored document is damaged" in run("index", "verify", "x.dedup", code=1).stderr


def test_settings_are_settled_when_an_index_is_made():
    run("index", "add", "x.dedup", "old", "--threshold", "0.7", "--no-store-text")
    info = json.loads(run("index", "info", "x.dedup").stdout)
    assert info["settings"]["threshold"] == 0.7 and info["texts"] is False
    run("index", "add", "x.dedup", "new")
    assert "threshold 0.6, not 0.7" in run("index", "add", "x.dedup", "new", "--threshold", "0.6", code=2).stderr
    assert "without texts" in run("index", "query", "x.dedup", "new", code=2).stderr


@pytest.mark.parametrize("command", ["query", "compare", "remove", "refresh", "info", "verify", "compact", "rebuild"])
def test_what_is_no_index_is_said_to_be_none(command):
    further = {"query": ["new"], "remove": ["a"]}.get(command, [])
    assert "nothing.dedup: is no index" in run("index", command, "nothing.dedup", *further, code=2).stderr


def test_nothing_to_add_is_bad_usage(tmp_path):
    (tmp_path / "empty").mkdir()
    assert "nothing to add" in run("index", "add", "x.dedup", "empty", code=2).stderr
