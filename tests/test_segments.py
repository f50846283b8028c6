"""Sentences, lines, paragraphs and quotations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.documents import TextBatch
from dedup.kernels import segments as kernels
from dedup.segments import _CHARACTERS, _QUOTATION_MARKS, Gap, Segments, _kinds, _known_words, segment
from dedup.tokens import Tokens, tokenize
from tests.reference import segments as reference

LETTERS = {
    kernels.BLANK: reference.BLANK, kernels.IGNORED: "", kernels.NEWLINE: reference.NEWLINE,
    kernels.PARAGRAPH_BREAK: reference.BREAK, kernels.STOP: reference.STOP, kernels.END: reference.END,
    kernels.WIDE_END: reference.WIDE, kernels.WEAK: reference.WEAK, kernels.STRONG: reference.STRONG,
    kernels.OPENER: reference.OPENER, kernels.BULLET: reference.BULLET, kernels.UPPER: "U", kernels.LOWER: "l",
    kernels.DIGIT: "0",
} | {kernels.QUOTES + i: letter for i, letter in enumerate("DSLRWABFGMNVCcHhT")}  # fmt: skip
ROLES = ("title", "abbreviation", "starter", "month", "ordinal", "elision")


def kind_of(character: str) -> str:
    return LETTERS.get(int(_kinds()[ord(character)]), reference.OTHER) if ord(character) < 0x20000 else reference.OTHER


def reference_tokens(tokens: Tokens, document: int) -> list[reference.Token]:
    keys, values = _known_words()
    known = dict(zip(keys.tolist(), values.tolist(), strict=True))
    starts, ends = tokens.characters(document)
    hashes = tokens.hashes[tokens.offsets[document] : tokens.offsets[document + 1]].tolist()
    return [
        reference.Token(start, end, bool(h & 1), frozenset(r for i, r in enumerate(ROLES) if known.get(h, 0) >> i & 1))
        for start, end, h in zip(starts.tolist(), ends.tolist(), hashes, strict=True)
    ]


def segments_of(*texts: str) -> tuple[Tokens, Segments]:
    tokens = tokenize(TextBatch.from_texts(texts))
    return tokens, segment(tokens)


def gaps_of(text: str) -> str:
    """Each token with a sign for the gap before it, but for the first."""
    tokens, segments = segments_of(text)
    signs = " ,.|¶#"
    return "".join(signs[gap] + tokens.word(0, i) for i, gap in enumerate(segments.gaps))[1:]


def sentences_of(text: str) -> list[str]:
    """The tokens of each sentence."""
    tokens, segments = segments_of(text)
    words = [tokens.word(0, i) for i in range(len(tokens.hashes))]
    return [
        " ".join(word for word, number in zip(words, segments.sentences, strict=True) if number == wanted)
        for wanted in range(int(segments.sentences.max(initial=-1)) + 1)
    ]


def quotations_of(text: str) -> list[str]:
    """The tokens of each quotation."""
    tokens, segments = segments_of(text)
    spans = segments.quotation_spans(0, len(tokens.hashes)).tolist()
    return [" ".join(tokens.word(0, i) for i in range(start, end)) for start, end in spans]


PIECES = st.sampled_from([
    *" \n\n.,!?:;-–—()[]\"'“”„«»‹›‘’‚「」『』`…。！？।؟•　\t\r\u2028\u2029\u200f\u00ad\u0301",
    "\n\n",
    "\r\n", "  ", ". ", "...", "''", "``", '""', "the", "The", "Mr", "No", "u", "U", "S", "é", "É",
    "3", "12", "2031", "März", "am", "tis", "s", "boys", "don't", "he said", "She", "Größe",
    "我", "们", "かな", "ไทย", "سفينة", "עיר", "जहाज", "Ж", "ж",
    "𝔄", "😀", "𐐀",
    "a line that is long enough to be full", "another line that is about as long",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.lists(PIECES, max_size=40).map("".join), max_size=3))
def test_kernel_agrees_with_reference(texts: list[str]) -> None:
    tokens, segments = segments_of(*texts)
    for document, text in enumerate(texts):
        expected = reference.segment(text, reference_tokens(tokens, document), kind_of)
        part = slice(tokens.offsets[document], tokens.offsets[document + 1])
        assert segments.gaps[part].tolist() == expected.gaps
        assert segments.capitals[part].tolist() == expected.capitals
        assert segments.numeric[part].tolist() == expected.numeric
        assert segments.sentences[part].tolist() == expected.sentences
        assert segments.lines[part].tolist() == expected.lines
        assert segments.quotations[part].tolist() == expected.quotations


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=4))
def test_segments_of_a_text_do_not_depend_on_its_batch(texts: list[str]) -> None:
    tokens, together = segments_of(*texts)
    for document, text in enumerate(texts):
        _, alone = segments_of(text)
        part = slice(tokens.offsets[document], tokens.offsets[document + 1])
        assert together.gaps[part].tolist() == alone.gaps.tolist()
        assert together.quotations[part].tolist() == alone.quotations.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\n" * 300,
        '"' * 5000,
        "word",
        "'" * 99 + "a" + "”" * 99,
        "«" * 1500 + "a",
        "a b " * 20_000,
        'a " ' * 9000,
    ],
)
def test_degenerate_texts_have_segments(text: str) -> None:
    tokens, segments = segments_of(text)
    expected = reference.segment(
        text[:2000], reference_tokens(tokenize(TextBatch.from_texts([text[:2000]])), 0), kind_of
    )
    assert len(segments.gaps) == len(tokens.hashes)
    assert segments.gaps[:100].tolist() == expected.gaps[:100]


def test_broken_bytes_are_survived() -> None:
    data = np.frombuffer(b"\xff\xe2\x80 a\xc3 \xf0\x9f b\xe2" + bytes(128), np.uint8)
    segments = segment(tokenize(TextBatch(data, np.array([0, 11]))))
    assert segments.gaps[0] == Gap.EDGE


def test_no_character_is_listed_twice() -> None:
    listed = "".join([*_CHARACTERS.values(), *_QUOTATION_MARKS])
    assert len(listed) == len(set(listed))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One came. Two left! Who? Nobody… He slept.", ["One came", "Two left", "Who", "Nobody", "He slept"]),
        (
            "Mr. Vane met Dr. Lund at 3.5 p.m. The vote, e.g. hers, was No. 4.",
            ["Mr Vane met Dr Lund at 3 5 p m", "The vote e g hers was No 4"],
        ),
        (
            "The U.S. Navy left. J. R. Ames stayed at Acme Inc. until May.",
            ["The U S Navy left", "J R Ames stayed at Acme Inc until May"],
        ),
        (
            "Am 3. März und am 3. Pfeiler, z. B. bei Nr. 7, fror es. Es taute.",
            ["Am 3 März und am 3 Pfeiler z B bei Nr 7 fror es", "Es taute"],
        ),
        ("It was 2031. Nobody came.", ["It was 2031", "Nobody came"]),
        ("“Why?” she asked. “Go!” He went.", ["Why she asked", "Go", "He went"]),
        ("船开了。风大吗？不大！", ["船 开 了", "风 大 吗", "不 大"]),
        ("नाव चली। हवा तेज थी।", ["नाव चली", "हवा तेज थी"]),
        ("غادرت السفينة. هل عادت؟ لا.", ["غادرت السفينة", "هل عادت", "لا"]),
        ("they left. it rained. nobody cared.", ["they left", "it rained", "nobody cared"]),
        ("It sank.[3] The crew swam.", ["It sank", "3 The crew swam"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences_of(text) == expected


def test_signs_within_words_and_numbers_are_no_border() -> None:
    assert gaps_of("well-known 1,500 at 10:30, say; and (so) on") == "well known 1 500 at 10 30,say,and,so,on"


def test_full_lines_are_no_border_and_a_blank_line_is() -> None:
    text = (
        "The harbour board has put the vote\noff until the spring because the\nReport is late.\n\n"
        "It may yet\nnever come to the vote at all, he\nsaid."
    )
    assert set(gaps_of(text)) & set("|¶.") == {"¶"}
    assert gaps_of(text).count("¶") == 1


def test_an_indented_line_begins_a_paragraph_in_wrapped_text() -> None:
    text = (
        "The harbour board has put the vote\noff until the spring as the report\nis late.\n"
        "    The mayor said that the quay must\nwait for it."
    )
    assert sentences_of(text)[1].startswith("The mayor")
    assert gaps_of(text).count("¶") == 1


def test_a_headline_and_unwrapped_paragraphs_are_lines() -> None:
    text = "Vote put off\nThe board has put the vote off.\nThe mayor is angry about it."
    assert gaps_of(text) == "Vote put off|The board has put the vote off¶The mayor is angry about it"


def test_list_items_are_lines_of_their_own() -> None:
    text = "They took these:\n• ropes and lamps\n• a map\n• bread"
    assert gaps_of(text).count("|") == 3


def test_lines_are_counted_by_newline() -> None:
    _, segments = segments_of("a\nb\r\n\r\nc d\re")
    assert segments.lines.tolist() == [0, 1, 3, 3, 4]


@pytest.mark.parametrize(
    "text",
    [
        'She said "we go now" and left',
        "She said “we go now” and left",
        "Sie rief „we go now“ laut",
        "Sie rief »we go now« laut",
        "Elle dit « we go now » et part",
        "Hon sade ”we go now” och gick",
        "Hon sade »we go now» och gick",
        "He said ‘we go now’ and left",
        "He said 'we go now' and left",
        "Er rief ‚we go now‘ laut",
        "Er rief ‹we go now› laut",
        "他说「we go now」然后",
        "他说『we go now』然后",
        "TeX has ``we go now'' so",
        'All in "we go now."',
        "It (“we go now”) ends",
        "“we go now”",
        'A " we go now " loose one',
    ],
)
def test_every_kind_of_quotation_mark_is_known(text: str) -> None:
    assert quotations_of(text) == ["we go now"]


@pytest.mark.parametrize(
    "text",
    [
        "It's the boys' boat and Ann's, isn't it",
        "'Tis late, and rock 'n' roll, and '90s",
        "A 12\" pipe of 3' and more",
        "Give ’em the dogs’ food",
        "",
        '""',
        '( "" )',
    ],
)
def test_apostrophes_and_inches_open_nothing(text: str) -> None:
    assert quotations_of(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“He told me ‘go home’ twice,” she said", ["He told me go home twice"]),
        ("‘He said “go” and I don’t know, the boys’ boat,’ she said", ["He said go and I don’t know the boys boat"]),
        ("« Il dit « va » et part », dit-elle", ["Il dit va et part"]),
        ("「他说『走』了」", ["他 说 走 了"]),
        ('"No," he said. "Never."', ["No", "Never"]),
        ("他说“走”，又说“来”。", ["走", "来"]),
        ('one "two. "Three four," she said', ["Three four"]),
        ("(“a b”) ‘c’", ["a b", "c"]),
        ('She "…and then some" said', ["and then some"]),
    ],
)
def test_the_outer_quotation_counts(text: str, expected: list[str]) -> None:
    assert quotations_of(text) == expected


def test_a_quotation_of_several_paragraphs_is_one() -> None:
    text = "He wrote:\n\n“The quay is done.\n\n“The boats are back.\n\n“We are glad,” and signed."
    assert quotations_of(text) == ["The quay is done The boats are back We are glad"]


def test_an_unclosed_quotation_ends_with_its_paragraph() -> None:
    assert quotations_of("He wrote: “The quay is done.\n\nThe boats are back.") == ["The quay is done"]


def test_an_unbalanced_mark_does_not_swallow_a_long_paragraph() -> None:
    assert quotations_of('He wrote "' + "and so on " * 200) == []


def test_capitals_and_digits_of_any_script_are_known() -> None:
    _, segments = segments_of("Ab Écu Жук Ωα ab жук 我 a1 ٣ ५ ½ один2")
    assert segments.capitals.tolist() == [True] * 4 + [False] * 8
    assert segments.numeric.tolist() == [False] * 7 + [True] * 5
