"""Pairs a second from text to match, by stage: what judging the candidates of a comparison costs."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from benchmarks.generate.articles import Articles
from benchmarks.generate.plan import Recipe
from benchmarks.quality.corpora import CORPORA, pan_pairs, read_text
from benchmarks.quality.lineage import read_lineage
from benchmarks.quality.pan13 import KINDS
from benchmarks.quality.score import Cell, Table, render
from benchmarks.speed.calibration import calibrate
from dedup.alignment import Alignments, align_pairs, passages_of
from dedup.corpus import Collection, Corpus
from dedup.division import divide_passages
from dedup.documents import Document
from dedup.evidence import gather_evidence
from dedup.fit import fit
from dedup.judging import Judged, new_match, settle_pairs
from dedup.lineages import whole_share
from dedup.lsh import CandidatePairs
from dedup.matches import Match
from dedup.settings import Settings
from dedup.statistics import Statistics

__all__ = ["Sample", "Stages", "measure", "samples", "take"]

_REPEATS = 7
_STAGES = ("tokens", "preparing", "aligning", "dividing", "evidence", "verdicts", "settling")

Stages = dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Pairs to judge.

    Attributes
    ----------
    documents : list of Document
    pairs : CandidatePairs
        Numbers of the documents.
    statistics : Statistics
    """

    documents: list[Document]
    pairs: CandidatePairs
    statistics: Statistics


def measure(*, short: bool) -> None:
    """Print pairs a second and microseconds a pair by stage, the medians of alternating rounds, and a digest."""
    chosen = samples(short=short)
    rounds: dict[str, list[Stages]] = {name: [] for name in chosen}
    digests: dict[str, str] = {}
    for repeat in range(_REPEATS + 1):
        for name, sample in chosen.items():
            seconds, digests[name] = take(sample)
            if repeat:
                rounds[name].append(seconds)
    rows: list[tuple[Cell, ...]] = []
    for name, sample in chosen.items():
        count = len(sample.pairs)
        each = {stage: 1e6 * float(np.median([r[stage] for r in rounds[name]])) / count for stage in _STAGES}
        aligned = sum(each[stage] for stage in _STAGES[:3])
        size = sum(len(document.text) for document in sample.documents) // len(sample.documents)
        rows.append((name, count, size, 1e6 / aligned, 1e6 / sum(each.values()), *each.values()))
    columns = ("pairs", "number", "characters a text", "aligned a second", "judged a second", *_STAGES)
    print(render(Table("one thread, processor time; of stages microseconds a pair", columns, tuple(rows))))
    print("".join(f"\nresults of {name}: {digest}" for name, digest in digests.items()))
    print(f"\ncalibration: {1e3 * float(np.median([calibrate() for _ in range(9)])):.1f} ms")


def samples(*, short: bool) -> dict[str, Sample]:
    """What there is: pairs of PAN 2013, of one story in ``seeds/``, and candidates among generated articles."""
    found = {}
    pan13 = CORPORA["pan13"].path({})
    if pan13:
        pairs = [
            (f"susp/{pair.derived}", f"src/{pair.source}")
            for folder in KINDS.values()
            for pair in pan_pairs(pan13, folder)[:: 50 if short else 10]
        ]
        found["PAN 2013"] = _named(pairs, lambda name: read_text(pan13 / name))
    seeds = CORPORA["seeds"].path({})
    if seeds:
        stories = {name: document["story"] for name, document in read_lineage(seeds / "labels.json").documents.items()}
        pairs = [pair for pair in combinations(sorted(stories), 2) if stories[pair[0]] == stories[pair[1]]]
        found["stories"] = _named(pairs, lambda name: read_text(seeds / name))
    found["generated"] = _generated(500 if short else 2_000)
    return found


def _named(pairs: Sequence[tuple[str, str]], read: Callable[[str], str]) -> Sample:
    names = sorted({name for pair in pairs for name in pair})
    numbers = {name: number for number, name in enumerate(names)}
    left, right = np.array([[numbers[name] for name in pair] for pair in pairs], np.int32).T.copy()
    return Sample([Document(name, read(name)) for name in names], CandidatePairs(left, right), Statistics.background())


def _generated(count: int) -> Sample:
    documents = [Document(article.id, article.text) for article in Articles(Recipe(count, largest_family=20))]
    fitted = fit(Collection.from_documents(documents))
    return Sample(documents, fitted.candidates(), fitted.statistics)


def take(sample: Sample) -> tuple[Stages, str]:
    """Judge a sample's pairs: seconds of the processor by stage, and a digest of all that came out."""
    settings = Settings()
    pairs, statistics = sample.pairs, sample.statistics
    collection = Collection.from_documents(sample.documents)
    seconds: Stages = {}

    def timed(stage: str, work: Callable[[], Any]) -> Any:
        started = time.process_time()
        done = work()
        seconds[stage] = time.process_time() - started
        return done

    corpus: Corpus = timed("tokens", lambda: Corpus.from_documents(sample.documents))
    prepared = timed("preparing", lambda: corpus.prepare(statistics))
    aligned = timed("aligning", lambda: align_pairs(prepared, pairs.left, pairs.right))
    found = timed("dividing", lambda: divide_passages(prepared, aligned, pairs.left, pairs.right))
    gathered = timed(
        "evidence",
        lambda: gather_evidence(
            prepared, found, pairs.left, pairs.right, statistics=statistics, languages=corpus.languages
        ),
    )

    def match(number: int) -> Match:
        a, b = int(pairs.left[number]), int(pairs.right[number])
        passages = passages_of(prepared, found, number, a, b)
        return new_match(sample.documents[a], sample.documents[b], gathered[number], passages, settings.model)

    matches = timed("verdicts", lambda: [match(number) for number in range(len(pairs))])
    judged = Judged(pairs, np.array([whole_share(match) for match in matches]), list(matches))
    settled = timed("settling", lambda: settle_pairs(collection, statistics, judged, settings=settings))
    return seconds, _digest(aligned, [*gathered, *matches, *settled])


def _digest(aligned: Alignments, results: Iterable[Any]) -> str:
    state = hashlib.blake2b(digest_size=8)
    for name in ("offsets", "left_start", "left_end", "right_start", "right_end", "kinds", "scores"):
        state.update(getattr(aligned, name).tobytes())
    passages = state.hexdigest()
    for result in results:
        state.update(repr(result.to_dict()).encode())
    return f"passages {passages}, all {state.hexdigest()}"
