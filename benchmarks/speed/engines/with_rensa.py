"""rensa, as documented: token lists from Python, R-MinHash of all tokens, LSH."""

from __future__ import annotations

from typing import Any

import numpy as np
import rensa

from benchmarks.speed.points import Point
from benchmarks.speed.worker import Found, main, packed

__all__ = ["Rensa"]


class Rensa:
    """Its quicker rho sketches depend on the order of the words and find few pairs: they are not measured."""

    tokens = "lowercase"
    finds = "pairs"

    def version(self) -> str:
        """Of the package."""
        from importlib.metadata import version

        return version("rensa")

    def signatures(self, texts: list[str], point: Point, threads: int) -> Any:
        """One sketch a text."""
        sets = (_shingles(text, point.shingle_size) for text in texts)
        return rensa.RMinHash.from_token_sets(sets, num_perm=point.bands * point.rows, seed=42)

    def pairs(self, signatures: Any, point: Point, threads: int) -> Found:
        """Candidates of each text. ``threshold`` plays no part in them."""
        index = rensa.RMinHashLSH(threshold=point.threshold, num_perm=point.bands * point.rows, num_bands=point.bands)
        index.insert_many(signatures)
        hits = index.query_all(signatures)
        left = np.repeat(np.arange(len(hits)), [len(row) for row in hits])
        return packed(left, np.array([other for row in hits for other in row], np.int64))

    def verified(self, texts: list[str], found: Found, point: Point, threads: int) -> None:
        """Not offered."""


def _shingles(text: str, size: int) -> list[str]:
    words = text.lower().split(" ")
    return [" ".join(words[i : i + size]) for i in range(max(1, len(words) - size + 1))]


if __name__ == "__main__":
    main(Rensa())
