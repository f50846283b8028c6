"""Where the derived arrays lie: in files of a folder, or in memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt

from dedup.store.arrays import ArrayFile, array_chunks
from dedup.store.disk import Disk

__all__ = ["Arrays", "FileShelf", "MemoryShelf", "Shelf"]

Arrays = Mapping[str, "npt.NDArray[Any]"]

_SUFFIX = ".arrays"


class Shelf(ABC):
    """Groups of arrays by name, written once and never changed."""

    @abstractmethod
    def put(self, name: str, arrays: Arrays, about: Mapping[str, Any]) -> Arrays:
        """Keep arrays; returns them as they are kept."""

    @abstractmethod
    def get(self, name: str) -> Arrays:
        """The arrays kept under a name.

        Raises
        ------
        DamageError
            When they are missing or damaged.
        """

    @abstractmethod
    def damaged(self, name: str) -> list[str]:
        """What is wrong with the arrays of a name, in words. Reads all of them."""

    @abstractmethod
    def keep_only(self, names: set[str]) -> None:
        """Remove whatever has another name."""

    @abstractmethod
    def size(self) -> int:
        """Bytes kept."""


class FileShelf(Shelf):
    """Each group of arrays in a file of its own."""

    def __init__(self, folder: Path, disk: Disk) -> None:
        self._folder = folder
        self._disk = disk

    def put(self, name: str, arrays: Arrays, about: Mapping[str, Any]) -> Arrays:
        """Write a file; see ``Disk.write``."""
        path = self._path(name)
        self._disk.write(path, array_chunks(arrays, about))
        return ArrayFile.open(path).arrays

    def get(self, name: str) -> Arrays:
        """Map a file."""
        return ArrayFile.open(self._path(name)).arrays

    def damaged(self, name: str) -> list[str]:
        """Compare all digests."""
        found = ArrayFile.open(self._path(name))
        return [f"{found.path}: {array} is damaged" for array in found.damaged()]

    def keep_only(self, names: set[str]) -> None:
        """Remove other files of arrays, and what interrupted writers left."""
        wanted = {self._path(name) for name in names}
        for path in sorted(self._folder.iterdir()):
            if path.name.endswith((_SUFFIX, _SUFFIX + ".part")) and path not in wanted:
                self._disk.remove(path)

    def size(self) -> int:
        """Bytes of all files of arrays."""
        return sum(path.stat().st_size for path in self._folder.glob(f"*{_SUFFIX}"))

    def _path(self, name: str) -> Path:
        return self._folder / (name + _SUFFIX)


class MemoryShelf(Shelf):
    """Arrays in memory, for an index that is not kept."""

    def __init__(self) -> None:
        self._kept: dict[str, Arrays] = {}

    def put(self, name: str, arrays: Arrays, about: Mapping[str, Any]) -> Arrays:
        """Hold on to arrays."""
        self._kept[name] = arrays
        return arrays

    def get(self, name: str) -> Arrays:
        """The arrays that were put there."""
        return self._kept[name]

    def damaged(self, name: str) -> list[str]:
        """Nothing: memory is taken as sound."""
        return []

    def keep_only(self, names: set[str]) -> None:
        """Forget the others."""
        self._kept = {name: arrays for name, arrays in self._kept.items() if name in names}

    def size(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for arrays in self._kept.values() for array in arrays.values())
