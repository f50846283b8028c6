"""Run a benchmark: ``python -m benchmarks quality --help``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from benchmarks.quality import run as quality

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and run the benchmark that it names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="benchmark", required=True)
    what = "what is found, missed and wrongly said on labelled texts, held against floors"
    quality.add_arguments(commands.add_parser("quality", help=what, description=what))
    return quality.run(parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
