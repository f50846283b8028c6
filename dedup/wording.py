"""Wording: the words that terms and shingles, which are hashes everywhere else, stand for in a text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.shingles import shingles_in_order
from dedup.kernels.terms import sentence_terms
from dedup.tokens import Tokens

__all__ = ["word_shingles", "word_terms"]


def word_terms(tokens: Tokens, document: int) -> dict[int, str]:
    """The terms of a text by their hashes, each as it is written where it stands first.

    Examples
    --------
    >>> from dedup.documents import TextBatch
    >>> from dedup.tokens import tokenize
    >>> list(word_terms(tokenize(TextBatch.from_texts(["Fog, fog at sea"])), 0).values())
    ['Fog', 'at', 'sea']
    """
    one = tokens.select(np.array([document]))
    terms, ignored = np.empty(len(one.hashes), np.uint64), np.empty(len(one.hashes), np.uint64)
    sentence_terms(
        one.hashes, np.zeros(len(one.hashes), np.int32), one.starts, one.ends, one.offsets, terms, ignored
    )  # fmt: skip
    pairs = terms != one.hashes
    found: dict[int, str] = {}
    for i, term in enumerate(terms.tolist()):
        found.setdefault(term, _written(one, i, i + 1 + int(pairs[i])))
    return found


def word_shingles(tokens: Tokens, document: int, *, shingle_size: int = 3) -> dict[int, str]:
    """The shingles of a text by their hashes, each as it is written where it stands first.

    Examples
    --------
    >>> from dedup.documents import TextBatch
    >>> from dedup.tokens import tokenize
    >>> list(word_shingles(tokenize(TextBatch.from_texts(["Fog closed the harbour."])), 0).values())
    ['Fog closed the', 'closed the harbour']
    """
    one = tokens.select(np.array([document]))
    shingles = np.empty(len(one.hashes), np.uint64)
    written = shingles_in_order(one.hashes, shingle_size, shingles)
    found: dict[int, str] = {}
    for shingle, (start, end) in zip(shingles[:written].tolist(), _runs(one.hashes, 2 * shingle_size), strict=True):
        found.setdefault(shingle, _written(one, start, end))
    return found


def _runs(hashes: npt.NDArray[np.uint64], weight: int) -> list[tuple[int, int]]:
    """Where each shingle begins and ends: a word weighs 2, a single character 1; a short text is one shingle."""
    weights = 2 - (hashes & np.uint64(1)).astype(np.int64)
    before = np.concatenate([[0], np.cumsum(weights)])
    ends = np.searchsorted(before, before[:-1] + weight)
    runs = [(start, int(end)) for start, end in enumerate(ends.tolist()) if end <= len(hashes)]
    return runs or ([(0, len(hashes))] if len(hashes) else [])


def _written(tokens: Tokens, start: int, end: int) -> str:
    """Tokens of a text of its own, as they are written; a space between words."""
    text = ""
    for i in range(start, end):
        spaced = i > start and not (tokens.hashes[i] & tokens.hashes[i - 1] & np.uint64(1))
        text += (" " if spaced else "") + tokens.word(0, i)
    return text
