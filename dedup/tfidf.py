"""TF-IDF cosine of candidate pairs, as scikit-learn defines it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dedup.kernels.cosine import pair_cosines, squared_norms
from dedup.statistics import IDF_ONE, Statistics, TermCounts

__all__ = ["tfidf_cosine"]


def tfidf_cosine(
    counts: TermCounts,
    left: npt.NDArray[np.int32],
    right: npt.NDArray[np.int32],
    *,
    statistics: Statistics,
    languages: Sequence[str | None] | None = None,
    sublinear_tf: bool = True,
) -> npt.NDArray[np.float64]:
    """Cosine of the TF-IDF vectors of pairs of documents.

    The same as scikit-learn's ``TfidfTransformer(norm="l2", smooth_idf=True, sublinear_tf=...)`` followed by a dot
    product, but computed for the named pairs only, and summed in the order of the term hashes, so that equal inputs
    give equal bits.

    Parameters
    ----------
    counts : TermCounts
        Of n documents.
    left, right : int32 arrays (pairs,)
        Document numbers.
    statistics : Statistics
        Where the inverse document frequencies come from.
    languages : sequence of str or None, optional
        Each document's, for the background frequencies.
    sublinear_tf : bool
        Count a term ``1 + ln(occurrences)`` times.

    Returns
    -------
    float64 array (pairs,)
        In [0, 1]; 0 where a document has no terms.

    Examples
    --------
    >>> from dedup.documents import TextBatch
    >>> from dedup.tokens import tokenize
    >>> counts = TermCounts.from_tokens(tokenize(TextBatch.from_texts(["fog at sea", "sea fog", "by rail"])))
    >>> pairs = np.array([0, 0], np.int32), np.array([1, 2], np.int32)
    >>> tfidf_cosine(counts, *pairs, statistics=Statistics.background()).round(2).tolist()
    [0.96, 0.0]
    """
    frequency = counts.counts.astype(np.float64)
    if sublinear_tf:
        frequency = 1.0 + np.log(frequency)
    languages = [None] * len(counts) if languages is None else languages
    weights = frequency * (statistics.idf_by_document(counts.terms, counts.offsets, languages) / IDF_ONE)
    norms = np.empty(len(counts), np.float64)
    squared_norms(weights, counts.offsets, norms)
    out = np.empty(len(left), np.float64)
    pair_cosines(counts.terms, weights, counts.offsets, norms, left, right, out)
    return out
