"""text-dedup: its command line, with the quicker of its hash functions; the stages are timed by its own clock."""

from __future__ import annotations

import tempfile
from collections import Counter
from importlib.metadata import version
from pathlib import Path

import datasets
import numpy as np
from text_dedup import minhash

from benchmarks.speed.points import NUM_PERM, Point
from benchmarks.speed.worker import Found, main

__all__ = ["TextDedup"]


class TextDedup:
    """Reading and writing data sets is left out of its times.

    Attributes
    ----------
    stages : dict
        Seconds by stage of the last run.
    """

    tokens = "nonwords"
    finds = "members"
    stages: dict[str, float]

    def version(self) -> str:
        """Of the package."""
        return version("text-dedup")

    def signatures(self, texts: list[str], point: Point, threads: int) -> None:
        """Run the command."""
        clock = minhash.Timer()
        minhash.Timer = lambda: clock
        with tempfile.TemporaryDirectory() as folder:
            source, output = str(Path(folder, "texts")), str(Path(folder, "kept"))
            datasets.Dataset.from_dict({"text": texts}).save_to_disk(source)
            options = {
                "path": source,
                "output": output,
                "column": "text",
                "ngram": point.shingle_size,
                "num_perm": NUM_PERM,
                "b": point.bands,
                "r": point.rows,
                "hash_func": "xxh3",
                "num_proc": threads,
            }
            command = [part for name, value in options.items() for part in (f"--{name}", str(value))]
            minhash.main([*command, "--local"], standalone_mode=False)
        self.stages = {"signatures": clock.elapsed_times["MinHashing"], "pairs": clock.elapsed_times["Clustering"]}

    def pairs(self, signatures: None, point: Point, threads: int) -> Found:
        """Numbers of the documents in clusters of several."""
        roots = {number: minhash.uf.find(number) for number in list(minhash.uf.parent)}
        sizes = Counter(roots.values())
        return np.array(sorted(number for number, root in roots.items() if sizes[root] > 1), np.uint64)

    def verified(self, texts: list[str], found: Found, point: Point, threads: int) -> None:
        """Not offered."""


if __name__ == "__main__":
    main(TextDedup())
