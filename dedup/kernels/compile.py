"""How a kernel is compiled: numba, without the interpreter's lock, with machine code cached on disk where possible.

Numba's own cache has three traps, closed here: it forgets that a kernel includes code of other files, it raises for
ever on a damaged file, and it refuses to import where no folder can be written.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numba
from numba import types
from numba.core.caching import FunctionCache

from dedup.kernels.pipeline import InnerCompiler, KernelCompiler

__all__ = ["inner", "kernel", "sources_digest"]

F = TypeVar("F", bound=Callable[..., Any])

_IMPORT = re.compile(r"^from dedup\.kernels\.(\w+) import", re.MULTILINE)

_log = logging.getLogger("dedup")


@cache
def _imported(path: Path) -> frozenset[Path]:
    """A kernel file and all that it imports, directly or not."""
    names = _IMPORT.findall(path.read_text(encoding="utf-8"))
    return frozenset([path]).union(*(_imported(path.with_name(f"{name}.py")) for name in names))


def sources_digest(path: Path) -> str:
    """Changes when a kernel file or any that it imports does: its machine code contains theirs."""
    state = hashlib.blake2b(digest_size=16)
    for source in sorted(_imported(path)):
        state.update(source.name.encode() + source.read_bytes())
    return state.hexdigest()


class _KernelCache(FunctionCache):  # type: ignore[misc]
    """A cache that goes stale with the source of any included kernel, and compiles anew what it cannot read."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        digest = sources_digest(Path(function.__code__.co_filename))
        self._cache_file._source_stamp = digest
        # numba writes the index before the code: code of another version must never lie where a fresh index points
        self._cache_file._data_name_pattern = f"{self._impl.filename_base}.{digest[:12]}.{{number:d}}.nbc"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except Exception as problem:  # whatever unpickling a damaged file may raise
            _log.info("the compiled kernel %s cannot be read and is compiled anew: %r", self._name, problem)
            self._discard()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except OSError as problem:
            _log.info("the compiled kernel %s cannot be kept: %s", self._name, problem)

    def _discard(self) -> None:
        try:
            self.flush()
        except OSError:
            self.disable()


def kernel(function: F) -> F:
    """Compile an outer kernel, one that Python calls. Its machine code is cached."""
    compiled = numba.njit(pipeline_class=KernelCompiler, nogil=True, no_cfunc_wrapper=True)(function)
    try:
        compiled._cache = _KernelCache(function)
    except (RuntimeError, OSError):  # no folder can be written, or the sources lie in an archive
        _log.info("compiled kernels cannot be kept; they are compiled anew in each process")
    return compiled  # type: ignore[no-any-return]


def inner(function: F) -> F:
    """Compile a function that only kernels call. Its code is cached within theirs.

    Most of the time to compile goes into what numba does for each function and each kind of arguments. So an inner
    function is typed once for all sizes of signed integers, constants among them, and is neither optimised nor turned
    into machine code by itself.
    """
    bare = numba.njit(pipeline_class=InnerCompiler, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
    compiled = bare(function)
    resolve = compiled.get_call_template
    compiled.get_call_template = lambda arguments, named: resolve(
        tuple(map(_widened, arguments)), {name: _widened(kind) for name, kind in named.items()}
    )
    return compiled  # type: ignore[no-any-return]


def _widened(kind: Any) -> Any:
    """The type as which an inner function takes an argument: one for constants and for signed integers of any size."""
    kind = types.unliteral(kind)
    if isinstance(kind, types.Integer) and kind.signed:
        return types.int64
    if isinstance(kind, types.Tuple | types.UniTuple):
        return types.BaseTuple.from_types([_widened(part) for part in kind])
    return kind
