from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import unicode_table
from dedup.documents import PADDING, TextBatch
from dedup.kernels.token_hashes import GROWTH
from dedup.tokens import TOKENIZER_VERSION, byte_to_character, fold, hash_words, tokenize
from dedup.unicode_table import SEPARATOR, UNICODE_VERSION, load_table
from tests.reference.tokens import character_class, fold_character, reference_hash, reference_tokens
from tests.reference.tokens import fold as reference_fold
from tools.make_unicode_table import build_table, write_table

same_unicode = pytest.mark.skipif(
    unicodedata.unidata_version != UNICODE_VERSION, reason="this Python has another Unicode version than the table"
)

ALPHABETS = [
    "abcXYZ 09_.,-\n",
    "ab '`’‘ʼ´\u2032＇",
    "дЙйёЁЩ «»—’,",
    "ابتثأىة \u064b\u0650\u0640،٣",
    "漢字中国，。「」々〇 a1",
    "かがカガ\u3099ｶﾞーぱ、",
    "กุ่ที่ผู้ำเ๓ \u0e38\u0e48",
    "किताबक़\u093c\u094d\u200d\u200c।",
    "가각힣한\u1100\u1161\u11a8ㄱ ",
    "éèüßñĳŉİıſ\u0301\u0323\u0308\u00ad ",
    "ếạợịữđỳẶ ",
    "ﬁﷺ½㈱㌔①™℃²ªΐᾳﾞ",
    "𝒜𝔟𐐀𐐨😀𠀀🈐𑀓\U0003f019 ",
    "\u200b\u200d\u200e\u202a\ufeff\ufe0f\U000e0100\u034f ab",
    "\u0f71\u0f72\u0f73\u0f74\u0f80\u0f81ཀ\u0327\u0345\u1dfa\u0338",
    "\0\ud800\udfff a",
]
BROKEN = [character.encode() for character in "a '’é漢𝒜\u0301\0"]
BROKEN += [b"\x80", b"\xbf", b"\xc0", b"\xc1\x81", b"\xc3", b"\xe0\x81\xa1", b"\xe4\xb8", b"\xe4", b"\xed\xa0\x80"]
BROKEN += [b"\xf0\x81\x81\xa1", b"\xf0\x9f\x98", b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xfe", b"\xff"]

texts_of_all_scripts = st.lists(
    st.sampled_from(ALPHABETS).flatmap(lambda alphabet: st.text(st.sampled_from(alphabet), max_size=25)), max_size=8
).map("".join)


@cache
def known_characters() -> list[str]:
    """Characters that both this Python and the table know; of the many Han and Hangul ones, one in fifty."""
    table = load_table()
    known = []
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        many = 0x3400 <= code <= 0x9FFF or 0xAC00 <= code <= 0xD7A3 or 0x17000 <= code <= 0x18CFF or code >= 0x20000
        if unicodedata.category(character) in ("Cn", "Co", "Cs") or (many and code % 50):
            continue
        if unicodedata.unidata_version == UNICODE_VERSION or table.character_class(character) != SEPARATOR:
            known.append(character)
    return known


def batch_of(pieces: list[bytes]) -> TextBatch:
    offsets = np.cumsum([0, *map(len, pieces)], dtype=np.int64)
    return TextBatch(np.frombuffer(b"".join(pieces) + b"\x80" * PADDING, np.uint8), offsets)


def found(batch: TextBatch, document: int = 0) -> list[tuple[int, int, int]]:
    tokens = tokenize(batch)
    own = slice(tokens.offsets[document], tokens.offsets[document + 1])
    return list(zip(*(column[own].tolist() for column in (tokens.hashes, tokens.starts, tokens.ends)), strict=True))


def hashes_of(text: str) -> list[int]:
    return [int(value) for value in tokenize(TextBatch.from_texts([text])).hashes]


def words_of(text: str) -> list[str]:
    tokens = tokenize(TextBatch.from_texts([text]))
    return [tokens.word(0, i) for i in range(len(tokens.hashes))]


def assert_as_reference(texts: list[str]) -> None:
    tokens = tokenize(TextBatch.from_texts(texts))
    assert len(tokens) == len(texts)
    for document, text in enumerate(texts):
        expected = reference_tokens(text)
        places = np.cumsum([0, *(len(character.encode("utf-8", "surrogatepass")) for character in text)])
        own = slice(tokens.offsets[document], tokens.offsets[document + 1])
        assert tokens.hashes[own].tolist() == [reference_hash(token) for token in expected]
        assert tokens.starts[own].tolist() == [places[token.start] for token in expected]
        assert tokens.ends[own].tolist() == [places[token.end] for token in expected]
        starts, ends = tokens.characters(document)
        assert starts.tolist() == [token.start for token in expected]
        assert ends.tolist() == [token.end for token in expected]


@settings(max_examples=150)
@given(st.lists(texts_of_all_scripts, max_size=6))
def test_tokens_are_those_of_the_reference(texts: list[str]) -> None:
    assert_as_reference(texts)


@settings(max_examples=100)
@given(st.lists(st.integers(0), max_size=100))
def test_any_characters_in_any_order_give_the_tokens_of_the_reference(numbers: list[int]) -> None:
    known = known_characters()
    assert_as_reference(["".join(known[number * 7919 % len(known)] for number in numbers)])


def test_every_character_is_tokenised_as_by_the_reference_alone_and_within_a_word() -> None:
    assert_as_reference([f"{character}  x{character}y 漢{character}" for character in known_characters()])


@pytest.mark.parametrize("place", [*range(58, 67), *range(122, 131)])
def test_a_block_border_makes_no_difference(place: int) -> None:
    pieces = [
        "'",
        "’",
        "don't",
        "don’t",
        "É",
        "é\u0301",
        "漢字",
        "𐐀𝒜",
        "ガ\u3099",
        "ที่ผู้",
        "가각",
        "a\u00ad\u200db",
        "\u0301a",
        "ßﷺ",
    ]
    fillers = ["x", " "]
    assert_as_reference(
        [filler * (place - len(piece.encode()) + shift) + piece + end
         for piece in pieces for filler in fillers for shift in range(4) for end in ("", "b", " ", "'b", "ж")]
    )  # fmt: skip


@pytest.mark.parametrize("length", [1, 7, 8, 9, 15, 16, 17, 23, 24, 25, 63, 64, 65, 129, 1000])
def test_words_of_any_length_hash_as_in_the_reference(length: int) -> None:
    assert_as_reference(
        ["a" * length, "ä" * length, "ж" * length, "가" * length, "x" * (length - 1) + "’x", "'" * length]
    )


def test_a_megabyte_without_a_space_is_one_word() -> None:
    assert_as_reference(["Reef" * 250_000, "ä" * 500_000])


def test_a_long_run_of_unordered_marks_is_put_in_order() -> None:
    assert_as_reference(["ก" + "\u0e48\u0e38\u0334" * 3000, "क" + "\u094d\u093c" * 2000 + "\u0327 a"])


def test_texts_with_more_tokens_than_expected_fit() -> None:
    assert_as_reference(["a " * 300, "", "b-" * 5000, "c"] * 5)
    assert_as_reference(["漢a" * 2000, "a b c"])


@settings(max_examples=200)
@given(st.lists(st.lists(st.sampled_from(BROKEN), max_size=90).map(b"".join), max_size=4))
def test_broken_utf_8_separates_and_spans_stay_right(pieces: list[bytes]) -> None:
    tokens = tokenize(batch_of(pieces))
    for document, piece in enumerate(pieces):
        text = piece.decode("utf-8", "surrogateescape")  # each broken byte is a character of its own
        expected = reference_tokens(text)
        places = np.cumsum([0, *(len(character.encode("utf-8", "surrogateescape")) for character in text)])
        own = slice(tokens.offsets[document], tokens.offsets[document + 1])
        assert tokens.hashes[own].tolist() == [reference_hash(token) for token in expected]
        assert tokens.starts[own].tolist() == [places[token.start] for token in expected]
        assert tokens.ends[own].tolist() == [places[token.end] for token in expected]


def test_a_text_that_ends_within_a_character_does_not_continue_in_the_next() -> None:
    cut, rest = "café 漢字".encode()[:-1], b"\x97s"
    assert found(batch_of([cut, rest])) == found(batch_of([cut]))
    assert found(batch_of([cut, rest]), 1) == found(batch_of([rest]))


def test_a_batch_may_begin_behind_other_text() -> None:
    batch = batch_of([b"not this", b"but these words", "und größere".encode()])
    assert found(TextBatch(batch.data, batch.offsets[1:]), 1) == found(batch, 2)


def test_empty_batches_and_texts_have_no_tokens() -> None:
    assert len(tokenize(TextBatch.from_texts([]))) == 0
    assert tokenize(TextBatch.from_texts(["", " ", "..."])).offsets.tolist() == [0, 0, 0, 0]


@settings(max_examples=200)
@given(texts_of_all_scripts)
def test_canonically_equal_texts_have_equal_tokens(text: str) -> None:
    assert hashes_of(unicodedata.normalize("NFC", text)) == hashes_of(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("don't", "DON’T"),
        ("д’Артаньян", "д'артаньян"),
        ("Größe", "GROSSE"),
        ("Ёж", "еж"),
        ("naïve", "nai\u0308ve"),
        ("한국", unicodedata.normalize("NFD", "한국")),
        ("ガス", "ｶﾞｽ"),
        ("مُحَمَّد", "محمد"),
        ("مـــحمد", "محمد"),
        ("٢٠٣١", "2031"),
        ("zusammen\u00adgesetzt", "zusammengesetzt"),
        ("می\u200cخواهم", "میخواهم"),
        ("ﬁnal", "final"),
        ("ａｂｃ１２", "abc12"),
        ("ผู้\u0e48", "ผ\u0e49\u0e48ู"),
        ("५", "5"),
        ("½", "12"),
    ],
)
def test_ways_of_writing_the_same_are_one_token(left: str, right: str) -> None:
    assert hashes_of(left) == hashes_of(right)
    assert len(hashes_of(left)) == len(hashes_of(right))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("resume", "resumes"),
        ("カ", "ガ"),
        ("กา", "ก่า"),
        ("कि", "की"),
        ("и", "ы"),
        ("a_b", "ab"),
        ("漢", "汉"),
        ("a" * 16, "a" * 17),
    ],
)
def test_different_words_have_different_hashes(left: str, right: str) -> None:
    assert hashes_of(left) != hashes_of(right)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ferry no. 7 sank, at 1,500 m.", ["Ferry", "no", "7", "sank", "at", "1", "500", "m"]),
        ("rock 'n' roll's 'end'", ["rock", "n", "roll's", "end"]),
        ("a''b 'a' a' 'a", ["a", "b", "a", "a", "a"]),
        ("O’Neill‘s l’été", ["O’Neill‘s", "l’été"]),
        ("茶を2杯", ["茶", "を", "2", "杯"]),
        ("茶's", ["茶", "s"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("\u0301\u200dabc", ["abc"]),
        ("snake_case e-mail a/b", ["snake_case", "e", "mail", "a", "b"]),
        ("nul\0byte", ["nul", "byte"]),
        ("lone\ud800surrogate", ["lone", "surrogate"]),
    ],
)
def test_words_are_what_people_expect(text: str, words: list[str]) -> None:
    assert words_of(text) == words


def test_the_lowest_bit_tells_single_characters_from_words() -> None:
    assert [value & 1 for value in hashes_of("tea 茶 ชา 2 चाय 차 ㈱")] == [0, 1, 1, 1, 0, 0, 0, 1]


@settings(max_examples=100)
@given(texts_of_all_scripts)
def test_folding_a_word_gives_its_folded_form(text: str) -> None:
    for token in reference_tokens(text):
        assert fold(text[token.start : token.end]) == token.folded == reference_fold(text[token.start : token.end])


def test_hash_words_refuses_what_is_not_one_token() -> None:
    for wrong in ("two words", "", "漢字", "..."):
        with pytest.raises(ValueError, match="not one token"):
            hash_words(["fine", wrong])


@settings(max_examples=100)
@given(texts_of_all_scripts, st.randoms())
def test_byte_offsets_in_any_order_become_character_offsets(text: str, random: object) -> None:
    places = np.cumsum([0, *(len(character.encode("utf-8", "surrogatepass")) for character in text)])
    order = np.arange(len(places))
    random.shuffle(order)  # type: ignore[attr-defined]
    batch = TextBatch.from_texts(["жж", text])
    assert byte_to_character(batch, 1, places[order]).tolist() == order.tolist()


def test_byte_offsets_outside_the_text_are_refused() -> None:
    batch = TextBatch.from_texts(["abc", "def"])
    for wrong in (-1, 4):
        with pytest.raises(ValueError, match="has 3 bytes"):
            byte_to_character(batch, 1, np.array([0, wrong]))


def test_a_text_of_four_gibibytes_is_refused() -> None:
    with pytest.raises(ValueError, match="text 1 has 4294967296 bytes"):
        tokenize(TextBatch(np.zeros(0, np.uint8), np.array([0, 5, 5 + 2**32])))


def test_the_table_agrees_with_the_reference_on_every_character() -> None:
    table = load_table()
    classes = " wm1a"
    for character in known_characters():
        kind = character_class(character)
        assert table.character_class(character) == classes.index(kind), character
        if kind != " ":
            assert table.folded(character) == fold_character(character), character
            assert len(table.folded(character).encode()) <= GROWTH * len(character.encode()), character


@same_unicode
def test_the_table_is_what_its_generator_makes(tmp_path: Path) -> None:
    rebuilt, shipped = build_table(), load_table()
    assert shipped.version == rebuilt.version == UNICODE_VERSION
    for name in ("index", "entries", "folds", "pairs"):
        assert np.array_equal(getattr(rebuilt, name), getattr(shipped, name)), name
    packaged = Path(unicode_table.__file__).with_name("data") / f"unicode-{UNICODE_VERSION}.npz"
    with np.load(write_table(rebuilt, tmp_path)) as written, np.load(packaged) as stored:
        assert sorted(written) == sorted(stored)


def test_tokens_change_only_with_the_version() -> None:
    state = hashlib.sha256()
    table = load_table()
    for array in (table.index, table.entries, table.folds, table.pairs):
        state.update(array.tobytes())
    text = "The quay, at seven o’clock: 1,500 Größen. Ру́сский Ёж; 漢字がガ 가각 ที่ผู้ हिन्दी में 𝒜½ "
    tokens = tokenize(TextBatch.from_texts([text, text.upper() * 2]))
    for column in (tokens.hashes, tokens.starts, tokens.ends):
        state.update(column.tobytes())
    assert (TOKENIZER_VERSION, state.hexdigest()[:16]) == ("1-unicode-14.0.0", "fd1c1ebc0b710fd2")


def test_kernels_compile_for_plain_processors_and_give_the_same_tokens(tmp_path: Path) -> None:
    program = """
from dedup.documents import TextBatch
from dedup.tokens import tokenize
from tests.test_tokens import ALPHABETS
tokens = tokenize(TextBatch.from_texts([*ALPHABETS, "The quay at Größe " * 9]))
print(tokens.hashes.tolist(), tokens.starts.tolist(), tokens.ends.tolist(), tokens.characters(4)[1].tolist())
"""
    plain = {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": "", "NUMBA_CACHE_DIR": str(tmp_path)}
    root = Path(__file__).parents[1]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ | extra,
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for extra in ({}, plain)
    ]
    assert outputs[0] == outputs[1]
    assert len(outputs[0]) > 1000


@settings(max_examples=50)
@given(st.lists(texts_of_all_scripts, max_size=5), st.data())
def test_selected_documents_have_the_tokens_that_they_had(texts: list[str], data: st.DataObject) -> None:
    tokens = tokenize(TextBatch.from_texts(texts))
    numbers = data.draw(st.lists(st.integers(0, max(0, len(texts) - 1)), max_size=4 if texts else 0))
    chosen = tokens.select(np.array(numbers, np.int64))
    expected = tokenize(TextBatch.from_texts([texts[number] for number in numbers]))
    for name in ("hashes", "starts", "ends", "offsets"):
        assert getattr(chosen, name).tolist() == getattr(expected, name).tolist()
    assert [chosen.batch.text(i) for i in range(len(chosen))] == [texts[number] for number in numbers]
