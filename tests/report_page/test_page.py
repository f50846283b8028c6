"""What stands in the report page, and the parts that it is made of."""

from __future__ import annotations

import html
import re
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dedup.alignment import Passage, PassageKind
from dedup.documents import Document
from dedup.errors import Skipped
from dedup.matches import Family, Origin
from dedup.report.anonymous import Names
from dedup.report.html.pictures import draw_timeline, draw_tree
from dedup.report.html.texts import count_words, find_changes, read_words, show_text
from dedup.report.rows import arrange
from tests.report_page.pages import (
    OVERRIDE,
    SITE,
    START,
    WIRE,
    a_match,
    ferry,
    page_of,
)


class TestPage:
    def test_a_large_one_shows_the_most_probable_matches_and_counts_the_others(self, monkeypatch):
        monkeypatch.setattr("dedup.report.html.page.MOST_MATCHES", 1)
        page = page_of(**ferry())
        assert "1 of 2 matches stand here, the most probable ones" in page and "--verbose" in page
        assert page.count('<tr data-match="') == 1 and "1 documents without a match" in page
        whole = page_of(**ferry(), every=True)
        assert "stand here" not in whole and whole.count('<tr data-match="') == 2

    def test_texts_have_room_up_to_a_limit(self, monkeypatch):
        monkeypatch.setattr("dedup.report.html.page.MOST_CHARACTERS", len(WIRE) + len(SITE))
        assert page_of(**ferry()).count('<tr data-match="') == 1

    def test_a_match_without_passages_says_what_the_verdict_stands_on(self):
        found = ferry()
        found["matches"] = [a_match("a/wire.txt", "b/site.txt", reasons=("the same facts in the same order",))]
        written = page_of(**found).split("<noscript>")[1]
        assert re.search(r"The verdict stands on this:</p>\s*<ul><li>the same facts in the same order", written)

    def test_it_is_the_same_bytes_every_time(self):
        assert page_of(**ferry()) == page_of(**ferry())

    def test_nothing_in_it_names_another_host_or_carries_a_style_or_a_handler(self):
        page = page_of(**ferry())
        assert not re.search(r"""(?:src|href)=["']?(?:https?:|//)|url\((?!#)|@import|\sstyle=|\son\w+=""", page)
        assert "default-src 'none'" in html.unescape(page)
        assert "unsafe-" not in page

    def test_every_text_stands_in_it_once_and_every_passage_can_be_read_without_a_program(self):
        page = page_of(**ferry())
        [fallback] = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
        assert page.replace(fallback, "").count("ran aground with 214 on board") == 1
        assert '<b class="changed">Dense</b> fog <b class="changed">closed</b> the harbour on Monday' in fallback
        assert "one passage covers 50 %" in fallback
        assert "how sure it is who was first" in fallback

    def test_everything_that_was_found_or_left_out_is_told(self):
        page = page_of(**ferry())
        for told in ("x.bin", "d/other.txt", "threshold", "2 h later", "most of one text says what the other says"):
            assert told in page

    def test_an_empty_result_is_a_page_too(self):
        page = page_of(header={}, matches=[], documents={}, stages=[("documents", 0)])
        assert "No match was found" in page
        assert page.count("<h2") == page.count("</h2>")

    def test_the_evidence_of_a_pair_stands_in_it_with_its_meanings(self):
        found = {**ferry(), "evidence": {"left": {"head": 3}, "right": {"head": 0}, "jaccard": 0.25}}
        assert "3-word shingles in both, of those in either" in page_of(**found)

    def test_without_names_no_id_outlet_title_or_skipped_input_is_left(self):
        found = ferry()
        reason = "both stand closer to c/column.txt than to each other"
        found["matches"][0] = a_match("a/wire.txt", "b/site.txt", reasons=(reason,))
        names = Names(found["documents"].values())
        page = page_of(
            header=found["header"],
            matches=names.matches(found["matches"]),
            families=names.families(found["families"]),
            documents=names.documents(found["documents"]),
            skipped=names.skipped(found["skipped"]),
        )
        assert not re.search(r"wire\.txt|site\.txt|column\.txt|other\.txt|The Site|Courier|x\.bin|>Fog<", page)
        assert "both stand closer to document 3 than to each other" in page
        assert "outlet 1" in page

    def test_hostile_names_stay_text(self):
        name = f'"><script>alert(1)</script>{OVERRIDE}\x1b'
        documents = {item: Document(item, "Fog.</pre></script>" * 3, title=name) for item in (name, "b")}
        page = page_of(
            header={"x": name}, matches=[a_match(name, "b")], documents=documents, skipped=[Skipped(name, name)]
        )
        assert "<script>alert" not in page
        assert page.count("</script>") == 3
        assert not set(page) & {OVERRIDE, "\x1b"}


HARD = st.text(
    st.sampled_from(["a", " ", "\r", "\n", "\t", OVERRIDE, "\x00", "é", "渡", "🚢", "\u2028", "\ud800", "\U000e0041"])
)


def utf16(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class TestTexts:
    @given(HARD, HARD)
    def test_a_place_in_the_page_is_behind_what_stands_before_it(self, before, behind):
        before += "|"  # so that no line end is cut in two
        shown = show_text(before + behind)
        assert shown.place(len(before)) == utf16(show_text(before).text)
        assert shown.place(len(before + behind)) == utf16(shown.text)
        assert shown.text == show_text(before).text + show_text(behind).text

    @given(HARD)
    def test_what_is_shown_has_no_character_that_does_harm(self, text):
        assert not set(show_text(text).text) & {"\r", "\x00", OVERRIDE, "\u2028", "\ud800", "\U000e0041"}

    @given(
        st.lists(st.sampled_from("fog sea tide ship".split())), st.lists(st.sampled_from("fog sea tide ship".split()))
    )
    def test_without_the_changed_words_both_sides_of_a_passage_are_equal(self, left, right):
        texts = " ".join(left), " ".join(right)
        passage = Passage(0, len(texts[0]), 0, len(texts[1]), PassageKind.EDITED, 1.0)
        rest = []
        for text, changes in zip(texts, find_changes(*read_words(texts), passage), strict=True):
            for start, end in reversed(changes):
                text = text[:start] + text[end:]
            rest.append(text.split())
        assert rest[0] == rest[1]

    def test_of_a_very_long_passage_the_words_that_the_other_lacks_are_changed(self):
        texts = "fog " * 3000 + "sea", "fog " * 3000
        passage = Passage(0, len(texts[0]), 0, len(texts[1]), PassageKind.EDITED, 1.0)
        assert find_changes(*read_words(texts), passage) == ([(12_000, 12_003)], [])

    def test_words_are_counted_by_the_kind_that_weighs_most(self):
        [words] = read_words(["a b c d e"])
        spans = [(0, 7, PassageKind.QUOTATION), (2, 5, PassageKind.EDITED), (4, 5, PassageKind.BOILERPLATE)]
        assert count_words(words, spans) == (1, 2, 1, 1)


class TestPictures:
    def test_sources_stand_left_of_what_was_written_from_them(self):
        matches = [a_match("a", "b"), a_match("b", "c", source="c", origin=Origin.RIGHT), a_match("a", "d")]
        [grown], _, _ = arrange(matches, [Family("a", ("a", "b", "c", "d", "e"))])
        tree = draw_tree(grown)
        places = {box.id: box.x for box in tree.boxes}
        assert places["a"] < places["b"] < places["c"]
        assert [arrow.kind for arrow in tree.arrows] == ["forward", "backward", "forward"]
        assert tree.more == 1
        assert len({(box.x, box.y) for box in tree.boxes}) == 4

    def test_a_line_of_time_needs_two_dates(self):
        dates = {"a": START, "b": START + timedelta(minutes=20), "c": None, "d": START + timedelta(days=3)}
        documents = {name: Document(name, "", date=date) for name, date in dates.items()}
        assert draw_timeline(["a", "c"], documents) is None
        line = draw_timeline(list(dates), documents)
        assert [dot.id for dot in line.dots] == ["a", "b", "d"]
        assert [dot.x for dot in line.dots] == sorted(dot.x for dot in line.dots)
        assert [label for _, label in line.ticks] == ["1 h", "6 h", "1 d"]
