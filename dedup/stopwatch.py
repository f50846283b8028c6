"""What each stage of a comparison did, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from dedup.matches import Effort

__all__ = ["Stopwatch"]


class Stopwatch:
    """Measures stages as they report, and passes the reports on.

    Parameters
    ----------
    report : callable
        Told each stage's name, how much of it is done, and of how much (0: not known).

    Examples
    --------
    >>> watch = Stopwatch(lambda name, done, total: None)
    >>> watch.tell("reading", 3, 0)
    >>> watch.add("reading", documents=3)
    >>> [(effort.name, effort.documents) for effort in watch.finish()]
    [('reading', 3)]
    """

    def __init__(self, report: Callable[[str, int, int], None]) -> None:
        self._report = report
        self._efforts: dict[str, Effort] = {}
        self._name = ""
        self._since = time.perf_counter()

    def tell(self, name: str, done: int, total: int) -> None:
        """A stage has come so far."""
        if name != self._name:
            self._close()
            self._name = name
        self._report(name, done, total)

    def add(
        self, name: str, *, documents: int = 0, size: int = 0, candidates: int | None = None, kept: int | None = None
    ) -> None:
        """What a stage went through."""
        known = self._efforts.get(name, Effort(name, 0.0))
        self._efforts[name] = replace(known, documents=documents, size=size, candidates=candidates, kept=kept)

    def finish(self) -> tuple[Effort, ...]:
        """All stages, in the order in which they began."""
        self._close()
        self._name = ""
        return tuple(self._efforts.values())

    def _close(self) -> None:
        now = time.perf_counter()
        if self._name:
            known = self._efforts.get(self._name, Effort(self._name, 0.0))
            self._efforts[self._name] = replace(known, seconds=known.seconds + now - self._since)
        self._since = now
