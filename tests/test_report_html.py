"""The report page in a browser: it is read, moved through, filtered, printed, and stays inert.

They need Playwright (``pip install --group browser``) and Debian's Chromium, or one that DEDUP_CHROMIUM names. The
check of accessibility needs axe-core: ``npm install --prefix .venv axe-core``, or DEDUP_AXE names its axe.min.js.
What is missing is skipped.
"""

from __future__ import annotations

import html
import io
import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.alignment import Passage, PassageKind
from dedup.documents import Document
from dedup.errors import Skipped
from dedup.matches import Family, Match, Origin, Relation
from dedup.report.anonymous import Names
from dedup.report.html import write_html
from dedup.report.html.pictures import draw_timeline, draw_tree
from dedup.report.html.texts import count_words, find_changes, read_words, show_text
from dedup.report.keys import pair_key
from dedup.report.rows import arrange

CHROMIUM = os.environ.get("DEDUP_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ROOT = Path(__file__).parents[1]
AXE = Path(os.environ.get("DEDUP_AXE", ROOT / ".venv/node_modules/axe-core/axe.min.js"))
OVERRIDE, SAILOR = chr(0x202E), "🧑‍✈️"

FOOT = "All rights reserved by the Wire."
SAID = "“We waited for the tide and nobody was hurt,” said harbour master Ines Tolland."
WIRE = (
    "PORT ELLERY (Wire) – Dense fog closed the harbour on Monday, and the ferry Aurelia ran aground with 214 on board."
    f"\n\n{SAID}\n\n{FOOT}\n"
)
SITE = (
    f"{SAILOR} Thick fog shut the harbour on Monday, and the ferry Aurelia ran aground with 214 people on board."
    f"\r\n\r\n{SAID}\r\n\r\n{FOOT}\r\n"
)
START = datetime(2031, 3, 12, 6, 40, tzinfo=UTC)


def span_of(text, part):
    start = text.index(part)
    return start, start + len(part)


def passage(left, right, left_part, right_part, kind):
    return Passage(*span_of(left, left_part), *span_of(right, right_part), kind, 0.9)


def a_match(left, right, relation=Relation.REWRITTEN, **further):
    values = {
        "probability": 0.97,
        "relation_probabilities": {relation: 0.97, Relation.UNRELATED: 0.03},
        "origin": Origin.LEFT,
        "source": left,
        "origin_probability": 0.8,
        "jaccard": 0.11,
        "left_containment": 0.15,
        "right_containment": 0.31,
        "cosine": 0.45,
        "left_coverage": 0.5,
        "right_coverage": 0.5,
        "passages": (),
        "reasons": ("one passage covers 50 % of the left text and 50 % of the right one",),
    }
    return Match(left=left, right=right, relation=relation, **(values | further))


def ferry():
    """Two texts with a passage of each of three kinds; a third that excerpts; one that matches none."""
    documents = [
        Document("a/wire.txt", WIRE, title="Fog", outlet="Wire", date=START),
        Document("b/site.txt", SITE, outlet="The Site", date=START + timedelta(hours=2)),
        Document("c/column.txt", "A column. Dense fog closed the harbour on Monday, they say.", outlet="Courier"),
        Document("d/other.txt", "Apples are cheap."),
    ]
    passages = (
        passage(
            WIRE, SITE, WIRE[WIRE.index("Dense") : WIRE.index(".\n")], SITE[SITE.index("Thick") : SITE.index(".\r")],
            PassageKind.EDITED,
        ),
        passage(WIRE, SITE, *["We waited for the tide and nobody was hurt"] * 2, PassageKind.QUOTATION),
        passage(WIRE, SITE, *["All rights reserved by the Wire"] * 2, PassageKind.BOILERPLATE),
    )  # fmt: skip
    quoted = "Dense fog closed the harbour on Monday"
    matches = [
        a_match("a/wire.txt", "b/site.txt", passages=passages),
        a_match(
            "a/wire.txt",
            "c/column.txt",
            Relation.EXCERPTED,
            probability=0.8,
            left_coverage=0.2,
            right_coverage=0.6,
            passages=(passage(WIRE, documents[2].text, quoted, quoted, PassageKind.VERBATIM),),
        ),
    ]
    return {
        "header": {"dedup": "0", "settings": {"threshold": 0.5, "relation": ["rewritten"]}},
        "matches": matches,
        "families": [Family("a/wire.txt", ("a/wire.txt", "b/site.txt"))],
        "documents": {document.id: document for document in documents},
        "skipped": [Skipped("x.bin", "binary")],
        "stages": [("documents", 4), ("matches", 2)],
    }


def page_of(**found):
    stream = io.StringIO()
    write_html(stream, **found)
    return stream.getvalue()


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


@pytest.fixture(scope="module")
def chromium():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not CHROMIUM:
        pytest.skip("there is no Chromium: apt-get install chromium, or name one in DEDUP_CHROMIUM")
    with playwright.sync_playwright() as run:
        browser = run.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


class Reader:
    """A page in the browser; what it said, asked for and failed at is kept."""

    def __init__(self, browser, path, **options):
        self.page = browser.new_context(**({"viewport": {"width": 1200, "height": 800}} | options)).new_page()
        self.requests, self.problems = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.problems.append(message.text))
        self.page.on("pageerror", lambda problem: self.problems.append(str(problem)))
        self.page.on("dialog", lambda dialog: (self.problems.append("dialog"), dialog.dismiss()))
        self.address = path.as_uri()
        self.page.goto(self.address)

    def close(self):
        requests = [url for url in self.requests if url != self.address and not url.startswith("data:")]
        self.page.context.close()
        assert (self.problems, requests) == ([], [])


@pytest.fixture
def read(chromium, tmp_path):
    """Opens a report; at the end nothing may have been said on the console, and nothing asked for."""
    readers = []

    def opened(found=None, **options):
        path = tmp_path / f"report{len(readers)}.html"
        path.write_text(page_of(**(found or ferry())), "utf-8", newline="")
        readers.append(Reader(chromium, path, **options))
        return readers[-1].page

    yield opened
    for reader in readers:
        reader.close()


KEY = pair_key("a/wire.txt", "b/site.txt")


def open_first(page):
    page.locator("#table tbody a").first.click()
    page.locator("#view h2").wait_for()


def shares(page):
    return page.locator("#view .share span").all_inner_texts()


def settle(page):
    """Let the page answer: a change of the address is told a moment after the key or click that made it."""
    page.evaluate("() => new Promise(done => setTimeout(done, 60))")


class TestInBrowser:
    def test_a_row_leads_to_its_match_and_escape_leads_back(self, read):
        page = read()
        page.locator("#table tbody tr").first.locator("td").nth(4).click()
        settle(page)
        assert page.url.endswith(f"#m-{KEY}")
        assert "a/wire.txt and b/site.txt" in page.locator("#view h2").inner_text()
        page.locator("#list").wait_for(state="hidden")
        page.keyboard.press("Escape")
        settle(page)
        page.locator("#view").wait_for(state="hidden")
        page.locator("#table").wait_for(state="visible")

    def test_both_texts_are_whole_and_marks_slice_them_behind_emoji_and_line_ends(self, read):
        page = read()
        open_first(page)
        left, right = (text.replace("\xa0", " ") for text in page.locator("#view .text").evaluate_all(
            "all => all.map(one => one.textContent)"))  # fmt: skip
        assert (left, right) == (WIRE, SITE.replace("\r\n", "\n"))
        marked = page.locator("#view .text mark").evaluate_all(
            "all => all.map(one => [one.className, one.textContent])"
        )
        assert [kind for kind, _ in marked] == ["k-edited", "k-quotation", "k-boilerplate"] * 2
        assert marked[4] == ["k-quotation", "We waited for the tide and nobody was hurt"]
        changed = page.locator("#view article:last-of-type .text .changed").all_inner_texts()
        assert changed == ["Thick", "shut", "people"]

    def test_keys_and_clicks_move_both_sides(self, read):
        page = read()
        open_first(page)
        page.keyboard.press("ArrowRight")
        settle(page)
        assert page.locator("#view mark.on").count() == 2
        page.keyboard.press("ArrowRight")
        settle(page)
        assert page.locator("#view mark.on").all_inner_texts() == ["We waited for the tide and nobody was hurt"] * 2
        assert page.locator("#passage").inner_text() == "passage 2 of 3, quotation"
        page.keyboard.press("ArrowLeft")
        settle(page)
        page.keyboard.press("ArrowLeft")
        settle(page)
        assert page.locator("#passage").inner_text() == "passage 3 of 3, boilerplate"
        page.locator("#view article").nth(1).locator("mark").first.click()
        assert page.locator("#passage").inner_text() == "passage 1 of 3, edited"
        assert page.url.endswith(f"#m-{KEY}-p1")

    def test_the_passage_chosen_is_scrolled_to_on_both_sides(self, read):
        found = ferry()
        filler = "Nothing of this stands in the other. \n" * 200
        texts = {"a/wire.txt": filler + WIRE, "b/site.txt": SITE + filler}
        for name, text in texts.items():
            found["documents"][name] = Document(name, text)
        spot = passage(*texts.values(), *["said harbour master Ines Tolland"] * 2, PassageKind.VERBATIM)
        found["matches"] = [a_match(*texts, passages=(spot,))]
        page = read(found)
        page.keyboard.press("ArrowRight")
        settle(page)
        page.wait_for_function(
            """() => [...document.querySelectorAll("#view .text")].every((text) => {
                 const mark = text.querySelector("mark.on").getBoundingClientRect(), box = text.getBoundingClientRect();
                 return mark.top >= box.top && mark.bottom <= box.bottom; })"""
        )

    def test_deep_links_open_a_match_at_a_passage_and_a_document(self, read):
        page = read()
        page.goto(f"{page.url}#m-{KEY}-p3")
        page.reload()
        assert page.locator("#passage").inner_text() == "passage 3 of 3, boilerplate"
        page.evaluate("location.hash = '#d-2'")
        page.wait_for_function("document.getElementById('d-2').open")
        page.locator("#view").wait_for(state="hidden")

    def test_shift_and_arrows_move_through_the_matches_shown(self, read):
        page = read()
        open_first(page)
        page.keyboard.press("Shift+ArrowRight")
        settle(page)
        page.wait_for_function("document.querySelector('#view h2').textContent.includes('c/column.txt')")
        page.keyboard.press("Shift+ArrowRight")
        settle(page)
        page.keyboard.press("Shift+ArrowLeft")
        settle(page)
        page.wait_for_function("document.querySelector('#view h2').textContent.includes('b/site.txt')")

    def test_switches_recompute_the_shares_everywhere(self, read):
        page = read()
        open_first(page)
        before = shares(page)
        assert before == ["50 % of its words are shared", "50 % of its words are shared"]
        grey = "one => getComputedStyle(one).backgroundColor"
        was = page.locator("#view mark.k-quotation").first.evaluate(grey)
        page.locator("#view").get_by_label("quotations").check()
        with_quotations = shares(page)
        assert with_quotations[0] > before[0]
        assert with_quotations[1] > before[1]
        assert page.locator("#view mark.k-quotation").first.evaluate(grey) != was
        page.locator("#view").get_by_label("boilerplate").check()
        assert shares(page) != with_quotations
        page.keyboard.press("Escape")
        settle(page)
        assert page.locator("#table tbody tr").first.locator("td").nth(5).inner_text() == shares_of_table(page)
        page.locator("#filters").get_by_label("quotations").uncheck()
        page.locator("#filters").get_by_label("boilerplate").uncheck()
        assert page.locator("#table tbody tr").first.locator("td").nth(5).inner_text() == "50 %"

    def test_filters_narrow_the_table_and_say_how_many_are_left(self, read):
        page = read()
        rows = page.locator("#table tbody tr:visible")
        page.get_by_label("Find").fill("courier")
        assert (rows.count(), page.locator("#shown").inner_text()) == (1, "1 of 2 matches")
        page.get_by_label("Find").fill("")
        page.locator("#relation").select_option("rewritten")
        assert rows.count() == 1
        page.locator("#relation").select_option("")
        page.get_by_label("Probability from").fill("0.9")
        assert rows.count() == 1
        page.get_by_label("Covered from").fill("90")
        assert (rows.count(), page.locator("#shown").inner_text()) == (0, "0 of 2 matches")

    def test_headers_sort_up_and_down(self, read):
        page = read()
        header = page.get_by_role("columnheader", name="Probability")
        first = page.locator("#table tbody tr").first
        header.get_by_role("button").click()
        assert header.get_attribute("aria-sort") == "ascending"
        assert "c/column.txt" in first.inner_text()
        header.get_by_role("button").click()
        assert header.get_attribute("aria-sort") == "descending"
        assert "b/site.txt" in first.inner_text()

    def test_a_box_of_a_family_leads_to_its_match(self, read):
        page = read()
        page.locator("svg.tree a").nth(1).click()
        settle(page)
        assert page.url.endswith(f"#m-{KEY}")

    def test_the_list_and_a_match_print_and_all_can_be_written_out(self, read, tmp_path):
        page = read()
        page.get_by_role("button", name="Write out all shown").click()
        assert page.locator("#written section").count() == 2
        assert page.pdf(path=tmp_path / "all.pdf")[:5] == b"%PDF-"
        open_first(page)
        page.emulate_media(media="print")
        assert page.locator("#view .text").first.evaluate("one => getComputedStyle(one).overflowY") == "visible"
        assert page.pdf()[:5] == b"%PDF-"

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [360, 1200])
    def test_nothing_is_wider_than_the_window(self, read, scheme, width):
        page = read(color_scheme=scheme, viewport={"width": width, "height": 700})
        wide = "document.documentElement.scrollWidth > innerWidth"
        assert not page.evaluate(wide)
        open_first(page)
        assert not page.evaluate(wide)

    def test_without_javascript_everything_can_be_read(self, read):
        page = read(java_script_enabled=False)
        page.locator("#table tbody a").first.click()
        page.locator(f"#m-{KEY} summary").click()
        page.locator(f"#m-{KEY} .k-quotation").first.wait_for(state="visible")
        page.locator("#d-1 summary").click()
        page.locator("#d-1 pre").wait_for(state="visible")
        assert "Thick fog shut" in page.locator("#d-1 pre").inner_text()
        page.locator("#filters").wait_for(state="hidden")

    def test_the_evidence_of_a_pair_can_be_gone_to(self, read):
        found = ferry()
        found["matches"], found["evidence"] = found["matches"][:1], {"left": {"head": 3}, "right": {"head": 0}}
        page = read(found)
        assert "b/site.txt" in page.locator("#view h2").inner_text()
        page.get_by_role("link", name="all that was measured").click()
        page.locator("#evidence").wait_for(state="visible")

    def test_hostile_titles_and_texts_are_inert(self, read):
        evil = (
            f"<script>alert(1)</script></pre></script><img src=http://x.invalid/ onerror=alert(2)>{OVERRIDE}\x00\x1b[2J"
        )
        text = f"{evil}\r\r\n{SAILOR} Fog closed the harbour.{evil}"
        documents = {
            name: Document(name, text, title=evil, outlet=evil, url="javascript:alert(3)") for name in (evil, "b")
        }
        spot = passage(text, text, *["Fog closed the harbour."] * 2, PassageKind.VERBATIM)
        page = read(
            {
                "header": {},
                "matches": [a_match(evil, "b", passages=(spot,), reasons=(evil,))],
                "families": [Family(evil, (evil, "b"))],
                "documents": documents,
                "skipped": [Skipped(evil, evil)],
            }
        )
        assert page.locator("#view .text mark").all_inner_texts() == ["Fog closed the harbour."] * 2
        page.keyboard.press("Escape")
        settle(page)
        assert page.locator("script, img").count() == 3
        assert OVERRIDE not in page.content()

    def test_a_line_of_a_megabyte_opens(self, read):
        line = "fog " * 262_144
        documents = {name: Document(name, line) for name in "ab"}
        spot = Passage(4, 1_000_003, 0, 999_999, PassageKind.EDITED, 0.9)
        page = read({"header": {}, "matches": [a_match("a", "b", passages=(spot,))], "documents": documents})
        page.keyboard.press("ArrowRight")
        settle(page)
        assert page.locator("#passage").inner_text() == "passage 1 of 1, edited"

    def test_a_thousand_matches_open(self, read):
        documents = {f"{number:04}": Document(f"{number:04}", f"{number} {WIRE}") for number in range(1001)}
        ids = list(documents)
        spot = Passage(40, 90, 40, 90, PassageKind.VERBATIM, 0.9)
        matches = [a_match("0000", name, passages=(spot,)) for name in ids[1:]]
        page = read(
            {"header": {}, "matches": matches, "families": [Family("0000", tuple(ids))], "documents": documents}
        )
        assert page.locator("#shown").inner_text() == "1,000 of 1,000 matches"
        page.get_by_label("Find").fill("0777")
        assert page.locator("#table tbody tr:visible").count() == 1

    @pytest.mark.skipif(not AXE.is_file(), reason="there is no axe-core: npm install --prefix .venv axe-core")
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    @pytest.mark.parametrize("width", [360, 1200])
    def test_axe_finds_nothing_serious(self, read, scheme, width):
        page = read(color_scheme=scheme, viewport={"width": width, "height": 800})
        page.evaluate(AXE.read_text("utf-8"))
        for step in (
            lambda: None,
            lambda: open_first(page),
            lambda: page.locator("#view").get_by_label("quotations").check(),
        ):
            step()
            found = page.evaluate("axe.run()")["violations"]
            told = [(item["id"], [node["html"][:120] for node in item["nodes"][:3]]) for item in found]
            assert [
                item for item, full in zip(told, found, strict=True) if full["impact"] in ("serious", "critical")
            ] == []


def shares_of_table(page):
    """The left share of the first match by the page's own counts, both switches on."""
    match = json.loads(page.locator("#data").inner_text())["matches"][0]
    size, _, covered, quoted, boilerplate = match["words"][0]
    return f"{round(100 * (covered + quoted + boilerplate) / size)} %"
