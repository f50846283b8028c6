"""Which tokens stand within quotation marks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner
from dedup.kernels.sorting import find

__all__ = ["DOTS", "GLUE", "LEFT", "LETTER", "OPENING", "SINGLE", "SPACE", "STRAIGHT", "find_quotations", "pack_mark"]

# Kinds of quotation marks; `dedup.segments` has the characters of each.
STRAIGHT, APOSTROPHE, LEFT, RIGHT, LOW, LEFT_ANGLE, RIGHT_ANGLE, LEFT_SINGLE_ANGLE, RIGHT_SINGLE_ANGLE = range(9)
LEFT_SINGLE, RIGHT_SINGLE, LOW_SINGLE, LEFT_CORNER, RIGHT_CORNER, LEFT_WHITE, RIGHT_WHITE, BACKTICK = range(9, 17)

# What stands beside a mark: a blank or the document's edge, an opening bracket or mark, a letter or digit of a script
# with spaces, a character of one without, dots that stand for something left out, anything else.
SPACE, OPENING, LETTER, SINGLE, DOTS, GLUE = range(6)

_PARTNERS = {
    STRAIGHT: (STRAIGHT,),
    APOSTROPHE: (APOSTROPHE,),
    LEFT: (RIGHT, STRAIGHT),
    RIGHT: (RIGHT,),  # Swedish, Finnish
    LOW: (LEFT, RIGHT, STRAIGHT),
    LEFT_ANGLE: (RIGHT_ANGLE,),
    RIGHT_ANGLE: (LEFT_ANGLE, RIGHT_ANGLE),
    LEFT_SINGLE_ANGLE: (RIGHT_SINGLE_ANGLE,),
    RIGHT_SINGLE_ANGLE: (LEFT_SINGLE_ANGLE, RIGHT_SINGLE_ANGLE),
    LEFT_SINGLE: (RIGHT_SINGLE, APOSTROPHE),
    RIGHT_SINGLE: (RIGHT_SINGLE,),
    LOW_SINGLE: (LEFT_SINGLE, RIGHT_SINGLE, APOSTROPHE),
    LEFT_CORNER: (RIGHT_CORNER,),
    LEFT_WHITE: (RIGHT_WHITE,),
    BACKTICK: (APOSTROPHE,),
}
_CLOSERS = np.array([sum(1 << partner for partner in _PARTNERS.get(kind, ())) for kind in range(17)], np.int64)

LINE_START = 1 << 16

_LONGEST = 400
"""Tokens that one paragraph of a quotation may have: an unbalanced mark must not swallow the text."""

_LOOK_AHEAD = 16
"""Marks that are read to find a better end than a possessive s'."""

_LINE = 3
_ELISION = 32
_0 = np.uint64(0)


@inner
def pack_mark(kind: int, before: int, after: int, line_start: bool) -> int:
    """A mark's kind, what stands on its two sides, and whether it is the first on its line, in one int32."""
    return np.int32(kind | before << 8 | after << 12 | (LINE_START if line_start else 0))


@inner
def _before(mark: int) -> int:
    return (mark >> 8) & 15


@inner
def _after(mark: int) -> int:
    return (mark >> 12) & 15


@inner
def _opens_freely(mark: int) -> bool:
    """Whether a mark that looks the same on both sides stands as an opening one does."""
    before, after = _before(mark), _after(mark)
    if after in (SPACE, GLUE):
        return False
    if before in (SPACE, OPENING):
        return True
    return (before in (SINGLE, GLUE)) and (after in (SINGLE, LETTER))


@inner
def _is_loose(mark: int) -> bool:
    """Whether blanks on both sides keep a mark from saying which way it looks."""
    return _before(mark) == SPACE and _after(mark) == SPACE


@inner
def _may_open(mark: int) -> bool:
    kind = mark & 255
    starts = (_before(mark) == SPACE or _before(mark) == OPENING) and _after(mark) != SPACE
    if kind == STRAIGHT:
        return _opens_freely(mark) or _is_loose(mark)
    if kind == LEFT_SINGLE:
        return _opens_freely(mark)
    if kind in (APOSTROPHE, BACKTICK, RIGHT_SINGLE):
        return starts and _after(mark) != GLUE
    if kind in (LEFT_ANGLE, LEFT_SINGLE_ANGLE):
        return _before(mark) == SPACE or _after(mark) != SPACE
    if kind in (RIGHT, RIGHT_ANGLE, RIGHT_SINGLE_ANGLE):
        return starts
    return _CLOSERS[kind] != 0


@inner
def closers(mark: int) -> int:
    """The kinds, as a set of bits, that may end what ``mark`` opens; 0 if it opens nothing."""
    return np.int64(_CLOSERS[mark & 255]) if _may_open(mark) else np.int64(0)


@inner
def _may_be_apostrophe(kind: int) -> bool:
    return kind in (APOSTROPHE, RIGHT_SINGLE)


@inner
def _must_close(mark: int) -> bool:
    """Marks that are apostrophes or strays unless a partner proves them."""
    kind = mark & 255
    if kind == STRAIGHT:
        return _is_loose(mark)
    return kind in (APOSTROPHE, RIGHT_SINGLE, BACKTICK, LEFT_SINGLE, RIGHT)


@inner
def _closes(mark: int, opener: int) -> bool:
    kind = mark & 255
    if _before(mark) == SPACE:
        # A blank before a closing mark is French (or a slip); a straight one opens unless one follows, too.
        if kind == STRAIGHT:
            return _is_loose(mark)
        return kind != APOSTROPHE and kind != opener and _after(mark) != LETTER
    if _may_be_apostrophe(kind):
        return (_after(mark) != LETTER and _after(mark) != SINGLE) or _before(mark) == SINGLE
    return kind != opener or _before(mark) != OPENING


@inner
def _paragraph_end(gaps: npt.NDArray[np.uint8], start: int) -> int:
    """The first token from ``start + 1`` that begins a line or paragraph; at most ``_LONGEST + 1`` further on."""
    stop = min(len(gaps), start + _LONGEST + 1)
    token = start + 1
    while token < stop and gaps[token] < _LINE:
        token += 1
    return token


@inner
def _better_end(marks: npt.NDArray[np.int32], at: int, allowed: int, opener: int, end: int) -> bool:
    """Whether ``'`` at ``at``, behind a letter and a blank before the next, is likelier a possessive: ``s' hats'``.

    It is where another closing mark follows before anything that opens, and that one stands behind punctuation.
    """
    mark = marks[at, 1]
    if not _may_be_apostrophe(mark & 255) or _before(mark) != LETTER or _after(mark) != SPACE:
        return False
    for f in range(at + 1, min(len(marks), at + _LOOK_AHEAD)):
        other = marks[f, 1]
        if marks[f, 0] > end or ((other & 255) == opener and closers(other) != 0):
            return False
        if allowed >> (other & 255) & 1 and _closes(other, opener) and _before(other) == GLUE:
            return True
    return False


@inner
def _find_end(marks, opener_at, allowed, gaps):  # type: ignore[no-untyped-def]
    """Where the quotation that a mark opens ends: a token, and the first mark behind it; -1 if it is none.

    A quotation of several paragraphs opens anew in each. One that is not closed ends with its paragraph.
    """
    n = len(gaps)
    opener = marks[opener_at, 1] & 255
    base = np.int64(marks[opener_at, 0])
    if base >= n:
        return np.int64(-1), opener_at
    end = _paragraph_end(gaps, base)
    depth = 0
    f = opener_at + 1
    while True:
        outside = f >= len(marks)
        if not outside:
            at = np.int64(marks[f, 0])
            mark = marks[f, 1]
            kind = mark & 255
            outside = at > end or (at == end and mark & LINE_START != 0 and at < n)
        if outside:
            if end - base > _LONGEST or _must_close(marks[opener_at, 1]):
                return np.int64(-1), opener_at
            again = f < len(marks) and end < n and at == end and mark & LINE_START != 0 and _after(mark) != SPACE
            if again and (kind == opener or (opener == LEFT_ANGLE and kind == RIGHT_ANGLE)):
                base, depth = end, 0
                end = _paragraph_end(gaps, base)
                f += 1
                continue
            return end, f
        if at - base > _LONGEST:
            return np.int64(-1), opener_at
        if allowed >> kind & 1 and _closes(mark, opener):
            if depth == 0 and not _better_end(marks, f, allowed, opener, end):
                return at, f + 1
            depth = max(0, depth - 1)
        elif kind == opener:
            if kind == STRAIGHT and _opens_freely(mark):
                return np.int64(-1), opener_at
            if kind in (LEFT_ANGLE, LEFT_CORNER, LEFT_WHITE):
                depth += 1
        f += 1


@inner
def _elides(hashes, at, keys, values) -> bool:  # type: ignore[no-untyped-def]
    """Whether the word behind an apostrophe is one that has lost its beginning ('tis, 'em)."""
    if at >= len(hashes):
        return False
    position = find(keys, hashes[at])
    return position >= 0 and values[position] & _ELISION != 0


@inner
def find_quotations(marks, hashes, gaps, keys, values, quotations):  # type: ignore[no-untyped-def]
    """Number the quotations of one document from 1; the outermost count.

    A row of ``marks``, int32 (marks, 2), is the token that a mark stands before and what `pack_mark` gives.
    O(marks · longest paragraph) at worst, and that is bounded. ``quotations`` comes in as zeros.
    """
    number = np.int32(0)
    at = 0
    while at < len(marks):
        mark = marks[at, 1]
        allowed = closers(mark)
        start = np.int64(marks[at, 0])
        if allowed != 0 and _may_be_apostrophe(mark & 255) and _elides(hashes, start, keys, values):
            allowed = 0
        if allowed == 0:
            at += 1
            continue
        end, following = _find_end(marks, at, allowed, gaps)
        if end < 0:
            at += 1
            continue
        if end > start:
            number += np.int32(1)
            quotations[start:end] = number
        at = following
