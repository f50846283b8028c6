"""From UTF-8 bytes to tokens: where each begins and ends, and the hash of its folded form.

Two passes over each text. The first takes blocks of 64 bytes, as masks with a bit for each byte, the first byte lowest.
ASCII is classified by vector comparisons; other characters one by one, by their first two bytes where these decide.
Beginnings and ends of tokens are then shifts and ands of the masks. It also writes a folded copy of the text, byte
under byte, so that positions hold in both: where a folded form is shorter than its character, `HOLE` fills the rest;
where it does not fit, `LONGER` marks the character. Neither byte ever stands in UTF-8. The second pass hashes each
token from two loads of the folded copy, closes the holes, and folds anew the few tokens that have a `LONGER`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.characters import (
    APOSTROPHE,
    CLASS,
    IDENTITY,
    LENGTH,
    MARK,
    MIXED,
    PAYLOAD,
    UNORDERED,
    Table,
    Word,
    class_of,
    entry_at,
    is_word_at,
    order_of,
)
from dedup.kernels.compile import inner, kernel
from dedup.kernels.intrinsics import (
    address,
    count_ones,
    fold_block,
    inlined,
    lead_masks,
    load_byte,
    load_short,
    store_byte,
    store_half,
    store_word,
    trailing_zeros,
)
from dedup.kernels.token_hashes import LONGER, hash_anew, hash_tokens

__all__ = ["SLACK", "tokenize"]

SLACK = 32
"""Tokens behind the last one that may be written over."""

_0, _1, _2, _3, _4, _8 = (np.uint64(number) for number in (0, 1, 2, 3, 4, 8))
_61, _62, _63, _64 = (np.uint64(number) for number in (61, 62, 63, 64))
_BITS_3, _BYTE, _ALL = np.uint64(0x7), np.uint64(0xFF), np.uint64(0xFFFFFFFFFFFFFFFF)
_IDENTITY_AND_LENGTH = np.uint64(0x47 << 56)
_TYPICAL = np.uint64(12)

Carry = tuple[Word, Word, Word]
"""What a block leaves to the next: which of its first bytes are in a token already (bits 1 to 3; bit 0 is the byte
before them), which in a single character, and the order of the last mark (bits 8 up) and where that ends (bits 0 to 7).
"""


@inner
def _classify_leads(block: Word, leads: Word, table: Table) -> tuple[Word, Word, Word]:
    """Of the characters at the bits of ``leads``: the letters, those of unspaced scripts, the special ones."""
    letters, singles, special = _0, _0, _0
    while leads != _0:
        bit = trailing_zeros(leads)
        leads &= leads - _1
        flags = load_byte(table[0], load_short(block, bit))
        if flags & MIXED != _0:
            flags = entry_at(block, bit, table)[0] >> CLASS
        letters |= (flags & _1) << bit
        singles |= (flags >> _1 & _1) << bit
        special |= (flags >> _4 & _1) << bit
    return letters, singles & letters, special


@inlined
def _write_folded(entry: Word, length: Word, folded: Word, bit: Word) -> None:
    """Put a folded form in the place of its character, unless the next block will overwrite a part of it."""
    fold_length = entry >> LENGTH & _BITS_3
    if fold_length > length or bit + length > _64:
        store_byte(folded, bit, LONGER)
        return
    filled = entry & PAYLOAD | _ALL << (_8 * fold_length)  # 0xFF behind it: holes
    for k in range(length):
        store_byte(folded, bit + k, filled)
        filled >>= _8


@inner
def _place_special(
    text: Word,
    at: Word,
    size: Word,
    special: Word,
    masks: tuple[Word, Word],
    carry: Carry,
    table: Table,
    folded: Word,
) -> tuple[Word, Word, Word, Word, Word]:
    """Let marks and apostrophes join the token before them, and fold what does not fold to itself.

    Where marks stand in other than canonical order, one becomes `LONGER`: folding anew will put them in order. Returns
    the masks, what of them lies in the next block, and the last mark for the next block.
    """
    word, single = masks
    token_over, single_over = _0, _0
    last_order, last_end = carry[2] >> _8, carry[2] & _BYTE
    while special != _0:
        bit = trailing_zeros(special)
        special &= special - _1
        entry, length = entry_at(text, at + bit, table)
        kind = class_of(entry)
        order = order_of(entry)
        disordered = False
        if kind in (MARK, APOSTROPHE):
            before = ((word << _1 | carry[0] & _1) >> bit) & _1
            in_single = ((single << _1 | carry[1] & _1) >> bit) & _1
            if before == _0:
                continue
            if kind == APOSTROPHE and (in_single != _0 or not is_word_at(text, at + bit + length, size, table)):
                continue
            span = (_1 << length) - _1
            word |= span << bit
            token_over = (span >> _1) >> (_63 - bit)
            single |= (span & (_0 - in_single)) << bit
            single_over = token_over & (_0 - in_single)
            if bit != last_end:
                last_order = _0
            if entry & _IDENTITY_AND_LENGTH == _0:  # it vanishes
                order = last_order
            disordered = order != _0 and (order < last_order or order == UNORDERED)
        last_order, last_end = order, bit + length
        if disordered:
            store_byte(folded, bit, LONGER)
        elif entry >> IDENTITY & _1 == _0:
            _write_folded(entry, length, folded, bit)
    last = last_order << _8 | (last_end - _64) if last_end >= _64 else _ALL
    return word, single, token_over, single_over, last


@inner
def _mark_foreign(
    text: Word,
    at: Word,
    size: Word,
    word: Word,
    foreign: Word,
    carry: Carry,
    table: Table,
    folded: Word,
) -> tuple[Word, Word, Word, Carry]:
    """Add a block's non-ASCII characters to the mask of its word bytes.

    Returns that mask, that of the bytes of single characters, that of their first bytes, and what the block leaves.
    """
    continuation, three, four = lead_masks(text, at)
    behind = lead_masks(text, at + _64)[0]
    leads = foreign & ~continuation & (continuation >> _1 | behind << _63)
    leads &= ~three | (continuation >> _2 | behind << _62)
    leads &= ~four | (continuation >> _3 | behind << _61)
    letters, begins, special = _classify_leads(text + at, leads, table)
    word |= carry[0] >> _1 | letters | letters << _1 | (letters & three) << _2 | (letters & four) << _3
    token_over = letters >> _63 | (letters & three) >> _62 | (letters & four) >> _61
    single = carry[1] >> _1 | begins | begins << _1 | (begins & three) << _2 | (begins & four) << _3
    single_over = begins >> _63 | (begins & three) >> _62 | (begins & four) >> _61
    last = _ALL
    if special != _0:
        word, single, more, more_single, last = _place_special(
            text, at, size, special, (word, single), carry, table, folded
        )
        token_over |= more
        single_over |= more_single
    return word, single, begins, (token_over << _1, single_over << _1, last)


@inlined
def _whole_size(text: Word, size: Word) -> Word:
    """The size of a text without the beginning of a character that its end cuts off."""
    for missing, lead in ((_1, 0xC0), (_2, 0xE0), (_3, 0xF0)):
        if size < missing:
            return size
        byte = load_byte(text, size - missing)
        if byte >= np.uint64(lead):
            return size - missing
        if byte & np.uint64(0xC0) != np.uint64(0x80):
            return size
    return size


@inlined
def _write_positions(
    begins: Word, finishes: Word, first: Word, last: Word, base: Word, starts: Word, ends: Word
) -> tuple[Word, Word]:
    for k in range(first, last):
        store_half(starts, k << _2, base + trailing_zeros(begins))
        store_half(ends, k << _2, base + trailing_zeros(finishes))
        begins &= begins - _1
        finishes &= finishes - _1
    return begins, finishes


@inlined
def _write_bounds(begins: Word, finishes: Word, base: Word, starts: Word, ends: Word) -> tuple[Word, Word]:
    """Write the positions of the bits of two masks; a fixed number first, so that no branch depends on how many."""
    started, ended = count_ones(begins), count_ones(finishes)
    begins, finishes = _write_positions(begins, finishes, _0, _TYPICAL, base, starts, ends)
    if (begins | finishes) != _0:
        begins, finishes = _write_positions(begins, finishes, _TYPICAL, _TYPICAL * _2, base, starts, ends)
        _write_positions(begins, finishes, _TYPICAL * _2, max(started, ended), base, starts, ends)
    return started, ended


@inner
def _find_tokens(text: Word, size: Word, table: Table, folded: Word, singles: Word, starts: Word, ends: Word) -> Word:
    """First pass over one text: number of its tokens, their bounds, the folded copy, the masks of single characters."""
    started, ended = _0, _0
    carry = _0, _0, _ALL
    for at in range(_0, size, _64):
        word, foreign, apostrophe = fold_block(text, at, folded + at)
        if size - at < _64:
            inside = (_1 << (size - at)) - _1
            word &= inside
            foreign &= inside
            apostrophe &= inside
        in_token, in_single = carry[0] & _1, carry[1] & _1
        single, forced, following = _0, _0, (_0, _0, _ALL)
        if foreign != _0:
            word, single, forced, following = _mark_foreign(text, at, size, word, foreign, carry, table, folded + at)
        if apostrophe != _0:
            letters = word & ~single
            behind = letters >> _1
            if apostrophe >> _63 != _0 and is_word_at(text, at + _64, size, table):
                behind |= _1 << _63
            word |= apostrophe & (letters << _1 | in_token & ~in_single) & behind
        before = word << _1 | in_token
        forced |= (single << _1 | in_single) & word & ~single
        more_started, more_ended = _write_bounds(
            word & (~before | forced), before & (~word | forced), at, starts + (started << _2), ends + (ended << _2)
        )
        started += more_started
        ended += more_ended
        carry = word >> _63 | following[0], single >> _63 | following[1], following[2]
        store_word(singles, at >> _3, single)
    if ended < started:
        store_half(ends, ended << _2, size)
    return started


@kernel
def tokenize(
    data: npt.NDArray[np.uint8],
    offsets: npt.NDArray[np.int64],
    first: int,
    table: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint16], npt.NDArray[np.uint64], npt.NDArray[np.uint8]],
    scratch: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint64], npt.NDArray[np.uint32]],
    hashes: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    token_offsets: npt.NDArray[np.int64],
) -> int:
    """Tokens of texts ``first`` onwards, as long as there is room for them; returns the text to go on with. O(bytes).

    Parameters
    ----------
    data : uint8 array, read-only
        UTF-8, with `PADDING` bytes behind the last text.
    offsets : int64 array (n + 1,)
        Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``, shorter than 4 GiB.
    first : int
        ``token_offsets[first]`` is set.
    table : arrays
        ``pairs``, ``index``, ``entries``, ``folds`` of the Unicode table.
    scratch : uint8 array (m + 128,), uint64 array (m // 64 + 1,), uint32 array (m // 2 + 1,)
        For the longest text's m bytes.
    hashes, starts, ends : uint64, uint32, uint32 array (room,)
        Output, see `dedup.tokens.Tokens`. A text of b bytes needs room for ``b // 2 + SLACK`` more tokens.
    token_offsets : int64 array (n + 1,)
        Output.
    """
    places = address(table[0]), address(table[1]), address(table[2]), address(table[3])
    folded, singles, marked = address(scratch[0]), address(scratch[1]), address(scratch[2])
    for document in range(first, len(offsets) - 1):
        size = offsets[document + 1] - offsets[document]
        count = token_offsets[document]
        if count + size // 2 + SLACK > len(hashes):
            return document
        text = address(data) + np.uint64(offsets[document])
        token, whole = np.uint64(count), _whole_size(text, np.uint64(size))
        own_starts, own_ends = address(starts) + (token << _2), address(ends) + (token << _2)
        own_hashes = address(hashes) + (token << _3)
        found = _find_tokens(text, whole, places, folded, singles, own_starts, own_ends)
        failed = hash_tokens(folded, singles, own_starts, own_ends, found, own_hashes, marked)
        if failed > _0:
            hash_anew(text, places, own_starts, own_ends, marked, failed, own_hashes)
        token_offsets[document + 1] = count + np.int64(found)
    return len(offsets) - 1
