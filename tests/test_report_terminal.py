"""The terminal at any width, in any script, with and without colours."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dedup.alignment import Passage, PassageKind
from dedup.documents import Document
from dedup.matches import Family, Match, Origin, Relation
from dedup.report.evidence import evidence_rows, print_evidence
from dedup.report.pair import print_pair
from dedup.report.table import make_console, print_table

WIDTHS = [40, 80, 200]
CHINESE = "渡轮“曙光号”周一在浓雾中于埃勒里港外搁浅，船上有二百一十四人。"
MIXED = f"{CHINESE} 🚢👩‍🚒🌫️ Dense fog closed the harbour. 한국어 ひらがな שלום العربية é"
EVIDENCE = {"left": {"tokens": 300, "head": 2}, "right": {"tokens": 20, "head": 0}, "jaccard": 0.25, "equal": False}


def pages(match, left, right, width=None):
    """What `compare` and `pair` show of a match."""
    told = []
    for show in (
        lambda console: print_pair(console, match, left, right),
        lambda console: print_table(
            console, [match], [Family(left.id, (left.id, right.id))], {left.id: left, right.id: right}
        ),
        lambda console: print_evidence(console, EVIDENCE),
    ):
        stream = io.StringIO()
        show(make_console(stream, width))
        told.append(stream.getvalue())
    return told


def a_pair(text=MIXED, name="紙面/渡轮-港口-二〇三一年三月十二日-星期三-早报.txt"):
    left = Document(name, text, title="浓雾 🌫️ 封港", outlet="港口早报")
    right = Document("a/very/long/path/that/does/not/fit/into/forty/columns/anywhere.txt", text, outlet="Courier")
    match = Match(
        left=left.id,
        right=right.id,
        relation=Relation.NEAR_DUPLICATE,
        probability=0.97,
        relation_probabilities={Relation.NEAR_DUPLICATE: 0.97, Relation.SYNDICATED: 0.03},
        origin=Origin.LEFT,
        source=left.id,
        origin_probability=0.8,
        jaccard=0.11,
        left_containment=0.15,
        right_containment=0.31,
        cosine=0.45,
        left_coverage=0.52,
        right_coverage=0.93,
        passages=(Passage(0, len(text), 0, len(text), PassageKind.VERBATIM, 0.9),),
        reasons=("95 % of the left text's three-word phrases stand in the right one",),
    )
    return match, left, right


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal(width):
    for page in pages(*a_pair(MIXED * 5), width):
        assert max(map(cell_len, page.splitlines())) <= width


@given(st.text(min_size=1, max_size=300), st.sampled_from(WIDTHS))
def test_no_text_breaks_the_width(text, width):
    for page in pages(*a_pair(text, name=text[:60]), width):
        assert all(cell_len(line) <= width for line in page.splitlines())


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_of_a_passage_is_lost(width):
    page = pages(*a_pair(MIXED * 5), width)[0]
    for part in ("渡", "🚢", "👩", "한", "ש", "é"):
        assert page.count(part) >= 10, part


@pytest.mark.parametrize("width", WIDTHS)
def test_every_figure_and_its_meaning_are_shown(width):
    page = " ".join(pages(*a_pair(), width)[2].split())
    for name, *figures, _ in evidence_rows(EVIDENCE):
        assert name.replace("_", " ") in page
        assert all(figure in page for figure in figures)
    assert "3-word shingles in both" in page


def test_piped_output_is_plain():
    for page in pages(*a_pair()):
        assert "\x1b" not in page
        assert max(map(cell_len, page.splitlines())) <= 100


def test_a_terminal_gets_colours_and_none_where_it_wants_none(monkeypatch):
    colour = re.compile(r"\x1b\[(?:\d+;)*[39][0-7]m")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    assert all(colour.search(page) for page in pages(*a_pair(), 80)[:2])
    monkeypatch.setenv("NO_COLOR", "1")
    assert not any(colour.search(page) for page in pages(*a_pair(), 80))
