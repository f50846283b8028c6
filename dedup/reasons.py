"""Reasons: the evidence of a verdict as an editor would put it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dedup.documents import Document
from dedup.evidence import Evidence, Side
from dedup.matches import Relation

__all__ = ["CLOSER", "LIKELIER", "LINEAGE", "LINEAGE_OF_SEVERAL", "give_reasons", "rename_texts"]

LINEAGE = "taken together, the texts of the story make both of one lineage with {}"
LINEAGE_OF_SEVERAL = "taken together, the texts of the story make both of one lineage with {} and {} more"
LIKELIER = "{} is likelier to be the source of {}"
CLOSER = "both stand closer to {} than to each other"
"""The reasons that name other texts, by id."""

_NAMING = [
    re.compile(re.escape(form).replace("and\\ \\{\\}\\ more", r"and\ \d+\ more").replace(r"\{\}", "(.+)"), re.DOTALL)
    for form in (LINEAGE_OF_SEVERAL, LINEAGE, LIKELIER, CLOSER)
]

_MANY_PHRASES = 0.2


def give_reasons(evidence: Evidence, relation: Relation, left: Document, right: Document) -> tuple[str, ...]:
    """Sentences that say what the verdict stands on, the weightiest first."""
    if relation is Relation.IDENTICAL:
        return ("the texts are the same, word for word",)
    kept, passage, facts, order = _phrases(evidence), _longest(evidence, relation), _facts(evidence), _order(evidence)
    if relation is Relation.EXCERPTED:
        found = [passage, kept, facts, order]
    elif max(evidence.left.containment, evidence.right.containment) >= _MANY_PHRASES:
        found = [kept, facts, order]
    else:
        found = [facts, order, kept]
    reasons = [reason for reason in (*found, _covered(evidence)) if reason]
    if not reasons:
        reasons = ["the texts share no passage"]
    if relation is Relation.SAME_STORY:
        reasons.append("they share names, numbers or words of one subject, but neither follows the other")
    return tuple(reasons)


def rename_texts(reason: str, names: Mapping[str, str]) -> str:
    """A reason with the ids that it names replaced.

    >>> rename_texts("both stand closer to wire.txt than to each other", {"wire.txt": "document 3"})
    'both stand closer to document 3 than to each other'
    """
    for form in _NAMING:
        found = form.fullmatch(reason)
        if not found:
            continue
        pieces, at = [], 0
        for group in range(1, len(found.groups()) + 1):
            start, end = found.span(group)
            pieces += [reason[at:start], names.get(found[group], found[group])]
            at = end
        return "".join([*pieces, reason[at:]])
    return reason


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _covered(evidence: Evidence) -> str:
    if not evidence.passages:
        return ""
    some = "one passage" if evidence.passages == 1 else f"{evidence.passages} passages"
    return (
        f"{some} cover{'s' if evidence.passages == 1 else ''} {_percent(evidence.left.coverage)} of the left text "
        f"and {_percent(evidence.right.coverage)} of the right one"
    )


def _phrases(evidence: Evidence) -> str:
    share, side, other = max(
        (evidence.left.containment, "left", "right"), (evidence.right.containment, "right", "left")
    )
    if share < 0.005:
        return ""
    return f"{_percent(share)} of the {side} text's three-word phrases stand in the {other} one"


def _shorter(evidence: Evidence) -> tuple[Side, str]:
    if evidence.left.sentences < evidence.right.sentences:
        return evidence.left, "left"
    return evidence.right, "right"


def _order(evidence: Evidence) -> str:
    side, name = _shorter(evidence)
    if side.anchors < 3 or side.chain <= 0.0:
        return ""
    if evidence.beats >= 0.2:
        return (
            f"{_percent(side.chain)} of the {name} text's sentences, by weight, follow the other's order; "
            f"chance would give {_percent(side.chance)}"
        )
    return f"what they share does not stand in the same order (beyond chance: {max(0.0, evidence.beats):.2f} of 1)"


def _facts(evidence: Evidence) -> str:
    """Whose names and numbers they are; of the poorer side first, as a text written from another has few of its own."""
    sides = [(evidence.left, "left", "right"), (evidence.right, "right", "left")]
    told = []
    side, name, other = min(sides, key=lambda item: (item[0].new_facts / max(1, item[0].facts), item[0].facts))
    if side.facts >= 4 and side.novelty < 0.5:
        known = side.facts - side.new_facts
        told.append(f"{known} of the {name} text's {side.facts} names and numbers stand in the {other} one")
    if evidence.matched_facts >= 4:
        told.append(f"{_percent(evidence.fact_agreement)} of those in matched sentences agree")
    told += [
        f"{side.new_facts} of the {name} text's {side.facts} names and numbers are its own"
        for side, name, _ in sides
        if side.facts >= 6 and side.novelty >= 0.5
    ]
    return "; ".join(told)


def _longest(evidence: Evidence, relation: Relation) -> str:
    if relation is Relation.EXCERPTED and evidence.longest:
        return f"the longest run of words in common has {evidence.longest}"
    return ""
