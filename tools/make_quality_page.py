"""Make ``docs/quality.md`` from what ``python -m benchmarks quality --json FILE`` measured.

Run with: ``python -m tools.make_quality_page FILE``
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

OUTPUT = Path(__file__).parent.parent / "docs" / "quality.md"
_LONGEST = 40
_HEAD = """# Quality

What `dedup` finds, misses and wrongly says on labelled texts: the output of `python -m benchmarks quality`, made into a
page by `python -m tools.make_quality_page`. Nothing here is typed by hand. One configuration is used for all.

`seeds` is the sample newsroom of this repository, on which the verdict is trained. `newsroom` is a second one in
`tests/cases/newsroom`, written in the same manner, on which nothing is trained or tuned: the gap between the two is the
overfitting. The other corpora are public research data and not part of the repository; only a half of each was used.
Intervals are of 95 %, by bootstrap.
"""


def cell(value: Any) -> str:
    """A figure or a word, as a table's cell."""
    if value is None:
        return ""
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace("|", "\\|")


def table(columns: list[str], rows: list[list[Any]]) -> str:
    """A Markdown table, cut where it would be endless."""
    lines = [" | ".join(columns), " | ".join("---" for _ in columns)]
    lines += [" | ".join(cell(value) for value in row) for row in rows[:_LONGEST]]
    text = "\n".join(f"| {line} |" for line in lines)
    return text + (f"\n\nand {len(rows) - _LONGEST} more rows." if len(rows) > _LONGEST else "")


def section(score: dict[str, Any]) -> str:
    """One corpus: its figures, then its tables."""
    figures = [
        [name, figure["value"], "–".join(f"{end:.3f}" for end in figure.get("interval") or [])]
        for name, figure in score["figures"].items()
    ]
    parts = [f"## {score['corpus']}", table(["figure", "value", "interval"], figures)]
    parts += [f"### {one['title']}\n\n{table(one['columns'], one['rows'])}" for one in score["tables"]]
    return "\n\n".join(parts)


def main() -> None:
    """Write the page."""
    report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    body = "\n\n".join(section(score) for score in report["scores"])
    OUTPUT.write_text(f"{_HEAD}\n{body}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
