"""A report without names: documents, outlets and inputs are numbered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dedup.documents import Document
from dedup.errors import Skipped
from dedup.matches import Family, Match
from dedup.reasons import rename_texts

__all__ = ["Names"]


class Names:
    """What documents and outlets are called where their names are not told.

    Ids become *document 1*, *document 2*, … in the order of the ids, outlets *outlet 1*, …; titles, addresses and
    further fields are left out, dates stay. The texts are not touched: whoever is named in them remains named.

    Parameters
    ----------
    documents : iterable of Document

    Examples
    --------
    >>> names = Names([Document("courier/fog.txt", "Fog.", outlet="Courier"), Document("wire.txt", "Fog.")])
    >>> names.id("wire.txt"), names.document(Document("courier/fog.txt", "Fog.", outlet="Courier")).outlet
    ('document 2', 'outlet 1')
    """

    def __init__(self, documents: Iterable[Document]) -> None:
        known = list(documents)
        self._ids = _numbered("document", (document.id for document in known))
        self._outlets = _numbered("outlet", (document.outlet for document in known if document.outlet))

    def id(self, name: str) -> str:
        """What the document of an id is called; an id that no document has, as it is."""
        return self._ids.get(name, name)

    def document(self, document: Document) -> Document:
        """The document with nothing but its text, date and language, and the numbers of its id and its outlet."""
        outlet = self._outlets[document.outlet] if document.outlet else None
        return Document(
            self.id(document.id), document.text, outlet=outlet, date=document.date, language=document.language
        )

    def documents(self, documents: Mapping[str, Document]) -> dict[str, Document]:
        """The documents by their new ids."""
        renamed = map(self.document, documents.values())
        return {document.id: document for document in renamed}

    def matches(self, matches: Iterable[Match]) -> list[Match]:
        """The matches under the new ids, which stand in the reasons as well."""
        return [self._renamed(match) for match in matches]

    def families(self, families: Iterable[Family]) -> list[Family]:
        """The families under the new ids."""
        return [Family(self.id(family.representative), tuple(map(self.id, family.documents))) for family in families]

    def skipped(self, skipped: Sequence[Skipped]) -> list[Skipped]:
        """What was left out, as *input 1*, …; why is left out too, as it may name files."""
        return [Skipped(f"input {number}", "left out") for number, _ in enumerate(skipped, 1)]

    def _renamed(self, match: Match) -> Match:
        return replace(
            match,
            left=self.id(match.left),
            right=self.id(match.right),
            source=None if match.source is None else self.id(match.source),
            reasons=tuple(rename_texts(reason, self._ids) for reason in match.reasons),
        )


def _numbered(word: str, names: Iterable[str]) -> dict[str, str]:
    ordered = sorted(set(names))
    width = len(str(len(ordered)))
    return {name: f"{word} {number:0{width}}" for number, name in enumerate(ordered, 1)}
