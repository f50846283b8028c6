"""Settings and documents as the command line names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from dedup.documents import Document
from dedup.errors import DedupError, Skipped
from dedup.matches import DERIVED, Relation
from dedup.readers import ReadOptions, read_documents
from dedup.settings import Settings, find_settings_file, read_settings_file

__all__ = ["effective_settings", "read_all", "read_pair", "relations_to_fail_on", "set_apart"]


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
