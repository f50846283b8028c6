"""Tokens: the words of a batch of texts, normalised and hashed, each with its place in the original."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.documents import PADDING, TextBatch
from dedup.kernels.characters import count_characters
from dedup.kernels.tokenize import SLACK
from dedup.kernels.tokenize import tokenize as tokenize_kernel
from dedup.unicode_table import UNICODE_VERSION, load_table

__all__ = ["TOKENIZER_VERSION", "Tokens", "byte_to_character", "fold", "hash_words", "keep_tokens", "tokenize"]

TOKENIZER_VERSION = f"1-unicode-{UNICODE_VERSION}"
"""Changes whenever a text may give other tokens. What carries another version is never compared."""

_LONGEST_TEXT = 2**32 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Tokens:
    r"""The tokens of a batch of texts, one text behind the other.

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
    >>> tokens = tokenize(TextBatch.from_texts(["The CAFÉ's menu", "cafe\u0301’s 茶"]))
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
        places = np.concatenate([self.starts[tokens], self.ends[tokens]])
        starts, ends = byte_to_character(self.batch, document, places).reshape(2, -1)
        return starts, ends

    def span_characters(
        self, document: int, first: npt.NDArray[np.integer], end: npt.NDArray[np.integer]
    ) -> tuple[list[int], list[int]]:
        """Where spans of the tokens of one text, none empty, stand, as `characters` has it."""
        begin = self.offsets[document]
        places = np.concatenate([self.starts[first + begin], self.ends[end + (begin - 1)]])
        found = byte_to_character(self.batch, document, places).tolist()
        return found[: len(first)], found[len(first) :]

    def places(self, numbers: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
        """Where the tokens of the named documents stand in the arrays, in that order of documents."""
        length = np.diff(self.offsets)[numbers]
        behind = np.cumsum(length)
        shift = self.offsets[numbers] - behind + length
        places: npt.NDArray[np.int64] = np.arange(length.sum()) + np.repeat(shift, length)
        return places

    def select(self, numbers: npt.NDArray[np.integer]) -> Tokens:
        """The tokens of the named documents. O(their tokens)."""
        if np.array_equal(numbers, np.arange(len(self))):
            return self
        places = self.places(numbers)
        offsets = np.concatenate([[0], np.cumsum(np.diff(self.offsets)[numbers])])
        batch = self.batch.select(numbers)
        return Tokens(batch, self.hashes[places], self.starts[places], self.ends[places], offsets)

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
    longest = int(sizes.max(initial=0))
    if longest > _LONGEST_TEXT:
        raise ValueError(f"text {sizes.argmax()} has {longest} bytes; a text must have fewer than 4 GiB")
    table = load_table()
    arrays = table.pairs, table.index, table.entries, table.folds
    scratch = (
        np.empty(longest + PADDING, np.uint8),
        np.empty(longest // 64 + 1, np.uint64),
        np.empty(longest // 2 + 1, np.uint32),
    )
    room = _room_for(_likely_count(batch) + longest // 2)
    offsets = np.zeros(len(batch) + 1, np.int64)
    done = tokenize_kernel(batch.data, batch.offsets, 0, arrays, scratch, *room, offsets)
    if done < len(batch):
        count = int(offsets[done])
        enough = _room_for(count + int(batch.offsets[-1] - batch.offsets[done]) // 2 + len(batch) - done)
        for array, larger in ((room[0], enough[0]), (room[1], enough[1]), (room[2], enough[2])):
            larger[:count] = array[:count]
        room = enough
        tokenize_kernel(batch.data, batch.offsets, done, arrays, scratch, *room, offsets)
    count = int(offsets[-1])
    return Tokens(batch, room[0][:count], room[1][:count], room[2][:count], offsets)


Room = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32], npt.NDArray[np.uint32]]


def _room_for(count: int) -> Room:
    """Hashes, starts and ends, in one piece of memory: allocators keep one and return several, to clear them anew."""
    size = count + SLACK
    buffer = np.empty(2 * size, np.uint64)
    starts, ends = buffer[size:].view(np.uint32).reshape(2, size)
    return buffer[:size], starts, ends


def _likely_count(batch: TextBatch) -> int:
    """A number of tokens that texts seldom exceed: a word has five bytes and more, a single character three."""
    begin, end = int(batch.offsets[0]), int(batch.offsets[-1])
    sample = batch.data[begin : end : max((end - begin) // 256, 1)]
    singles = np.count_nonzero(sample >= 0xE0) / max(len(sample), 1)
    return int((end - begin) * (0.2 * (1 - 3 * singles) + 1.1 * singles)) + len(batch)


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


def byte_to_character(batch: TextBatch, document: int, byte_offsets: npt.NDArray[np.integer]) -> npt.NDArray[np.int64]:
    """Return the ``str`` indices of places in one text.

    Parameters
    ----------
    byte_offsets : integer array (k,)
        In bytes from the beginning of the text, each at the beginning of a character or at the text's end.

    Raises
    ------
    ValueError
        If one lies outside the text.

    >>> byte_to_character(TextBatch.from_texts(["naïve"]), 0, np.array([0, 2, 4, 6])).tolist()
    [0, 2, 3, 5]
    """
    begin, end = batch.offsets[document : document + 2]
    places = np.asarray(byte_offsets, np.int64)
    if len(places) and not 0 <= places.min() <= places.max() <= end - begin:
        raise ValueError(
            f"text {document} has {end - begin} bytes; not a place in it: {places.min()} or {places.max()}"
        )
    characters = np.empty(len(places), np.int64)
    count_characters(batch.data, begin, end - begin, places, characters)
    return characters


def keep_tokens(tokens: Tokens, kept: npt.NDArray[np.bool_]) -> Tokens:
    """The tokens where ``kept`` is true."""
    offsets = np.concatenate([[0], np.cumsum(kept)])[tokens.offsets]
    return Tokens(tokens.batch, tokens.hashes[kept], tokens.starts[kept], tokens.ends[kept], offsets)
