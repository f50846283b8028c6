"""The first run compiles everything that later comparisons call, and nothing twice."""

import subprocess
import sys

CODE = """
import importlib, pkgutil
import dedup, dedup.kernels
from dedup.warming import compile_alignment, compile_rest

def signatures():
    found = {}
    for module in pkgutil.iter_modules(dedup.kernels.__path__):
        for name, value in vars(importlib.import_module(f"dedup.kernels.{module.name}")).items():
            if hasattr(value, "signatures") and value.__module__ == f"dedup.kernels.{module.name}":
                found[module.name, name] = len(value.signatures)
    return found

compile_alignment()
compile_rest()
before = signatures()
fog = "The ferry Aurelia ran aground in dense fog off Port Ellery on Monday with 214 people on board."
hurt = " Nobody was hurt, Ines Tolland said."
dedup.compare([("a", fog), ("b", fog + hurt), ("c", "Apples are cheap."), ("d", "港口起雾了")])
dedup.compare_pair(fog, fog + " 港口起雾了，渡轮搁浅。")
after = signatures()
print({name: (before[name], count) for name, count in after.items() if count != before[name]})
"""


def test_a_comparison_calls_only_what_the_first_run_compiled():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{}"
