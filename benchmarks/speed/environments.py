"""Virtual environments of the engines, made on first use from pinned versions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from hashlib import blake2b
from pathlib import Path

__all__ = ["cache_folder", "environment"]

_REQUIREMENTS = Path(__file__).with_name("engines") / "requirements"


def cache_folder() -> Path:
    """Where environments, texts and exact joins are kept: ``DEDUP_BENCH_CACHE``, else in the user's cache."""
    chosen = os.environ.get("DEDUP_BENCH_CACHE")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = Path(chosen) if chosen else cache / "dedup-bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def environment(name: str) -> str:
    """The interpreter of an environment that has exactly the pinned versions; made anew when they change.

    Raises
    ------
    RuntimeError
        When it cannot be installed, with what pip said.
    """
    requirements = _REQUIREMENTS / f"{name}.txt"
    pinned = requirements.read_bytes() + sys.version.encode()
    folder = cache_folder() / f"{name}-{blake2b(pinned, digest_size=6).hexdigest()}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    ready = folder / "ready"
    if ready.exists():
        return str(python)
    print(f"making the environment of {name} in {folder}", file=sys.stderr, flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"cannot install {name}: {done.stderr.strip().splitlines()[-1:]}")
    ready.touch()
    return str(python)
