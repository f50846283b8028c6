"""From UTF-8 bytes to tokens: where each begins and ends, and the hash of its folded form.

Two passes over each text. The first takes 64 bytes at a time, as masks with a bit for each byte: ASCII is classified by
vector comparisons, other characters one by one from the Unicode table. Beginnings and ends of tokens are then shifts and
ands of the masks. It also writes a folded copy of the text, byte under byte, so that positions hold in both: where a
folded form is shorter than the character, `_HOLE` fills the rest; where it does not fit, `_LONGER` marks the character.
Neither byte ever stands in UTF-8. The second pass hashes each token from two loads of the folded copy, closing the holes,
and folds anew the few that are marked `_LONGER`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.intrinsics import (
    continuation_mask,
    count_ones,
    fold_block,
    load_word,
    multiply_mix,
    trailing_zeros,
)

__all__ = ["GROWTH", "count_characters", "tokenize"]

GROWTH = 12
"""No folded form has more than this many times the bytes of its character."""

_0, _1, _7, _8, _63 = (np.uint64(number) for number in (0, 1, 7, 8, 63))
_BYTE = np.uint64(0xFF)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_EACH_LOW, _EACH_HIGH = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_SEED_A, _SEED_B, _SEED_C = np.uint64(0xFFA247533BFCB333), np.uint64(0xFF15560397F92A3B), np.uint64(0xFF715D3EA8D21779)
_FIRST_BYTES = np.array([(1 << 8 * min(count, 8)) - 1 for count in range(17)], np.uint64)
_NEXT_BYTES = np.array([(1 << 8 * max(count - 8, 0)) - 1 for count in range(17)], np.uint64)
_AT_ONCE = 12

# what the entries of the Unicode table say
_SEPARATOR, _WORD, _MARK, _SINGLE, _APOSTROPHE = 0, 1, 2, 3, 4
_ORDER, _LENGTH, _CLASS, _IDENTITY, _LONG = (np.uint64(shift) for shift in (48, 56, 59, 62, 63))
_PAYLOAD, _LONG_START = np.uint64((1 << 48) - 1), np.uint64((1 << 40) - 1)
_UNORDERED = np.uint64(255)

_HOLE, _LONGER = np.uint8(0xFF), np.uint8(0xFE)

Bytes = npt.NDArray[np.uint8]


@inner
def _decode(data, position, end):
    """Code point and length of the character at a byte; (0, 1) where the bytes are not UTF-8."""
    word = load_word(data, position)
    lead = np.int64(word & _BYTE)
    if lead < 0x80:
        return lead, np.int64(1)
    a = np.int64(word >> _8 & _BYTE) ^ 0x80
    if lead < 0xE0:
        if lead >= 0xC2 and a < 0x40 and position + 2 <= end:
            return (lead & 0x1F) << 6 | a, np.int64(2)
        return np.int64(0), np.int64(1)
    b = np.int64(word >> np.uint64(16) & _BYTE) ^ 0x80
    if lead < 0xF0:
        code = (lead & 0xF) << 12 | a << 6 | b
        if (a | b) < 0x40 and code >= 0x800 and position + 3 <= end:
            return code, np.int64(3)
        return np.int64(0), np.int64(1)
    c = np.int64(word >> np.uint64(24) & _BYTE) ^ 0x80
    code = (lead & 0xF) << 18 | a << 12 | b << 6 | c
    if (a | b | c) < 0x40 and 0x10000 <= code < 0x110000 and position + 4 <= end:
        return code, np.int64(4)
    return np.int64(0), np.int64(1)


@inner
def _entry_at(data, position, end, index, entries):
    code, length = _decode(data, position, end)
    return entries[np.uint64(index[np.uint64(code >> 8)]) << _8 | np.uint64(code & 255)], length


@inner
def _is_word_at(data, position, end, index, entries):
    if position >= end:
        return False
    entry, _ = _entry_at(data, position, end, index, entries)
    return np.int64(entry >> _CLASS & _7) == _WORD


@inner
def _write_folded(entry, length, folded, at, room):
    fold_length = np.int64(entry >> _LENGTH & _7)
    if entry >> _LONG != _0 or fold_length > length or length > room:
        folded[at] = _LONGER
        return
    filled = (entry & _PAYLOAD) | _ALL << (_8 * np.uint64(fold_length))
    folded[at] = np.uint8(filled & _BYTE)
    folded[at + 1] = np.uint8(filled >> _8 & _BYTE)
    if length > 2:
        folded[at + 2] = np.uint8(filled >> np.uint64(16) & _BYTE)
        if length > 3:
            folded[at + 3] = np.uint8(filled >> np.uint64(24) & _BYTE)


@inner
def _mark_foreign(data, position, end, word, foreign, token_carry, single_carry, last_order, index, entries, folded, at):
    single = single_carry >> _1
    word |= token_carry >> _1
    begin = _0
    token_over, single_over = _0, _0
    leads = foreign & ~continuation_mask(data, position)
    while leads != _0:
        bit = trailing_zeros(leads)
        leads &= leads - _1
        here = position + np.int64(bit)
        entry, length = _entry_at(data, here, end, index, entries)
        kind = np.int64(entry >> _CLASS & _7)
        if kind == _SEPARATOR:
            continue
        span = (_1 << np.uint64(length)) - _1
        order = entry >> _ORDER & _BYTE
        disordered = False
        if kind == _SINGLE:
            single |= span << bit
            single_over = (span >> _1) >> (_63 - bit)
            begin |= _1 << bit
            last_order = order
        elif kind == _WORD:
            last_order = order
        else:
            before = ((word << _1 | (token_carry & _1)) >> bit) & _1
            before_single = ((single << _1 | (single_carry & _1)) >> bit) & _1
            if before == _0:
                continue
            if kind == _MARK:
                if before_single != _0:
                    single |= span << bit
                    single_over = (span >> _1) >> (_63 - bit)
                if order != _0:
                    disordered = order < last_order or order == _UNORDERED
                    last_order = order
                elif entry >> _LENGTH & np.uint64(0xC7) != _0:
                    last_order = _0
            elif before_single != _0 or not _is_word_at(data, here + length, end, index, entries):
                continue
        word |= span << bit
        token_over = (span >> _1) >> (_63 - bit)
        target = at + np.int64(bit)
        if entry >> _IDENTITY & _1 == _0:
            _write_folded(entry, length, folded, target, 64 - np.int64(bit))
        if disordered:
            folded[target] = _LONGER
    return word, single, begin, token_over, single_over, last_order


@inner
def _write_positions(bits, base, positions, filled):
    count = np.int64(count_ones(bits))
    for k in range(_AT_ONCE):
        positions[np.uint64(filled + k)] = np.uint32(base + np.int64(trailing_zeros(bits)))
        bits &= bits - _1
    for k in range(_AT_ONCE, count):
        positions[np.uint64(filled + k)] = np.uint32(base + np.int64(trailing_zeros(bits)))
        bits &= bits - _1
    return filled + count


@inner
def _find_tokens(data, begin, end, index, entries, folded, singles, starts, ends, first):
    started, ended = first, first
    token_carry, single_carry, last_order = _0, _0, _0
    for position in range(begin, end, 64):
        at = position - begin
        word, foreign, apostrophe = fold_block(data, position, folded, at)
        if end - position < 64:
            inside = (_1 << np.uint64(end - position)) - _1
            word &= inside
            foreign &= inside
            apostrophe &= inside
        single, forced, token_over, single_over = _0, _0, _0, _0
        if foreign != _0:
            word, single, forced, token_over, single_over, last_order = _mark_foreign(
                data, position, end, word, foreign, token_carry, single_carry, last_order, index, entries, folded, at
            )
        if apostrophe != _0:
            letters = word & ~single
            following = letters >> _1
            if apostrophe >> _63 != _0 and _is_word_at(data, position + 64, end, index, entries):
                following |= _1 << _63
            word |= apostrophe & (letters << _1 | (token_carry & ~single_carry & _1)) & following
        before = word << _1 | (token_carry & _1)
        forced |= (single << _1 | (single_carry & _1)) & word & ~single
        started = _write_positions(word & (~before | forced), at, starts, started)
        ended = _write_positions(before & (~word | forced), at, ends, ended)
        token_carry = word >> _63 | token_over << _1
        single_carry = single >> _63 | single_over << _1
        singles[np.uint64(at >> 6)] = single
    if ended < started:
        ends[ended] = np.uint32(end - begin)
    return started


@inner
def _has_marker(word):
    """Whether a byte of the word is `_HOLE` or `_LONGER`, the two that end in 0xFE or 0xFF."""
    inverse = ~(word | _EACH_LOW)
    return (inverse - _EACH_LOW) & ~inverse & _EACH_HIGH


@inner
def _lowest_hole(word):
    inverse = ~word
    return (inverse - _EACH_LOW) & ~inverse & _EACH_HIGH


@inner
def _hash_short(low, high, length):
    return multiply_mix(low ^ _SEED_A, high ^ _SEED_B ^ np.uint64(length))


@inner
def _hash_long(data, start, length):
    state = multiply_mix(load_word(data, start) ^ _SEED_A, load_word(data, start + 8) ^ _SEED_B)
    for at in range(16, length, 8):
        word = load_word(data, start + at) & _FIRST_BYTES[min(length - at, 8)]
        state = multiply_mix(state ^ _SEED_B, word ^ _SEED_C)
    return multiply_mix(state ^ _SEED_B, np.uint64(length) ^ _SEED_C)


@inner
def _hash_bytes(data, start, length):
    if length > 16:
        return _hash_long(data, start, length)
    low = load_word(data, start) & _FIRST_BYTES[length]
    return _hash_short(low, load_word(data, start + 8) & _NEXT_BYTES[length], length)


@inner
def _any_marker(data, start, length):
    found = _0
    for at in range(0, length, 8):
        found |= _has_marker(load_word(data, start + at) & _FIRST_BYTES[min(length - at, 8)])
    return found != _0


@inner
def _close_holes(low, high, length):
    hole = _lowest_hole(low)
    while hole != _0:
        keep = (_1 << (trailing_zeros(hole) - _7)) - _1
        low = (low & keep) | (low >> _8 & ~keep) | high << np.uint64(56)
        high >>= _8
        length -= 1
        hole = _lowest_hole(low)
    hole = _lowest_hole(high)
    while hole != _0:
        keep = (_1 << (trailing_zeros(hole) - _7)) - _1
        high = (high & keep) | (high >> _8 & ~keep)
        length -= 1
        hole = _lowest_hole(high)
    return low, high, length


@inner
def _fold_token(data, start, end, index, entries, folds, folded):
    size = 0
    last_order = _0
    ordered = True
    position = start
    while position < end:
        entry, length = _entry_at(data, position, end, index, entries)
        order = entry >> _ORDER & _BYTE
        source, at, width = data, position, length
        if entry >> _LONG != _0:
            source, at, width = folds, np.int64((entry & _LONG_START) >> _8), np.int64(entry & _BYTE)
        if entry >> _IDENTITY != _0:
            for k in range(width):
                folded[size + k] = source[at + k]
        else:
            width = np.int64(entry >> _LENGTH & _7)
            for k in range(width):
                folded[size + k] = np.uint8(entry >> np.uint64(8 * k) & _BYTE)
        size += width
        position += length
        if np.int64(entry >> _CLASS & _7) == _MARK and order != _0:
            ordered = ordered and order >= last_order and order != _UNORDERED
        if width:
            last_order = order
    return size, ordered


@inner
def _order_marks(folded, size, index, entries, ordered):
    """Sort the characters of each run of combining class above 0 stably by class, as canonical ordering demands.

    One walk over a run for each class in it (there are fifteen in all), so that no run of marks costs its square.
    """
    filled = 0
    start = 0
    while start < size:
        end = start
        lowest = np.uint64(256)
        while end < size:
            entry, length = _entry_at(folded, end, size, index, entries)
            order = entry >> _ORDER & _BYTE
            if order == _0 and end > start:
                break
            lowest = min(lowest, order)
            end += length
            if order == _0:
                break
        while lowest < np.uint64(256):
            following = np.uint64(256)
            at = start
            while at < end:
                entry, length = _entry_at(folded, at, size, index, entries)
                order = entry >> _ORDER & _BYTE
                if order == lowest:
                    for k in range(length):
                        ordered[filled + k] = folded[at + k]
                    filled += length
                elif order > lowest:
                    following = min(following, order)
                at += length
            lowest = following
        start = end


@inner
def _hash_anew(data, start, end, index, entries, folds, scratch):
    half = GROWTH * (end - start) + 16
    room = scratch if len(scratch) >= 2 * half else np.empty(2 * half, np.uint8)
    size, ordered = _fold_token(data, start, end, index, entries, folds, room)
    if ordered:
        return _hash_bytes(room, 0, size)
    _order_marks(room[:half], size, index, entries, room[half:])
    return _hash_bytes(room[half:], 0, size)


@inner
def _hash_tokens(data, begin, index, entries, folds, folded, singles, starts, ends, first, last, scratch, hashes):
    for token in range(np.uint64(first), np.uint64(last)):
        start = np.int64(starts[token])
        length = np.int64(ends[token]) - start
        size = np.uint64(min(length, 16))
        low = load_word(folded, start) & _FIRST_BYTES[size]
        high = load_word(folded, start + 8) & _NEXT_BYTES[size]
        value = _hash_short(low, high, length)
        if length > 16:
            if _any_marker(folded, start, length):
                value = _hash_anew(data, begin + start, begin + start + length, index, entries, folds, scratch)
            else:
                value = _hash_long(folded, start, length)
        elif (_has_marker(low) | _has_marker(high)) != _0:
            value = _hash_anew(data, begin + start, begin + start + length, index, entries, folds, scratch)
        kind = singles[np.uint64(start >> 6)] >> (np.uint64(start) & _63) & _1
        hashes[token] = (value & ~_1) | kind


@kernel
def tokenize(data, offsets, index, entries, folds, hashes, starts, ends, token_offsets):
    longest = 0
    for document in range(len(offsets) - 1):
        longest = max(longest, offsets[document + 1] - offsets[document])
    folded = np.empty(longest + 128, np.uint8)
    singles = np.empty((longest >> 6) + 1, np.uint64)
    scratch = np.empty(4096, np.uint8)
    count = 0
    token_offsets[0] = 0
    for document in range(len(offsets) - 1):
        begin, end = offsets[document], offsets[document + 1]
        first = count
        count = _find_tokens(data, begin, end, index, entries, folded, singles, starts, ends, first)
        _hash_tokens(data, begin, index, entries, folds, folded, singles, starts, ends, first, count, scratch, hashes)
        token_offsets[document + 1] = count
    return count


@kernel
def count_characters(data, begin, byte_offsets, characters):
    for i in range(len(byte_offsets)):
        count = 0
        for position in range(begin, begin + byte_offsets[i]):
            count += (data[position] & 0xC0) != 0x80
        characters[i] = count
