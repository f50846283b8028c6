"""Boilerplate: lines that an outlet prints under everything, found by how many unrelated documents have them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.kernels.lines import line_fingerprints, mark_tokens, shared_tokens
from dedup.segments import Segments
from dedup.tokens import Tokens

__all__ = ["Lines", "find_boilerplate"]

_HEAD, _FOOT = 3, 6
_LEAST_AT_EDGE, _LEAST_ANYWHERE = 3, 6
_SAMPLE = 16
_RELATED = 0.3
_LONGEST_SHARE = 0.8


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
        fingerprints = np.empty(len(tokens.hashes), np.uint64)
        lengths = np.empty(len(tokens.hashes), np.int32)
        offsets = np.empty(len(tokens.offsets), np.int64)
        n = line_fingerprints(tokens.hashes, segments.lines, tokens.offsets, fingerprints, lengths, offsets)
        return cls(fingerprints[:n].copy(), lengths[:n].copy(), offsets)

    def documents(self) -> npt.NDArray[np.int64]:
        """The document of each line."""
        return np.repeat(np.arange(len(self.offsets) - 1), np.diff(self.offsets))


def find_boilerplate(
    tokens: Tokens, segments: Segments, families: npt.NDArray[np.int64] | None = None
) -> npt.NDArray[np.bool_]:
    """Which tokens are boilerplate.

    A line is boilerplate where its document has it more than once, or where it stands in documents of three
    families that have little else in common, at their heads or feet; six, if it stands anywhere. A paragraph that
    many papers print of one story is none: those have most lines in common.

    Parameters
    ----------
    tokens, segments
        Of n documents.
    families : int64 array (n,), optional
        Near-duplicate family of each document; the lines of one family count once. Without it, only repeats within
        a document are found.

    Returns
    -------
    bool array (t,)
        A mask over the tokens. Never all of a document: where nearly all of one is repeated, it has no boilerplate.
    """
    lines = Lines.from_tokens(tokens, segments)
    marked = _own_repeats(lines)
    if families is not None:
        marked |= _shared_lines(lines, families)
    out = np.empty(len(tokens.hashes), np.bool_)
    mark_tokens(marked, lines.lengths, out)
    for document in range(len(tokens)):
        own = slice(tokens.offsets[document], tokens.offsets[document + 1])
        if out[own].sum() > _LONGEST_SHARE * (own.stop - own.start):
            out[own] = False
    return out


def _own_repeats(lines: Lines) -> npt.NDArray[np.bool_]:
    """Lines of at least three tokens that stand in their document before or after."""
    keys = np.stack([lines.documents().astype(np.uint64), lines.fingerprints], axis=1)
    _, inverse, counts = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    return (counts[inverse.ravel()] > 1) & (lines.lengths >= 3)


def _shared_lines(lines: Lines, families: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    owner = lines.documents()
    at_edge = _near_edge(lines, owner)
    by_document = np.lexsort((lines.fingerprints, owner))
    ordered = Lines(lines.fingerprints[by_document], lines.lengths[by_document], lines.offsets)
    totals = np.bincount(owner, lines.lengths, len(families)).astype(np.int64)
    marked = np.zeros(len(owner), np.bool_)
    order = np.argsort(lines.fingerprints, kind="stable")
    edges = np.flatnonzero(np.diff(lines.fingerprints[order])) + 1
    for group in np.split(order, edges):
        if len(group) < _LEAST_AT_EDGE:
            continue
        _, first = np.unique(families[owner[group]], return_index=True)
        needed = _LEAST_AT_EDGE if at_edge[group].mean() >= 0.8 else _LEAST_ANYWHERE
        if len(first) >= needed and not _mostly_related(
            ordered, totals, owner[group[np.sort(first)]], int(lines.lengths[group[0]])
        ):
            marked[group] = True
    return marked


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
