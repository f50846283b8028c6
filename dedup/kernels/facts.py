"""Facts of a text, its names and numbers: where they stand, and which of them another text lacks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.sorting import stable_order

__all__ = ["gather_facts", "mark_asides", "mark_names", "read_numbers"]

_SPACE, _NO_BREAK = 0x20, 0xA0
_SHORT_LINE = 30
_LAST_LINES = 3
_WHOLE_STORY = 100
_NOUN_CAPITALS = 0.22
_RARE_NOUN = 6.0
_SENTENCE = 2


@inner
def _ends_sentence(data: npt.NDArray[np.uint8], start: int, end: int) -> bool:
    """Whether a sign that ends a sentence or a quotation stands in bytes ``start`` to ``end``, before a newline."""
    for i in range(start, end):
        c = data[i]
        if c == 0x0A:
            return False
        if c == 0x21 or c == 0x22 or c == 0x27 or c == 0x2E or c == 0x3A or c == 0x3F:
            return True
        # “ ” ’ … and the wide 。！？：
        if c == 0xE2 and i + 2 < end and data[i + 1] == 0x80 and (0x98 <= data[i + 2] <= 0x9E or data[i + 2] == 0xA6):
            return True
        if (c == 0xC2 or c == 0xE3 or c == 0xEF) and i + 1 < end:
            return True
    return False


@kernel
def mark_asides(
    data: npt.NDArray[np.uint8],
    texts: npt.NDArray[np.int64],
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    lines: npt.NDArray[np.int32],
    offsets: npt.NDArray[np.int64],
    out: npt.NDArray[np.bool_],
) -> None:
    """Mark tokens in lines that tell nothing of the story: short ones without a full stop, and short ones at the end.

    Headlines, bylines, captions and feet. ``texts`` are the byte offsets of the texts, ``offsets`` those of their
    tokens. O(tokens).
    """
    for d in range(len(offsets) - 1):
        a, b = offsets[d], offsets[d + 1]
        i = b
        seen = 0
        while i > a:
            j = i - 1
            while j > a and lines[j - 1] == lines[i - 1]:
                j -= 1
            seen += 1
            after = texts[d] + np.int64(starts[i]) if i < b else texts[d + 1]
            foot = seen <= _LAST_LINES and b - a > _WHOLE_STORY
            before = texts[d] + np.int64(ends[i - 1])
            aside = i - j < _SHORT_LINE and (foot or not _ends_sentence(data, before, after))
            for k in range(j, i):
                out[k] = aside
            i = j


@inner
def _digits(data: npt.NDArray[np.uint8], start: int, end: int) -> int:
    """How many digits the token begins with."""
    i = start
    while i < end and 0x30 <= data[i] <= 0x39:
        i += 1
    return i - start


@inner
def _integer(data: npt.NDArray[np.uint8], start: int, digits: int) -> float:
    value = 0.0
    for i in range(start, start + digits):
        value = value * 10.0 + np.float64(data[i] - 0x30)
    return value


@inner
def _suffix(data: npt.NDArray[np.uint8], start: int, end: int) -> float:
    """What letters at the end of a number multiply it by: 9m, 3bn, 40k."""
    if end - start == 1:
        c = data[start] | np.uint8(0x20)
        return 1e6 if c == 0x6D else 1e3 if c == 0x6B else 1.0
    if end - start == 2 and (data[start + 1] | np.uint8(0x20)) == 0x6E:
        c = data[start] | np.uint8(0x20)
        return 1e6 if c == 0x6D else 1e9 if c == 0x62 else 1.0
    return 1.0


@inner
def _significant(value: float) -> int:
    """Number of significant digits, at most 9."""
    if value <= 0.0:
        return 1
    while value < 1e8:
        value *= 10.0
    while value >= 1e9:
        value /= 10.0
    whole = np.int64(value + 0.5)
    digits = 9
    while digits > 1 and whole % 10 == 0:
        whole //= 10
        digits -= 1
    return digits


@inner
def _written_in_digits(
    data: npt.NDArray[np.uint8],
    base: int,
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    i: int,
    b: int,
) -> tuple[float, int]:
    """The number that begins at token i, and the token behind it: 1,860 or 1.860 or 3.5 or 10:30."""
    begin, end = base + np.int64(starts[i]), base + np.int64(ends[i])
    n = _digits(data, begin, end)
    value = _integer(data, begin, n)
    first = n
    joined = 0
    j = i + 1
    while begin + n == end and j < b:
        gap = np.int64(starts[j]) - np.int64(ends[j - 1])
        sign = data[end]
        next_begin, next_end = base + np.int64(starts[j]), base + np.int64(ends[j])
        m = _digits(data, next_begin, next_end)
        thin = gap == 3 and sign == 0xE2 or gap == 2 and sign == 0xC2
        dotted = gap == 1 and (sign == 0x2C or sign == 0x2E or sign == 0x27)
        if m == 3 and first <= 3 and (dotted or thin):
            value = value * 1000.0 + _integer(data, next_begin, m)
        elif m > 0 and joined == 0 and gap == 1 and (sign == 0x2C or sign == 0x2E or sign == 0x3A):
            value += _integer(data, next_begin, m) / 10.0**m
            j += 1
            begin, end, n = next_begin, next_end, m
            break
        else:
            break
        joined += 1
        j += 1
        begin, end, n = next_begin, next_end, m
    return value * _suffix(data, begin + n, end), j


@inner
def _written_in_words(words: npt.NDArray[np.float64], gaps: npt.NDArray[np.uint8], i: int, b: int) -> tuple[float, int]:
    """The number in words that begins at token i, and the token behind it: forty-two, 三百二十."""
    total, section, unit = 0.0, 0.0, 0.0
    j = i
    while j < b and (j == i or gaps[j] == 0) and not np.isnan(words[j]):
        x = words[j]
        if x <= -1000.0:
            total += max(section + unit, 1.0) * -x
            section, unit = 0.0, 0.0
        elif x < 0.0:
            section += max(unit, 1.0) * -x
            unit = 0.0
        elif unit == 0.0:
            unit = x
        elif unit >= 10.0 and unit % 10.0 == 0.0 and x < 10.0:
            unit += x
        else:
            break
        j += 1
    return total + section + unit, j


@kernel
def read_numbers(
    data: npt.NDArray[np.uint8],
    texts: npt.NDArray[np.int64],
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    gaps: npt.NDArray[np.uint8],
    words: npt.NDArray[np.float64],
    offsets: npt.NDArray[np.int64],
    values: npt.NDArray[np.float64],
    digits: npt.NDArray[np.uint8],
) -> None:
    """The value of the number that begins at each token, NaN where none does, −1 within one; its significant digits.

    ``words`` is what each token means as a number word: NaN, a value, or minus the power of ten it multiplies by.
    O(tokens).
    """
    for d in range(len(offsets) - 1):
        i, b = offsets[d], offsets[d + 1]
        while i < b:
            values[i] = np.nan
            digits[i] = np.uint8(0)
            j = i + 1
            value = 0.0
            if _digits(data, texts[d] + np.int64(starts[i]), texts[d] + np.int64(ends[i])) > 0:
                value, j = _written_in_digits(data, texts[d], starts, ends, i, b)
                while j < b and gaps[j] == 0 and words[j] <= -1000.0:
                    value *= -words[j]
                    j += 1
            elif words[i] >= 0.0 or words[i] == -10.0 or words[i] == -12.0:
                value, j = _written_in_words(words, gaps, i, b)
            else:
                i += 1
                continue
            values[i] = value
            digits[i] = np.uint8(_significant(value))
            for k in range(i + 1, j):
                values[k] = -1.0
                digits[k] = np.uint8(0)
            i = j


@inner
def _spaced(data: npt.NDArray[np.uint8], base: int, before: np.uint32, start: np.uint32) -> bool:
    """Whether nothing but one blank stands between two tokens."""
    n = np.int64(start) - np.int64(before)
    at = base + np.int64(before)
    return (n == 1 and data[at] == _SPACE) or (n == 2 and data[at + 1] == _NO_BREAK)


@inner
def _nouns_are_capitals(
    capitals: npt.NDArray[np.bool_], gaps: npt.NDArray[np.uint8], ignored: npt.NDArray[np.bool_], a: int, b: int
) -> bool:
    """Whether so many words inside sentences have capitals that nouns must have them, as in German."""
    words, high = 0, 0
    for i in range(a, b):
        if gaps[i] < _SENTENCE and not ignored[i]:
            words += 1
            high += capitals[i]
    return high > _NOUN_CAPITALS * words


@kernel
def mark_names(
    data: npt.NDArray[np.uint8],
    texts: npt.NDArray[np.int64],
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    capitals: npt.NDArray[np.bool_],
    gaps: npt.NDArray[np.uint8],
    idf: npt.NDArray[np.float32],
    ignored: npt.NDArray[np.bool_],
    offsets: npt.NDArray[np.int64],
    out: npt.NDArray[np.bool_],
) -> None:
    """Mark the words that are names or parts of them.

    A word with a capital that is not the first of its sentence; where all nouns have capitals, the last of several
    such words in a row, when it is rare. ``ignored`` tokens, numbers among them, are no names. O(tokens).
    """
    for d in range(len(offsets) - 1):
        a, b = offsets[d], offsets[d + 1]
        nouns = _nouns_are_capitals(capitals, gaps, ignored, a, b)
        for i in range(a, b):
            out[i] = False
            if ignored[i]:
                continue
            if not capitals[i] or gaps[i] >= _SENTENCE:
                continue
            if not nouns:
                out[i] = True
            elif idf[i] >= _RARE_NOUN and i > a:
                follows = capitals[i - 1] and not ignored[i - 1] and gaps[i - 1] < _SENTENCE
                last = i + 1 == b or not (
                    capitals[i + 1] and not ignored[i + 1] and _spaced(data, texts[d], ends[i], starts[i + 1])
                )
                out[i] = follows and last and _spaced(data, texts[d], ends[i - 1], starts[i])


@inner
def _ordered(places, start, end, keys, offset):  # type: ignore[no-untyped-def]
    """A copy of ``places[start:end]``, and their order by the key at each place, counted from ``offset``."""
    found = np.empty(end - start, np.int32)
    found_keys = np.empty(end - start, keys.dtype)
    for k in range(end - start):
        found[k] = places[start + k]
        found_keys[k] = keys[offset + found[k]]
    return found, stable_order(found_keys, end - start)


@kernel
def gather_facts(
    keys: npt.NDArray[np.uint64],
    idf: npt.NDArray[np.float32],
    names: npt.NDArray[np.bool_],
    values: npt.NDArray[np.float64],
    digits: npt.NDArray[np.uint8],
    ignored: npt.NDArray[np.bool_],
    offsets: npt.NDArray[np.int64],
    name_keys: npt.NDArray[np.uint64],
    name_weights: npt.NDArray[np.float32],
    name_places: npt.NDArray[np.int32],
    name_offsets: npt.NDArray[np.int64],
    number_values: npt.NDArray[np.float64],
    number_digits: npt.NDArray[np.uint8],
    number_places: npt.NDArray[np.int32],
    number_offsets: npt.NDArray[np.int64],
    most: int,
) -> None:
    """The distinct names and numbers of each document, ascending by key or value, each where it stands first.

    At most the first ``most`` of each kind in a document count. O(n log n) in a document's facts.
    """
    n, m = 0, 0
    name_offsets[0] = 0
    number_offsets[0] = 0
    for d in range(len(offsets) - 1):
        a, b = offsets[d], offsets[d + 1]
        first_name, first_number = n, m
        for i in range(a, b):
            if names[i] and n - first_name < most:
                name_places[n] = np.int32(i - a)
                n += 1
            if values[i] >= 0.0 and not ignored[i] and m - first_number < most:
                number_places[m] = np.int32(i - a)
                m += 1
        places, order = _ordered(name_places, first_name, n, keys, a)
        n = first_name
        for k in order:
            key = keys[a + places[k]]
            if n > first_name and name_keys[n - 1] == key:
                continue
            name_keys[n], name_places[n] = key, places[k]
            name_weights[n] = max(np.float32(0.0), idf[a + places[k]] - np.float32(3.0))
            n += 1
        places, order = _ordered(number_places, first_number, m, values, a)
        m = first_number
        for k in order:
            value = values[a + places[k]]
            if m > first_number and number_values[m - 1] == value:
                continue
            number_values[m], number_places[m] = value, places[k]
            number_digits[m] = digits[a + places[k]]
            m += 1
        name_offsets[d + 1] = n
        number_offsets[d + 1] = m
