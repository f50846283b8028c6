"""Every error that a user of dedup can meet.

::

    DedupError
    ├── ReadError        a document or a file of documents cannot be read
    ├── SettingsError    a setting is unknown or has a value that makes no sense
    ├── ModelError       a model of the verdict cannot be read, or labels are too few to train one
    ├── MismatchError    two things made by different schemes were to be compared
    ├── StoreError       an index cannot be opened, read or written
    │   └── DamageError  a file of an index is missing, cut off or damaged
    └── MissingExtra     an optional dependency is needed and not installed

A programmer's mistake (a wrong type, a negative size) raises ``TypeError`` or ``ValueError`` instead.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "DamageError",
    "DedupError",
    "MismatchError",
    "MissingExtra",
    "ModelError",
    "ReadError",
    "SettingsError",
    "Skipped",
    "StoreError",
]


class DedupError(Exception):
    """A problem of the user's, not of the program: what happened, where, and what to do."""


class ReadError(DedupError):
    """A file, a line or a document cannot be read."""


class SettingsError(DedupError):
    """A setting is unknown, or its value makes no sense."""


class ModelError(DedupError):
    """A model of the verdict cannot be read or trained."""


class MismatchError(DedupError):
    """Signatures, samples or indexes of different schemes, seeds or table versions were to be compared."""


class StoreError(DedupError):
    """An index cannot be opened, read or written."""


class DamageError(StoreError):
    """A file of an index is missing, cut off or damaged."""


class MissingExtra(DedupError):
    """An optional dependency is missing.

    >>> raise MissingExtra("parquet files", "pyarrow", "parquet")
    Traceback (most recent call last):
    dedup.errors.MissingExtra: parquet files need pyarrow, which is not installed; install it with: ...
    """

    def __init__(self, purpose: str, package: str, extra: str) -> None:
        super().__init__(
            f"{purpose} need {package}, which is not installed; install it with: pip install 'dedup[{extra}]'"
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """An input that was left out, and why: reported, counted, never fatal.

    Attributes
    ----------
    where : str
        The file, and where it has lines, the line: ``articles.jsonl:17``.
    why : str
        What happened, and what can be done about it.
    """

    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"
