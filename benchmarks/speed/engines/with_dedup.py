"""dedup: its signatures, its near tier, exact verification; in as many threads as it is given."""

from __future__ import annotations

import numpy as np

import dedup
from benchmarks.speed.points import NUM_PERM, Point
from benchmarks.speed.worker import Found, main
from dedup.lsh import CandidatePairs, near_pairs
from dedup.sketch import MinHasher, Signatures
from dedup.verify import verify

__all__ = ["Dedup"]


class Dedup:
    """As the library's own pipeline calls its stages."""

    tokens = "dedup"
    finds = "pairs"

    def version(self) -> str:
        """Of this checkout."""
        return dedup.__version__

    def signatures(self, texts: list[str], point: Point, threads: int) -> Signatures:
        """In batches, which the threads share."""
        hasher = MinHasher(NUM_PERM, point.shingle_size, n_jobs=threads)
        return hasher.labelled(hasher.transform(texts))

    def pairs(self, signatures: Signatures, point: Point, threads: int) -> Found:
        """Candidates of the near tier."""
        full = np.flatnonzero((signatures.values != 2**32 - 1).any(axis=1)).astype(np.int32)
        found = near_pairs(signatures, full, threshold=point.threshold, min_recall=point.min_recall, jobs=threads)
        return found.packed()

    def verified(self, texts: list[str], found: Found, point: Point, threads: int) -> Found:
        """Pairs that reach the threshold exactly."""
        pairs = CandidatePairs.from_packed(found)
        overlaps = verify(texts, pairs, shingle_size=point.shingle_size, jobs=threads)
        return pairs.where(overlaps.reach(point.threshold)).packed()


if __name__ == "__main__":
    main(Dedup())
