"""A fixed piece of work, by which times of different hours and machines are made comparable.

Never change it: the committed baseline is in multiples of it.
"""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt
from numba import njit

__all__ = ["calibrate"]

_SIZE = 1 << 16
_ROUNDS = 40


@njit(nogil=True, cache=True)
def _work(values: npt.NDArray[np.uint64], rounds: int) -> np.uint64:
    """Mix, compare, and follow numbers through an array of 512 KB: arithmetic, branches and cached memory."""
    total = np.uint64(0)
    mask = np.uint64(len(values) - 1)
    for _ in range(rounds):
        for i in range(len(values)):
            value = values[i]
            value ^= value >> np.uint64(31)
            value *= np.uint64(0x9E3779B97F4A7C15)
            other = values[value & mask]
            total += other if value > other else value
            values[i] = value + total
    return total


def calibrate() -> float:
    """Seconds of processor time that the work takes now: about 10 ms."""
    values = np.arange(_SIZE, dtype=np.uint64)
    started = time.process_time()
    _work(values, _ROUNDS)
    return time.process_time() - started
