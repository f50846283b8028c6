"""How a kernel is compiled: numba, without the interpreter's lock, cached on disk where a folder can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba

__all__ = ["inner", "kernel"]

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile an outer kernel, one that Python calls. Its machine code is cached."""
    try:
        return numba.njit(nogil=True, cache=True)(function)  # type: ignore[no-any-return]
    except RuntimeError:  # no folder for the cache can be written: compile anew in each process
        return numba.njit(nogil=True)(function)  # type: ignore[no-any-return]


def inner(function: F) -> F:
    """Compile a function that only kernels call. Its code is cached within theirs."""
    return numba.njit(nogil=True)(function)  # type: ignore[no-any-return]
