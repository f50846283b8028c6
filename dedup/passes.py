"""Passes over the texts of a collection: each makes one thing of every document, a block at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from dedup.boilerplate import Lines
from dedup.corpus import Collection, Corpus
from dedup.parallel import as_threads_go
from dedup.reuse import FeatureParts, Features, ReuseLimits, least_weights, rare_features
from dedup.settings import Settings
from dedup.sketch import ShingleSets
from dedup.statistics import FrequencyTable, Statistics, TermCounts

__all__ = ["Passes", "Tell", "TermTally", "features_of"]

_TALLY = 1 << 22

Tell = Callable[[str, int, int], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Passes:
    """What is read of a collection, block by block.

    Attributes
    ----------
    collection : Collection
    settings : Settings
        ``base`` counts.
    jobs : int
        Threads.
    tell : callable
        Told the stage, how many documents are done, and of how many.
    """

    collection: Collection
    settings: Settings
    jobs: int
    tell: Tell

    def lines(self) -> Lines:
        """The lines of all documents, by number."""
        size = len(self.collection)
        counts = np.zeros(size + 1, np.int64)
        blocks, parts = [], []
        for numbers, lines in self._each(
            "finding boilerplate", lambda part: Lines.from_tokens(part.tokens, part.segments)
        ):
            counts[numbers + 1] = np.diff(lines.offsets)
            blocks.append(numbers)
            parts.append(lines)
        offsets = np.cumsum(counts)
        fingerprints, lengths = np.empty(offsets[-1], np.uint64), np.empty(offsets[-1], np.int32)
        for numbers, lines in zip(blocks, parts, strict=True):
            own = np.diff(lines.offsets)
            at = np.repeat(offsets[numbers] - lines.offsets[:-1], own) + np.arange(lines.offsets[-1])
            fingerprints[at], lengths[at] = lines.fingerprints, lines.lengths
        return Lines(fingerprints, lengths, offsets)

    def terms(self, statistics: Statistics, chosen: npt.NDArray[np.bool_]) -> FrequencyTable:
        """In how many of the chosen documents each term stands."""
        tally = TermTally()
        for _, terms in self._each("counting terms", lambda part: self._counts(part, statistics).terms, chosen):
            tally.add(terms)
        return tally.table()

    def features(self, statistics: Statistics, limits: ReuseLimits, parts: FeatureParts) -> npt.NDArray[np.int32]:
        """Put the rare features of all documents into ``parts``; how much of them a pair must share, for each."""

        def gather(part: Corpus) -> tuple[Features, npt.NDArray[np.int64]]:
            return features_of(part, statistics, self.settings, limits)

        totals = np.zeros(len(self.collection), np.int64)
        for numbers, (features, own) in self._each("gathering rare features", gather, guess=True):
            parts.add(features, numbers)
            totals[numbers] = own
        return least_weights(totals, limits)

    def _counts(self, part: Corpus, statistics: Statistics) -> TermCounts:
        return TermCounts.from_tokens(part.content(statistics, self.settings.base))

    def _each(
        self,
        stage: str,
        work: Callable[[Corpus], T],
        chosen: npt.NDArray[np.bool_] | None = None,
        *,
        guess: bool = False,
    ) -> Iterator[tuple[npt.NDArray[np.int64], T]]:
        """What ``work`` makes of each block of documents, with their numbers."""
        size, done = len(self.collection), 0

        def blocks() -> Iterator[npt.NDArray[np.int64]]:
            for numbers in self.collection.blocks():
                wanted = numbers if chosen is None else numbers[chosen[numbers]]
                if len(wanted):
                    yield wanted

        def one(numbers: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], T]:
            return numbers, work(self.collection.select(numbers, guess=guess))

        for numbers, made in as_threads_go(one, blocks(), self.jobs):
            self.tell(stage, done, size)
            done += len(numbers)
            yield numbers, made
        self.tell(stage, size, size)


def features_of(
    part: Corpus, statistics: Statistics, settings: Settings, limits: ReuseLimits
) -> tuple[Features, npt.NDArray[np.int64]]:
    """The rare features of some documents, and how many shingles each has; boilerplate has none."""
    content = part.content(statistics, settings.base)
    counts, shingles = TermCounts.from_tokens(content), ShingleSets.from_tokens(content)
    features = rare_features(shingles, counts, statistics=statistics, languages=part.languages, limits=limits)
    return features, shingles.totals


class TermTally:
    """In how many documents each term stands, counted a few documents at a time.

    >>> tally = TermTally()
    >>> tally.add(np.array([3, 5], np.uint64))
    >>> tally.add(np.array([5], np.uint64))
    >>> tally.table().frequencies.tolist()
    [1, 2]
    """

    def __init__(self) -> None:
        self._terms = np.empty(0, np.uint64)
        self._counts = np.empty(0, np.int64)
        self._waiting: list[npt.NDArray[np.uint64]] = []
        self._size = 0

    def add(self, terms: npt.NDArray[np.uint64]) -> None:
        """Count the distinct terms of documents in."""
        self._waiting.append(terms)
        self._size += len(terms)
        if self._size >= _TALLY + len(self._terms):
            self._merge()

    def table(self) -> FrequencyTable:
        """All counts so far."""
        self._merge()
        return FrequencyTable(self._terms, self._counts)

    def _merge(self) -> None:
        fresh = np.sort(np.concatenate([np.empty(0, np.uint64), *self._waiting]))
        self._waiting, self._size = [], 0
        starts = np.flatnonzero(np.diff(fresh, prepend=~fresh[:1]))
        terms = np.concatenate([self._terms, fresh[starts]])
        counts = np.concatenate([self._counts, np.diff(starts, append=len(fresh))])
        order = np.argsort(terms, kind="stable")
        terms = terms[order]
        starts = np.flatnonzero(np.diff(terms, prepend=~terms[:1]))
        self._terms = terms[starts]
        self._counts = np.add.reduceat(counts[order], starts) if len(starts) else counts
