"""Make ``docs/reuters.md``: matches drawn within Reuters-21578, what was said of each, and what a reader found.

Run with: ``python -m tools.make_reuters_page [FILE]``, where ``python -m benchmarks quality --only reuters --json
FILE`` drew the matches. Without a file the draw is the one that stands on the page. Matches that nobody has read yet
are listed, and the page is left as it is: read them, and put what you found into
``benchmarks/quality/reuters_tested.csv``.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reuters.md"
READ, TESTED = (ROOT / "benchmarks" / "quality" / f"reuters_{name}.csv" for name in ("read", "tested"))
_RELATIONS = ("identical", "near_duplicate", "syndicated", "rewritten", "excerpted")
_BANDS = ((0.5, 0.65, ".50 to .65"), (0.65, 0.8, ".65 to .80"), (0.8, 1.01, ".80 and more"))
_LISTED = re.compile(r"^\| (\S+) \| (\S+) \| (\w+) \| (\d\.\d\d) \| (?:yes|no) \| \w+ \|$", re.MULTILINE)
_HEAD = """# {number} matches of Reuters-21578, read one by one

`python -m benchmarks quality --only reuters --json FILE` compares all 19,043 stories of Reuters-21578 that have a body,
with their dates, and draws these matches by a fixed seed; `python -m tools.make_reuters_page FILE` makes this page of
them and of what was read. They were read as an editor would, and judged: is one text written from the other, or both
from one text or an earlier version of it? Of long stories the first 1,500 characters were read; of texts called
identical one, and both heads. A recurring form with other names or figures is `form`, another report of the same event,
or one of what followed, `same_story`; neither is derived. A later report that repeats paragraphs of an earlier one is
derived from it: an excerpt. The reader did not see what `dedup` had said of a pair, but that it was one of its matches.
"""
_TESTED = """Of these pairs, {learnt} had been read in earlier rounds, and the verdict has learnt from those
(`benchmarks/quality/reuters_read.csv`). The others, which nothing has learnt from, are in
`benchmarks/quality/reuters_tested.csv`, and say what to expect:
"""
_TAIL = """Copies can be relied on here, and rewrites from a probability of .8; **below that `rewritten` and
`excerpted` cannot**: a newswire reports the same kind of event in the same words every day, and its forms and
follow-ups look like rewrites. Of article collections, which this tool is made for, [quality.md](quality.md) says more.
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """A match of the draw, and what its reader found."""

    left: str
    right: str
    said: str
    probability: float
    derived: bool
    kind: str
    learnt: bool


def readings(drawn: Iterable[dict[str, Any]]) -> list[Reading]:
    """The matches of a draw with what was read of them.

    Raises
    ------
    SystemExit
        Naming the matches that nobody has read.
    """
    read = {
        (entry["left"], entry["right"]): (entry, path is READ)
        for path in (TESTED, READ)
        for entry in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    }
    found, missing = [], []
    for match in drawn:
        pair = match["left"], match["right"]
        known = read.get(pair) or read.get(pair[::-1])
        if known is None:
            missing.append(" and ".join(pair))
        else:
            entry, learnt = known
            derived = entry["derived"] == "yes"
            probability = round(match["probability"], 2)
            found.append(Reading(*pair, match["relation"], probability, derived, entry["kind"], learnt))
    if missing:
        raise SystemExit(f"{len(missing)} matches have not been read: {', '.join(missing)}")
    return found


def drawn_on(page: str) -> list[dict[str, Any]]:
    """The draw that stands on a page."""
    names = ("left", "right", "relation")
    return [{**dict(zip(names, row[:3], strict=True)), "probability": float(row[3])} for row in _LISTED.findall(page)]


def page_of(found: Sequence[Reading]) -> str:
    """The page, from the readings of a draw."""
    untaught = [reading for reading in found if not reading.learnt]
    listed = [(r.left, r.right, r.said, f"{r.probability:.2f}", "yes" if r.derived else "no", r.kind) for r in found]
    parts = [
        _HEAD.format(number=len(found)),
        _by_relation(found),
        _TESTED.format(learnt=len(found) - len(untaught)),
        _by_relation(untaught),
        _by_probability(found, untaught),
        _TAIL,
        _table(("left", "right", "said", "probability", "derived in truth", "read as"), listed),
    ]
    return "\n".join(parts)


def _by_relation(found: Sequence[Reading]) -> str:
    rows = []
    for relation in (*_RELATIONS, "all"):
        some = [reading for reading in found if relation in (reading.said, "all")]
        right = sum(reading.derived for reading in some)
        others = Counter(reading.kind for reading in some if not reading.derived)
        told = "" if relation == "all" else ", ".join(f"{kind} {number}" for kind, number in sorted(others.items()))
        rows.append((relation, len(some), right, f"{right / len(some):.2f}" if some else "", told))
    return _table(("said", "read", "derived in truth", "share", "what the others were"), rows)


def _by_probability(*groups: Sequence[Reading]) -> str:
    rows: list[tuple[object, ...]] = []
    for low, high, name in _BANDS:
        counted = [
            [r.derived for r in some if r.said == "rewritten" and low <= r.probability < high] for some in groups
        ]
        rows.append((name, *(number for some in counted for number in (len(some), sum(some)))))
    heads = ("`rewritten`, by probability", "read", "derived in truth", "never learnt from", "derived in truth")
    return _table(heads, rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |".replace("|  |", "| |") for line in lines) + "\n"


def main() -> None:
    """Write the page."""
    if len(sys.argv) > 1:
        report = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        [drawn] = [score["curves"]["reuters.sample"] for score in report["scores"] if score["corpus"] == "reuters"]
    else:
        drawn = drawn_on(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page_of(readings(drawn)), encoding="utf-8")


if __name__ == "__main__":
    main()
