"""Beats in order against the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.beats import COLUMNS, TOLD, chain_beats, sentence_entries
from tests.reference import beats as reference

TERMS = st.integers(1, 12)
TEXTS = st.lists(st.lists(TERMS, max_size=6), max_size=8)


def entries(texts: list[list[list[int]]]) -> tuple[np.ndarray, ...]:
    """What ``sentence_entries`` makes of texts of sentences of terms.

    A term weighs 3 plus a quarter of itself, and has its number as marks.
    """
    flat = [(term, number) for text in texts for number, sentence in enumerate(text) for term in sentence]
    offsets = np.cumsum([0] + [sum(map(len, text)) for text in texts])
    terms = np.array([term for term, _ in flat], np.uint64)
    size = len(flat)
    out = (
        np.empty(size, np.uint64), np.empty(size, np.float32), np.empty(size, np.uint8), np.empty(size, np.int16),
        np.empty(len(texts) + 1, np.int64), np.empty(len(texts), np.int32),
    )  # fmt: skip
    sentence_entries(
        terms, (3 + terms / 4).astype(np.float32), (terms % 8).astype(np.uint8),
        np.array([number for _, number in flat], np.int32), offsets.astype(np.int64), *out,
    )  # fmt: skip
    return out


def measured(left: list[list[int]], right: list[list[int]]) -> dict[str, float]:
    arrays = entries([left, right])
    out = np.empty((1, len(COLUMNS)))
    chain_beats(*arrays, np.zeros(1, np.int32), np.ones(1, np.int32), out)
    return dict(zip(COLUMNS, out[0].tolist(), strict=True))


def as_sentences(text: list[list[int]]) -> list[dict[str, float]]:
    return [{str(term): 3 + term / 4 for term in sentence} for sentence in text]


@given(TEXTS, TEXTS)
def test_the_order_of_sentences_is_that_of_the_oracle(left: list[list[int]], right: list[list[int]]):
    forth = reference.sentence_order(as_sentences(left), as_sentences(right))
    back = reference.sentence_order(as_sentences(right), as_sentences(left))
    assert measured(left, right)["sentence_order"] == pytest.approx((forth + back) / 2, abs=1e-5)


@given(TEXTS, TEXTS)
def test_words_in_common_are_those_of_the_oracle(left: list[list[int]], right: list[list[int]]):
    weights = [{term: 3 + term / 4 for sentence in text for term in sentence} for text in (left, right)]
    told = {term for term in range(1, 13) if term % 8 == int(TOLD)}
    row, expected = measured(left, right), reference.words_in_common(*weights, told)
    assert (row["left_known"], row["right_known"], row["shared_words"]) == pytest.approx(expected, abs=1e-5)


@given(TEXTS, TEXTS)
def test_swapped_texts_give_the_mirrored_row(left: list[list[int]], right: list[list[int]]):
    row, mirrored = measured(left, right), measured(right, left)
    for name, value in row.items():
        other = name.replace("left", "*").replace("right", "left").replace("*", "right")
        assert mirrored[other] == value


def test_a_text_follows_itself_and_not_its_reverse():
    text = [[i, i + 20, i + 40] for i in range(10)]
    assert measured(text, text)["sentence_order"] == pytest.approx(10**0.5)
    assert measured(text, text)["left_chain"] == pytest.approx(1.0)
    assert measured(text, text[::-1])["sentence_order"] == pytest.approx(-(10**0.5))


def test_empty_texts_have_no_order():
    assert measured([], [])["sentence_order"] == 0.0
