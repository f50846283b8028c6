"""The examples of the guide that need what may not be installed."""

import re
from pathlib import Path

import pytest

from tests.index.test_shared import server  # noqa: F401

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "pipelines.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


def test_tables_go_in_and_arrow_comes_out():
    pytest.importorskip("polars")
    pytest.importorskip("pyarrow")
    [block] = [block for block in BLOCKS if "import polars" in block]
    exec(compile(block, "docs/pipelines.md", "exec"), {})


def test_a_near_tier_is_shared(server):  # noqa: F811
    [block] = [block for block in BLOCKS if "SharedNear" in block]
    exec(compile(block, "docs/pipelines.md", "exec"), {"server": server})
