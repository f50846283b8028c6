"""Machine code on disk: never stale, never fatal. Each test has the compiler and two tiny kernels in a folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

KERNELS = Path(__file__).parent.parent / "dedup" / "kernels"
STEP = """
from dedup.kernels.compile import inner

@inner
def step(value):
    return value + 1
"""
TWICE = """
from dedup.kernels.compile import kernel
from dedup.kernels.step import step

@kernel
def twice(value):
    return step(step(value))
"""
OWNERS = """
import numpy as np
from dedup.kernels.compile import inner, kernel

@inner
def rest(values):
    return values[1:]

@inner
def fresh(size):
    return np.zeros(size, np.int64)

@inner
def total(values):
    part = values[:2]
    return part[0] + part[1] + len(rest(values)) if len(values) > 1 else 0

@kernel
def owners(values):
    new = fresh(4)
    for i in range(len(new)):
        new[i] = total(rest(values))
    return new, rest(new)
"""
RUN_OWNERS = """
import gc
import numpy as np
from numba.core.runtime import _nrt_python, rtsys
from dedup.kernels.owners import owners

_nrt_python.memsys_enable_stats()
values = np.arange(5)
for _ in range(9):
    new, rest = owners(values)
    assert new.tolist() == [6] * 4 and rest.tolist() == [6] * 3, (new, rest)
del new
assert rest.tolist() == [6] * 3
del rest
gc.collect()
stats = rtsys.get_allocation_stats()
print(stats.alloc - stats.free, stats.mi_alloc - stats.mi_free)
"""
RUN = "from dedup.kernels.twice import twice; print(twice(5), sum(twice.stats.cache_hits.values()))"


def write_package(folder: Path) -> Path:
    """A package with one kernel, which includes code of another file."""
    kernels = folder / "site" / "dedup" / "kernels"
    kernels.mkdir(parents=True)
    for place in (kernels, kernels.parent):
        (place / "__init__.py").touch()
    for name in ("compile.py", "lowering.py", "pipeline.py"):
        (kernels / name).write_bytes((KERNELS / name).read_bytes())
    (kernels / "step.py").write_text(STEP)
    (kernels / "twice.py").write_text(TWICE)
    return folder


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return write_package(tmp_path)


@pytest.fixture(scope="module")
def compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_package(tmp_path_factory.mktemp("compiled"))
    assert result(start(folder)) == (7, 0)
    return folder


@pytest.fixture
def warm(compiled_once: Path, tmp_path: Path) -> Path:
    """The package with its machine code beside it."""
    return Path(shutil.copytree(compiled_once, tmp_path / "warm"))


def start(package: Path, run: str = RUN) -> subprocess.Popen[str]:
    settings = {name: value for name, value in os.environ.items() if not name.startswith("NUMBA_")}
    own = {"PYTHONPATH": str(package / "site"), "XDG_CACHE_HOME": str(package / "user"), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", run],
        cwd=package,
        env={**settings, **own, "HOME": str(package / "home")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def result(process: subprocess.Popen[str]) -> tuple[int, int]:
    """What the kernel gave, and how often its machine code came from the disk."""
    out, problems = process.communicate()
    assert process.returncode == 0, problems
    value, hits = out.split()
    return int(value), int(hits)


def block(folder: Path) -> None:
    """Let no folder be made here, whoever runs the test: root may write to what is only read-only."""
    folder.touch()


def compiled(package: Path, ending: str) -> list[Path]:
    return sorted(package.rglob(f"*.{ending}"))


def test_two_processes_that_start_cold_at_once_both_work_and_leave_a_good_cache(package: Path):
    together = [start(package), start(package)]
    assert [result(process)[0] for process in together] == [7, 7]
    assert result(start(package)) == (7, 1)


def test_a_package_folder_that_cannot_be_written_falls_back_on_the_users_cache(package: Path):
    block(package / "site" / "dedup" / "kernels" / "__pycache__")
    assert result(start(package)) == (7, 0)
    assert result(start(package)) == (7, 1)
    assert compiled(package / "user", "nbc") or compiled(package / "home", "nbc")


def test_where_nothing_can_be_written_kernels_are_compiled_in_each_process(package: Path):
    for folder in (package / "site" / "dedup" / "kernels" / "__pycache__", package / "user", package / "home"):
        block(folder)
    assert result(start(package)) == (7, 0)
    assert compiled(package, "nb?") == []


def test_a_change_in_another_file_makes_the_machine_code_stale(warm: Path):
    assert result(start(warm)) == (7, 1)
    (warm / "site" / "dedup" / "kernels" / "step.py").write_text(STEP.replace("+ 1", "+ 8"))
    assert result(start(warm)) == (21, 0)


def test_code_of_another_version_is_not_taken_for_that_of_a_fresh_index(warm: Path):
    [stale] = compiled(warm, "nbc")
    (warm / "site" / "dedup" / "kernels" / "step.py").write_text(STEP.replace("+ 1", "+ 8"))
    result(start(warm))
    [fresh] = set(compiled(warm, "nbc")) - {stale}
    fresh.unlink()
    assert result(start(warm)) == (21, 0)


@pytest.mark.parametrize(("ending", "left"), [("nbi", 0.0), ("nbi", 0.5), ("nbc", 0.5)])
def test_a_truncated_cache_file_is_replaced(warm: Path, ending: str, left: float):
    [damaged] = compiled(warm, ending)
    data = damaged.read_bytes()
    damaged.write_bytes(data[: int(left * len(data))])
    assert result(start(warm)) == (7, 0)
    assert result(start(warm)) == (7, 1)


def test_without_counts_of_borrowed_arrays_each_array_is_freed_once(package: Path):
    (package / "site" / "dedup" / "kernels" / "owners.py").write_text(OWNERS)
    assert result(start(package, RUN_OWNERS)) == (0, 0)


def test_other_functions_of_numba_are_typed_and_compiled_as_ever(package: Path):
    run = """
import operator
import numba
from numba.core.registry import cpu_target
from dedup.kernels.twice import twice

twice(5)
shared = cpu_target.typing_context.resolve_value_type(operator.add)
ordinary = numba.njit(lambda size: sum([i for i in range(size)]))
print(ordinary(4), int("get_call_type" in vars(shared)))
"""
    assert result(start(package, run)) == (6, 0)


def test_help_needs_no_numba():
    code = """
import sys
from dedup.cli import main
sys.argv = ["dedup", "--help"]
try:
    main()
except SystemExit:
    print([name for name in ("numpy", "numba", "sklearn", "datasketch") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
