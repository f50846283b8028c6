"""Where results go: standard output, or a file that is whole or not there."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from dedup.errors import DedupError

__all__ = ["check_destination", "open_destination"]


def check_destination(path: Path | None, option: str = "--output") -> None:
    """Find out before the work whether its result can be written; ``option`` named the path.

    Raises
    ------
    DedupError
        When the path is a folder, or its folder does not exist or cannot be written.
    """
    if path is None:
        return
    if path.is_dir():
        raise DedupError(f"{path}: is a folder; {option} names a file")
    if not path.parent.is_dir():
        raise DedupError(f"{path}: cannot be written: there is no folder {path.parent}")
    if not os.access(path if path.exists() and not path.is_file() else path.parent, os.W_OK):
        raise DedupError(f"{path}: cannot be written: no permission")


@contextmanager
def open_destination(path: Path | None, *, encoding: str | None = None) -> Iterator[TextIO]:
    """A stream for the result; characters that its encoding lacks are written as escapes.

    Parameters
    ----------
    path : Path, optional
        Without one the stream is standard output.
    encoding : str, optional
        For standard output; without one it keeps the terminal's. Files are UTF-8.

    A file is written under a temporary name beside it and renamed when it is whole. A device or a pipe is written to.
    Whoever closes the pipe behind standard output has read enough: that is no error.

    Raises
    ------
    DedupError
        When the file cannot be written.
    """
    if path is None:
        with _standard_output(encoding) as stream:
            yield stream
        return
    try:
        if path.exists() and not path.is_file():
            with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
                yield stream
        else:
            with _replacing(path.resolve()) as stream:
                yield stream
    except OSError as problem:
        raise DedupError(f"{path}: cannot be written: {problem.strerror or problem}") from problem


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


@contextmanager
def _standard_output(encoding: str | None) -> Iterator[TextIO]:
    stream = sys.stdout
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors="backslashreplace")
    try:
        yield stream
        stream.flush()
    except BrokenPipeError:
        # What is left in the buffer must not meet the closed pipe again when the interpreter ends.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
