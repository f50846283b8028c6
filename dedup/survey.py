"""The first pass over documents: each is read once, put in the spool, and sketched."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.boilerplate import known_text
from dedup.documents import Document, TextBatch
from dedup.kernels.lines import document_fingerprints
from dedup.parallel import as_threads_go
from dedup.scratch import ByteLog, Scratch
from dedup.segments import segment
from dedup.settings import Settings
from dedup.sketch import MinHasher
from dedup.spool import Spool
from dedup.tokens import keep_tokens, tokenize

__all__ = ["Survey", "survey"]

_BATCH_CHARACTERS = 1 << 20

Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Documents and their sketches, by the order in which they were read.

    Attributes
    ----------
    spool : Spool
    fingerprints : uint64 array (n, 2)
        Of the token sequences.
    lengths : int64 array (n,)
        In tokens.
    wordy : bool array (n,)
        Whether a document has tokens beside those of known templates.
    signatures : uint32 array (n, num_perm)
    """

    spool: Spool
    fingerprints: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.int64]
    wordy: npt.NDArray[np.bool_]
    signatures: npt.NDArray[np.uint32]

    def classes(self) -> npt.NDArray[np.int64]:
        """For each document by order of ids, the number of the first one with the same tokens.

        A document without tokens equals no other: empty never matches empty.
        """
        order = self.spool.order()
        prints = self.fingerprints[order]
        by_print = np.lexsort((prints[:, 1], prints[:, 0]))
        new = np.ones(len(order), np.bool_)
        new[1:] = (np.diff(prints[by_print], axis=0) != 0).any(axis=1)
        classes = np.empty(len(order), np.int64)
        classes[by_print] = by_print[np.flatnonzero(new)][np.cumsum(new) - 1]
        wordless = np.flatnonzero(self.lengths[order] == 0)
        classes[wordless] = wordless
        return classes


def survey(
    documents: Iterable[Document],
    *,
    settings: Settings,
    scratch: Scratch,
    jobs: int = 1,
    tell: Tell = lambda name, done, total: None,
) -> Survey:
    """Read documents of different ids, keep them, and sketch them.

    Parameters
    ----------
    documents : iterable of Document
    settings : Settings
        ``num_perm``, ``seed`` and ``base`` count.
    scratch : Scratch
    jobs : int
        Threads; the documents are read by the caller's.
    tell : callable
        Told how many are read.
    """
    spool = Spool(scratch)
    hasher = MinHasher(settings.num_perm, seed=settings.seed)
    base = known_text(settings.base)

    def sketch(group: list[Document]) -> tuple[list[Document], TextBatch, _Sketches, npt.NDArray[np.uint32]]:
        batch = TextBatch.from_texts(document.text for document in group)
        tokens = tokenize(batch)
        prints = np.empty((len(tokens), 2), np.uint64)
        document_fingerprints(tokens.hashes, tokens.offsets, prints)
        own = keep_tokens(tokens, ~base.mark(tokens, segment(tokens))) if base else tokens
        made = _Sketches(prints, np.diff(tokens.offsets), np.diff(own.offsets) > 0)
        return group, batch, made, hasher.signatures(own).values

    parts = []
    values = ByteLog(scratch)
    for group, batch, sketches, signatures in as_threads_go(sketch, _batches(documents), jobs):
        spool.add(group, batch)
        parts.append(sketches)
        values.write(signatures.data.cast("B"))
        tell("reading", len(spool), 0)
    spool.finish()
    size = len(spool) * settings.num_perm
    return _joined(spool, parts, values.finish()[: 4 * size].view(np.uint32).reshape(-1, settings.num_perm))


@dataclass(frozen=True, slots=True, eq=False)
class _Sketches:
    prints: npt.NDArray[np.uint64]
    lengths: npt.NDArray[np.int64]
    wordy: npt.NDArray[np.bool_]


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    group: list[Document] = []
    size = 0
    for document in documents:
        group.append(document)
        size += len(document.text)
        if size >= _BATCH_CHARACTERS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _joined(spool: Spool, parts: list[_Sketches], signatures: npt.NDArray[np.uint32]) -> Survey:
    return Survey(
        spool,
        np.concatenate([np.empty((0, 2), np.uint64), *(part.prints for part in parts)]),
        np.concatenate([np.empty(0, np.int64), *(part.lengths for part in parts)]),
        np.concatenate([np.empty(0, np.bool_), *(part.wordy for part in parts)]),
        signatures,
    )
