"""The first run on a machine: kernels are compiled by two processes at once.

Compiling holds the interpreter's lock and takes about as long for the aligner as for all else that a comparison needs.
So one process compiles the aligner while this one compiles the rest; both put the machine code in the cache, where it
stays.
"""

from __future__ import annotations

import logging
import subprocess
import sys

import numpy as np

from dedup.alignment import AlignmentInput, Alignments, align_pairs
from dedup.corpus import Collection, Corpus
from dedup.documents import PADDING, Document, TextBatch
from dedup.evidence import Beats, gather_evidence
from dedup.fit import fit
from dedup.kernels.coverage import PAIR_COLUMNS, SIDE_COLUMNS, measure_coverage
from dedup.parallel import available_jobs
from dedup.reuse import ReuseLimits
from dedup.segments import Segments
from dedup.tokens import Tokens

__all__ = ["compile_alignment", "compile_kernels", "compile_rest"]

_log = logging.getLogger("dedup")

_ONE = np.zeros(1, np.int32)
_TEXTS = ("Fog closed the harbour on Monday, Ines Tolland said.", "“Fog closed the harbour,” said Tolland.")


def compile_kernels() -> None:
    """Compile what a comparison needs and the cache lacks; as fast as the machine allows, and without other effects."""
    if available_jobs() < 2:
        compile_rest()
        compile_alignment()
        return
    command = [sys.executable, "-c", "from dedup.warming import compile_alignment; compile_alignment()"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as other:  # noqa: S603
        compile_rest()
    if other.returncode:
        _log.info("compiling the aligner in another process failed; it is compiled here")
    compile_alignment()


def compile_alignment() -> None:
    """Weigh the order of sentences and the coverage of one empty text, and align it with itself."""
    numbers, flags, bytes_ = np.empty(0, np.int32), np.empty(0, np.bool_), np.empty(0, np.uint8)
    hashes, places, weights = np.empty(0, np.uint64), np.empty(0, np.uint32), np.empty(0, np.float32)
    offsets = np.zeros(2, np.int64)
    Beats(hashes, weights, bytes_, numbers.astype(np.int16), offsets, np.zeros(1, np.int32)).chain(_ONE, _ONE, 1)
    measure_coverage(
        hashes, weights, numbers, flags, offsets, _ONE, _ONE,
        offsets, numbers, numbers, numbers, numbers, bytes_, np.empty((1, 2 * len(SIDE_COLUMNS) + len(PAIR_COLUMNS))),
    )  # fmt: skip
    tokens = Tokens(TextBatch(np.frombuffer(bytes(PADDING), np.uint8), offsets), hashes, places, places, offsets)
    segments = Segments(bytes_, flags, flags, numbers, numbers, numbers)
    align_pairs(AlignmentInput(tokens, segments, numbers, numbers, weights, bytes_, bytes_, flags, 0), _ONE, _ONE)


def compile_rest() -> None:
    """Take two short texts through every stage but the alignment."""
    documents = [Document(str(number), text) for number, text in enumerate(_TEXTS)]
    corpus = Corpus.from_documents(documents)
    corpus.tokens.characters(0)
    fitted = fit(Collection.from_documents(documents), limits=ReuseLimits(min_weight=0.0))
    fitted.candidates()
    statistics = fitted.statistics.knowing(phrases=np.zeros(1, np.uint64))
    prepared = corpus.prepare(statistics)
    none = np.empty(0, np.int32)
    nothing = Alignments(np.zeros(2, np.int64), none, none, none, none, np.empty(0, np.uint8), np.empty(0, np.float64))
    gather_evidence(prepared, nothing, _ONE, _ONE + 1, statistics=statistics, languages=corpus.languages)
