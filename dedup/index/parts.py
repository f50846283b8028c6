"""Parts of an index: the sketches of some texts, sorted for looking up, immutable, merged into larger ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.kernels.lookup import sketch_keys
from dedup.kernels.sorting import sort_evenly
from dedup.lsh import Bands

__all__ = ["FEATURE_BITS", "MOST_POSTINGS", "Part", "Sketches", "spread"]

FEATURE_BITS = 36
"""Leading bits of a feature that a posting keeps, between the number of its bucket and its tail."""

MOST_POSTINGS = 1 << 31

_IN_BUCKET, _LEAST_BUCKETS = 4, FEATURE_BITS - 32
_RANGES = 16
_WEIGHT = np.uint64(0xFF)
_STEP = np.uint64(0x9E3779B97F4A7C15)


def spread(keys: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint8]]:
    """Keys of ``dedup.reuse.Features`` with their weight spread over all bits: the leading ones tell them apart."""
    weights = keys & _WEIGHT
    return keys + weights * _STEP, weights.astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Sketches:
    """What is derived from each of some texts.

    Attributes
    ----------
    entries : int64 array (n,), ascending
        The number of each text in the index.
    signatures : uint32 array (n, num_perm)
    least : int32 array (n,)
        The weight of shared rare features that makes a candidate of each; see ``dedup.reuse.least_weights``.
    features : uint64 array (m,)
        Its rare features, as `spread` has them.
    weights : uint8 array (m,)
        Of the features, in eighths of idf.
    offsets : int64 array (n + 1,)
        Text i has ``features[offsets[i]:offsets[i + 1]]``.
    """

    entries: npt.NDArray[np.int64]
    signatures: npt.NDArray[np.uint32]
    least: npt.NDArray[np.int32]
    features: npt.NDArray[np.uint64]
    weights: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.entries)

    def take(self, rows: npt.NDArray[np.int64], entries: npt.NDArray[np.int64]) -> Sketches:
        """The sketches of some of the texts, in this order and with entries of their own."""
        counts = np.diff(self.offsets)[rows]
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        at = np.arange(offsets[-1]) + np.repeat(self.offsets[rows] - offsets[:-1], counts)
        return Sketches(entries, self.signatures[rows], self.least[rows], self.features[at], self.weights[at], offsets)


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Sketches of texts, sorted.

    Attributes
    ----------
    entries, signatures, least
        As in `Sketches`.
    keys : uint64 array (bands, n)
        Of each band, ascending; see ``kernels.lookup.sketch_keys``.
    starts : uint32 array (2 ** bits + 1,)
        Where the postings of each bucket begin: of the features whose leading bits are its number.
    tails : uint32 or uint16 array (m,)
        The bits of a posting's feature behind those, ``FEATURE_BITS`` together.
    rows : uint16 or uint32 array (m,)
        A posting's text.
    """

    entries: npt.NDArray[np.int64]
    signatures: npt.NDArray[np.uint32]
    least: npt.NDArray[np.int32]
    keys: npt.NDArray[np.uint64]
    starts: npt.NDArray[np.uint32]
    tails: npt.NDArray[np.unsignedinteger[Any]]
    rows: npt.NDArray[np.unsignedinteger[Any]]

    def __post_init__(self) -> None:
        """Nobody writes to a part, be it in memory or mapped: kernels are compiled once for both."""
        for array in self.arrays().values():
            array.flags.writeable = False

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def bucket_bits(self) -> int:
        """Bits of a bucket's number."""
        return (len(self.starts) - 1).bit_length() - 1

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Its arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Part:
        """The part that ``arrays`` gave."""
        return cls(**{field.name: arrays[field.name] for field in fields(cls)})

    @classmethod
    def empty(cls, num_perm: int, bands: Bands) -> Part:
        """A part of nothing."""
        none = np.empty(0, np.int64)
        features = np.empty(0, np.uint64), np.empty(0, np.uint8)
        signatures = np.empty((0, num_perm), np.uint32)
        return cls.build(Sketches(none, signatures, none.astype(np.int32), *features, np.zeros(1, np.int64)), bands)

    @classmethod
    def build(cls, sketches: Sketches, bands: Bands) -> Part:
        """Sort the sketches of some texts."""
        keys = np.empty((bands.bands, len(sketches)), np.uint64)
        sketch_keys(sketches.signatures, 0, bands.rows, keys)
        rows = np.repeat(np.arange(len(sketches), dtype=np.uint64), np.diff(sketches.offsets))
        postings = _sorted(_packed(sketches.features, rows, _row_bits(len(sketches))))
        return cls(
            sketches.entries,
            sketches.signatures,
            sketches.least,
            np.sort(keys, axis=1),
            *_split([postings], len(postings), len(sketches)),
        )

    @classmethod
    def merge(cls, parts: Sequence[Part], removed: npt.NDArray[np.int64], bands: Bands) -> Part:
        """One part of several, in the order of their entries, without those removed. O(size · log(parts))."""
        kept = [~np.isin(part.entries, removed) for part in parts]
        lengths = [int(keep.sum()) for keep in kept]
        first = np.cumsum([0, *lengths])
        size = int(first[-1])
        signatures = np.concatenate([part.signatures[keep] for part, keep in zip(parts, kept, strict=True)])
        keys = np.empty((bands.bands, size), np.uint64)
        sketch_keys(signatures, 0, bands.rows, keys)
        keys.sort(axis=1)
        places = [(np.cumsum(keep) - 1 + start).astype(np.uint64) for keep, start in zip(kept, first[:-1], strict=True)]
        counts = sum(int(np.count_nonzero(keep[part.rows])) for part, keep in zip(parts, kept, strict=True))
        ranges = (_merged_range(parts, kept, places, size, number) for number in range(_RANGES))
        entries, least = (
            np.concatenate([getattr(part, name)[keep] for part, keep in zip(parts, kept, strict=True)])
            for name in ("entries", "least")
        )
        return cls(entries, signatures, least, keys, *_split(ranges, counts, size))

    def features(self, low: int, high: int) -> npt.NDArray[np.uint64]:
        """The features of postings ``low`` to ``high``, as far as their bits are kept."""
        first, last = (np.searchsorted(self.starts, [low, high], side="right") - 1).tolist()
        edges = np.clip(self.starts[first : last + 2].astype(np.int64), low, high)
        bucket = np.repeat(np.arange(first, first + len(edges) - 1, dtype=np.uint64), np.diff(edges))
        features = (bucket << np.uint64(FEATURE_BITS - self.bucket_bits)) | self.tails[low:high]
        return features << np.uint64(64 - FEATURE_BITS)


def _row_bits(size: int) -> int:
    return max(1, (size - 1).bit_length())


def _packed(features: npt.NDArray[np.uint64], rows: npt.NDArray[np.uint64], row_bits: int) -> npt.NDArray[np.uint64]:
    """A posting as one number: the leading bits of its feature, and its text."""
    return (features & ~np.uint64((1 << row_bits) - 1)) | rows


def _sorted(postings: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The postings of some texts, ascending; one feature may be that of too many for a sort of hashes."""
    out = np.empty_like(postings)
    return out if sort_evenly(postings, out) else np.sort(postings)


def _merged_range(
    parts: Sequence[Part],
    kept: Sequence[npt.NDArray[np.bool_]],
    places: Sequence[npt.NDArray[np.uint64]],
    size: int,
    number: int,
) -> npt.NDArray[np.uint64]:
    """The merged postings of one of ``_RANGES`` equal ranges of features: memory holds one at a time."""
    found = []
    for part, keep, place in zip(parts, kept, places, strict=True):
        low, high = (int(part.starts[(len(part.starts) - 1) * edge // _RANGES]) for edge in (number, number + 1))
        rows = part.rows[low:high]
        features = part.features(low, high)
        if not keep.all():
            features, rows = features[keep[rows]], rows[keep[rows]]
        found.append(_packed(features, place[rows], _row_bits(size)))
    return np.sort(np.concatenate(found), kind="stable")  # which merges what is sorted already


def _split(
    postings: Iterable[npt.NDArray[np.uint64]], count: int, size: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.unsignedinteger[Any]], npt.NDArray[np.unsignedinteger[Any]]]:
    """Sorted postings as buckets, tails and rows."""
    bits = max(_LEAST_BUCKETS, (count >> _IN_BUCKET).bit_length())
    tails: npt.NDArray[Any] = np.empty(count, np.uint16 if FEATURE_BITS - bits <= 16 else np.uint32)
    rows: npt.NDArray[Any] = np.empty(count, np.uint16 if size <= 1 << 16 else np.uint32)
    sizes = np.zeros((1 << bits) + 1, np.uint32)
    tail_mask = np.uint64((1 << (FEATURE_BITS - bits)) - 1)
    row_mask = np.uint64((1 << _row_bits(size)) - 1)
    at = 0
    for piece in postings:
        part = slice(at, at + len(piece))
        tails[part] = (piece >> np.uint64(64 - FEATURE_BITS)) & tail_mask
        rows[part] = piece & row_mask
        buckets = (piece >> np.uint64(64 - bits)).astype(np.int64)
        first = int(buckets[0]) if len(buckets) else 0
        counted = np.bincount(buckets - first)
        sizes[first + 1 : first + 1 + len(counted)] += counted.astype(np.uint32)
        at += len(piece)
    return np.cumsum(sizes, dtype=np.uint32), tails, rows
