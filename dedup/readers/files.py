"""Arguments → the files to read, their kinds and ids."""

from __future__ import annotations

import logging
import os
import stat
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePath

from dedup.errors import ReadError
from dedup.readers.options import ReadOptions
from dedup.readers.problems import Problems

__all__ = ["STDIN", "Kind", "SourceFile", "find_files", "is_folder", "kind_of"]

_log = logging.getLogger("dedup")

STDIN = "-"


class Kind(StrEnum):
    """What a file holds."""

    TEXT = "txt"
    MARKDOWN = "md"
    HTML = "html"
    JSONL = "jsonl"
    CSV = "csv"
    TSV = "tsv"
    PARQUET = "parquet"
    STREAM = "stream"
    """JSON Lines if it begins like an object, else one plain text."""

    @property
    def is_one_document(self) -> bool:
        """Whether the whole file is one document."""
        return self in (Kind.TEXT, Kind.MARKDOWN, Kind.HTML)


_SUFFIXES = {
    ".txt": Kind.TEXT,
    ".md": Kind.MARKDOWN,
    ".html": Kind.HTML,
    ".htm": Kind.HTML,
    ".jsonl": Kind.JSONL,
    ".ndjson": Kind.JSONL,
    ".csv": Kind.CSV,
    ".tsv": Kind.TSV,
    ".parquet": Kind.PARQUET,
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read.

    Attributes
    ----------
    path : str
        To open; ``-`` for standard input.
    id : str
        The document's, or the beginning of the records' where they have none.
    kind : Kind
    argument : str
        The argument that it came by.
    """

    path: str
    id: str
    kind: Kind
    argument: str

    @property
    def name(self) -> str:
        """For messages."""
        return "stdin" if self.path == STDIN else self.path


def kind_of(name: str) -> Kind | None:
    """The kind of a file by its name; ``None`` where it is none of the known ones.

    >>> kind_of("a.TXT"), kind_of("a.jsonl.gz"), kind_of("a.pdf")
    (<Kind.TEXT: 'txt'>, <Kind.JSONL: 'jsonl'>, None)
    """
    path = PurePath(name.lower())
    if path.suffix != ".gz":
        return _SUFFIXES.get(path.suffix)
    inner = _SUFFIXES.get(PurePath(path.stem).suffix)
    return None if inner is Kind.PARQUET else inner


def is_folder(path: str) -> bool:
    """Whether a path that was asked for by name is a folder; not, when that cannot be told.

    Raises
    ------
    ReadError
        When there is nothing.
    """
    try:
        return stat.S_ISDIR(Path(path or "\0").stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        raise ReadError(f"{path}: there is no such file or folder") from None
    except ValueError as problem:
        raise ReadError(f"{path!r}: not a path: {problem}") from None
    except OSError:
        return False


def find_files(paths: Sequence[str], options: ReadOptions, problems: Problems) -> list[SourceFile]:
    """The files behind the arguments, each once: arguments in their order, a folder's files by relative path.

    A file's id is its path relative to the folder, or its name where it was named itself. Where two arguments would
    give the same id, both put as many of their own parent folders in front as it takes to tell them apart.
    """
    seen: set[str] = set()
    finds = [_find(path, options, problems, seen) for path in paths]
    _tell_apart(finds)
    return [
        SourceFile(_joined(find.root, relative), find.id_of(relative), kind, find.root)
        for find in finds
        for relative, kind in find.files
    ]


@dataclass(slots=True)
class _Find:
    """The files of one argument by relative path (empty: the argument itself), and what stands before their ids."""

    root: str
    parents: list[str]
    level: int = 0
    files: list[tuple[str, Kind]] = field(default_factory=list)

    def id_of(self, relative: str) -> str:
        front = self.parents[len(self.parents) - self.level :]
        path = "/".join([*front, relative] if relative else front)
        return path.encode("utf-8", "backslashreplace").decode()


def _tell_apart(finds: list[_Find]) -> None:
    while True:
        owners: dict[str, int] = {}
        clashing: set[int] = set()
        for number, find in enumerate(finds):
            for relative, _ in find.files:
                owner = owners.setdefault(find.id_of(relative), number)
                if owner != number:
                    clashing |= {owner, number}
        growing = [finds[number] for number in clashing if finds[number].level < len(finds[number].parents)]
        if not growing:
            return
        for find in growing:
            find.level += 1


def _find(path: str, options: ReadOptions, problems: Problems, seen: set[str]) -> _Find:
    if path == STDIN:
        find = _Find(path, ["stdin"], level=1)
        real, kind = STDIN, Kind.STREAM
    else:
        find = _Find(path, list(Path(os.path.normpath(Path(path).absolute())).parts[1:]))
        try:
            mode = Path(path).stat().st_mode
        except OSError as problem:
            problems.skip(path, reason(problem))
            return find
        if stat.S_ISDIR(mode):
            find.files = _Walk(path, options, problems, seen).files()
            return find
        if stat.S_ISSOCK(mode) or stat.S_ISBLK(mode):
            problems.skip(path, "neither a file nor a folder but a socket or device")
            return find
        find.level = 1
        kind = kind_of(path) or Kind.STREAM
        real = os.path.realpath(path)
    if real not in seen:
        seen.add(real)
        find.files.append(("", kind))
    return find


def _joined(root: str, relative: str) -> str:
    return str(Path(root, relative)) if relative else root


class _Walk:
    """One folder's files. Links are followed last, so that a file goes by its own name where it has one."""

    def __init__(self, root: str, options: ReadOptions, problems: Problems, seen: set[str]) -> None:
        self._root = root
        self._real_root = os.path.realpath(root)
        self._options = options
        self._problems = problems
        self._seen = seen
        self._found: list[tuple[str, Kind]] = []
        self._links: list[str] = []
        self._folders: list[tuple[str, str]] = [("", self._real_root)]
        self._other: Counter[str] = Counter()
        self._met = 0

    def files(self) -> list[tuple[str, Kind]]:
        """Relative paths with ``/`` and kinds, sorted."""
        while self._folders or self._links:
            while self._folders:
                self._scan(*self._folders.pop())
            links, self._links = sorted(self._links), []
            for relative in links:
                self._follow(relative)
            self._folders.reverse()
        self._tell_of_others()
        return sorted(self._found)

    def _scan(self, relative: str, real: str) -> None:
        if real in self._seen:
            self._met += 1
            return
        self._seen.add(real)
        try:
            with os.scandir(real) as entries:
                listed = sorted(entries, key=lambda entry: entry.name)
        except OSError as problem:
            self._skip(relative, reason(problem))
            return
        for entry in listed:
            path = f"{relative}/{entry.name}" if relative else entry.name
            if entry.is_symlink():
                self._links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                if self._options.enters(path):
                    self._folders.append((path, entry.path))
            else:
                self._take(path, entry.path, entry.is_file(follow_symlinks=False))

    def _follow(self, relative: str) -> None:
        if not self._options.enters(relative):
            return
        try:
            real = os.path.realpath(_joined(self._root, relative), strict=True)
        except PermissionError as problem:
            self._skip(relative, reason(problem))
            return
        except OSError:
            self._skip(relative, "a link that leads nowhere, or in a circle")
            return
        if not Path(real).is_dir():
            self._take(relative, real, Path(real).is_file())
        elif Path(real) in Path(self._real_root).parents:
            self._skip(relative, "a link to a folder above the one that is read; it is not followed")
        else:
            self._folders.append((relative, real))

    def _take(self, relative: str, real: str, is_regular: bool) -> None:
        if not self._options.takes(relative) or self._options.leaves_out(relative):
            return
        kind = kind_of(relative) or (Kind.STREAM if self._options.include else None)
        if kind is None:
            self._other[PurePath(relative).suffix.lower() or "no suffix"] += 1
            return
        if not is_regular:
            self._skip(relative, "not a file but a pipe, a socket or a device")
            return
        self._met += 1
        if real not in self._seen:
            self._seen.add(real)
            self._found.append((relative, kind))

    def _skip(self, relative: str, why: str) -> None:
        self._met += 1
        self._problems.skip(_joined(self._root, relative), why)

    def _tell_of_others(self) -> None:
        counts = ", ".join(f"{suffix}: {count}" for suffix, count in sorted(self._other.items()))
        others = f"{self._other.total()} files of other kinds passed over ({counts})" if counts else ""
        if not self._met:
            kinds = " ".join(_SUFFIXES)
            self._problems.skip(
                self._root, f"no file to read in this folder; known are {kinds}{'; ' + others if others else ''}"
            )
        elif others:
            _log.info("%s: %s", self._root, others)


def reason(problem: BaseException) -> str:
    """What went wrong, without the numbers of the operating system.

    >>> reason(PermissionError(13, "Permission denied", "a.txt"))
    'cannot be read: Permission denied'
    """
    said = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    return f"cannot be read: {said or type(problem).__name__}"
