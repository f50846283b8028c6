"""What the relations, the kinds of passages and the scores mean, in a line each."""

from __future__ import annotations

from dedup.alignment import PassageKind
from dedup.matches import Match, Origin, Relation

__all__ = ["KINDS", "RELATIONS", "Score", "list_scores", "say_origin"]

RELATIONS = {
    Relation.IDENTICAL: "the same words in the same order",
    Relation.NEAR_DUPLICATE: "another revision of the same text",
    Relation.SYNDICATED: "the same text in another outlet: other head, credit or foot, or with its end cut",
    Relation.REWRITTEN: "most of one text says what the other says, in other words",
    Relation.EXCERPTED: "a passage of one text stands in another that is mostly its own",
    Relation.SAME_STORY: "the same names, numbers, events; not derived",
    Relation.UNRELATED: "nothing of note in common",
}

KINDS = {
    PassageKind.VERBATIM: "the same words",
    PassageKind.EDITED: "most words, in the same order",
    PassageKind.REWRITTEN: "said in other words",
    PassageKind.QUOTATION: "quoted speech in both",
    PassageKind.BOILERPLATE: "an outlet's standing text",
}

Score = tuple[str, str, str, str, str]
"""A label, the figure of the pair, of the left text, of the right text, and what it means."""

_LEAST_SHARE = 0.005


def list_scores(match: Match) -> list[Score]:
    """Every score of a match with a line on what it means; labels and meanings are the same for each match."""
    ranked = sorted(Relation, key=lambda relation: -match.relation_probabilities.get(relation, 0.0))
    shares = ", ".join(
        f"{relation.replace('_', ' ')} {share:.2f}"
        for relation in ranked
        if (share := match.relation_probabilities.get(relation, 0.0)) >= _LEAST_SHARE
    )
    known = match.origin in (Origin.LEFT, Origin.RIGHT, Origin.COMMON)
    origin = f"{match.origin_probability:.2f}" if known else "–"
    return [
        ("probability", f"{match.probability:.2f}", "", "", "that one was written from the other, or both from one"),
        ("relations", shares, "", "", "how probable each relation is; they sum to 1"),
        ("origin", origin, "", "", "how sure it is who was first"),
        ("Jaccard", f"{match.jaccard:.2f}", "", "", "three-word phrases in both texts, of those in either"),
        (
            "containment", "", f"{match.left_containment:.2f}", f"{match.right_containment:.2f}",
            "a text's three-word phrases that the other has",
        ),
        ("cosine", f"{match.cosine:.2f}", "", "", "likeness of the words, rare ones weighing more (TF-IDF)"),
        (
            "coverage", "", f"{100 * match.left_coverage:.0f} %", f"{100 * match.right_coverage:.0f} %",
            "a text's words inside passages, without boilerplate and shared quotations",
        ),
    ]  # fmt: skip


def say_origin(match: Match) -> str:
    """Who wrote from whom, in a sentence's words."""
    sure = f" ({match.origin_probability:.2f})"
    if match.origin is Origin.LEFT:
        return f"the right text was written from the left one, {match.left}{sure}"
    if match.origin is Origin.RIGHT:
        return f"the left text was written from the right one, {match.right}{sure}"
    if match.origin is Origin.COMMON:
        return f"both were written from a third text{sure}"
    return "undecided" if match.derived else "none: neither was written from the other"
