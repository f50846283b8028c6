"""Documents, and batches of their text as flat arrays."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["PADDING", "Document", "TextBatch", "as_document", "checked_document", "iso_moment", "parse_date"]

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
            raise TypeError(
                f"a document's id and text are str, not {type(self.id).__name__}, {type(self.text).__name__}"
            )
        if self.date is not None and self.date.tzinfo is None:
            object.__setattr__(self, "date", self.date.replace(tzinfo=UTC))


_SETTERS = tuple(Document.__dict__[name].__set__ for name in Document.__slots__)


def checked_document(
    name: str,
    text: str,
    title: str | None,
    outlet: str | None,
    date: datetime | None,
    url: str | None,
    language: str | None,
    fields: Mapping[str, Any],
) -> Document:
    """A document of values that need no check, the date with a zone, at half the cost of `Document`.

    >>> checked_document("a", "Fog.", None, "Courier", None, None, None, {}) == Document(
    ...     "a", "Fog.", outlet="Courier", fields={})
    True
    """
    made: Document = object.__new__(Document)
    set_id, set_text, set_title, set_outlet, set_date, set_url, set_language, set_fields = _SETTERS
    set_id(made, name)
    set_text(made, text)
    set_title(made, title)
    set_outlet(made, outlet)
    set_date(made, date)
    set_url(made, url)
    set_language(made, language)
    set_fields(made, fields)
    return made


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
        """Encode ``str`` objects: from their memory, without the interpreter's lock, where that can be done."""
        from dedup.strings import encode_strings  # numba, which a command's help does without

        strings = np.fromiter(texts, object)
        read = encode_strings(strings, PADDING)
        if read is None:
            return cls._from_encoded([_encode(text) for text in strings.tolist()])
        read[0].flags.writeable = False
        return cls(*read)

    @classmethod
    def _from_encoded(cls, encoded: list[bytes]) -> TextBatch:
        offsets = np.zeros(len(encoded) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
        return cls(np.frombuffer(b"".join([*encoded, bytes(PADDING)]), np.uint8), offsets)

    def text(self, number: int) -> str:
        """Text ``number`` as a ``str``."""
        start, end = self.offsets[number], self.offsets[number + 1]
        return self.data[start:end].tobytes().decode("utf-8", "surrogatepass")

    def select(self, numbers: Sequence[int] | npt.NDArray[np.integer[Any]]) -> TextBatch:
        """A batch of the named texts, in the given order."""
        chosen = np.asarray(numbers, np.int64)
        begins, ends = self.offsets[chosen], self.offsets[chosen + 1]
        pieces = [self.data[begin:end] for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        offsets = np.zeros(len(pieces) + 1, np.int64)
        np.cumsum(ends - begins, out=offsets[1:])
        data = np.concatenate([*pieces, np.zeros(PADDING, np.uint8)])
        data.flags.writeable = False
        return TextBatch(data, offsets)


def _encode(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def parse_date(value: str | date | datetime | int | float | None) -> datetime | None:
    """A point in time from what records hold; ``None`` where there is none (``None``, blank, NaN, NaT).

    Takes ISO 8601, also with spaces, slashes or without leading zeros; RFC 2822; English dates with the month as a
    word; digits as archives write them (``20310312``, ``20310312084000``); and the time since 1970 in seconds,
    milliseconds, microseconds or nanoseconds, told apart by size. No zone means UTC. What could be read in two ways
    (``03/12/2031``, ``8:40 PM`` beside an unknown zone, a year alone) is refused, not guessed.

    Raises
    ------
    ValueError
        When it is none of these.

    Examples
    --------
    >>> parse_date("2031-03-12T08:40:00+01:00").isoformat()
    '2031-03-12T07:40:00+00:00'
    >>> parse_date("Wed, 12 Mar 2031 08:40:00 CET").isoformat()
    '2031-03-12T07:40:00+00:00'
    >>> parse_date("March 12, 2031") == parse_date(20310312) == parse_date(1931040000000)
    True
    """
    if value is None or value != value or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str) and (written := iso_moment(value.strip())):
        return written
    try:
        moment = _moment(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, OSError, IndexError):
        hint = "use ISO 8601, such as 2031-03-12T08:40:00+01:00"
        raise ValueError(f"not a date: {_shortened(value)}; {hint}") from None


def iso_moment(value: object) -> datetime | None:
    """The point in time of a text in the usual form of ISO 8601, to the second; ``None`` for anything else.

    >>> iso_moment("2031-03-12T08:40:00+01:00").isoformat(), iso_moment("12 Mar 2031")
    ('2031-03-12T07:40:00+00:00', None)
    """
    if type(value) is not str or len(value) not in (19, 20, 25) or value[10] != "T" or not value[4] == value[7] == "-":
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


_ZONES = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "EEST": 3, "MSK": 3, "HKT": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "AST": -4, "ADT": -3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_EPOCH = re.compile(r"-?(\d{9,13}|\d{16}|\d{19})(\.\d+)?", re.ASCII)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:(?:\s*T\s*|\s+)(\S.*))?", re.ASCII)
_ZONE_NAME = re.compile(r"(.*\d)\s*([A-Za-z]{1,5})", re.ASCII | re.DOTALL)
_ZONE_SPACE = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)", re.ASCII)
_DAY_MONTH = re.compile(r"(?:[A-Za-z]+,?\s+)?(\d{1,2})(?:st|nd|rd|th)?\s+([A-Za-z]{3,9})\.?,?\s+(\d{4})", re.ASCII)
_MONTH_DAY = re.compile(r"(?:[A-Za-z]+,\s+)?([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.ASCII)


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    if isinstance(value, str):
        return _moment_of_text(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ValueError("neither text, nor a date, nor a number")
    digits = str(int(value))
    if len(digits) in (8, 14) and value == int(value):
        return _moment_of_digits(digits)
    if 1000 <= value < 3000:
        raise ValueError("a year alone")
    return _since_1970(float(value))


def _since_1970(number: float) -> datetime:
    unit = next((unit for limit, unit in ((1e11, 1.0), (1e14, 1e3), (1e17, 1e6)) if abs(number) < limit), 1e9)
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=number / unit)


def _moment_of_digits(digits: str) -> datetime:
    return datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}" if len(digits) == 14 else digits)


def _moment_of_text(text: str) -> datetime:
    from email.utils import parsedate_to_datetime

    if len(text) > 100:
        raise ValueError("too long")
    if text.isdecimal() and text.isascii() and len(text) in (8, 14):
        return _moment_of_digits(text)
    if _EPOCH.fullmatch(text):
        return _since_1970(float(text))
    if named := _ZONE_NAME.fullmatch(text):
        text = f"{named[1]} {_ZONES.get(named[2].upper(), 99):+03d}00"
    if iso := _ISO.fullmatch(text):
        day = f"{iso[1]}-{int(iso[2]):02d}-{int(iso[3]):02d}"
        return datetime.fromisoformat(f"{day}T{_ZONE_SPACE.sub('', iso[4])}" if iso[4] else day)
    if written := _DAY_MONTH.fullmatch(text):
        return _written_date(written[1], written[2], written[3])
    if written := _MONTH_DAY.fullmatch(text):
        return _written_date(written[2], written[1], written[3])
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parsedate_to_datetime(text)


def _written_date(day: str, month: str, year: str) -> datetime:
    number = next((i for i, name in enumerate(_MONTHS, 1) if name.startswith(month.lower())), 0)
    return datetime(int(year), number, int(day))


def _shortened(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
