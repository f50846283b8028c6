"""UTF-8 and the Unicode table, as kernels read them.

All numbers are uint64: numba makes floats of uint64 and int64 together. ``data`` is an array of bytes or its address. A
`Table` is the addresses of ``pairs``, ``index``, ``entries`` and ``folds`` of a `dedup.unicode_table.UnicodeTable`; the
layout is described there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.intrinsics import count_ones, inlined, lead_masks, load_byte, load_short, load_word

__all__ = [
    "APOSTROPHE",
    "CLASS",
    "IDENTITY",
    "LENGTH",
    "LONG",
    "MARK",
    "MIXED",
    "ORDER",
    "PAYLOAD",
    "UNORDERED",
    "Table",
    "Word",
    "class_of",
    "count_characters",
    "entry_at",
    "is_word_at",
    "order_of",
]

Word = np.uint64
Table = tuple[Any, Any, Any, Any]

WORD, MARK, APOSTROPHE = np.uint64(1), np.uint64(2), np.uint64(4)
ORDER, LENGTH, CLASS, IDENTITY = np.uint64(48), np.uint64(56), np.uint64(59), np.uint64(62)
PAYLOAD, LONG, UNORDERED, MIXED = np.uint64((1 << 48) - 1), np.uint64(7), np.uint64(255), np.uint64(32)

_0, _1, _2, _3, _4, _6, _8 = (np.uint64(number) for number in (0, 1, 2, 3, 4, 6, 8))
_10, _12, _16, _18, _24, _63 = (np.uint64(number) for number in (10, 12, 16, 18, 24, 63))
_CONTINUED, _THREE, _FOUR = np.uint64(0x80), np.uint64(0xE0), np.uint64(0xF0)
_BITS_3, _BITS_4, _BITS_5, _BITS_6, _BITS_8 = (np.uint64((1 << bits) - 1) for bits in (3, 4, 5, 6, 8))
_MIDDLE_BITS = np.uint64(0xFC0)


@inlined
def _decode(data: Any, position: Word) -> tuple[Word, Word]:
    """Code point and length of a character in valid UTF-8."""
    word = load_word(data, position)
    lead = word & _BITS_8
    if lead < _CONTINUED:
        return lead, _1
    if lead < _THREE:
        return (word & _BITS_5) << _6 | (word >> _8 & _BITS_6), _2
    if lead < _FOUR:
        return (word & _BITS_4) << _12 | (word >> _2 & _MIDDLE_BITS) | (word >> _16 & _BITS_6), _3
    high = (word & _BITS_3) << _18 | (word >> _8 & _BITS_6) << _12
    return high | (word >> _10 & _MIDDLE_BITS) | (word >> _24 & _BITS_6), _4


@inlined
def entry_at(data: Any, position: Word, table: Table) -> tuple[Word, Word]:
    """Entry in the Unicode table, and length, of a character in valid UTF-8."""
    _, index, entries, _ = table
    code, length = _decode(data, position)
    page = load_short(index, code >> _8 << _1)
    return load_word(entries, (page << _8 | code & _BITS_8) << _3), length


@inlined
def class_of(entry: Word) -> Word:
    """The class of a character."""
    return entry >> CLASS & _BITS_3


@inlined
def order_of(entry: Word) -> Word:
    """The mark order of a character."""
    return entry >> ORDER & _BITS_8


@inner
def is_word_at(text: Word, position: Word, size: Word, table: Table) -> bool:
    """Whether a character of class `WORD` stands at a position, where there may be no valid character at all."""
    if position >= size:
        return False
    if load_byte(text, position) >= _CONTINUED:
        continuation, three, four = lead_masks(text, position)
        needed = _2 | (three & _1) << _2 | (four & _1) << _3
        if continuation & needed != needed or load_byte(table[0], load_short(text, position)) == _0:
            return False
    return class_of(entry_at(text, position, table)[0]) == WORD


@kernel
def count_characters(
    data: npt.NDArray[np.uint8],
    begin: int,
    size: int,
    byte_offsets: npt.NDArray[np.int64],
    characters: npt.NDArray[np.int64],
) -> None:
    """Number of characters before each byte offset of one text: of the bytes that continue none. O(size + offsets).

    Parameters
    ----------
    data : uint8 array, read-only
        UTF-8, with 64 bytes more than the text.
    begin, size : int
        Where the text stands in ``data``, in bytes.
    byte_offsets : int64 array (k,)
        From 0 to ``size``, in any order.
    characters : int64 array (k,)
        Output.
    """
    before = np.empty((size >> 6) + 1, np.int64)
    total = 0
    for block in range(len(before)):
        before[block] = total
        total += 64 - np.int64(count_ones(lead_masks(data, begin + 64 * block)[0]))
    for i in range(len(byte_offsets)):
        block = byte_offsets[i] >> 6
        mask = (_1 << (np.uint64(byte_offsets[i]) & _63)) - _1
        continuing = lead_masks(data, begin + 64 * block)[0] & mask
        characters[i] = before[block] + (byte_offsets[i] & 63) - np.int64(count_ones(continuing))
