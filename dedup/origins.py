"""Origins in a collection: what a third text says about a pair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dedup.matches import DERIVED, Match, Origin, Relation

__all__ = ["find_common_origins"]

_WHOLE_TEXTS = (Relation.NEAR_DUPLICATE, Relation.SYNDICATED, Relation.REWRITTEN, Relation.IDENTICAL)
_COPIES = (Relation.NEAR_DUPLICATE, Relation.SYNDICATED, Relation.IDENTICAL)
_SURE_TIE = 0.5
_SURE_SOURCE = 0.7
_LEAST_OWN_EVIDENCE = 0.03
_CLOSER = 0.05


@dataclass(frozen=True, slots=True)
class _Tie:
    """A match between whole texts, seen from one of them: whether the other is its source, or has the same words."""

    probability: float
    is_source: bool
    is_copy: bool


def find_common_origins(matches: Iterable[Match]) -> list[Match]:
    """The matches, with what third texts say of them.

    Two texts that both derive from a third are derived themselves, though each may have left out what the other kept:
    a doubtful pair is settled where a third text is tied to both, and is the source of one of them or has its words;
    one that was made of both settles nothing. The origin is ``common`` where the third is the source of both and
    closer to each: where its coverage of either text is at least the coverage of that text by the other. Where
    several texts of one origin might each be the source of a text, and none has clearly more of its phrases, only the
    one that the others derive from is named.
    """
    matches = list(matches)
    ties = _ties(matches)
    settled = [_settled(match, ties) for match in matches]
    covered: dict[tuple[str, str], float] = {}
    sources: dict[str, set[str]] = {}
    for match in settled:
        if match.relation in _WHOLE_TEXTS:
            covered[match.left, match.right] = match.left_coverage
            covered[match.right, match.left] = match.right_coverage
            if match.source is not None:
                derived = match.right if match.source == match.left else match.left
                sources.setdefault(derived, set()).add(match.source)
    found = [_with_origin(match, sources, covered) for match in settled]
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


def _ties(matches: Iterable[Match]) -> dict[str, dict[str, _Tie]]:
    """For each text what it is surely tied to, as a whole."""
    ties: dict[str, dict[str, _Tie]] = {}
    for match in matches:
        if match.relation not in _WHOLE_TEXTS or match.probability < _SURE_TIE:
            continue
        sure = match.origin_probability >= _SURE_SOURCE
        for name, other in ((match.left, match.right), (match.right, match.left)):
            is_source, is_copy = sure and match.source == other, match.relation in _COPIES
            ties.setdefault(name, {})[other] = _Tie(match.probability, is_source, is_copy)
    return ties


def _settled(match: Match, ties: Mapping[str, Mapping[str, _Tie]]) -> Match:
    """The match, derived if a third text shows it."""
    if match.derived or match.probability < _LEAST_OWN_EVIDENCE:
        return match
    left, right = ties.get(match.left, {}), ties.get(match.right, {})
    found = [
        (min(left[third].probability, right[third].probability), third)
        for third in sorted(left.keys() & right.keys())
        if any((side[third].is_source or side[third].is_copy) for side in (left, right))
    ]
    if not found:
        return match
    sure, third = max(found, key=lambda item: item[0])
    common = left[third].is_source and right[third].is_source
    return replace(
        match,
        relation=Relation.REWRITTEN,
        probability=round(max(0.5, 0.9 * sure), 4),
        relation_probabilities=_shifted(match.relation_probabilities, max(0.5, 0.9 * sure)),
        origin=Origin.COMMON if common else Origin.UNDECIDED,
        source=None,
        origin_probability=round(0.9 * sure, 4) if common else 0.0,
        reasons=(*match.reasons, f"both are tied to {third}"),
    )


def _shifted(shares: Mapping[Relation, float], derived: float) -> dict[Relation, float]:
    """Probabilities in the same proportions, but for their sum over derived relations; ``rewritten`` gets the rest."""
    kept = sum(shares[relation] for relation in Relation if relation not in DERIVED)
    scale = (1.0 - derived) / kept if kept else 0.0
    out = {relation: round(share if relation in DERIVED else share * scale, 4) for relation, share in shares.items()}
    out[Relation.REWRITTEN] = 0.0
    out[Relation.REWRITTEN] = round(1.0 - sum(out.values()), 4)
    return out


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
