"""Terms of a document: its words, and pairs of neighbouring characters where words are not spaced."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.mixing import STEP, mix, rotate
from dedup.kernels.shingles import longest_document
from dedup.kernels.sorting import sort_hashes

__all__ = ["count_terms", "pair_term", "pair_terms", "sentence_terms"]

_1 = np.uint64(1)
_13 = np.uint64(13)


@inner
def pair_term(first: np.uint64, second: np.uint64) -> np.uint64:
    """The term of two neighbouring single characters."""
    return mix(rotate(first, _13) ^ second ^ STEP)


@kernel
def pair_terms(hashes: npt.NDArray[np.uint64], out: npt.NDArray[np.uint64]) -> None:
    """The terms of ``(n, 2)`` neighbouring characters."""
    for i in range(len(out)):
        out[i] = pair_term(hashes[i, 0], hashes[i, 1])


@inner
def _terms_of(
    hashes: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    out: npt.NDArray[np.uint64],
) -> int:
    written = 0
    joined = False
    for i in range(len(hashes)):
        if (hashes[i] & _1) == np.uint64(0):
            out[written] = hashes[i]
            written += 1
            joined = False
        elif i + 1 < len(hashes) and (hashes[i + 1] & _1) == _1 and starts[i + 1] == ends[i]:
            out[written] = pair_term(hashes[i], hashes[i + 1])
            written += 1
            joined = True
        else:
            if not joined:
                out[written] = hashes[i]
                written += 1
            joined = False
    return written


@kernel
def count_terms(
    hashes: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    terms: npt.NDArray[np.uint64],
    counts: npt.NDArray[np.int32],
    out_offsets: npt.NDArray[np.int64],
) -> int:
    """Distinct terms of each document, ascending, and how often each occurs; returns how many are written.

    O(n) expected in a document's tokens. ``terms`` and ``counts`` hold as many items as there are tokens.
    """
    longest = longest_document(offsets)
    scratch = np.empty(longest, np.uint64)
    ordered = np.empty(longest, np.uint64)
    buckets = np.empty(min(2 * longest + 2, 1 << 20), np.int32)
    written = 0
    out_offsets[0] = 0
    for d in range(len(offsets) - 1):
        a, b = offsets[d], offsets[d + 1]
        n = _terms_of(hashes[a:b], starts[a:b], ends[a:b], scratch)
        sort_hashes(scratch, n, ordered, buckets)
        i = 0
        while i < n:
            j = i + 1
            while j < n and ordered[j] == ordered[i]:
                j += 1
            terms[written] = ordered[i]
            counts[written] = np.int32(j - i)
            written += 1
            i = j
        out_offsets[d + 1] = written
    return written


@kernel
def sentence_terms(
    hashes: npt.NDArray[np.uint64],
    words: npt.NDArray[np.int32],
    starts: npt.NDArray[np.uint32],
    ends: npt.NDArray[np.uint32],
    offsets: npt.NDArray[np.int64],
    terms: npt.NDArray[np.uint64],
    stems: npt.NDArray[np.uint64],
) -> None:
    """For each token its term, and what stands for the term when sentences are compared: the number of its stem.

    Of single characters both are the pair with the neighbour to the right, and the character alone where it has none.
    """
    for d in range(len(offsets) - 1):
        for i in range(offsets[d], offsets[d + 1]):
            single = (hashes[i] & _1) == _1
            if single and i + 1 < offsets[d + 1] and (hashes[i + 1] & _1) == _1 and starts[i + 1] == ends[i]:
                terms[i] = pair_term(hashes[i], hashes[i + 1])
                stems[i] = terms[i]
            else:
                terms[i] = hashes[i]
                stems[i] = hashes[i] if single else np.uint64(words[i])
