"""A baseline: the matches that were seen and accepted, so that only new ones are told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dedup.documents import Document
from dedup.errors import DedupError
from dedup.matches import DERIVED, Match, Relation
from dedup.report.destination import open_destination
from dedup.report.keys import text_digest
from dedup.report.records import as_json

__all__ = ["Accepted", "new_matches", "read_baseline", "write_baseline"]

_FORM = 1


@dataclass(frozen=True, slots=True)
class Accepted:
    """A pair that was accepted: its ids, its relation then, and the digests of its texts then."""

    left: str
    right: str
    relation: Relation
    left_text: str
    right_text: str


def read_baseline(path: Path) -> list[Accepted]:
    """The pairs of a baseline file.

    Raises
    ------
    DedupError
        When there is none, or it is no baseline of this form.
    """
    try:
        loaded = json.loads(path.read_text("utf-8"))
        if loaded["baseline"] != _FORM:
            raise DedupError(f"{path}: a baseline of form {loaded['baseline']!r}, not {_FORM}; make it anew")
        return [
            Accepted(
                str(item["left"]),
                str(item["right"]),
                Relation(item["relation"]),
                str(item["left_text"]),
                str(item["right_text"]),
            )
            for item in loaded["matches"]
        ]
    except FileNotFoundError:
        raise DedupError(f"{path}: there is no such baseline; make it with --update-baseline") from None
    except OSError as problem:
        raise DedupError(f"{path}: cannot be read: {problem.strerror or problem}") from None
    except (ValueError, KeyError, TypeError) as problem:
        raise DedupError(f"{path}: is no baseline: {problem!r}; make it anew with --update-baseline") from None


def write_baseline(path: Path, matches: Iterable[Match], documents: Mapping[str, Document]) -> None:
    """Write the matches as accepted ones, a line each, in the order of their ids.

    Raises
    ------
    DedupError
        When the file cannot be written.
    """
    digests: dict[str, str] = {}
    lines = []
    for match in sorted(matches, key=lambda match: (match.left, match.right)):
        for name in (match.left, match.right):
            if name not in digests:
                digests[name] = text_digest(documents[name].text)
        lines.append(
            {
                "left": match.left,
                "right": match.right,
                "relation": str(match.relation),
                "left_text": digests[match.left],
                "right_text": digests[match.right],
            }
        )
    with open_destination(path) as stream:
        stream.write(f'{{"baseline": {_FORM},\n"matches": [')
        stream.write(",".join(f"\n{as_json(line)}" for line in lines))
        stream.write("]}\n")


def new_matches(
    matches: Iterable[Match], accepted: Iterable[Accepted], documents: Mapping[str, Document]
) -> list[Match]:
    """The matches that are not accepted yet.

    A pair stays accepted while its ids do, whatever becomes of its texts, unless it was not derived and now is. Where
    an id is gone, the pair is known by its texts instead, once: a renamed file is no new match, a further copy is.
    """
    known: dict[tuple[str, str], Accepted] = {}
    moved: Counter[tuple[str, str, bool]] = Counter()
    for pair in accepted:
        known[_unordered(pair.left, pair.right)] = pair
        if pair.left not in documents or pair.right not in documents:
            moved[*_unordered(pair.left_text, pair.right_text), pair.relation in DERIVED] += 1
    fresh = []
    for match in matches:
        before = known.get(_unordered(match.left, match.right))
        if before is not None and (before.relation in DERIVED or not match.derived):
            continue
        if moved:
            digests = (text_digest(documents[name].text) for name in (match.left, match.right))
            texts = (*_unordered(*digests), match.derived)
            if moved[texts]:
                moved[texts] -= 1
                continue
        fresh.append(match)
    return fresh


def _unordered(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one <= other else (other, one)
