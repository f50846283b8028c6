"""Documents that share a key: the join of one LSH band."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner, kernel
from dedup.kernels.mixing import STEP, mix

__all__ = ["HUBS", "LARGEST_RUN", "band_keys", "run_pairs"]

LARGEST_RUN = 64
"""Documents with one key of which all pairs are formed; more are tied to a few hubs and to their neighbours."""

HUBS = 4

_0 = np.uint64(0)
_1 = np.uint64(1)
_32 = np.uint64(32)


@kernel
def band_keys(
    signatures: npt.NDArray[np.uint32],
    documents: npt.NDArray[np.int32],
    band: int,
    rows: int,
    id_bits: int,
    out: npt.NDArray[np.uint64],
) -> None:
    """A key for each named document and one band: a hash of its ``rows`` values, whose low bits are the document.

    One array of such keys sorts several times faster than keys with a permutation. O(documents · rows).
    """
    mask = (_1 << np.uint64(id_bits)) - _1
    for i in range(len(documents)):
        key = np.uint64(band + 1) * STEP
        for k in range(band * rows, (band + 1) * rows):
            key = mix(key ^ np.uint64(signatures[documents[i], k]))
        out[i] = (key & ~mask) | np.uint64(documents[i])


@inner
def _most_pairs(length: int) -> int:
    """A run of so many documents gives no more pairs."""
    return length * (LARGEST_RUN // 2 if length <= LARGEST_RUN else HUBS + 1)


@inner
def _agree(signatures: npt.NDArray[np.uint32], a: np.uint64, b: np.uint64, least: int) -> bool:
    equal = 0
    for k in range(signatures.shape[1]):
        equal += np.int64(signatures[a, k] == signatures[b, k])
    return equal >= least


@kernel
def run_pairs(
    keys: npt.NDArray[np.uint64],
    first: int,
    id_bits: int,
    signatures: npt.NDArray[np.uint32],
    least: int,
    out: npt.NDArray[np.uint64],
) -> tuple[int, int]:
    """Pairs of documents with equal keys whose signatures agree in at least ``least`` values.

    ``keys`` are ascending; the search begins at key ``first``, where a run of equal ones does. A pair is
    ``left << 32 | right`` with left < right. Returns where to go on and how many pairs stand in ``out``: it stops
    before a run whose pairs might not fit; room for ``(HUBS + 1) * len(keys) + LARGEST_RUN ** 2`` is enough for any.
    A run of more than ``LARGEST_RUN`` documents gives the pairs of its first ``HUBS`` documents with all, and of
    neighbours: linear in its length, where all pairs would be quadratic.
    """
    shift = np.uint64(id_bits)
    mask = (_1 << shift) - _1
    written = 0
    i = first
    while i < len(keys):
        j = i + 1
        while j < len(keys) and (keys[j] >> shift) == (keys[i] >> shift):
            j += 1
        if written + _most_pairs(j - i) > len(out):
            break
        hubs = j - i if j - i <= LARGEST_RUN else HUBS
        for y in range(i + 1, j):
            for x in range(i, min(y, i + hubs)):
                out[written] = ((keys[x] & mask) << _32) | (keys[y] & mask)
                written += np.int64(_agree(signatures, keys[x] & mask, keys[y] & mask, least))
            if y > i + hubs:
                out[written] = ((keys[y - 1] & mask) << _32) | (keys[y] & mask)
                written += np.int64(_agree(signatures, keys[y - 1] & mask, keys[y] & mask, least))
        i = j
    return i, written
