"""Boilerplate that is known beforehand: what of a template is recognised, and what it may not decide."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import DedupError, PassageKind, Relation, Settings, compare, compare_pair, explain_pair
from dedup.boilerplate import KnownText, find_boilerplate
from dedup.documents import Document, TextBatch
from dedup.segments import segment
from dedup.settings import read_base
from dedup.tokens import tokenize
from tests.reference import boilerplate as reference

LETTER = """Dear reader,

Thank you for writing to the complaints desk of the Marlow Evening Courier. We take every letter seriously, and an
editor who had no part in the article has looked into yours. If our answer does not satisfy you, you can turn to
the Press Ombudsman in Leeds within two months, free of charge and without a lawyer; the forms are to be had at
every library.

Yours sincerely,
The complaints desk"""
FERRY = (
    "The timetable of the Kestrel Line listed eleven crossings, while only nine of them were ever sailed in August."
    " Mr. Dunmore, who counted them from his window, had written to us three times."
)
TULIP = (
    "A photograph on page seven showed the tulip market of Harlingen rather than that of Aalsmeer. The caption came"
    " with the picture from an agency, and the night desk had not checked it."
)
ALL = Settings(relation=tuple(Relation), base=(LETTER,))


def letter(own: str) -> str:
    return LETTER.replace("looked into yours.", f"looked into yours. {own}")


def marked(base: str, text: str) -> str:
    """What of a text is recognised, as its words."""
    tokens = tokenize(TextBatch.from_texts([text]))
    mask = KnownText.from_texts([base]).mark(tokens, segment(tokens))
    return " ".join(tokens.word(0, i) for i in range(len(mask)) if mask[i])


def test_a_form_letter_in_two_texts_makes_them_no_copies():
    without = compare_pair(letter(FERRY), letter(TULIP))
    known = compare_pair(letter(FERRY), letter(TULIP), settings=ALL)
    assert without.derived and not known.derived
    assert (known.jaccard, known.left_containment, known.left_coverage) == (0.0, 0.0, 0.0)


def test_what_stands_in_the_base_is_shown_as_boilerplate():
    passages = compare_pair(letter(FERRY), letter(TULIP), settings=ALL).passages
    assert passages and {passage.kind for passage in passages} == {PassageKind.BOILERPLATE}


def test_the_base_leaves_numerator_and_denominator_alike():
    changed = FERRY.replace("only nine", "no more than eight")
    bare = compare_pair(FERRY, changed)
    framed = compare_pair(letter(FERRY), letter(changed), settings=ALL)
    names = ("derived", "jaccard", "left_containment", "right_containment", "left_coverage", "right_coverage")
    assert [getattr(framed, name) for name in names] == [getattr(bare, name) for name in names]


def test_sentences_of_a_form_letter_are_known_inside_a_paragraph_of_other_sentences():
    text = f"{FERRY} Thank you for writing to the complaints desk of the Marlow Evening Courier. {TULIP}"
    assert marked(LETTER, text) == "Thank you for writing to the complaints desk of the Marlow Evening Courier"
    assert marked(LETTER, FERRY + TULIP) == ""


def test_a_form_that_was_filled_in_is_known_but_for_what_was_filled_in():
    form = "We confirm that the order placed by on will leave our warehouse in Trieste within four working days."
    filled = form.replace("by on", "by Ada Verhoeven on 3 May")
    assert marked(form, filled) == (
        "We confirm that the order placed by will leave our warehouse in Trieste within four working days"
    )


def test_a_few_words_in_common_with_the_base_are_not_boilerplate():
    assert marked(LETTER, "Every letter to an editor is read at the complaints desk.") == ""


def test_line_breaks_at_other_places_hide_nothing():
    again = LETTER.replace("complaints desk of the", "complaints\ndesk of\nthe")
    assert marked(LETTER, again) == marked(LETTER, LETTER) == " ".join(tokenized(LETTER))


def tokenized(text: str) -> list[str]:
    tokens = tokenize(TextBatch.from_texts([text]))
    return [tokens.word(0, i) for i in range(len(tokens.hashes))]


def test_the_base_is_known_in_scripts_without_spaces():
    base = "感谢您致信本报读者服务部，我们会认真对待每一封来信。"
    assert marked(base, f"港口昨日起雾，渡轮停航。{base}船长说明天恢复。") == " ".join(tokenized(base))


def test_a_text_that_is_all_base_has_nothing_left_to_compare():
    match, evidence = explain_pair(LETTER, letter(FERRY), settings=ALL)
    assert not match.derived and evidence.left.tokens == 0
    assert compare_pair(LETTER, LETTER, settings=ALL).relation is Relation.IDENTICAL


def test_letters_on_one_form_are_still_searched_for_what_they_copy():
    clones = [Document(f"n{i:02}", letter(f"Case {i} of the year, about item {i * 7}, is closed.")) for i in range(30)]
    pair = [Document("x", letter(FERRY)), Document("y", letter(FERRY.replace("three times", "twice")))]
    found = compare([*clones, *pair], settings=Settings(base=(LETTER,)))
    assert [(match.left, match.right) for match in found.matches] == [("x", "y")]


def test_the_base_stands_in_the_header_by_its_digest():
    header = compare([letter(FERRY)], settings=ALL).header()["settings"]
    other = Settings(base=(TULIP,)).to_dict()
    assert header["base"]["texts"] == 1 and header["base"]["digest"] != other["base"]["digest"]
    assert Settings().to_dict()["base"] is None


def test_a_folder_of_templates_is_read_and_an_empty_one_refused(tmp_path):
    (tmp_path / "letter.txt").write_text(LETTER)
    (tmp_path / "note.md").write_text(TULIP)
    assert read_base([tmp_path]) == (LETTER, TULIP)
    assert Settings().changed({"base": str(tmp_path / "letter.txt")}).base == (LETTER,)
    (tmp_path / "empty").mkdir()
    with pytest.raises(DedupError, match="no readable text"):
        read_base([tmp_path / "empty"])


def test_without_a_base_and_with_an_empty_one_the_mask_is_the_same():
    tokens = tokenize(TextBatch.from_texts([letter(FERRY), "", LETTER + LETTER]))
    segments = segment(tokens)
    empty = KnownText.from_texts([])
    assert (find_boilerplate(tokens, segments) == find_boilerplate(tokens, segments, base=empty)).all()


WORDS = st.lists(st.sampled_from("fog tide gull 港 quay. mast\n oar 🚢 ‏שלום".split(" ")), max_size=40).map(" ".join)


@given(base=WORDS, text=WORDS)
def test_marks_are_those_of_the_reference(base, text):
    known, tokens = tokenize(TextBatch.from_texts([base])), tokenize(TextBatch.from_texts([text]))
    where = [segment(known), segment(tokens)]
    expected = reference.mark(
        (known.hashes.tolist(), where[0].lines.tolist(), where[0].sentences.tolist()),
        (tokens.hashes.tolist(), where[1].lines.tolist(), where[1].sentences.tolist()),
    )
    assert KnownText.from_texts([base]).mark(tokens, where[1]).tolist() == expected
