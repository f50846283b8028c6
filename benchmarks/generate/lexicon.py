"""Words and phrases with the frequencies of real text: from the shipped table, or from a text of the user's."""

from __future__ import annotations

import lzma
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.generate.randomness import Numbers, numbers, one

__all__ = ["VARIANTS", "Lexicon", "from_table", "from_text"]

VARIANTS = 5
"""How a word may stand: plain, as a sentence's first, before a comma, before a full stop, at a paragraph's end."""

_PHRASES = Path(__file__).with_name("phrases.txt")
_NAMES, _COLLOCATIONS = 6_000, 40_000
_DRUM_BITS = 18
_ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pr r s sh st t th tr v w z".split()
_VOWELS = "a e i o u ai ea ie oa ou".split()
_ENDS = "n r l s t nd rt ll ck m ngton ford by son ley wick ham er".split()
_CUT = re.compile(r"[^\w'’-]+")


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """What sentences are made of.

    Attributes
    ----------
    words : list of str
    drum : int32 array (2¹⁸,)
        Word numbers, each as often as it occurs: a random place gives a word with its real frequency.
    script : int32 array
        Word numbers of the phrases, one behind the other.
    starts, lengths : int32 arrays (phrases,)
        Where in the script each phrase stands.
    rare : int
        Words from this number on are names and rarer words, by which topics differ.
    skew : int
        How much more frequent the first phrases are: the r-th of them in proportion to r to the power of 1/skew − 1.
    """

    words: list[str]
    drum: npt.NDArray[np.int32]
    script: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    lengths: npt.NDArray[np.int32]
    rare: int
    skew: int

    def spellings(self) -> list[str]:
        """Each word in its variants, with what follows it: word ``w``, variant ``v`` at ``w * VARIANTS + v``."""
        return [
            shown
            for word in self.words
            for shown in (f"{word} ", f"{word[:1].upper()}{word[1:]} ", f"{word}, ", f"{word}. ", f"{word}.\n\n")
        ]

    def draw(self, chances: Numbers) -> npt.NDArray[np.int32]:
        """Words by their frequency."""
        return self.drum[(chances >> np.uint64(64 - _DRUM_BITS)).astype(np.int64)]


def from_table() -> Lexicon:
    """The English of the shipped frequency table, made-up names, common phrases of news, and made-up collocations.

    >>> lexicon = from_table()
    >>> len(lexicon.words) > 40_000, lexicon.words[lexicon.drum[0]]
    (True, 'the')
    """
    table = _frequencies()
    phrases = [line.split() for line in _PHRASES.read_text(encoding="utf-8").splitlines()]
    lone = [word for word in sorted({word for phrase in phrases for word in phrase}) if word not in table]
    words = [*table, *lone, *_names()]
    number = {word: i for i, word in enumerate(words)}
    weights = np.array([10.0**value for value in table.values()])
    drum = _drum(weights)
    drawn = drum[(numbers(4 * _COLLOCATIONS, 6) >> np.uint64(64 - _DRUM_BITS)).astype(np.int64)]
    script = np.concatenate([[number[word] for phrase in phrases for word in phrase], drawn]).astype(np.int32)
    chosen = (numbers(_COLLOCATIONS, 7) % np.uint64(3) + np.uint64(2)).astype(np.int32)
    lengths = np.concatenate([np.array([len(phrase) for phrase in phrases], np.int32), chosen])
    starts = (np.cumsum(lengths) - lengths).astype(np.int32)
    return Lexicon(words, drum, script, starts, lengths, 400, 5)


def from_text(text: str) -> Lexicon:
    """The words of a text, and its own runs of one to five words as phrases.

    >>> lexicon = from_text("Fog closed the harbour. The harbour is closed.")
    >>> sorted(lexicon.words)
    ['closed', 'fog', 'harbour', 'is', 'the']

    Raises
    ------
    ValueError
        When there are no words.
    """
    found = [word.lower() for word in _CUT.split(text) if word]
    if not found:
        raise ValueError("the text to learn words from has none")
    counts = Counter(found).most_common()
    number = {word: i for i, (word, _) in enumerate(counts)}
    script = np.array([number[word] for word in found], np.int32)
    starts = np.arange(max(1, len(found) - 5), dtype=np.int32)
    lengths = (numbers(len(starts), 5) % np.uint64(5) + np.uint64(1)).astype(np.int32)
    lengths = np.minimum(lengths, len(found) - starts).astype(np.int32)
    weights = np.array([count for _, count in counts], np.float64)
    rare = min(400, len(counts) // 2)
    return Lexicon([word for word, _ in counts], _drum(weights), script, starts, lengths, rare, 1)


def _frequencies() -> dict[str, float]:
    """English words by their Zipf value, the most frequent first."""
    packed = (files("dedup") / "data" / "background.txt.xz").read_bytes()
    lines = (line.split("\t") for line in lzma.decompress(packed).decode("utf-8").splitlines())
    return {word: float(value) for language, value, words in lines if language == "en" for word in words.split(" ")}


def _names() -> list[str]:
    """Made-up names, all different."""
    names: dict[str, None] = {}
    serial = 0
    while len(names) < _NAMES:
        serial += 1
        chance = one(3, serial)
        parts = [_ONSETS, _VOWELS] * (1 + chance % 2) + [_ENDS]
        name = ""
        for part in parts:
            chance >>= 8
            name += part[chance % 251 % len(part)]
        names[name.capitalize()] = None
    return list(names)


def _drum(weights: Sequence[float] | npt.NDArray[np.float64]) -> npt.NDArray[np.int32]:
    """Numbers in proportion to their weights, rounded so that the same come out everywhere."""
    edges = np.cumsum(np.asarray(weights))
    edges = np.rint(edges / edges[-1] * (1 << _DRUM_BITS)).astype(np.int64)
    return np.repeat(np.arange(len(edges), dtype=np.int32), np.diff(edges, prepend=0))
