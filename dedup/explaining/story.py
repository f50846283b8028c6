"""The whole story of a pair."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np

from dedup.engine import Documents, Progress, Run, trace
from dedup.errors import DedupError, Skipped
from dedup.evidence import Evidence
from dedup.explaining import stages as tell
from dedup.explaining.pair import Pair
from dedup.explaining.remedies import lower_threshold, lower_weight, raise_frequency, widen_relations
from dedup.explanation import LOST, PASSED, TOLD, Feature, PairStory, Remedy, StageStory
from dedup.judging import measure_block
from dedup.matches import Match
from dedup.reuse import feature_of
from dedup.settings import Settings
from dedup.statistics import IDF_ONE
from dedup.wording import word_shingles, word_terms

__all__ = ["explain", "tell_story"]

_MOST_FEATURES = 100


def explain(
    documents: Documents,
    left: str,
    right: str,
    *,
    against: Documents | None = None,
    settings: Settings = Settings(),
    jobs: int | None = None,
    skipped: Sequence[Skipped] = (),
    on_stage: Progress | None = None,
) -> PairStory:
    """Tell the way of one pair through ``compare`` of the same documents, with the same settings.

    Parameters
    ----------
    documents, against, settings, jobs, skipped, on_stage
        As ``compare`` takes them.
    left, right : str
        Ids of two documents.

    Returns
    -------
    PairStory

    Raises
    ------
    DedupError
        When there is no document of such an id, and none was skipped.

    Examples
    --------
    >>> fog = "The ferry Aurelia ran aground in dense fog off Port Ellery on Monday with 214 people on board."
    >>> story = explain([("a", fog), ("b", "Apples are cheap this year.")], "a", "b")
    >>> story.reported, story.lost_at
    (False, 'candidate')
    """
    run = trace(documents, against=against, settings=settings, jobs=jobs, skipped=skipped, on_stage=on_stage)
    return tell_story(run, left, right)


def tell_story(run: Run, left: str, right: str) -> PairStory:
    """The way of one pair through a comparison that is done; see ``explain``."""
    if left == right:
        raise DedupError(f"{left}: a pair has two ids, not one twice")
    ids = run.collection.spool.ids
    numbers = {ids[place]: number for number, place in enumerate(run.order.tolist())}
    unread = [_unread(run, name) for name in (left, right) if name not in numbers]
    if unread:
        return PairStory(left, right, (StageStory("reading", LOST, "; ".join(unread)),), False, "reading")
    left, right = sorted((left, right), key=lambda name: (name in run.old, name))
    pair = Pair(run, numbers[left], numbers[right])
    stages = [tell.reading(pair), tell.words(pair)]
    if stages[-1].outcome == LOST:
        return PairStory(left, right, tuple(stages), False, stages[-1].name)
    stages += tell.copies(pair)
    if pair.equal:
        return _finished(pair, stages, _remedies_of_copies(pair), (), pair.final, None)
    shared = pair.shared
    features = _features(pair)
    [(measured, evidence)] = measure_block(
        run.collection, run.fitted.statistics, pair.as_told, settings=pair.settings, jobs=1
    )
    match = pair.final or measured
    stages += [*tell.sides(pair), tell.boilerplate(pair), tell.near(pair), *tell.family(pair), tell.reuse(pair)]
    candidate = tell.candidate(pair)
    stages += [candidate, tell.evidence(evidence), tell.verdict(pair, measured, match), *tell.lineage(pair, measured)]
    remedies: list[Remedy | None] = []
    if not (pair.stood_in or pair.one_sided):
        if candidate.outcome == LOST and not pair.one_family:
            remedies = [
                lower_threshold(pair.signatures, pair.settings),
                lower_weight(shared),
                raise_frequency(shared, pair.settings),
            ]
        if match.relation not in pair.settings.relation:
            remedies.append(widen_relations(match.relation))
    return _finished(pair, stages, [remedy for remedy in remedies if remedy], features, match, evidence)


def _remedies_of_copies(pair: Pair) -> list[Remedy]:
    """What would report two equal texts that are not."""
    if pair.one_sided:
        return []
    if pair.final is None:
        return [Remedy("all_pairs", True, "--all-pairs", "every pair of equal texts is then reported")]
    if pair.final.relation not in pair.settings.relation:
        return [widen_relations(pair.final.relation)]
    return []


def _unread(run: Run, name: str) -> str:
    for item in run.comparison.skipped:
        if item.where == name or item.where.endswith(f"/{name}"):
            return f"{item.where} was left out: {item.why}"
    known = list(run.comparison.documents)
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise DedupError(f"{name}: no document has this id, of {len(known):,} that were read{hint}")


def _features(pair: Pair) -> tuple[Feature, ...]:
    """The shared rare features in words: those that count before those that do not, the weightiest first."""
    shared, most = pair.shared, int(pair.settings.max_frequency)
    terms, shingles = _by_feature(word_terms(pair.content, 0)), _by_feature(word_shingles(pair.content, 0))
    told = []
    for i, feature in enumerate(feature_of(shared.keys).tolist()):
        is_term = feature in terms
        term, text = terms[feature] if is_term else shingles.get(feature, (0, ""))
        idf = pair.run.fitted.statistics.idf(np.array([term], np.uint64), pair.corpus.languages[0])[0] / IDF_ONE
        frequency, why = int(shared.frequencies[i]), ""
        if not shared.counted[i]:
            why = "in one family only" if frequency < 2 else "the first text of a large family counts for all"
        if shared.frequent[i]:
            why = f"in more than {most} families" if frequency > most else "left out to keep the limit of work"
        told.append(
            Feature(
                text,
                "term" if is_term else "shingle",
                round(float(idf), 4) if is_term else None,
                float(shared.weights[i]),
                frequency,
                bool(shared.counted[i]),
                why,
            )
        )
    told.sort(key=lambda item: (not item.counted, item.frequency <= most, -item.weight, item.text))
    counted_ones = [item for item in told if item.counted]
    return (*counted_ones[:_MOST_FEATURES], *told[len(counted_ones) :][:_MOST_FEATURES])


def _by_feature(words: dict[int, str]) -> dict[int, tuple[int, str]]:
    """Hashes and words by what a feature's key holds of the hash."""
    hashes = np.fromiter(words, np.uint64, len(words))
    return dict(zip(feature_of(hashes).tolist(), words.items(), strict=True))


def _finished(
    pair: Pair,
    stages: Sequence[StageStory],
    remedies: Sequence[Remedy],
    features: tuple[Feature, ...],
    match: Match | None,
    evidence: Evidence | None,
) -> PairStory:
    """The story with its last stage, and with where the pair was lost."""
    left, right = (document.id for document in pair.documents)
    lost = next((stage.name for stage in stages if stage.outcome == LOST), None)
    if match is not None and match.relation not in pair.settings.relation:
        lost = lost or "report"
    if lost is None and match is not None:
        last = StageStory("report", PASSED, f"reported as {tell.called(match)}")
    else:
        called = f"; {tell.called(match)} is not among the relations that are" if lost == "report" and match else ""
        last = StageStory("report", LOST if lost == "report" else TOLD, f"not reported{called}")
    return PairStory(left, right, (*stages, last), lost is None, lost, tuple(remedies), features, match, evidence)
