"""Seconds by stage, of the clock and of the processor."""

from __future__ import annotations

import os
import time

__all__ = ["Stopwatch", "processor_time"]


def processor_time() -> float:
    """Seconds of this process, to the nanosecond, and of those that it has waited for."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


class Stopwatch:
    """Adds up what each stage takes.

    Attributes
    ----------
    clock, processor : dict of str to float

    Examples
    --------
    >>> watch = Stopwatch()
    >>> watch.mark("reading")
    >>> watch.clock.keys() == watch.processor.keys() == {"reading"}
    True
    """

    def __init__(self) -> None:
        self.clock: dict[str, float] = {}
        self.processor: dict[str, float] = {}
        self._last = time.perf_counter(), processor_time()

    def mark(self, stage: str) -> None:
        """All since the last mark, or since the beginning, was this stage."""
        now = time.perf_counter(), processor_time()
        for total, then, since in zip((self.clock, self.processor), now, self._last, strict=True):
            total[stage] = total.get(stage, 0.0) + then - since
        self._last = now
