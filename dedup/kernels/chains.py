"""Chains: the rows and columns of a table of gains that follow each other, and what chance would make of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dedup.kernels.compile import inner
from dedup.kernels.mixing import STEP, mix

__all__ = ["UNMATCHED", "Room", "chain_and_chance", "new_room"]

UNMATCHED = np.int16(-1)
"""The column of a row that is on no chain."""

_SHUFFLES = 40
_JUMP_COST = 30.0
_NOT_TAKEN = np.int16(-2)


class Room(NamedTuple):
    """Scratch for chains of shuffled columns, of tables with up to ``size`` rows and columns.

    Attributes
    ----------
    orders : int16 array (size + 1, shuffles, size)
        The shuffled columns, by how many there are; of numbers that were met.
    known : bool array (size + 1,)
    packed : float64 array (size + 1, size)
        Gains, without rows and columns that have none.
    weights : float64 array (size,)
        Of its rows.
    numbers : int16 array (size,)
        Its column for each column, or −1.
    order : int16 array (size,)
    """

    orders: npt.NDArray[np.int16]
    known: npt.NDArray[np.bool_]
    packed: npt.NDArray[np.float64]
    weights: npt.NDArray[np.float64]
    numbers: npt.NDArray[np.int16]
    order: npt.NDArray[np.int16]


@inner
def new_room(size):  # type: ignore[no-untyped-def]
    """Scratch for tables of up to ``size`` rows and columns."""
    return Room(
        np.empty((size + 1, _SHUFFLES, size), np.int16), np.zeros(size + 1, np.bool_), np.empty((size + 1, size)),
        np.empty(size), np.empty(size, np.int16), np.empty(size, np.int16),
    )  # fmt: skip


@inner
def _chain(
    gains: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    order: npt.NDArray[np.int16],
    best: npt.NDArray[np.float64],
    carried: npt.NDArray[np.float64],
    parent: npt.NDArray[np.int16],
    trace: bool,
) -> float:
    """Weight of the sentences (rows) on the best chain through ``gains``, whose columns are taken in ``order``.

    Rows rise; columns do not fall, but for jumps back at a cost. ``best[i]`` is the best chain that ends in column i,
    ``carried[i]`` the weight on it. If ``trace``, ``parent[j, i]`` is the column before i of the chain that takes
    (j, i), −1 where it begins there, and −2 where row j is not taken.
    """
    rows, columns = gains.shape
    best[:columns] = -1.0
    carried[:columns] = 0.0
    top, top_at, top_weight = 0.0, -1, 0.0
    for j in range(rows):
        so_far, so_far_at, so_far_weight = 0.0, -1, 0.0
        row_top, row_top_at, row_top_weight = top, top_at, top_weight
        for i in range(columns):
            before = best[i]
            if before > so_far:
                so_far, so_far_at, so_far_weight = before, i, carried[i]
            gain = gains[j, order[i]]
            if trace:
                parent[j, i] = _NOT_TAKEN
            if gain <= 0.0:
                continue
            value, at, weight = so_far, so_far_at, so_far_weight
            if top - _JUMP_COST > value:
                value, at, weight = top - _JUMP_COST, top_at, top_weight
            if value + gain > before:
                best[i] = value + gain
                carried[i] = weight + weights[j]
                if trace:
                    parent[j, i] = np.int16(at)
                if best[i] > row_top:
                    row_top, row_top_at, row_top_weight = best[i], i, carried[i]
        top, top_at, top_weight = row_top, row_top_at, row_top_weight
    return top_weight


@inner
def _follow(parent: npt.NDArray[np.int16], best: npt.NDArray[np.float64], chain: npt.NDArray[np.int16]) -> None:
    """The column that each row is matched with on the best chain, or −1."""
    rows, columns = parent.shape
    chain[:rows] = UNMATCHED
    at = np.int64(-1)
    for i in range(columns):
        if best[i] > 0.0 and (at < 0 or best[i] > best[at]):
            at = i
    j = rows - 1
    while at >= 0 and j >= 0:
        if parent[j, at] != _NOT_TAKEN:
            chain[j] = np.int16(at)
            at = np.int64(parent[j, at])
        j -= 1


@inner
def _shuffle(orders: npt.NDArray[np.int16], size: int) -> None:
    """Fill ``orders``, (shuffles, columns), with ever further shuffled numbers below ``size``, always the same."""
    state = np.uint64(0)
    for k in range(_SHUFFLES):
        order = orders[k]
        for i in range(size):
            order[i] = orders[k - 1, i] if k > 0 else i
        for i in range(size - 1, 0, -1):
            state += STEP
            j = np.int64(mix(state) % np.uint64(i + 1))
            order[i], order[j] = order[j], order[i]


@inner
def _pack(
    gains: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    packed: npt.NDArray[np.float64],
    packed_weights: npt.NDArray[np.float64],
    numbers: npt.NDArray[np.int16],
) -> tuple[int, int]:
    """Leave rows and columns without a gain out: no chain meets them. Returns how many of either are left.

    ``numbers`` gets the new number of each column, −1 for none.
    """
    rows, columns = gains.shape
    numbers[:columns] = UNMATCHED
    kept = 0
    for j in range(rows):
        telling = False
        for i in range(columns):
            if gains[j, i] > 0.0:
                telling = True
                numbers[i] = 0
        if telling:
            packed_weights[kept] = weights[j]
            kept += 1
    width = 0
    for i in range(columns):
        if numbers[i] == 0:
            numbers[i] = width
            width += 1
    row = 0
    for j in range(rows):
        telling = False
        for i in range(columns):
            if numbers[i] >= 0:
                packed[row, numbers[i]] = gains[j, i]
                telling |= gains[j, i] > 0.0
        row += telling
    return kept, width


@inner
def _chance(
    gains: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    best: npt.NDArray[np.float64],
    carried: npt.NDArray[np.float64],
    parent: npt.NDArray[np.int16],
    room: Room,
) -> float:
    """Sum of the weights of the best chains when the columns are shuffled."""
    columns = gains.shape[1]
    orders = room.orders[columns]
    if not room.known[columns]:
        room.known[columns] = True
        _shuffle(orders, columns)
    rows, width = _pack(gains, weights, room.packed, room.weights, room.numbers)
    packed, order = room.packed[:rows, :width], room.order[:width]
    total = 0.0
    for k in range(_SHUFFLES):
        filled = 0
        for i in range(columns):
            number = room.numbers[orders[k, i]]
            if number >= 0:
                order[filled] = number
                filled += 1
        total += _chain(packed, room.weights, order, best, carried, parent, False)
    return total


@inner
def chain_and_chance(
    gains: npt.NDArray[np.float64],
    weights: npt.NDArray[np.float64],
    best: npt.NDArray[np.float64],
    carried: npt.NDArray[np.float64],
    parent: npt.NDArray[np.int16],
    chain: npt.NDArray[np.int16],
    room: Room,
) -> tuple[float, float]:
    """Share of the rows' weight on the best chain, and its mean when the columns are shuffled."""
    total = 0.0
    for weight in weights:
        total += weight
    if total <= 0.0:
        return 0.0, 0.0
    order = room.order[: gains.shape[1]]
    for i in range(len(order)):
        order[i] = i
    share = _chain(gains, weights, order, best, carried, parent, True) / total
    _follow(parent, best, chain)
    chance = _chance(gains, weights, best, carried, parent, room) if share > 0.0 else 0.0
    return share, chance / (_SHUFFLES * total)
