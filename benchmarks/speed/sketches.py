"""Signatures and samples: bias, error and speed, by scheme and length of text, and against datasketch's own way."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np

from benchmarks.quality.score import Cell, Table, render
from benchmarks.speed.texts import articles
from dedup.sketch import SCHEMES, MinHasher, ShingleSamples

__all__ = ["measure"]

LENGTHS = (10, 20, 50, 100, 500, 2_000)
NUM_PERM = 128
SAMPLED = (0.25, 0.0625)
_JACCARD = 0.5
_REPEATS = 5


def measure(*, short: bool) -> None:
    """Print bias and error, then speed."""
    print(render(_errors(100 if short else 400)))
    print("\n" + render(_sample_errors(100 if short else 400)))
    print("\n" + render(_speeds(articles(300 if short else 3_000, 3_000), with_datasketch=True)))
    print("\n" + render(_speeds(articles(3_000 if short else 30_000, 300), with_datasketch=False)))


def _errors(pairs: int) -> Table:
    rows = []
    for length in LENGTHS:
        texts, truth = _pairs_of(length, pairs)
        expected = np.sqrt(truth * (1 - truth) / NUM_PERM)
        cells: list[Cell] = [length, len(texts) // 2, float(expected)]
        for scheme in SCHEMES:
            values = MinHasher(NUM_PERM, shingle_size=1, scheme=scheme).transform(texts)
            error = (values[0::2] == values[1::2]).mean(axis=1) - truth
            cells += [float(error.mean()), float(np.sqrt((error**2).mean()))]
        rows.append(tuple(cells))
    names = [f"{scheme} {what}" for scheme in SCHEMES for what in ("bias", "RMSE")]
    title = f"error of the estimate at Jaccard {_JACCARD}, {NUM_PERM} values"
    return Table(title, ("shingles", "pairs", "theory", *names), tuple(rows))


def _sample_errors(pairs: int) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for length in LENGTHS:
        texts, _ = _pairs_of(length, pairs)
        common = round(2 * length * _JACCARD / (1 + _JACCARD)) / length
        documents = np.arange(0, len(texts), 2)
        cells: list[Cell] = [length, pairs]
        for sampled in SAMPLED:
            sets = ShingleSamples(shingle_size=1, sampled=sampled).transform(texts)
            error = sets.containments(documents, documents + 1)[0] - common
            theory = np.sqrt(common * (1 - common) / (sampled * length))
            cells += [float(theory), float(error.mean()), float(np.sqrt((error**2).mean()))]
        rows.append(tuple(cells))
    names = [f"{sampled} {what}" for sampled in SAMPLED for what in ("theory", "bias", "RMSE")]
    return Table("error of the estimated containment 2/3, by share sampled", ("shingles", "pairs", *names), tuple(rows))


def _pairs_of(length: int, pairs: int) -> tuple[list[str], float]:
    """Texts of distinct words, each two with the same share in common."""
    common = round(2 * length * _JACCARD / (1 + _JACCARD))
    texts = []
    for number in range(pairs):
        shared = [f"s{number}x{i}" for i in range(common)]
        texts += [" ".join([*shared, *(f"{side}{number}x{i}" for i in range(length - common))]) for side in "lr"]
    return texts, common / (2 * length - common)


def _speeds(texts: list[str], *, with_datasketch: bool) -> Table:
    size = sum(map(len, texts)) / 1e6
    ways: dict[str, Callable[[], object]] = {
        scheme: _transform(MinHasher(NUM_PERM, scheme=scheme), texts) for scheme in SCHEMES
    }
    ways["a sample of a quarter"] = _transform(ShingleSamples(), texts)
    if with_datasketch:
        ways["datasketch, MinHash.bulk"] = lambda: _datasketch(texts[: len(texts) // 20])
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for repeat in range(_REPEATS + 1):
        for name, way in ways.items():
            started = time.process_time()
            way()
            if repeat:
                seconds[name].append(time.process_time() - started)
    medians = {name: float(np.median(times)) for name, times in seconds.items()}
    if with_datasketch:
        medians["datasketch, MinHash.bulk"] *= 20
    rows = tuple((name, size / median, len(texts) / median) for name, median in medians.items())
    title = f"str to signatures, {len(texts)} texts of {len(texts[0])} characters, one thread"
    return Table(title, ("scheme", "MB/s", "texts/s"), rows)


def _transform(transformer: MinHasher | ShingleSamples, texts: list[str]) -> Callable[[], object]:
    return lambda: transformer.transform(texts)


def _datasketch(texts: list[str]) -> object:
    from datasketch import MinHash

    return MinHash.bulk((_shingles(text) for text in texts), num_perm=NUM_PERM)


def _shingles(text: str) -> Iterable[bytes]:
    words = text.lower().split()
    return {" ".join(words[i : i + 3]).encode() for i in range(len(words) - 2)}
