"""Start an engine's process on so many processors, and watch the memory of all that it starts."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["run_worker"]

_INTERVAL = 0.05
_THREAD_SETTINGS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "RAYON_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "NUMBA_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "DAFT_NUM_THREADS",
)
_ROOT = Path(__file__).parent.parent.parent


def run_worker(
    python: str, module: str, arguments: Sequence[str], threads: int, extra: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Run a module that prints its result as the last line; add the peak memory of its process tree.

    Parameters
    ----------
    python : str
        The interpreter.
    module : str
    arguments : sequence of str
    threads : int
        Processors that it may use; libraries are told of them too.
    extra : mapping, optional
        Of environment variables.

    Raises
    ------
    RuntimeError
        When it fails, with the end of what it wrote.
    """
    settings = dict.fromkeys(_THREAD_SETTINGS, str(threads))
    settings |= {"PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "0", "HF_HUB_OFFLINE": "1", "DO_NOT_TRACK": "1"}
    settings |= extra or {}
    command = [*_pinned(threads), python, "-m", module, *arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **settings},
        cwd=_ROOT,
    )
    watch = _Watch(process.pid)
    output, errors = process.communicate()
    peak = watch.stop()
    if process.returncode:
        raise RuntimeError(f"{module} failed:\n{output[-500:]}\n{errors[-2000:]}")
    result: dict[str, Any] = json.loads(output.splitlines()[-1])
    result["memory_peak"] = max(peak or 0.0, result["memory_peak"] or 0.0) or None
    return result


def _pinned(threads: int) -> list[str]:
    """The command that binds to the last processors: the first is the one that interrupts and others favour."""
    if not hasattr(os, "sched_getaffinity"):
        return []
    mine = sorted(os.sched_getaffinity(0))
    if len(mine) < threads:
        raise RuntimeError(f"{threads} threads were asked for; this process may use {len(mine)} processors")
    return ["taskset", "--cpu-list", ",".join(map(str, mine[-threads:]))]


class _Watch:
    """Samples the memory of a process and its descendants. A single process's own peak is exact anyway."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def stop(self) -> float | None:
        """The largest sum seen of more than one process, in MB; ``None`` where there never were several."""
        self._done.set()
        self._thread.join()
        return self._peak or None

    def _sample(self) -> None:
        while not self._done.wait(_INTERVAL):
            pids = _tree(self._pid)
            if len(pids) > 1:
                self._peak = max(self._peak, sum(map(_share, pids)))


def _tree(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        try:
            for task in Path(f"/proc/{found[-1]}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
        except (OSError, ValueError):
            continue
    return found


def _share(pid: int) -> float:
    """Resident memory in MB; what several processes share is divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
