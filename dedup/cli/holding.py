"""What the commands of ``dedup index`` do."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from pathlib import Path

from dedup.cli import inputs, messages
from dedup.comparison import Comparison
from dedup.documents import Document
from dedup.engine import Run
from dedup.errors import DedupError, Skipped
from dedup.index import Index, is_index
from dedup.readers import ReadOptions, read_documents
from dedup.report.progress import show_progress
from dedup.settings import Settings

_log = logging.getLogger("dedup")

__all__ = ["add", "ask", "compact", "compare", "describe", "query", "rebuild", "refresh", "remove", "trace", "verify"]


def add(
    path: Path,
    sources: Sequence[str],
    reading: ReadOptions,
    settings: Settings,
    *,
    chosen: bool,
    texts: bool,
    durable: bool,
    quiet: bool,
) -> list[Skipped]:
    """Add what is read; returns what was skipped. ``chosen``: settings were named on the command line."""
    skipped: list[Skipped] = []
    messages.prepare_kernels(quiet=quiet)
    new = not is_index(path)
    with Index.open(
        path, settings=settings if new or chosen else None, durable=durable, texts=texts if new else None
    ) as index:
        added = index.add(read_documents(list(sources), reading, on_skip=skipped.append))
        messages.report_skipped(skipped, quiet=quiet)
        if not added:
            raise DedupError(f"{', '.join(sources)}: no readable document, nothing to add")
        _say(f"{added:,} documents added, {len(index):,} in {path}", quiet=quiet)
    return skipped


def query(path: Path, sources: Sequence[str], reading: ReadOptions, settings: Settings, *, quiet: bool) -> Comparison:
    """Ask for every document that is read."""
    skipped: list[Skipped] = []
    documents = inputs.read_all(sources, reading, skipped)
    if not documents:
        messages.report_skipped(skipped, quiet=quiet)
        raise DedupError(f"{', '.join(sources)}: no readable document, nothing to ask for")
    return ask(path, documents, settings, skipped, quiet=quiet)


def ask(
    path: Path, documents: Sequence[Document], settings: Settings, skipped: Sequence[Skipped], *, quiet: bool
) -> Comparison:
    """Ask for documents."""
    messages.prepare_kernels(quiet=quiet)
    with _reader(path, settings) as index, show_progress(not quiet) as on_stage:
        return index.query_each(documents, skipped=skipped, on_stage=on_stage)


def compare(path: Path, settings: Settings, *, since: int | None, jobs: int | None, quiet: bool) -> Comparison:
    """Compare the stored documents."""
    messages.prepare_kernels(quiet=quiet)
    with _reader(path, settings) as index:
        return index.compare(since=since, jobs=jobs)


def trace(path: Path, settings: Settings, *, jobs: int | None, quiet: bool) -> Run:
    """Compare the stored documents, and keep what each stage leaves."""
    messages.prepare_kernels(quiet=quiet)
    with _reader(path, settings) as index:
        return index.trace(jobs=jobs)


def remove(path: Path, names: Sequence[str], *, quiet: bool) -> None:
    """Remove documents by id."""
    with _writer(path) as index:
        unknown = [name for name in names if name not in index]
        gone = index.remove(names)
        _say(f"{gone:,} documents removed, {len(index):,} in {path}", quiet=quiet)
    if unknown:
        raise DedupError(f"{path}: has no document {', '.join(map(repr, unknown))}")


def refresh(path: Path, *, jobs: int | None, quiet: bool) -> None:
    """Fit the statistics anew."""
    messages.prepare_kernels(quiet=quiet)
    with _writer(path) as index:
        index.refresh(jobs=jobs)
        _say(f"statistics {index.info()['statistics']} of {len(index):,} documents", quiet=quiet)


def describe(path: Path) -> str:
    """What there is to say of an index, as JSON."""
    with Index.open(path, writing=False) as index:
        return json.dumps({**index.info(), "mark": index.mark}, indent=1, ensure_ascii=False)


def verify(path: Path, *, quiet: bool) -> bool:
    """Check an index; whether anything was wrong."""
    with _writer(path) as index:
        found = index.verify()
    for line in found:
        messages.tell(line)
    _say(f"{path}: {f'{len(found)} problems' if found else 'all is well'}", quiet=quiet)
    return bool(found)


def compact(path: Path, *, quiet: bool) -> None:
    """Erase what was removed."""
    with _writer(path) as index:
        done = index.compact()
        _say(f"{path}: {index.info()['database_bytes'] + index.info()['derived_bytes']:,} bytes", quiet=quiet)
    if not done:
        raise DedupError(f"{path}: somebody reads an older state, which is still in the log; compact again later")


def rebuild(path: Path, *, quiet: bool) -> None:
    """Derive everything anew."""
    messages.prepare_kernels(quiet=quiet)
    _known(path)
    with Index.open(path, migrate=True) as index:
        index.rebuild()
        _say(f"{path}: {len(index):,} documents", quiet=quiet)


def _reader(path: Path, settings: Settings) -> Index:
    index = Index.open(path, writing=False)
    for name in ("threshold", "min_recall", "base"):
        if getattr(settings, name) not in (getattr(index.settings, name), getattr(Settings(), name)):
            _log.warning("%s: was made with another %s, which counts", path, name)
    index.judge_by(settings)
    return index


def _writer(path: Path) -> Index:
    _known(path)
    return Index.open(path)


def _known(path: Path) -> None:
    if not is_index(path):
        raise DedupError(f"{path}: is no index; 'dedup index add' makes one")


def _say(line: str, *, quiet: bool) -> None:
    if not quiet:
        messages.tell(line)
