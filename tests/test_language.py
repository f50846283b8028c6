"""Which language a text is in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dedup.documents import TextBatch
from dedup.language import guess_language, guess_languages
from dedup.stems import STEMMED_LANGUAGES
from dedup.tokens import tokenize

SAMPLES: dict[str, str] = json.loads((Path(__file__).parent / "cases" / "languages.json").read_text("utf-8"))


@pytest.mark.parametrize("language", sorted(SAMPLES))
def test_a_sentence_tells_its_language(language: str) -> None:
    assert guess_languages(tokenize(TextBatch.from_texts([SAMPLES[language]]))) == [language]


def test_every_stemmed_language_has_a_sample() -> None:
    assert set(STEMMED_LANGUAGES) - {"no", "nn"} <= set(SAMPLES)


def test_serbian_is_known_in_latin_letters() -> None:
    text = "Brod je ujutru stigao u luku i niko ga nije čekao, jer su ribari već bili na moru."
    assert guess_languages(tokenize(TextBatch.from_texts([text]))) == ["sr"]


@pytest.mark.parametrize("text", ["", "12 14 15", "Xyzzy", "!?", "😀 𐐀", "Qwrt zxcv bnmp lkjh"])
def test_too_little_to_tell_by_is_undetermined(text: str) -> None:
    assert guess_languages(tokenize(TextBatch.from_texts([text]))) == ["und"]


def test_a_document_is_judged_apart_from_its_batch() -> None:
    tokens = tokenize(TextBatch.from_texts([*SAMPLES.values(), ""]))
    assert guess_languages(tokens) == [*SAMPLES, "und"]
    assert [guess_language(tokens, document) for document in range(len(tokens))] == [*SAMPLES, "und"]


def test_a_foreign_title_does_not_change_the_language() -> None:
    text = SAMPLES["zh"] * 3 + " The Old Man and the Sea "
    assert guess_languages(tokenize(TextBatch.from_texts([text]))) == ["zh"]
