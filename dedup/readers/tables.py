"""Records in memory: rows of an Arrow table or a DataFrame, or plain mappings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from dedup.documents import Document
from dedup.errors import ReadError, Skipped
from dedup.readers.options import ReadOptions
from dedup.readers.problems import Problems
from dedup.readers.record import document_from_record

__all__ = ["documents_from_records"]


def documents_from_records(
    records: Iterable[Mapping[str, Any]],
    options: ReadOptions = ReadOptions(),
    *,
    on_skip: Callable[[Skipped], None],
) -> Iterator[Document]:
    """A document for each record; one without an id gets its number, from 0.

    Parameters
    ----------
    records : iterable of mapping
    options : ReadOptions
        Names of the fields.
    on_skip : callable
        Told of records without a usable text.

    Examples
    --------
    >>> records = [{"id": "a", "text": "Fog.", "desk": "coast"}, {"title": "no text"}]
    >>> [document.fields["desk"] for document in documents_from_records(records, on_skip=print)]
    record 1: no field 'text'; there are 'title'
    ['coast']
    """
    problems = Problems(on_skip)
    for number, record in enumerate(records):
        try:
            yield document_from_record(record, str(number), f"record {number}", options, problems)
        except ReadError as problem:
            problems.skip(f"record {number}", str(problem))
    problems.close("records")
