"""What an index derives from documents: a function of each, the statistics and the settings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedup.boilerplate import known_text
from dedup.corpus import Corpus
from dedup.index.parts import Sketches, spread
from dedup.kernels.lines import document_fingerprints
from dedup.reuse import least_weights, rare_features
from dedup.settings import Settings
from dedup.sketch import MinHasher, ShingleSets
from dedup.statistics import Statistics, TermCounts
from dedup.tokens import Tokens, keep_tokens

__all__ = ["bare_sketches", "derive", "fingerprints", "without_base"]


def fingerprints(tokens: Tokens) -> list[bytes | None]:
    """Equal ones for texts of equal tokens; ``None`` for texts without any: empty never equals empty."""
    prints = np.empty((len(tokens), 2), np.uint64)
    document_fingerprints(tokens.hashes, tokens.offsets, prints)
    lengths = np.diff(tokens.offsets).tolist()
    return [row.tobytes() if length else None for row, length in zip(prints.astype("<u8"), lengths, strict=True)]


def without_base(corpus: Corpus, settings: Settings) -> Tokens:
    """The tokens outside known templates: what signatures are made of."""
    base = known_text(settings.base)
    return keep_tokens(corpus.tokens, ~base.mark(corpus.tokens, corpus.segments)) if base else corpus.tokens


def derive(corpus: Corpus, entries: Sequence[int], statistics: Statistics, settings: Settings) -> Sketches:
    """The sketches of documents, which are entries of an index."""
    signatures = MinHasher(settings.num_perm, seed=settings.seed).signatures(without_base(corpus, settings))
    content = corpus.content(statistics, settings.base)
    shingles = ShingleSets.from_tokens(content)
    limits = settings.reuse_limits()
    features = rare_features(
        shingles, TermCounts.from_tokens(content), statistics=statistics, languages=corpus.languages, limits=limits
    )
    return Sketches(
        np.array(entries, np.int64),
        signatures.values,
        least_weights(shingles.totals, limits),
        *spread(features.keys),
        features.offsets,
    )


def bare_sketches(entries: Sequence[int], sketches: Sequence[bytes], num_perm: int) -> Sketches:
    """Sketches of documents whose texts are not kept: signatures alone."""
    values = np.frombuffer(b"".join(sketches), "<u4").reshape(-1, num_perm).astype(np.uint32)
    size = len(entries)
    none = np.empty(0, np.uint64), np.empty(0, np.uint8)
    return Sketches(np.array(entries, np.int64), values, np.zeros(size, np.int32), *none, np.zeros(size + 1, np.int64))
