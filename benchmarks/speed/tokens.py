"""The tokeniser's bytes a second by language, beside ``str.split`` on the same texts."""

from __future__ import annotations

import lzma
import time
from collections.abc import Callable
from importlib.resources import files

import numpy as np

from benchmarks.quality.score import Cell, Table, render
from dedup.documents import TextBatch
from dedup.tokens import tokenize

__all__ = ["LANGUAGES", "measure", "texts_of"]

LANGUAGES = {
    "ASCII": ("en", " "),
    "curly quotes": ("en", " "),
    "German": ("de", " "),
    "French": ("fr", " "),
    "Russian": ("ru", " "),
    "Greek": ("el", " "),
    "Arabic": ("ar", " "),
    "Hindi": ("hi", " "),
    "Korean": ("ko", " "),
    "Vietnamese": ("vi", " "),
    "Chinese": ("zh", ""),
    "Japanese": ("ja", ""),
}
"""The language of the words, and what stands between two of them."""

_SENTENCE, _CLAUSE, _LENGTH = 17, 9, 3_000
_REPEATS = 9
_BATCH_BYTES = 1 << 18


def measure(*, short: bool) -> None:
    """Print the medians of alternating runs."""
    characters = 1_000_000 if short else 6_000_000
    kinds = {name: texts_of(name, characters) for name in LANGUAGES}
    ways: dict[str, Callable[[], object]] = {name: _tokenizing(texts) for name, texts in kinds.items()}
    ways["str.split of the ASCII texts"] = lambda: [text.split() for text in kinds["ASCII"]]
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for repeat in range(_REPEATS + 1):
        for name, way in ways.items():
            started = time.process_time()
            way()
            if repeat:
                seconds[name].append(time.process_time() - started)
    speeds = {name: _size(kinds.get(name, kinds["ASCII"])) / float(np.median(times)) for name, times in seconds.items()}
    rows: list[tuple[Cell, ...]] = [(name, speed, speed / speeds["ASCII"]) for name, speed in speeds.items()]
    print(render(Table("UTF-8 to tokens, one thread", ("texts", "MB/s", "share of ASCII's"), tuple(rows))))
    print(f"\ntokens over str.split: {speeds['ASCII'] / speeds['str.split of the ASCII texts']:.1f}")


def texts_of(name: str, characters: int) -> list[str]:
    """Texts of words drawn by their frequency, in sentences of one length."""
    language, space = LANGUAGES[name]
    words, shares = _frequencies(language, ascii_only=name == "ASCII")
    draw = np.random.default_rng(5)
    mean = float(sum(len(word) * share for word, share in zip(words, shares.tolist(), strict=True))) + len(space)
    drawn = [words[i] for i in draw.choice(len(words), int(characters / mean), p=shares).tolist()]
    if name == "curly quotes":
        drawn = [_quoted(word, number) for number, word in enumerate(drawn)]
    comma, stop = (", ", ". ") if space else ("，", "。")
    clauses = [space.join(drawn[i : i + _CLAUSE]) for i in range(0, len(drawn), _CLAUSE)]
    sentences = [comma.join(clauses[i : i + 2]).capitalize() + stop for i in range(0, len(clauses), 2)]
    each = max(1, round(_LENGTH / (len("".join(sentences)) / len(sentences))))
    return ["".join(sentences[i : i + each]) for i in range(0, len(sentences), each)]


def _quoted(word: str, number: int) -> str:
    """A word as typographers set it: a quotation of twelve words in each forty, a genitive now and then."""
    place = number % 40
    return f"“{word}" if place == 20 else f"{word}”" if place == 32 else f"{word}’s" if place % 25 == 7 else word


def _frequencies(language: str, *, ascii_only: bool) -> tuple[list[str], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """The language's words in the shipped table, and their shares."""
    packed = (files("dedup") / "data" / "background.txt.xz").read_bytes()
    shares: dict[str, float] = {}
    for line in lzma.decompress(packed).decode("utf-8").splitlines():
        found, value, words = line.split("\t")
        if found == language:
            shares |= {
                word: 10.0 ** float(value)
                for word in words.split(" ")
                if word.isalpha() and word.isascii() >= ascii_only
            }
    values = np.array(list(shares.values()))
    return list(shares), values / values.sum()


def _size(texts: list[str]) -> float:
    return sum(len(text.encode()) for text in texts) / 1e6


def _tokenizing(texts: list[str]) -> Callable[[], object]:
    """Work on batches of the size that `MinHasher` takes."""
    each = max(1, _BATCH_BYTES // len(texts[0].encode()))
    batches = [TextBatch.from_texts(texts[i : i + each]) for i in range(0, len(texts), each)]
    return lambda: [tokenize(batch) and None for batch in batches]
