"""Lineages: which texts of a story come from one text, told from all of them together.

A pair is judged by itself first. Together the pairs of a story say more than each does: a brief of a hundred words
shares little with any one text, but is likelier to be of one lineage with all of them than a report of its own; and a
report that happens to tell the event in the order of one text is far from that text's copies and rewrites.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from heapq import heapify, heappop, heappush

from dedup.matches import DERIVED, Match, Origin, Relation
from dedup.reasons import LINEAGE, LINEAGE_OF_SEVERAL

__all__ = ["may_be_settled", "settle_lineages", "whole_share"]

_COPIES = (Relation.NEAR_DUPLICATE, Relation.SYNDICATED, Relation.IDENTICAL)
_JOINED, _MERGED = -1.0, 0.0
_ESTABLISHED = 4
_NEVER_JUDGED = -3.0
_MOST = 4.0
_ARTICLE = 500
_LEAST_LINEAGE = 3
_SURE_ALONE = 0.8
_INDIRECT = 0.3
_APART = 0.35


def whole_share(match: Match) -> float:
    """The probability that two texts are of one lineage as wholes, excerpts not counted."""
    return sum(match.relation_probabilities[relation] for relation in DERIVED - {Relation.EXCERPTED})


def may_be_settled(match: Match) -> bool:
    """Whether lineages can change a match: it is not derived, or not surely."""
    return not match.derived or _doubtful(match)


def settle_lineages(matches: Iterable[Match], lengths: Mapping[str, int]) -> list[Match]:
    """The matches of a story, doubtful ones settled by the lineages that all of them make together.

    Lineages grow from the likeliest pair down, as long as the mean logit of all pairs of the two that are joined is not
    too low; of two lineages of four texts and more it must be higher. The pairs of a brief say little of the text that
    it stands beside, and weigh less. Copies belong together from the start. A pair within a lineage of
    three texts or more is derived; a pair of two lineages is not, unless it is sure by itself or a copy or an excerpt.

    Parameters
    ----------
    matches : iterable of Match
        All judged pairs, whatever their relation. Their order does not matter.
    lengths : mapping of str to int
        Tokens of each text. A text of fewer than 500 weighs less, in proportion.
    """
    ordered = sorted(matches, key=lambda match: (match.left, match.right))
    names = sorted({name for match in ordered for name in (match.left, match.right)})
    weights = [min(_ARTICLE, max(1, lengths[name])) / _ARTICLE for name in names]
    lineages = _Lineages.grown(names, weights, ordered)
    settled = {(match.left, match.right): _settled(match, lineages) for match in ordered}
    return [settled[match.left, match.right] for match in matches]


@dataclass(frozen=True, slots=True)
class _Lineages:
    """The lineage of each text, its members, and the mean logit of each text's pairs with its fellows."""

    of: Mapping[str, int]
    members: Mapping[int, Sequence[str]]
    ties: Mapping[str, float]

    @classmethod
    def grown(cls, names: Sequence[str], weights: Sequence[float], matches: Sequence[Match]) -> _Lineages:
        at = {name: number for number, name in enumerate(names)}
        same = {number: number for number in at.values()}
        for match in matches:
            if match.relation in _COPIES:
                first, second = sorted((_root(same, at[match.left]), _root(same, at[match.right])))
                same[second] = first
        unit = [_root(same, number) for number in same]
        root = _linked(unit, weights, [(at[match.left], at[match.right], _logit(match)) for match in matches])
        of = {name: root[unit[number]] for number, name in enumerate(names)}
        members: dict[int, list[str]] = {}
        for name in names:
            members.setdefault(of[name], []).append(name)
        logits: dict[str, list[float]] = {}
        for match in matches:
            if of[match.left] == of[match.right]:
                logits.setdefault(match.left, []).append(_logit(match))
                logits.setdefault(match.right, []).append(_logit(match))
        return cls(of, members, {name: sum(some) / len(some) for name, some in logits.items()})


def _logit(match: Match) -> float:
    share = min(1.0 - 1e-9, max(1e-9, whole_share(match)))
    return max(-_MOST, min(_MOST, math.log(share / (1.0 - share))))


_Tie = tuple[float, float, tuple[float, int, int]]
"""Of two lineages: the sum of the logits of their judged pairs, what these pairs weigh, and the likeliest of them."""


def _linked(unit: Sequence[int], weights: Sequence[float], pairs: Sequence[tuple[int, int, float]]) -> dict[int, int]:
    """The lineage of each unit of copies: the likeliest pair first, as long as the mean of all pairs allows.

    A pair weighs as the product of its texts' weights. Where the mean is too low when its turn comes, it waits until
    its lineages are tied by more: what grows without a tie to the other only moves away. O(pairs · log² pairs).
    """
    judged: dict[tuple[int, int], tuple[float, float, float]] = {}
    for left, right, logit in pairs:
        a, b = sorted((unit[left], unit[right]))
        if a != b:
            weight = weights[left] * weights[right]
            total, known, most = judged.get((a, b), (0.0, 0.0, -_MOST))
            judged[a, b] = total + weight * logit, known + weight, max(most, logit)
    size, mass = Counter(unit), dict.fromkeys(unit, 0.0)
    for number, weight in zip(unit, weights, strict=True):
        mass[number] += weight
    ties: dict[int, dict[int, _Tie]] = {number: {} for number in size}
    for (a, b), (total, known, most) in judged.items():
        weight = mass[a] * mass[b]
        ties[a][b] = ties[b][a] = weight * total / known, weight, (-most, a, b)
    parent = {number: number for number in size}

    def joins(a: int, b: int) -> bool:
        total, known, _ = ties[a][b]
        mean = (total + _NEVER_JUDGED * (mass[a] * mass[b] - known)) / (mass[a] * mass[b])
        return mean >= (_JOINED if min(size[a], size[b]) < _ESTABLISHED else _MERGED)

    heap = [ties[a][b][2] for a, b in judged if joins(a, b)]
    waiting = set(heap)
    heapify(heap)
    while heap:
        likeliest = heappop(heap)
        waiting.remove(likeliest)
        a, b = (_root(parent, number) for number in likeliest[1:])
        if a == b or not joins(a, b):
            continue
        if len(ties[a]) < len(ties[b]):
            a, b = b, a
        parent[b] = a
        size[a] += size[b]
        mass[a] += mass[b]
        del ties[a][b], ties[b][a]
        for other, tie in ties.pop(b).items():
            if other in ties[a]:
                tie = _summed(tie, ties[a][other])
            ties[a][other] = ties[other][a] = tie
            del ties[other][b]
            if tie[2] not in waiting and joins(a, other):
                waiting.add(tie[2])
                heappush(heap, tie[2])
    return {number: _root(parent, number) for number in parent}


def _summed(one: _Tie, other: _Tie) -> _Tie:
    return one[0] + other[0], one[1] + other[1], min(one[2], other[2])


def _root(parent: MutableMapping[int, int], number: int) -> int:
    while parent[number] != number:
        parent[number] = number = parent[parent[number]]
    return number


def _settled(match: Match, lineages: _Lineages) -> Match:
    """The match as the lineages of its texts have it."""
    left, right = lineages.of[match.left], lineages.of[match.right]
    sizes = len(lineages.members[left]), len(lineages.members[right])
    if left == right and not match.derived and sizes[0] >= _LEAST_LINEAGE:
        return _joined(match, lineages)
    return _parted(match) if left != right and _doubtful(match) and max(sizes) > 1 else match


def _doubtful(match: Match) -> bool:
    return match.relation is Relation.REWRITTEN and match.probability < _SURE_ALONE


def _joined(match: Match, lineages: _Lineages) -> Match:
    tie = min(lineages.ties[match.left], lineages.ties[match.right])
    probability = round(0.5 + _INDIRECT / (1.0 + math.exp(-(tie - _JOINED))), 4)
    others = [name for name in lineages.members[lineages.of[match.left]] if name not in (match.left, match.right)]
    told = LINEAGE.format(others[0]) if len(others) == 1 else LINEAGE_OF_SEVERAL.format(others[0], len(others) - 1)
    return replace(
        match,
        relation=Relation.REWRITTEN,
        probability=probability,
        relation_probabilities=_shifted(match.relation_probabilities, probability),
        reasons=(*match.reasons, told),
    )


def _parted(match: Match) -> Match:
    shares = dict(match.relation_probabilities)
    kept = sum(shares[relation] for relation in DERIVED if relation is not Relation.REWRITTEN)
    shares[Relation.REWRITTEN] = round(max(0.0, _APART - kept), 4)
    shares[Relation.SAME_STORY] = 0.0
    shares[Relation.SAME_STORY] = round(1.0 - sum(shares.values()), 4)
    return replace(
        match,
        relation=Relation.SAME_STORY,
        probability=round(sum(shares[relation] for relation in DERIVED), 4),
        relation_probabilities=shares,
        origin=Origin.UNDECIDED,
        source=None,
        origin_probability=0.0,
        reasons=(*match.reasons, "taken together, the texts of the story make them of two lineages"),
    )


def _shifted(shares: Mapping[Relation, float], derived: float) -> dict[Relation, float]:
    """Probabilities in the same proportions, but for their sum over derived relations; ``rewritten`` gets the rest."""
    kept = sum(shares[relation] for relation in Relation if relation not in DERIVED)
    scale = (1.0 - derived) / kept if kept else 0.0
    out = {relation: round(share if relation in DERIVED else share * scale, 4) for relation, share in shares.items()}
    out[Relation.REWRITTEN] = 0.0
    out[Relation.REWRITTEN] = round(1.0 - sum(out.values()), 4)
    return out
