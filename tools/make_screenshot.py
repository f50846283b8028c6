"""Make docs/images/report.png: a match of the sample newsroom, as its report shows it.

Needs Playwright (``pip install playwright``) and Chromium, the one that DEDUP_CHROMIUM names or the system's.

Run with: ``python -m tools.make_screenshot``
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import dedup
from dedup.documents import parse_date
from dedup.readers import ReadOptions
from dedup.report.keys import pair_key

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
IMAGE = ROOT / "docs" / "images" / "report.png"
STORY, LEFT, RIGHT = "ferry", "05-northern-wire.txt", "07-daybreak.txt"
LARGEST = 300_000


def newsroom() -> list[dedup.Document]:
    """The articles of the story with what the labels say of them: outlets and dates."""
    labels = json.loads((SEEDS / "labels.json").read_text("utf-8"))["documents"]
    skipped: list[dedup.Skipped] = []
    read = dedup.read_documents([str(SEEDS / STORY)], ReadOptions(include=("*.txt",)), on_skip=skipped.append)
    return [
        replace(
            document,
            outlet=labels[f"{STORY}/{document.id}"]["outlet"],
            date=parse_date(labels[f"{STORY}/{document.id}"]["date"]),
        )
        for document in read
    ]


def main() -> None:
    """Compare, write the report, open it at a match, and take its picture."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sys.exit("needs Playwright: pip install playwright")
    chromium = os.environ.get("DEDUP_CHROMIUM") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "report.html"
        dedup.compare(newsroom()).write(page_file)
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1180, "height": 860})
        page.goto(f"{page_file.as_uri()}#m-{pair_key(LEFT, RIGHT)}-p2")
        page.locator("#view mark.on").first.wait_for()
        page.wait_for_timeout(500)
        IMAGE.parent.mkdir(exist_ok=True)
        page.evaluate("scrollTo(0, document.querySelector('#view h2').offsetTop - 20)")
        page.screenshot(path=IMAGE)
        browser.close()
    size = IMAGE.stat().st_size
    print(f"{IMAGE.relative_to(ROOT)}: {size:,} bytes")
    if size > LARGEST:
        sys.exit(f"that is more than {LARGEST:,}")


if __name__ == "__main__":
    main()
