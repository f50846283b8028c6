"""Run a benchmark: ``python -m benchmarks quality --help``."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from benchmarks import compare
from benchmarks.generate import write as generate
from benchmarks.index import run as index
from benchmarks.quality import run as quality
from benchmarks.scale import run as scale
from benchmarks.speed import gate
from benchmarks.speed import run as speed

__all__ = ["main"]

_COMMANDS = {
    "quality": (quality, "what is found, missed and wrongly said on labelled texts, held against floors"),
    "speed": (speed, "time, memory, recall and precision of dedup and of other programs on the same texts"),
    "scale": (scale, "time and memory a document, from ten thousand to a million documents"),
    "index": (index, "the durable index: adding, asking, opening, disk and memory, beside datasketch"),
    "gate": (gate, "a short benchmark for continuous integration, held against a baseline"),
    "compare": (compare, "two reports of speed or gate, with what became worse beyond the noise"),
    "generate": (generate, "write news-like texts, with what was made from what on the side"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and run the benchmark that it names."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="benchmark", required=True)
    for name, (module, what) in _COMMANDS.items():
        module.add_arguments(commands.add_parser(name, help=what, description=what))
    chosen = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = _COMMANDS[chosen.benchmark][0].run
    return command(chosen)


if __name__ == "__main__":
    raise SystemExit(main())
