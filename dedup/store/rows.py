"""Documents as rows of a table, and back."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from dedup.documents import Document
from dedup.errors import DamageError

__all__ = ["Row", "pack_id", "unpack_id"]

_LEVEL = 1
"""Of zlib: level 6 takes three times as long and saves a twentieth."""

_NAMES = ("title", "outlet", "url", "language")


def pack_id(name: str) -> bytes:
    """An id as bytes: lone surrogates, as undecodable file names have them, are no text to SQLite."""
    return name.encode("utf-8", "surrogatepass")


def unpack_id(packed: bytes) -> str:
    """The id that was packed."""
    return packed.decode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Row:
    """A document as it is stored.

    Attributes
    ----------
    id : bytes
    metadata : str
        JSON.
    text : bytes or None
        Compressed; ``None`` in an index that keeps no texts.
    digest : bytes
        Of the three.
    """

    id: bytes
    metadata: str
    text: bytes | None
    digest: bytes

    @classmethod
    def pack(cls, document: Document, *, with_text: bool) -> Row:
        """A document as a row. What JSON does not know among its further fields is kept as its text."""
        metadata = {name: getattr(document, name) for name in _NAMES if getattr(document, name) is not None}
        if document.date is not None:
            metadata["date"] = document.date.isoformat()
        if document.fields:
            metadata["fields"] = dict(document.fields)
        packed = json.dumps(metadata, default=str)
        text = zlib.compress(document.text.encode("utf-8", "surrogatepass"), _LEVEL) if with_text else None
        name = pack_id(document.id)
        return cls(name, packed, text, _digest(name, packed, text))

    def unpack(self) -> Document:
        """The document.

        Raises
        ------
        DamageError
            When the row is not as it was written.
        """
        if _digest(self.id, self.metadata, self.text) != self.digest:
            raise DamageError(f"{unpack_id(self.id)!r}: the stored document is damaged; add it again")
        metadata = json.loads(self.metadata)
        date = metadata.pop("date", None)
        text = zlib.decompress(self.text).decode("utf-8", "surrogatepass") if self.text is not None else ""
        return Document(unpack_id(self.id), text, date=datetime.fromisoformat(date) if date else None, **metadata)


def _digest(name: bytes, metadata: str, text: bytes | None) -> bytes:
    state = blake2b(len(name).to_bytes(8, "little") + name, digest_size=8)
    state.update(metadata.encode())
    state.update(text if text is not None else b"\0")
    return state.digest()
