"""Alignment: two texts in, the passages they share out, as pairs of spans of the originals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.documents import TextBatch
from dedup.kernels.align import align_documents
from dedup.kernels.align_candidates import Documents, Settings
from dedup.kernels.align_features import Trees
from dedup.kernels.align_segment import Model
from dedup.kernels.align_words import beginnings, number_words
from dedup.kernels.terms import sentence_terms
from dedup.language import guess_languages
from dedup.parallel import in_threads
from dedup.segments import Segments, segment
from dedup.statistics import IDF_ONE, Statistics
from dedup.stems import stem_tokens
from dedup.tokens import Tokens, tokenize

__all__ = ["Alignment", "AlignmentInput", "Alignments", "Passage", "PassageKind", "align", "align_pairs", "prepare"]

_CHUNK = 256
_CAPITAL = 6


class PassageKind(StrEnum):
    """How a passage of one text became the other's."""

    VERBATIM = "verbatim"
    EDITED = "edited"
    REWRITTEN = "rewritten"
    QUOTATION = "quotation"
    BOILERPLATE = "boilerplate"


KINDS = tuple(PassageKind)
"""The kinds by their number in ``Alignments.kinds``."""


@dataclass(frozen=True, slots=True)
class Passage:
    """An aligned pair of spans.

    Attributes
    ----------
    left_start, left_end, right_start, right_end : int
        Half-open, in characters of the original texts.
    kind : PassageKind
    score : float
        Probability that the passage is no chance likeness, rounded to 4 decimals.
    """

    left_start: int
    left_end: int
    right_start: int
    right_end: int
    kind: PassageKind
    score: float

    def swap(self) -> Passage:
        """The same passage with its sides changed."""
        return Passage(self.right_start, self.right_end, self.left_start, self.left_end, self.kind, self.score)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The passages of a pair of texts.

    Attributes
    ----------
    passages : tuple of Passage
        By ``left_start``, then ``right_start``.
    """

    passages: tuple[Passage, ...]

    def swap(self) -> Alignment:
        """The alignment of the texts the other way round."""
        return Alignment(tuple(sorted(map(Passage.swap, self.passages), key=_place)))


@dataclass(frozen=True, slots=True, eq=False)
class AlignmentInput:
    """A batch of documents made ready for alignment. See `prepare`.

    Attributes
    ----------
    tokens : Tokens
    segments : Segments
    words : int32 array (t,)
        The number of each token's stem among the ``vocabulary`` different ones of the batch; of a single character, of
        its pair with the one behind it.
    parts : int32 array (t,)
        Likewise the number of the beginning of each longer word, and of a single character; -1 for none.
    weights : float32 array (t,)
        Idf of each token.
    buckets : uint8 array (t,)
        Class of its rarity.
    gaps : uint8 array (t,)
        Class of the gap before it; a plain gap before a capital is a class of its own.
    boilerplate : bool array (t,)
    vocabulary : int
    """

    tokens: Tokens
    segments: Segments
    words: npt.NDArray[np.int32]
    parts: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]
    buckets: npt.NDArray[np.uint8]
    gaps: npt.NDArray[np.uint8]
    boilerplate: npt.NDArray[np.bool_]
    vocabulary: int

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def documents(self) -> Documents:
        """What the kernels read."""
        return Documents(
            self.tokens.offsets,
            self.words,
            self.parts,
            self.buckets,
            self.weights,
            self.gaps,
            self.tokens.hashes,
            self.segments.quotations,
            self.boilerplate,
            self.segments.sentences,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Alignments:
    """The passages of many pairs, as flat arrays.

    Attributes
    ----------
    offsets : int64 array (pairs + 1,)
        The passages of pair ``i`` are ``offsets[i]`` to ``offsets[i + 1]``, by left start, then right start.
    left_start, left_end, right_start, right_end : int32 array (k,)
        Half-open, in tokens of the document.
    kinds : uint8 array (k,)
        Places in ``KINDS``.
    scores : float64 array (k,)
    """

    offsets: npt.NDArray[np.int64]
    left_start: npt.NDArray[np.int32]
    left_end: npt.NDArray[np.int32]
    right_start: npt.NDArray[np.int32]
    right_end: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.uint8]
    scores: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.offsets) - 1


def prepare(
    tokens: Tokens,
    segments: Segments,
    *,
    languages: Sequence[str | None],
    statistics: Statistics,
    boilerplate: npt.NDArray[np.bool_] | None = None,
) -> AlignmentInput:
    """Make a batch of documents ready for `align_pairs`.

    Parameters
    ----------
    tokens, segments
        Of the batch.
    languages
        ISO 639-1 code of each document, or ``None``.
    statistics
        Whose idf tells rare words from common ones.
    boilerplate : bool array (t,), optional
        Tokens that stand in repeated lines of their outlet.

    Raises
    ------
    ValueError
        If ``languages`` or ``boilerplate`` have another length than the batch.
    """
    size = len(tokens.hashes)
    if len(languages) != len(tokens):
        raise ValueError(f"{len(languages)} languages for {len(tokens)} documents")
    if boilerplate is None:
        boilerplate = np.zeros(size, np.bool_)
    if len(boilerplate) != size:
        raise ValueError(f"a boilerplate mask of {len(boilerplate)} for {size} tokens")
    words = np.zeros(size, np.int32)
    terms, stems = np.empty(size, np.uint64), np.empty(size, np.uint64)
    sentence_terms(tokens.hashes, words, tokens.starts, tokens.ends, tokens.offsets, terms, stems)
    stems = np.where(tokens.hashes & np.uint64(1), terms, stem_tokens(tokens, languages))
    vocabulary = int(number_words(stems, words))  # type: ignore[no-untyped-call]
    words = _in_order_of_hashes(words, stems, vocabulary)
    beginnings(  # type: ignore[no-untyped-call]
        tokens.batch.data, tokens.batch.offsets, tokens.starts, tokens.ends, tokens.offsets, tokens.hashes, stems
    )
    parts = np.zeros(size, np.int32)
    vocabulary = max(vocabulary, int(number_words(stems, parts)))  # type: ignore[no-untyped-call]
    parts[stems == 0] = -1
    idf = statistics.idf_by_document(terms, tokens.offsets, languages)
    weights = (idf / IDF_ONE).astype(np.float32)
    buckets = _rarities(int(idf.max(initial=0)).bit_length())[idf]
    gaps = np.where((segments.gaps == 0) & segments.capitals, np.uint8(_CAPITAL), segments.gaps)
    return AlignmentInput(tokens, segments, words, parts, weights, buckets, gaps, boilerplate, vocabulary)


@cache
def _rarities(bits: int) -> npt.NDArray[np.uint8]:
    """The class of rarity of each idf below a power of two: a look-up costs less than a search for each token."""
    weights = (np.arange(1 << bits) / IDF_ONE).astype(np.float32)
    return np.searchsorted(_parameters().rarity, weights, side="right").astype(np.uint8)


def _in_order_of_hashes(
    words: npt.NDArray[np.int32], stems: npt.NDArray[np.uint64], vocabulary: int
) -> npt.NDArray[np.int32]:
    """The numbers of stems anew, ascending with their hashes: in whatever batch, sums over them have one order."""
    hashes = np.empty(vocabulary, np.uint64)
    hashes[words] = stems
    rank = np.empty(vocabulary, np.int32)
    rank[np.argsort(hashes)] = np.arange(vocabulary, dtype=np.int32)
    return rank[words]


def align_pairs(
    prepared: AlignmentInput, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32], *, jobs: int = 1
) -> Alignments:
    """Align pairs of documents of a batch.

    Parameters
    ----------
    prepared
        The documents.
    left, right : int32 array (pairs,)
        Their numbers in the batch.
    jobs
        Threads.

    Raises
    ------
    ValueError
        If the sides differ in length.
    """
    if len(left) != len(right):
        raise ValueError(f"{len(left)} left and {len(right)} right documents")
    learned = _parameters()
    documents = prepared.documents
    chunk = max(1, min(_CHUNK, -(-len(left) // max(1, jobs))))

    def work(begin: int) -> tuple[npt.NDArray[np.generic], ...]:
        sides = (np.ascontiguousarray(side[begin : begin + chunk], np.int32) for side in (left, right))
        return align_documents(  # type: ignore[no-any-return, no-untyped-call, call-arg]
            documents,
            learned.model,
            learned.close,
            learned.condensed,
            learned.links,
            max(1, prepared.vocabulary),
            *sides,
            learned.settings,
        )

    parts = in_threads(work, range(0, len(left), chunk), jobs)
    offsets = np.zeros(len(left) + 1, np.int64)
    np.cumsum([size for part in parts for size in np.diff(part[0])], out=offsets[1:])
    boxes = np.concatenate([np.empty((0, 4), np.int32), *(part[1] for part in parts)])
    kinds = np.concatenate([np.empty(0, np.uint8), *(part[2] for part in parts)])
    scores = np.concatenate([np.empty(0, np.float64), *(part[3] for part in parts)])
    left_start, left_end, right_start, right_end = (np.ascontiguousarray(boxes[:, k]) for k in range(4))
    return Alignments(offsets, left_start, left_end, right_start, right_end, kinds, scores)


def align(left: str, right: str, *, language: str | None = None, statistics: Statistics | None = None) -> Alignment:
    """The passages that two texts share.

    Parameters
    ----------
    left, right
        The texts.
    language
        ISO 639-1 code of both; guessed from each text when not given.
    statistics
        Of the language and the collection; the shipped background when not given.

    Examples
    --------
    >>> left = "Fog closed the harbour on Monday. Nobody was hurt, the pilots' office said in the evening."
    >>> right = "Nobody was hurt, the pilots' office said in the evening. Trains ran."
    >>> for passage in align(left, right).passages:
    ...     print(passage.kind, left[passage.left_start : passage.left_end])
    verbatim Nobody was hurt, the pilots' office said in the evening
    """
    tokens = tokenize(TextBatch.from_texts([left, right]))
    languages = [language] * 2 if language else guess_languages(tokens)
    prepared = prepare(tokens, segment(tokens), languages=languages, statistics=statistics or Statistics.background())
    found = align_pairs(prepared, np.zeros(1, np.int32), np.ones(1, np.int32))
    return Alignment(passages_of(prepared, found, 0, 0, 1))


def passages_of(prepared: AlignmentInput, found: Alignments, pair: int, left: int, right: int) -> tuple[Passage, ...]:
    """The passages of one pair of ``found``, in characters of the two documents."""
    rows = slice(found.offsets[pair], found.offsets[pair + 1])
    if rows.start == rows.stop:
        return ()
    left_starts, left_ends = prepared.tokens.characters(left)
    right_starts, right_ends = prepared.tokens.characters(right)
    columns = (
        left_starts[found.left_start[rows]].tolist(),
        left_ends[found.left_end[rows] - 1].tolist(),
        right_starts[found.right_start[rows]].tolist(),
        right_ends[found.right_end[rows] - 1].tolist(),
        [KINDS[kind] for kind in found.kinds[rows]],
        [round(score, 4) for score in found.scores[rows].tolist()],
    )
    return tuple(sorted((Passage(*row) for row in zip(*columns, strict=True)), key=_place))


def _place(passage: Passage) -> tuple[int, int, int, int]:
    return passage.left_start, passage.right_start, passage.left_end, passage.right_end


class Parameters(NamedTuple):
    """What benchmarks/training/align.py has learned: see the notes in the file itself."""

    model: Model
    close: Trees
    condensed: Trees
    links: npt.NDArray[np.float32]
    rarity: npt.NDArray[np.float32]
    settings: Settings


@cache
def _parameters() -> Parameters:
    learned = json.loads((files("dedup") / "data" / "align.json").read_text())
    logs = np.log(np.maximum(np.arange(4097), 1)).astype(np.float32)
    scores = (np.array(learned[name], np.float32) for name in ("match", "border", "ratio", "length"))
    match, border, ratio, length = scores
    close, condensed = (_trees(learned[name]) for name in ("close", "condensed"))
    return Parameters(
        Model(match, border, ratio, length, logs),
        close,
        condensed,
        np.array(learned["links"], np.float32),
        np.array(learned["rarity"], np.float32),
        Settings(**learned["settings"]),
    )


def _trees(learned: Mapping[str, Sequence[float]]) -> Trees:
    roots, splits, skips = (np.array(learned[name], np.int32) for name in ("roots", "splits", "skips"))
    return Trees(roots, splits, np.array(learned["values"], np.float32), skips)
