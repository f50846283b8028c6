"""The rare features that two documents of a collection share, and those that are too common to count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedup.corpus import Collection
from dedup.fit import Fit
from dedup.passes import features_of
from dedup.reuse import idf_weights, length_growth
from dedup.settings import Settings
from dedup.statistics import contained

__all__ = ["SharedFeatures", "find_shared"]


@dataclass(frozen=True, slots=True)
class SharedFeatures:
    """Features that both of two documents have.

    Attributes
    ----------
    keys : uint64 array (k,), ascending
        As `dedup.reuse.Features` has them.
    weights : float64 array (k,)
    frequencies : int64 array (k,)
        Near-duplicate families that have each.
    frequent, counted : bool arrays (k,)
        Whether each is too common to count; whether it counts. Of a large family the first document alone does.
    needed : float
        Sum of the weights from which the pair is a candidate.
    growth : float
        How many times ``min_weight`` that is, as both texts are long.
    """

    keys: npt.NDArray[np.uint64]
    weights: npt.NDArray[np.float64]
    frequencies: npt.NDArray[np.int64]
    frequent: npt.NDArray[np.bool_]
    counted: npt.NDArray[np.bool_]
    needed: float
    growth: float

    @property
    def weight(self) -> float:
        """Sum of the weights that count."""
        return float(self.weights[self.counted].sum())

    @property
    def enough(self) -> bool:
        """Whether they make a candidate of two documents of different families."""
        return self.weight >= self.needed


def find_shared(collection: Collection, fitted: Fit, settings: Settings, left: int, right: int) -> SharedFeatures:
    """What two documents of a collection share. O(tokens of the collection), a block of documents at a time."""
    limits, pair = settings.reuse_limits(), np.array([left, right])
    everything = fitted.statistics.knowing(frequent=np.empty(0, np.uint64))
    both, totals = features_of(collection.select(pair), everything, settings, limits)
    keys = np.intersect1d(both.keys[: both.offsets[1]], both.keys[both.offsets[1] :])
    parts: list[npt.NDArray[np.int64]] = [np.empty((2, 0), np.int64)]
    for numbers in collection.blocks():
        some, _ = features_of(collection.select(numbers), everything, settings, limits)
        at = np.flatnonzero(contained(some.keys, keys))
        owner = np.repeat(numbers, np.diff(some.offsets))[at]
        parts.append(np.stack([np.searchsorted(keys, some.keys[at]), owner]))
    feature, owner = np.concatenate(parts, axis=1)
    family = fitted.families[owner]
    frequencies = np.bincount(np.unique(np.stack([feature, family]), axis=1)[0], minlength=len(keys))
    frequent = contained(keys, fitted.statistics.frequent)
    counted = (frequencies >= 2) & ~frequent
    large = np.bincount(fitted.families, minlength=len(collection)) > limits.large_family
    for document in pair[large[fitted.families[pair]]].tolist():
        earlier = (family == fitted.families[document]) & (owner < document)
        counted[np.unique(feature[earlier])] = False
    return SharedFeatures(
        keys,
        idf_weights(keys & np.uint64(0xFF)),
        frequencies,
        frequent,
        counted,
        float(idf_weights(fitted.least[pair]).min()),
        float(length_growth(totals, limits).min()),
    )
