"""The gate holds figures against floors, and floors are not lowered by accident."""

from __future__ import annotations

import pytest

from benchmarks.quality.floors import check, floor_under, read_floors, update, write_floors
from benchmarks.quality.score import Figure, Score, Table, render


def score(value=0.9, *, digest="d1", partial=False, **figures):
    named = {"pan.entire": Figure(value), "pan.seconds": Figure(9.0, gated=False)}
    named.update({name: Figure(number) for name, number in figures.items()})
    return Score("pan", named, (), digest=digest, partial=partial)


def floors(figures=None, digest="d1"):
    return {"pan": {"digest": digest, "slack": 0.005, "figures": figures or {"pan.entire": 0.895}}}


def test_a_figure_on_its_floor_passes():
    assert check([score(0.895)], floors()) == []


def test_a_figure_under_its_floor_fails():
    (failure,) = check([score(0.8949)], floors())
    assert failure.startswith("pan.entire: 0.8949 is under its floor of 0.895")


def test_another_corpus_fails_even_when_its_figures_are_better():
    (failure,) = check([score(0.99, digest="d2")], floors())
    assert "not those that the floors were measured on" in failure


def test_a_figure_that_is_no_longer_measured_fails():
    assert check([score()], floors({"pan.entire": 0.8, "pan.random": 0.8})) == [
        "pan.random: no longer measured; its floor is 0.8"
    ]


def test_a_sample_and_a_corpus_without_floors_cannot_fail():
    assert check([score(0.1, partial=True)], floors()) == []
    assert check([score(0.1)], {}) == []


@pytest.mark.parametrize(("value", "floor"), [(0.9, 0.895), (0.998, 0.997), (1.0, 1.0), (0.0, -0.005)])
def test_a_floor_stands_a_little_under_the_figure_and_perfection_has_no_slack(value, floor):
    assert floor_under(value) == floor


def test_update_sets_floors_for_gated_figures_only():
    renewed, refused = update([score(0.9)], {})
    assert refused == []
    assert renewed == floors()


def test_update_refuses_to_lower_a_floor_and_then_changes_nothing():
    before = floors({"pan.entire": 0.95})
    renewed, refused = update([score(0.9, better=0.99)], before)
    assert renewed == before
    assert refused == ["pan.entire: 0.9000 would lower the floor of 0.95"]


def test_update_refuses_to_drop_a_figure():
    _, refused = update([score(0.9)], floors({"pan.entire": 0.8, "pan.random": 0.8}))
    assert refused == ["pan.random: no longer measured; its floor is 0.8"]


def test_update_never_lowers_a_floor_that_the_figure_still_holds():
    renewed, _ = update([score(0.897)], floors())
    assert renewed["pan"]["figures"]["pan.entire"] == 0.895


def test_a_figure_below_zero_gets_a_floor_below_it():
    renewed, _ = update([score(-0.4)], {})
    assert check([score(-0.4)], renewed) == []


def test_update_with_lower_sets_what_was_measured():
    renewed, refused = update([score(0.5)], floors(), lower=True)
    assert refused == []
    assert renewed["pan"]["figures"] == {"pan.entire": 0.495}


def test_update_leaves_partly_measured_and_unmeasured_corpora_alone():
    before = {**floors(), "other": {"digest": "x", "figures": {"o": 0.5}, "slack": 0.005}}
    renewed, _ = update([score(0.99, partial=True)], before)
    assert renewed == before


def test_floors_survive_being_written(tmp_path):
    path = tmp_path / "floors.json"
    write_floors(floors(), path)
    assert read_floors(path) == floors()
    assert read_floors(tmp_path / "none.json") == {}


def test_a_long_table_is_cut_with_a_count():
    lines = render(Table("t", ("n",), tuple((number,) for number in range(5))), most=2).splitlines()
    assert lines[-1].strip() == "… and 3 more, in the JSON"
    assert render(Table("t", ("n",), ())) == "t\n  none"
