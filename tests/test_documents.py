"""Documents, batches of text, dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.documents import Document, TextBatch, as_document, parse_date

NOON = datetime(2031, 3, 12, 12, 0, tzinfo=UTC)


@given(st.lists(st.text(st.characters(exclude_categories=()))))
def test_a_batch_gives_back_every_text_also_with_lone_surrogates(texts: list[str]) -> None:
    batch = TextBatch.from_texts(texts)
    assert [batch.text(i) for i in range(len(batch))] == texts
    assert not batch.data.flags.writeable


@given(st.lists(st.text(), min_size=1), st.data())
def test_a_selection_holds_the_named_texts_in_the_named_order(texts: list[str], data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, len(texts) - 1)))
    batch = TextBatch.from_texts(texts).select(np.array(numbers, np.int64))
    assert [batch.text(i) for i in range(len(batch))] == [texts[i] for i in numbers]
    assert not batch.data.flags.writeable


def test_a_naive_date_of_a_document_is_taken_as_utc() -> None:
    assert Document("a", "", date=datetime(2031, 3, 12, 12, 0)).date == NOON


@pytest.mark.parametrize("item", [Document("a", "Fog."), ("a", "Fog."), "Fog."])
def test_what_callers_have_becomes_a_document(item: Document | tuple[str, str] | str) -> None:
    assert as_document(item, 4).text == "Fog."
    assert as_document(item, 4).id == ("4" if isinstance(item, str) else "a")


@pytest.mark.parametrize("item", [None, 3, ("a",), ("a", "b", "c"), ("a", 3)])
def test_what_is_no_document_is_a_type_error(item: object) -> None:
    with pytest.raises(TypeError):
        as_document(item, 0)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "value",
    [
        "2031-03-12T12:00:00Z", "2031-03-12T13:00:00+01:00", "2031-03-12 07:00:00 -0500", "20310312T120000Z",
        "2031-03-12 12:00:00 UTC", "2031-03-12T12:00:00.000000000Z", "2031/3/12 12:00", "20310312120000",
        "2031-W11-3T12",
        "Wed, 12 Mar 2031 12:00:00 GMT", "Wed, 12 Mar 2031 13:00:00 +0100 (CET)", "12 Mar 2031 14:00 CEST",
        "Wed Mar 12 12:00:00 2031", " 2031-03-12T12:00 ", "1931083200", "1931083200.0", 1931083200, 1931083200.0,
        1931083200000, 1931083200000000, 1931083200000000000, NOON, NOON.replace(tzinfo=None),
        NOON.astimezone(timezone(timedelta(hours=9))),
    ],
)  # fmt: skip
def test_one_moment_is_understood_in_every_usual_form(value: str | float | datetime) -> None:
    assert parse_date(value) == NOON


@pytest.mark.parametrize(
    "value",
    ["2031-03-12", "2031-3-12", "2031/03/12", "2031.03.12", "20310312", 20310312, "12 March 2031", "12th Mar. 2031",
     "March 12, 2031", "Wednesday, March 12th, 2031", date(2031, 3, 12)],
)  # fmt: skip
def test_a_day_is_its_midnight_in_utc(value: str | int | date) -> None:
    assert parse_date(value) == datetime(2031, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("value", [None, "", "  \n", float("nan")])
def test_no_date_is_none(value: str | float | None) -> None:
    assert parse_date(value) is None


@pytest.mark.parametrize(
    "value",
    ["yesterday", "12/03/2031", "03-12-2031", "12.03.2031", "2031", "2031-03", 2031, "2031-02-30", "2031-13-01",
     "12 Mar 2031 08:40 PM", "2031-03-12T08:40 XYZ", "12 Nebel 2031", "0001-01-01T00:00:00+14:00", "x" * 100_000,
     "9" * 20, "\x00", "١٢/٣", True, float("inf"), -1e300, 10**40, {"year": 2031}, [], b"2031-03-12"],
)  # fmt: skip
def test_what_is_unclear_or_no_date_is_a_value_error_of_one_short_line(value: object) -> None:
    with pytest.raises(ValueError, match="not a date") as problem:
        parse_date(value)  # type: ignore[arg-type]
    assert len(str(problem.value)) < 200


@given(
    st.datetimes(
        timezones=st.one_of(st.none(), st.timezones()), min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)
    )
)
def test_iso_dates_come_back_as_the_same_moment(moment: datetime) -> None:
    expected = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    assert parse_date(moment.isoformat()) == expected.astimezone(UTC)


@given(st.text() | st.integers() | st.floats() | st.from_regex(r"[0-9TZ:./ +-]{1,30}", fullmatch=True))
def test_nothing_but_a_date_none_or_a_value_error_comes_out(value: str | float) -> None:
    try:
        moment = parse_date(value)
    except ValueError:
        return
    assert moment is None or moment.utcoffset() == timedelta(0)
