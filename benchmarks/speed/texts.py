"""Texts to measure with: a newswire where there is one, else random words of a natural frequency."""

from __future__ import annotations

import numpy as np

from benchmarks.quality.corpora import CORPORA, read_jsonl

__all__ = ["articles", "with_copies"]

_VOCABULARY = 60_000
_ZIPF = 1.05


def articles(count: int, length: int) -> list[str]:
    """English texts of about ``length`` characters: sentences of Reuters-21578, or else random words, drawn anew.

    Sentences, not stories: few stories in many texts would make near-duplicates of most.
    """
    corpus = CORPORA["reuters"].path({})
    stories = [record["body"] for record in read_jsonl(corpus / "reuters.jsonl")] if corpus else _random_stories(4000)
    sentences = [sentence for story in stories for sentence in story.split(". ")]
    draw = np.random.default_rng(1)
    texts = []
    for _ in range(count):
        parts: list[str] = []
        size = 0
        while size < length:
            parts.append(sentences[draw.integers(len(sentences))])
            size += len(parts[-1]) + 2
        texts.append(". ".join(parts)[:length])
    return texts


def with_copies(texts: list[str], share: float) -> list[str]:
    """The same texts, a share of them replaced by edited copies of others, in mixed order."""
    draw = np.random.default_rng(2)
    mixed = list(texts)
    for place in draw.choice(len(texts), int(share * len(texts)), replace=False).tolist():
        words = texts[draw.integers(len(texts))].split()
        changed = np.flatnonzero(draw.random(len(words)) < draw.uniform(0.0, 0.1))
        for at in changed.tolist():
            words[at] = f"w{draw.integers(10_000)}"
        mixed[place] = " ".join(words)
    return mixed


def _random_stories(count: int) -> list[str]:
    draw = np.random.default_rng(3)
    words = [_word(draw) for _ in range(_VOCABULARY)]
    chances = 1.0 / np.arange(1, _VOCABULARY + 1) ** _ZIPF
    chosen = draw.choice(_VOCABULARY, (count, 130), p=chances / chances.sum())
    return [" ".join(words[word] for word in row) + "." for row in chosen.tolist()]


def _word(draw: np.random.Generator) -> str:
    return "".join(chr(97 + letter) for letter in draw.integers(26, size=draw.integers(2, 11)))
