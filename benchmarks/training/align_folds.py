"""Score the aligner on texts that its parameters were not learnt from.

``python -m benchmarks.training.align_folds --corpus PATH`` learns from the suspicious documents of the PAN 2013 corpus
with an even number and scores those with an odd one, and the other way round: the table by kind is of both together.
Then the links of sentences are learnt anew without each story of the newsroom in turn, everything else as shipped: the
table is of the labelled passages of the stories left out. Settings and styles stay as they were chosen by hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from benchmarks.quality.corpora import pan_pairs, read_text
from benchmarks.quality.lineage import read_lineage
from benchmarks.quality.pan13 import KINDS, Scored, detect, tabulate
from benchmarks.quality.passages import Coverage, coverage, oriented
from benchmarks.quality.passages import tabulate as tabulate_passages
from benchmarks.quality.score import Table, render
from benchmarks.training.align import collect, fit, learn_links, read, read_newsroom, sample_strangers
from dedup import alignment
from dedup.alignment import Parameters, align

__all__ = ["aligned_with", "main"]


@contextmanager
def aligned_with(parameters: Parameters) -> Iterator[None]:
    """Align with other parameters than the shipped ones."""
    with patch.object(alignment, "_parameters", lambda: parameters):
        yield


def score_corpus(corpus: Path, newsroom: Path) -> Table:
    """Agreement with the labelled passages of either half, of what is learnt from the other."""
    scored: dict[str, list[Scored]] = {kind: [] for kind in KINDS}
    for parity in (0, 1):
        with aligned_with(fit(corpus, 1 - parity, newsroom)):
            for kind, folder in KINDS.items():
                pairs = [pair for pair in pan_pairs(corpus, folder) if pair.number % 2 == parity]
                scored[kind] += zip(pairs, detect(corpus, pairs), strict=True)
    return tabulate("each half by what is learnt from the other", scored)[0]


def score_newsroom(corpus: Path, newsroom: Path) -> Table:
    """Coverage of the labelled passages by story, links being learnt from the other stories."""
    shipped = alignment._parameters()
    rewrites, strangers = read_newsroom(newsroom), sample_strangers(read(corpus, None))
    rows, others = (collect(part, shipped.model, shipped.close, shipped.condensed) for part in (rewrites, strangers))
    lineage = read_lineage(newsroom / "labels.json")
    by_story: dict[str, list[Coverage]] = {}
    for story in sorted({lineage.documents[derived]["story"] for _, derived in lineage.passages}):
        with aligned_with(shipped._replace(links=learn_links(rewrites, rows, others, without=story))):
            for (source, derived), spans in lineage.passages.items():
                if lineage.documents[derived]["story"] == story:
                    text = read_text(newsroom / derived)
                    found = oriented(align(text, read_text(newsroom / source)).passages, derived_left=True)
                    by_story.setdefault(story, []).append(coverage(spans, found, text))
    return tabulate_passages(f"{newsroom.name}: each story by links learnt from the others", by_story)[0]


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn, score and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder of the PAN 2013 text alignment corpus")
    parser.add_argument("--newsroom", type=Path, default=Path("seeds"), help="folder of labelled rewrites")
    options = parser.parse_args(arguments)
    print(render(score_corpus(options.corpus, options.newsroom)))
    print(render(score_newsroom(options.corpus, options.newsroom)))


if __name__ == "__main__":
    main()
