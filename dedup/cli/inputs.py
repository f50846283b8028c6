"""Settings and documents as the command line names them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dedup.cli import messages
from dedup.documents import Document
from dedup.errors import DedupError, Skipped
from dedup.matches import DERIVED, Relation
from dedup.readers import ReadOptions, read_documents
from dedup.scratch import DEFAULT_MEMORY
from dedup.settings import Settings, find_settings_file, read_settings_file

__all__ = ["bytes_of", "check_disk", "effective_settings", "read_all", "read_pair", "relations_to_fail_on", "set_apart"]


def effective_settings(config: Path | None, given: Mapping[str, Any]) -> Settings:
    """The command line over the settings file over the defaults. ``None`` means that an option was not given."""
    settings = Settings()
    path = config or find_settings_file(Path.cwd())
    if path is not None:
        settings = settings.changed(read_settings_file(path), str(path))
    values = {name: value for name, value in given.items() if value is not None}
    if "relation" in values:
        values["relation"] = _relations(values["relation"], "--relation")
    return settings.changed(values, "command line")


def relations_to_fail_on(names: Iterable[str] | None, reported: Sequence[Relation] | None) -> frozenset[Relation]:
    """The relations of ``--fail-on``.

    Raises
    ------
    DedupError
        For one that is unknown, or not among those reported, as it could never be found.
    """
    failing = _relations(names or (), "--fail-on")
    for relation in failing:
        if reported is not None and relation not in reported:
            raise DedupError(f"--fail-on {relation}: these matches are not reported; add --relation {relation}")
    return frozenset(failing)


_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(I?)B?\s*", re.IGNORECASE)
_FEATURES = 2.2
"""Bytes of rare features for a byte of text."""


def bytes_of(size: str | None) -> int:
    """What a size means: bytes, or with a unit such as M, GB or GiB.

    >>> bytes_of("1.5 GB"), bytes_of("2MiB")
    (1500000000, 2097152)

    Raises
    ------
    DedupError
        When it is none.
    """
    if size is None:
        return DEFAULT_MEMORY
    found = _SIZE.fullmatch(size)
    if not found:
        raise DedupError(f"--memory {size}: not a size; write 500M or 4GB")
    unit = _UNITS[found[2].upper()]
    return int(float(found[1]) * (1024 ** (len(str(unit)) // 3) if found[3] and unit > 1 else unit))


def check_disk(paths: Iterable[str], memory: int, settings: Settings, *, quiet: bool) -> None:
    """Say how much of the disk temporary files may take, if what is read may be more than fits in memory.

    Raises
    ------
    DedupError
        When so much is not free.
    """
    files = [Path(path) for path in paths if path != "-"]
    size = sum(_size_of(path) for path in files if path.exists())
    needed = int(size * (1.0 if settings.tier == "near" else 1.0 + _FEATURES))
    if needed <= memory:
        return
    folder = tempfile.gettempdir()
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DedupError(
            f"temporary files may take {needed / 1e9:.1f} GB, and {folder} has {free / 1e9:.1f} GB free; "
            "let TMPDIR name a folder with more, or raise --memory"
        )
    if not quiet:
        messages.tell(f"temporary files: up to {needed / 1e9:.1f} GB in {folder} ({free / 1e9:.1f} GB free)")


def _size_of(path: Path) -> int:
    """Bytes of a file, or of all in a folder; of a compressed one as it may be unpacked."""
    if path.is_dir():
        return sum(_size_of(Path(entry.path)) for entry in os.scandir(path) if not entry.is_symlink())
    try:
        return path.stat().st_size * (5 if path.suffix in (".gz", ".parquet") else 1)
    except OSError:
        return 0


def read_all(
    paths: Iterable[str],
    options: ReadOptions,
    skipped: list[Skipped],
    on_stage: Callable[[str, int, int], None] | None = None,
) -> list[Document]:
    """Every document of the paths; what cannot be read is appended to ``skipped``."""
    documents: list[Document] = []
    for document in read_documents(list(paths), options, on_skip=skipped.append):
        documents.append(document)
        if on_stage and len(documents) % 100 == 0:
            on_stage("reading", len(documents), 0)
    return documents


def read_pair(left: str, right: str) -> tuple[Document, Document]:
    """The one document of each file; where their ids are the same, under the paths as ids."""
    if left == right == "-":
        raise DedupError("only one side of a pair can come from standard input")
    first, second = _read_one(left), _read_one(right)
    if first.id == second.id and left != right:
        return replace(first, id=left), replace(second, id=right)
    return first, second


def set_apart(documents: list[Document], taken: Iterable[str], prefix: str) -> list[Document]:
    """The documents under ids that are not taken: all of them behind a prefix, if one of them is.

    >>> [document.id for document in set_apart([Document("a", ""), Document("b", "")], ["b"], "old")]
    ['old/a', 'old/b']
    """
    forbidden = set(taken)
    if forbidden.isdisjoint(document.id for document in documents):
        return documents
    renamed = [replace(document, id=f"{prefix}/{document.id}") for document in documents]
    for document in renamed:
        if document.id in forbidden:
            raise DedupError(f"{document.id}: is the id of a new document and of one in --against; rename one of them")
    return renamed


def _read_one(path: str) -> Document:
    skipped: list[Skipped] = []
    documents = read_all([path], ReadOptions(), skipped)
    if len(documents) == 1:
        return documents[0]
    if documents:
        raise DedupError(f"{path}: holds {len(documents):,} documents; a pair is two files with one each")
    raise DedupError(str(skipped[0]) if skipped else f"{path}: holds no document")


def _relations(names: Iterable[str], option: str) -> list[Relation]:
    known = {str(relation): {relation} for relation in Relation} | {"derived": set(DERIVED)}
    chosen: set[Relation] = set()
    for name in (part.strip() for item in names for part in item.split(",")):
        if name not in known:
            raise DedupError(f"{option}: no relation {name!r}; there are {', '.join(known)}")
        chosen |= known[name]
    return [relation for relation in Relation if relation in chosen]
