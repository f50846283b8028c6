"""Common origins: pairs of texts that were both written from a third one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from dedup.matches import Match, Origin, Relation

__all__ = ["find_common_origins"]

_NO_EXCERPTS = (Relation.NEAR_DUPLICATE, Relation.SYNDICATED, Relation.REWRITTEN, Relation.IDENTICAL)


def find_common_origins(matches: Iterable[Match]) -> list[Match]:
    """The matches, with the origin ``common`` where both texts have a source in a third that is closer to each.

    A text is closer when it covers more of what the two have in common: when its coverage of either text is at
    least the coverage of that text by the other.
    """
    matches = list(matches)
    covered: dict[tuple[str, str], float] = {}
    sources: dict[str, set[str]] = {}
    for match in matches:
        if match.derived and match.relation in _NO_EXCERPTS:
            covered[match.left, match.right] = match.left_coverage
            covered[match.right, match.left] = match.right_coverage
            if match.source is not None:
                derived = match.right if match.source == match.left else match.left
                sources.setdefault(derived, set()).add(match.source)
    return [_with_origin(match, sources, covered) for match in matches]


def _with_origin(match: Match, sources: dict[str, set[str]], covered: dict[tuple[str, str], float]) -> Match:
    shared = sources.get(match.left, set()) & sources.get(match.right, set())
    if not match.derived or match.relation is Relation.IDENTICAL:
        return match
    closer = sorted(
        third
        for third in shared
        if covered[match.left, third] >= match.left_coverage and covered[match.right, third] >= match.right_coverage
    )
    if not closer:
        return match
    reason = f"both stand closer to {closer[0]} than to each other"
    return replace(
        match,
        origin=Origin.COMMON,
        source=None,
        origin_probability=round(max(0.7, match.origin_probability), 4),
        reasons=(*match.reasons, reason),
    )
