"""Documents in memory with what every stage needs of them, and the candidate pairs among them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dedup.boilerplate import find_boilerplate, known_text
from dedup.documents import Document, TextBatch
from dedup.families import components
from dedup.kernels.phrases import mark_phrases
from dedup.language import guess_languages
from dedup.lsh import CandidatePairs, ReuseLimits, near_pairs, reuse_pairs
from dedup.segments import Segments, segment
from dedup.settings import Settings
from dedup.sketch import MinHasher, ShingleSets
from dedup.statistics import FrequencyTable, Statistics, TermCounts
from dedup.tokens import Tokens, keep_tokens, tokenize
from dedup.verify import verify

__all__ = ["Candidates", "Corpus", "find_candidates"]

LARGE_FAMILY = 12
"""Near-duplicate families up to this size are compared text by text; of larger ones the representative stands in."""

COMMON_PHRASE, COMMON_PHRASE_SHARE = 12, 0.001
"""A phrase in so many near-duplicate families, and in that share of them, is nobody's own."""

SHINGLE_SIZE = 3

Count = Callable[[str, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """Documents, by id, and what the stages need of them.

    Attributes
    ----------
    documents : list of Document
    tokens : Tokens
    segments : Segments
    languages : list of str
        The documents' own, else guessed.
    """

    documents: list[Document]
    tokens: Tokens
    segments: Segments
    languages: list[str]

    def __len__(self) -> int:
        return len(self.documents)

    @classmethod
    def from_documents(cls, documents: Sequence[Document]) -> Corpus:
        """Tokenise and divide the texts."""
        return cls.from_tokens(documents, tokenize(TextBatch.from_texts(document.text for document in documents)))

    @classmethod
    def from_tokens(cls, documents: Sequence[Document], tokens: Tokens) -> Corpus:
        """Divide the texts of documents that are tokenised already."""
        guessed = guess_languages(tokens)
        languages = [document.language or guess for document, guess in zip(documents, guessed, strict=True)]
        return cls(list(documents), tokens, segment(tokens), languages)

    def select(self, numbers: npt.NDArray[np.int64]) -> Corpus:
        """The named documents, ascending. O(their tokens)."""
        if len(numbers) == len(self):
            return self
        places = self.tokens.places(numbers)
        columns = {name: getattr(self.segments, name)[places] for name in self.segments.__dataclass_fields__}
        return Corpus(
            [self.documents[i] for i in numbers],
            self.tokens.select(numbers),
            replace(self.segments, **columns),
            [self.languages[i] for i in numbers],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Pairs worth aligning, and what was learnt of the collection on the way.

    Attributes
    ----------
    pairs : CandidatePairs
    statistics : Statistics
        Fitted on the collection, a near-duplicate family counted as one document.
    boilerplate : bool array (t,)
        Of the corpus' tokens.
    """

    pairs: CandidatePairs
    statistics: Statistics
    boilerplate: npt.NDArray[np.bool_]


def find_candidates(corpus: Corpus, *, settings: Settings, limits: ReuseLimits, jobs: int, count: Count) -> Candidates:
    """Candidate pairs of a corpus of distinct texts: near-duplicates by MinHash, the others by rare shared features.

    Parameters
    ----------
    corpus : Corpus
        No two of its texts should be equal: collapse them first.
    settings : Settings
    limits : ReuseLimits
        Of the reuse tier.
    jobs : int
        Threads.
    count : callable
        Told the name and the size of what each stage leaves.
    """
    base = known_text(settings.base)
    own = keep_tokens(corpus.tokens, ~base.mark(corpus.tokens, corpus.segments)) if base else corpus.tokens
    near, families = _near_families(own, settings, jobs)
    count("near-duplicate candidates", len(near))
    count("near-duplicate families", len(np.unique(families)))
    boilerplate = find_boilerplate(corpus.tokens, corpus.segments, families, base=base)
    content = keep_tokens(corpus.tokens, ~boilerplate)
    counts = TermCounts.from_tokens(content)
    shingles = ShingleSets.from_tokens(content)
    heads = np.unique(families)
    is_head = np.isin(np.arange(len(corpus)), heads)
    terms, frequencies = np.unique(counts.terms[np.repeat(is_head, np.diff(counts.offsets))], return_counts=True)
    statistics = Statistics.background().fitted(len(heads), FrequencyTable(terms, frequencies.astype(np.int64)))
    reuse = reuse_pairs(
        shingles,
        counts,
        statistics=statistics,
        languages=corpus.languages,
        families=families,
        limits=limits,
        jobs=jobs,
    )
    count("reuse candidates", len(reuse))
    pairs = near.union(reuse).union(_within(families))
    count("candidate pairs", len(pairs))
    return Candidates(pairs, statistics, boilerplate | _in_phrases(corpus.tokens, shingles, is_head))


def _in_phrases(tokens: Tokens, shingles: ShingleSets, is_head: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tokens in phrases that many families use: forms that a desk fills with other names and figures each time."""
    one_each = shingles.values[np.repeat(is_head, np.diff(shingles.offsets))]
    values, frequencies = np.unique(one_each, return_counts=True)
    common = values[frequencies >= max(COMMON_PHRASE, COMMON_PHRASE_SHARE * int(is_head.sum()))]
    marked = np.zeros(len(tokens.hashes), np.bool_)
    mark_phrases(tokens.hashes, tokens.offsets, SHINGLE_SIZE, common, marked)
    return marked


def _near_families(tokens: Tokens, settings: Settings, jobs: int) -> tuple[CandidatePairs, npt.NDArray[np.int64]]:
    """Near-duplicate candidates, and each document's family: what exactly verified pairs tie it to."""
    signatures = MinHasher(settings.num_perm, seed=settings.seed, n_jobs=jobs).signatures(tokens)
    wordy = np.flatnonzero(np.diff(tokens.offsets)).astype(np.int32)
    near = near_pairs(signatures, wordy, threshold=settings.threshold, min_recall=settings.min_recall, jobs=jobs)
    verified = near.where(verify(tokens, near, jobs=jobs).reach(settings.threshold))
    families = components(len(tokens), verified.left, verified.right)
    size = np.bincount(families, minlength=len(tokens))[families]
    small = size[near.left] <= LARGE_FAMILY
    to_head = near.left == families[near.left]
    return near.where(small | to_head | (families[near.left] != families[near.right])), families


def _members(families: npt.NDArray[np.int64]) -> dict[int, npt.NDArray[np.int64]]:
    """The documents of each family of several, by its head."""
    if not len(families):
        return {}
    order = np.argsort(families, kind="stable")
    heads, starts = np.unique(families[order], return_index=True)
    groups = np.split(order, starts[1:])
    return {int(head): group for head, group in zip(heads, groups, strict=True) if len(group) > 1}


def _within(families: npt.NDArray[np.int64]) -> CandidatePairs:
    """All pairs within small families; the head's pairs with all others within large ones."""
    parts = [np.empty((0, 2), np.int64)]
    for group in _members(families).values():
        if len(group) <= LARGE_FAMILY:
            parts.append(np.stack(np.triu_indices(len(group), 1), axis=1))
            parts[-1] = group[parts[-1]]
        else:
            parts.append(np.stack([np.full(len(group) - 1, group[0]), group[1:]], axis=1))
    return _pairs(np.concatenate(parts))


def _pairs(rows: npt.NDArray[np.int64]) -> CandidatePairs:
    low, high = rows.min(axis=1, initial=2**31), rows.max(axis=1, initial=0)
    return CandidatePairs.from_packed((low.astype(np.uint64) << np.uint64(32)) | high.astype(np.uint64))
