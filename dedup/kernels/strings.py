"""UTF-8 from the memory of Python's own strings, without the interpreter's lock.

CPython keeps a string as a header and, right behind it, its characters: one, two or four bytes each, as the largest
needs. Nothing here checks that this interpreter does so: `dedup.strings` has, before it calls.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.intrinsics import (
    address,
    choose,
    copy_bytes,
    count_ones,
    inlined,
    load_byte,
    load_half,
    load_short,
    load_word,
    narrow_bytes,
    narrow_halves,
    narrow_shorts,
    store_half,
    trailing_zeros,
)

__all__ = ["ASCII", "LENGTH_AT", "STATE_AT", "TYPE_AT", "WIDTHS", "measure_strings", "write_strings"]

TYPE_AT, LENGTH_AT, STATE_AT = 8, 16, 32
"""Where a header has the address of its type, the number of characters, and how they are kept."""

ASCII = 0b11001
WIDTHS = {1: 0b01001, 2: 0b01010, 4: 0b01100}
"""Bits 2 to 6 of the state: of ASCII text, and of other text by the bytes of a character."""

_0, _1, _2, _4, _6, _7, _8, _12, _16, _18, _24 = (np.uint64(n) for n in (0, 1, 2, 4, 6, 7, 8, 12, 16, 18, 24))
_32, _LOW, _KIND = np.uint64(32), np.uint64(0x3F), np.uint64(0x1F)
_TWO_BYTES, _THREE_BYTES, _FOUR_BYTES = np.uint64(0x80), np.uint64(0x800), np.uint64(0x10000)
_LEAD_OF_TWO, _LEAD_OF_THREE, _LEAD_OF_FOUR = np.uint64(0x80C0), np.uint64(0x8080E0), np.uint64(0x808080F0)
_ASCII, _LEAST, _MOST = np.uint64(ASCII), np.uint64(WIDTHS[1]), np.uint64(WIDTHS[4])
"""A lone surrogate is three bytes as any other character of its size."""

_FEW = np.uint64(8)

Word = np.uint64


@inlined
def _character(characters: Word, i: Word, width: Word) -> Word:
    if width == _1:
        return load_byte(characters, i)
    if width == _2:
        return load_short(characters, i << _1)
    return load_half(characters, i << _2)


@inlined
def _narrow(characters: Word, i: Word, width: Word, target: Word) -> tuple[Word, Word]:
    if width == _1:
        return narrow_bytes(characters, i, target)
    if width == _2:
        return narrow_shorts(characters, i << _1, target)
    return narrow_halves(characters, i << _2, target)


@inlined
def _put_short(c: Word, target: Word) -> Word:
    """Write a character of up to two bytes, and two bytes that the next one overwrites; where that goes.

    Its condition stands twice: kept in a variable it becomes a branch, and Russian 30 % slower.
    """
    store_half(target, 0, choose(c >= _TWO_BYTES, c >> _6 | (c & _LOW) << _8 | _LEAD_OF_TWO, c))
    return target + _1 + np.uint64(c >= _TWO_BYTES)


@inlined
def _put(c: Word, target: Word) -> Word:
    """Write any character, and up to three bytes that the next one overwrites; where that goes."""
    last, middle = c & _LOW, c >> _6 & _LOW
    if c >= _FOUR_BYTES:
        store_half(target, 0, c >> _18 | (c >> _12 & _LOW) << _8 | middle << _16 | last << _24 | _LEAD_OF_FOUR)
        return target + _4
    two, three = middle | last << _8 | _LEAD_OF_TWO, c >> _12 | middle << _8 | last << _16 | _LEAD_OF_THREE
    store_half(target, 0, choose(c >= _THREE_BYTES, three, choose(c >= _TWO_BYTES, two, c)))
    return target + _1 + np.uint64(c >= _TWO_BYTES) + np.uint64(c >= _THREE_BYTES)


@inner
def _write(characters: Word, count: Word, width: Word, target: Word) -> None:
    """Write characters as UTF-8, 32 at a time where they are ASCII."""
    i = _0
    while count - i >= _32:
        wide, wider = _narrow(characters, i, width, target)
        if wide == _0:
            target += _32
            i += _32
        elif count_ones(wide) < _FEW:
            run = trailing_zeros(wide)
            target = _put(_character(characters, i + run, width), target + run)
            i += run + _1
        elif wider == _0:
            for k in range(i, i + _32):
                target = _put_short(_character(characters, k, width), target)
            i += _32
        else:
            for k in range(i, i + _32):
                target = _put(_character(characters, k, width), target)
            i += _32
    for k in range(i, count):
        target = _put(_character(characters, k, width), target)


@inner
def _size(characters: Word, count: Word, width: Word) -> Word:
    size = count
    for i in range(count):
        c = _character(characters, i, width)
        size += np.uint64(c >= _TWO_BYTES) + np.uint64(c >= _THREE_BYTES) + np.uint64(c >= _FOUR_BYTES)
    return size


@kernel
def measure_strings(
    objects: Word, kind: Word, characters_at: tuple[Word, Word], offsets: npt.NDArray[np.int64]
) -> bool:
    """Where each string's UTF-8 begins when they stand one behind the other; whether all are strings. O(characters).

    Parameters
    ----------
    objects : uint64
        Address of the addresses of objects, which somebody holds.
    kind : uint64
        The address of the type ``str``. Instances of other types, its children among them, may look otherwise.
    characters_at : two uint64
        Where characters begin, from the beginning of an object: in ASCII strings, and in others.
    offsets : int64 array (n + 1,)
        Output.
    """
    offsets[0] = 0
    for i in range(len(offsets) - 1):
        string = load_word(objects, i << 3)
        if load_word(string, TYPE_AT) != kind:
            return False
        size, state = load_word(string, LENGTH_AT), load_half(string, STATE_AT) >> _2 & _KIND
        if state != _ASCII:
            if state < _LEAST or state > _MOST:
                return False
            size = _size(string + characters_at[1], size, state & _7)
        offsets[i + 1] = offsets[i] + np.int64(size)
    return True


@kernel
def write_strings(
    objects: Word, characters_at: tuple[Word, Word], offsets: npt.NDArray[np.int64], out: npt.NDArray[np.uint8]
) -> None:
    """Write the UTF-8 of strings that `measure_strings` has accepted; ``out`` is 4 bytes longer. O(characters)."""
    for i in range(len(offsets) - 1):
        string = load_word(objects, i << 3)
        size, state = load_word(string, LENGTH_AT), load_half(string, STATE_AT) >> _2 & _KIND
        target = address(out) + np.uint64(offsets[i])
        if state == _ASCII:
            copy_bytes(string + characters_at[0], target, size)
        else:
            _write(string + characters_at[1], size, state & _7, target)
