"""The pipeline put together by hand, with rensa's matrix of hashes made elsewhere: it flags documents only."""

from __future__ import annotations

from typing import Any

import numpy as np
import rensa

from benchmarks.speed.engines.assembled import Assembled
from benchmarks.speed.points import Point
from benchmarks.speed.worker import Found, main

__all__ = ["AssembledFlags"]


class AssembledFlags(Assembled):
    """No pairs: whether a text has a candidate at all."""

    finds = "members"

    def signatures(self, texts: list[str], point: Point, threads: int) -> Any:
        """A matrix."""
        shingles, offsets = self.shingles(texts, point.shingle_size)
        return rensa.RMinHash.digest_matrix_from_flat_token_hashes(shingles, offsets, point.bands * point.rows, 42)

    def pairs(self, signatures: Any, point: Point, threads: int) -> Found:
        """Numbers of the documents that have a candidate."""
        index = rensa.RMinHashLSH(threshold=point.threshold, num_perm=point.bands * point.rows, num_bands=point.bands)
        flags = index.query_duplicate_flags_matrix_one_shot(signatures)
        return np.flatnonzero(np.asarray(flags)).astype(np.uint64)


if __name__ == "__main__":
    main(AssembledFlags())
