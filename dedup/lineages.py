"""Lineages: which texts of a story come from one text, told from all of them together.

A pair is judged by itself first. Where three or more texts are of one lineage, they say more than any two: a brief of a
hundred words shares little with each of its fellows, but has nothing that none of them has; a report of its own has
names and numbers that stand in none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from dedup.matches import DERIVED, Match, Relation
from dedup.model import Model
from dedup.reasons import LINEAGE, LINEAGE_OF_SEVERAL
from dedup.verdict import lineage_share

__all__ = ["OwnFacts", "settle_lineages", "whole_share"]

OwnFacts = Callable[[str, Sequence[str]], tuple[float, float]]
"""The weight of a text's names and numbers, and of those that none of several others has; see ``Facts.own``."""

_COPIES = (Relation.NEAR_DUPLICATE, Relation.SYNDICATED, Relation.IDENTICAL)
_TENTATIVE = 0.4
_MOST_RELATIVES = 4
_LEAST_LINEAGE = 3
_SURE = 5.0
_INDIRECT = 0.3

_Logits = Mapping[str, Mapping[str, float]]
_Belongs = Callable[[str, Iterable[str]], float]


def whole_share(match: Match) -> float:
    """The probability that two texts are of one lineage as wholes, excerpts not counted."""
    return sum(match.relation_probabilities[relation] for relation in DERIVED - {Relation.EXCERPTED})


def settle_lineages(matches: Iterable[Match], own_facts: OwnFacts, model: Model = Model.shipped()) -> list[Match]:
    """The matches, a doubtful pair derived where both texts belong to one lineage of three or more.

    Lineages grow by the likeliest pairs first. A text joins one by how likely its pairs with the members are on
    average, and by the names and numbers of its own that no member has; two lineages are joined where the texts of the
    smaller would join the larger. Copies belong together without more ado.

    Parameters
    ----------
    matches : iterable of Match
        All judged pairs, whatever their relation.
    own_facts : callable
        Told a text and up to four others.
    model : Model
    """
    matches = list(matches)
    logits = _logits(matches)
    belongs = partial(_belongs, logits=logits, own_facts=own_facts, model=model)
    lineages = _grow(matches, logits, belongs)
    return [_settled(match, lineages, belongs) for match in matches]


def _logits(matches: Sequence[Match]) -> dict[str, dict[str, float]]:
    """For each text those it was judged with, and the logit of the pair."""
    logits: dict[str, dict[str, float]] = {}
    for match in matches:
        share = min(1.0 - 1e-9, max(1e-9, whole_share(match)))
        logit = max(-_SURE, min(_SURE, math.log(share / (1.0 - share))))
        logits.setdefault(match.left, {})[match.right] = logit
        logits.setdefault(match.right, {})[match.left] = logit
    return logits


def _belongs(name: str, members: Iterable[str], logits: _Logits, own_facts: OwnFacts, model: Model) -> float:
    """How likely a text is of the lineage of others; 0 where it was judged with none of them."""
    judged = logits[name]
    near = sorted((other for other in members if other != name and other in judged), key=lambda o: (-judged[o], o))
    near = near[:_MOST_RELATIVES]
    if not near:
        return 0.0
    agreement = sum(judged[other] for other in near) / len(near)
    return lineage_share(agreement, *own_facts(name, near), model)


def _grow(matches: Sequence[Match], logits: _Logits, belongs: _Belongs) -> dict[str, set[str]]:
    """The lineage of each text, at least itself."""
    lineages = {name: {name} for name in sorted(logits)}

    def join(left: str, right: str) -> None:
        small, large = sorted((lineages[left], lineages[right]), key=len)
        large |= small
        for name in small:
            lineages[name] = large

    whole = [match for match in matches if match.relation is not Relation.EXCERPTED]
    for match in whole:
        if match.relation in _COPIES and lineages[match.left] is not lineages[match.right]:
            join(match.left, match.right)
    likely = [match for match in whole if whole_share(match) >= _TENTATIVE]
    for match in sorted(likely, key=lambda match: (-whole_share(match), match.left, match.right)):
        left, right = lineages[match.left], lineages[match.right]
        if left is right:
            continue
        small, large = sorted((left, right), key=lambda group: (len(group), min(group)))
        tried = sorted(small)[:_MOST_RELATIVES]
        shares = [belongs(name, large) for name in tried]
        if len(large) == 1 or sum(shares) / len(shares) >= 0.5:
            join(match.left, match.right)
    for name in lineages:
        if len(lineages[name]) == 1:
            found = _closest(name, lineages, logits, belongs)
            if found is not None:
                join(name, found)
    return lineages


def _closest(name: str, lineages: Mapping[str, set[str]], logits: _Logits, belongs: _Belongs) -> str | None:
    """A member of the lineage that a lone text most likely belongs to, if it is likely at all."""
    groups = {min(lineages[other]): lineages[other] for other in logits[name] if len(lineages[other]) > 1}
    shares = {first: belongs(name, group) for first, group in groups.items()}
    best = max(sorted(shares), key=shares.__getitem__, default=None)
    return best if best is not None and shares[best] >= 0.5 else None


def _settled(match: Match, lineages: Mapping[str, set[str]], belongs: _Belongs) -> Match:
    """The match, derived if both texts are of one lineage of three or more."""
    members = lineages[match.left]
    if match.derived or match.right not in members or len(members) < _LEAST_LINEAGE:
        return match
    share = min(belongs(name, members) for name in (match.left, match.right))
    if share < 0.5:
        return match
    probability = round(0.5 + _INDIRECT * (share - 0.5), 4)
    others = sorted(members - {match.left, match.right})
    told = LINEAGE.format(others[0]) if len(others) == 1 else LINEAGE_OF_SEVERAL.format(others[0], len(others) - 1)
    return replace(
        match,
        relation=Relation.REWRITTEN,
        probability=probability,
        relation_probabilities=_shifted(match.relation_probabilities, probability),
        reasons=(*match.reasons, told),
    )


def _shifted(shares: Mapping[Relation, float], derived: float) -> dict[Relation, float]:
    """Probabilities in the same proportions, but for their sum over derived relations; ``rewritten`` gets the rest."""
    kept = sum(shares[relation] for relation in Relation if relation not in DERIVED)
    scale = (1.0 - derived) / kept if kept else 0.0
    out = {relation: round(share if relation in DERIVED else share * scale, 4) for relation, share in shares.items()}
    out[Relation.REWRITTEN] = 0.0
    out[Relation.REWRITTEN] = round(1.0 - sum(out.values()), 4)
    return out
