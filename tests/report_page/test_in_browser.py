"""The report page in a browser: it is read, moved through, filtered, printed, and stays inert.

They need Playwright (``pip install --group browser``) and Debian's Chromium, or one that DEDUP_CHROMIUM names. The
check of accessibility needs axe-core: ``npm install --prefix .venv axe-core``, or DEDUP_AXE names its axe.min.js.
What is missing is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from dedup.alignment import Passage, PassageKind
from dedup.documents import Document
from dedup.errors import Skipped
from dedup.matches import Family
from dedup.report.keys import pair_key
from tests.report_page.pages import (
    OVERRIDE,
    SAILOR,
    SITE,
    WIRE,
    a_match,
    ferry,
    page_of,
    passage,
)

CHROMIUM = os.environ.get("DEDUP_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ROOT = Path(__file__).parents[2]
AXE = Path(os.environ.get("DEDUP_AXE", ROOT / ".venv/node_modules/axe-core/axe.min.js"))


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
