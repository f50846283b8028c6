"""Names, numbers and quotations, and which of them the other text lacks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.alignment import prepare
from dedup.corpus import Corpus
from dedup.documents import Document, TextBatch
from dedup.engine import explain_pair
from dedup.facts import Facts, number_words
from dedup.kernels.facts import read_numbers
from dedup.segments import segment
from dedup.statistics import Statistics
from dedup.tokens import tokenize
from tests.reference import beats as reference

ANY_TEXT = st.text(st.sampled_from("aZé 1,.9 “”\"'\n三百万שלום𝒳"), max_size=60)


def numbers(text: str, language: str = "en") -> list[float]:
    tokens = tokenize(TextBatch.from_texts([text]))
    keys, meant = number_words(language)
    table = dict(zip(keys.tolist(), meant.tolist(), strict=True))
    words = np.array([table.get(item, np.nan) for item in tokens.hashes.tolist()])
    values, digits = np.empty(len(words)), np.empty(len(words), np.uint8)
    batch, gaps = tokens.batch, segment(tokens).gaps
    read_numbers(batch.data, batch.offsets, tokens.starts, tokens.ends, gaps, words, tokens.offsets, values, digits)
    return [value for value in values.tolist() if value >= 0]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("1,860 pears, 1.860 plums and 1\u202f860 figs", "en", [1860, 1860, 1860]),
        ("3.5 metres at 10:30", "en", [3.5, 10.3]),
        ("9.4m crowns, 1.5bn, 40k, 2 million", "en", [9.4e6, 1.5e9, 4e4, 2e6]),
        ("forty-two farms, twenty thousand trees, three hundred five", "en", [42, 20000, 305]),
        ("zweiundvierzig Höfe, drei Millionen", "de", [42, 3e6]),
        ("三百二十人, 4300万元", "zh", [320, 4.3e7]),
        ("no number at all", "en", []),
    ],
)
def test_a_number_has_one_value_in_all_its_forms(text: str, language: str, expected: list[float]):
    assert numbers(text, language) == pytest.approx(expected)


@given(st.integers(0, 10**9))
def test_separators_do_not_change_a_number(value: int):
    assert numbers(f"about {value:,} of them") == numbers(f"about {value} of them") == [value]


def pair(left: str, right: str):
    return explain_pair(left, right)[1]


PROSE = "It was a long day in the town, and in the end {} of them went home with {} and said so."


def test_a_name_that_the_other_text_has_is_no_news():
    evidence = pair(PROSE.format(42, "Benholm"), "Then Benholm came, with 42 others, to the fair.")
    assert evidence.left.new_facts == 0


def test_a_new_name_and_a_new_number_are_news():
    evidence = pair(PROSE.format(42, "Benholm"), PROSE.format(57, "Quillan"))
    assert evidence.left.new_facts == evidence.right.new_facts == 2
    assert evidence.left.own_facts > 1


@pytest.mark.parametrize(("one", "other"), [("Veskoly", "Veskolij"), ("Hallverg", "Halverg")])
def test_a_respelled_name_is_no_news(one: str, other: str):
    assert pair(PROSE.format(42, one), PROSE.format(42, other)).left.new_names == 0


def test_a_rounded_number_is_less_news_than_another_one():
    rounded = pair(PROSE.format("1,860", "it"), PROSE.format("1,900", "it"))
    another = pair(PROSE.format("1,860", "it"), PROSE.format("2,460", "it"))
    assert 0 < rounded.left.new_numbers < another.left.new_numbers


NAMES = st.text("bcdgkz", min_size=3, max_size=9)


@given(NAMES, NAMES)
def test_names_are_respelled_as_the_oracle_has_it(one: str, other: str):
    one, other = f"Wo{one}", f"Wo{other}"
    if one != other:
        evidence = pair(PROSE.format(42, one), PROSE.format(42, other))
        assert evidence.left.new_facts == (0 if reference.respelled(one, other) else 1)


def test_quotations_that_only_one_text_has_are_counted():
    said = 'The harbour was quiet. "Nobody told us that the ferry would leave early," she said. Gulls cried.'
    evidence = pair(said, "The harbour was quiet this morning, and gulls cried over the empty quay for hours.")
    assert (evidence.left.quotes, evidence.right.quotes) == (1, 0)
    assert evidence.left.new_quotes > 0.3


def test_quotations_that_the_other_text_tells_in_its_own_words_are_counted():
    said = 'The harbour was quiet. "Nobody told us that the ferry would leave Benholm early," she said. Gulls cried.'
    told = "She complained that nobody had told them of the ferry that would leave Benholm so early that morning."
    evidence = pair(said, told)
    assert evidence.left.indirect > 0.5 and evidence.right.indirect == 0
    assert pair(said, said.replace("quiet", "calm")).left.indirect == 0


def test_headlines_and_bylines_hold_no_facts():
    corpus = Corpus.from_documents([Document("a", "Benholm Wins\n\nBy Orla Quillan\n\n" + "The day was long. " * 12)])
    size = len(corpus.tokens.hashes)
    ready = prepare(corpus.tokens, corpus.segments, languages=["en"], statistics=Statistics.background())
    facts = Facts.from_prepared(
        ready,
        stems=corpus.tokens.hashes,
        idf=np.full(size, 9, np.float32),
        weights=np.full(size, 7, np.float32),
        languages=["en"],
    )
    assert not facts.marks[:5].any() and facts.marks[5:].all()


@given(ANY_TEXT, ANY_TEXT)
def test_swapped_texts_give_the_mirrored_evidence(left: str, right: str):
    evidence, mirrored = pair(left, right), pair(right, left)
    assert (evidence.left.new_names, evidence.left.new_numbers, evidence.left.new_quotes) == (
        mirrored.right.new_names, mirrored.right.new_numbers, mirrored.right.new_quotes,
    )  # fmt: skip
    assert evidence.fact_order == mirrored.fact_order
    assert evidence.sentence_order == mirrored.sentence_order
