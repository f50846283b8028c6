"""Optional dependencies: each is imported here and nowhere else, when it is first needed."""

from __future__ import annotations

import logging
from typing import Any

from dedup.errors import MissingExtra

__all__ = ["import_pandas", "import_pyarrow", "import_redis", "import_trafilatura"]


def import_pyarrow(purpose: str = "Parquet files") -> Any:
    """The module pyarrow, with its Parquet reader and writer loaded.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise MissingExtra(purpose, "pyarrow", "parquet") from None
    return pyarrow


def import_pandas() -> Any:
    """The module pandas.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    try:
        import pandas
    except ImportError:
        raise MissingExtra("DataFrames", "pandas", "pandas") from None
    return pandas


def import_trafilatura() -> Any:
    """The module trafilatura, its log kept quiet.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    try:
        import trafilatura
    except ImportError:
        raise MissingExtra("HTML files", "trafilatura", "html") from None
    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    return trafilatura


def import_redis() -> Any:
    """The module redis, the client of a Redis server.

    Raises
    ------
    MissingExtra
        When it is not installed.
    """
    try:
        import redis
    except ImportError:
        raise MissingExtra("shared near tiers", "redis", "redis") from None
    return redis
