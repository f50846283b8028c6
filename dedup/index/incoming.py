"""Documents in the forms in which callers have them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import blake2b
from typing import Any

from dedup.documents import Document
from dedup.errors import ReadError, Skipped
from dedup.readers import documents_from_records

__all__ = ["Incoming", "One", "incoming_documents", "one_document"]

One = Document | tuple[str, str] | str

Incoming = One | Iterable[One] | Any
"""One document or several; or an Arrow table or a DataFrame with a column ``text``."""


def incoming_documents(given: Incoming) -> Iterator[Document]:
    """Documents, those without an id under one that is made from their text."""
    if isinstance(given, Document | str) or (isinstance(given, tuple) and len(given) == 2 and _is_pair(given)):
        yield _document(given)
        return
    for name in ("to_pylist", "to_dicts"):  # Arrow, Polars
        if hasattr(given, name):
            given = documents_from_records(getattr(given, name)(), on_skip=_refuse)
            break
    else:
        if hasattr(given, "to_dict") and hasattr(given, "columns"):  # pandas
            given = documents_from_records(given.to_dict("records"), on_skip=_refuse)
    for item in given:
        yield _document(item)


def one_document(given: One) -> Document:
    """A document to be asked for; a bare text is called ``query``."""
    return Document("query", given) if isinstance(given, str) else _document(given)


def _is_pair(given: tuple[Any, ...]) -> bool:
    return all(isinstance(part, str) for part in given)


def _document(item: Any) -> Document:
    if isinstance(item, Document):
        return item
    if isinstance(item, str):
        return Document("text-" + blake2b(item.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest(), item)
    if isinstance(item, tuple) and len(item) == 2:
        return Document(*item)
    raise TypeError(f"expected a Document, an (id, text) pair or a str, not {type(item).__name__}")


def _refuse(skipped: Skipped) -> None:
    raise ReadError(str(skipped))
