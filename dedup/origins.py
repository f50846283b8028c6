"""Origins in a collection: what third texts say of who was first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dedup.matches import Match, Origin, Relation

__all__ = ["find_common_origins"]

_WHOLE_TEXTS = (Relation.NEAR_DUPLICATE, Relation.SYNDICATED, Relation.REWRITTEN, Relation.IDENTICAL)
_CLOSER = 0.05


def find_common_origins(matches: Iterable[Match]) -> list[Match]:
    """The matches, with what third texts say of their origins.

    The origin is ``common`` where a third text is the source of both and closer to each: where its coverage of either
    text is at least the coverage of that text by the other. Where several texts of one origin might each be the source
    of a text, and none has clearly more of its phrases, only the one that the others derive from is named.
    """
    matches = list(matches)
    covered: dict[tuple[str, str], float] = {}
    sources: dict[str, set[str]] = {}
    for match in matches:
        if match.relation in _WHOLE_TEXTS:
            covered[match.left, match.right] = match.left_coverage
            covered[match.right, match.left] = match.right_coverage
            if match.source is not None:
                derived = match.right if match.source == match.left else match.left
                sources.setdefault(derived, set()).add(match.source)
    found = [_with_origin(match, sources, covered) for match in matches]
    claims: dict[str, dict[str, float]] = {}
    for match in found:
        if match.source is not None and match.relation in _WHOLE_TEXTS:
            derived, kept = _derived_side(match)
            claims.setdefault(derived, {})[match.source] = kept
    tied = {frozenset((match.left, match.right)): match for match in found if match.relation in _WHOLE_TEXTS}
    return [_without_rivals(match, claims, tied) for match in found]


def _derived_side(match: Match) -> tuple[str, float]:
    """The text that is not the source, and the share of its phrases that the source has."""
    if match.source == match.left:
        return match.right, match.right_containment
    return match.left, match.left_containment


def _without_rivals(
    match: Match, claims: Mapping[str, Mapping[str, float]], tied: Mapping[frozenset[str], Match]
) -> Match:
    """The match without its source, if another text of the same origin may as well be the source."""
    if match.source is None or match.relation not in _WHOLE_TEXTS or match.relation is Relation.IDENTICAL:
        return match
    derived, kept = _derived_side(match)
    for rival, share in sorted(claims[derived].items()):
        between = tied.get(frozenset((match.source, rival))) if rival != match.source else None
        if between is None or kept > share + _CLOSER or between.source == match.source:
            continue
        common = between.source == rival
        return replace(
            match,
            origin=Origin.COMMON if common else Origin.UNDECIDED,
            source=None,
            origin_probability=round(min(match.origin_probability, between.origin_probability), 4) if common else 0.0,
            reasons=(*match.reasons, f"{rival} may as well be the source of {derived}"),
        )
    return match


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
    reason = f"both stand closer to {closer[0]} than to each other"
    return replace(
        match,
        origin=Origin.COMMON,
        source=None,
        origin_probability=round(max(0.7, match.origin_probability), 4),
        reasons=(*match.reasons, reason),
    )
