"""From UTF-8 bytes to tokens: where each begins and ends, and the hash of its folded form.

Two passes over each text. The first takes 64 bytes at a time, as masks with a bit for each byte: ASCII is classified by
vector comparisons, other characters one by one from the Unicode table. Beginnings and ends of tokens are then shifts and
ands of the masks. It also writes a folded copy of the text, byte under byte, so that positions hold in both: where a
folded form is shorter than the character, `_HOLE` fills the rest; where it does not fit, `_LONGER` marks the character.
Neither byte ever stands in UTF-8. The second pass hashes each token from two loads of the folded copy, closes the holes,
and folds anew the few tokens that are marked `_LONGER`.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.intrinsics import (
    continuation_mask,
    count_ones,
    fold_block,
    load_word,
    multiply_mix,
    store_word,
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
_WORD, _MARK, _APOSTROPHE = 1, 2, 4
_ORDER, _LENGTH, _CLASS, _IDENTITY, _SPECIAL = (np.uint64(shift) for shift in (48, 56, 59, 62, 63))
_PAYLOAD, _LONG = np.uint64((1 << 48) - 1), 7
_VANISHES = np.uint64(0x47 << 56)
_UNORDERED = np.uint64(255)

_HOLE, _LONGER = np.uint8(0xFF), np.uint8(0xFE)
_EACH_LONGER = np.uint64(0xFEFEFEFEFEFEFEFE)

Bytes = npt.NDArray[np.uint8]
inlined = numba.njit(nogil=True, forceinline=True)


@inlined
def _decode(data, position):
    """Code point and length of the character at a byte; (0, 1) where the bytes are not UTF-8."""
    word = load_word(data, position)
    lead = np.int64(word & _BYTE)
    a, b = np.int64(word >> _8) & 0x3F, np.int64(word >> np.uint64(16)) & 0x3F
    if lead < 0x80:
        return lead, np.int64(1)
    if lead < 0xE0:
        if (word & np.uint64(0xC000)) != np.uint64(0x8000) or lead < 0xC2:
            return np.int64(0), np.int64(1)
        return (lead & 0x1F) << 6 | a, np.int64(2)
    if lead < 0xF0:
        code = (lead & 0xF) << 12 | a << 6 | b
        if (word & np.uint64(0xC0C000)) != np.uint64(0x808000) or code < 0x800:
            return np.int64(0), np.int64(1)
        return code, np.int64(3)
    code = (lead & 0xF) << 18 | a << 12 | b << 6 | np.int64(word >> np.uint64(24)) & 0x3F
    if (word & np.uint64(0xC0C0C000)) != np.uint64(0x80808000) or code < 0x10000 or code >= 0x110000:
        return np.int64(0), np.int64(1)
    return code, np.int64(4)


@inlined
def _entry_at(data, position, index, entries):
    code, length = _decode(data, position)
    return entries[np.uint64(index[np.uint64(code >> 8)]) << _8 | np.uint64(code & 255)], length


@inner
def _is_word_at(data, position, end, index, entries):
    if position >= end:
        return False
    entry, _ = _entry_at(data, position, index, entries)
    return np.int64(entry >> _CLASS & _7) == _WORD


@inlined
def _write_folded(entry, length, folded, at, room):
    fold_length = np.int64(entry >> _LENGTH & _7)
    if fold_length > length or length > room:
        folded[at] = _LONGER
        return
    filled = (entry & _PAYLOAD) | _ALL << (_8 * np.uint64(fold_length))
    for k in range(np.uint64(length)):
        folded[at + k] = np.uint8(filled & _BYTE)
        filled >>= _8


@inlined
def _mark_letters(data, position, leads, index, entries):
    word, single, special, bit, span = _0, _0, _0, _0, _0
    while leads != _0:
        bit = trailing_zeros(leads)
        leads &= leads - _1
        entry, length = _entry_at(data, position + np.int64(bit), index, entries)
        span = (_1 << np.uint64(length)) - _1
        letter = entry >> _CLASS & _1
        word |= (span & (_0 - letter)) << bit
        single |= (span & (_0 - (letter & entry >> (_CLASS + _1)))) << bit
        special |= (entry >> _SPECIAL) << bit
    return word, single, special, bit, span


@inlined
def _mark_special(data, position, end, word, single, special, token_carry, single_carry, order_carry, index, entries, folded, at):
    last_order, last_end = order_carry >> _8, order_carry & _BYTE
    while special != _0:
        bit = trailing_zeros(special)
        special &= special - _1
        here = position + np.int64(bit)
        entry, length = _entry_at(data, here, index, entries)
        kind = np.int64(entry >> _CLASS & _7)
        span = (_1 << np.uint64(length)) - _1
        target = np.uint64(at) + bit
        order = entry >> _ORDER & _BYTE
        disordered = False
        if kind == _MARK or kind == _APOSTROPHE:
            before = ((word << _1 | (token_carry & _1)) >> bit) & _1
            before_single = ((single << _1 | (single_carry & _1)) >> bit) & _1
            if before == _0:
                continue
            if kind == _APOSTROPHE and (
                before_single != _0 or not _is_word_at(data, here + length, end, index, entries)
            ):
                continue
            word |= span << bit
            single |= (span & (_0 - before_single)) << bit
            if bit != last_end:
                last_order = _0
            if entry & _VANISHES == _0:
                order = last_order
            disordered = order != _0 and (order < last_order or order == _UNORDERED)
        last_order, last_end = order, bit + np.uint64(length)
        if disordered:
            folded[target] = _LONGER
        elif entry >> _IDENTITY & _1 == _0:
            _write_folded(entry, length, folded, target, 64 - np.int64(bit))
    order_carry = last_order << _8 | (last_end - np.uint64(64)) if last_end >= np.uint64(64) else _ALL
    return word, single, order_carry


@inlined
def _mark_foreign(data, position, end, word, foreign, token_carry, single_carry, order_carry, index, entries, folded, at):
    leads = foreign & ~continuation_mask(data, position)
    letters, single, special, bit, span = _mark_letters(data, position, leads, index, entries)
    begin = single & leads
    word |= letters | token_carry >> _1
    single |= single_carry >> _1
    if special != _0:
        word, single, order_carry = _mark_special(
            data, position, end, word, single, special, token_carry, single_carry, order_carry, index, entries, folded, at
        )
    over = (span >> _1) >> (_63 - bit)
    token_over = over & (_0 - (word >> bit & _1))
    single_over = over & (_0 - (single >> bit & _1))
    return word, single, begin, token_over, single_over, order_carry


@inlined
def _write_positions(begins, finishes, base, starts, ends, started, ended):
    begin_count, end_count = count_ones(begins), count_ones(finishes)
    for k in range(np.uint64(_AT_ONCE)):
        starts[started + k] = np.uint32(base + np.int64(trailing_zeros(begins)))
        ends[ended + k] = np.uint32(base + np.int64(trailing_zeros(finishes)))
        begins &= begins - _1
        finishes &= finishes - _1
    if (begins | finishes) != _0:
        for k in range(np.uint64(_AT_ONCE), np.uint64(2 * _AT_ONCE)):
            starts[started + k] = np.uint32(base + np.int64(trailing_zeros(begins)))
            ends[ended + k] = np.uint32(base + np.int64(trailing_zeros(finishes)))
            begins &= begins - _1
            finishes &= finishes - _1
        for k in range(np.uint64(2 * _AT_ONCE), max(begin_count, end_count)):
            starts[started + k] = np.uint32(base + np.int64(trailing_zeros(begins)))
            ends[ended + k] = np.uint32(base + np.int64(trailing_zeros(finishes)))
            begins &= begins - _1
            finishes &= finishes - _1
    return started + begin_count, ended + end_count


@inlined
def _whole_end(data, begin, end):
    if end - begin >= 1 and data[end - 1] >= 0xC0:
        return end - 1
    if end - begin >= 2 and data[end - 2] >= 0xE0:
        return end - 2
    if end - begin >= 3 and data[end - 3] >= 0xF0:
        return end - 3
    return end


@inlined
def _find_tokens(data, begin, end, index, entries, folded, singles, starts, ends, first):
    started, ended = first, first
    token_carry, single_carry, order_carry = _0, _0, _ALL
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
            word, single, forced, token_over, single_over, order_carry = _mark_foreign(
                data, position, end, word, foreign, token_carry, single_carry, order_carry, index, entries, folded, at
            )
        if apostrophe != _0:
            letters = word & ~single
            following = letters >> _1
            if apostrophe >> _63 != _0 and _is_word_at(data, position + 64, end, index, entries):
                following |= _1 << _63
            word |= apostrophe & (letters << _1 | (token_carry & ~single_carry & _1)) & following
        before = word << _1 | (token_carry & _1)
        forced |= (single << _1 | (single_carry & _1)) & word & ~single
        started, ended = _write_positions(
            word & (~before | forced), before & (~word | forced), at, starts, ends, started, ended
        )
        token_carry = word >> _63 | token_over << _1
        single_carry = single >> _63 | single_over << _1
        singles[np.uint64(at >> 6)] = single
    if ended < started:
        ends[ended] = np.uint32(end - begin)
    return started


@inlined
def _lowest_hole(word):
    inverse = ~word
    return (inverse - _EACH_LOW) & ~inverse & _EACH_HIGH


@inlined
def _has_longer(word):
    difference = word ^ _EACH_LONGER
    return (difference - _EACH_LOW) & ~difference & _EACH_HIGH


@inlined
def _hash_short(low, high, length):
    return multiply_mix(low ^ _SEED_A, high ^ _SEED_B ^ np.uint64(length))


@inlined
def _hash_long(data, start, length):
    low, high = load_word(data, start), load_word(data, start + 8)
    markers = _lowest_hole(low | _EACH_LOW) | _lowest_hole(high | _EACH_LOW)
    state = multiply_mix(low ^ _SEED_A, high ^ _SEED_B)
    for at in range(16, length, 8):
        word = load_word(data, start + at) & _FIRST_BYTES[np.uint64(min(length - at, 8))]
        markers |= _lowest_hole(word | _EACH_LOW)
        state = multiply_mix(state ^ _SEED_B, word ^ _SEED_C)
    return multiply_mix(state ^ _SEED_B, np.uint64(length) ^ _SEED_C), markers


@inlined
def _hash_bytes(data, start, length):
    if length > 16:
        return _hash_long(data, start, length)[0]
    low = load_word(data, start) & _FIRST_BYTES[length]
    return _hash_short(low, load_word(data, start + 8) & _NEXT_BYTES[length], length)


@inlined
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


@inlined
def _fold_token(data, start, end, index, entries, folds, folded):
    size = 0
    last_order = _0
    ordered = True
    position = start
    while position < end:
        entry, length = _entry_at(data, position, index, entries)
        order = entry >> _ORDER & _BYTE
        width = np.int64(entry >> _LENGTH & _7)
        if entry >> _IDENTITY & _1 != _0:
            width = length
            store_word(folded, size, load_word(data, position))
        elif width == _LONG:
            source, width = np.int64((entry & _PAYLOAD) >> _8), np.int64(entry & _BYTE)
            for at in range(0, width, 8):
                store_word(folded, size + at, load_word(folds, source + at))
        else:
            store_word(folded, size, entry)
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
            entry, length = _entry_at(folded, end, index, entries)
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
                entry, length = _entry_at(folded, at, index, entries)
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
def _hash_anew(data, begin, index, entries, folds, starts, ends, marked, count, hashes):
    room = np.empty(4096, np.uint8)
    for i in range(count):
        token = marked[i]
        start, end = begin + np.int64(starts[token]), begin + np.int64(ends[token])
        need = 2 * GROWTH * (end - start) + 64
        if len(room) < need:
            room = np.empty(need, np.uint8)
        size, ordered = _fold_token(data, start, end, index, entries, folds, room)
        if ordered:
            value = _hash_bytes(room, 0, size)
        else:
            half = len(room) // 2
            _order_marks(room[:half], size, index, entries, room[half:])
            value = _hash_bytes(room[half:], 0, size)
        hashes[token] = (value & ~_1) | (hashes[token] & _1)


@inlined
def _hash_tokens(folded, singles, starts, ends, first, last, hashes, marked):
    count = 0
    for token in range(first, last):
        start = np.int64(starts[token])
        length = np.int64(ends[token]) - start
        size = np.uint64(min(length, 16))
        low = load_word(folded, start) & _FIRST_BYTES[size]
        high = load_word(folded, start + 8) & _NEXT_BYTES[size]
        value = _hash_short(low, high, length)
        kind = _0
        if length > 16 or ((low | high) & _EACH_HIGH) != _0:
            markers = _lowest_hole(low | _EACH_LOW) | _lowest_hole(high | _EACH_LOW)
            if length > 16:
                value, markers = _hash_long(folded, start, length)
            if markers != _0:
                if length > 16 or (_has_longer(low) | _has_longer(high)) != _0:
                    marked[count] = token
                    count += 1
                else:
                    low, high, length = _close_holes(low, high, length)
                    value = _hash_short(low, high, length)
            kind = singles[np.uint64(start >> 6)] >> (np.uint64(start) & _63) & _1
        hashes[token] = (value & ~_1) | kind
    return count


@kernel
def tokenize(data, offsets, index, entries, folds, hashes, starts, ends, token_offsets):
    longest = 0
    for document in range(len(offsets) - 1):
        longest = max(longest, offsets[document + 1] - offsets[document])
    folded = np.empty(longest + 128, np.uint8)
    singles = np.empty((longest >> 6) + 1, np.uint64)
    marked = np.empty(longest // 2 + 1, np.int64)
    count = _0
    token_offsets[0] = 0
    for document in range(len(offsets) - 1):
        begin = offsets[document]
        end = _whole_end(data, begin, offsets[document + 1])
        first = count
        count = _find_tokens(data, begin, end, index, entries, folded, singles, starts, ends, first)
        slow = _hash_tokens(folded, singles, starts, ends, first, count, hashes, marked)
        if slow > 0:
            _hash_anew(data, begin, index, entries, folds, starts, ends, marked, slow, hashes)
        token_offsets[document + 1] = np.int64(count)
    return np.int64(count)


@kernel
def count_characters(data, begin, byte_offsets, characters):
    for i in range(len(byte_offsets)):
        count = 0
        for position in range(begin, begin + byte_offsets[i]):
            count += (data[position] & 0xC0) != 0x80
        characters[i] = count
