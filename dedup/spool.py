"""Documents kept for later: their texts as bytes, in memory or in a temporary file, and little more for each."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.documents import Document, TextBatch
from dedup.fastjson import dumps, loads
from dedup.scratch import ByteLog, Scratch

__all__ = ["Spool"]

_NEVER = float("inf")


class Spool(Mapping[str, Document]):
    """Documents by id, as they were put in: a mapping that makes each anew when it is asked for.

    Parameters
    ----------
    scratch : Scratch
        Where the texts are put.

    Attributes
    ----------
    ids : list of str
        In the order in which the documents were added: a document's place.
    languages : list of str or None
        By place, as the documents name them.

    Examples
    --------
    >>> spool = Spool(Scratch())
    >>> documents = [Document("b", "Fog.", outlet="Courier"), Document("a", "It lifted.")]
    >>> spool.add(documents, TextBatch.from_texts(document.text for document in documents))
    >>> spool.finish()
    >>> list(spool), spool["b"].outlet, spool.order().tolist()
    (['a', 'b'], 'Courier', [1, 0])
    """

    def __init__(self, scratch: Scratch) -> None:
        self._texts, self._notes = ByteLog(scratch), ByteLog(scratch)
        self._place: dict[str, int] = {}
        self._ends, self._note_ends, self._dates = array("q", [0]), array("q", [0]), array("d")
        self._characters = array("q")
        self._fields: dict[int, Mapping[str, Any]] = {}
        self.ids: list[str] = []
        self.languages: list[str | None] = []

    def __len__(self) -> int:
        return len(self.ids)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._place))

    def __contains__(self, name: object) -> bool:
        return name in self._place

    def __getitem__(self, name: str) -> Document:
        return self.document(self._place[name])

    def add(self, documents: Sequence[Document], batch: TextBatch) -> None:
        """Put documents behind the others; ``batch`` has their texts. No id may be there already."""
        first = len(self.ids)
        self._texts.write(batch.data[batch.offsets[0] : batch.offsets[-1]].data)
        self._ends.extend((batch.offsets[1:] - batch.offsets[0] + self._ends[-1]).tolist())
        names = [document.id for document in documents]
        self._place.update(zip(names, range(first, first + len(names)), strict=True))
        self.ids += names
        self.languages += [document.language for document in documents]
        self._characters.extend([len(document.text) for document in documents])
        self._dates.extend([document.date.timestamp() if document.date else _NEVER for document in documents])
        notes = [self._note(document, place) for place, document in enumerate(documents, first)]
        self._note_ends.extend(accumulate(map(len, notes), initial=self._note_ends.pop()))
        self._notes.write(b"".join(notes))

    def finish(self) -> None:
        """Nothing is added any more: from now on documents and texts can be had."""
        offsets = np.frombuffer(self._ends, np.int64)
        self.texts = TextBatch(self._texts.finish(), offsets)
        self._note_bytes = self._notes.finish()

    def order(self) -> npt.NDArray[np.int64]:
        """The places of the documents, by id."""
        ids = self.ids
        if all(a < b for a, b in pairwise(ids)):
            return np.arange(len(ids))
        return np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)

    def place(self, name: str) -> int:
        """Where a document stands."""
        return self._place[name]

    def rank(self, name: str) -> tuple[float, int]:
        """When a document was published (infinity: not known), and its length in characters."""
        place = self._place[name]
        return self._dates[place], self._characters[place]

    def ranks(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """The same of all documents, by place."""
        return np.frombuffer(self._dates, np.float64), np.frombuffer(self._characters, np.int64)

    def document(self, place: int) -> Document:
        """The document at a place."""
        fields: Mapping[str, Any] | None
        note = self._note_bytes[self._note_ends[place] : self._note_ends[place + 1]].tobytes()
        title, outlet, date, url, fields = loads(note) if note else (None,) * 5
        fields = self._fields.get(place, fields)
        return Document(
            self.ids[place],
            self.texts.text(place),
            title,
            outlet,
            datetime.fromisoformat(date) if date else None,
            url,
            self.languages[place],
            **({} if fields is None else {"fields": fields}),
        )

    def _note(self, document: Document, place: int) -> bytes:
        """What is known of a document beside id, text and language; fields that JSON would change stay in memory."""
        fields: dict[str, Any] | None = None
        if document.fields:
            if all(type(name) is str and _is_plain(value) for name, value in document.fields.items()):
                fields = dict(document.fields)
            else:
                self._fields[place] = document.fields
        date, title, outlet, url = document.date, document.title, document.outlet, document.url
        if date is None and outlet is None and title is None and url is None and fields is None:
            return b""
        written = date if date is None or date.tzinfo is UTC else date.isoformat()
        return dumps([title, outlet, written, url, fields])


def _is_plain(value: object) -> bool:
    """Whether a value comes back from JSON as it went in."""
    return value is None or type(value) in (str, bool) or (type(value) is int and abs(value) < 1 << 53)
