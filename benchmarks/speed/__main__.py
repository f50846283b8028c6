"""Measure parts of the core: ``python -m benchmarks.speed --help``; beside others: ``python -m benchmarks speed``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module

__all__ = ["main"]

_PARTS = {
    "tokens": "bytes a second of the tokeniser by language",
    "sketches": "bias, error and speed of signatures by scheme and length of text",
    "pairs": "text to verified near-duplicate pairs by stage",
    "align": "candidate pairs judged a second, by stage, with a digest of the results",
    "threads": "what a second thread brings, beside plain arithmetic",
    "recall": "recall of the near tier by length of text",
    "retrieval": "which labelled pairs become candidates, at how many candidates a document",
    "compile": "what a first run compiles, by kernel",
    "first-run": "a first run of the command line from beginning to end",
    "buckets": "time by number of texts that are all equal, or nearly so",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and print what was measured."""
    listed = "\n".join(f"  {name:10} {what}" for name, what in _PARTS.items())
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed", description=listed, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=list(_PARTS))
    parser.add_argument("--short", action="store_true", help="smaller samples: a minute at most")
    chosen = parser.parse_args(arguments)
    import_module(f"benchmarks.speed.{chosen.part.replace('-', '_')}").measure(short=chosen.short)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
