"""Strings read from their memory: the same bytes as Python's own encoder gives, or none."""

from __future__ import annotations

import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import strings
from dedup.documents import PADDING, TextBatch
from dedup.strings import characters_at, encode_strings

ALPHABETS = [
    "ab ’",
    "abcdefghij klmnop",
    "aé ÿ\x80",
    "жд ая",
    "漢字 a，",
    "a𝒜 é漢",
    "\ud800\udfff\x7f\u07ff\u0800\uffff",
    "\0a\U0010ffff",
]

strings_of_every_kind = st.lists(
    st.sampled_from(ALPHABETS).flatmap(lambda alphabet: st.text(st.sampled_from(alphabet), max_size=150))
    | st.text(st.characters(exclude_categories=()))
)  # fmt: skip
long_strings = st.tuples(
    st.sampled_from(ALPHABETS), st.integers(0, 200), st.text(st.sampled_from("".join(ALPHABETS)), max_size=20)
).map(lambda parts: "x" * parts[1] + parts[2] + parts[0] * 20)
read_from_memory = pytest.mark.skipif(characters_at() is None, reason="strings are encoded one by one here")


def encoded(texts: list[str]) -> tuple[bytes, list[int]]:
    """By Python's own encoder."""
    pieces = [text.encode("utf-8", "surrogatepass") for text in texts]
    ends = np.cumsum([0, *map(len, pieces)])
    return b"".join([*pieces, bytes(PADDING)]), ends.tolist()


def of_batch(batch: TextBatch) -> tuple[bytes, list[int]]:
    return batch.data.tobytes(), batch.offsets.tolist()


@pytest.mark.skipif(
    sys.implementation.name != "cpython" or bool(sysconfig.get_config_var("Py_GIL_DISABLED")) or sys.maxsize < 2**32,
    reason="only ordinary builds of CPython are read",
)
def test_ordinary_builds_of_cpython_lay_strings_out_as_kernels_think():
    assert characters_at() is not None


@read_from_memory
@given(strings_of_every_kind)
def test_what_is_read_from_memory_is_what_python_encodes(texts: list[str]):
    read = encode_strings(np.fromiter(texts, object), PADDING)
    assert read is not None
    assert (read[0].tobytes(), read[1].tolist()) == encoded(texts)


@given(st.lists(long_strings))
def test_a_batch_holds_what_python_encodes_wherever_the_wide_characters_stand(texts: list[str]):
    assert of_batch(TextBatch.from_texts(texts)) == encoded(texts)


@pytest.mark.parametrize("character", ["\x7f", "\x80", "\xff", "\u07ff", "\u0800", "\ud800", "\uffff", "\U00010000"])
@pytest.mark.parametrize("length", [1, 31, 32, 33, 64, 65])
def test_a_wide_character_at_any_place_of_a_block(character: str, length: int):
    texts = ["b" * place + character + "b" * (length - place - 1) for place in range(length)]
    assert of_batch(TextBatch.from_texts(texts)) == encoded(texts)


@given(strings_of_every_kind)
def test_the_ordinary_way_gives_the_same_bytes(texts: list[str]):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(strings, "characters_at", lambda: None)
        assert of_batch(TextBatch.from_texts(iter(texts))) == encoded(texts)


class Title(str):
    """A kind of string of one's own."""


@pytest.mark.parametrize("other", [np.str_("Größe"), Title("Größe")])
def test_instances_of_derived_classes_are_encoded_in_the_ordinary_way(other: str):
    assert encode_strings(np.array(["fog", other], object), PADDING) is None
    assert of_batch(TextBatch.from_texts(["fog", other])) == encoded(["fog", str(other)])


@pytest.mark.parametrize("other", [None, 7, b"fog", ["fog"], object()])
def test_what_is_no_string_is_never_read(other: object):
    held = np.empty(2, object)
    held[:] = "fog", other
    assert encode_strings(held, PADDING) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [("TYPE_AT", 0), ("LENGTH_AT", 24), ("STATE_AT", 36), ("ASCII", 0b01001), ("WIDTHS", {1: 0, 2: 0, 4: 0})],
)
def test_another_layout_is_noticed_before_anything_is_read(name: str, value: object, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(strings, name, value)
    assert strings.characters_at.__wrapped__() is None


def test_a_list_may_be_emptied_while_its_strings_are_read():
    alphabets = "ab", "aé", "ж a", "𝒜b"
    wanted = [alphabets[i % 4] * (500 + i) for i in range(200)]

    def build_and_clear(_: int) -> tuple[bytes, list[int]]:
        texts = [(text + ".")[:-1] for text in wanted]
        with ThreadPoolExecutor(1) as other:
            batch = other.submit(TextBatch.from_texts, texts)
            texts.clear()
            return of_batch(batch.result())

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(build_and_clear, range(40)))
    assert all(each[1] == [0] or each == encoded(wanted) for each in found)
