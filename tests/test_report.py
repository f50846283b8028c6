"""What people and tools read."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from dedup.alignment import Passage, PassageKind
from dedup.documents import Document
from dedup.errors import DedupError, Skipped
from dedup.evidence import Evidence, Side
from dedup.matches import Family, Match, Origin, Relation
from dedup.report import progress, records
from dedup.report.destination import check_destination, open_destination
from dedup.report.evidence import MEANINGS, print_evidence
from dedup.report.pair import print_pair
from dedup.report.rows import arrange, describe_origin, first_reason, fold_rows, summarise
from dedup.report.table import make_console, print_table
from dedup.report.visible import escape_json, visible

OVERRIDE = chr(0x202E)


def a_match(left, right, relation=Relation.REWRITTEN, source=None, **further):
    origin = {left: Origin.LEFT, right: Origin.RIGHT}.get(source, Origin.UNDECIDED)
    values = {
        "probability": 0.97,
        "relation_probabilities": {relation: 0.97},
        "origin": origin,
        "origin_probability": 0.8,
        "jaccard": 0.11,
        "left_containment": 0.15,
        "right_containment": 0.31,
        "cosine": 0.45,
        "left_coverage": 0.52,
        "right_coverage": 0.93,
        "passages": (),
        "reasons": ("2 passages cover 52 % of the left text and 93 % of the right one",),
    }
    return Match(left=left, right=right, relation=relation, source=source, **(values | further))


def documents_of(*ids):
    return {name: Document(name, f"The text of {name}.") for name in ids}


def table(matches, families, documents, skipped=(), width=80, **options):
    stream = io.StringIO()
    print_table(make_console(stream, width), matches, families, documents, skipped, **options)
    return stream.getvalue()


def pair_page(match, left, right, width=100):
    stream = io.StringIO()
    print_pair(make_console(stream, width), match, left, right)
    return stream.getvalue()


class TestVisible:
    def test_controls_and_overrides_become_signs(self):
        assert visible(f"a\x1b[2J\x7f\x9b{OVERRIDE}b") == "a␛[2J␡‹U+009B›‹U+202E›b"

    def test_joiners_emoji_and_scripts_stay(self):
        text = "渡轮 👩‍🚒 می‌خواهم שלום Größe"
        assert visible(text) == text

    @given(st.text())
    def test_nothing_that_moves_a_cursor_or_turns_a_line_is_left(self, text):
        for shown in (visible(text), visible(text, lines=True).replace("\n", "")):
            assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or 0x202A <= ord(c) <= 0x202E for c in shown)
            shown.encode()

    @given(st.text(st.characters(exclude_categories=[]) | st.sampled_from(["\x85", OVERRIDE, "\ud800"])))
    def test_escaped_json_is_the_same_value_in_harmless_characters(self, text):
        escaped = escape_json(json.dumps(text, ensure_ascii=False))
        assert json.loads(escaped) == text
        escaped.encode()
        assert not any(127 <= ord(c) < 160 or 0x202A <= ord(c) <= 0x202E for c in escaped)


class TestRows:
    def test_a_document_stands_under_its_closest_relative_nearer_to_the_representative(self):
        matches = [
            a_match("a", "b", source="a"),
            a_match("a", "c", source="a"),
            a_match("b", "c", Relation.IDENTICAL),
        ]
        [family], excerpts, others = arrange(matches, [Family("a", ("a", "b", "c"))])
        assert [(row.id, row.other, row.depth) for row in family.rows] == [("b", "a", 1), ("c", "b", 2)]
        assert not excerpts
        assert not others

    def test_a_tie_against_the_direction_found_comes_last(self):
        matches = [a_match("a", "b", source="b"), a_match("a", "c", source="a"), a_match("b", "c", source="c")]
        [family], _, _ = arrange(matches, [Family("a", ("a", "b", "c"))])
        assert [(row.id, row.other) for row in family.rows] == [("c", "a"), ("b", "c")]

    def test_the_order_of_matches_does_not_matter(self):
        matches = [a_match("a", "b", source="a"), a_match("b", "c", source="b"), a_match("a", "c")]
        families = [Family("a", ("a", "b", "c"))]
        assert arrange(matches, families) == arrange(matches[::-1], families)

    def test_a_member_whose_tie_is_not_reported_is_still_named(self):
        [family], _, _ = arrange([a_match("a", "b")], [Family("a", ("a", "b", "c"))])
        assert family.untied == ("c",)

    def test_excerpts_and_loose_matches_are_told_apart(self):
        matches = [a_match("a", "x", Relation.EXCERPTED, "a"), a_match("a", "y", Relation.SAME_STORY)]
        _, [excerpt], [other] = arrange(matches, [])
        assert (excerpt.id, excerpt.other, excerpt.coverage) == ("x", "a", 0.93)
        assert other.match.relation is Relation.SAME_STORY

    def test_excerpts_between_the_same_families_fold_into_the_most_telling(self):
        families = [Family("a", ("a", "b", "c"))]
        matches = [
            a_match("a", "x", Relation.EXCERPTED),
            a_match("b", "x", Relation.EXCERPTED, "b"),
            a_match("c", "x", Relation.EXCERPTED, "c", probability=0.6),
        ]
        _, excerpts, _ = arrange(matches, families)
        [row] = fold_rows(excerpts, families)
        assert (row.id, row.other, row.folded) == ("x", "b", 2)

    @pytest.mark.parametrize(
        ("source", "origin", "words"),
        [
            ("a", Origin.LEFT, "from a (0.80)"),
            ("b", Origin.RIGHT, "source of a (0.80)"),
            (None, Origin.COMMON, "with a, both from a third text (0.80)"),
            (None, Origin.UNDECIDED, "with a, undecided who was first"),
        ],
    )
    def test_origins_in_words(self, source, origin, words):
        assert describe_origin(a_match("a", "b", source=source, origin=origin), "b", "a") == words

    def test_a_reason_is_said_from_the_side_of_the_row(self):
        match = a_match("a", "b", source="b")
        _, _, [row] = arrange([match], [])
        assert row.id == "a"
        assert first_reason(row) == "2 passages cover 52 % of this text and 93 % of the other"

    def test_the_summary_counts_everything(self):
        documents = documents_of("a", "b", "c")
        families = [Family("a", ("a", "b"))]
        matches = [a_match("a", "b"), a_match("a", "c", Relation.NEAR_DUPLICATE)]
        line = summarise(documents, families, matches, [Skipped("x", "binary")])
        assert line == "3 documents, 1 family, 2 matches: 1 near duplicate, 1 rewritten; 1 skipped"
        assert summarise({}, [], [], []) == "no documents, no matches"


class TestTable:
    def test_the_source_stands_first_and_its_derivatives_below_it(self):
        date = datetime(2031, 3, 12, 6, 40, tzinfo=UTC)
        documents = {
            "wire.txt": Document("wire.txt", "", title="Fog", outlet="Wire", date=date),
            "a.txt": Document("a.txt", "", outlet="Courier"),
        }
        text = table(
            [a_match("a.txt", "wire.txt", source="wire.txt")], [Family("wire.txt", ("wire.txt", "a.txt"))], documents
        )
        lines = text.splitlines()
        place = next(number for number, line in enumerate(lines) if line.startswith("wire.txt"))
        assert lines[place].endswith("2 documents")
        assert lines[place + 1] == "  Wire, 2031-03-12 06:40 · Fog"
        assert lines[place + 2].split() == ["└", "a.txt", "rewritten", "0.97", "52", "%"]
        assert lines[place + 3].startswith("    Courier · from wire.txt (0.80): 2 passages cover")

    @given(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=90),
            min_size=3,
            max_size=3,
            unique=True,
        ),
        st.integers(60, 140),
    )
    def test_no_line_is_wider_than_the_terminal(self, ids, width):
        a, b, c = sorted(ids)
        matches = [a_match(a, b, source=a), a_match(b, c, Relation.EXCERPTED)]
        documents = {name: Document(name, "", title=name, outlet=name) for name in ids}
        for line in table(matches, [Family(a, (a, b))], documents, width=width).splitlines():
            assert cell_len(line) <= width

    def test_markup_and_controls_in_ids_and_titles_are_text(self):
        documents = {
            "[red]a": Document("[red]a", "", title="[bold]T\x1b[31m"),
            f"b{OVERRIDE}": Document(f"b{OVERRIDE}", ""),
        }
        text = table(
            [a_match("[red]a", f"b{OVERRIDE}", reasons=("\x07",))], [Family("[red]a", tuple(documents))], documents
        )
        assert "[red]a" in text
        assert "[bold]T␛[31m" in text
        assert "b‹U+202E›" in text
        assert not set(text) & {"\x1b", "\x07", OVERRIDE}

    def test_large_families_are_cut_and_counted_unless_every_row_is_wanted(self):
        ids = [f"d{number:02}" for number in range(60)]
        matches = [a_match("d00", name, Relation.IDENTICAL) for name in ids[1:]]
        families = [Family("d00", tuple(ids))]
        assert "… and 19 more: 19 identical (--verbose shows them)" in table(matches, families, documents_of(*ids))
        assert "d59" in table(matches, families, documents_of(*ids), every=True)

    def test_nothing_found_is_one_line(self):
        assert table([], [], documents_of("a", "b")) == "2 documents, no matches\n"

    def test_a_stream_that_is_no_terminal_gets_no_colours(self):
        assert "\x1b" not in table([a_match("a", "b")], [Family("a", ("a", "b"))], documents_of("a", "b"))


class TestPair:
    left = Document("left.txt", "Dense fog closed the harbour.\r\n\r\nA ferry 渡轮 ran aground.", outlet="Courier")
    right = Document("right.txt", "The harbour was closed by dense fog.\n\n\nThe ferry 🚢 went aground [sic].")
    match = a_match(
        "left.txt",
        "right.txt",
        source="left.txt",
        passages=(
            Passage(0, len(left.text), 0, len(right.text), PassageKind.REWRITTEN, 0.9),
            Passage(0, 9, 23, 35, PassageKind.VERBATIM, 0.9),
        ),
    )

    def test_verdict_scores_reasons_and_passages_are_there(self):
        page = pair_page(self.match, self.left, self.right)
        assert page.startswith("rewritten · 0.97 probable that it is derived")
        assert "the right text was written from the left one, left.txt (0.80)" in page
        assert "covered by the passages" in page
        assert "• 2 passages cover 52 % of the left text" in page
        assert f"1 ■ rewritten  left 0–{len(self.left.text)}  right 0–{len(self.right.text)}" in page
        assert "[sic]" in page

    def test_passages_stand_side_by_side_paragraph_by_paragraph(self):
        lines = pair_page(self.match, self.left, self.right, 120).splitlines()
        assert any("Dense fog closed" in line and "The harbour was closed" in line for line in lines)
        assert any("A ferry 渡轮" in line and "The ferry 🚢" in line for line in lines)

    def test_a_narrow_terminal_stacks_them(self):
        lines = pair_page(self.match, self.left, self.right, 60).splitlines()
        assert any(line.startswith("left   Dense fog closed") for line in lines)
        assert any(line.startswith("right  The harbour was closed") for line in lines)

    @pytest.mark.parametrize("width", [60, 83, 84, 131])
    def test_long_passages_are_wrapped_not_cut(self, width):
        words = [f"word{number}" for number in range(300)]
        text = " ".join(words) + "渡" * 200
        match = a_match("a", "b", passages=(Passage(0, len(text), 0, len(text), PassageKind.VERBATIM, 1.0),))
        page = pair_page(match, Document("a", text), Document("b", text), width)
        assert all(page.count(f"{word} ") + page.count(f"{word}\n") == 2 for word in words[:-1])
        assert page.count("渡") == 400
        assert all(cell_len(line) <= width for line in page.splitlines())

    def test_no_passage_is_said(self):
        match = a_match("a", "b", Relation.UNRELATED, probability=0.01)
        assert "no passages" in pair_page(match, Document("a", ""), Document("b", ""))

    def test_every_figure_of_the_evidence_has_a_meaning(self):
        names = {field.name for field in (*fields(Evidence), *fields(Side))} - {"left", "right"}
        assert names - set(MEANINGS) == set()
        assert set(MEANINGS) - names == set()

    def test_evidence_is_a_table(self):
        stream = io.StringIO()
        print_evidence(make_console(stream, 100), {"left": {"tokens": 300}, "right": {"tokens": 20}, "jaccard": 0.25})
        assert any(line.split()[:3] == ["tokens", "300", "20"] for line in stream.getvalue().splitlines())


class TestRecords:
    match = a_match("a\x9b", f"b{OVERRIDE}", passages=(Passage(0, 4, 2, 6, PassageKind.EDITED, 0.5),))

    def test_columns_are_the_fields_of_a_match(self):
        assert list(records.COLUMNS) == list(self.match.to_dict())

    def test_jsonl_is_a_match_a_line(self):
        stream = io.StringIO()
        records.write_jsonl([self.match, self.match], stream)
        assert [json.loads(line) for line in stream.getvalue().splitlines()] == [self.match.to_dict()] * 2

    def test_json_holds_everything(self):
        stream = io.StringIO()
        records.write_json(
            stream,
            header={"dedup": "0"},
            matches=[self.match],
            families=[Family("a", ("a", "b"))],
            skipped=[Skipped("x.bin", "binary")],
            stages=[("documents", 2)],
            further={"texts": {"a": "fog"}},
        )
        assert json.loads(stream.getvalue()) == {
            "header": {"dedup": "0"},
            "matches": [self.match.to_dict()],
            "families": [{"representative": "a", "documents": ["a", "b"]}],
            "skipped": [{"where": "x.bin", "why": "binary"}],
            "stages": [{"name": "documents", "count": 2}],
            "texts": {"a": "fog"},
        }
        assert not set(stream.getvalue()) & {"\x9b", OVERRIDE}

    def test_csv_gives_the_match_back(self):
        stream = io.StringIO(newline="")
        records.write_csv([self.match], stream)
        [row] = csv.DictReader(io.StringIO(stream.getvalue()))
        assert row["left"] == "a\x9b"
        assert row["derived"] == "true"
        assert row["source"] == ""
        assert json.loads(row["passages"]) == self.match.to_dict()["passages"]

    def test_csv_on_a_terminal_shows_controls_as_signs(self):
        stream = io.StringIO(newline="")
        records.write_csv([self.match], stream, for_terminal=True)
        assert "a‹U+009B›,b‹U+202E›," in stream.getvalue()


class TestDestination:
    def test_a_file_is_replaced_when_whole(self, tmp_path):
        path = tmp_path / "out.json"
        path.write_text("old")
        with open_destination(path) as stream:
            stream.write("neu: größer")
            assert path.read_text() == "old"
        assert path.read_text(encoding="utf-8") == "neu: größer"
        assert list(tmp_path.iterdir()) == [path]

    def test_a_failure_leaves_the_old_file_and_nothing_else(self, tmp_path):
        path = tmp_path / "out.json"
        path.write_text("old")
        with pytest.raises(RuntimeError), open_destination(path):
            raise RuntimeError
        assert path.read_text() == "old"
        assert list(tmp_path.iterdir()) == [path]

    def test_a_link_stays_a_link(self, tmp_path):
        target, link = tmp_path / "target", tmp_path / "link"
        target.write_text("old")
        link.symlink_to(target)
        with open_destination(link) as stream:
            stream.write("new")
        assert link.is_symlink()
        assert target.read_text() == "new"

    def test_what_cannot_be_written_is_known_before_the_work(self, tmp_path):
        check_destination(None)
        check_destination(tmp_path / "new.json")
        with pytest.raises(DedupError, match="is a folder"):
            check_destination(tmp_path)
        with pytest.raises(DedupError, match="there is no folder"):
            check_destination(tmp_path / "nowhere" / "out.json")

    def test_a_lone_surrogate_is_written_as_an_escape(self, tmp_path):
        path = tmp_path / "out"
        with open_destination(path) as stream:
            stream.write("\udc80")
        assert path.read_text() == "\\udc80"

    @pytest.mark.parametrize(
        "write", ["stream.write('a line of text\\n')", "make_console(stream).print('a line of text')"]
    )
    def test_a_closed_pipe_is_no_error(self, write):
        program = (
            "from dedup.report.destination import open_destination\n"
            "from dedup.report.table import make_console\n"
            "with open_destination(None) as stream:\n"
            f"    for _ in range(10_000): {write}\n"
            "import sys; sys.stderr.write('went on')"
        )
        with subprocess.Popen(
            [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b"went on"
        assert process.returncode == 0


class TestProgress:
    def test_nobody_is_told_where_there_is_no_terminal(self, capsys):
        with progress.show_progress(True) as on_stage:
            assert on_stage is None
        assert capsys.readouterr().err == ""

    def test_the_first_skipped_are_named_and_the_rest_counted(self):
        lines = progress.skipped_lines([Skipped(f"{number}\x1b.txt", "binary") for number in range(8)])
        assert lines[0] == "skipped: 0␛.txt: binary"
        assert lines[-1].startswith("skipped: and 3 more")

    def test_stages_are_aligned(self):
        assert progress.stage_lines([("documents", 1200), ("matches", 7)]) == ["1,200  documents", "    7  matches"]

    def test_a_cache_older_than_its_source_counts_as_cold(self, tmp_path):
        source = Path(progress.__file__)
        assert not progress._holds_code_of(source, tmp_path)
        index = tmp_path / f"{source.stem}.kernel-1.py311.nbi"
        index.touch()
        assert progress._holds_code_of(source, tmp_path)
