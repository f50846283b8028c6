"""What an index remembers of how it was made, and what it refuses to be mixed with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from dedup.errors import MismatchError
from dedup.index.searching import Families
from dedup.settings import Settings
from dedup.sketch import MinHasher
from dedup.statistics import Statistics

__all__ = ["fitted_arrays", "fitted_from", "kept_facts", "kept_settings", "outdated", "scheme_of"]

_FIXED = ("threshold", "min_recall", "num_perm", "seed", "min_weight", "max_frequency", "base")


def kept_facts(settings: Settings, *, texts: bool) -> dict[str, Any]:
    """What is noted when an index is made."""
    return {
        "settings": {name: getattr(settings, name) for name in _FIXED},
        "texts": texts,
        "scheme": scheme_of(settings),
        "next_entry": 1,
        "documents": 0,
        "changes": 0,
        "serial": 0,
    }


def scheme_of(settings: Settings) -> str:
    """How signatures are made, with the tokeniser's and its table's version."""
    return MinHasher(settings.num_perm, seed=settings.seed).labelled(np.empty((0, settings.num_perm), np.uint32)).scheme


def kept_settings(facts: Mapping[str, Any], given: Settings | None, where: str) -> Settings:
    """The settings of an index; what only judges and reports may be chosen anew.

    Raises
    ------
    MismatchError
        When other sketches are wanted than it has.
    """
    kept = {**facts["settings"], "base": tuple(facts["settings"]["base"])}
    if given is None:
        return replace(Settings(), **kept)
    for name in _FIXED:
        if getattr(given, name) != kept[name]:
            shown = "other templates" if name == "base" else f"{name} {getattr(given, name)!r}, not {kept[name]!r}"
            raise MismatchError(f"{where}: was asked for with {shown}; leave it out, or make another index")
    return given


def outdated(facts: Mapping[str, Any], settings: Settings) -> str | None:
    """The scheme of an index whose sketches this dedup cannot compare with its own."""
    scheme: str = facts["scheme"]
    return scheme if scheme != scheme_of(settings) else None


def fitted_arrays(statistics: Statistics, families: Families) -> dict[str, npt.NDArray[Any]]:
    """Statistics and families as flat arrays."""
    statistics.save(stream := BytesIO())
    packed = np.frombuffer(stream.getvalue(), np.uint8)
    return {"statistics": packed, "entries": families.entries, "heads": families.heads}


def fitted_from(arrays: Mapping[str, npt.NDArray[Any]]) -> tuple[Statistics, Families]:
    """What `fitted_arrays` packed; the background alone where nothing was fitted yet."""
    if "statistics" not in arrays:
        none = np.empty(0, np.int64)
        return Statistics.background(), Families(none, none)
    statistics = Statistics.load(BytesIO(arrays["statistics"].tobytes()))
    return statistics, Families(arrays["entries"], arrays["heads"])
