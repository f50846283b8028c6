"""Known boilerplate, found by looking at every piece of a text one after the other."""

from itertools import groupby

Text = tuple[list[int], list[int], list[int]]
"""Hashes of tokens; the lowest bit is 1 for a character of an unspaced script. Number of each one's line, sentence."""


def pieces(hashes: list[int], numbers: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Where each line or sentence begins, and its tokens."""
    groups = [list(group) for _, group in groupby(range(len(hashes)), key=numbers.__getitem__)]
    return [(group[0], tuple(hashes[i] for i in group)) for group in groups]


def runs(hashes: list[int]) -> list[tuple[int, tuple[int, ...]]]:
    """Six words, or twelve tokens from a single character on."""
    sizes = [12 if value & 1 else 6 for value in hashes]
    return [(i, tuple(hashes[i : i + size])) for i, size in enumerate(sizes) if i + size <= len(hashes)]


def parts(text: Text) -> list[tuple[str, int, tuple[int, ...]]]:
    hashes, lines, sentences = text
    found = [("line", start, piece) for start, piece in pieces(hashes, lines)]
    found += [("sentence", start, piece) for start, piece in pieces(hashes, sentences) if len(piece) >= 3]
    return found + [("run", start, piece) for start, piece in runs(hashes)]


def mark(base: Text, text: Text) -> list[bool]:
    """Which tokens stand in a line, a sentence or a run that the base has as well."""
    known = {(kind, piece) for kind, _, piece in parts(base)}
    marked = [False] * len(text[0])
    for kind, start, piece in parts(text):
        if (kind, piece) in known:
            marked[start : start + len(piece)] = [True] * len(piece)
    return marked
