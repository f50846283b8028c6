"""Direction: what in two texts says who was first, and what a third text adds."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from dedup import Document, Origin, compare_pair, explain_pair
from dedup.direction import directed, judge_direction
from dedup.evidence import Evidence, Side
from dedup.origins import find_common_origins
from tests.test_verdict import a_match

WIRE = """The reservoir at Stony Ford is to be drained in October, the Wells water board decided on Tuesday by
nine votes to four.

"We have looked at the dam for six years, and we cannot look at it any longer," said the board's chair, Ines Okafor.

Divers had found a crack of eleven metres below the sluice gate in May. It has grown by a hand's breadth since.

The anglers' club of Stony Ford, which holds a lease until 2040, called the decision rash. "Nobody has asked us, nobody
has shown us the report, and nobody can tell us where the pike will go," said Walter Brandt, its treasurer.

Draining takes five weeks. The repair is to cost 3.8 million and to last until the summer after next."""
RETOLD = """Wells will drain its reservoir at Stony Ford this October. Nine members of the water board were in favour on
Tuesday, four were against.

The dam has been watched for six years, and that is enough, the chair, Ines Okafor, made clear.

A crack below the sluice gate, eleven metres long when divers found it in May, is growing.

Anglers, whose lease runs to 2040, are angry; their treasurer complained that they had neither been asked nor shown the
report. It will take five weeks until the basin is empty, and 3.8 million to mend it."""
SIDE = Side(**dict.fromkeys(Side.__dataclass_fields__, 0))
EVIDENCE = Evidence(
    left=SIDE, right=SIDE, **{name: 0 for name in Evidence.__dataclass_fields__ if name not in ("left", "right")}
)
LEFT, RIGHT = Document("a", "one"), Document("b", "two")


def sides(left, right):
    """Evidence with only these figures of its sides."""
    return replace(EVIDENCE, left=replace(SIDE, **left), right=replace(SIDE, **right))


def test_the_text_that_quotes_in_full_is_the_source_though_it_is_longer_or_shorter():
    for further in ("", " It is the third basin of the county to be emptied, after Rill and Cope End." * 8):
        match = compare_pair(Document("new", RETOLD + further), Document("old", WIRE))
        assert match.source == "old"
        assert any("quotes more directly" in reason for reason in match.reasons)


def test_a_copy_that_ends_early_was_cut():
    cut = WIRE[: WIRE.index("The anglers")]
    match = compare_pair(Document("cut", cut), Document("whole", WIRE + "\n\nRain is forecast for the week. " * 9))
    assert match.origin in (Origin.RIGHT, Origin.UNDECIDED)
    assert match.lean < 0.0


def test_a_copy_with_sentences_set_in_between_is_likelier_the_later_one():
    first, revised = {"containment": 0.97, "tokens": 700}, {"containment": 0.84, "tokens": 820}
    assert judge_direction(sides(first, revised), LEFT, RIGHT).lean > 0.0


def test_a_copy_under_another_byline_was_cut():
    first, cut = {"containment": 0.7, "tokens": 700, "head": 8}, {"containment": 0.97, "tokens": 480, "head": 9}
    assert judge_direction(sides(first, cut), LEFT, RIGHT).lean > 0.0


def test_texts_between_which_nothing_tells_are_undecided():
    found = judge_direction(sides({"containment": 0.9}, {"containment": 0.9}), LEFT, RIGHT)
    assert (found.origin, found.lean) == (Origin.UNDECIDED, 0.0)


def test_facts_of_its_own_on_each_side_make_neither_the_source():
    full, clipped = {"quotations": 90}, {"quotations": 10}
    plain = judge_direction(sides(full, clipped), LEFT, RIGHT)
    both = judge_direction(sides(full | {"extra_names": 9}, clipped | {"extra_names": 9}), LEFT, RIGHT)
    assert both.clarity < plain.clarity and both.probability < plain.probability


def test_naming_the_other_outlet_speaks_for_it():
    left, right = (
        Document("a", "As the Rill Echo reports.", outlet="Courier"),
        Document("b", "Fog.", outlet="Rill Echo"),
    )
    found = judge_direction(EVIDENCE, left, right)
    assert found.origin is Origin.RIGHT and "names the other's outlet" in found.reasons[0]


COUNTS = st.fixed_dictionaries(
    {
        "quotes": st.floats(0, 9), "quotations": st.integers(0, 200), "extra_names": st.integers(0, 9),
        "extra_numbers": st.integers(0, 9), "new_names": st.floats(0, 50), "new_quotes": st.floats(0, 5),
        "containment": st.floats(0, 1), "tokens": st.integers(0, 900), "foot": st.integers(0, 90),
        "head": st.integers(0, 90), "names": st.floats(0, 90),
    }
)  # fmt: skip


@given(left=COUNTS, right=COUNTS)
def test_swapped_sides_mirror_the_direction_exactly(left, right):
    there, back = (judge_direction(sides(*pair), LEFT, RIGHT) for pair in ((left, right), (right, left)))
    assert (there.origin, there.probability, there.lean, there.clarity) == (
        back.origin.mirrored(), back.probability, -back.lean, back.clarity,
    )  # fmt: skip
    assert 0.0 <= there.probability <= there.clarity <= 1.0


def test_a_pair_that_other_texts_settle_is_directed_as_it_leans_or_by_its_dates():
    settled = replace(a_match("a", "b", 0.6), lean=5.0, clarity=0.9)
    assert directed(settled, LEFT, RIGHT).source == "a"
    assert directed(replace(settled, clarity=0.3), LEFT, RIGHT).origin is Origin.UNDECIDED
    early, late = (datetime(2031, 3, day, tzinfo=UTC) for day in (1, 2))
    assert directed(settled, replace(LEFT, date=late), replace(RIGHT, date=early)).source == "b"


def test_the_origin_of_a_pair_that_is_not_derived_is_not_named():
    match, _ = explain_pair("Fog closed the harbour of Ellery on Monday.", "Apples are cheap this year, and plums.")
    assert (match.origin, match.origin_probability, match.source) == (Origin.UNDECIDED, 0.0, None)


class TestOneSource:
    def test_a_copy_of_the_source_is_no_second_source(self):
        matches = [
            a_match("copy", "source", 0.9, "source"), a_match("copy", "text", 0.9, "copy"),
            a_match("source", "text", 0.9, "source"),
        ]  # fmt: skip
        found = {(match.left, match.right): match for match in find_common_origins(matches)}
        assert found["source", "text"].source == "source"
        assert found["copy", "text"].source is None and found["copy", "text"].origin is Origin.COMMON

    def test_the_source_of_a_source_is_one_too(self):
        first, second = a_match("first", "second", 0.9, "first"), a_match("second", "third", 0.9, "second")
        chain = [
            first,
            replace(second, right_containment=0.5, left_coverage=0.5, right_coverage=0.5),
            a_match("first", "third", 0.9, "first"),
        ]
        assert [match.source for match in find_common_origins(chain)] == ["first", "second", "first"]

    def test_two_that_are_as_likely_leave_it_undecided(self):
        matches = [a_match("a", "x", 0.9, "a"), a_match("b", "x", 0.9, "b"), a_match("a", "b", 0.9)]
        assert [match.origin for match in find_common_origins(matches)][:2] == [Origin.UNDECIDED] * 2

    def test_swapped_matches_and_another_order_say_the_same(self):
        matches = [a_match("a", "s", 0.9, "s"), a_match("b", "s", 0.9, "s"), a_match("a", "b", 0.9, "a")]
        there = {frozenset((m.left, m.right)): m.source for m in find_common_origins(matches)}
        back = {frozenset((m.left, m.right)): m.source for m in find_common_origins([m.swap() for m in matches[::-1]])}
        assert there == back
