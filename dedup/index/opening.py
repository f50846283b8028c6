"""Opening an index: for one writer, for readers, or in memory."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dedup.errors import DamageError, MismatchError, StoreError
from dedup.index.core import Core
from dedup.index.kept import kept_facts, kept_settings, outdated
from dedup.settings import Settings
from dedup.store import Database, Disk, FileShelf, MemoryShelf, Shelf, WriterLock

__all__ = ["Opened", "is_index", "open_in_memory", "open_to_read", "open_to_write"]

_DATABASE, _LOCK = "index.sqlite", "lock.sqlite"
_TRIES = 5


@dataclass(slots=True)
class Opened:
    """An open index and where it is.

    Attributes
    ----------
    core : Core
    path : Path or None
    lock : WriterLock or None
    writing : bool
    """

    core: Core
    path: Path | None
    lock: WriterLock | None
    writing: bool

    def close(self) -> None:
        """Close its files."""
        self.core.database.close()
        if self.lock:
            self.lock.close()


def is_index(path: str | Path) -> bool:
    """Whether a path is the folder of an index."""
    return (Path(path) / _DATABASE).is_file()


def open_in_memory(settings: Settings | None, *, texts: bool) -> Opened:
    """An index that is not kept."""
    return Opened(_open(None, settings, Disk(), texts=texts, writing=True), None, None, writing=True)


def open_to_write(folder: Path, settings: Settings | None, disk: Disk, *, texts: bool | None, migrate: bool) -> Opened:
    """Open an index for its one writer, or make it."""
    _make_folder(folder)
    lock = WriterLock(folder / _LOCK)
    try:
        core = _open(folder, settings, disk, texts=texts, writing=True, migrate=migrate)
    except BaseException:
        lock.close()
        raise
    return Opened(core, folder, lock, writing=True)


def open_to_read(folder: Path, settings: Settings | None, disk: Disk) -> Opened:
    """Open an index as it is now; a writer may remove a file after it was named and before it is opened."""
    if not is_index(folder):
        raise StoreError(f"{folder}: is no index; 'dedup index add' makes one")
    for _ in range(_TRIES - 1):
        with suppress(DamageError):
            return Opened(_open(folder, settings, disk, writing=False, mend=False), folder, None, writing=False)
    return Opened(_open(folder, settings, disk, writing=False), folder, None, writing=False)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
        strange = not is_index(folder) and any(entry.name != _LOCK for entry in list(folder.iterdir()))
    except OSError as problem:
        raise StoreError(f"{folder}: cannot be made: {problem.strerror or problem}") from problem
    if strange:
        raise StoreError(f"{folder}: is a folder with other things in it; name one that does not exist yet")


def _open(
    folder: Path | None,
    settings: Settings | None,
    disk: Disk,
    *,
    texts: bool | None = None,
    writing: bool,
    migrate: bool = False,
    mend: bool = True,
) -> Core:
    database = Database(folder / _DATABASE if folder else None, disk, writing=writing)
    try:
        where = str(folder or "the index")
        facts = database.facts()
        if not facts:
            if not writing:
                raise StoreError(f"{where}: is not yet an index; add documents first")
            facts = kept_facts(settings or Settings(), texts=texts is not False)
            with database.transaction():
                database.set_facts(facts)
        if texts is not None and facts["texts"] != texts:
            raise MismatchError(f"{where}: was made {'with' if facts['texts'] else 'without'} texts")
        chosen = kept_settings(facts, settings, where)
        old = outdated(facts, chosen)
        if old and not migrate:
            raise MismatchError(
                f"{where}: has sketches of {old}, not comparable with this dedup's; run: dedup index rebuild {where}"
            )
        if old and not facts["texts"]:
            raise MismatchError(f"{where}: has sketches of {old}, and no texts to make others from; make another index")
        shelf: Shelf = FileShelf(folder, disk) if folder else MemoryShelf()
        return Core(database, shelf, chosen, writing=writing, mend=mend, migrate=old is not None)
    except BaseException:
        database.close()
        raise
