"""The hashes of tokens, from the folded copy of a text.

Let w0, w1, w2, ... be the bytes of a folded form, eight to a word, the first byte lowest, padded with zeros, and x · y
the low half of the 128-bit product exclusive-or its high half. The hash is::

    up to 16 bytes   (w0 ^ A) · (w1 ^ B ^ length)
    more             h = (w0 ^ A) · (w1 ^ B); for each further word, h = (h ^ B) · (w ^ C); then (h ^ B) · (length ^ C)

with the lowest bit then set for a character of an unspaced script and cleared for a word. A, B and C are arbitrary but
for their highest byte, 0xFF: UTF-8 never has it, so that no factor made from the text alone is zero. (After Wang Yi's
wyhash.)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from dedup.kernels.characters import (
    IDENTITY,
    LENGTH,
    LONG,
    MARK,
    PAYLOAD,
    UNORDERED,
    Table,
    Word,
    class_of,
    entry_at,
    order_of,
)
from dedup.kernels.compile import inner
from dedup.kernels.intrinsics import (
    inlined,
    load_half,
    load_word,
    multiply_mix,
    store_half,
    store_word,
    trailing_zeros,
)

__all__ = ["GROWTH", "HOLE", "LONGER", "hash_anew", "hash_tokens"]

HOLE, LONGER = np.uint64(0xFF), np.uint64(0xFE)
"""What stands in the folded copy where a folded form is shorter than its character, and where it does not fit."""

GROWTH = 12
"""No folded form has more than this many times the bytes of its character."""

_0, _1, _2, _3, _4, _6, _7, _8 = (np.uint64(number) for number in (0, 1, 2, 3, 4, 6, 7, 8))
_16, _31, _56, _63, _256 = (np.uint64(number) for number in (16, 31, 56, 63, 256))
_A, _B, _C = np.uint64(0xFFA247533BFCB333), np.uint64(0xFF15560397F92A3B), np.uint64(0xFF715D3EA8D21779)
_EACH_LOWEST_BIT, _EACH_HIGHEST_BIT = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_FIRST_BYTES = np.array([(1 << 8 * min(count, 8)) - 1 for count in range(32)], np.uint64)
_NEXT_BYTES = np.array([(1 << 8 * min(max(count - 8, 0), 8)) - 1 for count in range(32)], np.uint64)


@inlined
def _holes(word: Word) -> Word:
    """Not zero if a byte of the word is `HOLE`; the lowest bit is then the highest of the first such byte.

    (Mycroft's test for a zero byte.)
    """
    inverse = ~word
    return (inverse - _EACH_LOWEST_BIT) & ~inverse & _EACH_HIGHEST_BIT


@inlined
def _markers(low: Word, high: Word) -> Word:
    """Not zero if a byte of either word is `HOLE` or `LONGER`."""
    return _holes(low | _EACH_LOWEST_BIT) | _holes(high | _EACH_LOWEST_BIT)


@inlined
def _hash_short(low: Word, high: Word, length: Word) -> Word:
    return multiply_mix(low ^ _A, high ^ _B ^ length)


@inlined
def _hash_long(data: Any, start: Word, length: Word) -> tuple[Word, Word]:
    """The hash of more than 16 bytes, and whether there are markers in them."""
    low, high = load_word(data, start), load_word(data, start + _8)
    markers = _markers(low, high)
    state = multiply_mix(low ^ _A, high ^ _B)
    for at in range(_16, length, _8):
        word = load_word(data, start + at) & _FIRST_BYTES[min(length - at, _8)]
        markers |= _holes(word | _EACH_LOWEST_BIT)
        state = multiply_mix(state ^ _B, word ^ _C)
    return multiply_mix(state ^ _B, length ^ _C), markers


@inlined
def _hash_with_holes(low: Word, high: Word, length: Word) -> Word:
    """The hash of up to 16 bytes of which some are holes: each is closed by what follows it."""
    hole = _holes(low)
    while hole != _0:
        before = (_1 << (trailing_zeros(hole) - _7)) - _1
        low = low & before | low >> _8 & ~before | high << _56
        high >>= _8
        length -= _1
        hole = _holes(low)
    hole = _holes(high)
    while hole != _0:
        before = (_1 << (trailing_zeros(hole) - _7)) - _1
        high = high & before | high >> _8 & ~before
        length -= _1
        hole = _holes(high)
    return _hash_short(low, high, length)


@inner
def hash_tokens(folded: Word, singles: Word, starts: Word, ends: Word, count: Word, hashes: Word, marked: Word) -> Word:
    """Second pass over one text: the hashes of its tokens; returns how many it could not make, listed in ``marked``.

    Long tokens and those with markers are rare: they are left to a second loop, and the first one stays in registers.
    """
    rare = _0
    for token in range(count):
        start = load_half(starts, token << _2)
        length = load_half(ends, token << _2) - start
        low = load_word(folded, start) & _FIRST_BYTES[length & _31]
        high = load_word(folded, start + _8) & _NEXT_BYTES[length & _31]
        value = _hash_short(low, high, length) & ~_1
        if (low | high) & _EACH_HIGHEST_BIT | length >> _4 != _0:
            if length > _16 or _markers(low, high) != _0:
                store_half(marked, rare << _2, token)
                rare += _1
                continue
            value |= _is_single(singles, start)
        store_word(hashes, token << _3, value)
    return _hash_rare(folded, singles, starts, ends, rare, hashes, marked)


@inlined
def _is_single(singles: Word, start: Word) -> Word:
    return load_word(singles, start >> _6 << _3) >> (start & _63) & _1


@inner
def _hash_rare(folded: Word, singles: Word, starts: Word, ends: Word, count: Word, hashes: Word, marked: Word) -> Word:
    """The hashes of the ``count`` tokens in ``marked``; returns how many fail, and leaves only them there."""
    failed = _0
    for i in range(count):
        token = load_half(marked, i << _2)
        start = load_half(starts, token << _2)
        length = load_half(ends, token << _2) - start
        if length > _16:
            value, fails = _hash_long(folded, start, length)
        else:
            low = load_word(folded, start) & _FIRST_BYTES[length]
            high = load_word(folded, start + _8) & _NEXT_BYTES[length]
            value = _hash_with_holes(low, high, length)
            fails = _holes(low ^ _EACH_LOWEST_BIT) | _holes(high ^ _EACH_LOWEST_BIT)  # `LONGER` is `HOLE` but for a bit
        if fails != _0:
            store_half(marked, failed << _2, token)
            failed += _1
        store_word(hashes, token << _3, value & ~_1 | _is_single(singles, start))
    return failed


@inlined
def _hash_bytes(data: Any, start: Word, length: Word) -> Word:
    if length > _16:
        return _hash_long(data, start, length)[0]
    low = load_word(data, start) & _FIRST_BYTES[length]
    return _hash_short(low, load_word(data, start + _8) & _NEXT_BYTES[length], length)


@inlined
def _fold(text: Word, start: Word, end: Word, table: Table, folded: Any) -> tuple[Word, bool]:
    """Write the folded form of a token; its length, and whether its marks are in canonical order."""
    size, last_order, ordered = _0, _0, True
    while start < end:
        entry, length = entry_at(text, start, table)
        width, order = entry >> LENGTH & _7, order_of(entry)
        if entry >> IDENTITY & _1 != _0:
            width = length
            store_word(folded, size, load_word(text, start))
        elif width == LONG:
            source, width = table[3] + ((entry & PAYLOAD) >> _8), entry & np.uint64(255)
            for at in range(_0, width, _8):
                store_word(folded, size + at, load_word(source, at))
        else:
            store_word(folded, size, entry)
        if class_of(entry) == MARK and order != _0:
            ordered = ordered and order >= last_order and order != UNORDERED
        if width != _0:
            last_order = order
        size += width
        start += length
    return size, ordered


@inner
def _order_marks(folded: Any, size: Word, table: Table, ordered: Word) -> None:
    """Copy a folded form behind ``ordered``, each run of marks of combining class above 0 sorted stably by class.

    That is canonical ordering. One walk over a run for each class in it, of which there are fifteen in all: no run of
    marks, however long, costs its square.
    """
    start = _0
    while start < size:
        end, lowest = start, _256
        while end < size:
            entry, length = entry_at(folded, end, table)
            order = order_of(entry)
            if order == _0 and end > start:
                break
            lowest = min(lowest, order)
            end += length
            if order == _0:
                break
        while lowest < _256:
            at, following = start, _256
            while at < end:
                entry, length = entry_at(folded, at, table)
                order = order_of(entry)
                if order == lowest:
                    store_word(folded, ordered, load_word(folded, at))
                    ordered += length
                elif order > lowest:
                    following = min(following, order)
                at += length
            lowest = following
        start = end


@inner
def hash_anew(text: Word, table: Table, starts: Word, ends: Word, marked: Word, count: Word, hashes: Word) -> None:
    """The hashes of the tokens in ``marked``, each folded on its own."""
    folded = np.empty(4096, np.uint8)
    for i in range(count):
        token = load_half(marked, i << _2)
        start, end = load_half(starts, token << _2), load_half(ends, token << _2)
        room = np.uint64(GROWTH) * (end - start) + _16
        if np.uint64(len(folded)) < room << _1:
            folded = np.empty(room << _1, np.uint8)
        size, ordered = _fold(text, start, end, table, folded)
        place = _0
        if not ordered:
            _order_marks(folded, size, table, room)
            place = room
        value = _hash_bytes(folded, place, size)
        store_word(hashes, token << _3, value & ~_1 | load_word(hashes, token << _3) & _1)
