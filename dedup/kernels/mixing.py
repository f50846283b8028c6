"""Mixing of 64-bit hashes."""

from __future__ import annotations

import numpy as np

from dedup.kernels.compile import inner

__all__ = ["STEP", "mix", "rotate"]

STEP = np.uint64(0x9E3779B97F4A7C15)
"""2⁶⁴ divided by the golden ratio: multiples of it are spread evenly (Knuth, TAOCP 3, 6.4)."""

_MULTIPLIER_1 = np.uint64(0xD6E8FEB86659FD93)
_MULTIPLIER_2 = np.uint64(0xC2B2AE3D27D4EB4F)
_32 = np.uint64(32)
_29 = np.uint64(29)
_64 = np.uint64(64)


@inner
def rotate(value: np.uint64, bits: np.uint64) -> np.uint64:
    """Rotate left; ``0 < bits < 64``."""
    return (value << bits) | (value >> (_64 - bits))


@inner
def mix(value: np.uint64) -> np.uint64:
    """A bijection of 64 bits in which each input bit moves about half of the output bits (xor-shift-multiply)."""
    value ^= value >> _32
    value *= _MULTIPLIER_1
    value ^= value >> _29
    value *= _MULTIPLIER_2
    return value ^ (value >> _32)
