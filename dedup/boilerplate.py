"""Boilerplate: lines that an outlet prints under everything, and text that is known to be anybody's.

The first are found by how many unrelated documents have them, the second by comparison with templates.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dedup.documents import TextBatch
from dedup.kernels.lines import line_fingerprints, mark_tokens, shared_tokens
from dedup.kernels.phrases import mark_phrases
from dedup.segments import Segments, segment
from dedup.statistics import Statistics, contained
from dedup.tokens import Tokens, tokenize

__all__ = ["KnownText", "Lines", "find_boilerplate", "known_text", "mark_forms", "shared_lines"]

_HEAD, _FOOT = 3, 6
_LEAST_AT_EDGE, _LEAST_ANYWHERE = 3, 6
_SAMPLE = 16
_RELATED = 0.3
_LONGEST_SHARE = 0.8
_RUN, _LEAST_SENTENCE = 6, 3
_FACTOR = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of documents that have tokens, one behind the other.

    Attributes
    ----------
    fingerprints : uint64 array (l,)
    lengths : int32 array (l,)
        In tokens.
    offsets : int64 array (n + 1,)
        Document i has lines ``offsets[i]`` to ``offsets[i + 1]``.
    """

    fingerprints: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def from_tokens(cls, tokens: Tokens, segments: Segments) -> Lines:
        """The lines as newlines divide them."""
        return cls.from_numbers(tokens, segments.lines)

    @classmethod
    def from_numbers(cls, tokens: Tokens, numbers: npt.NDArray[np.int32]) -> Lines:
        """Neighbouring tokens of a document that have the same number, such as that of their sentence."""
        fingerprints = np.empty(len(tokens.hashes), np.uint64)
        lengths = np.empty(len(tokens.hashes), np.int32)
        offsets = np.empty(len(tokens.offsets), np.int64)
        n = line_fingerprints(tokens.hashes, numbers, tokens.offsets, fingerprints, lengths, offsets)
        return cls(fingerprints[:n].copy(), lengths[:n].copy(), offsets)

    def documents(self) -> npt.NDArray[np.int64]:
        """The document of each line."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


@dataclass(frozen=True, slots=True, eq=False)
class KnownText:
    """Templates, as what is looked for in documents: their lines, their sentences, and every few words in a row.

    Attributes
    ----------
    lines, sentences, runs : uint64 arrays, ascending
        Fingerprints. Sentences have at least three tokens; a run has six, or twelve from a single character of an
        unspaced script on.
    """

    lines: npt.NDArray[np.uint64]
    sentences: npt.NDArray[np.uint64]
    runs: npt.NDArray[np.uint64]

    @classmethod
    def from_texts(cls, texts: Iterable[str]) -> KnownText:
        """The templates of some texts."""
        tokens = tokenize(TextBatch.from_texts(texts))
        segments = segment(tokens)
        sentences = Lines.from_numbers(tokens, segments.sentences)
        long_enough = sentences.lengths >= _LEAST_SENTENCE
        values, _, whole = _runs(tokens)
        return cls(
            np.unique(Lines.from_tokens(tokens, segments).fingerprints),
            np.unique(sentences.fingerprints[long_enough]),
            np.unique(values[whole]),
        )

    def __bool__(self) -> bool:
        return len(self.lines) > 0

    def mark(self, tokens: Tokens, segments: Segments) -> npt.NDArray[np.bool_]:
        """Which tokens stand in the templates: a bool array (t,). O(t log of the templates' length)."""
        out = np.zeros(len(tokens.hashes), np.bool_)
        lines, sentences = Lines.from_tokens(tokens, segments), Lines.from_numbers(tokens, segments.sentences)
        out |= np.repeat(np.isin(lines.fingerprints, self.lines), lines.lengths)
        known = np.isin(sentences.fingerprints, self.sentences) & (sentences.lengths >= _LEAST_SENTENCE)
        out |= np.repeat(known, sentences.lengths)
        values, lengths, whole = _runs(tokens)
        starts = np.flatnonzero(whole & np.isin(values, self.runs))
        change = np.zeros(len(out) + 1, np.int64)
        np.add.at(change, starts, 1)
        np.add.at(change, starts + lengths[starts], -1)
        return out | (np.cumsum(change[:-1]) > 0)


@lru_cache(maxsize=4)
def known_text(texts: tuple[str, ...]) -> KnownText:
    """What ``KnownText.from_texts`` makes of templates, kept for the next call."""
    return KnownText.from_texts(texts)


def _runs(tokens: Tokens) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The run from each token on: its fingerprint, its length, and whether it ends within the document."""
    size = len(tokens.hashes)
    room = np.concatenate([tokens.hashes, np.zeros(2 * _RUN, np.uint64)])
    values = np.zeros(size, np.uint64)
    single = (tokens.hashes & np.uint64(1)).astype(np.bool_)
    for step in range(2 * _RUN):
        further = values * _FACTOR + room[step : step + size]
        values = further if step < _RUN else np.where(single, further, values)
    lengths = np.where(single, 2 * _RUN, _RUN)
    ends = np.repeat(tokens.offsets[1:], np.diff(tokens.offsets))
    return values, lengths, np.arange(size) + lengths <= ends


def find_boilerplate(
    tokens: Tokens,
    segments: Segments,
    statistics: Statistics | None = None,
    *,
    base: KnownText | None = None,
) -> npt.NDArray[np.bool_]:
    """Which tokens of documents are boilerplate: of each by itself and what is known of the collection.

    A line is boilerplate where its document has it more than once, or where it is among the collection's.

    Parameters
    ----------
    tokens, segments
        Of n documents.
    statistics : Statistics, optional
        Whose ``lines`` count; see `shared_lines`.
    base : KnownText, optional
        Templates: what stands in them is boilerplate wherever it stands.

    Returns
    -------
    bool array (t,)
        A mask over the tokens. Never all of a document, unless all of it is known: where nearly all of one is
        repeated, it has no boilerplate of its own.
    """
    lines = Lines.from_tokens(tokens, segments)
    marked = _own_repeats(lines)
    if statistics is not None:
        marked |= contained(lines.fingerprints, statistics.lines)
    out = np.empty(len(tokens.hashes), np.bool_)
    mark_tokens(marked, lines.lengths, out)
    length = np.diff(tokens.offsets)
    repeated = np.diff(np.concatenate([[0], np.cumsum(out)])[tokens.offsets])
    out &= np.repeat(repeated <= _LONGEST_SHARE * length, length)
    return out | base.mark(tokens, segments) if base else out


def mark_forms(tokens: Tokens, statistics: Statistics) -> npt.NDArray[np.bool_]:
    """Tokens in phrases that many families use: forms that a desk fills with other names and figures each time."""
    marked = np.zeros(len(tokens.hashes), np.bool_)
    if len(statistics.phrases):
        mark_phrases(tokens.hashes, tokens.offsets, 3, statistics.phrases, marked)
    return marked


def _own_repeats(lines: Lines) -> npt.NDArray[np.bool_]:
    """Lines of at least three tokens that stand in their document before or after."""
    keys = lines.fingerprints ^ (lines.documents().astype(np.uint64) * _FACTOR)
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return (counts[inverse] > 1) & (lines.lengths >= 3)


def shared_lines(lines: Lines, families: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """Fingerprints of the lines that an outlet prints under everything, ascending.

    They stand in documents of three near-duplicate families that have little else in common, at their heads or feet; of
    six, if they stand anywhere. A paragraph that many papers print of one story is none: those have most lines in
    common.

    Parameters
    ----------
    lines : Lines
        Of n documents.
    families : int64 array (n,)
        Near-duplicate family of each; the lines of one family count once.
    """
    if not len(lines.fingerprints):
        return np.empty(0, np.uint64)
    owner = lines.documents()
    order = np.lexsort((owner, families[owner], lines.fingerprints))
    ordered = lines.fingerprints[order]
    family = families[owner[order]]
    starts = np.flatnonzero(np.diff(ordered, prepend=~ordered[:1]))
    is_first = np.diff(family, prepend=-1) != 0
    is_first[starts] = True
    spread = np.add.reduceat(is_first, starts, dtype=np.int64)
    at_edge = np.add.reduceat(_near_edge(lines, owner)[order], starts, dtype=np.int64)
    sizes = np.diff(starts, append=len(order))
    needed = np.where(at_edge / sizes >= 0.8, _LEAST_AT_EDGE, _LEAST_ANYWHERE)
    by_document = np.lexsort((lines.fingerprints, owner))
    sorted_lines = Lines(lines.fingerprints[by_document], lines.lengths[by_document], lines.offsets)
    totals = np.bincount(owner, lines.lengths, len(families)).astype(np.int64)
    found = []
    for group in np.flatnonzero(spread >= needed).tolist():
        places = np.arange(starts[group], starts[group] + sizes[group])
        some = order[places[is_first[places]]]
        if not _mostly_related(sorted_lines, totals, np.sort(owner[some]), int(lines.lengths[some[0]])):
            found.append(ordered[starts[group]])
    return np.array(found, np.uint64)


def _near_edge(lines: Lines, owner: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    number = np.arange(len(owner))
    return (number - lines.offsets[owner] < _HEAD) | (lines.offsets[owner + 1] - number <= _FOOT)


def _mostly_related(lines: Lines, totals: npt.NDArray[np.int64], documents: npt.NDArray[np.int64], length: int) -> bool:
    """Whether at least half of the pairs of some documents share much beside the line of ``length`` tokens."""
    some = documents[np.linspace(0, len(documents) - 1, min(len(documents), _SAMPLE)).astype(int)]
    related = pairs = 0
    for i, left in enumerate(some):
        for right in some[i + 1 :]:
            shared = shared_tokens(lines.fingerprints, lines.lengths, lines.offsets, left, right)
            related += shared - length > _RELATED * (min(totals[left], totals[right]) - length)
            pairs += 1
    return 2 * related >= pairs
