"""Origins in a collection: what third texts say of who was first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dedup.matches import Match, Origin, Relation
from dedup.reasons import CLOSER, LIKELIER

__all__ = ["find_common_origins"]

_WHOLE_TEXTS = (Relation.NEAR_DUPLICATE, Relation.SYNDICATED, Relation.REWRITTEN, Relation.IDENTICAL)
_CLOSER = 0.05
_COMMON = 0.6


def find_common_origins(matches: Iterable[Match]) -> list[Match]:
    """The matches, with what third texts say of their origins.

    A text has one source. Of several that are named the one is kept that all its pairs together make likeliest to have
    been first, those from which that one was written in turn, and any that has clearly more of the text's phrases; with
    the others the text has a common origin, or, where nothing tells them apart, an undecided one. The origin is also
    ``common`` where a third text is the source of both and closer to each: where its coverage of either text is at
    least the coverage of that text by the other.
    """
    matches = list(matches)
    whole = [match for match in matches if match.relation in _WHOLE_TEXTS and match.relation is not Relation.IDENTICAL]
    sources = _sources(whole)
    found = [_with_one_source(match, sources) if match.relation in _WHOLE_TEXTS else match for match in matches]
    covered: dict[tuple[str, str], float] = {}
    named: dict[str, set[str]] = {}
    for match in found:
        if match.relation in _WHOLE_TEXTS:
            covered[match.left, match.right] = match.left_coverage
            covered[match.right, match.left] = match.right_coverage
            if match.source is not None:
                named.setdefault(_derived(match), set()).add(match.source)
    return [_with_origin(match, named, covered) for match in found]


@dataclass(frozen=True, slots=True)
class _Sources:
    """For each text that has any, its likeliest source, None where two are as likely; and for each text the share
    of its phrases that another has.
    """

    likeliest: Mapping[str, str | None]
    kept: Mapping[tuple[str, str], float]

    def admits(self, source: str, derived: str) -> bool:
        """Whether ``source`` is the likeliest one, a source of that in turn, or clearly closer than that."""
        step = best = self.likeliest[derived]
        passed: set[str] = set()
        while step is not None and step not in passed:
            if step == source:
                return True
            passed.add(step)
            step = self.likeliest.get(step)
        return best is not None and self.kept[derived, source] > self.kept[derived, best] + _CLOSER


def _sources(matches: Iterable[Match]) -> _Sources:
    first: dict[str, float] = {}
    kept: dict[tuple[str, str], float] = {}
    named: dict[str, list[str]] = {}
    for match in sorted(matches, key=lambda match: (match.left, match.right)):
        first[match.left] = first.get(match.left, 0.0) + match.lean
        first[match.right] = first.get(match.right, 0.0) - match.lean
        kept[match.left, match.right] = match.left_containment
        kept[match.right, match.left] = match.right_containment
        if match.source is not None:
            named.setdefault(_derived(match), []).append(match.source)
    likeliest: dict[str, str | None] = {}
    for derived, some in named.items():
        ranked = sorted(some, key=lambda name: (-round(first[name], 4), name))
        tied = len(ranked) > 1 and round(first[ranked[0]] - first[ranked[1]], 4) <= 0.0
        likeliest[derived] = None if tied else ranked[0]
    return _Sources(likeliest, kept)


def _derived(match: Match) -> str:
    return match.right if match.source == match.left else match.left


def _with_one_source(match: Match, sources: _Sources) -> Match:
    """The match without its source, if another one is likelier."""
    if match.source is None or match.relation is Relation.IDENTICAL:
        return match
    derived = _derived(match)
    if sources.admits(match.source, derived):
        return match
    likelier = sources.likeliest[derived]
    reason = LIKELIER.format(likelier, derived) if likelier else "another text may be the source"
    return replace(
        match,
        origin=Origin.COMMON if likelier else Origin.UNDECIDED,
        source=None,
        origin_probability=_COMMON if likelier else 0.0,
        reasons=(*match.reasons, reason),
    )


def _with_origin(match: Match, sources: dict[str, set[str]], covered: dict[tuple[str, str], float]) -> Match:
    if not match.derived or match.relation is Relation.IDENTICAL or match.origin is Origin.COMMON:
        return match
    shared = sources.get(match.left, set()) & sources.get(match.right, set())
    closer = sorted(
        third
        for third in shared
        if covered[match.left, third] >= match.left_coverage and covered[match.right, third] >= match.right_coverage
    )
    if not closer:
        return match
    reason = CLOSER.format(closer[0])
    return replace(
        match,
        origin=Origin.COMMON,
        source=None,
        origin_probability=round(max(0.7, match.origin_probability), 4),
        reasons=(*match.reasons, reason),
    )
