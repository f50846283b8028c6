"""Which entries of an index are worth comparing with a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dedup.index.parts import FEATURE_BITS, Part, Sketches
from dedup.kernels.join import LARGEST_RUN
from dedup.kernels.lookup import find_postings, find_rows, sketch_keys
from dedup.lsh import Bands
from dedup.reuse import ReuseLimits

__all__ = ["LARGE_FAMILY", "Families", "near_entries", "sharing_entries"]

LARGE_FAMILY = ReuseLimits().large_family

_MOST_POSTINGS = 1 << 12
_SLACK = 0.2
_LAST = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Families:
    """Near-duplicate families of several entries, as they were when the statistics were fitted.

    Attributes
    ----------
    entries : int64 array (n,), ascending
    heads : int64 array (n,)
        The first entry of each one's family.
    """

    entries: npt.NDArray[np.int64]
    heads: npt.NDArray[np.int64]

    def of(self, entries: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The head of each entry's family; entries of none, and later ones, are their own."""
        if not len(self.entries):
            return entries
        at = np.minimum(np.searchsorted(self.entries, entries), len(self.entries) - 1)
        return np.where(self.entries[at] == entries, self.heads[at], entries)

    def members(self, head: int) -> npt.NDArray[np.int64]:
        """The entries of a family. O(entries of all families)."""
        found = self.entries[self.heads == head]
        return found if len(found) else np.array([head], np.int64)

    @cached_property
    def large(self) -> npt.NDArray[np.int64]:
        """The heads of families of more than ``LARGE_FAMILY`` entries, ascending."""
        names, counts = np.unique(self.heads, return_counts=True)
        large: npt.NDArray[np.int64] = names[counts > LARGE_FAMILY]
        return large


def near_entries(
    parts: Sequence[Part],
    signature: npt.NDArray[np.uint32],
    bands: Bands,
    threshold: float,
    removed: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Entries that share a band with a signature, and the Jaccard similarity that the signatures estimate.

    Those that agree far less than the threshold are left out.
    """
    least = max(1, int((threshold - _SLACK) * len(signature)))
    wanted = np.empty((bands.bands, 1), np.uint64)
    sketch_keys(signature.reshape(1, -1), 0, bands.rows, wanted)
    room = bands.bands * LARGEST_RUN
    rows, agreements = np.empty(room, np.int64), np.empty(room, np.int32)
    entries, shares = [np.empty(0, np.int64)], [np.empty(0, np.int32)]
    for part in parts:
        n = find_rows(part.keys, part.signatures, wanted, signature, least, rows, agreements)
        if n:
            found, first = np.unique(rows[:n], return_index=True)
            entries.append(part.entries[found])
            shares.append(agreements[first])
    found = np.concatenate(entries)
    kept = ~np.isin(found, removed)
    return found[kept], np.concatenate(shares)[kept] / len(signature)


def sharing_entries(
    parts: Sequence[Part], sketch: Sketches, families: Families, removed: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Entries that share rare features of enough weight with one text.

    Of a large near-duplicate family a feature counts for the first entry only. Of a feature that more than 4,096
    entries of a part have, which can be where many were added since the statistics were fitted, the first ones count.
    """
    first, count = np.empty(len(sketch.features), np.int64), np.empty(len(sketch.features), np.int64)
    found = [np.empty((3, 0), np.int64)]
    for part in parts:
        find_postings(part.starts, part.tails, part.bucket_bits, FEATURE_BITS, sketch.features, first, count)
        feature = np.flatnonzero(count)
        if not len(feature):
            continue
        length = np.minimum(count[feature], _MOST_POSTINGS)
        behind = np.cumsum(length)
        places = np.arange(behind[-1]) + np.repeat(first[feature] - behind + length, length)
        rows = np.minimum(part.rows[places].astype(np.int64), len(part) - 1)
        found.append(np.stack([np.repeat(feature, length), part.entries[rows], part.least[rows].astype(np.int64)]))
    feature, entry, least = np.concatenate(found, axis=1)
    kept = ~np.isin(entry, removed)
    if len(families.large):
        heads = families.of(entry)
        kept &= ~np.isin(heads, families.large) | _first_of_each(feature, heads, np.where(kept, entry, _LAST))
    feature, entry, least = feature[kept], entry[kept], least[kept]
    entries, at, inverse = np.unique(entry, return_index=True, return_inverse=True)
    total = np.bincount(inverse, sketch.weights[feature], len(entries))
    enough: npt.NDArray[np.int64] = entries[total >= np.minimum(least[at], sketch.least[0])]
    return enough


def _first_of_each(
    feature: npt.NDArray[np.int64], heads: npt.NDArray[np.int64], entry: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Which rows have the smallest entry of their feature and family."""
    order = np.lexsort((entry, heads, feature))
    new = np.ones(len(order), np.bool_)
    new[1:] = (np.diff(feature[order]) != 0) | (np.diff(heads[order]) != 0)
    out = np.empty(len(order), np.bool_)
    out[order] = new
    return out
