"""What LLVM can do and Python cannot say: bit counts, a 128-bit product, loads and stores anywhere, 64 bytes at a time.

Each of these becomes a few machine instructions inside a kernel. ``data`` is an array of uint8 or the `address` of an
array: passed to an inner function, an array costs seven machine words and often the counting of a reference, an address
costs one word. Nothing is checked: a position outside the array reads or writes foreign memory, and whoever takes an
address keeps its array alive.

Vectors of 64 bytes are portable: LLVM splits them into what the processor has (SSE2, AVX2, AVX-512, NEON). The byte
order must be little-endian.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.core.cgutils import raw_memcpy
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

__all__ = [
    "address",
    "choose",
    "copy_bytes",
    "count_ones",
    "fold_block",
    "inlined",
    "lead_masks",
    "load_byte",
    "load_half",
    "load_short",
    "load_word",
    "multiply_mix",
    "narrow_bytes",
    "narrow_halves",
    "narrow_shorts",
    "store_byte",
    "store_half",
    "store_word",
    "trailing_zeros",
]

_BYTE, _SHORT, _HALF, _WORD, _DOUBLE_WORD = (ir.IntType(bits) for bits in (8, 16, 32, 64, 128))
_BLOCK = ir.VectorType(_BYTE, 64)

Signature = tuple[Any, Callable[..., Any]]
_instruction: Callable[[Callable[..., Signature]], Any] = intrinsic

inlined = numba.njit(nogil=True, forceinline=True)
"""Compile a function into its callers, where a call would cost more than what it does."""


@_instruction
def address(typing_context: Any, array: Any) -> Signature:
    """Where the elements of an array begin, as a uint64."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ptrtoint(make_array(signature.args[0])(context, builder, args[0]).data, _WORD)

    return types.uint64(array), generate


@_instruction
def trailing_zeros(typing_context: Any, bits: Any) -> Signature:
    """Number of zero bits below the lowest one of a uint64; 64 if there is none."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@_instruction
def count_ones(typing_context: Any, bits: Any) -> Signature:
    """Number of one bits of a uint64."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), generate


@_instruction
def multiply_mix(typing_context: Any, left: Any, right: Any) -> Signature:
    """Low half of the 128-bit product of two uint64, exclusive-or its high half."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        product = builder.mul(*(builder.zext(factor, _DOUBLE_WORD) for factor in args))
        high = builder.trunc(builder.lshr(product, ir.Constant(_DOUBLE_WORD, 64)), _WORD)
        return builder.xor(builder.trunc(product, _WORD), high)

    return types.uint64(types.uint64, types.uint64), generate


@_instruction
def choose(typing_context: Any, condition: Any, left: Any, right: Any) -> Signature:
    """The left of two uint64 where a condition holds, else the right one; never by a branch."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(*args)

    return types.uint64(types.boolean, types.uint64, types.uint64), generate


@_instruction
def copy_bytes(typing_context: Any, source: Any, target: Any, count: Any) -> Signature:
    """Copy bytes from one address to another."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        left, right = (builder.inttoptr(place, _BYTE.as_pointer()) for place in args[:2])
        raw_memcpy(builder, right, left, args[2], 1)
        return context.get_dummy_value()

    return types.void(types.uint64, types.uint64, types.uint64), generate


@_instruction
def load_byte(typing_context: Any, data: Any, position: Any) -> Signature:
    """The byte at a position, as a uint64."""
    return _load(data, _BYTE)


@_instruction
def load_short(typing_context: Any, data: Any, position: Any) -> Signature:
    """Two bytes from a position, the first byte lowest, as a uint64."""
    return _load(data, _SHORT)


@_instruction
def load_half(typing_context: Any, data: Any, position: Any) -> Signature:
    """Four bytes from a position, the first byte lowest, as a uint64."""
    return _load(data, _HALF)


@_instruction
def load_word(typing_context: Any, data: Any, position: Any) -> Signature:
    """Eight bytes from a position, the first byte lowest, as a uint64."""
    return _load(data, _WORD)


@_instruction
def store_byte(typing_context: Any, data: Any, position: Any, value: Any) -> Signature:
    """Write the lowest byte of a uint64."""
    return _store(data, _BYTE)


@_instruction
def store_half(typing_context: Any, data: Any, position: Any, value: Any) -> Signature:
    """Write the lowest four bytes of a uint64, the lowest first."""
    return _store(data, _HALF)


@_instruction
def store_word(typing_context: Any, data: Any, position: Any, value: Any) -> Signature:
    """Write the eight bytes of a uint64, the lowest first."""
    return _store(data, _WORD)


@_instruction
def lead_masks(typing_context: Any, data: Any, position: Any) -> Signature:
    """Which of 64 bytes are UTF-8 continuation bytes (10xxxxxx), which at least 0xE0, which at least 0xF0.

    The first byte is the lowest bit of each mask.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block = builder.load(_pointer(context, builder, signature, args, _BLOCK), align=1)
        continuation = builder.icmp_signed("<", block, _splat(0xC0))
        masks = [continuation, *(builder.icmp_unsigned(">=", block, _splat(least)) for least in (0xE0, 0xF0))]
        return context.make_tuple(builder, signature.return_type, [builder.bitcast(mask, _WORD) for mask in masks])

    return types.UniTuple(types.uint64, 3)(data, types.int64), generate


@_instruction
def narrow_bytes(typing_context: Any, data: Any, position: Any, target: Any) -> Signature:
    """Copy 32 characters of one byte; see `narrow_halves`."""
    return _narrow(data, _BYTE)


@_instruction
def narrow_shorts(typing_context: Any, data: Any, position: Any, target: Any) -> Signature:
    """Write the lowest bytes of 32 characters of two bytes; see `narrow_halves`."""
    return _narrow(data, _SHORT)


@_instruction
def narrow_halves(typing_context: Any, data: Any, position: Any, target: Any) -> Signature:
    """Write the lowest bytes of 32 characters of four bytes to an address; which are at least 0x80, which 0x800.

    The first character is the lowest bit of each mask.
    """
    return _narrow(data, _HALF)


@_instruction
def fold_block(typing_context: Any, data: Any, position: Any, target: Any) -> Signature:
    """Copy 64 bytes to the address ``target``, ASCII folded; which are ASCII word bytes, non-ASCII, ASCII apostrophes.

    Word bytes are letters, digits and ``_``. An apostrophe is ``'`` or a grave accent, which becomes ``'``. The first
    byte is the lowest bit of each mask.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block = builder.load(_pointer(context, builder, signature, args, _BLOCK), align=1)
        lower = builder.select(_between(builder, block, "A", "Z"), builder.or_(block, _splat(32)), block)
        grave = _equal(builder, block, "`")
        folded = builder.select(grave, _splat(ord("'")), lower)
        builder.store(folded, builder.inttoptr(args[2], _BLOCK.as_pointer()), align=1)
        word = builder.or_(_between(builder, lower, "a", "z"), _between(builder, block, "0", "9"))
        word = builder.or_(word, _equal(builder, block, "_"))
        foreign = builder.icmp_signed("<", block, _splat(0))
        apostrophe = builder.or_(_equal(builder, block, "'"), grave)
        masks = [builder.bitcast(mask, _WORD) for mask in (word, foreign, apostrophe)]
        return context.make_tuple(builder, signature.return_type, masks)

    return types.UniTuple(types.uint64, 3)(data, types.int64, types.uint64), generate


def _narrow(data: Any, element: Any) -> Signature:
    many, bytes_ = ir.VectorType(element, 32), ir.VectorType(_BYTE, 32)

    def at_least(builder: Any, block: Any, limit: int) -> Any:
        if limit >= 1 << element.width:
            return ir.Constant(_WORD, 0)
        mask = builder.icmp_unsigned(">=", block, ir.Constant(many, [limit] * 32))
        return builder.zext(builder.bitcast(mask, _HALF), _WORD)

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block = builder.load(_pointer(context, builder, signature, args, many), align=1)
        narrow = block if element is _BYTE else builder.trunc(block, bytes_)
        builder.store(narrow, builder.inttoptr(args[2], bytes_.as_pointer()), align=1)
        masks = [at_least(builder, block, limit) for limit in (0x80, 0x800)]
        return context.make_tuple(builder, signature.return_type, masks)

    return types.UniTuple(types.uint64, 2)(data, types.int64, types.uint64), generate


def _load(data: Any, element: Any) -> Signature:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = builder.load(_pointer(context, builder, signature, args, element), align=1)
        return value if element is _WORD else builder.zext(value, _WORD)

    return types.uint64(data, types.int64), generate


def _store(data: Any, element: Any) -> Signature:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = args[2] if element is _WORD else builder.trunc(args[2], element)
        builder.store(value, _pointer(context, builder, signature, args, element), align=1)
        return context.get_dummy_value()

    return types.void(data, types.int64, types.uint64), generate


def _pointer(context: Any, builder: Any, signature: Any, args: Any, element: Any) -> Any:
    """Where ``args[1]`` bytes behind the beginning of ``args[0]`` stand."""
    if isinstance(signature.args[0], types.Integer):
        data = builder.inttoptr(args[0], _BYTE.as_pointer())
    else:
        data = builder.bitcast(make_array(signature.args[0])(context, builder, args[0]).data, _BYTE.as_pointer())
    return builder.bitcast(builder.gep(data, [args[1]]), element.as_pointer())


def _splat(value: int) -> Any:
    return ir.Constant(_BLOCK, [value] * 64)


def _between(builder: Any, block: Any, first: str, last: str) -> Any:
    distance = builder.sub(block, _splat(ord(first)))
    return builder.icmp_unsigned("<", distance, _splat(ord(last) - ord(first) + 1))


def _equal(builder: Any, block: Any, character: str) -> Any:
    return builder.icmp_unsigned("==", block, _splat(ord(character)))
