"""Comma- and tab-separated tables with a header."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain
from typing import Any

from dedup.documents import Document
from dedup.errors import ReadError
from dedup.readers.decode import Lines, open_stream, too_large
from dedup.readers.files import Kind, SourceFile
from dedup.readers.options import ReadOptions
from dedup.readers.problems import Problems
from dedup.readers.record import document_from_record

__all__ = ["read_delimited"]

_LARGEST_FIELD = 2**31 - 1


def read_delimited(source: SourceFile, options: ReadOptions, problems: Problems) -> Iterator[tuple[int, Document]]:
    """A document a row, quoted as Python's `csv` reads it; a row's number is that of its first line.

    The delimiter of ``.csv`` is the one among comma, semicolon and tab under which the header names the text.

    Raises
    ------
    ReadError
        When the header does not name the text, or the table cannot be read on from some line.
    """
    csv.field_size_limit(max(csv.field_size_limit(), min(options.max_document, _LARGEST_FIELD)))
    with open_stream(source.path) as stream:
        lines = _bounded(Lines(stream, source.path, options.max_document, newline=""), options)
        first = next((line for line in lines if line.strip()), None)
        if first is None:
            return
        delimiter = "\t" if source.kind is Kind.TSV else _delimiter(first, options.text_field)
        rows = _rows(chain([first], lines), delimiter)
        _, header = next(rows)
        header = [name.strip() for name in header]
        if options.text_field not in header:
            raise ReadError(f"no column {options.text_field!r}; there are {', '.join(map(repr, header[:20]))}")
        for number, row in rows:
            where = f"{source.path}:{number}"
            try:
                record = _record(header, row)
                yield number, document_from_record(record, f"{source.id}:{number}", where, options, problems)
            except ReadError as problem:
                problems.skip(where, str(problem))


def _record(header: list[str], row: list[str]) -> dict[str, Any]:
    if len(row) > len(header):
        raise ReadError(f"{len(row)} cells under {len(header)} columns; is a delimiter or a quote not escaped?")
    return dict(zip(header, row, strict=False))


def _bounded(lines: Lines, options: ReadOptions) -> Iterator[str]:
    for line in lines:
        if line is None:
            raise ReadError(f"{too_large(options.max_document, 'characters in a line')}; what follows was not read")
        yield line


def _rows(lines: Iterator[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            raise ReadError(f"line {number}: {problem}; is a quote left open? What follows was not read") from None
        if row:
            yield number, row


def _delimiter(header: str, text_field: str) -> str:
    named = (d for d in ",;\t" if text_field in map(str.strip, next(csv.reader([header], delimiter=d))))
    return next(named, ",")
