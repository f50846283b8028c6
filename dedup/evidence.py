"""Evidence: everything measured of a pair of texts, from which the verdict is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from dedup.alignment import AlignmentInput, Alignments
from dedup.boilerplate import Lines
from dedup.facts import Facts
from dedup.kernels.beats import COLUMNS as BEAT_COLUMNS
from dedup.kernels.beats import chain_beats, sentence_entries
from dedup.kernels.coverage import PAIR_COLUMNS, SIDE_COLUMNS, measure_coverage
from dedup.kernels.novelty import NOVELTY_COLUMNS
from dedup.kernels.overlap import overlaps
from dedup.kernels.terms import sentence_terms
from dedup.parallel import in_threads
from dedup.sketch import ShingleSets
from dedup.statistics import Statistics, TermCounts
from dedup.tfidf import tfidf_cosine
from dedup.tokens import Tokens, keep_tokens

__all__ = ["Beats", "Evidence", "Side", "facts_and_beats", "gather_evidence"]

_CHUNK = 512

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Side:
    """What is measured of one text of a pair. Counts are tokens, boilerplate left out, unless said otherwise.

    Attributes
    ----------
    tokens : int
    containment : float
        Share of its 3-word shingles that the other has.
    coverage : float
        Share of its tokens inside passages that are no mere quotations.
    quoted_coverage : float
        The same share, of tokens outside direct quotation only.
    kept : float
        Share of its tokens outside direct quotation that stand in three-word phrases which both sides of a passage
        have.
    verbatim, edited, rewritten : float
        Shares of its tokens inside passages of each kind.
    head, foot : int
        Uncovered tokens before the first and behind the last passage.
    quotations : int
        Tokens in direct quotation.
    chain, chance : float
        Weighted share of its sentences on the best in-order chain through the other text, and the mean of that share
        when the other's sentences are shuffled.
    anchors, sentences : int
        Sentences with a strong counterpart, and all.
    facts, new_facts : int
        Distinct names and numbers, and those that the other text lacks.
    names, new_names : float
        Weight (idf above 3) of its names, and of those that the other text lacks; respelled ones are no news.
    numbers, new_numbers : float
        Weight (0.3 to 1.5, small round ones least) of its numbers, and of those that the other lacks; of a number
        that was rounded, 0.3 counts as new.
    quotes, new_quotes : float
        Direct quotations of five tokens or more, and how many of them the other text lacks the words of.
    indirect : float
        How many of its quotations the other text tells in indirect speech.
    known : float
        Share of its words, by weight, that stand somewhere in the other text, each word counted once.
    extra_numbers, extra_names : int
        Those in sentences on the chain that the other text lacks.
    """

    tokens: int
    containment: float
    coverage: float
    quoted_coverage: float
    kept: float
    verbatim: float
    edited: float
    rewritten: float
    head: int
    foot: int
    quotations: int
    chain: float
    chance: float
    anchors: int
    sentences: int
    facts: int
    new_facts: int
    names: float
    new_names: float
    numbers: float
    new_numbers: float
    quotes: float
    new_quotes: float
    indirect: float
    known: float
    extra_numbers: int
    extra_names: int

    @property
    def novelty(self) -> float:
        """Share of its names and numbers that the other text lacks."""
        return self.new_facts / self.facts if self.facts else 0.0

    @property
    def name_novelty(self) -> float:
        """Share of its names, by weight, that the other text lacks; towards a quarter where there are few."""
        return (self.new_names + 1.0) / (self.names + 4.0)

    @property
    def own_facts(self) -> float:
        """Weight of the names and numbers that the other text lacks, a rare name counting about as much as a number."""
        return self.new_names / 4.0 + self.new_numbers

    @property
    def own_facts_per_100(self) -> float:
        """``own_facts`` in a hundred tokens; a text of fewer than 20 counts as one of 20."""
        return 100.0 * self.own_facts / max(20, self.tokens)

    @property
    def order(self) -> float:
        """How far the chain exceeds chance: (chain − chance) / (1 − chance + 0.15)."""
        return (self.chain - self.chance) / (1.0 - self.chance + 0.15)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is measured of a pair.

    Attributes
    ----------
    left, right : Side
    jaccard : float
        Of the sets of 3-word shingles.
    cosine : float
        Of the TF-IDF vectors.
    identical : bool
        Whether the token sequences are equal, boilerplate included.
    equal : bool
        Whether they are equal without boilerplate.
    shared_boilerplate : float or None
        Share of the lines of boilerplate in either text that stand in both; None where neither has any.
    passages : int
        Passages that are neither quotations nor boilerplate.
    in_order : float
        Share of the pairs of such passages that have the same order in both texts.
    longest : int
        Words of the longest run in three-word phrases that both sides of a passage have, less those in between that
        are not; those in direct quotation count up to as many as the others.
    strongest : float
        Sum of the idf in the weightiest passage.
    fact_agreement : float
        Share of the names and numbers in sentences on the chain that stand in, or next to, the matched sentence.
    matched_facts : int
        How many such names and numbers there are.
    fact_order : float
        Kendall's τ of the places where shared names and numbers stand first, −1 to 1; 0 where fewer than 3 are shared.
    shared_facts : int
        How many they are.
    sentence_order : float
        Kendall's τ of the order of the sentences and of the places most like them in the other text, times the square
        root of their number: how surely the orders agree. The mean of both directions.
    shared_words : float
        Weight of the rare words, no names or numbers, that both texts have outside quotation: the words that writers
        choose.
    """

    left: Side
    right: Side
    jaccard: float
    cosine: float
    identical: bool
    equal: bool
    shared_boilerplate: float | None
    passages: int
    in_order: float
    longest: int
    strongest: float
    fact_agreement: float
    matched_facts: int
    fact_order: float
    shared_facts: int
    sentence_order: float
    shared_words: float

    @property
    def beats(self) -> float:
        """Beats in order, K: the mean of how far each side's chain exceeds chance."""
        return (self.left.order + self.right.order) / 2.0

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Beats:
    """The sentences of documents as sorted terms; see ``kernels.beats.sentence_entries``."""

    terms: npt.NDArray[np.uint64]
    weights: npt.NDArray[np.float32]
    facts: npt.NDArray[np.uint8]
    sentences: npt.NDArray[np.int16]
    offsets: npt.NDArray[np.int64]
    counts: npt.NDArray[np.int32]

    @classmethod
    def from_stems(
        cls,
        prepared: AlignmentInput,
        stems: npt.NDArray[np.uint64],
        weights: npt.NDArray[np.float32],
        marks: npt.NDArray[np.uint8],
    ) -> Beats:
        """The stems of each sentence; those without weight are left out."""
        tokens, size = prepared.tokens, len(stems)
        out = cls(
            np.empty(size, np.uint64), np.empty(size, np.float32), np.empty(size, np.uint8), np.empty(size, np.int16),
            np.empty(len(tokens.offsets), np.int64), np.empty(len(tokens), np.int32),
        )  # fmt: skip
        sentence_entries(
            stems, weights, marks, prepared.segments.sentences, tokens.offsets,
            out.terms, out.weights, out.facts, out.sentences, out.offsets, out.counts,
        )  # fmt: skip
        return out

    def chain(self, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32], jobs: int) -> npt.NDArray[np.float64]:
        """``kernels.beats.COLUMNS`` of each pair."""
        out = np.empty((len(left), len(BEAT_COLUMNS)))

        def work(start: int) -> None:
            part = slice(start, start + _CHUNK)
            chain_beats(
                self.terms, self.weights, self.facts, self.sentences, self.offsets, self.counts,
                left[part], right[part], out[part],
            )  # fmt: skip

        in_threads(work, range(0, len(left), _CHUNK), jobs)
        return out


def gather_evidence(
    prepared: AlignmentInput,
    found: Alignments,
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    *,
    statistics: Statistics,
    languages: list[str],
    jobs: int = 1,
) -> list[Evidence]:
    """Measure aligned pairs of a batch.

    Parameters
    ----------
    prepared : AlignmentInput
        The documents.
    found : Alignments
        Of the pairs.
    left, right : int32 arrays (pairs,)
        Numbers of documents.
    statistics : Statistics
        For the weights of terms.
    languages : list of str
        Of the documents.
    """
    content = keep_tokens(prepared.tokens, ~prepared.boilerplate)
    sets = ShingleSets.from_tokens(content)
    common = np.empty(len(left), np.int64)
    overlaps(sets.values, sets.offsets, left, right, common)
    cosine = tfidf_cosine(TermCounts.from_tokens(content), left, right, statistics=statistics, languages=languages)
    width = len(SIDE_COLUMNS)
    cover = np.empty((len(left), 2 * width + len(PAIR_COLUMNS)))
    measure_coverage(
        prepared.tokens.hashes, prepared.weights, prepared.segments.quotations, prepared.boilerplate,
        prepared.tokens.offsets, left, right,
        found.offsets, found.left_start, found.left_end, found.right_start, found.right_end, found.kinds, cover,
    )  # fmt: skip
    facts, sentences = facts_and_beats(prepared, languages)
    beats = sentences.chain(left, right, jobs)
    novelty = facts.compare(
        left, right, terms=sentences.terms, term_marks=sentences.facts, term_offsets=sentences.offsets, jobs=jobs
    )
    boilerplate = _boilerplate_lines(prepared)
    named = dict(zip(BEAT_COLUMNS + NOVELTY_COLUMNS, np.concatenate([beats, novelty], axis=1).T, strict=True))
    totals = sets.totals[left], sets.totals[right]
    sides = [
        _sides(
            dict(zip(SIDE_COLUMNS, cover[:, i * width : (i + 1) * width].T, strict=True)),
            {name: named[f"{side}_{name}"] for name in _SHARES + _COUNTS},
            _ratios(common, totals[i]),
        )
        for i, side in enumerate(("left", "right"))
    ]
    pair = dict(zip(PAIR_COLUMNS, cover[:, 2 * width :].T, strict=True))
    return _rows(
        Evidence,
        left=sides[0],
        right=sides[1],
        jaccard=_ratios(common, totals[0] + totals[1] - common),
        cosine=cosine.round(4),
        identical=_equal_tokens(prepared.tokens, left, right),
        equal=_equal_tokens(content, left, right),
        shared_boilerplate=[
            _shared(boilerplate[a], boilerplate[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)
        ],
        passages=pair["passages"].astype(np.int64),
        in_order=pair["in_order"].round(4),
        longest=pair["longest"].astype(np.int64),
        strongest=pair["strongest"].round(4),
        fact_agreement=_ratios(named["agreed_facts"], named["matched_facts"]),
        matched_facts=named["matched_facts"].astype(np.int64),
        fact_order=named["fact_order"].round(4),
        shared_facts=named["shared_facts"].astype(np.int64),
        sentence_order=named["sentence_order"].round(4),
        shared_words=named["shared_words"].round(4),
    )


def facts_and_beats(prepared: AlignmentInput, languages: list[str]) -> tuple[Facts, Beats]:
    """The names, numbers and quotations of documents, and their sentences.

    Words are compared as stems, neighbouring characters of unspaced scripts as pairs, weighted by idf; common ones
    weigh nothing.
    """
    tokens = prepared.tokens
    terms, stems = np.empty(len(tokens.hashes), np.uint64), np.empty(len(tokens.hashes), np.uint64)
    sentence_terms(tokens.hashes, prepared.words, tokens.starts, tokens.ends, tokens.offsets, terms, stems)
    idf = prepared.weights
    weights = np.maximum(idf - np.float32(2.0), np.float32(0.0))
    weights[prepared.boilerplate] = 0.0
    facts = Facts.from_prepared(prepared, stems=stems, idf=idf, weights=weights, languages=languages)
    return facts, Beats.from_stems(prepared, stems, weights, facts.marks)


def _equal_tokens(tokens: Tokens, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    """Whether the two token sequences are equal, and not empty."""
    length = np.diff(tokens.offsets)
    equal: npt.NDArray[np.bool_] = (length[left] == length[right]) & (length[left] > 0)
    for p in np.flatnonzero(equal):
        a, b = tokens.offsets[left[p]], tokens.offsets[right[p]]
        n = length[left[p]]
        equal[p] = np.array_equal(tokens.hashes[a : a + n], tokens.hashes[b : b + n])
    return equal


def _boilerplate_lines(prepared: AlignmentInput) -> list[frozenset[int]]:
    """Fingerprints of each document's lines that are boilerplate."""
    lines = Lines.from_tokens(prepared.tokens, prepared.segments)
    first = np.cumsum(lines.lengths) - lines.lengths
    marked = np.logical_and.reduceat(prepared.boilerplate, first) if len(first) else np.empty(0, np.bool_)
    return [
        frozenset(lines.fingerprints[a:b][marked[a:b]].tolist())
        for a, b in zip(lines.offsets[:-1], lines.offsets[1:], strict=True)
    ]


def _shared(left: frozenset[int], right: frozenset[int]) -> float | None:
    return round(len(left & right) / len(left | right), 4) if left or right else None


_SHARES = (
    "chain", "chance", "names", "new_names", "numbers", "new_numbers", "quotes", "new_quotes",
    "indirect", "known",
)  # fmt: skip
_COUNTS = ("anchors", "sentences", "facts", "new_facts", "extra_numbers", "extra_names")

Column = npt.NDArray[np.float64]


def _sides(cover: dict[str, Column], beats: dict[str, Column], containment: Column) -> list[Side]:
    """One side of all pairs."""
    tokens = cover["content"]
    told = tokens - cover["quotations"]
    return _rows(
        Side,
        tokens=tokens.astype(np.int64),
        containment=containment,
        coverage=_ratios(cover["covered"], tokens),
        quoted_coverage=_ratios(cover["covered"] - cover["quoted"], told),
        kept=_ratios(cover["kept"], told),
        **{name: _ratios(cover[name], tokens) for name in ("verbatim", "edited", "rewritten")},
        **{name: cover[name].astype(np.int64) for name in ("head", "foot", "quotations")},
        **{name: beats[name].round(4) for name in _SHARES},
        **{name: beats[name].astype(np.int64) for name in _COUNTS},
    )


def _rows(made: Callable[..., T], **columns: npt.NDArray[Any] | list[Any]) -> list[T]:
    """An object for each row of columns that are named as its fields: several times quicker than one by one."""
    lists = [columns[name] for name in made.__dataclass_fields__]  # type: ignore[attr-defined]
    plain = [column.tolist() if isinstance(column, np.ndarray) else column for column in lists]
    return [made(*row) for row in zip(*plain, strict=True)]


def _ratios(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Column:
    """Shares, rounded to 4 decimals; 0 of nothing."""
    ratios: Column = np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0)
    return ratios.round(4)
