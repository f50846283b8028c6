"""Code points from UTF-8."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner

__all__ = ["decode"]


@inner
def decode(data: npt.NDArray[np.uint8], position: int, end: int) -> tuple[int, int]:
    """The code point at ``position`` < ``end`` and its length in bytes; a byte that begins none is code point 0.

    Continuation bytes are taken on trust, so what is no UTF-8 gives some code point, and always moves on.
    """
    lead = np.int64(data[position])
    if lead < 0x80:
        return lead, np.int64(1)
    if lead >= 0xC0 and lead < 0xE0 and position + 2 <= end:
        return (lead & 31) << 6 | (np.int64(data[position + 1]) & 63), np.int64(2)
    if lead >= 0xE0 and lead < 0xF0 and position + 3 <= end:
        middle = (np.int64(data[position + 1]) & 63) << 6
        return (lead & 15) << 12 | middle | (np.int64(data[position + 2]) & 63), np.int64(3)
    if lead >= 0xF0 and position + 4 <= end:
        high = (lead & 7) << 18 | (np.int64(data[position + 1]) & 63) << 12
        return high | (np.int64(data[position + 2]) & 63) << 6 | (np.int64(data[position + 3]) & 63), np.int64(4)
    return np.int64(0), np.int64(1)
