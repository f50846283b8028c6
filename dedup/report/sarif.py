"""Matches as SARIF 2.1.0, the format in which code hosts and editors take findings."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TextIO
from urllib.parse import quote

from dedup.alignment import Passage, PassageKind
from dedup.documents import Document
from dedup.errors import Skipped
from dedup.matches import DERIVED, Match, Relation
from dedup.report.keys import pair_key
from dedup.report.meanings import RELATIONS, say_origin
from dedup.report.visible import escape_json, visible
from dedup.version import __version__

__all__ = ["Place", "write_sarif"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document's text is kept.

    Attributes
    ----------
    path : str
        With ``/``.
    lines_before : int or None
        How many lines of the file stand before the text; ``None`` where lines of the text are not lines of the file.
    """

    path: str
    lines_before: int | None = None


def write_sarif(
    stream: TextIO,
    *,
    matches: Iterable[Match],
    documents: Mapping[str, Document],
    skipped: Sequence[Skipped] = (),
    locate: Callable[[Document], Place] = lambda document: Place(document.id),
) -> None:
    """One run with one result a match; ``results`` is an empty list where nothing was found.

    A result stands at the derived text where the direction is known, else at the right one; the other text is its
    related location. Columns count characters.

    Parameters
    ----------
    stream : text file
    matches, documents, skipped
        As the comparison has them.
    locate : callable
        Where a document's text is kept.

    References
    ----------
    OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
    """
    run = {
        "tool": {"driver": {"name": "dedup", "version": __version__, "rules": [_rule(item) for item in Relation]}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "warning", "message": {"text": visible(f"skipped: {item}")}} for item in skipped
                ],
            }
        ],
        "results": [_result(match, documents, locate) for match in matches],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    stream.write(escape_json(json.dumps(log, ensure_ascii=False, indent=1)) + "\n")


def _rule(relation: Relation) -> dict[str, Any]:
    return {
        "id": str(relation),
        "name": relation.replace("_", " ").title().replace(" ", ""),
        "shortDescription": {"text": RELATIONS[relation]},
        "defaultConfiguration": {"level": _level(relation)},
    }


def _level(relation: Relation) -> str:
    return "warning" if relation in DERIVED else "note"


def _result(match: Match, documents: Mapping[str, Document], locate: Callable[[Document], Place]) -> dict[str, Any]:
    names = (match.left, match.right)
    own = 0 if match.source == match.right and match.source != match.left else 1
    strongest = max(
        (p for p in match.passages if p.kind not in (PassageKind.QUOTATION, PassageKind.BOILERPLATE)),
        key=lambda p: (min(p.left_end - p.left_start, p.right_end - p.right_start), -p.left_start),
        default=None,
    )
    here, there = (_location(documents[names[side]], locate, _span(strongest, side)) for side in (own, 1 - own))
    reason = f" {match.reasons[0]}." if match.reasons else ""
    said = f"{names[own]}: {match.relation.replace('_', ' ')}, with {names[1 - own]} ({match.probability:.2f})."
    return {
        "ruleId": str(match.relation),
        "ruleIndex": list(Relation).index(match.relation),
        "level": _level(match.relation),
        "rank": round(100 * match.probability, 2),
        "message": {"text": visible(f"{said}{reason} Origin: {say_origin(match)}.")},
        "locations": [here],
        "relatedLocations": [{"id": 1, "message": {"text": visible(names[1 - own])}, **there}],
        "partialFingerprints": {"dedupPair/v1": pair_key(*names)},
        "properties": {name: value for name, value in match.to_dict().items() if name not in ("passages", "reasons")},
    }


def _location(document: Document, locate: Callable[[Document], Place], span: tuple[int, int] | None) -> dict[str, Any]:
    place = locate(document)
    root = "file://" if place.path.startswith("/") else ""
    physical: dict[str, Any] = {
        "artifactLocation": {"uri": root + quote(place.path.encode("utf-8", "surrogateescape"))}
    }
    if span is not None and place.lines_before is not None:
        physical["region"] = _region(document.text, *span, place.lines_before)
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": visible(document.id)}]}


def _span(passage: Passage | None, side: int) -> tuple[int, int] | None:
    if passage is None:
        return None
    return ((passage.left_start, passage.left_end), (passage.right_start, passage.right_end))[side]


def _region(text: str, start: int, end: int, before: int) -> dict[str, int]:
    """Lines and columns from 1; the end column is the one behind the last character."""
    lines = text.replace("\r\n", "\n\n").replace("\r", "\n") if "\r" in text else text
    pairs = text.count("\r\n", 0, start), text.count("\r\n", 0, end)
    return {
        "startLine": before + 1 + lines.count("\n", 0, start) - pairs[0],
        "startColumn": start - lines.rfind("\n", 0, start),
        "endLine": before + 1 + lines.count("\n", 0, end) - pairs[1],
        "endColumn": end - lines.rfind("\n", 0, end),
    }
