"""Tokens: the words of a batch of texts, normalised and hashed, each with its place in the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.documents import TextBatch
from dedup.kernels.tokenize import count_characters
from dedup.kernels.tokenize import tokenize as tokenize_kernel
from dedup.unicode_table import UNICODE_VERSION, load_table

__all__ = ["TOKENIZER_VERSION", "Tokens", "byte_to_character", "fold", "hash_words", "keep_tokens", "tokenize"]

TOKENIZER_VERSION = f"1-unicode-{UNICODE_VERSION}"
"""Changes whenever a text may give other tokens. What carries another version is never compared."""

_LONGEST_TEXT = 2**32 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    """The tokens of a batch of texts, one text behind the other.

    Attributes
    ----------
    batch : TextBatch
        The texts.
    hashes : uint64 array (t,)
        Hash of each token's folded form. The lowest bit is 1 for a single character of a script written without spaces
        (Han, kana, Thai, ...) and 0 for a word.
    starts, ends : uint32 array (t,)
        Where each token stands, half-open, in bytes from the beginning of its text.
    offsets : int64 array (n + 1,)
        The tokens of text ``i`` are ``offsets[i]`` to ``offsets[i + 1]``.

    Examples
    --------
    >>> tokens = tokenize(TextBatch.from_texts(["The CAFÉ's menu", "cafe\\u0301’s 茶"]))
    >>> len(tokens), tokens.offsets.tolist()
    (2, [0, 3, 5])
    >>> bool(tokens.hashes[1] == tokens.hashes[3]), len(tokens.word(1, 0))
    (True, 7)
    >>> starts, ends = tokens.characters(1)
    >>> starts.tolist(), ends.tolist()
    ([0, 8], [7, 9])
    """

    batch: TextBatch
    hashes: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.uint32]
    ends: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def characters(self, document: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where the tokens of one text stand, as ``str`` indices of the original: starts and ends, half-open."""
        tokens = slice(self.offsets[document], self.offsets[document + 1])
        starts = byte_to_character(self.batch, document, self.starts[tokens].astype(np.int64))
        return starts, byte_to_character(self.batch, document, self.ends[tokens].astype(np.int64))

    def word(self, document: int, index: int) -> str:
        """The original text of token ``index`` of a document."""
        token = self.offsets[document] + index
        begin = self.batch.offsets[document]
        return self.batch.data[begin + self.starts[token] : begin + self.ends[token]].tobytes().decode()


def tokenize(batch: TextBatch) -> Tokens:
    """Divide texts into tokens.

    Raises
    ------
    ValueError
        If a text has 4 GiB or more.
    """
    sizes = np.diff(batch.offsets)
    if len(sizes) and sizes.max() > _LONGEST_TEXT:
        raise ValueError(f"text {sizes.argmax()} has {sizes.max()} bytes; a text must have fewer than 4 GiB")
    table = load_table()
    room = int(batch.offsets[-1]) // 2 + len(batch) + 64
    hashes = np.empty(room, np.uint64)
    starts, ends = np.empty(room, np.uint32), np.empty(room, np.uint32)
    offsets = np.empty(len(batch) + 1, np.int64)
    count = tokenize_kernel(batch.data, batch.offsets, table.index, table.entries, table.folds, hashes, starts, ends, offsets)
    for array in (hashes, starts, ends):
        array.resize(count, refcheck=False)
    return Tokens(batch, hashes, starts, ends, offsets)


def fold(text: str) -> str:
    """The folded form of a token's text.

    >>> fold("Größe"), fold("DON’T"), fold("ﬁancée")
    ('grosse', "don't", 'fiancee')
    """
    table = load_table()
    folded = "".join(map(table.folded, text))
    ordered: list[str] = []
    for character in folded:
        order = table.mark_order(character)
        place = len(ordered)
        while order and place and table.mark_order(ordered[place - 1]) > order:
            place -= 1
        ordered.insert(place, character)
    return "".join(ordered)


def hash_words(words: Sequence[str]) -> npt.NDArray[np.uint64]:
    """The hash of each word as `tokenize` gives it.

    Raises
    ------
    ValueError
        If a word is not one token.

    >>> hash_words(["Straße", "STRASSE"]).tolist() == hash_words(["strasse"] * 2).tolist()
    True
    """
    tokens = tokenize(TextBatch.from_texts(words))
    wrong = np.flatnonzero(np.diff(tokens.offsets) != 1)
    if len(wrong):
        raise ValueError(f"not one token: {words[wrong[0]]!r}")
    return tokens.hashes


def byte_to_character(
    batch: TextBatch, document: int, byte_offsets: npt.NDArray[np.integer]
) -> npt.NDArray[np.int64]:
    """The ``str`` indices of byte offsets in one text, each at the beginning of a character or at the text's end."""
    characters = np.empty(len(byte_offsets), np.int64)
    count_characters(batch.data, batch.offsets[document], np.asarray(byte_offsets, np.int64), characters)
    return characters


def keep_tokens(
    tokens: Tokens, kept: npt.NDArray[np.bool_], numbers: npt.NDArray[np.int64] | None = None
) -> Tokens:
    """The tokens where ``kept`` is true, of all documents or of the named ones."""
    before = np.concatenate([[0], np.cumsum(kept)])[tokens.offsets]
    if numbers is None:
        batch, offsets = tokens.batch, before
    else:
        batch = tokens.batch.select(numbers)
        offsets = np.concatenate([[0], np.cumsum(np.diff(before)[numbers])])
    return Tokens(batch, tokens.hashes[kept], tokens.starts[kept], tokens.ends[kept], offsets)
