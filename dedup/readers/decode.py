"""Bytes → text: byte order marks, UTF-8, and what is neither."""

from __future__ import annotations

import codecs
import gzip
import io
import logging
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from dedup.errors import ReadError
from dedup.readers.files import STDIN

__all__ = ["BROKEN_STREAM", "Lines", "decode", "open_stream", "peek", "read_whole", "too_large"]

_log = logging.getLogger("dedup")

BROKEN_STREAM = (OSError, EOFError, zlib.error)
"""What reading a damaged or vanishing file raises."""

_HEAD = 1 << 16
_PIECE = 1 << 18
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEB_ENCODINGS = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp866", "cp874",
    "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_10",
    "iso8859_13", "iso8859_14", "iso8859_15", "iso8859_16", "koi8_r", "koi8_u", "gb18030", "big5", "big5hkscs",
    "euc_jp", "cp932", "iso2022_jp", "cp949",
)  # fmt: skip
_WESTERN = (
    "Unknown", "English", "French", "German", "Spanish", "Portuguese", "Italian", "Dutch", "Danish", "Swedish",
    "Norwegian", "Finnish",
)  # fmt: skip
_BINARY = "binary, not text: it holds NUL bytes and no byte order mark"
_UNKNOWN = "not UTF-8, and no other encoding fits; convert it to UTF-8"
_ESCAPED = re.compile("[\udc80-\udcff]")


class _Stream(Protocol):
    def read1(self, size: int = -1, /) -> bytes: ...

    def readline(self, size: int | None = -1, /) -> bytes: ...


@contextmanager
def open_stream(path: str) -> Iterator[BinaryIO]:
    """The bytes of a file or of standard input, decompressed where the name ends in ``.gz``."""
    if path == STDIN:
        yield sys.stdin.buffer
        return
    with Path(path).open("rb") as stream:
        if path.lower().endswith(".gz"):
            with gzip.GzipFile(fileobj=stream) as plain:
                yield cast("BinaryIO", plain)
        else:
            yield stream


def read_whole(stream: BinaryIO, limit: int) -> bytes:
    """All bytes of a stream, never more than ``limit`` of them in memory.

    Raises
    ------
    ReadError
        When there are more.
    """
    try:
        data = stream.read(limit + 1)
    except (EOFError, zlib.error) as problem:
        raise ReadError(f"cannot be read to its end: {problem}") from problem
    if len(data) > limit:
        raise ReadError(too_large(limit, "bytes"))
    return data


def too_large(limit: int, unit: str) -> str:
    """The reason for leaving out what is larger than ``max_document``."""
    return f"larger than {limit:,} {unit}; raise max_document to read it"


def decode(data: bytes, where: str, declared: str | None = None) -> str:
    r"""The text of a whole document. Newlines stay as they are; a byte order mark goes.

    In this order: a byte order mark; UTF-8; UTF-8 with damage, when at least half of what is not ASCII is sound (then
    U+FFFD stands for the damage, with a warning); the encoding that the document declares; charset-normalizer's guess.

    Raises
    ------
    ReadError
        For binary data, and when no encoding fits.

    Examples
    --------
    >>> decode("Größe\r\n".encode("utf-16"), "a.txt")
    'Größe\r\n'
    """
    encoding = _marked(data)
    if encoding is None and b"\0" in data:
        raise ReadError(_BINARY)
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        pass
    if encoding is None and not _is_mostly_utf8(data):
        encoding = _declared(data, declared) or _guessed(data)
        if encoding is None:
            raise ReadError(_UNKNOWN)
        _log.info("%s: read as %s", where, encoding)
    text = data.decode(encoding or "utf-8", "replace")
    if damage := text.count("\ufffd"):
        _log.warning("%s: %d places are damaged %s; U+FFFD stands for them", where, damage, encoding or "utf-8")
    return text


def _marked(data: bytes) -> str | None:
    return next((encoding for mark, encoding in _MARKS if data.startswith(mark)), None)


def _is_mostly_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", "surrogateescape")
    broken = len(_ESCAPED.findall(text))
    sound = len(text) - broken - len(text.encode("ascii", "ignore"))
    return 0 < broken <= sound


def _declared(data: bytes, name: str | None) -> str | None:
    try:
        data.decode(name or "")
    except (LookupError, ValueError):
        return None
    return name


def _guessed(data: bytes) -> str | None:
    """The best guess among the encodings that the web knows; a text in a western language is taken as cp1252."""
    from charset_normalizer import from_bytes

    guesses = from_bytes(data, cp_isolation=list(_WEB_ENCODINGS))
    best = guesses.best()
    if best is None:
        return None
    fits_as_well = any("cp1252" in guess.could_be_from_charset for guess in guesses if guess.chaos <= best.chaos)
    return "cp1252" if fits_as_well and best.language in _WESTERN else best.encoding


def peek(stream: BinaryIO) -> tuple[bytes, BinaryIO]:
    """The first 64 KB, and a stream that begins with them again. A failure in them is raised when they are read."""
    source = cast("_Stream", stream)
    head, problem = bytearray(), None
    try:
        while len(head) < _HEAD and (piece := source.read1(_HEAD - len(head))):
            head += piece
    except BROKEN_STREAM as caught:
        problem = caught
    return bytes(head), cast("BinaryIO", io.BufferedReader(_Again(bytes(head), source, problem), _PIECE))


class _Again(io.RawIOBase):
    def __init__(self, head: bytes, rest: _Stream, problem: Exception | None) -> None:
        self._head = head
        self._rest = rest
        self._problem = problem

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._head:
            piece, self._head = self._head[: len(buffer)], self._head[len(buffer) :]
        elif self._problem:
            raise self._problem
        else:
            piece = self._rest.read1(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


class Lines:
    """The lines of a stream of records, decoded, one at a time and never longer than a limit.

    The encoding is told from the first 64 KB, as in `decode`; later lines that are not UTF-8 after all are decoded
    each for itself, and counted in a warning.

    Parameters
    ----------
    stream : binary stream
    where : str
        For messages.
    limit : int
        In characters.
    newline : str
        As in `open`.

    Raises
    ------
    ReadError
        For binary data, and when no encoding fits.
    """

    def __init__(self, stream: BinaryIO, where: str, limit: int, *, newline: str) -> None:
        head, stream = peek(stream)
        encoding = _encoding_of_head(head, where)
        self._where = where
        self._limit = limit
        self._repaired = 0
        self._text = io.TextIOWrapper(stream, encoding, _errors(head), newline)
        self.are_utf8 = encoding == "utf-8"

    def encoded(self) -> Iterator[bytes | None]:
        """Each line as it stands in the file, without its newline, when all are UTF-8; ``None`` for one too long."""
        stream = cast("_Stream", self._text.detach())
        try:
            while piece := stream.read1(_PIECE):
                start = 0
                while (end := piece.find(b"\n", start)) >= 0:  # finds at four times the speed of split
                    fits = end - start < self._limit or self._fits(piece[start : end + 1])
                    yield piece[start:end] if fits else None
                    start = end + 1
                if start < len(piece):
                    yield self._completed(piece[start:], stream)
        finally:
            self._warn()

    def _fits(self, line: bytes) -> bool:
        return len(line) <= 4 * self._limit and len(line.decode("utf-8", "surrogateescape")) <= self._limit

    def _completed(self, line: bytes, stream: _Stream) -> bytes | None:
        """The line that begins so and goes on in the stream."""
        line += stream.readline(4 * self._limit + 1)
        if self._fits(line):
            return line.removesuffix(b"\n")
        while line and not line.endswith(b"\n"):
            line = stream.readline(_HEAD)
        return None

    def decoded(self, line: bytes) -> str:
        """A line of `encoded`; one that is not UTF-8 after all is decoded for itself, and counted in a warning."""
        text = line.decode("utf-8", "surrogateescape")
        if not text.isascii() and _ESCAPED.search(text):
            self._repaired += 1
            return _repaired(text)
        return text

    def _warn(self) -> None:
        if self._repaired:
            _log.warning("%s: %d lines are not UTF-8; their encoding was guessed", self._where, self._repaired)

    def __iter__(self) -> Iterator[str | None]:
        """Each line with its end; ``None`` for one that is longer than the limit."""
        try:
            while line := self._text.readline(self._limit + 1):
                if len(line) > self._limit and not line.endswith("\n"):
                    while (rest := self._text.readline(_HEAD)) and not rest.endswith("\n"):
                        pass
                    yield None
                elif not line.isascii() and _ESCAPED.search(line):
                    self._repaired += 1
                    yield _repaired(line)
                else:
                    yield line
        finally:
            self._text.detach()
            self._warn()


def _errors(head: bytes) -> str:
    return "replace" if _marked(head) not in (None, "utf-8-sig") else "surrogateescape"


def _encoding_of_head(head: bytes, where: str) -> str:
    encoding = _marked(head)
    if encoding:
        return encoding
    if b"\0" in head:
        raise ReadError(_BINARY)
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        if _is_mostly_utf8(head):
            return "utf-8"
        encoding = _guessed(head)
        if encoding is None:
            raise ReadError(_UNKNOWN) from None
        _log.info("%s: read as %s", where, encoding)
        return encoding
    return "utf-8"


def _repaired(line: str) -> str:
    data = line.encode("utf-8", "surrogateescape")
    encoding = None if _is_mostly_utf8(data) else _guessed(data)
    return data.decode(encoding or "utf-8", "replace")
