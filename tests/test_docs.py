"""The examples in the README and the guides run, and give what they show; what is made by a tool is what it makes."""

import doctest
import re
from pathlib import Path

import pytest
import typer

from dedup.limits import LIMITS
from tools import make_api_page, make_cli_page, make_pictures

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def python_blocks(page: Path) -> str:
    """The text of a page with everything but its console-style Python blocks left out."""
    blocks = re.findall(r"```(?:python|pycon)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    return "\n".join(block for block in blocks if block.startswith(">>>"))


@pytest.mark.parametrize("page", [page for page in PAGES if page != make_api_page.PAGE], ids=lambda page: page.name)
def test_examples_run(page: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    examples = doctest.DocTestParser().get_doctest(python_blocks(page), {}, page.name, str(page), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False)
    assert runner.run(examples).failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path):
    targets = re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_page_of_the_library_is_made_from_its_docstrings():
    assert make_api_page.PAGE.read_text(encoding="utf-8") == make_api_page.make_page(), "run tools.make_api_page"


@pytest.mark.skipif(
    tuple(map(int, typer.__version__.split(".")[:2])) < (0, 26), reason="an older typer words it otherwise"
)
def test_the_page_of_the_command_line_is_made_from_its_help():
    assert make_cli_page.PAGE.read_text(encoding="utf-8") == make_cli_page.make_page(), "run tools.make_cli_page"


@pytest.mark.parametrize("name", make_pictures.PICTURES)
def test_the_pictures_are_what_the_script_draws(name):
    picture = (make_pictures.FIGURES / f"{name}.svg").read_text(encoding="utf-8")
    assert picture == make_pictures.PICTURES[name](), "run tools.make_pictures"


def test_the_limits_are_those_that_reports_state():
    page = " ".join((ROOT / "docs" / "limits.md").read_text(encoding="utf-8").split())
    assert [limit for limit in LIMITS if limit not in page] == []


def test_every_page_can_be_reached_from_the_first():
    start = (ROOT / "docs" / "start.md").read_text(encoding="utf-8")
    pages = {page.stem for page in (ROOT / "docs").glob("*.md")} - {"start"}
    assert pages == {page for page in pages if re.search(rf"^{page}$", start, re.MULTILINE)}
