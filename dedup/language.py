"""Which language a text is in."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from dedup.kernels.language import fill_slots, score_languages
from dedup.tokens import Tokens, hash_words

__all__ = ["UNDETERMINED", "guess_language", "guess_languages"]

UNDETERMINED = "und"
"""ISO 639 code of a text whose language is not known."""

_SCALE = 1000
_MOST_TOKENS = 1000

_UNSEEN_ZIPF = 4.5
"""Zipf value that a word is taken to have in languages whose list lacks it."""

_LEAST_SCORE = 5 * _SCALE
_LEAST_MEAN = 0.5 * _SCALE

_SCRIPTS: tuple[tuple[int, int, dict[str, float]], ...] = (
    (0x0370, 0x0400, {"el": 1.5}),
    (0x0530, 0x0590, {"hy": 3.0}),
    (0x0590, 0x0600, {"he": 1.0, "yi": 1.0}),
    (0x0600, 0x0700, {"ar": 0.5, "fa": 0.5, "ur": 0.5}),
    (0x0900, 0x0980, {"hi": 0.5, "ne": 0.5}),
    (0x0980, 0x0A00, {"bn": 3.0}),
    (0x0B80, 0x0C00, {"ta": 3.0}),
    (0x0E00, 0x0E80, {"th": 3.0}),
    (0x10A0, 0x1100, {"ka": 3.0}),
    (0x3040, 0x3100, {"ja": 3.0}),
    (0x3400, 0xA000, {"zh": 1.5, "ja": 0.75}),
    (0x20000, 0x40000, {"zh": 1.5, "ja": 0.75}),
    (0xAC00, 0xD7B0, {"ko": 3.0}),
)
"""First and last + 1 of a script's code points, and what a token in it adds to the score of languages."""


def guess_languages(tokens: Tokens) -> list[str]:
    """The language of each document, by the share of common words and by script.

    A naive Bayes classifier over the 300 commonest words of each language. Serbian stands for Croatian and Bosnian
    as well, ``nb`` for both kinds of Norwegian.

    Returns
    -------
    list of str
        ISO 639-1 codes, or ``"und"`` where there is too little to tell by.

    Examples
    --------
    >>> from dedup.documents import TextBatch
    >>> from dedup.tokens import tokenize
    >>> texts = ["The ferry has left and it will be late.", "Die Fähre ist nicht hier.", "船已经离开了港口。", "1 2"]
    >>> guess_languages(tokenize(TextBatch.from_texts(texts)))
    ['en', 'de', 'zh', 'und']
    """
    return _guess(tokens, 0, len(tokens))


def guess_language(tokens: Tokens, document: int) -> str:
    """The language of one document; see `guess_languages`."""
    return _guess(tokens, document, 1)[0]


def _guess(tokens: Tokens, first: int, count: int) -> list[str]:
    words = _common_words()
    scores = np.empty((count, len(words.languages)), np.int64)
    score_languages(
        tokens.batch.data,
        tokens.batch.offsets,
        tokens.hashes,
        tokens.starts,
        tokens.offsets,
        first,
        _MOST_TOKENS,
        words.keys,
        words.slots,
        words.offsets,
        words.numbers,
        words.weights,
        words.scripts,
        words.script_weights,
        scores,
    )
    lengths = np.minimum(np.diff(tokens.offsets[first : first + count + 1]), _MOST_TOKENS)
    best = scores.argmax(axis=1)
    enough = scores.max(axis=1) >= np.maximum(_LEAST_SCORE, _LEAST_MEAN * lengths)
    return [
        words.languages[language] if sure else UNDETERMINED
        for language, sure in zip(best.tolist(), enough.tolist(), strict=True)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _CommonWords:
    """The commonest words of each language; what they and scripts add to scores, in thousandths of a nat."""

    languages: tuple[str, ...]
    keys: npt.NDArray[np.uint64]
    slots: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int32]
    numbers: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int32]
    scripts: npt.NDArray[np.int32]
    script_weights: npt.NDArray[np.int32]


@cache
def _common_words() -> _CommonWords:
    """Read the shipped lists; see tools/make_common_words.py."""
    words: list[str] = []
    found: list[tuple[str, float]] = []
    lines = (files("dedup") / "data" / "common-words.txt").read_text("utf-8").splitlines()
    for line in lines:
        language, value, group = line.split("\t")
        words += group.split(" ")
        found += [(language, float(value))] * (len(words) - len(found))
    by_script = {language for _, _, weights in _SCRIPTS for language in weights}
    languages = tuple(sorted({language for language, _ in found} | by_script))
    weights = np.array([math.log(10) * (value - _UNSEEN_ZIPF) * _SCALE for _, value in found])
    numbers = np.array([languages.index(language) for language, _ in found], np.int32)
    keys, which = np.unique(hash_words(words), return_inverse=True)
    order = np.argsort(which, kind="stable")
    slots = np.empty(1 << (2 * len(keys)).bit_length(), np.int32)
    fill_slots(keys, slots)
    script_weights = np.zeros((len(_SCRIPTS), len(languages)), np.int32)
    for row, (_, _, shares) in enumerate(_SCRIPTS):
        for language, weight in shares.items():
            script_weights[row, languages.index(language)] = round(weight * _SCALE)
    return _CommonWords(
        languages,
        keys,
        slots,
        np.concatenate([[0], np.cumsum(np.bincount(which, minlength=len(keys)))]).astype(np.int32),
        numbers[order],
        np.rint(weights[order]).astype(np.int32),
        np.array([script[:2] for script in _SCRIPTS], np.int32),
        script_weights,
    )
