"""Numba's compiler, without what kernels have no use for: most of a first run's time is spent in it, not in LLVM.

Numba types and lowers each function in Python, once for each kind of arguments. What is left out here changes neither
a kernel's results nor its machine code's speed: remembered answers, passes for constructs that no kernel has, reference
counts of borrowed arrays, and optimising and emitting code that other functions include anyway.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

import numba
from llvmlite.binding.newpassmanagers import create_new_function_pass_manager
from numba import types
from numba._dynfunc import make_function
from numba.core import typed_passes, untyped_passes
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_machinery import register_pass
from numba.core.errors import TypingError
from numba.core.target_extension import CPU, dispatcher_registry, jit_registry, target_registry
from numba.core.typed_passes import NativeLowering

from dedup.kernels.lowering import KernelLower, WholeArguments

__all__ = ["InnerCompiler", "KernelCompiler"]

# For closures, with-blocks, unrolled tuples, arguments that may be None, and arithmetic on whole arrays.
_UNUSED_PASSES = frozenset(
    (
        typed_passes.AnnotateTypes,
        typed_passes.DumpParforDiagnostics,
        typed_passes.InlineOverloads,
        typed_passes.NoPythonSupportedFeatureValidation,
        typed_passes.NopythonRewrites,
        untyped_passes.DeadBranchPrune,
        untyped_passes.FindLiterallyCalls,
        untyped_passes.InlineClosureLikes,
        untyped_passes.InlineInlinables,
        untyped_passes.LiteralPropagationSubPipelinePass,
        untyped_passes.LiteralUnroll,
        untyped_passes.MakeFunctionToJitFunction,
        untyped_passes.RewriteDynamicRaises,
        untyped_passes.RewriteSemanticConstants,
        untyped_passes.WithLifting,
    )
)


# What numba compiles of itself between kernels, kept apart from that of other programs: it is called in another way.
_INTERNAL: dict[Any, Any] = {}


class _Typing:
    """Numba's typing of calls, with a memory: it would ask an operator's many templates anew for each ``a + b``."""

    _known: ClassVar[dict[tuple[Any, ...], Any]] = {}
    _functions: ClassVar[dict[Any, Any]] = {}

    def __init__(self, context: Any) -> None:
        self._context = context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def resolve_function_type(self, function: Any, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
        operation = getattr(function, "__module__", "") == "_operator"
        if named or not (operation or isinstance(function, types.Function)):
            return self._context.resolve_function_type(function, arguments, named)
        call = (function, *arguments)
        if call not in self._known:
            self._known[call] = self._context.resolve_function_type(function, arguments, named)
        return self._known[call]

    def resolve_value_type(self, value: Any) -> Any:
        kind = self._context.resolve_value_type(value)
        if type(kind) is not types.Function:
            return kind
        if kind not in self._functions:
            self._functions[kind] = _remembering(kind, self._context)
        return self._functions[kind]

    def resolve_setitem(self, target: Any, index: Any, value: Any) -> Any:
        return self.resolve_value_type(operator.setitem).get_call_type(self, (target, index, value), {})


def _remembering(function: Any, context: Any) -> Any:
    """The same function, which answers each question about its calls once; lowering asks as often as typing."""
    known: dict[tuple[Any, ...], Any] = {}

    def get_call_type(_: Any, arguments: Any, named: dict[str, Any]) -> Any:
        if named:
            return function.get_call_type(context, arguments, named)
        arguments = tuple(arguments)
        if arguments not in known:
            try:
                known[arguments] = function.get_call_type(context, arguments, named)
            except TypingError as problem:
                known[arguments] = problem
        if isinstance(known[arguments], TypingError):
            raise known[arguments]
        return known[arguments]

    same = object.__new__(types.Function)  # copying would give back the one that all of numba shares
    same.__dict__.update(function.__dict__, get_call_type=get_call_type)
    return same


class _Kernels(CPU):  # type: ignore[misc]
    """The processor as kernels' target: so numba's own functions, as ``np.empty``, are compiled as inner ones too."""


class KernelCompiler(Compiler):  # type: ignore[misc]
    """Compiles an outer kernel."""

    unused: ClassVar[frozenset[Any]] = _UNUSED_PASSES

    def define_pipelines(self) -> Any:
        """The passes that a kernel needs."""
        state = self.state
        if not isinstance(state.typingctx, _Typing):
            state.typingctx = _Typing(state.typingctx)
        state.targetctx = state.targetctx.subtarget(
            target=_Kernels,
            typing_context=state.typingctx,
            get_arg_packer=partial(WholeArguments, state.targetctx.data_model_manager),
            cached_internal_func=_INTERNAL,
        )
        [pipeline] = super().define_pipelines()
        steps = [(step, why) for step, why in pipeline.passes if step not in self.unused]
        pipeline.passes = [(_OuterLowering, why) if step is NativeLowering else (step, why) for step, why in steps]
        return [pipeline]


class _KernelLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The code of a kernel with all that it includes."""

    def _optimize_functions(self, module: Any) -> None:
        """Make functions small, which shortens all that follows: a kernel is optimised in full once it is whole."""
        module.data_layout = self._codegen._data_layout
        for function in module.functions:
            if not function.is_declaration:
                passes = create_new_function_pass_manager()
                passes.add_sroa_pass()
                passes.add_simplify_cfg_pass()
                passes.add_instruction_combine_pass()
                passes.run(function, self._codegen._pass_builder())


class _InnerLibrary(_KernelLibrary):
    """Code as numba lowers it, for kernels to include: nothing is turned into machine code here."""

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _OuterLowering(NativeLowering):  # type: ignore[misc]
    """Lowering to machine code that Python calls."""

    _name = "outer_lowering"

    library: ClassVar[type[JITCodeLibrary]] = _KernelLibrary

    @property
    def lowering_class(self) -> type[KernelLower]:
        """What lowers a function."""
        return KernelLower

    def run_pass(self, state: Any) -> bool:
        """Lower it, into a library."""
        state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        return bool(super().run_pass(state))


@register_pass(mutates_CFG=True, analysis_only=False)
class _InnerLowering(_OuterLowering):
    """Lowering to a library that other functions link, without an address to call."""

    _name = "inner_lowering"
    library = _InnerLibrary

    def run_pass(self, state: Any) -> bool:
        """Lower it, and give it to all that call it."""
        state.flags.no_compile = True
        super().run_pass(state)
        state.library.finalize()
        lowered = state["cr"]
        no_address = make_function(lowered.fndesc.lookup_module(), state.func_id.func_name, "", 0, lowered.env, ())
        state["cr"] = lowered._replace(cfunc=no_address)
        state.targetctx.insert_user_function(no_address, lowered.fndesc, [state.library])
        return True


class InnerCompiler(KernelCompiler):
    """Compiles a function that only kernels call."""

    def define_pipelines(self) -> Any:
        """The same passes, the last one to lower a function for others to include."""
        [pipeline] = super().define_pipelines()
        pipeline.passes = [
            (_InnerLowering, why) if step is _OuterLowering else (step, why) for step, why in pipeline.passes
        ]
        return [pipeline]


class _NumbasOwnCompiler(InnerCompiler):
    """Compiles what numba itself is written in, with all passes."""

    unused = frozenset()


def _compiled_for_kernels(**options: Any) -> Callable[[Any], Any]:
    options |= {"pipeline_class": _NumbasOwnCompiler, "no_cfunc_wrapper": True}
    return numba.jit(**options)  # type: ignore[no-any-return]


target_registry["dedup"] = _Kernels
dispatcher_registry[_Kernels] = dispatcher_registry[CPU]
jit_registry[_Kernels] = _compiled_for_kernels
