"""The command: measure the corpora that are there, print what was found, hold it against the floors."""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.quality.corpora import CORPORA, digest
from benchmarks.quality.floors import FLOORS, check, read_floors, update, write_floors
from benchmarks.quality.score import Cell, Score, Table, render

__all__ = ["add_arguments", "run"]


@dataclass(frozen=True, slots=True)
class _Request:
    """What to measure, and where the corpora lie."""

    roots: dict[str, Path]
    sample: int | None
    jobs: int

    def path(self, name: str) -> Path | None:
        return CORPORA[name].path(self.roots)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m benchmarks quality``."""
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=list(CORPORA), help=f"of {', '.join(CORPORA)}")
    parser.add_argument("--corpora", type=Path, help="folder of the corpora; else the variable DEDUP_CORPORA")
    parser.add_argument("--story-seeds", type=Path, help="folder of the five articles; else DEDUP_STORY_SEEDS")
    parser.add_argument("--sample", type=int, metavar="N", help="of pan13, N pairs of each kind; floors do not apply")
    parser.add_argument("--jobs", type=int, default=2, help="threads (2)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write figures, tables and curves")
    parser.add_argument("--floors", type=Path, default=FLOORS, metavar="FILE", help="floors to hold (those kept here)")
    parser.add_argument("--update", action="store_true", help="raise the floors to what was measured")
    parser.add_argument("--lower", action="store_true", help="with --update: lower floors too")


def run(arguments: argparse.Namespace) -> int:
    """Measure, print, and gate: 0 where every floor holds, 1 where one does not or an update was refused."""
    given = {"DEDUP_CORPORA": arguments.corpora, "DEDUP_STORY_SEEDS": arguments.story_seeds}
    request = _Request({k: path for k, path in given.items() if path}, arguments.sample, arguments.jobs)
    floors = read_floors(arguments.floors)
    scores: list[Score] = []
    skipped: dict[str, str] = {}
    for name in arguments.only or CORPORA:
        if request.path(name) is None:
            skipped[name] = CORPORA[name].missing()
            print(f"\n{name}: skipped: {skipped[name]}")
            continue
        score = _measure(name, request)
        scores.append(score)
        _show(score, floors.get(name, {}).get("figures", {}))
    failures = check(scores, floors)
    if arguments.update:
        renewed, failures = update(scores, floors, lower=arguments.lower)
        if not failures:
            write_floors(renewed, arguments.floors)
    _conclude(scores, skipped, failures, floors, updated=arguments.update)
    if arguments.json:
        text = json.dumps(_report(scores, skipped, failures), indent=1, ensure_ascii=False, allow_nan=False)
        arguments.json.write_text(text + "\n", encoding="utf-8")
    return 1 if failures else 0


def _measure(name: str, request: _Request) -> Score:
    path = request.path(name)
    assert path is not None
    started = time.perf_counter()
    score = _MEASURES[name](path, request)
    print(f"{name}: measured in {time.perf_counter() - started:.1f} s", file=sys.stderr)
    figures = {key: figure for key, figure in score.figures.items() if not math.isnan(figure.value)}
    return replace(score, figures=figures, digest=digest(path))


def _newsroom(name: str) -> Callable[[Path, _Request], Score]:
    def measure(path: Path, request: _Request) -> Score:
        from benchmarks.quality import newsroom

        return newsroom.measure(name, path)

    return measure


def _story_seeds(path: Path, request: _Request) -> Score:
    from benchmarks.quality import haystack

    return haystack.measure_story_seeds(path, request.path("reuters"))


def _pan13(path: Path, request: _Request) -> Score:
    from benchmarks.quality import pan13

    return pan13.measure(path, sample=request.sample, jobs=request.jobs)


def _clough_stevenson(path: Path, request: _Request) -> Score:
    from benchmarks.quality import clough_stevenson

    return clough_stevenson.measure(path)


def _webis_s3(path: Path, request: _Request) -> Score:
    from benchmarks.quality import webis_s3

    return webis_s3.measure(path)


def _semeval_news(path: Path, request: _Request) -> Score:
    from benchmarks.quality import semeval_news

    return semeval_news.measure(path)


def _pan25_llm(path: Path, request: _Request) -> Score:
    from benchmarks.quality import pan25_llm

    return pan25_llm.measure(path)


def _reuters(path: Path, request: _Request) -> Score:
    from benchmarks.quality import haystack

    return haystack.measure_reuters(path, request.path("story-seeds"))


_MEASURES: dict[str, Callable[[Path, _Request], Score]] = {
    "seeds": _newsroom("seeds"),
    "newsroom": _newsroom("newsroom"),
    "story-seeds": _story_seeds,
    "pan13": _pan13,
    "clough-stevenson": _clough_stevenson,
    "webis-s3": _webis_s3,
    "semeval-news": _semeval_news,
    "pan25-llm": _pan25_llm,
    "reuters": _reuters,
}


def _show(score: Score, floors: dict[str, float]) -> None:
    print(f"\n=== {score.corpus}" + (" (a part only)" if score.partial else ""))
    for table in score.tables:
        print("\n" + render(table))
    rows: list[tuple[Cell, ...]] = []
    for name, figure in score.figures.items():
        low, high = figure.interval or (None, None)
        if low is not None and math.isnan(low):
            low, high = None, None
        rows.append((name, figure.value, low, high, floors.get(name)))
    figures = Table(f"{score.corpus}: figures", ("figure", "value", "low", "high", "floor"), tuple(rows))
    print("\n" + render(figures, len(rows)))


def _conclude(
    scores: list[Score], skipped: dict[str, str], failures: list[str], floors: dict[str, Any], *, updated: bool
) -> None:
    gated = [score.corpus for score in scores if score.corpus in floors and not score.partial]
    free = [score.corpus for score in scores if score.corpus not in gated]
    print("\n=== gate")
    if updated:
        print("floors left as they were" if failures else "floors written")
    else:
        print(f"held against floors: {', '.join(gated) or 'nothing'}")
        print(f"measured without floors: {', '.join(free) or 'nothing'}")
    print(f"skipped, neither passed nor failed: {', '.join(skipped) or 'nothing'}")
    for failure in failures:
        print(f"FAILED {failure}")


def _report(scores: list[Score], skipped: dict[str, str], failures: list[str]) -> dict[str, Any]:
    return {
        "versions": {name: version(name) for name in ("dedup", "numpy", "numba", "scikit-learn")},
        "python": platform.python_version(),
        "platform": platform.platform(),
        "scores": [score.to_dict() for score in scores],
        "skipped": skipped,
        "failures": failures,
    }
