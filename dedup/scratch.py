"""Room for what a comparison works on: memory up to a limit, and unnamed temporary files beyond it.

The files have no name from the moment they are made, so that nothing of them is left behind whatever ends the process.
"""

from __future__ import annotations

import os
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.documents import PADDING
from dedup.errors import DedupError

__all__ = ["DEFAULT_MEMORY", "ByteLog", "Parts", "Scratch"]

DEFAULT_MEMORY = 1 << 30
"""Bytes that large arrays may take together, before they go to files."""

_PIECE = 1 << 20
_AHEAD = 4


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        where = tempfile.gettempdir()
        raise DedupError(
            f"temporary files in {where}: {problem.strerror}; let TMPDIR name a roomier folder"
        ) from problem


class Scratch:
    """Gives out room for large arrays.

    Parameters
    ----------
    memory : int
        Bytes to give out before temporary files are made. What is given out never changes what comes out.

    Examples
    --------
    >>> isinstance(Scratch(0).empty((2, 3), np.uint32), np.memmap)
    True
    """

    def __init__(self, memory: int = DEFAULT_MEMORY) -> None:
        self._left = memory

    def take(self, size: int) -> bool:
        """Whether so many bytes may be held in memory; they are counted if so."""
        fits = size <= self._left
        self._left -= size if fits else 0
        return fits

    def give_back(self, size: int) -> None:
        """Bytes that were taken and are free again."""
        self._left += size

    def empty(self, shape: tuple[int, ...], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
        """An array of any content, in memory or in a file."""
        size = int(np.prod(shape)) * np.dtype(dtype).itemsize
        if size == 0 or self.take(size):
            return np.empty(shape, dtype)
        with _room(), tempfile.TemporaryFile() as file:
            return np.memmap(file, dtype, "w+", shape=shape)


class ByteLog:
    """Bytes written one behind the other, then read in any order.

    A file is written by a thread of its own: a disk's time, and the system's, is not that of who reads documents.

    Parameters
    ----------
    scratch : Scratch
    """

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._held = bytearray()
        self._taken = 0
        self._file: Any = None
        self._writer: ThreadPoolExecutor
        self._waiting: deque[Future[int]] = deque()

    def write(self, data: bytes | memoryview) -> None:
        """Put bytes behind those before; nobody may change them any more."""
        if self._file is None:
            if self._scratch.take(len(data)):
                self._taken += len(data)
                self._held += data
                return
            with _room():
                self._file = tempfile.TemporaryFile(buffering=_PIECE)  # noqa: SIM115
                self._file.write(self._held)
            self._writer = ThreadPoolExecutor(1)
            self._scratch.give_back(self._taken)
            self._held, self._taken = bytearray(), 0
        if len(self._waiting) >= _AHEAD:
            self._wait()
        self._waiting.append(self._writer.submit(self._file.write, data))

    def finish(self) -> npt.NDArray[np.uint8]:
        """All that was written, with as many bytes behind it as kernels may read; nothing is to be written any more."""
        if self._file is None:
            self._held += bytes(PADDING)
            return np.frombuffer(self._held, np.uint8)
        while self._waiting:
            self._wait()
        self._writer.shutdown()
        with _room(), self._file as file:
            file.write(bytes(PADDING))
            file.flush()
            return np.asarray(np.memmap(file, np.uint8, "r"))  # slices of a plain array are made in a tenth of the time

    def _wait(self) -> None:
        with _room():
            self._waiting.popleft().result()


class Parts:
    """Numbers divided into parts, collected piece by piece, and read a part at a time.

    Parameters
    ----------
    count : int
        Parts.
    scratch : Scratch
    """

    def __init__(self, count: int, scratch: Scratch) -> None:
        self._scratch = scratch
        self._held: list[list[npt.NDArray[np.uint64]]] = [[] for _ in range(count)]
        self._written: list[list[tuple[int, int]]] = [[] for _ in range(count)]
        self._taken = 0
        self._file: Any = None
        self._at = 0

    def __len__(self) -> int:
        return len(self._held)

    def add(self, numbers: npt.NDArray[np.uint64], bounds: Sequence[int]) -> None:
        """Put ``numbers[bounds[i]:bounds[i + 1]]`` into part i."""
        if not self._scratch.take(numbers.nbytes):
            self._spill()
            if not self._scratch.take(numbers.nbytes):
                self._write([numbers[a:b] for a, b in pairwise(bounds)])
                return
        self._taken += numbers.nbytes
        for held, a, b in zip(self._held, bounds[:-1], bounds[1:], strict=True):
            held.append(numbers[a:b])

    def pop(self, part: int) -> npt.NDArray[np.uint64]:
        """A part, in memory; it is forgotten here. Several threads may ask, once all is added."""
        pieces = [np.empty(0, np.uint64), *self._held[part]]
        if self._file is not None:
            with _room():
                self._file.flush()
        for start, size in self._written[part]:
            pieces.append(np.frombuffer(os.pread(self._file.fileno(), 8 * size, start), np.uint64))
        self._held[part], self._written[part] = [], []
        return np.concatenate(pieces)

    def close(self) -> None:
        """Give back what was taken."""
        self._scratch.give_back(self._taken)
        self._taken = 0
        if self._file is not None:
            self._file.close()

    def _spill(self) -> None:
        self._write([np.concatenate([np.empty(0, np.uint64), *held]) for held in self._held])
        self._held = [[] for _ in self._held]
        self._scratch.give_back(self._taken)
        self._taken = 0

    def _write(self, pieces: Sequence[npt.NDArray[np.uint64]]) -> None:
        with _room():
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=_PIECE)  # noqa: SIM115
            for written, piece in zip(self._written, pieces, strict=True):
                if len(piece):
                    written.append((self._at, len(piece)))
                    self._file.write(np.ascontiguousarray(piece).data)
                    self._at += piece.nbytes
