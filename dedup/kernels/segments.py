"""What stands between the tokens: punctuation and line breaks, and the sentences and lines they make."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.intrinsics import load_word
from dedup.kernels.quotations import (
    DOTS,
    GLUE,
    LEFT,
    LETTER,
    OPENING,
    SINGLE,
    SPACE,
    STRAIGHT,
    find_quotations,
    pack_mark,
)
from dedup.kernels.utf8 import decode

__all__ = ["classify", "lookup_word"]

# Kinds of characters, as `dedup.segments` tabulates them; those from QUOTES up are quotation marks.
OTHER, BLANK, IGNORED, NEWLINE, PARAGRAPH_BREAK, STOP, END, WIDE_END = 0, 1, 2, 3, 4, 5, 6, 7
WEAK, STRONG, OPENER, BULLET, UPPER, LOWER, DIGIT, QUOTES = 8, 9, 10, 11, 12, 13, 14, 16

# What a gap holds.
_CLAUSE, _STOP, _END, _WIDE, _NEWLINE, _PARAGRAPH = 1, 2, 4, 8, 16, 32

_GAP_PLAIN, _GAP_CLAUSE, _GAP_SENTENCE, _GAP_LINE, _GAP_PARAGRAPH, _GAP_EDGE = 0, 1, 2, 3, 4, 5

# What is known of a word (`dedup.segments`).
_TITLE, _ABBREVIATION, _STARTER, _MONTH, _ORDINAL, _ELISION = 1, 2, 4, 8, 16, 32

_RUN_ON = 30
"""Bytes that a line has at least if it was broken because it was full."""

_MARKS_IN_GAP = 8

_CONTEXTS = np.full(QUOTES + 32, GLUE, np.uint8)
_CONTEXTS[[BLANK, NEWLINE, PARAGRAPH_BREAK]] = SPACE
_CONTEXTS[OPENER] = OPENING
_CONTEXTS[QUOTES:] = OPENING
_CONTEXTS[[UPPER, LOWER, DIGIT]] = LETTER

_COMMON = np.zeros(QUOTES + 32, np.uint8)
"""What a gap of a sign and a blank holds; 0 where that is to be read."""
_COMMON[WEAK], _COMMON[STOP] = _CLAUSE, _STOP

_HIGH_BITS = np.uint64(0x8080808080808080)
_TO_NINE = np.uint64(0x4646464646464646)  # a byte of '9' + 1 or more gets the high bit
_TO_ZERO = np.uint64(0x5050505050505050)  # a byte of '0' or more gets the high bit
_MASKS = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)
_0 = np.uint64(0)


# Columns of what is noted of breaks (gaps with a single newline) and of gaps in general; and counters.
_TOKEN, _LENGTH, _FLAGS = 0, 1, 2
_STATE = 1
_BREAKS, _GAPS, _MARKS, _SMALL, _LARGE = 0, 1, 2, 3, 4

_ENDED, _INDENTED = 1, 2


@inner
def kind_of(kinds: npt.NDArray[np.uint8], code: int) -> int:
    """Kind of a code point; what lies beyond the table is `OTHER`."""
    if code < len(kinds):
        return np.int64(kinds[code])
    return np.int64(OTHER)


@inner
def _kind_at(data: npt.NDArray[np.uint8], kinds: npt.NDArray[np.uint8], position: int, end: int) -> int:
    return kind_of(kinds, decode(data, position, end)[0])


@inner
def lookup_word(keys: npt.NDArray[np.uint64], values: npt.NDArray[np.uint8], word: np.uint64) -> int:
    """What the table of known words, ascending by hash, says of a word; 0 for any other. O(log n)."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) >> 1
        if keys[middle] < word:
            low = middle + 1
        else:
            high = middle
    if low < len(keys) and keys[low] == word:
        return np.int64(values[low])
    return np.int64(0)


@inner
def _has_digit(data: npt.NDArray[np.uint8], kinds: npt.NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a token contains a digit; eight ASCII bytes at a time."""
    position = start
    while position < end:
        word = load_word(data, position) & _MASKS[min(end - position, 8)]
        if word & _HIGH_BITS != _0:
            break
        if ((word + _TO_ZERO) & ~(word + _TO_NINE) & _HIGH_BITS) != _0:
            return True
        position += 8
    while position < end:
        code, length = decode(data, position, end)
        if kind_of(kinds, code) == DIGIT:
            return True
        position += length
    return False


@inner
def _context(kind: int, single: bool) -> int:
    """How a character beside a quotation mark bears on it."""
    context = np.int64(_CONTEXTS[kind])
    return SINGLE if single and context == GLUE else context


@inner
def _begins_dots(data: npt.NDArray[np.uint8], position: int, limit: int) -> bool:
    """Whether … or two full stops stand at ``position``."""
    if data[position] == 0x2E:
        return position + 1 < limit and data[position + 1] == 0x2E
    return (
        position + 3 <= limit and data[position] == 0xE2 and data[position + 1] == 0x80 and data[position + 2] == 0xA6
    )


@inner
def _scan_gap(data, kinds, begin, end, limit, before, after_single, token, line, breaks, marks, counts):  # type: ignore[no-untyped-def]
    """Read the gap before ``token``; returns what it holds, its newlines and where the present line begins.

    ``before`` is the context on its left; ``limit`` the document's end.
    """
    state, newlines, blanks_behind, found = 0, 0, 0, 0
    stopped = 0  # a full stop or the like that no blank has followed yet
    line_start = before == SPACE
    behind_single = before == SINGLE
    spaced, weak, ended, bullet = False, False, False, False
    line_length = np.int64(0)
    position = begin
    while position < end:
        code, length = decode(data, position, end)
        kind = kind_of(kinds, code)
        if kind == BLANK:
            spaced = True
            blanks_behind += 1 if code != 9 and code != 0x3000 else 2
            state |= stopped
            before = SPACE
        elif NEWLINE <= kind <= PARAGRAPH_BREAK:
            if code == 13 and position + 1 < end and data[position + 1] == 10:
                length = np.int64(2)
            if newlines == 0:
                line_length = position - line
            line = position + length
            newlines += 1
            if kind == PARAGRAPH_BREAK:
                state |= _PARAGRAPH
            spaced, line_start, blanks_behind = True, True, 0
            state |= stopped
            before = SPACE
        elif kind >= QUOTES:
            follows = position + length
            if (code == 0x60 or code == 0x27 or code == 0x22) and follows < end and data[follows] == code:
                kind = QUOTES + LEFT if code == 0x60 else QUOTES + STRAIGHT  # ``typewritten'', or ""escaped""
                length += 1
                follows += 1
            after = SPACE
            if follows < limit:
                after = _context(_kind_at(data, kinds, follows, limit), after_single)
                if after == GLUE and _begins_dots(data, follows, limit):
                    after = DOTS
            if found < _MARKS_IN_GAP:
                marks[counts[_MARKS], 0] = token
                marks[counts[_MARKS], 1] = pack_mark(kind - QUOTES, before, after, line_start)
                counts[_MARKS] += 1
                found += 1
            state |= _CLAUSE
            before = OPENING if before in (SPACE, OPENING) else GLUE
        elif kind != IGNORED:
            if kind == STOP:
                stopped |= _STOP
            elif kind == END:
                stopped |= _END
            elif kind == WIDE_END:
                state |= _WIDE
            elif kind == WEAK:
                weak = True
            elif STRONG <= kind <= OPENER:
                state |= _CLAUSE
                if code == 0x5B:  # a note's number in brackets
                    state |= stopped
            elif kind == BULLET:
                bullet = True
                state |= _CLAUSE
            ended = ended or (STOP <= kind <= WIDE_END and newlines == 0)
            before = _context(kind, False)
            if kind == STRONG and code >= 0x2013 and code <= 0x2015:
                before = OPENING
            line_start = False
        position += length
    if weak and spaced:
        state |= _CLAUSE
    if spaced and behind_single and after_single and newlines == 0:
        state |= _CLAUSE
    if newlines > 1:
        state |= _PARAGRAPH
    elif newlines == 1 and state & _PARAGRAPH == 0:
        state |= _NEWLINE
        breaks[counts[_BREAKS], _TOKEN] = token
        breaks[counts[_BREAKS], _LENGTH] = line_length
        breaks[counts[_BREAKS], _FLAGS] = (_ENDED if ended else 0) | (_INDENTED if bullet or blanks_behind >= 2 else 0)
        counts[_BREAKS] += 1
    return state, newlines, line


@inner
def _is_wrapped(data, kinds, begin, end, starts, first, breaks, median):  # type: ignore[no-untyped-def]
    """Whether a document's lines were broken where they were full.

    Breaks behind a full stop, and before an indented line or a bullet, do not count. Of the others a third run on: a
    small letter follows on a line of some length. Where most lines begin without a cased letter (digits, scripts
    without case), two thirds of them have nearly the same length, at least 60 bytes.
    """
    cased, cased_runs, caseless, caseless_runs = 0, 0, 0, 0
    for b in range(len(breaks)):
        if breaks[b, _FLAGS] != 0:
            continue
        kind = _kind_at(data, kinds, begin + np.int64(starts[first + breaks[b, _TOKEN]]), end)
        length = breaks[b, _LENGTH]
        if UPPER <= kind <= LOWER:
            cased += 1
            cased_runs += kind == LOWER and length >= _RUN_ON
        else:
            caseless += 1
            caseless_runs += median >= 60 and abs(length - median) * 5 <= median
    if cased >= caseless:
        return 3 * cased_runs >= cased and cased_runs > 0
    return 3 * caseless_runs >= 2 * caseless


@inner
def _median_length(breaks: npt.NDArray[np.int64], histogram: npt.NDArray[np.int32]) -> int:
    """Median of the lines' lengths to within 4 bytes; at most 1024. By counting, so O(breaks)."""
    histogram[:] = 0
    for b in range(len(breaks)):
        histogram[min(breaks[b, _LENGTH] >> 2, len(histogram) - 1)] += np.int32(1)
    rank, bucket = len(breaks) >> 1, 0
    while rank >= histogram[bucket]:
        rank -= histogram[bucket]
        bucket += 1
    return 4 * bucket + 2


@inner
def _resolve_breaks(data, kinds, begin, end, starts, ends, first, gaps, breaks, histogram):  # type: ignore[no-untyped-def]
    """Tell breaks of full lines, which mean nothing, from those that end a line or a paragraph."""
    if len(breaks) == 0:
        return
    median = _median_length(breaks, histogram)
    wrapped = _is_wrapped(data, kinds, begin, end, starts, first, breaks, median)
    for b in range(len(breaks)):
        token, length, flags = breaks[b]
        start = np.int64(starts[first + token])
        small = _kind_at(data, kinds, begin + start, end) == LOWER
        soft = small and flags == 0 and length >= _RUN_ON
        if wrapped and flags & _INDENTED == 0:
            room = length + 1 + np.int64(ends[first + token]) - start
            soft = soft or small or 4 * room >= 3 * median
        if soft:
            continue
        gaps[first + token] = _GAP_PARAGRAPH if flags & _ENDED else _GAP_LINE


@inner
def _ends_sentence(data, begin, end, starts, ends, first, token, hashes, kinds, keys, values):  # type: ignore[no-untyped-def]
    """Whether a full stop and a blank before ``token``, which has no small letter, end a sentence.

    Not after a title (Mr.). After another abbreviation, an initial or a German ordinal only where the next word is one
    that begins sentences and is no name (The, Der, She). Not between a number and a month.
    """
    k = first + token
    previous = k - 1
    word = lookup_word(keys, values, hashes[previous])
    if word & _TITLE:
        return False
    start, stop = begin + np.int64(starts[previous]), begin + np.int64(ends[previous])
    kind_size = decode(data, start, end)
    doubtful = word & _ABBREVIATION != 0
    if start + kind_size[1] == stop and hashes[previous] & np.uint64(1) == _0:
        kind = kind_of(kinds, kind_size[0])
        doubtful = doubtful or UPPER <= kind <= LOWER
    following = lookup_word(keys, values, hashes[k])
    if stop - start <= 2 and _has_digit(data, kinds, start, stop):
        if following & _MONTH:
            return False
        if token >= 2 and lookup_word(keys, values, hashes[previous - 1]) & _ORDINAL:
            doubtful = True
    return not doubtful or following & _STARTER != 0


@inner
def _decide_gaps(data, begin, end, hashes, starts, ends, first, kinds, keys, values, gaps, found, careless):  # type: ignore[no-untyped-def]
    """Final class of each gap that holds something. ``careless`` texts begin sentences with small letters."""
    for i in range(len(found)):
        token, state = np.int64(found[i, _TOKEN]), np.int64(found[i, _STATE])
        k = first + token
        gap = _GAP_CLAUSE if state & _CLAUSE else _GAP_PLAIN
        if state & _WIDE:
            gap = _GAP_SENTENCE
        elif state & (_STOP | _END):
            small = not careless and _kind_at(data, kinds, begin + np.int64(starts[k]), end) == LOWER
            if small:
                gap = _GAP_CLAUSE if state & _END else gap
            elif (
                state & _END
                or token == 0
                or _ends_sentence(data, begin, end, starts, ends, first, token, hashes, kinds, keys, values)
            ):
                gap = _GAP_SENTENCE
        if state & _PARAGRAPH:
            gap = _GAP_PARAGRAPH
        gaps[k] = max(gap, np.int64(gaps[k]))


@inner
def _scan(
    data, begin, end, hashes, starts, ends, first, n, kinds, found, breaks, marks, counts, capitals, numeric, lines
):  # type: ignore[no-untyped-def]
    """Read a document once: capitals, digits, lines, and what each gap holds."""
    counts[:] = 0
    previous, line = begin, begin
    before, number = SPACE, 0
    for token in range(n):
        k = first + token
        start, stop = begin + np.int64(starts[k]), begin + np.int64(ends[k])
        kind = _kind_at(data, kinds, start, end)
        single = hashes[k] & np.uint64(1) != _0
        capitals[k] = kind == UPPER
        numeric[k] = _has_digit(data, kinds, start, stop)
        state = 0
        gap = start - previous
        if gap == 2 and data[previous + 1] == 0x20 and not single:
            state = np.int64(_COMMON[kinds[data[previous]]])
        if state == 0 and (gap > 1 or (gap == 1 and (data[previous] != 0x20 or single))):
            state, newlines, line = _scan_gap(
                data, kinds, previous, start, end, before, single, token, line, breaks, marks, counts
            )
            number += newlines
        if state != 0:
            if state & _STOP:
                counts[_SMALL] += kind == LOWER
                counts[_LARGE] += kind == UPPER
            found[counts[_GAPS], _TOKEN] = token
            found[counts[_GAPS], _STATE] = state
            counts[_GAPS] += 1
        lines[k] = number
        before = SINGLE if single else LETTER
        previous = stop
    if previous < end:
        kept = counts[_BREAKS]
        _scan_gap(data, kinds, previous, end, end, before, False, n, line, breaks, marks, counts)
        counts[_BREAKS] = kept


@kernel
def classify(
    data: npt.NDArray[np.uint8],
    batch_offsets: npt.NDArray[np.int64],
    hashes: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.uint8],
    keys: npt.NDArray[np.uint64],
    values: npt.NDArray[np.uint8],
    gaps: npt.NDArray[np.uint8],
    capitals: npt.NDArray[np.bool_],
    numeric: npt.NDArray[np.bool_],
    quotations: npt.NDArray[np.int32],
    sentences: npt.NDArray[np.int32],
    lines: npt.NDArray[np.int32],
) -> None:
    """Fill the last six arrays for every token. O(bytes).

    ``kinds`` (uint8) is the kind of each code point; ``keys`` and ``values`` the known words, ascending by hash.
    ``gaps`` and ``quotations`` come in as zeros.
    """
    longest = np.int64(0)
    for d in range(len(offsets) - 1):
        longest = max(longest, offsets[d + 1] - offsets[d])
    found, breaks = np.empty((longest + 1, 2), np.int32), np.empty((longest + 1, 3), np.int64)
    marks, counts = np.empty(((longest + 1) * _MARKS_IN_GAP, 2), np.int32), np.empty(5, np.int64)
    histogram = np.empty(256, np.int32)
    for d in range(len(offsets) - 1):
        first, n = offsets[d], offsets[d + 1] - offsets[d]
        begin, end = batch_offsets[d], batch_offsets[d + 1]
        if n == 0:
            continue
        _scan(
            data,
            begin,
            end,
            hashes,
            starts,
            ends,
            first,
            n,
            kinds,
            found,
            breaks,
            marks,
            counts,
            capitals,
            numeric,
            lines,
        )
        _resolve_breaks(data, kinds, begin, end, starts, ends, first, gaps, breaks[: counts[_BREAKS]], histogram)
        careless = counts[_SMALL] > counts[_LARGE]
        noted = found[: counts[_GAPS]]
        _decide_gaps(data, begin, end, hashes, starts, ends, first, kinds, keys, values, gaps, noted, careless)
        gaps[first] = _GAP_EDGE
        part = slice(first, first + n)
        find_quotations(marks[: counts[_MARKS]], hashes[part], gaps[part], keys, values, quotations[part])
        sentence = np.int32(0)
        for k in range(first, first + n):
            sentence += np.int32(gaps[k] >= _GAP_SENTENCE and k > first)
            sentences[k] = sentence
