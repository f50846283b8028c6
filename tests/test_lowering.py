"""Kernels compute what numba's own lowering makes of the same functions: indices, numbers, variables, references."""

import gc
import math
import os
import subprocess
import sys

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numba.core.runtime import _nrt_python, rtsys

from dedup.kernels.compile import inner, kernel


def elements(values, at, unsigned, table):
    values[at] += 1
    values[-1] += values[unsigned]
    table[at, -1] = table[-2, unsigned] + values[at]
    table[0, 0] += values[0]
    return values[at], values[-2], table[at, 1], table[unsigned, at]


def numbers(a, b, x, y, u, v):
    return (
        (a + b, a - b, a * b, a & b, a | b, a ^ b, a < b, a <= b, a > b, a >= b, a == b, a != b),
        (x + y, x - y, x * y, x < y, x <= y, x > y, x >= y, x == y, x != y),
        (u + v, u - v, u * v, u & v, u | v, u < v, u <= v, u > v, u >= v, u == v, u != v, u ^ v),
        (a + 1, 2 * x, a + x, a == x, a // 3, a % 3, -a, a << 1),
    )


def flags(values, wanted):
    found = np.zeros(len(values), np.bool_)
    for i in range(len(values)):
        found[i] = values[i] == wanted
        if found[i] and values[i] > np.float32(1):
            found[i] = not found[i]
    return found


def late(values, first):
    """A variable of one block read in others, in a loop, and one that is set on some ways only."""
    if first:
        start, seen = len(values), True
    else:
        start, seen = 0, False
    total = 0
    for i in range(len(values)):
        value = values[i]
        if value < 0:
            last = value
        else:
            last = -value
            if seen:
                continue
        while value < last + 5:
            value += 1
            total += start
        total += last
        if first:
            half = value // 2
        start = value
        if first:
            total += half
    return total, start


TWINS = {
    function.__name__: (kernel(function), numba.njit(function), function)
    for function in (elements, numbers, flags, late)
}


def same(found, expected):
    if isinstance(found, tuple):
        return len(found) == len(expected) and all(map(same, found, expected))
    return type(found) is type(expected) and (found == expected or (math.isnan(found) and math.isnan(expected)))


@given(st.lists(st.integers(-9, 9), min_size=2, max_size=6), st.data())
def test_elements_of_arrays_and_tables(values, data):
    at = data.draw(st.integers(-2, 1))
    unsigned = np.uint64(data.draw(st.integers(0, 1)))
    results = []
    for function in TWINS["elements"]:
        array, table = np.array(values, np.int64), np.arange(6, dtype=np.int64).reshape(3, 2).copy()
        results.append((tuple(map(int, function(array, at, unsigned, table))), array.tolist(), table.tolist()))
    assert results[0] == results[1] == results[2]


INTEGERS = st.sampled_from([-(2**63), -1, 0, 1, 2, 2**62, 2**63 - 1]) | st.integers(-(2**63), 2**63 - 1)
FLOATS = st.floats() | st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0])


@given(INTEGERS, INTEGERS, FLOATS, FLOATS, INTEGERS, INTEGERS)
def test_arithmetic_and_comparisons(a, b, x, y, u, v):
    ours, theirs, _ = TWINS["numbers"]
    unsigned = np.uint64(u % 2**64), np.uint64(v % 2**64)
    assert same(ours(a, b, x, y, *unsigned), theirs(a, b, x, y, *unsigned))


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, math.nan]), max_size=5), st.sampled_from([0.0, 1.0, 2.0]))
def test_flags_of_narrow_floats(values, wanted):
    ours, theirs, plain = TWINS["flags"]
    array = np.array(values, np.float32)
    assert ours(array, wanted).tolist() == theirs(array, wanted).tolist() == plain(array, wanted).tolist()


@given(st.lists(st.integers(-4, 4), max_size=8), st.booleans())
def test_variables_that_many_blocks_read(values, first):
    ours, theirs, plain = TWINS["late"]
    array = np.array(values, np.int64)
    assert ours(array, first) == theirs(array, first) == plain(array, first)


@inner
def _pair(values, size):
    mine = np.full(size, 7, np.int64)
    return values, mine, (values[1:], mine[:1])


@inner
def _either(values, fresh):
    chosen = values
    if fresh:
        chosen = np.full(3, 5, np.int64)
    for _ in range(2):
        chosen = chosen[1:]
    return chosen


@inner
def _sum(parts):
    total = 0
    for part in (parts[0], parts[1], parts[2][0], parts[2][1]):
        total += part[0]
    return total


@kernel
def _holders(values, size):
    parts = _pair(values, size)
    kept = _either(values, False)
    for i in range(size):
        kept = _either(parts[1] if i % 2 else values, i % 3 == 0)
    return values, parts[2], kept, _sum(parts)


@inner
def _same(values):
    return values


@kernel
def _handed_back(values):
    return _same(values)


@kernel
def _listed(values):
    found = [0]
    for value in values:
        found.append(value)  # noqa: PERF402 — as a kernel would
    return np.array(found), len(found)


def test_what_numba_holds_itself():
    found, length = _listed(np.arange(5))
    assert (found.tolist(), length) == ([0, 0, 1, 2, 3, 4], 6)


@pytest.mark.parametrize("size", [3, 4, 5, 6])
def test_arrays_live_as_long_as_someone_holds_them_and_no_longer(size):
    _nrt_python.memsys_enable_stats()
    values = np.arange(10, 15)

    def run():
        assert np.shares_memory(_handed_back(values), values)
        same_array, (tail, mine), kept, total = _holders(values, size)
        assert np.shares_memory(same_array, values)
        assert np.shares_memory(tail, values)
        assert (tail.tolist(), mine.tolist(), total) == ([11, 12, 13, 14], [7], 10 + 7 + 11 + 7)
        assert kept.tolist() in ([5], [12, 13, 14], [7] * (size - 2))

    run()
    gc.collect()
    before = rtsys.get_allocation_stats()
    for _ in range(20):
        run()
    gc.collect()
    after = rtsys.get_allocation_stats()
    assert after.alloc - before.alloc == after.free - before.free
    assert values.tolist() == [10, 11, 12, 13, 14]


BEYOND = """
import numpy as np
from dedup.kernels.sorting import sort_evenly
try:
    sort_evenly(np.arange(3, dtype=np.uint64) << np.uint64(62), np.empty(0, np.uint64))
except IndexError as problem:
    print(problem)
"""


def test_bounds_are_checked_where_numba_is_told_to(tmp_path):
    environment = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", BEYOND], env=environment, capture_output=True, text=True, check=True)
    assert "out of bounds" in done.stdout
