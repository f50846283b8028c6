"""Remedies: the settings that would have made a candidate of a pair, or reported it."""

from __future__ import annotations

import math

import numpy as np

from dedup.errors import SettingsError
from dedup.explaining.features import SharedFeatures
from dedup.explanation import Remedy
from dedup.lsh import near_pairs
from dedup.matches import Relation
from dedup.settings import Settings
from dedup.sketch import Signatures

__all__ = ["lower_threshold", "lower_weight", "raise_frequency", "widen_relations"]


def lower_threshold(signatures: Signatures, settings: Settings) -> Remedy | None:
    """The largest threshold, in hundredths, at which the bands bring two signatures together.

    Parameters
    ----------
    signatures : Signatures
        Of the two texts.
    settings : Settings
    """
    for hundredths in range(math.ceil(100 * settings.threshold) - 1, 0, -1):
        threshold = hundredths / 100
        try:
            found = near_pairs(
                signatures, np.arange(2, dtype=np.int32), threshold=threshold, min_recall=settings.min_recall
            )
        except SettingsError:
            return None
        if len(found):
            why = f"the bands for {threshold:g} bring the two signatures together"
            return Remedy("threshold", threshold, f"--threshold {threshold:g}", why)
    return None


def lower_weight(shared: SharedFeatures) -> Remedy | None:
    """The weight, in tenths, at which what two texts share suffices."""
    weight = math.floor(10 * shared.weight / shared.growth) / 10
    if weight < 1.0:
        return None
    grown = f", which texts so long need {shared.growth:.2f} times" if shared.growth > 1.0 else ""
    why = f"what they share weighs {shared.weight:.1f}{grown}"
    return Remedy("min_weight", weight, f"--min-weight {weight:g}", why)


def raise_frequency(shared: SharedFeatures, settings: Settings) -> Remedy | None:
    """The frequency up to which words and phrases would have to count as rare, for what is shared to suffice."""
    common = np.flatnonzero(shared.frequent & (shared.frequencies > settings.max_frequency))
    common = common[np.argsort(shared.frequencies[common], kind="stable")]
    reached = shared.weight + np.cumsum(shared.weights[common])
    enough = np.flatnonzero(reached >= shared.needed)
    if not len(enough):
        return None
    frequency = int(shared.frequencies[common[enough[0]]])
    why = f"words and phrases in up to {frequency} families would add what is missing"
    return Remedy("max_frequency", frequency, f"--max-frequency {frequency}", why)


def widen_relations(relation: Relation) -> Remedy:
    """The relation that has to be asked for."""
    return Remedy(
        "relation", str(relation), f"--relation {relation}", "it is not among the relations that are reported"
    )
