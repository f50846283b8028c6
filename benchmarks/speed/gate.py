"""The short benchmark of continuous integration: ratios to fixed work and to datasketch, held against a baseline."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.compare import compare, show
from benchmarks.speed.environments import cache_folder
from benchmarks.speed.handicap import CAUGHT_BY
from benchmarks.speed.harness import Texts, prepare_texts
from benchmarks.speed.machine import describe_machine
from benchmarks.speed.points import POINTS
from benchmarks.speed.processes import run_worker
from benchmarks.speed.statistics import noise
from benchmarks.speed.truth import kept_join, score
from benchmarks.speed.worker import Found, read_texts

__all__ = ["BASELINE", "add_arguments", "measure_short", "run", "run_handicaps"]

BASELINE = Path(__file__).with_name("baseline.json")

_DOCUMENTS, _REPEATS, _PROCESSES, _MOST_PROCESSES = 4_000, 9, 5, 15
_QUIET = 0.012
_POINT = "wide"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m benchmarks gate``."""
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report")
    parser.add_argument("--baseline", type=Path, default=BASELINE, metavar="FILE", help="report to hold (the one kept)")
    parser.add_argument("--update", action="store_true", help="make this run the baseline")
    parser.add_argument("--handicaps", action="store_true", help="regress on purpose, and show that it is caught")


def run(arguments: argparse.Namespace) -> int:
    """Measure and compare: 1 where something became worse, or a deliberate regression was not caught."""
    if arguments.handicaps:
        return run_handicaps(arguments.json)
    [report] = measure_short()
    for path in [arguments.json] + ([arguments.baseline] if arguments.update else []):
        if path:
            path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    if not arguments.baseline.exists():
        print(f"no baseline in {arguments.baseline}; make one with --update")
        return 1
    return show(*compare(json.loads(arguments.baseline.read_text(encoding="utf-8")), report))


def run_handicaps(output: Path | None) -> int:
    """Measure as it is, and as it is again, and with each handicap; 1 unless each, and nothing else, is caught.

    All are measured in turns, so that what else the machine does falls on all alike.
    """
    clean, *others = measure_short(["", *CAUGHT_BY])
    wrong: list[str] = []
    seen: list[dict[str, Any]] = []
    for (name, may), report in zip(CAUGHT_BY.items(), others, strict=True):
        print(f"\n{name or 'no handicap'}", flush=True)
        changes, notes = compare(clean, report)
        show(changes, notes)
        seen += [{"handicap": name or "none", **asdict(change), "verdict": change.verdict} for change in changes]
        worse = {change.name for change in changes if change.verdict == "worse"}
        if bool(worse) != bool(name) or not worse <= set(may):
            wrong.append(name or "a false alarm")
    if output:
        output.write_text(json.dumps({"machine": clean["machine"], "rows": seen}, indent=1) + "\n", encoding="utf-8")
    print(f"\nnot right: {', '.join(wrong)}" if wrong else "\nevery handicap is caught, and nothing else")
    return 1 if wrong else 0


def measure_short(handicaps: Sequence[str] = ("",)) -> list[dict[str, Any]]:
    """A report for each handicap (``""`` for none), from several processes each, until their medians are steady."""
    texts = prepare_texts(_DOCUMENTS)
    runs: list[list[dict[str, Any]]] = [[] for _ in handicaps]
    peers: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, f"found-{number}.npy") for number in range(len(handicaps))]
        while len(runs[0]) < _PROCESSES or (len(runs[0]) < _MOST_PROCESSES and max(map(_unrest, runs)) > _QUIET):
            for found, handicap, those in zip(files, handicaps, runs, strict=True):
                those.append(_stages(texts, found, handicap))
            if len(peers) < _PROCESSES:
                peers.append(_datasketch(texts, Path(folder, "peer.npy")))
        return [_report(texts, np.load(found), those, peers) for found, those in zip(files, runs, strict=True)]


def _report(texts: Texts, found: Found, runs: Sequence[Mapping[str, Any]], peers: Sequence[float]) -> dict[str, Any]:
    truth = kept_join(cache_folder(), lambda: list(read_texts(texts.path)), texts.digest, "dedup", POINTS[_POINT])
    recall, precision = score(found, truth, "pairs")
    metrics = _metrics(runs, peers)
    metrics["recall"] = {"value": recall, "kind": "share"}
    metrics["precision"] = {"value": precision, "kind": "share"}
    return {
        "machine": describe_machine(),
        "texts": {"documents": texts.documents, "characters": texts.characters, "digest": texts.digest},
        "processes": len(runs),
        "waited": round(median(run["waited"] for run in runs), 3),
        "metrics": metrics,
    }


def _stages(texts: Texts, found: Path, handicap: str) -> dict[str, Any]:
    arguments = ["--texts", str(texts.path), "--digest", texts.digest]
    arguments += ["--repeats", str(_REPEATS), "--found", str(found)]
    extra = {"DEDUP_BENCH_HANDICAP": handicap}
    return run_worker(sys.executable, "benchmarks.speed.stages_process", arguments, 1, extra)


def _datasketch(texts: Texts, found: Path) -> float:
    arguments = ["--texts", str(texts.path), "--digest", texts.digest, "--point", _POINT]
    arguments += ["--threads", "1", "--found", str(found), "--calibrate"]
    result = run_worker(sys.executable, "benchmarks.speed.engines.with_datasketch", arguments, 1)
    return float(sum(result["processor_stages"].values()) / result["calibration"])


def _unrest(runs: Sequence[Mapping[str, Any]]) -> float:
    """The largest noise of a stage's median over the processes."""
    return max(noise([median(run["stages"][stage]) for run in runs]) for stage in runs[0]["stages"])


def _metrics(runs: Sequence[Mapping[str, Any]], peers: Sequence[float]) -> dict[str, dict[str, Any]]:
    """Stages in calibrations, dedup in parts of datasketch, memory in MB; each with its noise over the processes."""
    metrics: dict[str, dict[str, Any]] = {}
    for stage in runs[0]["stages"]:
        metrics[f"{stage}, in calibrations"] = _metric([median(run["stages"][stage]) for run in runs], "time")
    metric = metrics["total, in runs of datasketch"] = _metric([median(run["stages"]["total"]) for run in runs], "time")
    metric["value"] = round(metric["value"] / median(peers), 6)
    metric["noise"] = round((metric["noise"] ** 2 + noise(peers) ** 2) ** 0.5, 6)
    memory = [run["memory_peak"] - run["memory_before"] for run in runs if run["memory_before"]]
    if memory:
        metrics["memory beyond the texts, MB"] = _metric(memory, "memory")
    return metrics


def _metric(values: Sequence[float], kind: str) -> dict[str, Any]:
    return {"value": round(median(values), 6), "kind": kind, "noise": round(noise(values), 6)}
