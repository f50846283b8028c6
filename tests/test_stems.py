"""Stems of tokens."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import snowballstemmer
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import stems
from dedup.documents import TextBatch
from dedup.stems import STEMMED_LANGUAGES, stem_tokens
from dedup.tokens import Tokens, hash_words, tokenize


def stems_of(text: str, language: str | None) -> list[int]:
    return stem_tokens(tokenize(TextBatch.from_texts([text])), [language]).tolist()


def tokens_of(*texts: str) -> Tokens:
    return tokenize(TextBatch.from_texts(texts))


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "ferry ferries FERRY’S"),
        ("de", "Hafen Häfen"),
        ("de", "Schiffe Schiffen"),
        ("fr", "déclaré déclarée déclarées"),
        ("fr", "l'eau l’eau d'eau eau"),
        ("es", "barcos barco"),
        ("it", "dell'acqua acqua"),
        ("ru", "новый новые новой"),
        ("sv", "båtarna båtar"),
        ("nl", "boten boot"),
        ("ar", "السفينة سفينة"),
        ("en", "twelve 12 Twelve"),
        ("de", "dreißig 30"),
        ("fr", "onze 11"),
        ("es", "tres 3"),
        ("it", "sei 6"),
        ("pt", "três 3"),
        ("nl", "twintig 20"),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str, forms: str) -> None:
    assert len(set(stems_of(forms, language))) == 1


def test_composed_and_decomposed_spellings_share_a_stem() -> None:
    first, second = stems_of("Häfen Ha\u0308fen", "de")
    assert first == second


def test_the_stem_of_a_word_is_the_hash_of_what_snowball_gives() -> None:
    words = ["harbours", "closing", "quickly", "national", "relations"]
    expected = hash_words(snowballstemmer.stemmer("english").stemWords(words))
    assert stems_of(" ".join(words), "en") == expected.tolist()


@pytest.mark.parametrize("language", [None, "und", "zh", "ja", "th", "xx", ""])
def test_tokens_stay_as_they_are_without_a_stemmer(language: str | None) -> None:
    tokens = tokens_of("Ferries twelve 船开了")
    assert stem_tokens(tokens, [language]).tolist() == tokens.hashes.tolist()


def test_single_characters_are_their_own_stems() -> None:
    tokens = tokens_of("船 ferries ไทย")
    found = stem_tokens(tokens, ["en"])
    single = tokens.hashes % 2 == 1
    assert single.sum() > 1
    assert (found[single] == tokens.hashes[single]).all()
    assert (found[~single] % 2 == 0).all()


def test_each_document_is_stemmed_in_its_language() -> None:
    tokens = tokens_of("six ferries", "six ferries", "", "six ferries")
    found = stem_tokens(tokens, ["en", None, "fr", "fr"]).reshape(3, 2)
    assert found[0].tolist() == stems_of("six ferries", "en")
    assert found[1].tolist() == hash_words(["six", "ferries"]).tolist()
    assert found[2].tolist() == stems_of("six ferries", "fr")


def test_one_language_is_asked_for_each_document() -> None:
    with pytest.raises(ValueError, match="1 languages for 2 documents"):
        stem_tokens(tokens_of("a", "b"), ["en"])


def test_every_language_has_a_stemmer() -> None:
    assert set(STEMMED_LANGUAGES.values()) <= set(snowballstemmer.algorithms())


WORDS = st.sampled_from(
    [
        "ferry",
        "ferries",
        "Ferries",
        "côté",
        "cote",
        "coté",
        "İstanbul",
        "don't",
        "don’t",
        "l'eau",
        "ﬁne",
        "naïve",
        "12",
        "٣",
        "船",
        "ไ",
        "𐐀𐐨",
        "שלום",
        "twelve",
        "a\u0308b",
        "b\u00adc",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(WORDS, st.text(max_size=6)), max_size=12), st.sampled_from(sorted(STEMMED_LANGUAGES)))
def test_a_stem_depends_on_the_word_and_the_language_alone(words: list[str], language: str) -> None:
    fresh = stems._Stemmer(language)
    for word in [*words, *reversed(words)]:
        tokens = tokens_of(word)
        found = tokens.hashes.copy()
        fresh.stem(tokens, np.array([0], np.int64), found)
        assert found.tolist() == stems_of(word, language)
    assert stems_of(" ".join(words), language) == [stem for word in words for stem in stems_of(word, language)]


def test_a_full_table_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stems, "_LARGEST_CACHE", 8)
    fresh = stems._Stemmer("en")
    for start in range(0, 60, 3):
        tokens = tokens_of(" ".join(f"w{'abcdefgh'[i % 8]}x{chr(105 + i // 8)}s" for i in range(start, start + 20)))
        found = tokens.hashes.copy()
        fresh.stem(tokens, np.array([0], np.int64), found)
        assert found.tolist() == stem_tokens(tokens, ["en"]).tolist()
        assert np.count_nonzero(fresh._table[0]) <= 8


def test_threads_get_the_same_stems() -> None:
    words = [f"{a}{b}{c}ing" for c in "rtnmlkps" for a in "bdfg" for b in "aeiou"]
    texts = [" ".join(words[start : start + 40]) for start in range(0, 160, 40)]
    expected = [stems_of(text, "en") for text in texts]
    shared = stems._Stemmer("en")
    results: dict[int, list[int]] = {}

    def work(number: int) -> None:
        tokens = tokens_of(*(texts[number:] + texts[:number]))
        found = tokens.hashes.copy()
        shared.stem(tokens, np.arange(4), found)
        results[number] = found[: tokens.offsets[1]].tolist()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [results[number] for number in range(4)] == expected


def test_no_documents_have_no_stems() -> None:
    assert stem_tokens(tokens_of(), []).tolist() == []
