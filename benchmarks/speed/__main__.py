"""Measure speed, error and completeness: ``python -m benchmarks.speed sketches | pairs | retrieval``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("what", choices=["sketches", "pairs", "retrieval"])
    parser.add_argument("--short", action="store_true", help="smaller samples: a minute at most")
    parser.add_argument("--daft", metavar="PYTHON", help="pairs: an interpreter that has daft, to measure beside")
    chosen = parser.parse_args(arguments)
    if chosen.what == "sketches":
        from benchmarks.speed.sketches import measure as measure_sketches

        measure_sketches(short=chosen.short)
    elif chosen.what == "pairs":
        from benchmarks.speed.pairs import measure as measure_pairs

        measure_pairs(short=chosen.short, daft=chosen.daft)
    else:
        from benchmarks.speed.retrieval import measure as measure_retrieval

        measure_retrieval()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
