"""Oracles of shingles, signatures, joins and postings, on plain Python integers and sets."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from itertools import combinations

MASK = 2**64 - 1
STEP = 0x9E3779B97F4A7C15


def rotate(value: int, bits: int) -> int:
    return (value << bits | value >> (64 - bits)) & MASK


def mix(value: int) -> int:
    value ^= value >> 32
    value = value * 0xD6E8FEB86659FD93 & MASK
    value ^= value >> 29
    value = value * 0xC2B2AE3D27D4EB4F & MASK
    return value ^ value >> 32


def shingles(tokens: list[int], size: int) -> list[int]:
    """A shingle is the shortest run of weight 2 · size, where a word weighs 2 and a single character 1."""

    def weight(run: list[int]) -> int:
        return sum(1 if token & 1 else 2 for token in run)

    def hashed(run: list[int]) -> int:
        value = 0
        for token in run:
            value = rotate(value, 13) ^ token
        return mix(value ^ len(run) * STEP & MASK)

    if not tokens:
        return []
    found = []
    for start in range(len(tokens)):
        for end in range(start + 1, len(tokens) + 1):
            if weight(tokens[start:end]) >= 2 * size:
                found.append(hashed(tokens[start:end]))
                break
    return found or [hashed(tokens)]


def signature(shingle_hashes: list[int], num_perm: int, seed: int) -> list[int]:
    """Fast similarity sketching: rounds of throwing every shingle into one bin, until no bin is empty."""
    if not shingle_hashes:
        return [2**32 - 1] * num_perm
    bins: dict[int, int] = {}
    for number in range(num_perm):
        if len(bins) == num_perm:
            break
        thrown: dict[int, list[int]] = defaultdict(list)
        for shingle in shingle_hashes:
            value = mix((shingle + seed + number * STEP) & MASK)
            thrown[(value >> 32) * num_perm >> 32].append(value & 0xFFFFFFFF)
        for place, values in thrown.items():
            if place not in bins and min(values) < 2**32 - 1:  # the largest value stands for an empty bin
                bins[place] = min(values)
    for place in range(num_perm):
        if place not in bins:
            add = seed + (num_perm + place) * STEP
            bins[place] = min(mix((shingle + add) & MASK) & 0xFFFFFFFF for shingle in shingle_hashes)
    return [bins[place] for place in range(num_perm)]


def mersenne_signature(shingle_hashes: list[int], factors: list[int], summands: list[int]) -> list[int]:
    """True permutations of 32-bit hashes; products and sums wrap at 64 bits first, as in datasketch."""
    return [
        min([2**32 - 1] + [((a * (x % 2**32) + b) % 2**64) % (2**61 - 1) % 2**32 for x in shingle_hashes])
        for a, b in zip(factors, summands, strict=True)
    ]


def affine_signature(shingle_hashes: list[int], factors: list[int], summands: list[int]) -> list[int]:
    """Affine permutations of 32-bit hashes, which MurmurHash3's finaliser has spread."""

    def spread(value: int) -> int:
        value = (value ^ value >> 16) * 0x85EBCA6B % 2**32
        value = (value ^ value >> 13) * 0xC2B2AE35 % 2**32
        return value ^ value >> 16

    spread_hashes = [spread(x % 2**32) for x in shingle_hashes]
    return [
        min([2**32 - 1] + [(a * x + b) % 2**32 for x in spread_hashes]) for a, b in zip(factors, summands, strict=True)
    ]


def jaccard(left: set[int], right: set[int]) -> float:
    return len(left & right) / len(left | right) if left | right else 0.0


def pairs_with_common_band(signatures: list[list[int]], bands: int, rows: int, least: int) -> set[tuple[int, int]]:
    """Pairs that agree in all rows of a band, and in at least ``least`` values over all."""
    found = set()
    for left, right in combinations(range(len(signatures)), 2):
        a, b = signatures[left], signatures[right]
        banded = any(a[k * rows : (k + 1) * rows] == b[k * rows : (k + 1) * rows] for k in range(bands))
        if banded and sum(x == y for x, y in zip(a, b, strict=True)) >= least:
            found.add((left, right))
    return found


def shared_weights(
    documents: list[dict[int, int]], families: list[int], max_frequency: int, large_family: int
) -> dict[tuple[int, int], int]:
    """Sum of the weights of the features that two documents of different families share.

    Features of too many families do not count; of large families a feature counts for the first document that has it.
    """
    users: dict[tuple[int, int], list[int]] = defaultdict(list)
    for number, document in enumerate(documents):
        for feature in document.items():
            users[feature].append(number)
    totals: Counter[tuple[int, int]] = Counter()
    for (_, weight), numbers in users.items():
        if len({families[number] for number in numbers}) > max_frequency:
            continue
        kept = [
            number
            for number in numbers
            if families.count(families[number]) <= large_family
            or not any(families[other] == families[number] for other in numbers if other < number)
        ]
        for left, right in combinations(kept, 2):
            if families[left] != families[right]:
                totals[left, right] += weight
    return totals


def terms(tokens: list[tuple[int, int, int]]) -> Counter[int]:
    """Terms of (hash, start, end) tokens: words, and pairs of adjacent single characters."""
    found: Counter[int] = Counter()
    for i, (value, start, end) in enumerate(tokens):
        joined_before = i > 0 and tokens[i - 1][0] & 1 and tokens[i - 1][2] == start
        joined_behind = i + 1 < len(tokens) and tokens[i + 1][0] & 1 and tokens[i + 1][1] == end
        if not value & 1:
            found[value] += 1
        elif joined_behind:
            found[mix(rotate(value, 13) ^ tokens[i + 1][0] ^ STEP)] += 1
        elif not joined_before:
            found[value] += 1
    return found


def cosine(left: dict[int, float], right: dict[int, float]) -> float:
    dot = sum(weight * right[term] for term, weight in left.items() if term in right)
    norms = math.sqrt(sum(w * w for w in left.values()) * sum(w * w for w in right.values()))
    return dot / norms if norms else 0.0
