"""Documents, and batches of their text as flat arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["PADDING", "Document", "TextBatch", "as_document", "parse_date"]

PADDING = 128
"""Bytes that may be read behind the last text of a batch, so that kernels can load 64 at a time."""

_NO_FIELDS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Document:
    """A text and what is known of it.

    Attributes
    ----------
    id : str
        Unique in a collection. For files of a folder the relative path with ``/``.
    text : str
        The original text. Every span in every result slices this string.
    title, outlet, url, language : str or None
        ``language`` is an ISO 639-1 code.
    date : datetime or None
        When it was published. Naive dates are taken as UTC.
    fields : mapping
        Any further field of the record, passed through untouched.

    Examples
    --------
    >>> Document("a", "Fog closed the harbour.", outlet="Courier").outlet
    'Courier'
    """

    id: str
    text: str
    title: str | None = None
    outlet: str | None = None
    date: datetime | None = None
    url: str | None = None
    language: str | None = None
    fields: Mapping[str, Any] = field(default_factory=lambda: _NO_FIELDS)

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not isinstance(self.text, str):
            raise TypeError(f"a document's id and text are str, not {type(self.id).__name__}, {type(self.text).__name__}")
        if self.date is not None and self.date.tzinfo is None:
            object.__setattr__(self, "date", self.date.replace(tzinfo=UTC))


def as_document(item: Document | tuple[str, str] | str, number: int) -> Document:
    """A document from what callers have: a Document, an ``(id, text)`` pair, or a bare text, whose id is its number.

    >>> as_document("Fog.", 7).id
    '7'
    >>> as_document(("a", "Fog."), 0).id
    'a'
    """
    if isinstance(item, Document):
        return item
    if isinstance(item, str):
        return Document(str(number), item)
    if isinstance(item, tuple) and len(item) == 2:
        return Document(*item)
    raise TypeError(f"item {number}: expected a Document, an (id, text) pair or a str, not {type(item).__name__}")


@dataclass(frozen=True, slots=True)
class TextBatch:
    """Texts as one UTF-8 buffer and offsets: Arrow's own layout.

    Attributes
    ----------
    data : uint8 array (offsets[-1] + PADDING,), read-only
        The texts one behind the other. Lone surrogates stand as their three-byte form.
    offsets : int64 array (n + 1,)
        Text ``i`` is ``data[offsets[i]:offsets[i + 1]]``.

    Examples
    --------
    >>> batch = TextBatch.from_texts(["fog", "", "Größe"])
    >>> len(batch), batch.offsets.tolist(), batch.text(2)
    (3, [0, 3, 3, 10], 'Größe')
    """

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> TextBatch:
        """Encode ``str`` objects; about 7 GB/s for a few MB at a time."""
        encoded = [_encode(text) for text in texts]
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
        encoded.append(bytes(PADDING))
        return cls(np.frombuffer(b"".join(encoded), np.uint8), offsets)

    def text(self, number: int) -> str:
        """Text ``number`` as a ``str``."""
        start, end = self.offsets[number], self.offsets[number + 1]
        return self.data[start:end].tobytes().decode("utf-8", "surrogatepass")

    def select(self, numbers: Sequence[int] | npt.NDArray[np.integer[Any]]) -> TextBatch:
        """A batch of the named texts, in the given order."""
        pieces = [self.data[self.offsets[i] : self.offsets[i + 1]] for i in numbers]
        offsets = np.zeros(len(pieces) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, pieces), np.int64, len(pieces)), out=offsets[1:])
        data = np.concatenate([*pieces, np.zeros(PADDING, np.uint8)])
        data.flags.writeable = False
        return TextBatch(data, offsets)


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def parse_date(value: str | date | datetime | int | float | None) -> datetime | None:
    """A point in time from what records hold; ``None`` where there is none.

    Takes ISO 8601 with or without time and zone, RFC 2822, and seconds since 1970. No zone means UTC.

    Raises
    ------
    ValueError
        When it is none of these.

    Examples
    --------
    >>> parse_date("2031-03-12T08:40:00+01:00").isoformat()
    '2031-03-12T07:40:00+00:00'
    >>> parse_date("Wed, 12 Mar 2031 08:40:00 GMT").isoformat()
    '2031-03-12T08:40:00+00:00'
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, date):
        moment = datetime(value.year, value.month, value.day)
    elif isinstance(value, int | float):
        return datetime.fromtimestamp(value, UTC)
    else:
        moment = _parse_text(value.strip())
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _parse_text(text: str) -> datetime:
    from email.utils import parsedate_to_datetime

    try:
        return datetime.fromisoformat(text)
    except ValueError:
        try:
            return parsedate_to_datetime(text)
        except ValueError:
            raise ValueError(f"not a date: {text!r}; use ISO 8601, such as 2031-03-12T08:40:00+01:00") from None
