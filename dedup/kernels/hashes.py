"""Looking hashes up among ascending ones, by an index of their leading bits."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import kernel

__all__ = ["find_hashes", "index_hashes"]


@kernel
def index_hashes(known: npt.NDArray[np.uint64], shift: int, starts: npt.NDArray[np.int32]) -> None:
    """Where the hashes of each value of the bits above ``shift`` begin; one more start than there are values."""
    at = 0
    for value in range(len(starts)):
        while at < len(known) and np.int64(known[at] >> np.uint64(shift)) < value:
            at += 1
        starts[value] = np.int32(at)


@kernel
def find_hashes(
    known: npt.NDArray[np.uint64],
    shift: int,
    starts: npt.NDArray[np.int32],
    wanted: npt.NDArray[np.uint64],
    out: npt.NDArray[np.int32],
) -> None:
    """The place of each wanted hash among the known ones, -1 for none; O(1) expected, whereas a search is O(log n)."""
    bits = np.uint64(shift)
    for k in range(len(wanted)):
        value = np.int64(wanted[k] >> bits)
        i = starts[value]
        end = starts[value + 1]
        while i < end and known[i] < wanted[k]:
            i += np.int32(1)
        out[k] = i if i < end and known[i] == wanted[k] else np.int32(-1)
