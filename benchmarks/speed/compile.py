"""How long a first run compiles, kernel by kernel, in processor seconds."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from os import environ
from typing import Any

from numba.core.event import Listener, install_listener

from dedup.warming import compile_alignment, compile_rest

__all__ = ["measure", "report"]


class _Clock(Listener):
    """Adds up the time of each kernel; the functions that it includes count with it."""

    def __init__(self) -> None:
        self.functions = 0
        self.seconds: dict[str, float] = {}
        self._depth = 0
        self._started = 0.0

    def on_start(self, event: Any) -> None:
        if not self._depth:
            self._started = time.process_time()
        self._depth += 1
        self.functions += 1

    def on_end(self, event: Any) -> None:
        self._depth -= 1
        if not self._depth:
            function = event.data["dispatcher"].py_func
            name = f"{function.__module__.removeprefix('dedup.kernels.')}.{function.__qualname__}"
            self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - self._started


def measure(*, short: bool = False) -> None:
    """Compile every kernel where none lies in the cache: each half of the first run in a process of its own."""
    halves = [compile_alignment] if short else [compile_alignment, compile_rest]
    with tempfile.TemporaryDirectory() as folder:
        for half in halves:
            code = f"from benchmarks.speed.compile import report; report({half.__name__!r})"
            subprocess.run([sys.executable, "-c", code], env={**environ, "NUMBA_CACHE_DIR": folder}, check=True)


def report(half: str) -> None:
    """Compile a half, and print the time of the whole and of each of its kernels."""
    clock = _Clock()
    work = {"compile_alignment": compile_alignment, "compile_rest": compile_rest}[half]
    started = time.process_time()
    with install_listener("numba:compile", clock):
        work()
    print(f"{half}: {time.process_time() - started:.1f} s, {clock.functions} functions")
    for name, seconds in sorted(clock.seconds.items(), key=lambda item: -item[1]):
        print(f"  {seconds:5.2f} s  {name}")
