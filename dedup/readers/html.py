"""Web pages: the main text and what the page says of itself, by trafilatura (extra ``html``)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dedup.documents import Document
from dedup.errors import ReadError
from dedup.extras import import_trafilatura
from dedup.readers.decode import decode, open_stream, read_whole
from dedup.readers.files import SourceFile
from dedup.readers.options import ReadOptions
from dedup.readers.problems import Problems
from dedup.readers.record import document_from_text

__all__ = ["read_html"]

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_LANGUAGE = re.compile(r"<html\b[^>]{0,1000}?\slang\s*=\s*[\"']?([A-Za-z]{2}(?![A-Za-z])[A-Za-z-]*)", re.IGNORECASE)
_DATES = {
    "original_date": True,
    "extensive_search": False,
    "max_date": "9998-12-31",
    "outputformat": "%Y-%m-%dT%H:%M:%S%z",
}
"""Only what the page states, whatever the day it is read on: no guesses from its text."""


def read_html(source: SourceFile, options: ReadOptions, problems: Problems) -> Iterator[tuple[int, Document]]:
    """The page's main text, into which all spans point; title, date, outlet, url and language where the page has them.

    Raises
    ------
    ReadError
        When the page has no main text.
    """
    trafilatura = import_trafilatura()
    with open_stream(source.path) as stream:
        data = read_whole(stream, options.max_document)
    charset = _CHARSET.search(data, 0, 4096)
    markup = decode(data, source.name, charset[1].decode("ascii") if charset else None)
    if not markup.strip():
        yield 0, document_from_text(source.id, "", {}, source.name, options, problems)
        return
    page = _extracted(trafilatura, markup)
    language = _LANGUAGE.search(markup, 0, 65536)
    known = {
        options.title_field: page.title,
        options.outlet_field: page.sitename,
        options.date_field: page.date,
        options.url_field: page.url,
        options.language_field: language[1] if language else page.language,
    }
    yield 0, document_from_text(source.id, page.text, known, source.name, options, problems)


def _extracted(trafilatura: Any, markup: str) -> Any:
    try:
        page = trafilatura.bare_extraction(
            markup, with_metadata=True, include_comments=False, date_extraction_params=dict(_DATES)
        )
    except Exception as problem:  # whatever a hostile page does to a parser, the other documents are read
        raise ReadError(f"trafilatura cannot read this page: {type(problem).__name__}: {problem}") from problem
    if page is None or not page.text:
        raise ReadError("no main text found in this page")
    return page
