"""JSON lines: fields, broken lines, ids, dates, gzip."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.documents import Document
from dedup.readers import ReadOptions
from dedup.readers.problems import Problems
from dedup.readers.record import document_from_record, plain_documents
from tests.readers.reading import EIGHT, FOG, Reading, json_lines, write

# Records


def test_the_fields_of_a_record_find_their_places_and_the_rest_passes_through(tmp_path: Path) -> None:
    record = {
        "id": 7, "text": FOG, "title": "Fog", "date": "2031-03-12T08:40:00Z", "outlet": "Courier", "url": "https://c.example",
        "language": "EN", "desk": {"name": "coast"}, "words": 15, "note": None,
    }  # fmt: skip
    assert Reading(write(tmp_path / "a.jsonl", json_lines(record))).only == Document(
        "7", FOG, "Fog", "Courier", EIGHT, "https://c.example", "en",
        {"desk": {"name": "coast"}, "words": 15, "note": None},
    )  # fmt: skip


def test_fields_can_have_other_names(tmp_path: Path) -> None:
    record = {"key": "x", "body": FOG, "published": 1931071200, "text": "teaser"}
    reading = Reading(
        write(tmp_path / "a.jsonl", json_lines(record)), id_field="key", text_field="body", date_field="published"
    )
    assert reading.only == Document("x", FOG, date=EIGHT, fields={"text": "teaser"})


def test_values_that_cannot_be_used_stay_in_the_fields(tmp_path: Path) -> None:
    record = {"text": FOG, "outlet": {"name": "Courier"}, "language": "English", "date": "soon", "title": 7, "url": ""}
    document = Reading(write(tmp_path / "a.jsonl", json_lines(record))).only
    assert document.fields == {"outlet": {"name": "Courier"}, "language": "English", "date": "soon"}
    assert (document.title, document.url, document.date) == ("7", None, None)


@pytest.mark.parametrize("value", [None, "", " ", float("nan")])
def test_a_record_without_an_id_goes_by_file_and_line(tmp_path: Path, value: object) -> None:
    write(tmp_path / "n/a.jsonl", "\n" + json_lines({"id": value, "text": "1"}, {"text": "2"}))
    assert Reading(tmp_path).ids == ["n/a.jsonl:2", "n/a.jsonl:3"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"text": "cut",', "not JSON at column 16"),
        ("[1, 2]", "not a JSON object but list"),
        ('{"txt": "a", "n": 1}', "no field 'text'; there are 'txt', 'n'"),
        ("{}", "no field 'text'; there are none"),
        ('{"text": null}', "field 'text' is not a text but null"),
        ('{"text": 7}', "field 'text' is not a text but int"),
        ('{"text": ["a"]}', "field 'text' is not a text but an array"),
        ('{"text": "a", "id": ["x"]}', "field 'id' is not an id but an array"),
        ("[" * 100_000, "not JSON that can be read"),
        ('{"text": "a", "n": ' + "9" * 10_000 + "}", "not JSON that can be read"),
        ('{"\\u001b[31m\\n": 1}', r"there are '\x1b[31m\n'"),
    ],
)
def test_a_broken_line_costs_only_itself_and_is_named(tmp_path: Path, line: str, why: str) -> None:
    good = json_lines({"id": "good", "text": FOG})
    path = write(tmp_path / "a.jsonl", f"{good}{line}\n{good.replace('good', 'better')}")
    reading = Reading(path)
    assert reading.ids == ["good", "better"]
    assert reading.only_skipped.where == f"{path}:2"
    assert why in reading.only_skipped.why
    assert reading.only_skipped.why.isprintable()


def test_lines_in_another_encoding_are_repaired_and_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in ("Größe", "Fog " * 20_000, "Le café a fermé")]
    content = "\n".join(lines[:2]).encode() + b"\n" + lines[2].encode("cp1252")
    reading = Reading(write(tmp_path / "a.jsonl", content))
    assert (reading.texts[0], reading.texts[2]) == ("Größe", "Le café a fermé")
    assert "1 lines are not UTF-8" in caplog.text


_VALUES = st.one_of(
    st.sampled_from(["", " ", "fog", "nöise", "en", "en-GB", "EN", "2031-03-12T08:40:00", "2031-03-12T08:40:00+01:00"]),
    st.sampled_from(["2031-03-12T08:40:00Z", " 2031-03-12T08:40:00 ", "0001-01-01T00:00:00+01:00", "12 Mar 2031", "?"]),
    st.none() | st.booleans() | st.integers(0, 9) | st.floats() | st.lists(st.integers(), max_size=1),
)


@given(
    record=st.fixed_dictionaries(
        {}, optional=dict.fromkeys(["id", "text", "title", "outlet", "date", "url", "language", "desk"], _VALUES)
    ),
    options=st.sampled_from([ReadOptions(), ReadOptions(max_document=3), ReadOptions(url_field="title")]),
)
def test_the_short_way_to_a_document_leads_to_the_same_as_the_long_one(
    record: dict[str, Any], options: ReadOptions
) -> None:
    problems, others = Problems(print), Problems(print)
    given_record = dict(record)
    document = plain_documents(options, problems)(given_record)
    if document is None:
        assert repr(given_record) == repr(record)
        assert problems == others
    else:
        assert repr(document) == repr(document_from_record(record, "?", "?", options, others))
        assert (problems.dates, problems.bad_dates) == (others.dates, others.bad_dates)


@pytest.mark.parametrize("limit", [30, 40, 64_000_000])
def test_lines_are_the_same_wherever_the_pieces_of_a_file_end(tmp_path: Path, limit: int) -> None:
    around = random.Random(3)
    texts = ["ö" * around.choice([0, 1, 7, 17, 40]) for _ in range(9000)]
    lines = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    source = write(tmp_path / "a.jsonl", "\n".join(lines).encode())
    assert source.stat().st_size > 3 << 16
    read = Reading(source, max_document=limit)
    last = len(lines) - 1
    kept = [n for n, line in enumerate(lines) if len(line) + (n < last) <= limit]
    assert read.ids == [f"a.jsonl:{n + 1}" for n in kept]
    assert read.texts == [texts[n] for n in kept]
    assert len(read.skipped) == len(lines) - len(kept)


def test_a_line_far_longer_than_the_limit_costs_only_itself(tmp_path: Path) -> None:
    long = json.dumps({"text": "fog " * 100_000})
    read = Reading(write(tmp_path / "a.jsonl", f'{{"text": "a"}}\n{long}\n{{"text": "b"}}\n'), max_document=100)
    assert read.texts == ["a", "b"]
    assert read.only_skipped.where.endswith("a.jsonl:2")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_json_lines_are_read_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    lines = json.dumps({"text": "雾\u2028港"}, ensure_ascii=False) + "\r\n"
    assert Reading(write(tmp_path / "a.jsonl", (lines * 2).encode(encoding))).texts == ["雾\u2028港"] * 2


def test_lone_surrogates_stay_in_texts_and_are_written_out_in_ids(tmp_path: Path) -> None:
    document = Reading(write(tmp_path / "a.jsonl", '{"id": "x\\ud800", "text": "fog \\ud800"}\n')).only
    assert (document.id, document.text) == ("x\\ud800", "fog \ud800")


def test_duplicate_ids_keep_the_first_and_name_both_places(tmp_path: Path) -> None:
    write(
        tmp_path / "a.jsonl", json_lines({"id": "x", "text": "1"}, {"id": "y", "text": "2"}, {"id": "x", "text": "3"})
    )
    write(tmp_path / "b.jsonl", json_lines({"id": "y", "text": "4"}))
    reading = Reading(tmp_path)
    assert reading.texts == ["1", "2"]
    assert [(s.where, s.why.split(";")[0]) for s in reading.skipped] == [
        (f"{tmp_path / 'a.jsonl'}:3", f"the id 'x' is already that of {tmp_path / 'a.jsonl'}:1"),
        (f"{tmp_path / 'b.jsonl'}:1", f"the id 'y' is already that of {tmp_path / 'a.jsonl'}:2"),
    ]


def test_ids_are_data_and_open_nothing(tmp_path: Path) -> None:
    ids = ["../../etc/passwd", "/etc/passwd", "a\0b", "-", "~", "C:\\x"]
    assert Reading(write(tmp_path / "a.jsonl", json_lines(*({"id": i, "text": FOG} for i in ids)))).ids == ids


def test_dates_not_understood_are_counted_in_one_warning_a_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dates = ["2031-03-12", "soon", None, "later"]
    write(tmp_path / "a.jsonl", json_lines(*({"text": FOG, "date": value} for value in dates)))
    write(tmp_path / "b.md", "---\ndate: never\n---\n")
    write(tmp_path / "c.md", "---\ndate: never\n---\n")
    reading = Reading(tmp_path)
    assert (len(reading.documents), reading.skipped) == (6, [])
    assert [record.getMessage() for record in caplog.records] == [
        f"{tmp_path / 'a.jsonl'}: 2 of 3 dates not understood, the first at {tmp_path / 'a.jsonl'}:2, 'soon'; "
        "these documents are kept without a date",
        f"{tmp_path}: 2 of 2 dates not understood, the first at {tmp_path / 'b.md'}, 'never'; "
        "these documents are kept without a date",
    ]


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.gz", "A.NDJSON.GZ"])
def test_gzipped_records_are_read(tmp_path: Path, name: str) -> None:
    content = "text\nFog\n" if "csv" in name else json_lines({"text": "Fog"})
    assert Reading(write(tmp_path / name, gzip.compress(content.encode()))).texts == ["Fog"]


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.97])
def test_of_a_gzip_file_that_is_cut_short_the_beginning_is_kept(tmp_path: Path, kept: float) -> None:
    numbers = random.Random(1)
    noise = [{"id": i, "text": numbers.randbytes(200).hex()} for i in range(2000)]
    data = gzip.compress(json_lines(*noise).encode())
    reading = Reading(write(tmp_path / "a.jsonl.gz", data[: 20 + int(kept * len(data))]))
    count = len(reading.documents)
    assert reading.texts == [record["text"] for record in noise[:count]]
    assert abs(count - 2000 * kept) < 120
    assert reading.only_skipped.why.startswith("cannot be read")


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.txt.gz", "a.csv.gz"])
def test_what_only_calls_itself_gzip_is_skipped(tmp_path: Path, name: str) -> None:
    assert "cannot be read" in Reading(write(tmp_path / name, FOG)).only_skipped.why
