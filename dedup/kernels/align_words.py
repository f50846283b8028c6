"""Alignment: words as small numbers, and what kind of passage a pair of segments is."""

from __future__ import annotations

import numpy as np

from dedup.kernels.align_segment import mark_segment, match_types
from dedup.kernels.compile import inner, kernel

__all__ = ["BOILERPLATE", "EDITED", "QUOTATION", "REWRITTEN", "VERBATIM", "beginnings", "number_words", "passage_kind"]

VERBATIM, EDITED, REWRITTEN, QUOTATION, BOILERPLATE = range(5)

VERBATIM_SHARE = 0.95
EDITED_SHARE = 0.6
QUOTED_SHARE = 0.8
IN_RUN = 4
"""The least kind of match that counts as standing in order: a run of 3 words."""


@kernel
def number_words(stems, numbers):  # type: ignore[no-untyped-def]
    """Number the different ``stems`` (uint64 (t,)) from 0 into ``numbers`` (int32 (t,)); returns how many. O(t)."""
    capacity = 1024
    keys, values = np.empty(capacity, np.uint64), np.full(capacity, -1, np.int32)
    used = 0
    for i in range(len(stems)):
        slot = _slot(keys, values, stems[i])
        if values[slot] < 0:
            keys[slot] = stems[i]
            values[slot] = used
            used += 1
            numbers[i] = used - 1
            if 2 * used > capacity:
                capacity *= 4
                keys, values = _grown(keys, values, capacity)
        else:
            numbers[i] = values[slot]
    return used


@inner
def _slot(keys, values, stem):  # type: ignore[no-untyped-def]
    mask = np.uint64(len(keys) - 1)
    slot = (stem * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(24)) & mask
    while values[slot] >= 0 and keys[slot] != stem:
        slot = (slot + np.uint64(1)) & mask
    return slot


@inner
def _grown(keys, values, capacity):  # type: ignore[no-untyped-def]
    """The same table with more room: one that is as small as can be stays in the processor's cache."""
    more, more_values = np.empty(capacity, np.uint64), np.full(capacity, -1, np.int32)
    for k in range(len(keys)):
        if values[k] >= 0:
            slot = _slot(more, more_values, keys[k])
            more[slot], more_values[slot] = keys[k], values[k]
    return more, more_values


@kernel
def beginnings(data, places, starts, ends, offsets, hashes, out):  # type: ignore[no-untyped-def]
    """Code the first four characters of each word (uint64), ASCII in lower case; a single character is its hash.

    0 for shorter words and for numbers. O(t).
    """
    for d in range(len(offsets) - 1):
        for i in range(offsets[d], offsets[d + 1]):
            out[i] = 0
            if hashes[i] & np.uint64(1):
                out[i] = hashes[i]
                continue
            at, stop = places[d] + np.int64(starts[i]), places[d] + np.int64(ends[i])
            if 48 <= data[at] < 58:
                continue
            code, count = np.uint64(0), 0
            while at < stop:
                byte = data[at]
                count += byte & 0xC0 != 0x80
                if count > 4:
                    break
                lower = np.uint64(byte + 32 if 65 <= byte <= 90 else byte)
                code = (code ^ lower) * np.uint64(0x9E3779B97F4A7C15)
                code ^= code >> np.uint64(29)
                at += 1
            if count >= 4:
                out[i] = code & ~np.uint64(1)


@inner
def passage_kind(search, grams, documents, starts, box):  # type: ignore[no-untyped-def]
    """The kind of a passage ``box`` (a start, a end, b start, b end). O(its length)."""
    a, b, c, d = box
    if _share(documents.boilerplate, starts[0] + a, starts[0] + b) > 0.5:
        if _share(documents.boilerplate, starts[1] + c, starts[1] + d) > 0.5:
            return BOILERPLATE
    if _share(documents.quotations, starts[0] + a, starts[0] + b) >= QUOTED_SHARE:
        if _share(documents.quotations, starts[1] + c, starts[1] + d) >= QUOTED_SHARE:
            return QUOTATION
    longer = max(b - a, d - c)
    if _equal(documents.hashes, starts[0] + a, starts[0] + b, starts[1] + c, starts[1] + d) >= VERBATIM_SHARE * longer:
        return VERBATIM
    mark_segment(search, grams, 1, c, d)
    match_types(search, grams, 0, a, b)
    first = _ordered(search.types, a, b)
    mark_segment(search, grams, 0, a, b)
    match_types(search, grams, 1, c, d)
    second = _ordered(search.types, c, d)
    return EDITED if min(first, second) >= EDITED_SHARE else REWRITTEN


@inner
def _share(flags, start, end):  # type: ignore[no-untyped-def]
    count = 0
    for i in range(start, end):
        count += flags[i] != 0
    return count / (end - start)


@inner
def _ordered(types, start, end):  # type: ignore[no-untyped-def]
    count = 0
    for i in range(start, end):
        count += types[i] >= IN_RUN
    return count / (end - start)


@inner
def _equal(hashes, a, b, c, d):  # type: ignore[no-untyped-def]
    """Equal words along the diagonal from the front and, behind the first difference, from the back."""
    shorter = min(b - a, d - c)
    front = 0
    for k in range(shorter):
        front += hashes[a + k] == hashes[c + k]
    back = 0
    for k in range(1, shorter + 1):
        back += hashes[b - k] == hashes[d - k]
    return max(front, back)
