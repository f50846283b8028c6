"""A pipeline put together by hand from the quickest parts: polars tokenises and hashes, numpy makes the shingles."""

from __future__ import annotations

from importlib.metadata import version

import numpy as np
import numpy.typing as npt
import polars

from benchmarks.speed.points import Point

__all__ = ["Assembled", "Shingles"]

Shingles = tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]

_BLOCK = 1 << 14
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


class Assembled:
    """The first half, which both versions share."""

    tokens = "lowercase"

    def version(self) -> str:
        """Of the packages."""
        return ", ".join(f"{name} {version(name)}" for name in ("polars", "numpy", "rensa", "FastSketchLSH"))

    def shingles(self, texts: list[str], size: int) -> Shingles:
        """Hashes of all shingles, and where each text's begin."""
        words = polars.Series(texts).str.to_lowercase().str.split(" ")
        counts = words.list.len().to_numpy().astype(np.int64)
        hashes = words.explode().hash(seed=1).to_numpy()
        mixed = _runs(hashes, size)
        ends = np.cumsum(counts)
        left = np.maximum(counts - size + 1, 0)
        inside = np.ones(len(hashes), np.bool_)
        for i in range(1, size):
            inside[ends[counts >= i] - i] = False
        offsets = np.concatenate([[0], np.cumsum(left)]).astype(np.uint64)
        return mixed[inside[: len(mixed)]], offsets

    def verified(self, texts: list[str], found: npt.NDArray[np.uint64], point: Point, threads: int) -> None:
        """Not offered."""


def _runs(hashes: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.uint64]:
    """A hash of each run of ``size`` tokens; block by block, which stay in the processor's cache."""
    mixed = np.empty(max(0, len(hashes) - size + 1), np.uint64)
    for start in range(0, len(mixed), _BLOCK):
        block = mixed[start : start + _BLOCK]
        block[:] = hashes[start : start + len(block)]
        for i in range(1, size):
            block *= _FACTOR
            block += hashes[start + i : start + i + len(block)]
        block ^= block >> np.uint64(32)
    return mixed
