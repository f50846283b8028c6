"""The page of matches that were read says what the readings say."""

import pytest

from tools.make_reuters_page import PAGE, drawn_on, page_of, readings


def test_the_page_is_made_from_its_own_draw_and_the_readings():
    page = PAGE.read_text(encoding="utf-8")
    drawn = drawn_on(page)
    assert len(drawn) == 200
    assert page_of(readings(drawn)) == page


def test_matches_that_nobody_read_are_named():
    with pytest.raises(SystemExit, match="1 matches have not been read: 1 and no-such-story"):
        readings([{"left": "1", "right": "no-such-story", "relation": "rewritten", "probability": 0.7}])
