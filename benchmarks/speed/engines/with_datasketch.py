"""datasketch: ``MinHash.bulk`` with xxhash, ``MinHashLSH`` filled in one session, then queried."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import datasketch
import numpy as np
import xxhash

from benchmarks.speed.points import NUM_PERM, Point
from benchmarks.speed.worker import Found, main, packed

__all__ = ["Datasketch", "shingles"]


class Datasketch:
    """The hash function is the quickest of those that its documentation names."""

    tokens = "lowercase"
    finds = "pairs"

    def version(self) -> str:
        """Of the package."""
        return str(datasketch.__version__)

    def signatures(self, texts: list[str], point: Point, threads: int) -> list[Any]:
        """One MinHash object a text."""
        sets = (shingles(text, point.shingle_size) for text in texts)
        return list(datasketch.MinHash.bulk(sets, num_perm=NUM_PERM, hashfunc=xxhash.xxh32_intdigest))

    def pairs(self, signatures: list[Any], point: Point, threads: int) -> Found:
        """What each text's query returns."""
        index = datasketch.MinHashLSH(num_perm=NUM_PERM, params=(point.bands, point.rows))
        with index.insertion_session() as session:
            for number, signature in enumerate(signatures):
                session.insert(number, signature)
        left, right = [], []
        for number, signature in enumerate(signatures):
            hits = index.query(signature)
            left += [number] * len(hits)
            right += hits
        return packed(np.array(left, np.int64), np.array(right, np.int64))

    def verified(self, texts: list[str], found: Found, point: Point, threads: int) -> None:
        """Not offered."""


def shingles(text: str, size: int) -> Iterable[bytes]:
    """Distinct runs of words.

    >>> sorted(shingles("a b c", 2))
    [b'a b', b'b c']
    """
    words = text.lower().split(" ")
    return {" ".join(words[i : i + size]).encode() for i in range(max(1, len(words) - size + 1))}


if __name__ == "__main__":
    main(Datasketch())
