"""What each part of the aligner gives: leave one out, measure, and write docs/alignment-ablation.md.

``python -m benchmarks.training.align_ablation --corpus PATH``. A part is left out of the finished aligner as it stands;
nothing is learnt anew without it, so a figure says what would be missed, not what the part is worth by itself.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.quality import pan13
from benchmarks.quality.corpora import read_text
from benchmarks.quality.lineage import read_lineage
from benchmarks.quality.passages import Coverage, coverage, oriented
from benchmarks.training.align_folds import aligned_with
from dedup import alignment
from dedup.kernels.align_grams import PLENTIES

Change = Callable[[Any], Any]

HEAD = """# What each part of the aligner gives

Written by `python -m benchmarks.training.align_ablation`. Each row leaves one part out of the finished aligner, without
learning anything anew. Plagdet is that of the PAN 2013 documents of odd number; fit on those of even number first
(`python -m benchmarks.training.align --part even`), as was done for this table. Alarms are the odd pairs without reuse
that get a passage; recall and precision are those of the labelled passages of `seeds/`, from which the links of
sentences were learnt.
"""


def _model(**fields: Change) -> Change:
    def change(parameters: Any) -> Any:
        model = parameters.model
        return parameters._replace(
            model=model._replace(**{name: with_it(getattr(model, name)) for name, with_it in fields.items()})
        )

    return change


def _settings(**values: float) -> Change:
    return lambda parameters: parameters._replace(settings=parameters.settings._replace(**values))


def _present_or_absent(match: Any) -> Any:
    flat = match.copy()
    flat[:, 1:] = match[:, 1:2]
    return flat


def _one_rarity(match: Any) -> Any:
    rows = match.reshape(*match.shape[:2], -1, PLENTIES)
    return np.broadcast_to(rows.mean(axis=2, keepdims=True), rows.shape).reshape(match.shape).astype(match.dtype)


def _one_plenty(match: Any) -> Any:
    rows = match.reshape(*match.shape[:2], -1, PLENTIES)
    return np.broadcast_to(rows.mean(axis=3, keepdims=True), rows.shape).reshape(match.shape).astype(match.dtype)


def _first_style(scores: Any) -> Any:
    same = scores.copy()
    same[1] = same[0]
    return same


PARTS: dict[str, Change] = {
    "everything": lambda parameters: parameters,
    "kinds of match (only present or absent)": _model(match=_present_or_absent),
    "rarity of words": _model(match=_one_rarity),
    "how often both texts have a word": _model(match=_one_plenty),
    "the second style (words replaced)": _model(match=_first_style, border=_first_style, ratio=_first_style),
    "what lies at borders": _model(border=np.zeros_like),
    "likeness of lengths": _model(ratio=lambda ratio: np.minimum(ratio, np.float32(1e-6))),
    "typical length": _model(length=np.zeros_like),
    "exact runs in place of refined candidates": _settings(exact=1e9),
    "windows of rare words": _settings(window=1e9),
    "the filter": _settings(accept=0.0),
    "condensations": lambda parameters: parameters._replace(
        condensed=parameters.condensed._replace(values=np.where(parameters.condensed.splits < 0, -9, 0).astype("f4"))
    ),
    "links of sentences": _settings(likely=2.0),
}


def _news(folder: Path) -> Coverage:
    lineage = read_lineage(folder / "labels.json")
    total = Coverage(0, 0, 0, 0)
    for (source, derived), spans in lineage.passages.items():
        text = read_text(folder / derived)
        found = alignment.align(text, read_text(folder / source)).passages
        total = total.plus(coverage(spans, oriented(found, derived_left=True), text))
    return total


def _row(name: str, corpus: Path, newsroom: Path) -> str:
    with aligned_with(PARTS[name](alignment._parameters())):
        tables = pan13.measure(corpus).tables
        news = _news(newsroom)
    odd = {row[0]: row for row in tables[2].rows}
    cells = [f"{odd[kind][4]:.3f}" for kind in ("verbatim", "random", "translation", "summary", "entire")]
    alarms = sum(int(str(odd[kind][9])) for kind in ("none", "summary"))
    return f"| {name} | {' | '.join(cells)} | {alarms} | {news.recall:.3f} | {news.precision:.3f} |"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder of the PAN 2013 text alignment corpus")
    parser.add_argument("--newsroom", type=Path, default=Path("seeds"))
    parser.add_argument("--output", type=Path, default=Path("docs/alignment-ablation.md"))
    options = parser.parse_args(arguments)
    lines = [
        "| without | verbatim | random | translation | summary | entire | alarms | news recall | news precision |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name in PARTS:
        lines.append(_row(name, options.corpus, options.newsroom))
        print(lines[-1], flush=True)
    options.output.write_text(HEAD + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
