"""Lowering for kernels: machine code as fast as from numba's own, by way of less than half as much text.

Numba lowers for all of Python: it builds a structure anew for each ``a[i]``, asks for each ``a + b`` which of many
implementations fits, and keeps each variable that more than one block reads on the stack, to be cleared where it dies.
Optimising undoes most of it, but writing, parsing and optimising it is where the time of compiling goes. Here what
kernels do most, elements of flat arrays and arithmetic on two numbers of a kind, is lowered directly, and a variable
that is assigned once is a value.
"""

from __future__ import annotations

import operator
from typing import Any

from llvmlite.ir import Constant, Undefined
from numba.core import ir, types
from numba.core.analysis import compute_cfg_from_blocks, compute_use_defs
from numba.core.lowering import Lower

__all__ = ["KernelLower", "WholeArguments"]

_ARITHMETIC = {operator.add: "add", operator.sub: "sub", operator.mul: "mul"}
_BITS = {operator.and_: "and_", operator.or_: "or_", operator.xor: "xor"}
_COMPARISONS = {
    operator.lt: "<",
    operator.le: "<=",
    operator.gt: ">",
    operator.ge: ">=",
    operator.eq: "==",
    operator.ne: "!=",
}
# What makes no new array: with references in its result, these were an argument's.
_BORROWING = frozenset(("build_tuple", "cast", "getattr", "getitem", "static_getitem"))
_SCALARS = (types.Number, types.Boolean)
_NUMBERS = (types.int64, types.uint64, types.float64, types.float32)


class KernelLower(Lower):  # type: ignore[misc]
    """Lowers one function."""

    def lower_block(self, block: Any) -> None:
        """Lower a block; an error names the block, not the statement, which costs a context manager each."""
        self.pre_block(block)
        for statement in block.body:
            self.loc = statement.loc
            self.lower_inst(statement)
        self.post_block(block)

    def debug_print(self, msg: str) -> None:
        """Say nothing: numba would spell out each statement for it, though nobody listens."""

    def lower_inst(self, inst: Any) -> Any:
        """Lower a statement; a variable that owns nothing needs no end."""
        if isinstance(inst, ir.Del) and inst.value not in self._owners:
            return
        if not isinstance(inst, ir.Assign):
            super().lower_inst(inst)
            return
        name, context = inst.target.name, self.context
        if name not in self._owners and _borrows(inst.value):
            self.context = self._borrowing
        value = self.lower_assign(self.typeof(name), inst)
        self.context = context
        self.storevar(value, name)

    def storevar(self, value: Any, name: str, argidx: int | None = None) -> None:
        """Set a variable; one that owns nothing has no old value to give up."""
        if name in self._singly_assigned_vars or name in self._owners:
            super().storevar(value, name, argidx)
        else:
            self._alloca_var(name, self.typeof(name))
            self.builder.store(value, self.getvar(name))

    def _find_owners(self) -> set[str]:
        """The variables whose arrays must be counted: all but those that only ever hold what the caller holds."""
        models = self.context.data_model_manager
        counted: dict[Any, bool] = {}
        assigned: dict[str, list[Any]] = {}
        owners, rest = set(), set()
        for block in self.func_ir.blocks.values():
            for statement in block.body:
                if isinstance(statement, ir.Assign):
                    name = statement.target.name
                    kind = self.typeof(name)
                    if kind not in counted:
                        counted[kind] = bool(models[kind].contains_nrt_meminfo())
                    if counted[kind]:
                        rest.add(name)
                        assigned.setdefault(name, []).append(statement.value)
                elif isinstance(statement, ir.Return):
                    owners.add(statement.value.name)

        def borrows(value: Any) -> bool:
            return _borrows(value) and all(var.name not in owners for var in _read(value))

        changed = True
        while changed:
            found = {name for name in rest - owners if not all(map(borrows, assigned[name]))}
            owners |= found
            changed = bool(found)
        return owners & rest

    def _find_singly_assigned_variable(self) -> None:
        """Which variables are values: those assigned once, where all that read them come after, whichever way is taken.

        One that owns arrays must be read in its own block alone, for elsewhere it may end without having begun.
        """
        self._owners = self._find_owners()
        self._borrowing = self.context.subtarget(enable_nrt=False)
        self._blk_local_varmap = {}
        blocks = self.func_ir.blocks
        found = compute_use_defs(blocks)
        defined: dict[str, list[int]] = {}
        for number, block in blocks.items():
            for statement in block.find_insts(ir.Assign):
                defined.setdefault(statement.target.name, []).append(number)
        used: dict[str, list[int]] = {}
        for number, names in found.usemap.items():
            for name in names:
                used.setdefault(name, []).append(number)
        dominators = compute_cfg_from_blocks(blocks).dominators()

        def comes_first(name: str) -> bool:
            [place] = defined[name]
            return name not in self._owners and all(
                other > place and place in dominators[other] for other in used[name]
            )

        single = [name for name, places in defined.items() if len(places) == 1]
        self._singly_assigned_vars = {name for name in single if name not in used or comes_first(name)}

    def lower_getitem(self, resty: Any, expr: Any, value: Any, index: Any, signature: Any) -> Any:
        """``array[i]`` and ``table[i, j]``."""
        array = self.typeof(value.name)
        place = self._place(value.name, array, index.name)
        if place is None:
            return super().lower_getitem(resty, expr, value, index, signature)
        item = self.context.unpack_value(self.builder, array.dtype, place)
        return self.context.cast(self.builder, item, array.dtype, resty)

    def lower_setitem(self, target_var: Any, index_var: Any, value_var: Any, signature: Any) -> Any:
        """``array[i] = x`` and ``table[i, j] = x``."""
        array, given = self.typeof(target_var.name), self.typeof(value_var.name)
        place = self._place(target_var.name, array, index_var.name) if isinstance(given, _SCALARS) else None
        if place is None:
            return super().lower_setitem(target_var, index_var, value_var, signature)
        value = self.context.cast(self.builder, self.loadvar(value_var.name), given, array.dtype)
        return self.context.pack_value(self.builder, array.dtype, value, place)

    def _place(self, name: str, array: Any, index_name: str) -> Any:
        """Where one element of an array stands, or nothing where more is asked: several elements, or checked bounds."""
        kind, builder = self.typeof(index_name), self.builder
        several = isinstance(kind, types.BaseTuple)
        kinds = tuple(kind) if several else (kind,)
        if not isinstance(array, types.Array) or array.layout != "C" or not array.aligned or len(kinds) != array.ndim:
            return None
        if self.context.enable_boundscheck or not all(isinstance(kind, types.Integer) for kind in kinds):
            return None
        index, stored = self.loadvar(index_name), self.loadvar(name)
        numbers = [builder.extract_value(index, axis) for axis in range(len(kinds))] if several else [index]
        model = self.context.data_model_manager[array]
        shape, place = model.get_field_position("shape"), None
        for axis, (number, kind) in enumerate(zip(numbers, kinds, strict=True)):
            number = self.context.cast(builder, number, kind, types.intp if kind.signed else types.uintp)
            length = builder.extract_value(stored, (shape, axis))
            if kind.signed and not (isinstance(kind, types.IntegerLiteral) and kind.literal_value >= 0):
                below = builder.icmp_signed("<", number, number.type(0))
                number = builder.select(below, builder.add(number, length), number)
            place = number if place is None else builder.add(builder.mul(place, length), number)
        return builder.gep(builder.extract_value(stored, model.get_field_position("data")), [place])

    def lower_binop(self, resty: Any, expr: Any, op: Any) -> Any:
        """Arithmetic and comparison of two numbers of a kind."""
        signature = self.fndesc.calltypes[expr]
        kind, result = types.unliteral(signature.args[0]), types.unliteral(signature.return_type)
        floating, made = isinstance(kind, types.Float), types.boolean if op in _COMPARISONS else kind
        direct = op in _ARITHMETIC or op in _COMPARISONS or (op in _BITS and not floating)
        if not direct or kind not in _NUMBERS or types.unliteral(signature.args[1]) != kind or result != made:
            return super().lower_binop(resty, expr, op)
        builder, left, right = self.builder, self._as(expr.lhs, kind), self._as(expr.rhs, kind)
        if op in _ARITHMETIC:
            found = getattr(builder, "f" * floating + _ARITHMETIC[op])(left, right)
        elif op in _BITS:
            found = getattr(builder, _BITS[op])(left, right)
        elif floating:
            compare = builder.fcmp_unordered if op is operator.ne else builder.fcmp_ordered
            found = compare(_COMPARISONS[op], left, right)
        else:
            compare = builder.icmp_signed if kind.signed else builder.icmp_unsigned
            found = compare(_COMPARISONS[op], left, right)
        return self.context.cast(builder, found, result, resty)

    def _as(self, var: Any, kind: Any) -> Any:
        return self.context.cast(self.builder, self.loadvar(var.name), self.typeof(var.name), kind)


def _borrows(value: Any) -> bool:
    """Whether a value is no array of its own: what it refers to, another variable or the caller holds."""
    return not isinstance(value, ir.Expr) or value.op in _BORROWING


def _read(value: Any) -> list[Any]:
    """The variables that an assigned value is made from."""
    if isinstance(value, ir.Var):
        return [value]
    return value.list_vars() if isinstance(value, ir.Expr) else []


class WholeArguments:
    """How functions are called: each argument is one value. Numba passes each field of each array of a tuple alone."""

    def __init__(self, models: Any, kinds: Any) -> None:
        self._given = [not isinstance(kind, types.Omitted) for kind in kinds]
        self.argument_types = tuple(
            models[kind].get_value_type() for kind, given in zip(kinds, self._given, strict=True) if given
        )

    def as_arguments(self, builder: Any, values: Any) -> list[Any]:
        """What is passed for these values."""
        passed = [value for value, given in zip(values, self._given, strict=True) if given]
        return [_shaped(builder, value, kind) for value, kind in zip(passed, self.argument_types, strict=True)]

    def from_arguments(self, _: Any, arguments: Any) -> list[Any]:
        """The values that were passed."""
        passed = iter(arguments)
        return [next(passed) if given else None for given in self._given]

    def assign_names(self, arguments: Any, names: Any) -> None:
        """Name what is passed, for people who read the code."""
        for argument, name in zip(arguments, self.from_arguments(None, names), strict=False):
            argument.name = name


def _shaped(builder: Any, value: Any, kind: Any) -> Any:
    """The value as this type: numba hands ``*arguments`` of one kind over as if they were of several."""
    if value.type == kind:
        return value
    shaped = Constant(kind, Undefined)
    for place in range(len(kind)):
        shaped = builder.insert_value(shaped, builder.extract_value(value, place), place)
    return shaped
