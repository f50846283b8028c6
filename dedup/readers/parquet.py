"""Parquet tables (extra ``parquet``)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dedup.documents import Document
from dedup.errors import ReadError
from dedup.extras import import_pyarrow
from dedup.readers.files import SourceFile
from dedup.readers.options import ReadOptions
from dedup.readers.problems import Problems
from dedup.readers.record import document_from_record

__all__ = ["read_parquet"]

_ROWS_AT_A_TIME = 512


def read_parquet(source: SourceFile, options: ReadOptions, problems: Problems) -> Iterator[tuple[int, Document]]:
    """A document a row, rows counted from 1; a few hundred rows in memory at a time.

    Raises
    ------
    ReadError
        When the file is damaged or has no column for the text.
    """
    arrow = import_pyarrow()
    number = 0
    with Path(source.path).open("rb") as stream:
        try:
            table = arrow.parquet.ParquetFile(stream)
            names = table.schema_arrow.names
            if options.text_field not in names:
                raise ReadError(f"no column {options.text_field!r}; there are {', '.join(map(repr, names[:20]))}")
            for batch in table.iter_batches(_ROWS_AT_A_TIME):
                for record in _rows(arrow, batch):
                    number += 1
                    where = f"{source.path}:{number}"
                    try:
                        yield number, document_from_record(record, f"{source.id}:{number}", where, options, problems)
                    except ReadError as problem:
                        problems.skip(where, str(problem))
        except arrow.ArrowException as problem:
            raise ReadError(f"cannot be read behind row {number}: {_first_line(problem)}") from None


def _rows(arrow: Any, batch: Any) -> Iterator[dict[str, Any]]:
    columns = [_cells(arrow, column) for column in batch.columns]
    names = batch.schema.names
    for cells in zip(*columns, strict=True):
        yield dict(zip(names, cells, strict=True))


def _cells(arrow: Any, column: Any) -> list[Any]:
    kind = column.type
    if arrow.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(arrow.timestamp("us", kind.tz), safe=False)
    if arrow.types.is_dictionary(kind):
        column = column.dictionary_decode()
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError, arrow.ArrowException):
        return [_cell(arrow, value) for value in column]


def _cell(arrow: Any, value: Any) -> Any:
    try:
        return value.as_py()
    except UnicodeDecodeError:
        return bytes(value.as_buffer())
    except (ValueError, OverflowError, arrow.ArrowException):
        return None


def _first_line(problem: Exception) -> str:
    return str(problem).strip().partition("\n")[0]
