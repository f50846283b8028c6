"""JSON Lines: a record a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from dedup.documents import Document
from dedup.errors import ReadError
from dedup.fastjson import loads
from dedup.readers.decode import Lines, decode, open_stream, peek, read_whole, too_large
from dedup.readers.files import SourceFile
from dedup.readers.options import ReadOptions
from dedup.readers.problems import Problems
from dedup.readers.record import document_from_record, document_from_text, plain_documents

__all__ = ["read_json_lines", "read_stream"]

_OBJECT = re.compile(rb"\s*\{\s*[\"}]")


def read_json_lines(source: SourceFile, options: ReadOptions, problems: Problems) -> Iterator[tuple[int, Document]]:
    """A document a line; broken lines are reported and cost only themselves, blank ones mean nothing."""
    with open_stream(source.path) as stream:
        yield from _records(stream, source, options, problems)


def read_stream(source: SourceFile, options: ReadOptions, problems: Problems) -> Iterator[tuple[int, Document]]:
    """JSON Lines if it begins like an object (in UTF-8), else the whole as one plain text."""
    with open_stream(source.path) as stream:
        head, stream = peek(stream)
        if _OBJECT.match(head.removeprefix(b"\xef\xbb\xbf")):
            yield from _records(stream, source, options, problems)
        else:
            text = decode(read_whole(stream, options.max_document), source.name)
            yield 0, document_from_text(source.id, text, {}, source.name, options, problems)


def _records(
    stream: BinaryIO, source: SourceFile, options: ReadOptions, problems: Problems
) -> Iterator[tuple[int, Document]]:
    lines = Lines(stream, source.name, options.max_document, newline="\n")
    plain = plain_documents(options, problems)
    for number, line in enumerate(lines.encoded() if lines.are_utf8 else lines, 1):
        record = _quickly_parsed(line) if isinstance(line, bytes) else None
        document = plain(record) if record else None
        if document is not None:
            yield number, document
            continue
        where = f"{source.name}:{number}"
        try:
            if line is None:
                raise ReadError(too_large(options.max_document, "characters"))
            if record is None:
                text = lines.decoded(line) if isinstance(line, bytes) else line
                if not text or text.isspace():
                    continue
                record = _parsed(text)
            yield number, document_from_record(record, f"{source.id}:{number}", where, options, problems)
        except ReadError as problem:
            problems.skip(where, str(problem))


def _quickly_parsed(line: bytes) -> dict[str, Any] | None:
    """The object that a line of UTF-8 holds; ``None`` where something is the matter with it."""
    try:
        record = loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _parsed(line: str) -> dict[str, Any]:
    try:
        record = json.loads(line.rstrip("\r\n"))
    except json.JSONDecodeError as problem:
        raise ReadError(f"not JSON at column {problem.colno}: {problem.msg}") from None
    except (ValueError, RecursionError) as problem:
        raise ReadError(f"not JSON that can be read: {problem}") from None
    if not isinstance(record, dict):
        raise ReadError(f"not a JSON object but {type(record).__name__}")
    return record
