"""The page: what stands in it, and how it is put together."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from itertools import pairwise
from typing import Any, TextIO

from dedup.alignment import Passage, PassageKind
from dedup.documents import Document
from dedup.errors import Skipped
from dedup.limits import LIMITS
from dedup.matches import Family, Match, Relation
from dedup.report.evidence import evidence_rows
from dedup.report.html.pictures import draw_timeline, draw_tree, shortened
from dedup.report.html.texts import Span, Words, count_words, find_changes, read_words, show_text
from dedup.report.keys import pair_key
from dedup.report.meanings import KINDS, RELATIONS, list_scores, say_origin
from dedup.report.rows import arrange, count_relations, summarise
from dedup.report.visible import visible

__all__ = ["MOST_CHARACTERS", "MOST_MATCHES", "choose_matches", "write_html"]

_PLACE = {kind: number for number, kind in enumerate(PassageKind)}
_TREES, _TIMELINES, _NAMED = 200, 100, 1_000
MOST_MATCHES, MOST_CHARACTERS = 2_000, 32_000_000
"""What a page holds unless all is asked for: so many matches, of texts of so many characters."""

_EARLY = 'document.documentElement.classList.add("js")'

Piece = tuple[str, bool]
"""A stretch of a passage, and whether its words are changed."""


def write_html(
    stream: TextIO,
    *,
    header: Mapping[str, Any],
    matches: Sequence[Match],
    documents: Mapping[str, Document],
    families: Sequence[Family] = (),
    skipped: Sequence[Skipped] = (),
    stages: Iterable[tuple[str, int]] = (),
    evidence: Mapping[str, Any] | None = None,
    every: bool = False,
) -> None:
    """Write a report that needs no other file.

    Of more than `MOST_MATCHES` matches, or of texts of more than `MOST_CHARACTERS` in all, it shows the most probable
    ones and counts the others: a larger page opens slowly.

    Parameters
    ----------
    stream : text file
    header : mapping
        Versions, settings, counts.
    matches, documents, families, skipped, stages
        As the comparison has them; a stage is its name and count.
    evidence : mapping, optional
        Of a single pair, all that its verdict weighed.
    every : bool
        Show all matches, however large the page.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    style, script = (_source(f"page.{kind}") for kind in ("css", "js"))
    environment = Environment(
        loader=PackageLoader("dedup.report.html", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"visible": visible, "words": _words, "shortened": shortened}
    shown = matches if every else choose_matches(matches, documents)
    about = _About(shown, documents, families, whole=len(shown) == len(matches))
    matched = {name for match in matches for name in (match.left, match.right)}
    matched |= {name for family in families for name in family.documents}
    template = environment.get_template("page.html.jinja")
    for part in template.generate(
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        early=Markup(_EARLY),  # noqa: S704
        policy=_policy(style, _EARLY, script),
        data=Markup(_data(about)),  # noqa: S704
        about=about,
        summary=summarise(documents, families, matches, skipped),
        relations=[(relation, RELATIONS[relation], n) for relation, n in count_relations(matches).items()],
        stages=list(stages),
        skipped=skipped,
        settings=_settings(header),
        unmatched=sorted(documents.keys() - matched),
        left_out=len(matches) - len(shown),
        named=_NAMED,
        kinds=KINDS,
        limits=LIMITS,
        evidence=list(evidence_rows(evidence)) if evidence else [],
        scores=list_scores,
        origin=say_origin,
        byline_text=lambda document: " · ".join(filter(None, (_title(document)[2], _title(document)[1]))),
    ):
        stream.write(part)


def choose_matches(matches: Sequence[Match], documents: Mapping[str, Document]) -> list[Match]:
    """The matches that a page shows: the most probable ones, as many as there is room for, in the order given."""
    chosen: set[tuple[str, str]] = set()
    seen: set[str] = set()
    size = 0
    for match in sorted(matches, key=lambda match: (-match.probability, match.left, match.right)):
        size += sum(len(documents[name].text) for name in {match.left, match.right} - seen)
        if chosen and (size > MOST_CHARACTERS or len(chosen) == MOST_MATCHES):
            break
        chosen.add((match.left, match.right))
        seen |= {match.left, match.right}
    return [match for match in matches if (match.left, match.right) in chosen]


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a match: its document, how covered it is, and how many of its words stand where."""

    document: Document
    number: int
    coverage: float
    words: tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A match in the page. ``changes``: the changed words of its edited passages, on each side."""

    key: str
    match: Match
    sides: tuple[_Side, _Side]
    changes: tuple[list[Span], list[Span]]


class _About:
    """What the page tells: documents by number, matches with what is counted of them, families with pictures."""

    def __init__(
        self, matches: Sequence[Match], documents: Mapping[str, Document], families: Sequence[Family], *, whole: bool
    ) -> None:
        names = {name for match in matches for name in (match.left, match.right)}
        if whole:
            names |= {name for family in families for name in family.documents}
        self.documents = [documents[name] for name in sorted(names)]
        self.numbers = {document.id: number for number, document in enumerate(self.documents)}
        self.texts = [show_text(document.text) for document in self.documents]
        self._words = read_words([document.text for document in self.documents])
        self.sizes = [len(words.starts) for words in self._words]
        self.matches = [self._entry(match) for match in matches]
        self.keys = {(entry.match.left, entry.match.right): entry.key for entry in self.matches}
        grown, _, _ = arrange(matches, families)
        drawn = [family for family in grown if family.rows]
        self.families = [(family.family, draw_tree(family)) for family in drawn[:_TREES]]
        self.more_families = len(families) - len(self.families)
        lines = [
            draw_timeline([name for name in family.documents if name in names], documents)
            for family in families
            if family.representative in names
        ]
        self.timelines = [line for line in lines if line][:_TIMELINES]

    def place(self, document: int, character: int) -> int:
        """Where a character of a document's text stands in the page."""
        return self.texts[document].place(character)

    def pieces(self, entry: _Entry, passage: Passage, side: int) -> list[Piece]:
        """One side of a passage, divided where changed words begin and end."""
        start, end = _spans(passage)[side]
        text = entry.sides[side].document.text
        edges = [start]
        for a, b in entry.changes[side] if passage.kind is PassageKind.EDITED else ():
            if start <= a and b <= end and a >= edges[-1]:
                edges += [a, b]
        edges.append(end)
        parts = enumerate(pairwise(edges))
        return [(show_text(text[a:b]).text, number % 2 == 1) for number, (a, b) in parts if b > a]

    def _entry(self, match: Match) -> _Entry:
        left, right = self.numbers[match.left], self.numbers[match.right]
        changes: tuple[list[Span], list[Span]] = [], []
        for passage in match.passages:
            if passage.kind is PassageKind.EDITED:
                for side, found in zip(
                    changes, find_changes(self._words[left], self._words[right], passage), strict=True
                ):
                    side.extend(found)
        spans = [_spans(passage) for passage in match.passages]
        sides = tuple(
            _Side(
                self.documents[number],
                number,
                coverage,
                _counted(
                    self._words[number],
                    [(*span[side], passage.kind) for span, passage in zip(spans, match.passages, strict=True)],
                    coverage,
                ),
            )
            for side, (number, coverage) in enumerate(((left, match.left_coverage), (right, match.right_coverage)))
        )
        return _Entry(
            pair_key(match.left, match.right), match, (sides[0], sides[1]), (sorted(changes[0]), sorted(changes[1]))
        )


def _counted(
    words: Words, spans: Sequence[tuple[int, int, PassageKind]], coverage: float
) -> tuple[int, int, int, int, int]:
    """All words; those that are no boilerplate; those in passages that count, in quotations, in boilerplate.

    How many are boilerplate, shared or not, follows from the coverage that the verdict measured.
    """
    rest, quoted, covered, boilerplate = count_words(words, spans)
    size = rest + quoted + covered + boilerplate
    if not covered or not 0.0 < coverage < 1.0:
        return size, size - boilerplate, covered, quoted, boilerplate
    content = round(covered / coverage)
    if content > size:  # so some of the words in passages are boilerplate as well
        counting = round(coverage * (size - covered) / (1.0 - coverage))
        boilerplate += covered - counting
        content, covered = size - (covered - counting), counting
    return size, content, covered, quoted, boilerplate


def _spans(passage: Passage) -> tuple[Span, Span]:
    return (passage.left_start, passage.left_end), (passage.right_start, passage.right_end)


def _data(about: _About) -> str:
    """What the page's program needs, as JSON that can stand inside an HTML element. Texts stand in the page itself."""
    scores = list_scores(about.matches[0].match) if about.matches else []
    value = {
        "kinds": list(PassageKind),
        "meanings": list(KINDS.values()),
        "scores": [[label, meaning] for label, *_, meaning in scores],
        "documents": [_title(document) for document in about.documents],
        "matches": [_packed(about, entry) for entry in about.matches],
    }
    text = json.dumps(value, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _packed(about: _About, entry: _Entry) -> dict[str, Any]:
    match = entry.match
    numbers = [side.number for side in entry.sides]
    return {
        "key": entry.key,
        "sides": numbers,
        "relation": _words(match.relation),
        "order": list(Relation).index(match.relation),
        "probability": match.probability,
        "origin": visible(say_origin(match)),
        "reasons": [visible(reason) for reason in match.reasons],
        "scores": [list(score[1:4]) for score in list_scores(match)],
        "words": [list(side.words) for side in entry.sides],
        "passages": [
            [
                *(about.place(number, edge) for number, span in zip(numbers, _spans(p), strict=True) for edge in span),
                _PLACE[p.kind],
            ]
            for p in match.passages
        ],
        "changes": [
            [about.place(number, edge) for span in spans for edge in span]
            for number, spans in zip(numbers, entry.changes, strict=True)
        ],
    }


def _title(document: Document) -> list[str]:
    date = document.date.strftime("%Y-%m-%d %H:%M").removesuffix(" 00:00") if document.date else ""
    return [visible(part or "") for part in (document.id, document.outlet, date, document.title)]


def _settings(header: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for name, value in header.items():
        if name == "limits":
            continue
        inner = value.items() if isinstance(value, Mapping) else [(name, value)]
        for label, item in inner:
            told = ", ".join(map(str, item)) if isinstance(item, list | tuple) else str(item)
            rows.append((str(label).replace("_", " "), visible(told)))
    return rows


def _policy(style: str, *scripts: str) -> str:
    """No request to anywhere; the page's own style and programs, named by their digests, and nothing else."""
    own, *programs = (f"'sha256-{b64encode(sha256(part.encode()).digest()).decode()}'" for part in (style, *scripts))
    return (
        f"default-src 'none'; style-src {own}; script-src {' '.join(programs)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _source(name: str) -> str:
    return (files("dedup.report.html") / name).read_text("utf-8")


def _words(relation: str) -> str:
    return str(relation).replace("_", " ")
