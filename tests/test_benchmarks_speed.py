"""The benchmark's own exact join, its comparison of reports, and its page."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.compare import compare
from benchmarks.generate.articles import Articles
from benchmarks.generate.plan import Recipe
from benchmarks.generate.write import write
from benchmarks.speed import first_run
from benchmarks.speed.__main__ import main
from benchmarks.speed.processes import run_worker
from benchmarks.speed.statistics import noise, summarise
from benchmarks.speed.truth import SPLITS, exact_join, score
from benchmarks.speed.worker import packed, read_texts
from tests.reference.join import jaccard_pairs
from tools import make_benchmarks_page

TEXTS = st.lists(st.lists(st.sampled_from("a b c d e f g h".split()), max_size=12).map(" ".join), max_size=12)


def unpacked(pairs) -> set[tuple[int, int]]:
    return {(int(pair) >> 32, int(pair) & 0xFFFFFFFF) for pair in pairs}


@given(TEXTS, st.sampled_from([1, 2, 3]), st.sampled_from([0.3, 0.5, 0.7, 1.0]))
def test_the_join_finds_all_pairs_and_no_others(texts, size, threshold):
    wanted = jaccard_pairs([text.split(" ") for text in texts], size, threshold)
    assert unpacked(exact_join(texts, "lowercase", size, threshold)) == wanted


@given(TEXTS)
def test_the_join_on_dedups_own_tokens_finds_the_same_in_plain_words(texts):
    wanted = jaccard_pairs([text.split() for text in texts], 2, 0.5)
    assert unpacked(exact_join(texts, "dedup", 2, 0.5)) == wanted


@pytest.mark.parametrize("tokens", SPLITS)
def test_the_join_follows_what_each_program_takes_for_a_word(tokens):
    texts = ["Fog, fog and rain\n\nat Sea", "FOG -- fog and rain at sea", "fog  fog and rain at sea."]
    wanted = jaccard_pairs([SPLITS[tokens](text) for text in texts], 2, 0.5)
    assert unpacked(exact_join(texts, tokens, 2, 0.5)) == wanted


def test_pairs_are_packed_once_whatever_their_order():
    assert unpacked(packed(np.array([3, 1, 2, 3]), np.array([1, 3, 2, 1]))) == {(1, 3)}


def test_documents_are_judged_by_having_any_near_duplicate():
    truth = packed(np.array([0, 4]), np.array([1, 5]))
    assert score(np.array([0, 1, 9], np.uint64), truth, "members") == (0.5, 2 / 3)


def test_nothing_to_find_and_nothing_found_is_right():
    assert score(np.empty(0, np.uint64), np.empty(0, np.uint64), "pairs") == (1.0, 1.0)


def test_an_engines_process_measures_the_texts_of_the_digest_and_no_others(tmp_path):
    recipe = Recipe(60, words=60, largest_family=5)
    summary = write(Articles(recipe), recipe, tmp_path / "a.jsonl")
    found = tmp_path / "found.npy"
    options = ["--texts", str(tmp_path / "a.jsonl"), "--point", "wide", "--threads", "1", "--found", str(found)]
    module = "benchmarks.speed.engines.with_dedup"
    result = run_worker(sys.executable, module, [*options, "--digest", str(summary["digest"])], 1)
    truth = exact_join(list(read_texts(tmp_path / "a.jsonl")), "dedup", 3, 0.5)
    assert score(np.load(found), truth, "pairs") == (1.0, 1.0) and len(truth)
    assert list(result["stages"]) == list(result["processor_stages"]) == ["signatures", "pairs", "verification"]
    with pytest.raises(RuntimeError, match="not the texts of digest"):
        run_worker(sys.executable, module, [*options, "--digest", "0"], 1)


def report(*, time=1.0, spread=0.0, memory=100.0, recall=0.99, processor="one", digest="d", waited=1.0):
    metrics = {
        "total": {"value": time, "kind": "time", "noise": spread},
        "memory": {"value": memory, "kind": "memory", "noise": 0.0},
        "recall": {"value": recall, "kind": "share", "noise": 0.0},
    }
    machine = {"processor": processor}
    return {"metrics": metrics, "machine": machine, "texts": {"digest": digest}, "waited": waited}


def worse(old, new) -> set[str]:
    return {change.name for change in compare(old, new)[0] if change.verdict == "worse"}


def test_the_same_report_is_not_worse():
    assert worse(report(), report()) == set()


def test_a_fifth_more_time_is_worse():
    assert worse(report(), report(time=1.2)) == {"total"}


def test_a_fifth_more_time_within_four_errors_is_not_worse():
    assert worse(report(spread=0.03), report(time=1.2, spread=0.045)) == set()


def test_memory_doubled_is_worse():
    assert worse(report(), report(memory=200.0)) == {"memory"}


def test_recall_lost_is_worse_however_small():
    assert worse(report(), report(recall=0.989)) == {"recall"}


def test_less_time_is_better():
    changes, _ = compare(report(), report(time=0.5))
    assert [change.verdict for change in changes] == ["better", "same", "same"]


def test_times_of_another_processor_are_given_room_and_said_to_be():
    changes, notes = compare(report(), report(time=1.2, processor="two"))
    assert [change.verdict for change in changes] == ["same"] * 3
    assert notes == ["another processor (one): times may differ by 100%"]


def test_times_of_a_disturbed_run_are_given_room_and_said_to_be():
    changes, notes = compare(report(), report(time=1.15, waited=1.5))
    assert [change.verdict for change in changes] == ["same"] * 3
    assert notes == ["a run waited for other programs: times may differ by 16%"]


def test_reports_of_other_texts_are_refused():
    with pytest.raises(ValueError, match="different texts"):
        compare(report(), report(digest="e"))


def test_a_figure_that_is_gone_is_named():
    less = report()
    del less["metrics"]["memory"]
    assert compare(report(), less)[1] == ["memory: no longer measured"]


def test_one_slow_run_does_not_make_the_noise():
    assert noise([1.0, 1.01, 0.99, 1.0, 9.0]) < 0.01


def test_a_summary_keeps_all_values_in_order():
    assert summarise([0.3, 0.1]) == {"median": 0.2, "least": 0.1, "largest": 0.3, "values": [0.3, 0.1]}


def test_page_and_readme_are_as_the_reports_have_it():
    assert make_benchmarks_page.PAGE.read_text(encoding="utf-8") == make_benchmarks_page.page()
    readme = make_benchmarks_page.README.read_text(encoding="utf-8")
    assert make_benchmarks_page.with_table(readme) == readme


def test_every_row_has_recall_and_precision_beside_its_speed():
    for path in make_benchmarks_page.FIGURES.glob("speed-*.json"):
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        assert rows and all(0 <= row["recall"] <= 1 and 0 <= row["precision"] <= 1 for row in rows)


def test_the_first_run_is_measured_by_name(monkeypatch: pytest.MonkeyPatch):
    asked: list[bool] = []
    monkeypatch.setattr(first_run, "measure", lambda *, short: asked.append(short))
    assert main(["first-run", "--short"]) == 0
    assert asked == [True]
