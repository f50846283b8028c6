"""The verdict on a pair: its relation, how sure that is, who wrote from whom, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from dedup.direction import Direction, judge_direction
from dedup.documents import Document
from dedup.evidence import Evidence, Side
from dedup.matches import DERIVED, Origin, Relation
from dedup.model import Model
from dedup.reasons import give_reasons

__all__ = [
    "Verdict", "copy_features", "judge", "late_prior", "lineage_features", "own_words", "passage_share",
]  # fmt: skip

_RELATIONS = tuple(Relation)
_HALF_COVERED = 0.5
_MOSTLY_VERBATIM = 0.7
_OWN_TEXT = 0.45
_OTHER_FACTS = 0.2
_AGREED, _MATCHED = 0.5, 6
_SHORT, _TOO_SHORT, _AS_LONG = 170, 11.5, 0.45
_REVISED, _RESPELLED = 0.6, 0.9
_OTHER_NAMES, _VERY_SHORT = 4.0, 85
_LONG_RUN = 30
_LATE = -1.0
_ALIKE = 0.56
_CHANCE_ORDER = 1.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of a pair.

    Attributes
    ----------
    relation : Relation
    relation_probabilities : mapping of Relation to float
        One for each relation; they sum to 1.
    direction : Direction
    reasons : tuple of str
    """

    relation: Relation
    relation_probabilities: Mapping[Relation, float]
    direction: Direction
    reasons: tuple[str, ...]

    @property
    def probability(self) -> float:
        """That one text was written from the other, or both from a third."""
        return round(sum(share for relation, share in self.relation_probabilities.items() if relation in DERIVED), 4)


def judge(evidence: Evidence, left: Document, right: Document, model: Model = Model.shipped()) -> Verdict:
    """The verdict on a pair from its evidence, and from what is known of the documents (dates, outlets).

    Swapping the pair mirrors the verdict exactly.
    """
    probabilities = _relation_probabilities(evidence, left, right, model)
    derived = sum(share for relation, share in probabilities.items() if relation in DERIVED)
    candidates = [relation for relation in _RELATIONS if (relation in DERIVED) == (derived >= 0.5)]
    relation = max(candidates, key=probabilities.__getitem__)
    direction = judge_direction(evidence, left, right, model)
    if relation not in DERIVED:
        direction = replace(direction, origin=Origin.UNDECIDED, probability=0.0, reasons=())
    reasons = give_reasons(evidence, relation, left, right) + direction.reasons
    return Verdict(relation, probabilities, direction, reasons)


def lineage_features(evidence: Evidence) -> dict[str, float]:
    """What tells a text written from another, or both from a third, from a report of its own.

    All treat the sides alike. A rewrite brings few names, numbers and quotations of its own, takes what it has in the
    order of its source, and chooses some of its words; the source may well have more. No order beyond chance is not
    held against a pair: some rewriters turn everything round.
    """
    sides = (evidence.left, evidence.right)
    return {
        "novelty": min(side.novelty for side in sides),
        "new_names": min(40.0, *(side.new_names for side in sides)),
        "own_facts": min(side.own_facts_per_100 for side in sides),
        "greater_own_facts": max(side.own_facts_per_100 for side in sides),
        "new_quotes": math.log1p(max(side.new_quotes for side in sides)),
        "quotes": math.log1p(min(side.quotes for side in sides)),
        "sentence_order": max(_CHANCE_ORDER, min(6.0, evidence.sentence_order)),
        "coverage": min(side.coverage for side in sides),
        "known": max(side.known for side in sides),
        "shared_words": math.log1p(evidence.shared_words),
        "few_facts": max(0.0, 1.0 - evidence.shared_facts / 8.0),
    }


def copy_features(evidence: Evidence) -> dict[str, float]:
    """What tells a text that uses another's words from one that does not; quoted words do not count as kept."""
    sides = (evidence.left, evidence.right)
    return {
        "kept": math.sqrt(max(side.kept for side in sides)),
        "known": max(side.known for side in sides),
        "novelty": min(side.novelty for side in sides),
        "own_facts": min(side.own_facts_per_100 for side in sides),
        "new_quotes": math.log1p(max(side.new_quotes for side in sides)),
        "sentence_order": max(-2.0, min(6.0, evidence.sentence_order)),
        "brevity": _brevity(sides),
    }


def _brevity(sides: tuple[Side, Side]) -> float:
    """0 where both texts have 250 words and more, about 1 at 90."""
    return max(0.0, math.log(250.0 / max(25, min(side.tokens for side in sides))))


def _logistic(weights: Mapping[str, float], features: Mapping[str, float], prior: float = 0.0) -> float:
    shift = weights["intercept"] + prior
    return _sigmoid(shift + sum(weights.get(name, 0.0) * value for name, value in features.items()))


def _sigmoid(value: float) -> float:
    if not -40.0 < value < 40.0:
        value = math.copysign(40.0, value)
    return 1.0 / (1.0 + math.exp(-value))


def _relation_probabilities(evidence: Evidence, left: Document, right: Document, model: Model) -> dict[Relation, float]:
    """The decision list with soft edges: first whether the texts are derived, then how.

    Four things speak for it, each on its own, and the strongest counts: the facts and their order, the words, one
    passage, and that the texts have most of their phrases in common.
    """
    shares = dict.fromkeys(_RELATIONS, 0.0)
    if evidence.identical:
        shares[Relation.IDENTICAL] = 1.0
        return shares
    lineage = _logistic(model.parts["lineage"], lineage_features(evidence))
    copied = _logistic(model.parts["copy"], copy_features(evidence), late_prior(left, right))
    passage = passage_share(evidence, model)
    own = own_words(evidence)
    alike = _resemblance(evidence)
    lineage, copied, passage = max(own * lineage, alike), max(own * copied, alike), own * passage
    derived = max(lineage, copied, passage)
    covered = _covered(evidence)
    half = _sigmoid((covered - _HALF_COVERED) / 0.06)
    whole = max(lineage, copied * half)
    fewer, more = sorted((evidence.left.containment, evidence.right.containment))
    verbatim = _sigmoid((0.7 * more + 0.3 * fewer - _MOSTLY_VERBATIM) / 0.05)
    own = _sigmoid((_OWN_TEXT - _longer(evidence).coverage) / 0.05)
    reprint = _reprint_share(evidence, left, right)
    same_words = whole * verbatim
    shares[Relation.EXCERPTED] = (derived - whole) + same_words * own
    shares[Relation.SYNDICATED] = same_words * (1.0 - own) * reprint
    shares[Relation.NEAR_DUPLICATE] = same_words * (1.0 - own) * (1.0 - reprint)
    shares[Relation.REWRITTEN] = whole * (1.0 - verbatim)
    same = _sigmoid((evidence.cosine - 0.1) / 0.02)
    shares[Relation.SAME_STORY] = (1.0 - derived) * same
    return _rounded(shares)


def passage_share(evidence: Evidence, model: Model = Model.shipped()) -> float:
    """How far the longest passage alone speaks for derivation."""
    return _logistic(model.parts["passage"], {"longest": math.log1p(evidence.longest)}) if evidence.longest else 0.0


def _resemblance(evidence: Evidence) -> float:
    """How far the phrases that two texts have in common alone make them copies, forms of few words apart."""
    length = min(evidence.left.tokens, evidence.right.tokens)
    return _sigmoid((evidence.jaccard - _ALIKE) / 0.05) * _sigmoid((length - _TOO_SHORT) / 0.25)


def late_prior(left: Document, right: Document) -> float:
    """What is taken from the logit of copied words where two days and more lie between two texts, if dates are known.

    What shares a few phrases with news of days ago is a follow-up or a form; names and numbers in the same order, or a
    long passage, count whatever their age.
    """
    if not (left.date and right.date):
        return 0.0
    days = abs((right.date - left.date).total_seconds()) / 86_400.0
    return _LATE * _sigmoid((days - 2.0) / 0.25)


def own_words(evidence: Evidence) -> float:
    """How surely what two texts share is a writer's own: there is enough of it, and it is no form filled in twice.

    A form has the same words about other names and numbers, and keeps fewer of its phrases than a revision does. Of
    very short texts one rare name each that the other lacks is enough.
    """
    sides = (evidence.left, evidence.right)
    length = min(side.tokens for side in sides)
    enough = 1.0 if evidence.equal else _sigmoid((length - _TOO_SHORT) / 0.25)
    alike = _sigmoid((length / max(1, max(side.tokens for side in sides)) - _AS_LONG) / 0.04)
    other_facts = min(side.new_facts / (side.facts + 5.0) for side in sides)
    disagree = _sigmoid((_AGREED - evidence.fact_agreement) / 0.03) if evidence.matched_facts >= _MATCHED else 0.0
    form = min(
        max(_sigmoid((other_facts - _OTHER_FACTS) / 0.03), disagree),
        _sigmoid((_SHORT - length) / 25.0),
        _sigmoid((min(side.coverage for side in sides) - _HALF_COVERED) / 0.04),
        _sigmoid((_LONG_RUN - evidence.longest) / 1.5),
        alike,
        _sigmoid((_REVISED - max(side.containment for side in sides)) / 0.04),
    )
    other_names = min(
        _sigmoid((min(side.new_names for side in sides) - _OTHER_NAMES) / 0.5),
        _sigmoid((_VERY_SHORT - length) / 4.0),
        alike,
        _sigmoid((_RESPELLED - max(side.containment for side in sides)) / 0.02),
    )
    return enough * (1.0 - max(form, other_names))


def _covered(evidence: Evidence) -> float:
    """The greater coverage, where a passage that the other text has in a few words counts twice those words."""
    left, right = evidence.left, evidence.right
    words = [side.quoted_coverage * (side.tokens - side.quotations) for side in (left, right)]
    shares = (
        min(side.quoted_coverage, 2.0 * other / max(1, side.tokens - side.quotations))
        for side, other in ((left, words[1]), (right, words[0]))
    )
    return max(shares)


def _rounded(shares: dict[Relation, float]) -> dict[Relation, float]:
    """Rounded to 4 decimals so that they still sum to 1."""
    rounded = {relation: round(max(0.0, share), 4) for relation, share in shares.items()}
    rounded[Relation.UNRELATED] = 0.0
    rounded[Relation.UNRELATED] = round(max(0.0, 1.0 - sum(rounded.values())), 4)
    largest = max(_RELATIONS, key=rounded.__getitem__)
    rounded[largest] = round(rounded[largest] + 1.0 - sum(rounded.values()), 4)
    return rounded


def _longer(evidence: Evidence) -> Side:
    return max((evidence.left, evidence.right), key=lambda side: (side.tokens, -side.coverage))


def _reprint_share(evidence: Evidence, left: Document, right: Document) -> float:
    """How far a copy reads as another outlet's print rather than as another revision of the same document."""
    if left.outlet and right.outlet:
        return 0.03 if left.outlet == right.outlet else 0.97
    if evidence.shared_boilerplate is not None:
        return _sigmoid((0.5 - evidence.shared_boilerplate) / 0.12)
    edge = sum(side.head + side.foot for side in (evidence.left, evidence.right))
    middle = sum(round((1.0 - side.coverage) * side.tokens) for side in (evidence.left, evidence.right)) - edge
    return _sigmoid((edge - middle) / 10.0)
