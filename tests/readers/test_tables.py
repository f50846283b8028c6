"""CSV and Parquet."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.documents import Document
from tests.readers.reading import EIGHT, Reading, write

# Tables


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")).filter(str.strip), min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_table_gives_back_the_cells_that_were_written(tmp_path: Path, cells: list[str]) -> None:
    for name, dialect in (("a.csv", "excel"), ("a.tsv", "excel-tab")):
        table = io.StringIO(newline="")
        csv.writer(table, dialect, quoting=csv.QUOTE_ALL).writerows([["n", "text"], *enumerate(cells)])
        reading = Reading(write(tmp_path / name, table.getvalue()))
        assert reading.texts == cells
        assert [document.fields for document in reading.documents] == [{"n": str(i)} for i in range(len(cells))]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_of_a_csv_is_the_one_that_finds_the_text(tmp_path: Path, delimiter: str) -> None:
    content = delimiter.join(["id", "text"]) + "\n" + delimiter.join(["a", "Fog"]) + "\n"
    assert Reading(write(tmp_path / "a.csv", "\ufeff" + content)).only == Document("a", "Fog")


def test_rows_go_by_the_line_on_which_they_begin(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'text,outlet\n"one\ntwo",A\n\nthree\nfour,B,C\nfive,\n')
    reading = Reading(path)
    assert list(zip(reading.ids, reading.texts, strict=True)) == [
        ("a.csv:2", "one\ntwo"), ("a.csv:5", "three"), ("a.csv:7", "five")
    ]  # fmt: skip
    assert (reading.only_skipped.where, reading.only_skipped.why[:30]) == (
        f"{path}:6",
        "3 cells under 2 columns; is a ",
    )


def test_a_table_without_the_text_names_its_columns(tmp_path: Path) -> None:
    assert Reading(write(tmp_path / "a.csv", "id,body\n1,Fog\n")).only_skipped.why == (
        "no column 'text'; there are 'id', 'body'"
    )


@pytest.mark.parametrize("content", ["", "\n\n", "text\n"])
def test_a_table_without_rows_has_no_documents(tmp_path: Path, content: str) -> None:
    reading = Reading(write(tmp_path / "a.csv", content))
    assert (reading.documents, reading.skipped) == ([], [])


def test_a_cell_of_megabytes_is_read(tmp_path: Path) -> None:
    text = "fog " * 500_000
    assert Reading(write(tmp_path / "a.csv", f"text\n{text}\n")).texts == [text]


# Parquet


def write_parquet(path: Path, columns: dict[str, Any]) -> Path:
    arrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.table(columns), path)
    return path


def test_parquet_rows_become_documents(tmp_path: Path) -> None:
    texts = [f"Fog {i}" for i in range(1200)]
    path = write_parquet(tmp_path / "a.parquet", {"text": texts, "date": [EIGHT] * 1200, "tags": [["sea"]] * 1200})
    reading = Reading(path)
    assert reading.texts == texts
    assert reading.documents[700] == Document("a.parquet:701", "Fog 700", date=EIGHT, fields={"tags": ["sea"]})


def test_parquet_of_every_make_is_read(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    ns = arrow.array([1931071200 * 10**9 + 1], arrow.timestamp("ns", "Europe/Oslo"))
    columns = {
        "text": arrow.array(["Fog"], arrow.large_string()).dictionary_encode(),
        "date": ns,
        "id": arrow.array([7]),
    }
    assert Reading(write_parquet(tmp_path / "a.parquet", columns)).only == Document("7", "Fog", date=EIGHT)


def test_parquet_text_that_is_not_utf8_costs_no_other_row(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    raw = arrow.array(
        ["Größe".encode(), "Le café a fermé".encode("cp1252"), b"\0\xff\xfe", None, b"Fog"], arrow.binary()
    )
    for name, column in (("a.parquet", raw), ("b.parquet", raw.view(arrow.string()))):
        reading = Reading(write_parquet(tmp_path / name, {"text": column}))
        assert reading.texts == ["Größe", "Le café a fermé", "Fog"]
        assert [skipped.where[-2:] for skipped in reading.skipped] == [":3", ":4"]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1 and then nothing of sense PAR1"])
def test_damaged_parquet_is_skipped(tmp_path: Path, content: bytes) -> None:
    pytest.importorskip("pyarrow")
    assert "cannot be read" in Reading(write(tmp_path / "a.parquet", content)).only_skipped.why


def test_parquet_without_the_text_names_its_columns(tmp_path: Path) -> None:
    assert (
        "no column 'text'; there are 'body'"
        in Reading(write_parquet(tmp_path / "a.parquet", {"body": ["Fog"]})).only_skipped.why
    )
