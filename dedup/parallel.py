"""Parallelism is one thing: a thread pool over kernels that do not hold the interpreter's lock."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["as_threads_go", "available_jobs", "in_threads"]

_AHEAD = 4

T = TypeVar("T")
R = TypeVar("R")


def available_jobs() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_threads(work: Callable[[T], R], items: Iterable[T], jobs: int) -> list[R]:
    """The results of ``work`` on each item, in the order of the items, whatever the number of threads.

    Items are taken as they are needed, a few for each thread.

    >>> in_threads(abs, [-2, 1], jobs=2)
    [2, 1]
    """
    return list(as_threads_go(work, items, jobs))


def as_threads_go(work: Callable[[T], R], items: Iterable[T], jobs: int) -> Iterator[R]:
    """The same one by one, so that none need be kept; a few are done ahead."""
    if jobs == 1:
        yield from map(work, items)
        return
    waiting: deque[Future[R]] = deque()
    pool = ThreadPoolExecutor(jobs)
    try:
        for item in items:
            if len(waiting) >= _AHEAD * jobs:
                yield waiting.popleft().result()
            waiting.append(pool.submit(work, item))
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
