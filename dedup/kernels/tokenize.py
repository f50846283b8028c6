"""From UTF-8 bytes to tokens: where each begins and ends, and the hash of its folded form."""

from __future__ import annotations

import numpy as np

from dedup.kernels.compile import inner, kernel
from dedup.kernels.intrinsics import load_word, multiply_mix, trailing_zeros

_SEPARATOR, _WORD, _MARK, _SINGLE, _APOSTROPHE = 0, 1, 2, 3, 4
_SEED_A, _SEED_B, _SEED_C = np.uint64(0xFFA247533BFCB333), np.uint64(0xFF15560397F92A3B), np.uint64(0xFF715D3EA8D21779)
_ZERO, _ONE, _SIX_BYTES = np.uint64(0), np.uint64(1), np.uint64(0xFFFFFFFFFFFF)
_LOW_BYTES = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


@inner
def decode(data, position, end):
    lead = np.int64(data[position])
    if lead < 0x80:
        return lead, np.int64(1)
    if 0xC2 <= lead < 0xE0 and position + 2 <= end:
        a = np.int64(data[position + 1]) ^ 0x80
        if a < 64:
            return (lead & 31) << 6 | a, np.int64(2)
    elif 0xE0 <= lead < 0xF0 and position + 3 <= end:
        a, b = np.int64(data[position + 1]) ^ 0x80, np.int64(data[position + 2]) ^ 0x80
        code = (lead & 15) << 12 | a << 6 | b
        if a < 64 and b < 64 and code >= 0x800:
            return code, np.int64(3)
    elif 0xF0 <= lead < 0xF5 and position + 4 <= end:
        a, b, c = (np.int64(data[position + 1]) ^ 0x80, np.int64(data[position + 2]) ^ 0x80, np.int64(data[position + 3]) ^ 0x80)
        code = (lead & 7) << 18 | a << 12 | b << 6 | c
        if a < 64 and b < 64 and c < 64 and 0x10000 <= code < 0x110000:
            return code, np.int64(4)
    return np.int64(0), np.int64(1)


@inner
def look_up(index, entries, code):
    return entries[np.int64(index[code >> 8]) << 8 | (code & 255)]


@inner
def class_of(entry):
    return np.int64(entry >> np.uint64(59)) & 7


@inner
def class_at(data, position, end, index, entries):
    if position >= end:
        return _SEPARATOR
    return class_of(look_up(index, entries, decode(data, position, end)[0]))


@inner
def fold_token(data, start, end, index, entries, folds, folded):
    size = 0
    position = start
    while position < end:
        code, length = decode(data, position, end)
        entry = look_up(index, entries, code)
        if entry >> np.uint64(63) != _ZERO:
            source = np.int64((entry >> np.uint64(8)) & np.uint64(0xFFFFFFFF))
            for k in range(np.int64(entry & np.uint64(255))):
                folded[size] = folds[source + k]
                size += 1
        elif entry >> np.uint64(62) != _ZERO:
            for k in range(length):
                folded[size] = data[position + k]
                size += 1
        else:
            for k in range(np.int64(entry >> np.uint64(56)) & 7):
                folded[size] = np.uint8((entry >> np.uint64(8 * k)) & np.uint64(255))
                size += 1
        position += length
    return size


@inner
def mark_order_at(folded, position, size, index, entries):
    code, length = decode(folded, position, size)
    entry = look_up(index, entries, code)
    return np.int64(entry >> np.uint64(48)) & 255, length


@inner
def order_marks(folded, size, index, entries, ordered):
    """Canonical ordering: within each run of characters of combining class above 0, sort stably by class."""
    filled = 0
    position = 0
    while position < size:
        order, length = mark_order_at(folded, position, size, index, entries)
        run_start = position
        lowest = 255
        while position < size and order > 0:
            lowest = min(lowest, order)
            position += length
            if position < size:
                order, length = mark_order_at(folded, position, size, index, entries)
        run_end = position
        while lowest < 255:
            following = 255
            at = run_start
            while at < run_end:
                this, width = mark_order_at(folded, at, size, index, entries)
                if this == lowest:
                    for k in range(width):
                        ordered[filled] = folded[at + k]
                        filled += 1
                elif this > lowest:
                    following = min(following, this)
                at += width
            lowest = following
        if position < size:
            for k in range(length):
                ordered[filled] = folded[position + k]
                filled += 1
            position += length


@inner
def hash_bytes(data, start, length):
    x = load_word(data, start) & _LOW_BYTES[min(length, 8)]
    y = load_word(data, start + 8) & _LOW_BYTES[min(max(length - 8, 0), 8)]
    if length <= 16:
        return multiply_mix(x ^ _SEED_A, y ^ _SEED_B ^ np.uint64(length))
    state = multiply_mix(x ^ _SEED_A, y ^ _SEED_B)
    for at in range(16, length, 8):
        x = load_word(data, start + at) & _LOW_BYTES[min(length - at, 8)]
        state = multiply_mix(state ^ _SEED_B, x ^ _SEED_C)
    return multiply_mix(state ^ _SEED_B, np.uint64(length) ^ _SEED_C)


@inner
def hash_token(data, start, end, single, index, entries, folds):
    room = 12 * (end - start) + 64
    folded = np.empty(room, np.uint8)
    ordered = np.empty(room, np.uint8)
    size = fold_token(data, start, end, index, entries, folds, folded)
    order_marks(folded, size, index, entries, ordered)
    value = hash_bytes(ordered, 0, size)
    return (value & ~_ONE) | (_ONE if single else _ZERO)


@kernel
def tokenize(data, offsets, index, entries, folds, hashes, starts, ends, token_offsets):
    count = 0
    token_offsets[0] = 0
    for document in range(len(offsets) - 1):
        begin, end = offsets[document], offsets[document + 1]
        position = begin
        inside = _SEPARATOR
        token = begin
        while position < end:
            code, length = decode(data, position, end)
            kind = class_of(look_up(index, entries, code))
            joins = (kind == _MARK and inside != _SEPARATOR) or (kind == _WORD and inside == _WORD)
            if kind == _APOSTROPHE and inside == _WORD:
                joins = class_at(data, position + length, end, index, entries) == _WORD
            if not joins:
                if inside != _SEPARATOR:
                    hashes[count] = hash_token(data, token, position, inside == _SINGLE, index, entries, folds)
                    starts[count], ends[count] = token - begin, position - begin
                    count += 1
                inside = kind if kind == _WORD or kind == _SINGLE else _SEPARATOR
                token = position
            position += length
        if inside != _SEPARATOR:
            hashes[count] = hash_token(data, token, end, inside == _SINGLE, index, entries, folds)
            starts[count], ends[count] = token - begin, end - begin
            count += 1
        token_offsets[document + 1] = count
    return count


@kernel
def count_characters(data, begin, byte_offsets, characters):
    for i in range(len(byte_offsets)):
        count = 0
        for position in range(begin, begin + byte_offsets[i]):
            count += (data[position] & 0xC0) != 0x80
        characters[i] = count
