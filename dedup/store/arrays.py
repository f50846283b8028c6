"""Files of arrays: immutable, memory-mapped, with a header that says what they hold and digests that prove it.

::

    8 bytes    b"dedupARR"
    uint32     version of the format, little-endian
    uint32     length of the header
    32 bytes   BLAKE2b of the header
    header     JSON: {"about": {...}, "size": bytes of the file,
               "arrays": {name: {"dtype", "shape", "offset", "digest"}}}
    arrays     each from a multiple of 64 bytes on, little-endian
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.errors import DamageError

__all__ = ["FORMAT_VERSION", "ArrayFile", "array_chunks"]

FORMAT_VERSION = 1

_MAGIC = b"dedupARR"
_START = struct.Struct("<8sII32s")
_ALIGNMENT = 64
_DTYPES = ("<u8", "<u4", "<u2", "|u1", "<i8", "<i4", "|b1")


def array_chunks(arrays: Mapping[str, npt.NDArray[Any]], about: Mapping[str, Any]) -> Iterator[bytes | memoryview]:
    """The bytes of a file of arrays, piece by piece."""
    plain = {name: _plain(array) for name, array in arrays.items()}
    header = _header(plain, about)
    yield _START.pack(_MAGIC, FORMAT_VERSION, len(header), blake2b(header, digest_size=32).digest()) + header
    at = _START.size + len(header)
    for array in plain.values():
        yield bytes(-at % _ALIGNMENT)
        at += -at % _ALIGNMENT + array.nbytes
        yield _bytes_of(array)


def _plain(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<"))


def _bytes_of(array: npt.NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data


def _header(arrays: Mapping[str, npt.NDArray[Any]], about: Mapping[str, Any]) -> bytes:
    """The header, of a length that does not depend on the offsets in it."""
    described = {
        name: {
            "dtype": array.dtype.str,
            "shape": list(array.shape),
            "offset": 0,
            "digest": blake2b(_bytes_of(array), digest_size=16).hexdigest(),
        }
        for name, array in arrays.items()
    }
    header = {"about": dict(about), "size": 0, "arrays": described}
    length = len(json.dumps(header)) + 20 * (len(arrays) + 1)
    at = _START.size + length
    for name, array in arrays.items():
        at += -at % _ALIGNMENT
        described[name]["offset"] = at
        at += array.nbytes
    header["size"] = at
    return json.dumps(header).ljust(length).encode()


@dataclass(frozen=True, slots=True, eq=False)
class ArrayFile:
    """A file of arrays, mapped into memory: what is not looked at is not read.

    Attributes
    ----------
    path : Path
    about : mapping
        What the writer said of it.
    arrays : mapping of str to array
        Read-only.
    digests : mapping of str to str
    """

    path: Path
    about: Mapping[str, Any]
    arrays: Mapping[str, npt.NDArray[Any]]
    digests: Mapping[str, str]

    @classmethod
    def open(cls, path: Path) -> ArrayFile:
        """Map a file, and check its header and its size. O(1); ``damaged`` reads the rest.

        Raises
        ------
        DamageError
            When it is missing, cut off, damaged, or of another version.
        """
        try:
            mapped = np.memmap(path, np.uint8, "r")
        except (OSError, ValueError) as problem:
            raise DamageError(f"{path}: cannot be read: {problem}") from problem
        header = _checked_header(path, mapped)
        arrays, digests = {}, {}
        for name, entry in header["arrays"].items():
            dtype, shape = np.dtype(entry["dtype"]), tuple(entry["shape"])
            size = dtype.itemsize * int(np.prod(shape, dtype=np.int64))
            arrays[name] = np.asarray(mapped[entry["offset"] : entry["offset"] + size]).view(dtype).reshape(shape)
            digests[name] = entry["digest"]
        return cls(path, header["about"], arrays, digests)

    def damaged(self) -> list[str]:
        """The names of the arrays whose bytes are not those that were written. Reads the file."""
        return [
            name
            for name, array in self.arrays.items()
            if blake2b(_bytes_of(array), digest_size=16).hexdigest() != self.digests[name]
        ]


def _checked_header(path: Path, mapped: npt.NDArray[np.uint8]) -> dict[str, Any]:
    start = mapped[: _START.size].tobytes()
    if len(start) < _START.size or not start.startswith(_MAGIC):
        raise DamageError(f"{path}: is no file of arrays, or its beginning is damaged")
    _, version, length, digest = _START.unpack(start)
    if version != FORMAT_VERSION:
        raise DamageError(f"{path}: has version {version} of the format, and this dedup reads {FORMAT_VERSION}")
    header = mapped[_START.size : _START.size + length].tobytes()
    if blake2b(header, digest_size=32).digest() != digest:
        raise DamageError(f"{path}: its header is damaged")
    parsed: dict[str, Any] = json.loads(header)
    if parsed["size"] != len(mapped) or any(entry["dtype"] not in _DTYPES for entry in parsed["arrays"].values()):
        raise DamageError(f"{path}: has {len(mapped)} bytes, not {parsed['size']}: it was cut off")
    return parsed
