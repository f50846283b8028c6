"""A labelled newsroom as one collection: what is found, what is not, and what is wrongly said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.quality.corpora import read_text
from benchmarks.quality.direction import Answer, answer, score_direction
from benchmarks.quality.lineage import Lineage, Truth, read_lineage
from benchmarks.quality.metrics import calibrate, share
from benchmarks.quality.passages import Coverage, coverage, oriented, tabulate
from benchmarks.quality.score import Cell, Figure, Score, Table
from dedup.alignment import align
from dedup.documents import Document, parse_date
from dedup.engine import compare, compare_pair
from dedup.matches import DERIVED, Match, Relation
from dedup.settings import Settings

__all__ = ["Judged", "judge", "measure"]

KINDS = (
    "syndicated",
    "trimmed",
    "revision",
    "light rewrite",
    "heavy rewrite",
    "condensation",
    "brief",
    "expansion",
    "reordered rewrite",
    "merged",
    "borrowing",
    "roundup",
    "update",
    "siblings",
)
_NOT_FOUND = "not found"
_COPIES = {"near_duplicate", "syndicated"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A pair, its truth, and what was said of it: ``None`` where nothing was."""

    left: str
    right: str
    truth: Truth
    match: Match | None
    story: str
    language: str

    @property
    def called_derived(self) -> bool:
        """Whether the pair was reported as derived."""
        return self.match is not None and self.match.derived

    def relation_right(self, *, metadata: bool) -> bool:
        """Whether the relation is the true one; without metadata one kind of copy is as good as the other."""
        said = str(self.match.relation) if self.match else _NOT_FOUND
        return said == self.truth.relation or (not metadata and {said, self.truth.relation} <= _COPIES)


def judge(lineage: Lineage, matches: Iterable[Match]) -> list[Judged]:
    """Every scored pair of a newsroom beside the match that was found for it."""
    found = {frozenset((match.left, match.right)): match for match in matches}
    return [
        Judged(left, right, truth, found.get(frozenset((left, right))), *_setting(lineage, left, right))
        for left, right, truth in lineage.pairs()
        if truth.scored
    ]


def _setting(lineage: Lineage, left: str, right: str) -> tuple[str, str]:
    one, other = lineage.documents[left], lineage.documents[right]
    language = one["language"] if one["language"] == other["language"] else "mixed"
    return one["story"] if one["story"] == other["story"] else f"{one['story']}+{other['story']}", language


def measure(name: str, folder: Path) -> Score:
    """Score a newsroom twice: its bare texts, and with outlet, date and language known.

    The bare texts are the main figures. Pairs are resampled by story.
    """
    lineage = read_lineage(folder / "labels.json")
    texts = {document: read_text(folder / document) for document in lineage.documents}
    settings = Settings(relation=tuple(Relation), all_pairs=True)
    known = _documents(lineage, texts)
    bare = judge(lineage, compare([Document(d.id, d.text) for d in known], settings=settings).matches)
    known_judged = judge(lineage, compare(known, settings=settings).matches)
    figures: dict[str, Figure] = {}
    tables: list[Table] = []
    curves: dict[str, Any] = {}
    for prefix, rows, metadata in ((name, bare, False), (f"{name}.with_metadata", known_judged, True)):
        title = f"{name}, with outlets and dates" if metadata else name
        figures.update(_decisions(prefix, rows, metadata=metadata))
        directed, table, curve = score_direction(f"{prefix}.direction", f"{title}: direction", _answers(rows, texts))
        figures.update(directed)
        curves.update(curve)
        tables += [_found(title, rows, metadata), _confusion(title, rows), _alarms(title, rows), table]
    passages, measured = _passages(name, lineage, texts, bare)
    calibration, reliability = _calibration(name, bare, texts)
    figures.update({**passages, **calibration})
    curves.update(reliability)
    tables += [_languages(name, bare), *measured]
    tables += _listings(name, bare)
    return Score(name, figures, tuple(tables), curves)


def _documents(lineage: Lineage, texts: dict[str, str]) -> list[Document]:
    labels = lineage.documents
    return [
        Document(
            key,
            text,
            outlet=labels[key]["outlet"],
            date=parse_date(labels[key]["date"]),
            language=labels[key]["language"],
        )
        for key, text in texts.items()
    ]


def _decisions(name: str, rows: Sequence[Judged], *, metadata: bool) -> dict[str, Figure]:
    derived = [row for row in rows if row.truth.derived]
    same_story = [row for row in rows if not row.truth.derived and row.truth.kind != "other stories"]
    strangers = [row for row in rows if row.truth.kind == "other stories"]
    related = [row for row in derived if row.called_derived and row.truth.relation_scored]
    independent = [row for row in same_story if row.truth.kind.startswith("independent")]
    groups: dict[str, tuple[list[Judged], list[bool]]] = {
        "found": (derived, [row.called_derived for row in derived]),
        "relation_right": (related, [row.relation_right(metadata=metadata) for row in related]),
        "same_story_kept_apart": (same_story, [not row.called_derived for row in same_story]),
        "independent_kept_apart": (independent, [not row.called_derived for row in independent]),
        "strangers_kept_apart": (strangers, [not row.called_derived for row in strangers]),
    }
    for part, siblings in (("found_parent_and_child", False), ("found_siblings", True)):
        some = [row for row in derived if (row.truth.kind == "siblings") == siblings]
        groups[part] = (some, [row.called_derived for row in some])
    return {
        f"{name}.{figure}": Figure(*share(flags, [row.story for row in some]))
        for figure, (some, flags) in groups.items()
    }


def _found(title: str, rows: Sequence[Judged], metadata: bool) -> Table:
    lines: list[tuple[Cell, ...]] = []
    kinds = [*KINDS, *sorted({row.truth.kind for row in rows if row.truth.derived} - set(KINDS)), "all"]
    for kind in kinds:
        some = [row for row in rows if row.truth.derived and kind in (row.truth.kind, "all")]
        found = [row for row in some if row.called_derived]
        scored = [row for row in found if row.truth.relation_scored]
        right = sum(row.relation_right(metadata=metadata) for row in scored)
        if some:
            share_right = right / len(scored) if scored else None
            lines.append((kind, len(some), len(found), len(found) / len(some), len(scored), right, share_right))
    columns = ("kind", "pairs", "found", "share", "relation scored", "relation right", "share right")
    return Table(f"{title}: derived pairs found", columns, tuple(lines))


def _confusion(title: str, rows: Sequence[Judged]) -> Table:
    relations = [str(relation) for relation in Relation if relation in DERIVED]
    columns = [*relations, _NOT_FOUND]
    counts: dict[str, Counter[str]] = {relation: Counter() for relation in relations}
    for row in rows:
        if row.truth.derived and row.truth.relation_scored and row.truth.relation:
            said = str(row.match.relation) if row.match and row.match.derived else _NOT_FOUND
            counts[row.truth.relation][said] += 1
    lines: list[tuple[Cell, ...]] = [(name, *(counts[name][said] for said in columns)) for name in relations]
    return Table(f"{title}: relation, truth down, answer across", ("truth", *columns), tuple(lines))


def _alarms(title: str, rows: Sequence[Judged]) -> Table:
    lines: list[tuple[Cell, ...]] = []
    for kind in sorted({row.truth.kind for row in rows if not row.truth.derived}):
        some = [row for row in rows if row.truth.kind == kind]
        lines.append((kind, len(some), sum(row.called_derived for row in some)))
    return Table(f"{title}: false alarms", ("kind of negative", "pairs", "called derived"), tuple(lines))


def _languages(name: str, rows: Sequence[Judged]) -> Table:
    lines: list[tuple[Cell, ...]] = []
    for language in sorted({row.language for row in rows}):
        derived = [row for row in rows if row.language == language and row.truth.derived]
        negative = [row for row in rows if row.language == language and not row.truth.derived]
        found = sum(row.called_derived for row in derived)
        part = found / len(derived) if derived else None
        lines.append((language, len(derived), found, part, len(negative), sum(row.called_derived for row in negative)))
    columns = ("language", "derived", "found", "share", "negative", "called derived")
    return Table(f"{name}: by language", columns, tuple(lines))


def _answers(rows: Sequence[Judged], texts: dict[str, str]) -> list[Answer]:
    return [
        answer(row.match, row.truth.source, (len(texts[row.match.left]), len(texts[row.match.right])), row.story)
        for row in rows
        if row.truth.derived and row.match is not None and row.match.derived
    ]


def _passages(
    name: str, lineage: Lineage, texts: dict[str, str], rows: Sequence[Judged]
) -> tuple[dict[str, Figure], list[Table]]:
    matches = {frozenset((row.left, row.right)): row.match for row in rows}
    aligned: dict[str, list[Coverage]] = defaultdict(list)
    matched: dict[str, list[Coverage]] = defaultdict(list)
    for (source, derived), spans in lineage.passages.items():
        kind, text = lineage.documents[derived]["kind"], texts[derived]
        alone = oriented(align(text, texts[source]).passages, derived_left=True)
        match = matches.get(frozenset((source, derived)))
        found = oriented(match.passages, derived_left=match.left == derived) if match else []
        aligned[kind].append(coverage(spans, alone, text))
        matched[kind].append(coverage(spans, found, text))
    figures, tables = {}, []
    parts = {"passages": ("by the aligner alone", aligned), "passages_of_matches": ("of the matches", matched)}
    for part, (how, by_kind) in parts.items():
        table, total = tabulate(f"{name}: labelled passages, {how}", by_kind)
        tables.append(table)
        figures[f"{name}.{part}.recall"] = Figure(total.recall)
        figures[f"{name}.{part}.precision"] = Figure(total.precision)
    return figures, tables


def _calibration(name: str, rows: Sequence[Judged], texts: dict[str, str]) -> tuple[dict[str, Figure], dict[str, Any]]:
    """Of ``compare_pair`` over the scored pairs within stories: retrieval has no part in it."""
    some = [row for row in rows if "+" not in row.story]
    labels = [row.truth.derived for row in some]
    said = [compare_pair(texts[row.left], texts[row.right]).probability for row in some]
    return calibrate(name, said, labels)


def _listings(name: str, rows: Sequence[Judged]) -> list[Table]:
    missed = [row for row in rows if row.truth.derived and not row.called_derived]
    alarms = [row for row in rows if row.match and row.called_derived and not row.truth.derived]
    lines: list[tuple[Cell, ...]] = [
        (
            row.left,
            row.right,
            row.truth.kind,
            row.truth.relation,
            str(row.match.relation) if row.match else "no candidate",
        )
        for row in missed
    ]
    wrong: list[tuple[Cell, ...]] = [
        (row.left, row.right, row.truth.kind, str(row.match.relation), row.match.probability)
        for row in alarms
        if row.match
    ]
    return [
        Table(f"{name}: derived pairs missed", ("left", "right", "kind", "relation", "answer"), tuple(lines)),
        Table(f"{name}: called derived and not so", ("left", "right", "kind", "relation", "probability"), tuple(wrong)),
    ]
