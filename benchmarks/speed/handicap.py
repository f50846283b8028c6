"""Deliberate regressions, to see that the gate catches them: ``DEDUP_BENCH_HANDICAP=kernel|memory|recall``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.speed import stages
from dedup import sketch
from dedup.lsh import CandidatePairs

__all__ = ["CAUGHT_BY", "HANDICAPS", "apply_handicap"]

_NEED = 10_000
_ballast: list[npt.NDArray[np.uint8]] = []


def apply_handicap(name: str) -> None:
    """Make this process worse.

    Raises
    ------
    ValueError
        When there is no handicap of that name.
    """
    if name and name not in HANDICAPS:
        raise ValueError(f"no handicap {name!r}; there are {', '.join(HANDICAPS)}")
    if name:
        HANDICAPS[name]()


def _slow_kernel() -> None:
    """The kernel of sketching takes a fifth longer."""
    kernel = vars(sketch)["fast_similarity_signatures"]

    def slower(*arguments: Any) -> None:
        started = time.process_time()
        kernel(*arguments)
        ready = time.process_time()
        while time.process_time() < ready + (ready - started) / 5:
            pass

    vars(sketch)["fast_similarity_signatures"] = slower


def _double_memory() -> None:
    """The run whose memory is measured holds as much again beside its own: 10 KB a document."""
    run = stages.run_stages

    def heavier(*arguments: Any) -> Any:
        _ballast[:] = [np.ones(_NEED * len(arguments[0]), np.uint8)]
        found = run(*arguments)
        _ballast.clear()
        return found

    vars(stages)["run_stages"] = heavier


def _lower_recall() -> None:
    """One candidate pair in fifty is lost."""
    near_pairs: Callable[..., CandidatePairs] = vars(stages)["near_pairs"]

    def forgetful(*arguments: Any, **settings: Any) -> CandidatePairs:
        pairs = near_pairs(*arguments, **settings)
        return pairs.where(np.arange(len(pairs)) % 50 != 0)

    vars(stages)["near_pairs"] = forgetful


HANDICAPS: dict[str, Callable[[], None]] = {
    "kernel": _slow_kernel,
    "memory": _double_memory,
    "recall": _lower_recall,
}

CAUGHT_BY = {
    "": (),
    "kernel": ("sketching, in calibrations", "total, in calibrations", "total, in runs of datasketch"),
    "memory": ("memory beyond the texts, MB",),
    "recall": ("recall",),
}
"""The figures that each handicap may worsen, and no others."""
