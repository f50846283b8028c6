"""Tuning: how well the near tier does on a sample of one's own documents, measured against the exact join."""

from __future__ import annotations

import math
from collections.abc import Sequence
from hashlib import blake2b
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from dedup.boilerplate import known_text
from dedup.documents import Document, TextBatch
from dedup.exact import find_similar
from dedup.families import equal_texts
from dedup.lsh import Bands, CandidatePairs, banded_pairs, choose_bands
from dedup.parallel import available_jobs
from dedup.recall import Proposal, Share, TriedBands, Tuning
from dedup.segments import segment
from dedup.settings import Settings
from dedup.sketch import MinHasher, ShingleSets
from dedup.tokens import Tokens, keep_tokens, tokenize

__all__ = ["find_valley", "measure_share", "tune"]

LOWEST = 0.3
"""Pairs below this Jaccard are not looked for: the near tier is not meant for them."""

ENOUGH = 30
"""Pairs of which a recall is worth a judgement; its interval is then narrower than 0.12 where all are found."""

_LENGTHS = (0, 50, 200, 800, 2**31)
_BINS = np.round(np.arange(LOWEST, 1.0001, 0.05), 2)
_CURVE = tuple(round(0.1 * step, 1) for step in range(1, 11))
_Z = 1.959964


def tune(
    documents: Sequence[Document],
    *,
    settings: Settings = Settings(),
    recall: float | None = None,
    sample: int = 5_000,
    jobs: int | None = None,
) -> Tuning:
    """Measure the near tier on documents, or on a sample of them, and propose a threshold and bands.

    Parameters
    ----------
    documents : sequence of Document
    settings : Settings
        ``threshold``, ``min_recall``, ``num_perm``, ``seed`` and ``base`` count.
    recall : float, optional
        What is wanted at the threshold; ``settings.min_recall`` by default.
    sample : int
        Different texts to look at, at most: those whose digests are smallest, whatever the order of the documents.
    jobs : int, optional
        Threads.

    Examples
    --------
    >>> told = tune([Document(str(number), f"text number {number}") for number in range(5)])
    >>> told.similar, told.proposal.threshold
    (0, None)
    """
    jobs = jobs or available_jobs()
    wanted = settings.min_recall if recall is None else recall
    tokens, different = _sampled(documents, sample, settings)
    sets = ShingleSets.from_tokens(tokens)
    truth = find_similar(sets, LOWEST)
    jaccard = _jaccard(sets, truth)
    signatures = MinHasher(settings.num_perm, seed=settings.seed, n_jobs=jobs).signatures(tokens)
    chosen = choose_bands(settings.num_perm, settings.threshold, wanted)
    everything = np.arange(len(tokens), dtype=np.int32)
    found: dict[Bands, CandidatePairs] = {
        bands: banded_pairs(signatures, everything, bands, threshold=settings.threshold, jobs=jobs)
        for bands in _neighbours(chosen, settings.num_perm)
    }
    similar = jaccard >= settings.threshold
    hit = {bands: np.isin(truth.packed(), pairs.packed()) for bands, pairs in found.items()}
    words = np.diff(tokens.offsets)
    shorter = np.minimum(words[truth.left], words[truth.right])
    tried = tuple(
        TriedBands(
            bands.bands,
            bands.rows,
            bands == chosen,
            round(bands.recall(settings.threshold), 4),
            len(pairs),
            measure_share(hit[bands][similar]),
            tuple((jaccard, round(bands.recall(jaccard), 4)) for jaccard in _CURVE),
        )
        for bands, pairs in found.items()
    )
    histogram = tuple(
        (float(low), float(high), measure_share(hit[chosen][(jaccard >= low) & ((jaccard < high) | (high >= 1.0))]))
        for low, high in pairwise(_BINS.tolist())
    )
    lengths = tuple(
        (low, high, measure_share(hit[chosen][similar & (shorter >= low) & (shorter < high)]))
        for low, high in pairwise(_LENGTHS)
    )
    return Tuning(
        len(documents), different, len(tokens), settings.threshold, wanted, settings.num_perm, len(truth), histogram,
        lengths, tried, _propose(jaccard, histogram, tried, settings, wanted),
    )  # fmt: skip


def measure_share(found: npt.NDArray[np.bool_]) -> Share:
    """The share of pairs that were found.

    >>> share = measure_share(np.ones(30, bool))
    >>> share.recall, round(share.low, 3), share.high
    (1.0, 0.886, 1.0)
    """
    pairs, hits = len(found), int(found.sum())
    if not pairs:
        return Share(0, 0, None, 0.0, 1.0)
    share, spread = hits / pairs, _Z * _Z / pairs
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    low, high = max(0.0, middle - half), min(1.0, middle + half)
    return Share(pairs, hits, round(share, 4), round(low, 4) if hits else 0.0, 1.0 if hits == pairs else round(high, 4))


def find_valley(counts: Sequence[int]) -> int | None:
    """Where a histogram has few between many on both sides, surely; None where it has no such place.

    Surely: of Poisson counts, the valley's upper bound is below half of the lower bound of the smaller side's peak, and
    either side holds ``ENOUGH`` in all. Of several such places the middle one.

    >>> find_valley([40, 20, 2, 0, 1, 15, 60]), find_valley([60, 30, 20, 10, 5, 2, 1]), find_valley([0] * 7)
    (3, None, None)
    """
    sure: list[int] = []
    for at in range(1, len(counts) - 1):
        left, right = counts[:at], counts[at + 1 :]
        if min(sum(left), sum(right)) < ENOUGH:
            continue
        peak = min(max(left), max(right))
        if counts[at] + _Z * math.sqrt(counts[at] + 1) < (peak - _Z * math.sqrt(peak)) / 2:
            sure.append(at)
    fewest = [at for at in sure if counts[at] == min(counts[other] for other in sure)]
    return fewest[len(fewest) // 2] if fewest else None


def _sampled(documents: Sequence[Document], sample: int, settings: Settings) -> tuple[Tokens, int]:
    """The tokens of different texts, without known templates, and how many of such there are in all."""
    texts = sorted({document.text for document in documents}, key=_digest)
    tokens = tokenize(TextBatch.from_texts(texts))
    first = np.unique(equal_texts(tokens))
    first = first[np.diff(tokens.offsets)[first] > 0]
    tokens = tokens.select(first[:sample])
    base = known_text(settings.base)
    if base:
        tokens = keep_tokens(tokens, ~base.mark(tokens, segment(tokens)))
        tokens = tokens.select(np.flatnonzero(np.diff(tokens.offsets)))
    return tokens, len(first)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _jaccard(sets: ShingleSets, pairs: CandidatePairs) -> npt.NDArray[np.float64]:
    share, _ = sets.containments(pairs.left, pairs.right)
    common = np.rint(share * sets.totals[pairs.left])
    jaccard: npt.NDArray[np.float64] = common / (sets.totals[pairs.left] + sets.totals[pairs.right] - common)
    return jaccard


def _neighbours(chosen: Bands, num_perm: int) -> list[Bands]:
    """The banding and those of up to two rows more and two fewer, the most selective first."""
    rows = range(min(num_perm, chosen.rows + 2), max(0, chosen.rows - 3), -1)
    return [chosen if row == chosen.rows else Bands(num_perm // row, row) for row in rows]


def _propose(
    jaccard: npt.NDArray[np.float64],
    histogram: Sequence[tuple[float, float, Share]],
    tried: Sequence[TriedBands],
    settings: Settings,
    wanted: float,
) -> Proposal:
    """A threshold only where the sample has a valley, a recall only where it has pairs enough to measure one."""
    if len(jaccard) < ENOUGH:
        why = f"the sample has {len(jaccard)} pairs of Jaccard {LOWEST} and more, of which {ENOUGH} are needed"
        return Proposal(None, None, None, None, (f"{why}: there is nothing to tune on",))
    threshold, said = _propose_threshold(histogram)
    min_recall, told = _propose_recall(tried, settings, wanted)
    bands = choose_bands(settings.num_perm, threshold or settings.threshold, min_recall or wanted)
    return Proposal(threshold, min_recall, bands.bands, bands.rows, (said, told))


def _propose_threshold(histogram: Sequence[tuple[float, float, Share]]) -> tuple[float | None, str]:
    valley = find_valley([share.pairs for _, _, share in histogram])
    if valley is None:
        return None, "similar pairs lie without a gap between them: nothing here speaks for another threshold"
    low, high, share = histogram[valley]
    said = (
        f"{share.pairs} pairs lie between {low:g} and {high:g}, many more on both sides: a threshold that divides them"
    )
    return round((low + high) / 2, 3), said


def _propose_recall(tried: Sequence[TriedBands], settings: Settings, wanted: float) -> tuple[float | None, str]:
    now = next(banding for banding in tried if banding.chosen)
    share = now.share
    if share.recall is None or share.pairs < ENOUGH:
        return (
            None,
            f"{share.pairs} pairs reach the threshold of {settings.threshold:g}: too few to judge its recall by",
        )
    found = (
        f"of {share.pairs:,} pairs at or above {settings.threshold:g} {100 * share.recall:.1f} % are found "
        f"({100 * share.low:.1f} to {100 * share.high:.1f} %)"
    )
    if share.high >= wanted:
        return wanted, f"{found}: the recall wanted, {wanted:g}, is kept"
    better = [item for item in tried if item.rows < now.rows and item.share.high >= wanted]
    if not better:
        return None, f"{found}, fewer than wanted, and no neighbouring bands find enough: raise num_perm"
    said = f"{found}, fewer than wanted; {better[0].bands} bands of {better[0].rows} find enough"
    return math.floor(10_000 * (better[0].expected - 0.1) / 0.9) / 10_000, said
