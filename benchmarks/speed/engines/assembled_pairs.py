"""The pipeline put together by hand, with FastSketchLSH for sketches and pairs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from FastSketchLSH import LSH, FastSimilaritySketch

from benchmarks.speed.engines.assembled import Assembled
from benchmarks.speed.points import NUM_PERM, Point
from benchmarks.speed.worker import Found, main, packed

__all__ = ["AssembledPairs"]


class AssembledPairs(Assembled):
    """Its documented route for hashes made elsewhere: one flat array, one matrix, one query."""

    finds = "pairs"

    def signatures(self, texts: list[str], point: Point, threads: int) -> npt.NDArray[np.uint64]:
        """A matrix."""
        shingles, offsets = self.shingles(texts, point.shingle_size)
        sketcher = FastSimilaritySketch(size=NUM_PERM, seed=42)
        matrix: npt.NDArray[np.uint64] = sketcher.batch_csr(shingles, offsets, prehashed=True, num_threads=threads)
        return np.ascontiguousarray(matrix[:, : point.bands * point.rows])

    def pairs(self, signatures: npt.NDArray[np.uint64], point: Point, threads: int) -> Found:
        """Candidates of each text."""
        index = LSH(num_perm=point.bands * point.rows, num_bands=point.bands, num_threads=threads)
        index.insert(signatures)
        hits, starts = index.query(signatures, format="csr")
        return packed(np.repeat(np.arange(len(starts) - 1), np.diff(starts.astype(np.int64))), np.asarray(hits))


if __name__ == "__main__":
    main(AssembledPairs())
