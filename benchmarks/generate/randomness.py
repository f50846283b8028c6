"""Random numbers that are a function of what they are for: the same on every machine, in any order."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["Numbers", "numbers", "one", "shuffled"]

Numbers = npt.NDArray[np.uint64]

_STEP = 0x9E3779B97F4A7C15
_FACTORS = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SHIFTS = np.uint64(30), np.uint64(27), np.uint64(31)
_MASK = 2**64 - 1
_PLACES = np.arange(1, 1 << 16, dtype=np.uint64) * np.uint64(_STEP)


def numbers(count: int, *key: int) -> Numbers:
    """``count`` uniform 64-bit numbers that belong to a key: SplitMix64 (Steele, Lea, Flood 2014) from the key's seed.

    >>> bool((numbers(3, 1, 7) == numbers(5, 1, 7)[:3]).all()), bool((numbers(3, 1, 7) == numbers(3, 7, 1)).any())
    (True, False)
    """
    places = _PLACES[:count] if count <= len(_PLACES) else np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_STEP)
    mixed = places + np.uint64(_seed(key))
    mixed = (mixed ^ (mixed >> _SHIFTS[0])) * _FACTORS[0]
    mixed = (mixed ^ (mixed >> _SHIFTS[1])) * _FACTORS[1]
    return mixed ^ (mixed >> _SHIFTS[2])


def one(*key: int) -> int:
    """A single number of a key.

    >>> one(1, 7) == int(numbers(1, 1, 7)[0])
    True
    """
    return _mix((_seed(key) + _STEP) & _MASK)


def shuffled(count: int, *key: int) -> npt.NDArray[np.int64]:
    """The numbers from 0 to ``count`` in an order of a key.

    >>> sorted(shuffled(4, 1).tolist())
    [0, 1, 2, 3]
    """
    return np.argsort(numbers(count, *key), kind="stable")


def _seed(key: tuple[int, ...]) -> int:
    seed = 0
    for part in key:
        seed = _mix((seed + part * _STEP + 1) & _MASK)
    return seed


def _mix(value: int) -> int:
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
