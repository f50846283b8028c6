"""Learn the aligner's scores, filters and links from labelled passages, and write dedup/data/align.json.

``python -m benchmarks.training.align --corpus PATH``: with ``--part even`` scores and trees are fitted on documents of
even number, and those of odd number are left for measuring; the shipped file is made with ``--part all``. The links of
sentences are learnt from a labelled newsroom, with pairs of the corpus as examples of what is no rewrite. STYLES and
SETTINGS were chosen by hand on samples of both.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from benchmarks.quality.corpora import PanPair, pan_pairs, read_text
from benchmarks.quality.lineage import read_lineage
from benchmarks.quality.pan13 import KINDS
from dedup import alignment
from dedup.alignment import Parameters, prepare
from dedup.documents import TextBatch
from dedup.kernels.align_candidates import Documents, Settings
from dedup.kernels.align_features import FIGURES, Trees
from dedup.kernels.align_grams import PLENTIES
from dedup.kernels.align_learn import collect_candidates, collect_links, count_matches
from dedup.kernels.align_segment import MATCHES, Model
from dedup.language import guess_languages
from dedup.segments import Gap, segment
from dedup.statistics import Statistics
from dedup.tokens import tokenize

SETTINGS = Settings(least=3.0, exact=0.6, window=20.0, accept=0.5, likely=0.13, sure=0.6, linked=0.1)
CENTRE = 4.5

INDEPENDENT, STRANGERS = 0.06, 2.3
"""Weight of a sentence of an independent report beside one of a labelled text; of all strangers beside all these."""


class Style(NamedTuple):
    """How a style of rewriting is learnt: from which kinds, and how far its counts are believed.

    Words of a passage are not independent, so match scores are tempered; ``ratio`` scales the penalty of unlike
    lengths, ``length`` is the spread of the log length, wide enough for a sentence and for an article.
    """

    kinds: tuple[str, ...]
    temper: float
    ratio: float
    length: float


STYLES = (
    Style(("verbatim", "random"), 0.4, 1.0, 0.35),
    Style(("translation",), 0.4, 2.0, 0.35),
    Style(("summary",), 0.5, 0.0, float("inf")),
)

ABOUT = [
    "Scores of dedup/align.py, learnt by benchmarks/training/align.py from the labelled passages of the PAN 2013 text "
    "alignment corpus (training corpus).",
    "rarity: limits of the classes of rarity, in idf. Scores are in nats; their first axis is the style of rewriting: "
    "words kept, words replaced, a whole document condensed.",
    "match: ln P(kind of match, how often both texts have the word | class of rarity, in a passage) / P(... | beside "
    "it), by PLENTIES classes of the latter (dedup.kernels.align_grams) for each of rarity; border: likewise for the "
    "class of the gap at its start, and at its end; ratio: weight of the squared log ratio of the two lengths; length: "
    "weight and centre of the squared log of the length in words.",
    "links: weights of the figures of a link (dedup.kernels.align_links), learnt from the labelled rewrites of the "
    "newsroom in seeds/, then what is added; unlinked examples are from independent reports and from the corpus.",
    "close, condensed: boosted trees (dedup.kernels.align_features.Trees) over the figures of a candidate; settings: "
    "dedup.kernels.align.Settings.",
]

EMPTY = Trees(np.zeros(0, np.int32), np.full(1, -1, np.int32), np.zeros(1, np.float32), np.zeros(1, np.int32))


class Material(NamedTuple):
    """The pairs to learn from, and their labelled passages in tokens."""

    documents: Documents
    vocabulary: int
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    cases: npt.NDArray[np.int32]
    case_pairs: npt.NDArray[np.int64]
    case_kinds: npt.NDArray[np.str_]


def read(corpus: Path, parity: int | None) -> Material:
    """The pairs whose suspicious document has an even (0) or odd (1) number, or all."""
    pairs: list[tuple[str, PanPair]] = [
        (kind, pair)
        for kind, folder in KINDS.items()
        for pair in pan_pairs(corpus, folder)
        if parity is None or pair.number % 2 == parity
    ]
    names = sorted({("susp", pair.derived) for _, pair in pairs} | {("src", pair.source) for _, pair in pairs})
    numbers = {name: number for number, name in enumerate(names)}
    tokens = tokenize(TextBatch.from_texts((corpus / a / b).read_bytes().decode() for a, b in names))
    prepared = prepare(tokens, segment(tokens), languages=guess_languages(tokens), statistics=Statistics.background())
    spots = [tokens.characters(number) for number in range(len(names))]
    cases, case_pairs, case_kinds = [], [], []
    for place, (kind, pair) in enumerate(pairs):
        susp, src = spots[numbers["susp", pair.derived]], spots[numbers["src", pair.source]]
        for case in pair.cases:
            cases.append((*_words(*susp, *case[:2]), *_words(*src, *case[2:])))
            case_pairs.append(place)
            case_kinds.append(kind)
    return Material(
        prepared.documents,
        prepared.vocabulary,
        np.array([numbers["susp", pair.derived] for _, pair in pairs], np.int32),
        np.array([numbers["src", pair.source] for _, pair in pairs], np.int32),
        np.array(cases, np.int32),
        np.array(case_pairs, np.int64),
        np.array(case_kinds),
    )


def _words(starts: npt.NDArray[np.int64], ends: npt.NDArray[np.int64], begin: int, end: int) -> tuple[int, int]:
    return int(np.searchsorted(ends, begin, side="right")), int(np.searchsorted(starts, end, side="left"))


def learn_scores(material: Material) -> Model:
    """Scores of every style, by counting."""
    match, border, ratio, length = [], [], [], []
    for style in STYLES:
        use = np.flatnonzero(np.isin(material.case_kinds, style.kinds))
        matches, gaps = count_matches(  # type: ignore[no-untyped-call]
            material.documents,
            material.vocabulary,
            material.left,
            material.right,
            material.cases,
            material.case_pairs,
            use,
        )
        matches, gaps = matches + 1, gaps + 2
        joint = matches.reshape(2, MATCHES, -1, PLENTIES)
        shares = (joint / joint.sum(axis=(1, 3), keepdims=True)).reshape(matches.shape)
        match.append(np.log(shares[1] / shares[0]) * style.temper)
        gap_shares = gaps / gaps.sum(axis=1, keepdims=True)
        borders = np.log(gap_shares[1:] / gap_shares[0])
        borders[:, Gap.EDGE] = borders[:, Gap.SENTENCE]  # sources of the corpus often begin with the passage
        border.append(borders)
        a, b, c, d = material.cases[use].T
        ratio.append(style.ratio / (2 * (np.mean(np.log((b - a) / (d - c)) ** 2) + 0.01)))
        length.append((1 / (2 * style.length**2), CENTRE))
    arrays = (np.round(np.array(part), 3).astype(np.float32) for part in (match, border, ratio, length))
    match_scores, borders, ratios, lengths = arrays
    return Model(match_scores, borders, ratios, lengths, np.log(np.maximum(np.arange(4097), 1)).astype(np.float32))


def learn_filter(material: Material, model: Model, close: Trees, *, condensed: bool) -> Trees:
    """Boosted trees that tell true candidates from chance ones."""
    settings = SETTINGS if condensed else SETTINGS._replace(accept=0.0, window=8.0)
    pairs, boxes, figures = collect_candidates(  # type: ignore[no-untyped-call]
        material.documents, material.vocabulary, model, close, material.left, material.right, settings, condensed
    )
    table, labels = np.array(figures), []
    use = np.ones(len(table), np.bool_)
    for number, (pair, box) in enumerate(zip(pairs, boxes, strict=True)):
        here = material.case_pairs == pair
        labels.append(_is_true(box, material.cases[here], whole=condensed))
        if condensed and labels[-1] and "summary" not in material.case_kinds[here]:
            use[number] = False  # a close passage of a short source: neither a condensation nor a chance likeness
    print(f"{'condensed' if condensed else 'close'}: {use.sum()} candidates, {np.array(labels)[use].sum()} true")
    forest = GradientBoostingClassifier(
        n_estimators=120, max_depth=2, learning_rate=0.1, subsample=0.7, min_samples_leaf=20, max_features=0.5,
        random_state=0,
    )  # fmt: skip
    forest.fit(table[use], np.array(labels)[use])
    return _flat(forest)


def _is_true(box: npt.NDArray[np.int32], cases: npt.NDArray[np.int32], *, whole: bool) -> bool:
    """Whether labelled passages that meet both sides hold half of the sides on average, or of each one."""
    sides = [np.zeros(box[1] - box[0], np.bool_), np.zeros(box[3] - box[2], np.bool_)]
    for case in cases:
        if all(min(box[k + 1], case[k + 1]) > max(box[k], case[k]) for k in (0, 2)):
            for side, k in zip(sides, (0, 2), strict=True):
                side[max(box[k], case[k]) - box[k] : max(0, case[k + 1] - box[k])] = True
    shares = [float(side.mean()) for side in sides]
    return (min(shares) if whole else sum(shares) / 2) >= 0.5


class Newsroom(NamedTuple):
    """Labelled rewrites, and pairs of independent reports, in both orders."""

    documents: Documents
    vocabulary: int
    left: npt.NDArray[np.int32]
    right: npt.NDArray[np.int32]
    spans: list[npt.NDArray[np.int32] | None]
    stories: list[str]


def read_newsroom(folder: Path) -> Newsroom:
    """The derived texts beside their sources, their labelled spans in words; ``None`` for independent reports."""
    lineage = read_lineage(folder / "labels.json")
    names = list(lineage.documents)
    numbers = {name: number for number, name in enumerate(names)}
    tokens = tokenize(TextBatch.from_texts(read_text(folder / name) for name in names))
    prepared = prepare(tokens, segment(tokens), languages=guess_languages(tokens), statistics=Statistics.background())
    pairs: list[tuple[str, str]] = []
    spans: list[npt.NDArray[np.int32] | None] = []
    for (source, derived), labelled in lineage.passages.items():
        here, there = tokens.characters(numbers[derived]), tokens.characters(numbers[source])
        pairs.append((derived, source))
        spans.append(np.array([(*_words(*here, *span[:2]), *_words(*there, *span[2:])) for span in labelled], np.int32))
    for one, other, truth in lineage.pairs():
        if truth.scored and not truth.derived and truth.kind != "other stories":
            pairs += [(one, other), (other, one)]
            spans += [None, None]
    left, right = (np.array([numbers[pair[side]] for pair in pairs], np.int32) for side in range(2))
    stories = [lineage.documents[pair[0]]["story"] for pair in pairs]
    return Newsroom(prepared.documents, prepared.vocabulary, left, right, spans, stories)


def collect(material: Material | Newsroom, model: Model, close: Trees, condensed: Trees) -> npt.NDArray[np.float64]:
    """A row for each sentence of a left text that close passages leave: see ``collect_links``."""
    rows = collect_links(  # type: ignore[no-untyped-call]
        material.documents, model, close, condensed, material.vocabulary, material.left, material.right, SETTINGS
    )
    return np.array(rows)


def learn_links(
    newsroom: Newsroom, rows: npt.NDArray[np.float64], strangers: npt.NDArray[np.float64], without: str = ""
) -> npt.NDArray[np.float32]:
    """Weights of a link's figures, from all stories but ``without``, and from pairs that share no story."""
    true, sizes = np.zeros(len(rows)), np.zeros(len(rows))
    for number, row in enumerate(rows):
        pair, start, end, other_start, other_end = row[:5].astype(int)
        spans = newsroom.spans[pair]
        if newsroom.stories[pair] == without:
            continue
        sizes[number] = (end - start) * (INDEPENDENT if spans is None else 1)
        for a, b, c, d in () if spans is None else spans:
            true[number] += 2 * (min(b, end) - max(a, start)) > end - start and other_start < d and c < other_end
    used = sizes > 0
    table = np.concatenate([rows[used, 5:], strangers[:, 5:]])
    weight = np.concatenate(
        [sizes[used] / sizes[used].mean(), np.full(len(strangers), STRANGERS * used.sum() / len(strangers))]
    )
    scaler = StandardScaler().fit(table, sample_weight=weight)
    labels = np.concatenate([true[used] > 0, np.zeros(len(strangers), np.bool_)])
    model = LogisticRegression(max_iter=500).fit(scaler.transform(table), labels, sample_weight=weight)
    slopes = model.coef_[0] / scaler.scale_
    weights = np.append(slopes, model.intercept_[0] - (slopes * scaler.mean_).sum())
    return np.round(weights, 4).astype(np.float32)


def sample_strangers(material: Material) -> Material:
    """Pairs of the corpus without a labelled passage, and a third of those with one, in both orders."""
    without = np.setdiff1d(np.arange(len(material.left)), material.case_pairs)
    use = np.concatenate([without, np.unique(material.case_pairs)[::3]])
    left, right = material.left[use], material.right[use]
    return material._replace(left=np.concatenate([left, right]), right=np.concatenate([right, left]))


def _flat(forest: Any) -> Trees:
    """The trees of a fitted classifier in preorder."""
    roots: list[int] = []
    start = float(forest._raw_predict_init(np.zeros((1, FIGURES), np.float32))[0, 0])
    nodes: list[list[float]] = [[-1, start, 0]]
    for estimator in forest.estimators_[:, 0]:
        roots.append(len(nodes))
        _flatten(estimator.tree_, 0, forest.learning_rate, nodes)
    splits, values, skips = zip(*nodes, strict=True)
    return Trees(
        np.array(roots, np.int32),
        np.array(splits, np.int32),
        np.round(np.array(values), 4).astype(np.float32),
        np.array(skips, np.int32),
    )


def _flatten(tree: Any, node: int, rate: float, nodes: list[list[float]]) -> None:
    if tree.children_left[node] < 0:
        nodes.append([-1, float(tree.value[node, 0, 0]) * rate, 0])
        return
    place = len(nodes)
    nodes.append([int(tree.feature[node]), float(tree.threshold[node]), 0])
    _flatten(tree, tree.children_left[node], rate, nodes)
    nodes[place][2] = len(nodes) - place
    _flatten(tree, tree.children_right[node], rate, nodes)


def _listed(array: npt.NDArray[Any]) -> Any:
    return json.loads(json.dumps(np.round(array.astype(np.float64), 4).tolist()))


def write(path: Path, fitted: Parameters) -> None:
    """Write everything that the aligner loads."""
    learned: dict[str, Any] = {"about": ABOUT, "rarity": _listed(fitted.rarity)}
    learned.update({name: _listed(getattr(fitted.model, name)) for name in ("match", "border", "ratio", "length")})
    learned["links"] = _listed(fitted.links)
    learned["settings"] = fitted.settings._asdict()
    for name, trees in (("close", fitted.close), ("condensed", fitted.condensed)):
        learned[name] = {field: _listed(getattr(trees, field)) for field in ("values", "roots", "splits", "skips")}
        for field in ("roots", "splits", "skips"):
            learned[name][field] = getattr(trees, field).tolist()
    lines = ",\n".join(f'"{name}": {json.dumps(value)}' for name, value in learned.items())
    path.write_text("{\n" + lines + "\n}\n", encoding="utf-8")


def fit(corpus: Path, parity: int | None, newsroom: Path) -> Parameters:
    """Everything the aligner loads, learnt from the suspicious documents of an even (0) or odd (1) number, or all."""
    material = read(corpus, parity)
    model = learn_scores(material)
    close = learn_filter(material, model, EMPTY, condensed=False)
    condensed = learn_filter(material, model, close, condensed=True)
    rewrites, strangers = read_newsroom(newsroom), sample_strangers(material)
    rows, others = (collect(part, model, close, condensed) for part in (rewrites, strangers))
    links = learn_links(rewrites, rows, others)
    return Parameters(model, close, condensed, links, alignment._parameters().rarity, SETTINGS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="folder of the PAN 2013 text alignment corpus")
    parser.add_argument(
        "--part", choices=("even", "odd", "all"), default="all", help="suspicious documents to learn from"
    )
    parser.add_argument("--newsroom", type=Path, default=Path("seeds"), help="folder of labelled rewrites")
    parser.add_argument("--output", type=Path, default=Path("dedup/data/align.json"))
    options = parser.parse_args(arguments)
    write(options.output, fit(options.corpus, {"even": 0, "odd": 1, "all": None}[options.part], options.newsroom))


if __name__ == "__main__":
    main()
