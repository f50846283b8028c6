"""Make ``docs/benchmarks.md``, and the table of the README, from the reports in ``docs/figures``.

Run with: ``python -m tools.make_benchmarks_page`` (``--check`` only says whether they are as the reports have it).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.speed.rows import spread, times

ROOT = Path(__file__).parent.parent
FIGURES = ROOT / "docs" / "figures"
PAGE, README = ROOT / "docs" / "benchmarks.md", ROOT / "README.md"
BEGIN, END = "<!-- speed: made by tools/make_benchmarks_page.py -->", "<!-- speed: end -->"
_QUIET = 1.15
README_REPORT, README_POINT = "speed-10000.json", "wide"

_HEAD = """# Benchmarks

How fast `dedup` and other programs find near-duplicates, how much memory they take, and how much they find. Nothing
here is typed by hand: `python -m tools.make_benchmarks_page` makes the page from the reports in `docs/figures`.
Anyone can make those anew:

```sh
python -m benchmarks speed --documents 10000 --json docs/figures/speed-10000.json
python -m benchmarks speed --documents 100000 --json docs/figures/speed-100000.json
python -m benchmarks scale --json docs/figures/scale.json --plot docs/figures/scale.svg
python -m benchmarks gate --handicaps --json docs/figures/handicaps.json
python -m benchmarks compare OLD.json NEW.json
```

The first run makes a virtual environment for each of the other programs, with pinned versions, under
`~/.cache/dedup-bench` (or `DEDUP_BENCH_CACHE`).

## How it is measured

**Texts.** `python -m benchmarks generate` writes news-like texts by rule: English words with their real
frequencies, common phrases, topics that share vocabulary, outlets whose lines stand under a tenth of the texts. A
tenth of the texts are in families of edited copies, of sizes by a power law; one in fifty is a rewrite and one in a
hundred has a passage of another. Each text is a function of the seed and its number, so that a million need no
memory; the same digest means the same texts. In the tables of speed no family has more than 50 texts: some programs
list all pairs of a family and others do not, and here every pair is judged.

**Runs.** Every run is a process of its own, bound to as many processors as it has threads, and stopped if it used
more. It reads the texts, which must have the right digest, runs once on 100 of them, each twice, and then once on
all, which is what is timed. All programs run once in each round, in a new order each time. Figures are medians of
the rounds; the spread is (slowest − fastest) / median. On one thread the time is the processor's, which other
programs on the machine disturb least, on two the clock's; the reports have both. Memory is the peak of the process,
and of what it started, beyond what it had with the texts read.

**What is found** is judged by the exact join: all pairs whose sets of shingles reach the Jaccard similarity. Each
program is judged by what it takes for a word itself (most split at spaces and keep punctuation), so that none loses
by normalising less. Recall is the share of those pairs that it returns, precision the share of what it returns that
is among them. A program that flags documents instead of listing pairs is judged by documents that have a
near-duplicate.

**The others** are used in the fastest way that their own documentation shows, with the same banding. Where one has
no join, it gets one in numpy. None but `dedup` verifies what it returns, so their time ends with candidates, and
ours with verified pairs.
"""

_GATE = """## Does the gate catch anything?

`python -m benchmarks gate` runs on every change: dedup's stages in multiples of a fixed piece of work done before
and after each, and in parts of datasketch's time in the same run. It fails where a figure is worse than the kept
baseline by more than four standard errors, as measured in the two runs, and by more than a tenth (memory: a
quarter; recall and precision: 0.05 %). Here it was run with nothing changed, and with three deliberate regressions:
the sketching kernel a fifth slower, the memory doubled, one candidate in fifty lost. All that it called worse:
"""


def main() -> int:
    """Write both, or compare them with what is there."""
    wanted = {PAGE: page(), README: with_table(README.read_text(encoding="utf-8"))}
    if "--check" in sys.argv[1:]:
        stale = [path.name for path, text in wanted.items() if path.read_text(encoding="utf-8") != text]
        print(f"not as the reports have it: {', '.join(stale)}" if stale else "as the reports have it")
        return 1 if stale else 0
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    return 0


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for path in sorted(FIGURES.glob("speed-*.json"), key=lambda path: int(path.stem.split("-")[1])):
        report = json.loads(path.read_text(encoding="utf-8"))
        parts.append(_speed(report))
    for name, section in (("scale.json", _scale), ("handicaps.json", _handicaps)):
        if (FIGURES / name).exists():
            parts.append(section(json.loads((FIGURES / name).read_text(encoding="utf-8"))))
    return "\n".join(parts)


def with_table(readme: str) -> str:
    """The README with the short table between its two marks."""
    if BEGIN not in readme:
        return readme
    report = json.loads((FIGURES / README_REPORT).read_text(encoding="utf-8"))
    before, rest = readme.split(BEGIN)
    after = rest.split(END)[1]
    size = report["texts"]["characters"] / 1e6
    columns = ["", "MB/s", "MB of memory", "recall", "precision"]
    rows = [
        [row["label"], size / shown["total"]["median"], row["memory_beyond"]["median"], row["recall"], row["precision"]]
        for row, shown in _rows(report, README_POINT)
    ]
    caption = f"{report['texts']['documents']:,} texts, {size:.0f} MB; {report['points'][README_POINT]}:"
    table = f"{_table(columns, rows)}\n{_disturbed(report)}"
    return f"{before}{BEGIN}\n{caption}\n\n{table}\n{END}{after}"


def _disturbed(report: dict[str, Any]) -> str:
    """A warning where other programs kept the machine busy."""
    if report["waited"] <= _QUIET:
        return ""
    return (
        f"\nThe machine was busy with other work: a run took {report['waited']:.1f} times the processor time it used. "
        "Figures of one thread stand that; the row of two threads is by the clock and says little.\n"
    )


def _rows(report: dict[str, Any], point: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Rows with their times, the quickest first."""
    rows = [(row, times(row)) for row in report["rows"] if row["point"] == point]
    return sorted(rows, key=lambda pair: pair[1]["total"]["median"])


def _speed(report: dict[str, Any]) -> str:
    size = report["texts"]["characters"] / 1e6
    rounds = "1 round" if report["repeats"] == 1 else f"{report['repeats']} rounds"
    parts = [
        f"## {report['texts']['documents']:,} texts, {size:.0f} MB\n",
        f"{_machine(report)} Digest of the texts `{report['texts']['digest']}`, {rounds}.\n{_disturbed(report)}",
    ]
    for point, shown in report["points"].items():
        parts.append(f"### {shown[0].upper()}{shown[1:]}\n\n{_engines(report, point, size)}\n")
    versions = dict.fromkeys(f"{row['label'].split(',')[0].split(':')[0]}: {row['version']}" for row in report["rows"])
    return "\n".join([*parts, f"Versions: {'; '.join(versions)}.\n"])


def _engines(report: dict[str, Any], point: str, size: float) -> str:
    rows = _rows(report, point)
    ours = next((shown["total"]["median"] for row, shown in rows if row["engine"] == "dedup"), None)
    columns = [
        "", "text → signatures, MB/s", "text → result, MB/s", "signatures, s", "pairs, s", "verification, s", "all, s",
        "spread", "times dedup's", "memory, MB", "found", "recall", "precision",
    ]  # fmt: skip
    cells = []
    for row, shown in rows:
        stages = [shown.get(name, {}).get("median") for name in ("signatures", "pairs", "verification")]
        total = shown["total"]["median"]
        ratio, memory = total / ours if ours else None, row["memory_beyond"]["median"]
        found = f"{row['found']:,} {'pairs' if row['finds'] == 'pairs' else 'texts'}"
        speeds = size / stages[0], size / total
        judged = memory, found, row["recall"], row["precision"]
        cells.append(
            [
                row["label"],
                *speeds,
                *stages,
                total,
                f"{spread(shown['total']):.0%}" if report["repeats"] > 1 else None,
                ratio,
                *judged,
            ]
        )
    return _table(columns, cells)


def _scale(report: dict[str, Any]) -> str:
    counts = [row["documents"] for row in report["rows"]]
    families = "The largest family has a twentieth of the texts, 50,000 at most."
    parts = [f"## From {min(counts):,} to {max(counts):,} texts\n\n{_machine(report)} {families}\n"]
    near = [row for row in report["rows"] if not row["whole"]]
    whole = [row for row in report["rows"] if row["whole"]]
    what = "Near-duplicates alone (`--tier near`), from a file of JSON lines to a file of matches."
    parts.append(f"{what}\n\n{_sizes(near)}\n")
    if (FIGURES / "scale.svg").exists():
        parts.append("![Time and memory a document, by the number of documents](figures/scale.svg)\n")
    if whole:
        parts.append(f"The whole comparison, with rewrites, passages and verdicts, likewise.\n\n{_sizes(whole)}\n")
    return "\n".join(parts)


def _sizes(rows: list[dict[str, Any]]) -> str:
    rows = sorted(rows, key=lambda row: (row["corner"] != "usual", row["corner"], row["documents"]))
    stages = list(rows[0]["stages"])
    columns = ["collection", "texts", "threads", "µs a text", *(f"{name}, µs" for name in stages)]
    columns += ["KB a text", "memory, MB", "matches", "recall"]
    cells = []
    for row in rows:
        each = {name: 1e6 * summary["median"] / row["documents"] for name, summary in times(row).items()}
        memory = row["memory_beyond"]["median"]
        cells.append(
            [row["corner"], f"{row['documents']:,}", row["threads"], each["total"]]
            + [each.get(name) for name in stages]
            + [1024 * memory / row["documents"], memory, f"{row['counts']['matches']:,}", row["recall"]]
        )
    note = "Recall is the share of planted copies of Jaccard ≥ 0.5 to their original that stand in its family."
    return f"{_table(columns, cells)}\n\n{note}"


def _handicaps(report: dict[str, Any]) -> str:
    rows = [
        [row["handicap"], row["name"], row["old"], row["new"], f"{row['worsening']:.1%}", f"{row['tolerance']:.1%}"]
        for row in report["rows"]
        if row["verdict"] == "worse"
    ]
    columns = ["handicap", "caught by", "before", "after", "worse by", "tolerance"]
    return f"{_GATE}\n{_table(columns, rows)}\n"


def _machine(report: dict[str, Any]) -> str:
    machine = report["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    count = machine["processors"]
    return f"{machine['processor']}, {count} processors, {machine['system']}; Python {machine['python']}, {versions}."


def _table(columns: list[str], rows: list[list[Any]]) -> str:
    lines = [" | ".join(columns), " | ".join(["---"] + ["---:"] * (len(columns) - 1))]
    lines += [" | ".join(_cell(value) for value in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _cell(value: Any) -> str:
    """Three figures that count; shares with four places, never rounded up to 1."""
    if value is None:
        return ""
    if not isinstance(value, float):
        return str(value)
    if value <= 1.0:
        return "1" if value == 1.0 else f"{int(value * 10_000) / 10_000:.4f}"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    raise SystemExit(main())
