"""What each stage says of a pair."""

from __future__ import annotations

import numpy as np

from dedup.evidence import Evidence
from dedup.explaining.pair import Pair, find_match
from dedup.explanation import LOST, PASSED, TOLD, StageStory
from dedup.fit import LARGE_FAMILY, overlaps_of
from dedup.lsh import choose_bands
from dedup.matches import Match
from dedup.sketch import ShingleSets
from dedup.wording import word_shingles

__all__ = [
    "boilerplate", "called", "candidate", "copies", "evidence", "family", "lineage", "near", "reading", "reuse",
    "sides", "verdict", "words",
]  # fmt: skip

_DERIVED_FROM = 0.5
_MOST_SHOWN = 100


def reading(pair: Pair) -> StageStory:
    """Both were read."""
    sizes = [len(document.text) for document in pair.documents]
    return StageStory(
        "reading", PASSED, f"both were read: {sizes[0]:,} and {sizes[1]:,} characters", {"characters": sizes}
    )


def words(pair: Pair) -> StageStory:
    """How many words each has; a text without one matches nothing."""
    counts, languages = np.diff(pair.corpus.tokens.offsets).tolist(), pair.corpus.languages
    figures = {"tokens": counts, "languages": languages}
    if not all(counts):
        return StageStory("words", LOST, "a text without a single word matches nothing", figures)
    return StageStory(
        "words", PASSED, f"{counts[0]:,} and {counts[1]:,} words; languages {languages[0]} and {languages[1]}", figures
    )


def copies(pair: Pair) -> list[StageStory]:
    """Whether the texts are the same, or copies of others that stand in for them."""
    if pair.equal:
        if pair.final is not None:
            return [StageStory("equal texts", PASSED, "the texts are the same, word for word")]
        said = "the texts are the same, word for word; each is tied to another copy, the first of them all"
        return [StageStory("equal texts", LOST, said)]
    if not pair.stood_in:
        return [StageStory("equal texts", PASSED, "the texts differ, and no copy stands in for either")]
    copies = [
        f"{document.id} is a copy, word for word, of {head.id}"
        for document, head in zip(pair.documents, pair.heads, strict=True)
        if document != head
    ]
    said = f"{'; '.join(copies)}: look at the pair {pair.heads[0].id} and {pair.heads[1].id}, of which the rest tells"
    return [StageStory("equal texts", LOST, said, {"instead": [head.id for head in pair.heads]})]


def sides(pair: Pair) -> list[StageStory]:
    """Whether the pair is one of a new text and an old one, where only such are compared."""
    old = pair.run.old
    if not old:
        return []
    if not pair.one_sided:
        return [StageStory("against", PASSED, "one is new and the other old")]
    both = "old" if pair.documents[0].id in old else "new"
    said = f"both are {both}, and only new texts are compared with old ones; without --against, all are with all"
    return [StageStory("against", LOST, said)]


def boilerplate(pair: Pair) -> StageStory:
    """What counts for nothing."""
    content, whole = (np.diff(tokens.offsets) for tokens in (pair.content, pair.corpus.tokens))
    left_out = (whole - content).tolist()
    common = _common_boilerplate(pair)
    said = f"{left_out[0]:,} and {left_out[1]:,} words are boilerplate and count for nothing"
    if common:
        said += f"; in both stands: {', '.join(repr(text) for text in common[:3])}"
    return StageStory("boilerplate", TOLD, said, {"tokens": left_out, "in_both": common})


def _common_boilerplate(pair: Pair) -> list[str]:
    """The shingles that both texts share and that count for neither, as words."""
    whole, kept = ShingleSets.from_tokens(pair.corpus.tokens), ShingleSets.from_tokens(pair.content)
    shared = [
        np.intersect1d(sets.values[: sets.offsets[1]], sets.values[sets.offsets[1] :], assume_unique=True)
        for sets in (whole, kept)
    ]
    lost = set(np.setdiff1d(shared[0], shared[1]).tolist())
    words = word_shingles(pair.corpus.tokens, 0)
    return [text for shingle, text in words.items() if shingle in lost][:_MOST_SHOWN]


def near(pair: Pair) -> StageStory:
    """What MinHash and its bands make of the pair."""
    settings, signatures = pair.settings, pair.signatures
    found = overlaps_of(pair.run.collection, pair.as_told, settings, 1)
    union = int((found.left + found.right - found.common)[0])
    jaccard = int(found.common[0]) / union if union else 0.0
    bands = choose_bands(settings.num_perm, settings.threshold, settings.min_recall)
    equal = signatures.values[0] == signatures.values[1]
    met = int(equal[: bands.bands * bands.rows].reshape(bands.bands, bands.rows).all(axis=1).sum())
    is_near = pair.found_by(pair.run.fitted.near) or (pair.one_family and met > 0)
    figures = {
        "jaccard": round(jaccard, 4),
        "threshold": settings.threshold,
        "agreement": round(float(equal.mean()), 4),
        "num_perm": settings.num_perm,
        "bands": bands.bands,
        "rows": bands.rows,
        "recall": round(bands.recall(jaccard), 4),
        "bands_met": met,
        "candidate": is_near,
    }
    than = "at or above" if jaccard >= settings.threshold else "below"
    said = (
        f"Jaccard {jaccard:.2f} of 3-word shingles, {than} the threshold of {settings.threshold:g}; "
        f"{int(equal.sum())} of {settings.num_perm} signature values agree. "
        f"{bands.bands} bands of {bands.rows} find such a pair with probability {bands.recall(jaccard):.3f}; "
        f"in {met} of them these two met: {'a' if is_near else 'no'} candidate for near-duplicates"
    )
    return StageStory("near tier", TOLD, said, figures)


def family(pair: Pair) -> list[StageStory]:
    """The near-duplicate family that both are of, if they are of one."""
    if not pair.one_family:
        return []
    run = pair.run
    family = run.fitted.families[pair.texts[0]]
    size = int((run.fitted.families == family).sum())
    head = run.collection.id(int(family))
    said = f"both are of one near-duplicate family of {size:,} texts, represented by {head}"
    if size > LARGE_FAMILY:
        said += (
            f"; in families of more than {LARGE_FAMILY} that one is compared with all others, these not with each other"
        )
    return [StageStory("near-duplicate family", TOLD, said, {"size": size, "head": head})]


def reuse(pair: Pair) -> StageStory:
    """What the shared rare words and phrases weigh, and what they must."""
    shared, most = pair.shared, int(pair.settings.max_frequency)
    counted, common = int(shared.counted.sum()), int(shared.frequent.sum())
    figures = {
        "shared": counted,
        "weight": round(shared.weight, 4),
        "needed": round(shared.needed, 4),
        "too_common": common,
        "max_frequency": most,
        "candidate": shared.enough and not pair.one_family,
    }
    said = (
        f"{counted:,} rare words and phrases in both weigh {shared.weight:.1f}; {shared.needed:.1f} are needed. "
        f"{common:,} {'is' if common == 1 else 'are'} too common to count: in more than {most} families"
    )
    return StageStory("rare features", TOLD, said, figures)


def candidate(pair: Pair) -> StageStory:
    """Whether the pair was compared in full, and which tier brought it up."""
    if pair.compared:
        tiers = ["near"] if pair.found_by(pair.run.fitted.near) else []
        tiers += ["reuse"] if pair.shared.enough and not pair.one_family else []
        tiers = tiers or ["family"]
        named = {"near": "by its signature", "reuse": "by rare words and phrases", "family": "by its family"}
        said = f"compared in full: a candidate {' and '.join(named[tier] for tier in tiers)}"
        return StageStory("candidate", PASSED, said, {"tiers": tiers})
    why = "neither tier brought them together"
    if pair.one_sided:
        why = "only new texts are compared with old ones"
    elif pair.one_family:
        why = "their family is large, and neither is its first"
    return StageStory("candidate", LOST, f"never compared in full: {why}", {"tiers": []})


def evidence(evidence: Evidence) -> StageStory:
    """The main figures of what was measured."""
    left, right = evidence.left, evidence.right
    cover = "1 passage covers" if evidence.passages == 1 else f"{evidence.passages} passages cover"
    said = (
        f"{cover} {100 * left.coverage:.0f} % and {100 * right.coverage:.0f} %; containment "
        f"{left.containment:.2f} and {right.containment:.2f}, cosine {evidence.cosine:.2f}; of {left.facts} and "
        f"{right.facts} names and numbers the other lacks {left.new_facts} and {right.new_facts}"
    )
    figures = {
        "jaccard": evidence.jaccard,
        "containment": [left.containment, right.containment],
        "cosine": evidence.cosine,
        "passages": evidence.passages,
        "coverage": [left.coverage, right.coverage],
        "longest": evidence.longest,
    }
    return StageStory("evidence", TOLD, said, figures)


def verdict(pair: Pair, measured: Match, match: Match) -> StageStory:
    """What the pair is called by itself; lost where in the end it is not derived, and only that is asked for."""
    compared = pair.compared
    kept = match.derived or match.relation in pair.settings.relation
    outcome = TOLD if not compared else PASSED if kept else LOST
    than = "at or above" if measured.probability >= _DERIVED_FROM else "below"
    judged = "by itself" if compared else "it would be called"
    said = (
        f"{judged} {called(measured)}; {measured.probability:.2f} probable that it is derived, {than} "
        f"{_DERIVED_FROM}: {'; '.join(measured.reasons)}"
    )
    figures = {
        "relation": str(measured.relation),
        "probability": measured.probability,
        "needed": _DERIVED_FROM,
        "relation_probabilities": {str(name): share for name, share in measured.relation_probabilities.items()},
    }
    return StageStory("verdict", outcome, said, figures)


def lineage(pair: Pair, measured: Match) -> list[StageStory]:
    """What the other texts of the story changed."""
    if not pair.compared:
        return []
    settled, final = find_match(pair.run.settled, pair.heads) or measured, pair.final
    said = "the other texts of the story changed nothing"
    if settled.relation is not measured.relation:
        said = f"from {called(measured)} to {called(settled)}, {settled.probability:.2f}: {settled.reasons[-1]}"
    figures = {
        "relation": [str(measured.relation), str(settled.relation)],
        "probability": [measured.probability, settled.probability],
    }
    stages = [StageStory("lineage", TOLD, said, figures)]
    if final is not None:
        names = [_origin(match) for match in (settled, final)]
        said = f"origin {names[1]}, as of the pair alone"
        if names[0] != names[1]:
            said = f"origin {names[0]} of the pair alone, {names[1]} with the others: {final.reasons[-1]}"
        stages.append(StageStory("common origin", TOLD, said, {"origin": names}))
    return stages


def called(match: Match) -> str:
    """A relation in words."""
    return match.relation.replace("_", " ")


def _origin(match: Match) -> str:
    """Who was first, by id, or what is said instead."""
    return match.source or str(match.origin)
