"""Plain text and Markdown, one document a file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dedup.documents import Document
from dedup.readers.decode import decode, open_stream, read_whole
from dedup.readers.files import SourceFile
from dedup.readers.options import ReadOptions
from dedup.readers.problems import Problems
from dedup.readers.record import document_from_text

__all__ = ["front_matter", "read_markdown", "read_text"]

_KEY = re.compile(r"([A-Za-z_][\w .-]*?)\s*:(?:\s+(.*)|\s*)", re.DOTALL)


def read_text(source: SourceFile, options: ReadOptions, problems: Problems) -> Iterator[tuple[int, Document]]:
    """The whole file, as `open` with ``newline=""`` gives it: newlines are kept, so spans slice the file's own text."""
    text = _whole(source, options)
    yield 0, document_from_text(source.id, text, {}, source.name, options, problems)


def read_markdown(source: SourceFile, options: ReadOptions, problems: Problems) -> Iterator[tuple[int, Document]]:
    """As `read_text`, after a front matter, whose keys are treated as a record's fields. Markup stays in the text."""
    known, text = front_matter(_whole(source, options))
    yield 0, document_from_text(source.id, text, dict(known), source.name, options, problems)


def _whole(source: SourceFile, options: ReadOptions) -> str:
    with open_stream(source.path) as stream:
        return decode(read_whole(stream, options.max_document), source.name)


def front_matter(text: str) -> tuple[dict[str, str], str]:
    r"""The keys and values between two lines ``---`` at the very beginning, and the text behind them.

    Plain values only: quotes around one go, indented lines and list items are kept with their key as they stand. What
    is not of this form is text, such as two rules with a paragraph between them.

    >>> front_matter('---\ntitle: "Fog"\ntags:\n  - sea\n---\nIt closed the harbour.')
    ({'title': 'Fog', 'tags': '- sea'}, 'It closed the harbour.')
    >>> front_matter("---\nA paragraph.\n---\n")[0]
    {}
    """
    lines = text.splitlines(keepends=True) if text.startswith("---") else []
    if not lines or lines[0].rstrip() != "---":
        return {}, text
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() in ("---", "...")), 0)
    known: dict[str, str] = {}
    name = ""
    for line in lines[1:end]:
        if not line.strip() or line.startswith("#"):
            continue
        if name and line[0] in " \t-":
            known[name] = f"{known[name]}\n{line.strip()}".lstrip("\n")
        elif match := _KEY.fullmatch(line.rstrip()):
            name = match[1]
            known[name] = _unquoted(match[2] or "")
        else:
            return {}, text
    return (known, "".join(lines[end + 1 :])) if known else ({}, text)


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'" else value
