"""JSON by orjson where it is installed, several times faster, and by Python's json else: the same values come out."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

orjson: Any
try:
    import orjson
except ImportError:
    orjson = None

__all__ = ["dumps", "loads"]

_LARGEST = 2.0**53


def loads(data: bytes) -> Any:
    """The value of one line of UTF-8.

    Raises
    ------
    ValueError, RecursionError
        As Python's json does, also for what is not UTF-8.

    >>> loads(b'{"id": 12345678901234567890123, "text": "fog"}')["id"]
    12345678901234567890123
    """
    if orjson is None:
        return json.loads(data.decode())
    try:
        value = orjson.loads(data)
    except ValueError:
        return json.loads(data.decode())
    if type(value) is dict and float in map(type, value.values()) and any(map(_is_rounded, value.values())):
        return json.loads(data.decode())
    return value


def _is_rounded(value: object) -> bool:
    """Whether a number may have been an integer of more than 64 bits."""
    return type(value) is float and abs(value) >= _LARGEST


def dumps(value: Any) -> bytes:
    """Plain values as JSON, which `loads` reads back; points in time in UTC as ISO 8601."""
    if orjson is not None:
        try:
            made: bytes = orjson.dumps(value)
            return made
        except TypeError:  # lone surrogates, integers of more than 64 bits
            pass
    return json.dumps(value, default=datetime.isoformat).encode()
