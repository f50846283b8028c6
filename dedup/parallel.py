"""Parallelism is one thing: a thread pool over kernels that do not hold the interpreter's lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["available_jobs", "in_threads"]

T = TypeVar("T")
R = TypeVar("R")


def available_jobs() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_threads(work: Callable[[T], R], items: Sequence[T], jobs: int) -> list[R]:
    """The results of ``work`` on each item, in the order of the items, whatever the number of threads.

    >>> in_threads(abs, [-2, 1], jobs=2)
    [2, 1]
    """
    if jobs == 1 or len(items) < 2:
        return [work(item) for item in items]
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(work, items))
