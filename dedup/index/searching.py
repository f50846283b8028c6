"""Which entries of an index are worth comparing with a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dedup.index.parts import FEATURE_BITS, Part, Sketches
from dedup.kernels.join import LARGEST_RUN
from dedup.kernels.lookup import find_postings, find_rows, sketch_keys, sum_postings
from dedup.lsh import Bands
from dedup.reuse import ReuseLimits

__all__ = ["LARGE_FAMILY", "Families", "View", "near_entries", "sharing_entries"]

LARGE_FAMILY = ReuseLimits().large_family

_MOST_POSTINGS = 1 << 12
_SLACK = 0.2


@dataclass(frozen=True, eq=False)
class Families:
    """Near-duplicate families of several entries, as they were when the statistics were fitted.

    Attributes
    ----------
    entries : int64 array (n,), ascending
    heads : int64 array (n,)
        The entry that represents each one's family; see ``dedup.fit.NearFamilies``.
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

    def numbers(self, entries: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """The place of each entry's family among the large ones; -1 for others. ``entries`` are ascending."""
        out = np.full(len(entries), -1, np.int32)
        members = self.entries[np.isin(self.heads, self.large)]
        at = np.searchsorted(entries, members)
        here = at < len(entries)
        here[here] = entries[at[here]] == members[here]
        out[at[here]] = np.searchsorted(self.large, self.of(members[here]))
        return out


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A part as it is to be searched.

    Attributes
    ----------
    part : Part
    removed : bool array (n,)
    families : int32 array (n,)
        See ``Families.numbers``.
    """

    part: Part
    removed: npt.NDArray[np.bool_]
    families: npt.NDArray[np.int32]

    @classmethod
    def of(cls, part: Part, families: Families, removed: npt.NDArray[np.int64]) -> View:
        """A part without entries that are ``removed``, ascending."""
        view = cls(part, np.zeros(len(part), np.bool_), families.numbers(part.entries))
        view.remove(removed)
        return view

    def remove(self, entries: npt.NDArray[np.int64]) -> None:
        """Leave entries out from now on."""
        at = np.searchsorted(self.part.entries, entries)
        here = at < len(self.part)
        here[here] = self.part.entries[at[here]] == entries[here]
        self.removed[at[here]] = True


def near_entries(
    views: Sequence[View], signature: npt.NDArray[np.uint32], bands: Bands, threshold: float
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
    for view in views:
        part = view.part
        n = find_rows(part.keys, part.signatures, wanted, signature, least, rows, agreements)
        if n:
            found, first = np.unique(rows[:n], return_index=True)
            kept = ~view.removed[found]
            entries.append(part.entries[found[kept]])
            shares.append(agreements[first[kept]])
    return np.concatenate(entries), np.concatenate(shares) / len(signature)


def sharing_entries(views: Sequence[View], sketch: Sketches, large_families: int) -> npt.NDArray[np.int64]:
    """Entries that share rare features of enough weight with one text.

    Of a large near-duplicate family a feature counts for the first entry only. Of a feature that more than 4,096
    entries of a part have, which can be where many were added since the statistics were fitted, the first ones count.
    """
    features = len(sketch.features)
    first, count = np.empty(features, np.int64), np.empty(features, np.int64)
    seen = np.zeros((features, large_families), np.bool_)
    found = [np.empty(0, np.int64)]
    for view in views:
        part = view.part
        find_postings(part.starts, part.tails, part.bucket_bits, FEATURE_BITS, sketch.features, first, count)
        if not count.any():
            continue
        sums, touched = np.zeros(len(part), np.int32), np.empty(len(part), np.int32)
        n = sum_postings(
            part.rows, first, count, sketch.weights, _MOST_POSTINGS,
            view.removed, view.families, seen, sums, touched,
        )  # fmt: skip
        rows = np.sort(touched[:n])
        found.append(part.entries[rows[sums[rows] >= np.minimum(part.least[rows], sketch.least[0])]])
    return np.concatenate(found)
