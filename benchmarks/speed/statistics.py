"""Medians with their spread."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

__all__ = ["noise", "summarise"]


def summarise(values: Sequence[float]) -> dict[str, Any]:
    """Median, least, largest, and all values in the order of measurement.

    >>> summarise([3.0, 1.0, 2.0])["median"]
    2.0
    """
    if not values:
        return {"median": None, "least": None, "largest": None, "values": []}
    rounded = [round(value, 6) for value in values]
    return {"median": median(rounded), "least": min(rounded), "largest": max(rounded), "values": rounded}


def noise(values: Sequence[float]) -> float:
    """Standard error of the median, relative to it, from the median deviation: robust against single slow runs.

    Of a normal distribution the deviation is 1.4826 times the median deviation, and the error of a median 1.2533 times
    that of a mean.

    >>> round(noise([1.0, 1.1, 0.9, 1.0]), 3)
    0.046
    """
    middle = median(values)
    spread = 1.4826 * median(abs(value - middle) for value in values)
    return float(1.2533 * spread / len(values) ** 0.5 / middle)
