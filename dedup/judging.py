"""Judging: candidate pairs measured, aligned and judged, each by itself and then with the other texts of its story."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.alignment import AlignmentInput, Passage, align_pairs, passages_of
from dedup.corpus import Numbered
from dedup.direction import directed
from dedup.division import divide_passages
from dedup.documents import Document
from dedup.evidence import Evidence, gather_evidence
from dedup.families import Groups
from dedup.lineages import settle_lineages, whole_share
from dedup.lsh import CandidatePairs
from dedup.matches import Match, Origin
from dedup.model import Model
from dedup.settings import Settings
from dedup.statistics import Statistics
from dedup.verdict import judge

__all__ = ["Judged", "judge_pairs", "measure_block", "measure_pairs", "new_match", "settle_pairs"]

_BLOCK_PAIRS, _BLOCK_TOKENS = 8_192, 1 << 22
_FAINT, _LEAST_STORY = 0.03, 3
_NOTICE = 75


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """Pairs as each was judged by itself.

    Attributes
    ----------
    pairs : CandidatePairs
    shares : float64 array (pairs,)
        How likely the two texts are of one lineage as wholes.
    matches : list of Match or None
        ``None`` for the pairs that are not even faintly so, and of no relation that is asked for.
    """

    pairs: CandidatePairs
    shares: npt.NDArray[np.float64]
    matches: list[Match | None]


def judge_pairs(
    collection: Numbered,
    statistics: Statistics,
    pairs: CandidatePairs,
    *,
    settings: Settings,
    jobs: int,
    tell: Callable[[str, int, int], None],
) -> Judged:
    """Align pairs and judge them, a block at a time: memory holds what is measured of one block.

    What comes out for a pair is a function of its two documents, the statistics and the settings alone.
    """
    matches: list[Match | None] = []
    shares = np.empty(len(pairs))
    tell("aligning", 0, len(pairs))
    for found in _blocks(collection, statistics, pairs, settings, jobs):
        for match in found:
            shares[len(matches)] = share = whole_share(match)
            matches.append(match if share >= _FAINT or match.relation in settings.relation else None)
        tell("aligning", len(matches), len(pairs))
    return Judged(pairs, shares, matches)


def _blocks(
    collection: Numbered, statistics: Statistics, pairs: CandidatePairs, settings: Settings, jobs: int
) -> Iterator[list[Match]]:
    for block in pairs.blocks(collection.lengths, size=_BLOCK_TOKENS, pairs=_BLOCK_PAIRS):
        yield [match for match, _ in measure_block(collection, statistics, block, settings=settings, jobs=jobs)]


def measure_block(
    collection: Numbered, statistics: Statistics, pairs: CandidatePairs, *, settings: Settings, jobs: int
) -> list[tuple[Match, Evidence]]:
    """``measure_pairs`` of some of a collection's pairs: only their documents are prepared."""
    numbers, own = pairs.renumbered()
    part = collection.select(numbers)
    prepared, documents = part.prepare(statistics, settings.base), collection.documents(numbers)
    return measure_pairs(documents, part.languages, prepared, statistics, own, jobs, settings.model)


def settle_pairs(
    collection: Numbered, statistics: Statistics, judged: Judged, *, settings: Settings, jobs: int = 1
) -> list[Match]:
    """The matches, with what the other texts of a story say of each pair.

    Of notices of a few lines nothing is said: those of one kind have the same names and figures without being derived.
    """
    left, right = judged.pairs.left.astype(np.int64), judged.pairs.right.astype(np.int64)
    tied = judged.shares >= _FAINT
    groups = Groups(len(collection))
    groups.join(left[tied], right[tied])
    story = groups.firsts()
    size = np.bincount(story, minlength=len(collection))[story]
    length = collection.lengths
    notice = np.minimum(length[left], length[right]) < _NOTICE
    chosen = np.flatnonzero((story[left] == story[right]) & (size[left] >= _LEAST_STORY) & ~notice)
    chosen = chosen[np.argsort(story[left[chosen]], kind="stable")]
    settled = list(judged.matches)
    _judge_again(collection, statistics, judged.pairs, settled, chosen, settings, jobs)
    for places in np.split(chosen, np.flatnonzero(np.diff(story[left[chosen]])) + 1):
        asked = [match for i in places.tolist() if (match := settled[i]) is not None]
        lengths = dict(zip((match.left for match in asked), length[left[places]].tolist(), strict=True))
        lengths |= dict(zip((match.right for match in asked), length[right[places]].tolist(), strict=True))
        for i, before, match in zip(places.tolist(), asked, settle_lineages(asked, lengths), strict=True):
            if match is not before and match.derived:
                match = directed(match, *collection.documents(np.array([left[i], right[i]])))
            settled[i] = match if match.relation in settings.relation or match.derived else None
    return [match for match in settled if match is not None]


def _judge_again(
    collection: Numbered,
    statistics: Statistics,
    pairs: CandidatePairs,
    settled: list[Match | None],
    chosen: npt.NDArray[np.int64],
    settings: Settings,
    jobs: int,
) -> None:
    """Fill in the chosen pairs' matches that were not kept: few, as stories are."""
    missing = np.sort(np.array([i for i in chosen.tolist() if settled[i] is None], np.int64))
    again = CandidatePairs(pairs.left[missing], pairs.right[missing])
    found = (match for matches in _blocks(collection, statistics, again, settings, jobs) for match in matches)
    for i, match in zip(missing.tolist(), found, strict=True):
        settled[i] = match


def measure_pairs(
    documents: Sequence[Document],
    languages: list[str],
    prepared: AlignmentInput,
    statistics: Statistics,
    pairs: CandidatePairs,
    jobs: int,
    model: Model,
) -> list[tuple[Match, Evidence]]:
    """The matches of prepared pairs as each is judged by itself, and what was measured."""
    found = align_pairs(prepared, pairs.left, pairs.right, jobs=jobs)
    found = divide_passages(prepared, found, pairs.left, pairs.right)
    gathered = gather_evidence(
        prepared, found, pairs.left, pairs.right, statistics=statistics, languages=languages, jobs=jobs
    )
    results = []
    for p, evidence in enumerate(gathered):
        a, b = int(pairs.left[p]), int(pairs.right[p])
        passages = passages_of(prepared, found, p, a, b)
        match = new_match(documents[a], documents[b], evidence, passages, model)
        results.append((match, evidence))
    return results


def new_match(
    left: Document, right: Document, evidence: Evidence, passages: tuple[Passage, ...], model: Model
) -> Match:
    """The match that a verdict makes of what was measured."""
    verdict = judge(evidence, left, right, model)
    sources = {Origin.LEFT: left.id, Origin.RIGHT: right.id}
    return Match(
        left=left.id,
        right=right.id,
        relation=verdict.relation,
        probability=verdict.probability,
        relation_probabilities=verdict.relation_probabilities,
        origin=verdict.direction.origin,
        source=sources.get(verdict.direction.origin),
        origin_probability=verdict.direction.probability,
        jaccard=evidence.jaccard,
        left_containment=evidence.left.containment,
        right_containment=evidence.right.containment,
        cosine=evidence.cosine,
        left_coverage=evidence.left.coverage,
        right_coverage=evidence.right.coverage,
        passages=passages,
        reasons=verdict.reasons,
        lean=verdict.direction.lean,
        clarity=verdict.direction.clarity,
    )
