"""The truth of a newsroom: what every pair of its documents is to each other, computed from who wrote from whom."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.quality.plagdet import SpanPair

__all__ = ["Lineage", "Truth", "read_lineage"]

_CLOSENESS = {"identical": 0, "near_duplicate": 1, "syndicated": 2, "rewritten": 3, "excerpted": 4}
_UNSEEN = "unseen:"


@dataclass(frozen=True, slots=True)
class Truth:
    """What one pair is.

    Attributes
    ----------
    scored : bool
        False where the pair says nothing for or against a program.
    derived : bool
        One was written from the other, or both from a third.
    relation : str or None
        Of a derived pair.
    relation_scored : bool
        Whether the relation itself may be held against a program.
    source : str or None
        The ancestor; ``None`` for a pair with a common ancestor and for what is not derived.
    kind : str
        The row of the pair in tables: the kind of rewriting, ``siblings``, or the kind of negative.
    reason : str
        Why it is not scored.
    """

    scored: bool
    derived: bool
    relation: str | None
    relation_scored: bool
    source: str | None
    kind: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Path:
    """How an ancestor became a descendant: the weakest step decides."""

    how: str
    edges: int
    excerpted: bool
    relation_scored: bool
    kind: str

    def extend(self, step: _Path) -> _Path:
        weaker = step if _CLOSENESS[step.how] >= _CLOSENESS[self.how] else self
        return _Path(
            weaker.how,
            self.edges + step.edges,
            self.excerpted or step.excerpted,
            self.relation_scored and step.relation_scored,
            weaker.kind,
        )

    @property
    def order(self) -> tuple[bool, bool, int, int]:
        """Of several ways to the same ancestor the first in this order counts."""
        return self.edges > 1, self.excerpted, _CLOSENESS[self.how], self.edges


@dataclass(frozen=True)
class Lineage:
    """The labels of a newsroom.

    Attributes
    ----------
    documents : dict
        For each id its story, outlet, date, language, kind and parents.
    passages : dict of (source, derived) to tuple of SpanPair
    unscored : dict of frozenset of two ids to reason
    """

    documents: Mapping[str, Mapping[str, Any]]
    passages: Mapping[tuple[str, str], tuple[SpanPair, ...]]
    unscored: Mapping[frozenset[str], str]

    @cached_property
    def ancestors(self) -> dict[str, dict[str, _Path]]:
        """For each document the way from each of its ancestors, unseen ones included.

        Raises
        ------
        ValueError
            If a parent or a relation is unknown, or a document is its own ancestor.
        """
        found: dict[str, dict[str, _Path]] = {}
        for name in self.documents:
            self._find(name, found, ())
        return found

    def _find(self, name: str, found: dict[str, dict[str, _Path]], below: tuple[str, ...]) -> dict[str, _Path]:
        if name in found or name.startswith(_UNSEEN):
            return found.get(name, {})
        if name in below:
            raise ValueError(f"{name} is its own ancestor")
        if name not in self.documents:
            raise ValueError(f"{below[-1]}: its parent {name} is not among the documents")
        ways: dict[str, _Path] = {}
        for parent in self.documents[name]["parents"]:
            step = self._step(name, parent)
            _keep(ways, parent["id"], step)
            for ancestor, path in self._find(parent["id"], found, (*below, name)).items():
                _keep(ways, ancestor, path.extend(step))
        found[name] = ways
        return ways

    def _step(self, name: str, parent: Mapping[str, Any]) -> _Path:
        how, kind = parent["how"], self.documents[name]["kind"]
        if how not in _CLOSENESS:
            raise ValueError(f"{name}: unknown relation {how!r}; it is one of {', '.join(_CLOSENESS)}")
        return _Path(how, 1, how == "excerpted", parent.get("relation_scored", True) and kind != "update", kind)

    def truth(self, left: str, right: str) -> Truth:
        """What the pair is, whichever way round it is asked."""
        reason = self.unscored.get(frozenset((left, right)))
        if reason is not None:
            return _unscored(reason)
        for source, derived in ((left, right), (right, left)):
            path = self.ancestors[derived].get(source)
            if path is not None:
                return _descent(path, source)
        return self._siblings(left, right) or Truth(True, False, None, False, None, self._negative(left, right))

    def _siblings(self, left: str, right: str) -> Truth | None:
        ways = [
            path.extend(self.ancestors[right][name])
            for name, path in self.ancestors[left].items()
            if name in self.ancestors[right]
        ]
        if not ways:
            return None
        best = min(ways, key=lambda way: way.order)
        if best.excerpted:
            return _unscored("an excerpt of a common ancestor")
        return Truth(True, True, best.how, best.relation_scored, None, "siblings")

    def _negative(self, left: str, right: str) -> str:
        one, other = self.documents[left], self.documents[right]
        kinds = {one["kind"], other["kind"]}
        if one["story"] != other["story"]:
            return "other stories"
        if "template" in kinds:
            return "template"
        if kinds == {"independent"}:
            return "independent vs independent"
        if "independent" in kinds:
            return "independent vs original" if "original" in kinds else "independent vs derivative"
        return "same story, otherwise"

    def pairs(self) -> Iterator[tuple[str, str, Truth]]:
        """Every pair of documents once, ids ascending, with its truth."""
        for left, right in combinations(sorted(self.documents), 2):
            yield left, right, self.truth(left, right)


def read_lineage(path: Path) -> Lineage:
    """The labels of a newsroom from its ``labels.json``.

    Spans stand there as ``[source_start, source_end, derived_start, derived_end]``, in characters.
    """
    labels = json.loads(path.read_text(encoding="utf-8"))
    passages = {
        (entry["source"], entry["derived"]): tuple(SpanPair(c, d, a, b) for a, b, c, d in entry["spans"])
        for entry in labels["passages"]
    }
    unscored = {frozenset((entry["left"], entry["right"])): entry["reason"] for entry in labels["unscored"]}
    return Lineage(labels["documents"], passages, unscored)


def _keep(ways: dict[str, _Path], ancestor: str, path: _Path) -> None:
    if ancestor not in ways or path.order < ways[ancestor].order:
        ways[ancestor] = path


def _descent(path: _Path, source: str) -> Truth:
    if path.excerpted and path.edges > 1:
        return _unscored("an excerpt on the way from the ancestor")
    return Truth(True, True, path.how, path.relation_scored, source, path.kind)


def _unscored(reason: str) -> Truth:
    return Truth(False, False, None, False, None, "unscored", reason)
