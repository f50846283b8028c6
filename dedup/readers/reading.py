"""The way from paths to documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from dedup.documents import Document
from dedup.errors import DedupError, Skipped
from dedup.extras import import_pyarrow, import_trafilatura
from dedup.readers.decode import BROKEN_STREAM
from dedup.readers.delimited import read_delimited
from dedup.readers.files import STDIN, Kind, SourceFile, find_files, is_folder, kind_of, reason
from dedup.readers.html import read_html
from dedup.readers.jsonlines import read_json_lines, read_stream
from dedup.readers.options import ReadOptions
from dedup.readers.parquet import read_parquet
from dedup.readers.plain import read_markdown, read_text
from dedup.readers.problems import Problems

__all__ = ["read_documents"]

_Reader = Callable[[SourceFile, ReadOptions, Problems], Iterator[tuple[int, Document]]]

_DEFAULTS = ReadOptions()
_READERS: Mapping[Kind, _Reader] = {
    Kind.TEXT: read_text,
    Kind.MARKDOWN: read_markdown,
    Kind.HTML: read_html,
    Kind.JSONL: read_json_lines,
    Kind.CSV: read_delimited,
    Kind.TSV: read_delimited,
    Kind.PARQUET: read_parquet,
    Kind.STREAM: read_stream,
}
_LINE_BITS = 40
_EXTRAS = {Kind.HTML: import_trafilatura, Kind.PARQUET: import_pyarrow}


def read_documents(
    paths: Sequence[str | Path], options: ReadOptions = _DEFAULTS, *, on_skip: Callable[[Skipped], None]
) -> Iterator[Document]:
    r"""The documents of files, folders and standard input, one at a time.

    Folders are read to their depths, files in the order of their relative paths. Hidden files and folders are left
    out. Links are followed, each file is read once, and a link to a folder above the one that is read is reported.
    Files of other kinds than ``.txt``, ``.md``, ``.html``, ``.htm``, ``.jsonl``, ``.ndjson``, ``.csv``, ``.tsv`` (these
    also with ``.gz``) and ``.parquet`` are counted in the log and passed over, unless ``include`` names them. An
    argument of another kind, a pipe, or standard input holds JSON Lines if it begins like an object, else one text.

    A file's id is its path relative to the folder with ``/``, or its name where it is the argument. A record's id is
    its id field, else its file's id and its line or row, ``a.jsonl:17``. A second document with the same id is
    skipped. A text is that of the file with its newlines as they are (of a page: the extracted text).

    Memory: the document at hand, the list of files, and the ids so far.

    Parameters
    ----------
    paths : sequence of str or Path
        ``-`` is standard input.
    options : ReadOptions
    on_skip : callable
        Told of everything that is left out, at the time when it is met.

    Returns
    -------
    iterator of Document
        Empty texts are documents too.

    Raises
    ------
    ReadError
        At once, before anything is read: when one of the paths does not exist.
    MissingExtra
        At once: when a file among the paths needs a package that is not installed. Such files in folders are skipped.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.txt").write_text("Fog closed the harbour.")
    ...     _ = Path(folder, "b.jsonl").write_text('{"id": 7, "text": "It lifted."}\n{"txt": "?"}\n')
    ...     for document in read_documents([folder], on_skip=lambda skipped: print(skipped.why)):
    ...         print(document.id, document.text)
    a.txt Fog closed the harbour.
    7 It lifted.
    no field 'text'; there are 'txt'
    """
    if isinstance(paths, str | Path):
        raise TypeError(f"paths is a sequence of paths, not {paths!r}")
    names = [str(path) for path in paths]
    for name in names:
        if name != STDIN and not is_folder(name) and (require := _EXTRAS.get(kind_of(name) or Kind.STREAM)):
            require()
    return _documents(names, options, Problems(on_skip))


def _documents(names: list[str], options: ReadOptions, problems: Problems) -> Iterator[Document]:
    first_places: dict[str, int] = {}
    sources: list[str] = []
    argument = ""
    for source in find_files(names, options, problems):
        sources.append(source.name)
        number = (len(sources) - 1) << _LINE_BITS
        if source.argument != argument:
            problems.close(argument)
            argument = source.argument
        for line, document in _from_file(source, options, problems):
            place = number | line
            first = first_places.setdefault(document.id, place)
            if first == place:
                yield document
            else:
                earlier = _place(sources[first >> _LINE_BITS], first & ((1 << _LINE_BITS) - 1))
                problems.skip(
                    _place(source.name, line),
                    f"the id {document.id[:200]!r} is already that of {earlier}; ids must differ",
                )
        if not source.kind.is_one_document:
            problems.close(source.name)
    problems.close(argument)


def _from_file(source: SourceFile, options: ReadOptions, problems: Problems) -> Iterator[tuple[int, Document]]:
    try:
        yield from _READERS[source.kind](source, options, problems)
    except BROKEN_STREAM as problem:
        problems.skip(source.name, reason(problem))
    except DedupError as problem:
        problems.skip(source.name, str(problem))


def _place(path: str, line: int) -> str:
    return f"{path}:{line}" if line else path
