"""What to read, and what the fields of records mean."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

__all__ = ["ReadOptions"]


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """Which files of a folder are read, and where in a record things stand.

    Patterns are those of `fnmatch`, on a file's path relative to the folder, with ``/`` and with case: ``*`` crosses
    ``/``, so ``*.txt`` means every such file at any depth and ``drafts/*`` all below that folder; ``**/`` stands also
    for nothing, so ``**/a.txt`` finds ``a.txt`` at the top as well. They apply inside folders; a file that is named
    as an argument is always read.

    Attributes
    ----------
    include : tuple of str
        Read only files that match one of these, also those of no known kind: JSON Lines if they begin like an object,
        else plain text. Hidden ones only by a pattern that has a part with a dot in front, such as ``.drafts/*``.
    exclude : tuple of str
        Leave out files that match one of these, and whole folders.
    id_field, text_field, title_field, date_field, outlet_field, url_field, language_field : str
        Names of the fields of a record, columns of a table, keys of a front matter.
    max_document : int
        Bytes of a file that is one document, characters of a line or a cell; what is larger is skipped.

    Examples
    --------
    >>> options = ReadOptions(include=("*.txt",), exclude=("drafts",))
    >>> options.takes("2031/a.txt"), options.takes("2031/a.md"), options.leaves_out("drafts")
    (True, False, True)
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    id_field: str = "id"
    text_field: str = "text"
    title_field: str = "title"
    date_field: str = "date"
    outlet_field: str = "outlet"
    url_field: str = "url"
    language_field: str = "language"
    max_document: int = 64_000_000

    def __post_init__(self) -> None:
        for name in ("include", "exclude"):
            if not isinstance(getattr(self, name), tuple):
                raise TypeError(f"{name} is a tuple of patterns, not {getattr(self, name)!r}")
        if self.max_document < 1:
            raise ValueError(f"max_document must be at least 1, not {self.max_document!r}")

    def takes(self, path: str) -> bool:
        """Whether a file's relative path is wanted by ``include``, hidden parts considered."""
        if _is_hidden(path):
            return _matches(path, filter(_is_hidden, self.include))
        return not self.include or _matches(path, self.include)

    def leaves_out(self, path: str) -> bool:
        """Whether the relative path of a file or folder is left out by ``exclude``."""
        return _matches(path, self.exclude)

    def enters(self, path: str) -> bool:
        """Whether a folder by its relative path can hold anything wanted."""
        hidden = _is_hidden(path) and not any(map(_is_hidden, self.include))
        return not hidden and not self.leaves_out(path)


def _is_hidden(path: str) -> bool:
    return path.startswith(".") or "/." in path


def _matches(path: str, patterns: Iterable[str]) -> bool:
    return any(
        fnmatchcase(path, pattern) or ("**/" in pattern and fnmatchcase(path, pattern.replace("**/", "")))
        for pattern in patterns
    )
