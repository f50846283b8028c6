"""The verdict: relations, mirrored sides, siblings."""

from dataclasses import replace

from dedup.documents import Document
from dedup.engine import explain_pair
from dedup.matches import Match, Origin, Relation
from dedup.origins import find_common_origins
from dedup.verdict import judge

STORY = """The ferry Orsola stood still for nine hours off Cape Merrow on Friday, with 312 people on board.

Captain Ludo Brenning said that a rope had caught in the propeller. "We were never in danger," he told reporters.

Two tugs from Sandhaven pulled the ship free at dusk, and the line owes each passenger 45 crowns.

The coast guard had counted 17 such ropes since March, said its spokeswoman, Petra Quist."""

TEMPLATE = "{} Corp said it will pay a dividend of {} cents on {} to holders of record on {}, and {} cents in July."


def a_match(left: str, right: str, probability: float, source: str | None = None) -> Match:
    derived = probability >= 0.5
    shares = dict.fromkeys(Relation, 0.0)
    shares[Relation.REWRITTEN], shares[Relation.SAME_STORY] = probability, 1 - probability
    origin = Origin.UNDECIDED if source is None else Origin.LEFT if source == left else Origin.RIGHT
    return Match(
        left, right, Relation.REWRITTEN if derived else Relation.SAME_STORY, probability, shares, origin, source,
        0.9 if source else 0.0, 0.0, 0.0, 0.0, 0.2, 0.0, 0.0, (), (),
        {Origin.LEFT: 2.5, Origin.RIGHT: -2.5}.get(origin, 0.0), 0.8,
    )  # fmt: skip


def test_a_copy_is_derived_and_the_swapped_pair_mirrored():
    left, right = Document("a", STORY), Document("b", STORY + "\n\nThe Merrow Herald is printed on Fridays.")
    match, evidence = explain_pair(left, right)
    assert match.derived
    there, back = judge(evidence, left, right), judge(explain_pair(right, left)[1], right, left)
    assert there.relation_probabilities == back.relation_probabilities
    assert there.direction.origin is back.direction.origin.mirrored()


def test_a_form_filled_in_twice_is_no_copy():
    left = TEMPLATE.format("Orsola", 12, "May 4", "April 9", 19)
    right = TEMPLATE.format("Brenning", 31, "June 22", "May 14", 44)
    assert not explain_pair(Document("a", left), Document("b", right))[0].derived


def test_of_two_texts_of_one_origin_only_the_first_is_named_as_source():
    matches = [a_match("a", "s", 0.9, "s"), a_match("b", "s", 0.9, "s"), a_match("a", "b", 0.9, "a")]
    found = {(match.left, match.right): match for match in find_common_origins(matches)}
    assert found["a", "s"].source == found["b", "s"].source == "s"
    assert found["a", "b"].source is None and found["a", "b"].origin is Origin.COMMON


def test_a_source_among_copies_that_nothing_tells_apart_is_undecided():
    matches = [a_match("a", "s", 0.9, "s"), a_match("a", "t", 0.9, "t"), a_match("s", "t", 0.9)]
    found = find_common_origins(matches)
    assert [match.origin for match in found] == [Origin.UNDECIDED] * 3
    assert all(match.derived for match in found)


def test_a_paragraph_taken_word_for_word_counts_and_a_quotation_alone_does_not():
    paragraph = (
        "Two tugs from Sandhaven pulled the ship free at dusk, after divers had spent the whole afternoon cutting a"
        " nylon rope as thick as an arm out of the port propeller in water of nine degrees."
    )
    left = STORY + "\n\n" + paragraph
    own = (
        "Shares of the line fell by three per cent on Tuesday, when its half-year figures came out. Fuel had become"
        " dearer, the chairman told the meeting in Varnholm, and fewer lorries cross in winter. Two new ships arrive"
        " next spring from a yard in Gdynia; they burn methanol and carry half as many cars again."
    )
    right = own + "\n\n{}\n\nFares rise in May, as they did in both years before. Pensioners travel free on Mondays."
    assert explain_pair(left, right.format(paragraph))[0].derived
    quoted = f"\u201c{paragraph}\u201d"
    assert not explain_pair(STORY + "\n\n" + quoted, right.format(quoted))[0].derived


def test_the_telling_reason_comes_before_the_coverage():
    match = explain_pair(Document("a", STORY), Document("b", STORY + "\n\nThe Merrow Herald is printed on Fridays."))[0]
    assert "three-word phrases" in match.reasons[0]


def test_dates_outrank_the_text():
    from datetime import UTC, datetime

    left, right = Document("a", STORY), Document("b", STORY + "\n\nMore follows.")
    evidence = explain_pair(left, right)[1]
    early, late = datetime(2031, 3, 1, tzinfo=UTC), datetime(2031, 3, 3, tzinfo=UTC)
    assert judge(evidence, replace(left, date=late), replace(right, date=early)).direction.origin is Origin.RIGHT
