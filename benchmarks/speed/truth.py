"""The exact join: every pair of texts whose shingle sets reach a Jaccard similarity, for any notion of a token."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.speed.points import Point
from dedup.documents import TextBatch
from dedup.kernels.overlap import overlaps
from dedup.lsh import CandidatePairs
from dedup.sketch import ShingleSets
from dedup.tokens import Tokens, tokenize

__all__ = ["SPLITS", "exact_join", "kept_join", "score"]

Pairs = npt.NDArray[np.uint64]

SPLITS: dict[str, Callable[[str], list[str]]] = {
    "lowercase": lambda text: text.lower().split(" "),
    "spaces": lambda text: text.split(" "),
    "nonwords": lambda text: re.split(r"\W", text.lower()),
}
"""What engines take for tokens, besides dedup's own, which is named ``dedup``."""

_BLOCK = 1 << 20
_CAP = 2_047


def kept_join(folder: Path, texts: Callable[[], list[str]], digest: str, tokens: str, point: Point) -> Pairs:
    """The exact join, from a file where it was made before; ``texts`` are read only where it was not."""
    path = folder / f"join-{digest}-{tokens}-{point.shingle_size}-{point.threshold}.npy"
    if not path.exists():
        np.save(path, exact_join(texts(), tokens, point.shingle_size, point.threshold))
    found: Pairs = np.load(path)
    return found


def exact_join(texts: list[str], tokens: str, shingle_size: int, threshold: float) -> Pairs:
    """All pairs of Jaccard ≥ ``threshold``, as ``left << 32 | right``, ascending.

    Prefix filter (Chaudhuri, Ganti, Kaushik 2006): of two sets that are similar enough, the rarest elements of the one
    and of the other, some number of each, have one in common.

    Examples
    --------
    >>> exact_join(["a b c d", "a b c e", "x y z w"], "lowercase", 1, 0.6).tolist()
    [1]
    """
    sets = ShingleSets.from_tokens(_tokens(texts, tokens), shingle_size=shingle_size)
    candidates = CandidatePairs.from_packed(_candidates(sets, threshold))
    common = np.empty(len(candidates), np.int64)
    overlaps(sets.values, sets.offsets, candidates.left, candidates.right, common)
    union = sets.totals[candidates.left] + sets.totals[candidates.right] - common
    return candidates.where((union > 0) & (common >= threshold * union)).packed()


def _tokens(texts: list[str], tokens: str) -> Tokens:
    if tokens == "dedup":
        return tokenize(TextBatch.from_texts(texts))
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(token, len(numbers)) for token in SPLITS[tokens](text)] for text in texts]
    offsets = np.zeros(len(rows) + 1, np.int64)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    flat = np.fromiter((number for row in rows for number in row), np.uint64, int(offsets[-1]))
    hashes = (flat + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    hashes ^= hashes >> np.uint64(29)
    nothing = np.empty(0, np.uint32)
    return Tokens(TextBatch.from_texts(()), hashes * np.uint64(2), nothing, nothing, offsets)


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


def score(found: Pairs, truth: Pairs, finds: str) -> tuple[float, float]:
    """Recall and precision: of pairs, or (``"members"``) of documents that have a near-duplicate.

    >>> score(np.array([1, 2], np.uint64), np.array([1], np.uint64), "pairs")
    (1.0, 0.5)
    """
    if finds == "members":
        truth = np.unique(np.concatenate([truth & np.uint64(0xFFFFFFFF), truth >> np.uint64(32)]))
    common = len(np.intersect1d(found, truth))
    return common / len(truth) if len(truth) else 1.0, common / len(found) if len(found) else 1.0
