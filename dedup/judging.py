"""Judging: candidate pairs measured, aligned and judged, each by itself and then with the other texts of its story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.alignment import AlignmentInput, Passage, align_pairs, passages_of
from dedup.corpus import Corpus
from dedup.direction import directed
from dedup.division import divide_passages
from dedup.documents import Document
from dedup.evidence import Beats, Evidence, facts_and_beats, gather_evidence
from dedup.facts import Facts
from dedup.families import components
from dedup.lineages import settle_lineages, whole_share
from dedup.lsh import CandidatePairs
from dedup.matches import Match, Origin
from dedup.model import Model
from dedup.settings import Settings
from dedup.statistics import Statistics
from dedup.verdict import judge

__all__ = ["Told", "judge_pairs", "measure_pairs", "new_match", "settle_pairs"]

_BLOCK_PAIRS, _BLOCK_TOKENS = 8_192, 1 << 22
_FAINT, _LEAST_STORY = 0.03, 3
_NOTICE = 75


def judge_pairs(
    corpus: Corpus,
    statistics: Statistics,
    pairs: CandidatePairs,
    *,
    settings: Settings,
    jobs: int,
    tell: Callable[[str, int, int], None],
) -> list[Match]:
    """Align pairs and judge them, a block at a time: memory holds what is measured of one block.

    What comes out for a pair is a function of its two documents, the statistics and the settings alone.
    """
    matches: list[Match] = []
    done = 0
    for block in pairs.blocks(np.diff(corpus.tokens.offsets), size=_BLOCK_TOKENS, pairs=_BLOCK_PAIRS):
        tell("aligning", done, len(pairs))
        done += len(block)
        documents, block = block.renumbered()
        part = corpus.select(documents.astype(np.int64))
        prepared = part.prepare(statistics, settings.base)
        matches += [match for match, _ in measure_pairs(part, prepared, statistics, block, jobs, settings.model)]
    tell("aligning", done, len(pairs))
    return matches


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the texts of a story tell."""

    facts: Facts
    beats: Beats
    numbers: dict[str, int]

    def own(self, text: str, others: Sequence[str]) -> tuple[float, float]:
        """The weight of a text's facts, and of those that none of the others has."""
        named = [self.numbers[other] for other in others]
        return self.facts.own(self.numbers[text], named, terms=self.beats.terms, term_offsets=self.beats.offsets)


def settle_pairs(corpus: Corpus, statistics: Statistics, judged: list[Match], *, settings: Settings) -> list[Match]:
    """The matches, with what the other texts of a story say of each pair, a block of stories at a time.

    Of notices of a few lines nothing is said: those of one kind have the same names and figures without being derived.
    """
    at = {document.id: number for number, document in enumerate(corpus.documents)}
    left, right = (np.array([at[name] for name in side], np.int64) for side in _sides(judged))
    tied = np.array([whole_share(match) >= _FAINT for match in judged], np.bool_)
    story = components(len(corpus), left[tied].tolist(), right[tied].tolist())
    size = np.bincount(story, minlength=len(corpus))[story]
    length = np.diff(corpus.tokens.offsets)
    notice = np.minimum(length[left], length[right]) < _NOTICE
    chosen = np.flatnonzero((story[left] == story[right]) & (size[left] >= _LEAST_STORY) & ~notice)
    chosen = chosen[np.argsort(story[left[chosen]], kind="stable")]
    settled = list(judged)
    for block in _stories(story[left[chosen]], length[left[chosen]]):
        places = chosen[block]
        texts = np.unique(np.concatenate([left[places], right[places]]))
        part = corpus.select(texts)
        prepared = part.prepare(statistics, settings.base)
        numbers = {document.id: number for number, document in enumerate(part.documents)}
        told = Told(*facts_and_beats(prepared, part.languages), numbers)
        asked = [judged[i] for i in places.tolist()]
        for i, match in zip(places.tolist(), settle_lineages(asked, told.own, settings.model), strict=True):
            if match is not judged[i]:
                settled[i] = directed(match, corpus.documents[left[i]], corpus.documents[right[i]])
    return settled


def _sides(matches: list[Match]) -> tuple[list[str], list[str]]:
    return [match.left for match in matches], [match.right for match in matches]


def _stories(stories: npt.NDArray[np.int64], sizes: npt.NDArray[np.int64]) -> list[slice]:
    """Whole stories, of about as many tokens as a block has. ``stories`` is in order."""
    starts = np.flatnonzero(np.diff(stories, prepend=-1))
    weight = np.cumsum(sizes)
    cuts: list[int] = []
    for start in starts.tolist():
        if not cuts or weight[start] - weight[cuts[-1]] >= _BLOCK_TOKENS:
            cuts.append(start)
    return [slice(a, b) for a, b in pairwise([*cuts, len(stories)])]


def measure_pairs(
    corpus: Corpus,
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
        prepared, found, pairs.left, pairs.right, statistics=statistics, languages=corpus.languages, jobs=jobs
    )
    results = []
    for p, evidence in enumerate(gathered):
        a, b = int(pairs.left[p]), int(pairs.right[p])
        passages = passages_of(prepared, found, p, a, b)
        match = new_match(corpus.documents[a], corpus.documents[b], evidence, passages, model)
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
