"""Texts as a page shows them, and what of them stands where: places in the page, words, changed words."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from dedup.alignment import Passage, PassageKind
from dedup.documents import TextBatch
from dedup.report.visible import UNSAFE, sign
from dedup.tokens import tokenize

__all__ = ["ShownText", "Span", "Words", "count_words", "find_changes", "read_words", "show_text"]

_CHANGED = re.compile(f"\r\n|[\U00010000-\U0010ffff]|(?![\n\t]){UNSAFE.pattern}")
_MOST_WORDS = 4_000

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ShownText:
    r"""A text with its controls shown by signs, and where its characters went.

    Attributes
    ----------
    text : str
        Line ends are ``\n``.
    ends : list of int
        Where in the original each stretch ends whose length in the page is another.
    shifts : list of int
        By how much what stands behind the first ``i`` of them has moved.
    """

    text: str
    ends: list[int]
    shifts: list[int]

    def place(self, character: int) -> int:
        """Where a character of the original stands in the page, in JavaScript's units of 16 bits."""
        return character + self.shifts[bisect_right(self.ends, character)]


def show_text(text: str) -> ShownText:
    r"""Make a text harmless for a page.

    >>> shown = show_text("a\r\nb🚢c" + chr(0x202E) + "d")
    >>> shown.text, [shown.place(place) for place in (0, 3, 4, 5, 6, 7)]
    ('a\nb🚢c‹U+202E›d', [0, 2, 3, 5, 6, 14])
    """
    pieces: list[str] = []
    ends, shifts = [], [0]
    behind = 0
    for found in _CHANGED.finditer(text):
        part = found[0]
        if part[0] in "\r\u2028\u2029":
            part = "\n"
        elif UNSAFE.fullmatch(part):
            part = sign(found)
        pieces += text[behind : found.start()], part
        behind = found.end()
        ends.append(behind)
        shifts.append(shifts[-1] + len(part) + (part > "\uffff") - len(found[0]))
    pieces.append(text[behind:])
    return ShownText("".join(pieces), ends, shifts)


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The words of a text: their hashes, and where each starts and ends in characters of the original."""

    hashes: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    def within(self, start: int, end: int) -> slice:
        """The numbers of the words that start in a span."""
        first, behind = np.searchsorted(self.starts, (start, end))
        return slice(int(first), int(behind))


def read_words(texts: Sequence[str]) -> list[Words]:
    """The words of each text."""
    tokens = tokenize(TextBatch.from_texts(texts))
    return [
        Words(tokens.hashes[tokens.offsets[number] : tokens.offsets[number + 1]], *tokens.characters(number))
        for number in range(len(tokens))
    ]


def count_words(words: Words, spans: Sequence[tuple[int, int, PassageKind]]) -> tuple[int, int, int, int]:
    """How many words stand in no passage, in quotations only, in passages that count, and in boilerplate."""
    place = np.zeros(len(words.starts), np.uint8)
    ranks = {PassageKind.QUOTATION: 1, PassageKind.BOILERPLATE: 3}
    for rank, start, end in sorted((ranks.get(kind, 2), start, end) for start, end, kind in spans):
        place[words.within(start, end)] = rank
    rest, quoted, covered, boilerplate = np.bincount(place, minlength=4).tolist()
    return rest, quoted, covered, boilerplate


def find_changes(left: Words, right: Words, passage: Passage) -> tuple[list[Span], list[Span]]:
    """The stretches of changed words of a passage, on each side, in characters of the originals.

    Of a very long passage, the words that its other side lacks.
    """
    sides = left.within(passage.left_start, passage.left_end), right.within(passage.right_start, passage.right_end)
    ours, theirs = left.hashes[sides[0]], right.hashes[sides[1]]
    if len(ours) + len(theirs) > _MOST_WORDS:
        runs = list(_runs(~np.isin(ours, theirs))), list(_runs(~np.isin(theirs, ours)))
    else:
        matcher = SequenceMatcher(None, ours.tolist(), theirs.tolist(), autojunk=False)
        steps = [step for step in matcher.get_opcodes() if step[0] != "equal"]
        runs = [(step[1], step[2]) for step in steps], [(step[3], step[4]) for step in steps]
    return _spans(left, sides[0].start, runs[0]), _spans(right, sides[1].start, runs[1])


def _runs(marked: npt.NDArray[np.bool_]) -> Iterator[Span]:
    edges = np.flatnonzero(np.diff(marked, prepend=False, append=False)).tolist()
    yield from zip(edges[::2], edges[1::2], strict=True)


def _spans(words: Words, first: int, runs: Sequence[Span]) -> list[Span]:
    return [(int(words.starts[first + a]), int(words.ends[first + b - 1])) for a, b in runs if b > a]
