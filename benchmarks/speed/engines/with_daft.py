"""Daft: its ``minhash`` expression with xxhash, as in its guide, then bands joined in numpy."""

from __future__ import annotations

import daft
import numpy as np
import numpy.typing as npt

from benchmarks.speed.points import NUM_PERM, Point
from benchmarks.speed.worker import Found, main, packed

__all__ = ["Daft"]


class Daft:
    """Its guide explodes the bands into rows and groups them, which is slower: so it gets sorted arrays instead.

    Texts are not normalised, as the guide advises to do that in another run.
    """

    tokens = "spaces"
    finds = "pairs"

    def version(self) -> str:
        """Of the package."""
        return str(daft.__version__)

    def signatures(self, texts: list[str], point: Point, threads: int) -> npt.NDArray[np.uint32]:
        """A matrix."""
        column = daft.col("text").minhash(
            num_hashes=NUM_PERM, ngram_size=point.shingle_size, seed=1, hash_function="xxhash"
        )
        table = daft.from_pydict({"text": texts}).select(column).to_arrow()
        values: npt.NDArray[np.uint32] = np.asarray(table.column(0).combine_chunks().flatten())
        return values.reshape(-1, NUM_PERM)

    def pairs(self, signatures: npt.NDArray[np.uint32], point: Point, threads: int) -> Found:
        """All pairs of each bucket."""
        found = []
        for band in range(point.bands):
            rows = np.ascontiguousarray(signatures[:, band * point.rows : (band + 1) * point.rows])
            keys = rows.view(f"V{rows.itemsize * point.rows}").ravel()
            group = np.unique(keys, return_inverse=True)[1]
            order = np.argsort(group, kind="stable")
            found.append(_pairs_of_runs(group[order], order))
        return np.unique(np.concatenate(found))

    def verified(self, texts: list[str], found: Found, point: Point, threads: int) -> None:
        """Not offered."""


def _pairs_of_runs(groups: npt.NDArray[np.int64], members: npt.NDArray[np.int64]) -> Found:
    """Every two members of the same group, by their distance in it."""
    found = [np.empty(0, np.uint64)]
    at = np.flatnonzero(groups[1:] == groups[:-1])
    distance = 1
    while len(at):
        found.append(packed(members[at], members[at + distance]))
        distance += 1
        at = at[at + distance < len(groups)]
        at = at[groups[at + distance] == groups[at]]
    return np.concatenate(found)


if __name__ == "__main__":
    main(Daft())
