"""Division: passages that run through boilerplate and a writer's own text, cut where one meets the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.alignment import KINDS, AlignmentInput, Alignments, PassageKind

__all__ = ["divide_passages"]

_LEAST_RUN, _LEAST_OWN = 3, 5
_EDITED, _ALIKE = 0.6, 0.3
_BOILERPLATE, _VERBATIM, _EDITED_KIND = (
    KINDS.index(kind) for kind in (PassageKind.BOILERPLATE, PassageKind.VERBATIM, PassageKind.EDITED)
)

_Piece = tuple[int, int, int, int, int]
"""Left start and end, right start and end in tokens of the batch, kind."""


def divide_passages(
    prepared: AlignmentInput, found: Alignments, left: npt.NDArray[np.int32], right: npt.NDArray[np.int32]
) -> Alignments:
    """The passages, each all boilerplate or none of it, where both sides change from one to the other alike.

    Without that, the half of a passage that is a form letter would take the other half with it: out of the coverage,
    or into it.

    Parameters
    ----------
    prepared : AlignmentInput
    found : Alignments
        Of the pairs.
    left, right : int32 arrays (pairs,)
        Numbers of documents.
    """
    offsets, counts = prepared.tokens.offsets, np.diff(found.offsets)
    shift_left, shift_right = np.repeat(offsets[left], counts), np.repeat(offsets[right], counts)
    before = np.concatenate([[0], np.cumsum(prepared.boilerplate)])
    sides = ((found.left_start, found.left_end, shift_left), (found.right_start, found.right_end, shift_right))
    marked = np.stack([before[end + shift] - before[start + shift] for start, end, shift in sides])
    length = np.stack([found.left_end - found.left_start, found.right_end - found.right_start])
    mixed: npt.NDArray[np.bool_] = np.logical_or.reduce((marked > 0) & (marked < length))
    if not mixed.any():
        return found
    spans = [found.left_start, found.left_end, found.right_start, found.right_end]
    whole = np.stack([*(edge.astype(np.int64) for edge in spans), found.kinds.astype(np.int64)], axis=1)
    shifts = np.stack([shift_left, shift_left, shift_right, shift_right, np.zeros_like(shift_left)], axis=1)
    divided = np.flatnonzero(mixed)
    changes = np.flatnonzero(np.diff(prepared.boilerplate)) + 1
    pieces: list[_Piece] = []
    origin: list[int] = []
    for row, piece in zip(divided.tolist(), (whole + shifts)[divided].tolist(), strict=True):
        own = list(_divided(prepared, changes, tuple(piece)))
        pieces += own
        origin += [row] * len(own)
    came = np.array(origin, np.int64)
    cut = np.array(pieces, np.int64).reshape(-1, 5) - shifts[came]
    return _rebuilt(found, np.concatenate([whole[~mixed], cut]), np.concatenate([np.flatnonzero(~mixed), came]))


def _rebuilt(found: Alignments, rows: npt.NDArray[np.int64], origin: npt.NDArray[np.int64]) -> Alignments:
    """Passages anew; those of one pair stay together, by left start, then right start."""
    pair = np.repeat(np.arange(len(found)), np.diff(found.offsets))[origin]
    order = np.lexsort((origin, rows[:, 2], rows[:, 0], pair))
    rows = rows[order]
    columns = ("left_start", "left_end", "right_start", "right_end")
    return replace(
        found,
        offsets=np.concatenate([[0], np.cumsum(np.bincount(pair, minlength=len(found)))]).astype(np.int64),
        kinds=rows[:, 4].astype(np.uint8),
        scores=found.scores[origin[order]],
        **{name: rows[:, k].astype(np.int32) for k, name in enumerate(columns)},
    )


def _divided(prepared: AlignmentInput, changes: npt.NDArray[np.int64], whole: _Piece) -> Iterator[_Piece]:
    """The pieces of a passage; itself, where its sides do not change alike."""
    a, b, c, d, kind = whole
    first, second = _runs(prepared.boilerplate, changes, a, b), _runs(prepared.boilerplate, changes, c, d)
    if [run[2] for run in first] != [run[2] for run in second]:
        yield whole
        return
    for (start, end, flag), (other_start, other_end, _) in zip(first, second, strict=True):
        if flag:
            yield start, end, other_start, other_end, _BOILERPLATE
        elif min(end - start, other_end - other_start) >= _LEAST_OWN:
            hashes = prepared.tokens.hashes
            own = _kind(hashes[start:end].tolist(), hashes[other_start:other_end].tolist(), kind)
            if own is not None:
                yield start, end, other_start, other_end, own


def _runs(
    marked: npt.NDArray[np.bool_], changes: npt.NDArray[np.int64], start: int, end: int
) -> list[tuple[int, int, bool]]:
    """Spans of equal flags between two tokens; one of a token or two belongs to what stands before it.

    ``changes`` are the tokens of all texts whose flag is not that of the token before.
    """
    low, high = changes.searchsorted((start + 1, end))
    runs: list[tuple[int, int, bool]] = []
    begin, own = start, bool(marked[start])
    flag = own
    for first, last in pairwise([*changes[low:high].tolist(), end]):
        flag = not flag
        if flag == own or last - first < _LEAST_RUN:
            continue
        if runs or first - begin >= _LEAST_RUN:
            runs.append((begin, first, own))
            begin = first
        own = flag
    return [*runs, (begin, end, own)]


def _kind(left: list[int], right: list[int], kind: int) -> int | None:
    """What a writer's own part of a passage is; None where its sides have little in common."""
    if left == right:
        return _VERBATIM if kind == _BOILERPLATE else kind
    words, others = set(left), set(right)
    shared = len(words & others) / max(len(words), len(others))
    if shared < _ALIKE:
        return None
    if kind != _BOILERPLATE:
        return kind
    return _EDITED_KIND if shared >= _EDITED else KINDS.index(PassageKind.REWRITTEN)
