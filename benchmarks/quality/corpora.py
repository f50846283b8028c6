"""Where the labelled corpora lie, and what they hold.

None of them is part of this project: each stays where its authors publish it. The code takes paths.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.quality.plagdet import SpanPair

__all__ = ["CORPORA", "Corpus", "PanPair", "digest", "pan_pairs", "read_csv", "read_jsonl", "read_text"]

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Corpus:
    """A labelled corpus.

    Attributes
    ----------
    name : str
    variable : str
        Environment variable with the folder, or with the folder that holds it. Empty for what the repository holds.
    folder : str
        Within that folder.
    origin : str
        Where the public original is to be had.
    """

    name: str
    variable: str
    folder: str
    origin: str

    def path(self, roots: dict[str, Path]) -> Path | None:
        """The folder, or ``None`` where it is not there; ``roots`` outrank the environment."""
        if not self.variable:
            return _present(ROOT / self.folder)
        root = roots.get(self.variable) or os.environ.get(self.variable)
        return _present(Path(root) / self.folder) if root else None

    def missing(self) -> str:
        """What to do about an absent corpus."""
        if not self.variable:
            return f"{self.folder} is not in this checkout"
        inside = f" to the folder that holds {self.folder}/" if self.folder else " to its folder"
        return f"set {self.variable}{inside}; the public original: {self.origin}"


def _present(path: Path) -> Path | None:
    return path if path.is_dir() and any(path.iterdir()) else None


_SEVERAL = "DEDUP_CORPORA"

CORPORA = {
    corpus.name: corpus
    for corpus in (
        Corpus("seeds", "", "seeds", "this repository"),
        Corpus("newsroom", "", "tests/cases/newsroom", "this repository"),
        Corpus("story-seeds", "DEDUP_STORY_SEEDS", "", "not published: five articles of May 2024 with labels.json"),
        Corpus("pan13", _SEVERAL, "pan13", "https://pan.webis.de/clef13/pan13-web/text-alignment.html"),
        Corpus(
            "clough-stevenson",
            _SEVERAL,
            "clough-stevenson",
            "https://ir.shef.ac.uk/cloughie/resources/plagiarism_corpus.html",
        ),
        Corpus("webis-s3", _SEVERAL, "webis-s3", "https://github.com/chatnoir-eu/chatnoir-copycat"),
        Corpus("semeval-news", _SEVERAL, "semeval-news", "https://zenodo.org/records/6507872 (SemEval 2022, task 8)"),
        Corpus("pan25-llm", _SEVERAL, "pan25-llm", "https://pan.webis.de/clef25/pan25-web/"),
        Corpus("reuters", _SEVERAL, "reuters21578", "https://doi.org/10.24432/C52G6M (Reuters-21578)"),
    )
}
"""By name, in the order of measuring."""


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of a folder's files, sorted by name; notes and hidden files left out."""
    total = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        if path.suffix == ".md" or path.name.startswith("."):
            continue
        total.update(path.relative_to(folder).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def read_text(path: Path) -> str:
    """A text as it stands in the file, line ends untouched; windows-1252 where it is not UTF-8."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """The records of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by its header."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@dataclass(frozen=True, slots=True)
class PanPair:
    """A suspicious document, a source, and the true cases between them."""

    derived: str
    source: str
    cases: tuple[SpanPair, ...]

    @property
    def number(self) -> int:
        """Of the suspicious document."""
        return int("".join(filter(str.isdigit, self.derived)))


def pan_pairs(corpus: Path, kind: str) -> list[PanPair]:
    """The pairs of one kind of PAN 2013, in the order of its list."""
    pairs = []
    for line in (corpus / kind / "pairs").read_text(encoding="utf-8").splitlines():
        if line.strip():
            derived, source = line.split()
            truth = corpus / kind / f"{derived.removesuffix('.txt')}-{source.removesuffix('.txt')}.xml"
            pairs.append(PanPair(derived, source, tuple(_cases(truth, source))))
    return pairs


def _cases(path: Path, source: str) -> Iterable[SpanPair]:
    for feature in ET.parse(path).getroot().iter("feature"):
        if feature.get("name") == "plagiarism" and feature.get("source_reference") == source:
            names = ("this_offset", "this_length", "source_offset", "source_length")
            derived, length, start, source_length = (int(feature.attrib[name]) for name in names)
            yield SpanPair(derived, derived + length, start, start + source_length)
