"""What LLVM can do and Python cannot say: bit counts, a 128-bit product, unaligned loads, and 64 bytes at a time.

Each of these becomes a few machine instructions inside a kernel. Nothing is checked: an index outside its array reads or
writes foreign memory, and arrays must be contiguous. Vectors of 64 bytes are portable; LLVM splits them into what the
processor has (SSE2, AVX2, AVX-512, NEON). Byte orders other than little-endian are not supported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

__all__ = ["continuation_mask", "count_ones", "fold_block", "load_word", "multiply_mix", "store_word", "trailing_zeros"]

_BYTE, _WORD, _DOUBLE_WORD = ir.IntType(8), ir.IntType(64), ir.IntType(128)
_BLOCK = ir.VectorType(_BYTE, 64)

Signature = tuple[Any, Callable[..., Any]]


@intrinsic
def trailing_zeros(typing_context: Any, bits: Any) -> Signature:
    """Number of zero bits below the lowest one of a uint64; 64 if there is none."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@intrinsic
def count_ones(typing_context: Any, bits: Any) -> Signature:
    """Number of one bits of a uint64."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.uint64(types.uint64), generate


@intrinsic
def multiply_mix(typing_context: Any, left: Any, right: Any) -> Signature:
    """Low half of the 128-bit product of two uint64, exclusive-or its high half."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        product = builder.mul(*(builder.zext(factor, _DOUBLE_WORD) for factor in args))
        high = builder.trunc(builder.lshr(product, ir.Constant(_DOUBLE_WORD, 64)), _WORD)
        return builder.xor(builder.trunc(product, _WORD), high)

    return types.uint64(types.uint64, types.uint64), generate


@intrinsic
def load_word(typing_context: Any, data: Any, position: Any) -> Signature:
    """Eight bytes of a uint8 array as a uint64, the first byte lowest."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.load(_pointer(context, builder, signature.args[0], args[0], args[1], _WORD), align=1)

    return types.uint64(data, types.int64), generate


@intrinsic
def store_word(typing_context: Any, data: Any, position: Any, word: Any) -> Signature:
    """Write a uint64 over eight bytes of a uint8 array, the lowest byte first."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        target = _pointer(context, builder, signature.args[0], args[0], args[1], _WORD)
        builder.store(args[2], target, align=1)
        return context.get_dummy_value()

    return types.void(data, types.int64, types.uint64), generate


@intrinsic
def continuation_mask(typing_context: Any, data: Any, position: Any) -> Signature:
    """Which of 64 bytes of a uint8 array are UTF-8 continuation bytes (10xxxxxx), the first byte in the lowest bit."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block = builder.load(_pointer(context, builder, signature.args[0], args[0], args[1], _BLOCK), align=1)
        return builder.bitcast(builder.icmp_signed("<", block, _splat(-64)), _WORD)

    return types.uint64(data, types.int64), generate


@intrinsic
def fold_block(typing_context: Any, data: Any, position: Any, folded: Any, target: Any) -> Signature:
    """Copy 64 bytes to ``folded``, ASCII folded; masks of their ASCII word, non-ASCII and ASCII apostrophe bytes.

    Word bytes are letters, digits and ``_``. An apostrophe is ``'`` or a grave accent, which becomes ``'``. The first byte is
    the lowest bit.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        block = builder.load(_pointer(context, builder, signature.args[0], args[0], args[1], _BLOCK), align=1)
        upper = _between(builder, block, "A", "Z")
        lower = builder.select(upper, builder.or_(block, _splat(32)), block)
        grave = _equal(builder, block, "`")
        copy = builder.select(grave, _splat(ord("'")), lower)
        builder.store(copy, _pointer(context, builder, signature.args[2], args[2], args[3], _BLOCK), align=1)
        word = builder.or_(_between(builder, lower, "a", "z"), _between(builder, block, "0", "9"))
        word = builder.or_(word, _equal(builder, block, "_"))
        foreign = builder.icmp_signed("<", block, _splat(0))
        apostrophe = builder.or_(_equal(builder, block, "'"), grave)
        masks = [builder.bitcast(mask, _WORD) for mask in (word, foreign, apostrophe)]
        return context.make_tuple(builder, signature.return_type, masks)

    return types.UniTuple(types.uint64, 3)(data, types.int64, folded, types.int64), generate


def _pointer(context: Any, builder: Any, array_type: Any, array: Any, position: Any, target: Any) -> Any:
    data = builder.bitcast(make_array(array_type)(context, builder, array).data, _BYTE.as_pointer())
    return builder.bitcast(builder.gep(data, [position]), target.as_pointer())


def _splat(value: int) -> Any:
    return ir.Constant(_BLOCK, [value & 255] * 64)


def _between(builder: Any, block: Any, first: str, last: str) -> Any:
    distance = builder.sub(block, _splat(ord(first)))
    return builder.icmp_unsigned("<", distance, _splat(ord(last) - ord(first) + 1))


def _equal(builder: Any, block: Any, character: str) -> Any:
    return builder.icmp_unsigned("==", block, _splat(ord(character)))
