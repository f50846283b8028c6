"""Strings to one buffer of UTF-8 by a kernel that reads their memory, so that other threads can work meanwhile.

How CPython lays a string out is not a part of its interface, so it is checked once, on strings of every kind, before
any kernel reads one; where anything differs (another interpreter, a build without the lock, a new release), strings
are encoded in the ordinary way.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from functools import cache

import numpy as np
import numpy.typing as npt

from dedup.kernels.strings import ASCII, LENGTH_AT, STATE_AT, TYPE_AT, WIDTHS, measure_strings, write_strings

__all__ = ["characters_at", "encode_strings"]

_SAMPLES = ((), (102, 111, 103), (0, 127), (228, 102), (255, 0), (8220, 102), (0xD800, 0xDFFF), (0x1F436, 0xDC00, 97))

_log = logging.getLogger("dedup")


def encode_strings(
    strings: npt.NDArray[np.object_], padding: int
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]] | None:
    r"""The UTF-8 of strings, one behind the other, ``padding`` zeros, and where each begins; lone surrogates as well.

    Parameters
    ----------
    strings : object array (n,)
        It holds the strings while a kernel reads them: nothing else needs to, and none can be changed in place.
    padding : int
        At least 4.

    Returns
    -------
    uint8 array (bytes + padding,) and int64 array (n + 1,), or None
        ``None`` where the strings' memory cannot be read, or where one is no ``str`` or of a class derived from it.

    Examples
    --------
    >>> encoded = encode_strings(np.array(["fog", "Öl"], object), 4)
    >>> encoded is None or (encoded[0].tobytes(), encoded[1].tolist())
    (b'fog\xc3\x96l\x00\x00\x00\x00', [0, 3, 6])
    """
    places = characters_at()
    if places is None:
        return None
    objects = np.uint64(strings.ctypes.data)
    offsets = np.empty(len(strings) + 1, np.int64)
    if not measure_strings(objects, np.uint64(id(str)), places, offsets):
        return None
    out = np.empty(offsets[-1] + padding, np.uint8)
    write_strings(objects, places, offsets, out)
    out[offsets[-1] :] = 0
    return out, offsets


@cache
def characters_at() -> tuple[np.uint64, np.uint64] | None:
    """Where the characters of ASCII and of other strings begin; ``None`` if strings are not laid out as kernels think.

    Each sample is read as far as the interpreter says that it reaches, and no further.
    """
    if sys.implementation.name != "cpython" or sys.byteorder != "little" or sys.maxsize < 2**32:
        return None
    samples = ["".join(map(chr, sample)) for sample in _SAMPLES]
    heads = sys.getsizeof(samples[1]) - len(samples[1]) - 1, sys.getsizeof(samples[3]) - len(samples[3]) - 1
    if all(_laid_out(sample, heads) for sample in samples):
        return np.uint64(heads[0]), np.uint64(heads[1])
    _log.debug("this interpreter lays strings out in another way; they are encoded one by one")
    return None


def _laid_out(text: str, heads: tuple[int, int]) -> bool:
    largest = max(map(ord, text), default=0)
    width, codec = next(
        (width, codec)
        for width, codec, limit in ((1, "latin-1", 0x100), (2, "utf-16-le", 0x10000), (4, "utf-32-le", 0x110000))
        if largest < limit
    )
    head, state = (heads[0], ASCII) if largest < 0x80 else (heads[1], WIDTHS[width])
    memory = ctypes.string_at(id(text), sys.getsizeof(text))
    characters = text.encode(codec, "surrogatepass")
    return (
        _number(memory, TYPE_AT, 8) == id(str)
        and _number(memory, LENGTH_AT, 8) == len(text)
        and _number(memory, STATE_AT, 4) >> 2 & 0x1F == state
        and len(memory) >= head + len(characters) + width
        and memory[head : head + len(characters)] == characters
    )


def _number(memory: bytes, start: int, size: int) -> int:
    return int.from_bytes(memory[start : start + size], "little")
