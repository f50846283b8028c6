"""The exact join: every pair of shingle sets that is similar enough, by counting and not by chance."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.kernels.overlap import overlaps
from dedup.lsh import CandidatePairs
from dedup.sketch import ShingleSets

__all__ = ["find_similar"]

Pairs = npt.NDArray[np.uint64]

_BLOCK = 1 << 20
_CAP = 2_047


def find_similar(sets: ShingleSets, threshold: float) -> CandidatePairs:
    """All pairs of Jaccard ≥ ``threshold``: what banding is measured against.

    Prefix filter (Chaudhuri, Ganti, Kaushik 2006): of two sets that are similar enough, the rarest elements of the one
    and of the other, some number of each, have one in common. Its cost grows with the square of how many sets share
    these, so it is for samples.

    Examples
    --------
    >>> from dedup.sketch import ShingleSamples
    >>> sets = ShingleSamples(shingle_size=1, sampled=1.0).transform(["a b c d", "a b c e", "x y z w"])
    >>> find_similar(sets, 0.6).packed().tolist()
    [1]
    """
    candidates = CandidatePairs.from_packed(_candidates(sets, threshold))
    common = np.empty(len(candidates), np.int64)
    overlaps(sets.values, sets.offsets, candidates.left, candidates.right, common)
    union = sets.totals[candidates.left] + sets.totals[candidates.right] - common
    return candidates.where((union > 0) & (common >= threshold * union))


def _candidates(sets: ShingleSets, threshold: float) -> Pairs:
    """Pairs that share one of the rarest shingles, so many of each as leave too few to reach the threshold.

    Shingle, frequency and owner are packed into one number and sorted as such. Shingles whose leading bits agree count
    as one here: that can add candidates, and lose none.
    """
    owner_bits = np.uint64(max(1, len(sets).bit_length()))
    owners = np.repeat(np.arange(len(sets), dtype=np.uint64), sets.totals)
    keys = np.sort((sets.values >> owner_bits) << owner_bits | owners)
    owner, start = _unpacked(keys, owner_bits)
    group = np.cumsum(start) - 1
    frequency = np.diff(np.append(np.flatnonzero(start), len(keys)))[group]
    del keys, owners
    prefix = sets.totals - np.ceil(threshold * sets.totals - 1e-9).astype(np.int64) + 1
    prefix -= np.bincount(owner[frequency == 1], minlength=len(sets))
    useful = (frequency > 1) & (prefix[owner] > 0)
    owner, frequency, group = owner[useful], np.minimum(frequency[useful], _CAP), group[useful]
    group_bits = int(group.max(initial=1)).bit_length()
    assert int(owner_bits) + _CAP.bit_length() + group_bits <= 64
    rarity = (owner << _CAP.bit_length() | frequency) << group_bits | group
    rarity = np.sort(rarity.astype(np.uint64))
    owner = (rarity >> np.uint64(group_bits + _CAP.bit_length())).astype(np.int64)
    rank = np.arange(len(owner)) - np.searchsorted(owner, np.arange(len(sets)))[owner]
    chosen = rank < prefix[owner]
    group = (rarity[chosen] & np.uint64((1 << group_bits) - 1)) << owner_bits
    owner, start = _unpacked(np.sort(group | owner[chosen].astype(np.uint64)), owner_bits)
    return _pairs_of_groups(np.cumsum(start), owner)


def _unpacked(keys: Pairs, owner_bits: np.uint64) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Owners of sorted keys ``group << owner_bits | owner``, and where groups begin."""
    owner = (keys & ((np.uint64(1) << owner_bits) - np.uint64(1))).astype(np.int64)
    groups = keys >> owner_bits
    return owner, np.append(np.ones(min(1, len(keys)), np.bool_), groups[1:] != groups[:-1])


def _pairs_of_groups(groups: npt.NDArray[np.int64], members: npt.NDArray[np.int64]) -> Pairs:
    """Every two members of the same group, ascending; made in blocks, since popular shingles repeat many pairs."""
    found = np.empty(0, np.uint64)
    waiting: list[Pairs] = []
    size = 0
    edges = np.append(np.flatnonzero(np.diff(groups, prepend=-1)), len(groups))
    for start, end in pairwise(edges.tolist()):
        if end - start < 2:
            continue
        left, right = np.triu_indices(end - start, 1)
        low, high = members[start + left].astype(np.uint64), members[start + right].astype(np.uint64)
        waiting.append(low << np.uint64(32) | high)
        size += len(low)
        if size > 16 * _BLOCK:
            found, waiting, size = np.unique(np.concatenate([found, *waiting])), [], 0
    found = np.unique(np.concatenate([found, *waiting]))
    different: Pairs = found[found >> np.uint64(32) != found & np.uint64(0xFFFFFFFF)]
    return different
