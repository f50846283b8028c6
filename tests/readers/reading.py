"""What the tests of the readers share."""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dedup.documents import Document
from dedup.errors import Skipped
from dedup.readers import ReadOptions, read_documents

FOG = "Fog closed the harbour at dawn.\nThe ferries stayed at the quay until noon.\n"
EIGHT = datetime(2031, 3, 12, 8, 40, tzinfo=UTC)
needs_links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege on Windows")
needs_fifo = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


class Reading:
    """What came of reading: the documents, and what was skipped."""

    def __init__(self, *paths: str | Path, **options: Any) -> None:
        self.skipped: list[Skipped] = []
        self.documents = list(read_documents(paths, ReadOptions(**options), on_skip=self.skipped.append))

    @property
    def ids(self) -> list[str]:
        return [document.id for document in self.documents]

    @property
    def texts(self) -> list[str]:
        return [document.text for document in self.documents]

    @property
    def only(self) -> Document:
        (document,) = self.documents
        return document

    @property
    def only_skipped(self) -> Skipped:
        (skipped,) = self.skipped
        return skipped


def write(path: Path, content: str | bytes = FOG) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def json_lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)
