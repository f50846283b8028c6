"""How long the first run on a machine takes: ``dedup compare seeds`` where no kernel is compiled, then once more."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from os import environ
from pathlib import Path

__all__ = ["measure"]

_SEEDS = Path(__file__).parents[2] / "seeds"

# The processor time of the command and, apart, of the process that compiles beside it.
_RUN = """
import json, resource, sys
from dedup.cli import main
try:
    main()
finally:
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps([who.ru_utime + who.ru_stime for who in spent]), file=sys.stderr)
"""


def measure(*, short: bool = False) -> None:
    """Run the command with an empty cache, and, unless ``short``, with the one that this left."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("first run",) if short else ("first run", "second run"):
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", _RUN, "compare", str(_SEEDS), "--include", "*.txt"],
                env={**environ, "NUMBA_CACHE_DIR": folder},
                capture_output=True,
                text=True,
                check=True,
            )
            seconds = time.perf_counter() - started
            own, other = json.loads(done.stderr.splitlines()[-1])
            print(f"{name}: {seconds:.1f} s; of processors {own:.1f} s, and {other:.1f} s beside", flush=True)
