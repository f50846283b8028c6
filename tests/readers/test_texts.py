"""Text files, pages and standard input; and content of any kind, which costs no other file."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.documents import Document
from dedup.errors import MissingExtra
from dedup.readers import read_documents
from tests.readers.reading import EIGHT, FOG, Reading, json_lines, needs_fifo, write

# Text


@given(st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_text_is_that_of_the_file_with_its_newlines(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "a.txt", codecs.BOM_UTF8 + text.encode())
    with path.open(encoding="utf-8-sig", newline="") as file:
        expected = file.read()
    reading = Reading(path)
    assert (reading.texts, reading.skipped) == ([expected], [])


@pytest.mark.parametrize("text", ["", " \n\t\r\n ", "\ufeff"])
def test_empty_and_blank_files_are_documents(tmp_path: Path, text: str) -> None:
    reading = Reading(write(tmp_path / "a.txt", text))
    assert (reading.only.text.strip(), reading.skipped) == ("", [])


def test_one_word_is_a_document(tmp_path: Path) -> None:
    assert Reading(write(tmp_path / "a.txt", "Fog")).texts == ["Fog"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("text", ["Größe\r\n", "𝒻og 🌫\r", "ضباب في الميناء", "雾锁港口\n"])
def test_unicode_is_read_by_its_mark_or_as_utf8(tmp_path: Path, encoding: str, text: str) -> None:
    assert Reading(write(tmp_path / "a.txt", text.encode(encoding))).texts == [text]


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1252", "The café closed."),
        ("cp1252", "Der Nebel über dem Hafen löste sich erst nach zwölf auf, und die Fähren blieben am Kai."),
        ("cp1250", "Mgła zamknęła port o świcie, więc promy stały przy nabrzeżu aż do południa."),
        ("cp932", "夜明けの霧で港は閉鎖され、フェリーは正午まで岸壁にとどまった。"),
        ("big5", "清晨大霧封鎖了港口，渡輪一直等到中午才離開碼頭。"),
        ("cp949", "새벽 안개로 항구가 폐쇄되어 여객선은 정오까지 부두에 머물렀다."),
        ("cp1252", "« C’est une décision difficile », a déclaré la présidente du port à l’arrivée des députés."),
        ("cp1251", "Порт закрыли утром, потому что туман стоял над водой, и паромы ждали до полудня."),
        ("gb18030", "清晨大雾封锁了港口，渡轮一直等到中午才离开码头，乘客们在候船室里休息。"),
    ],
)
def test_other_encodings_are_guessed(tmp_path: Path, encoding: str, text: str) -> None:
    assert Reading(write(tmp_path / "a.txt", text.encode(encoding))).texts == [text]
    assert Reading(write(tmp_path / "b.tsv", f"text\n{text}\n".encode(encoding))).texts == [text]


def test_damaged_utf8_keeps_what_is_sound(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    damaged = "Der Nebel über dem Hafen löste sich erst nach zwölf auf.".encode().replace("ö".encode(), b"\xc3", 1)
    assert Reading(write(tmp_path / "a.txt", damaged)).texts == [
        "Der Nebel über dem Hafen l\ufffdste sich erst nach zwölf auf."
    ]
    assert "1 places are damaged" in caplog.text


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.jsonl", "a.csv", "a.dump"])
def test_binary_files_are_skipped_with_the_reason(tmp_path: Path, name: str) -> None:
    write(tmp_path / name, b"\x7fELF\0\0\x01" * 99)
    write(tmp_path / "b.txt")
    reading = Reading(tmp_path, include=("*",))
    assert reading.ids == ["b.txt"]
    assert "NUL bytes" in reading.only_skipped.why


def test_bytes_in_no_encoding_are_skipped(tmp_path: Path) -> None:
    assert "no other encoding fits" in Reading(write(tmp_path / "a.txt", bytes(range(1, 256)) * 8)).only_skipped.why


def test_fifty_megabytes_on_one_line_are_one_document(tmp_path: Path) -> None:
    text = "fog " * 12_500_000
    assert Reading(write(tmp_path / "a.txt", text)).texts == [text]
    assert Reading(write(tmp_path / "a.jsonl", json_lines({"text": text}, {"text": FOG}))).texts == [text, FOG]


def test_what_is_larger_than_the_limit_is_skipped_and_the_rest_is_read(tmp_path: Path) -> None:
    long = "fog " * 300
    write(tmp_path / "a.txt", long)
    write(tmp_path / "b.jsonl", json_lines({"text": "1"}, {"text": long}, {"text": "3"}))
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(json_lines({"text": long * 99}, {"text": "2"}).encode()))
    (tmp_path / "d.txt.gz").write_bytes(gzip.compress(bytes(10_000_000)))
    write(tmp_path / "e.csv", f'text\n"{long}"\nnever\n')
    write(tmp_path / "f.md", FOG)
    reading = Reading(tmp_path, max_document=999)
    assert reading.ids == ["b.jsonl:1", "b.jsonl:3", "c.jsonl.gz:2", "f.md"]
    assert [Path(s.where).name for s in reading.skipped] == ["a.txt", "b.jsonl:2", "c.jsonl.gz:1", "d.txt.gz", "e.csv"]
    assert all("larger than 999" in skipped.why for skipped in reading.skipped)
    assert "what follows was not read" in reading.skipped[-1].why


def test_front_matter_tells_of_the_document_and_leaves_the_text(tmp_path: Path) -> None:
    front = '---\ntitle: "Fog: again"\r\ndate: 2031-03-12 09:40 +0100\noutlet: Courier\n'
    front += "language: en-GB\ntags:\n  - sea\n---\n"
    document = Reading(write(tmp_path / "a.md", front + FOG)).only
    assert (document.text, document.title, document.outlet) == (FOG, "Fog: again", "Courier")
    assert (document.date, document.language, dict(document.fields)) == (EIGHT, "en", {"tags": "- sea"})


@pytest.mark.parametrize(
    "text", ["---\nA rule above.\n---\nBelow.", "---\ntitle: never closed\n", "---", "----\na: b\n---\n"]
)
def test_what_is_no_front_matter_stays_text(tmp_path: Path, text: str) -> None:
    assert Reading(write(tmp_path / "a.md", text)).only == Document("a.md", text)


# Pages

PAGE = """<!DOCTYPE html><html lang="en-GB"><head>{meta}<title>Fog closes harbour</title>
<meta property="og:site_name" content="The Courier">
<meta property="article:published_time" content="2031-03-12T09:40:00+01:00">
<link rel="canonical" href="https://courier.example/fog"></head><body><nav><a href="/">Home</a></nav><article>
<h1>Fog closes harbour</h1><p>Fog closed the café quay at dawn on Wednesday, and the ferries to the islands stayed where
they were until the harbour master could see the outer light again.</p><p>Passengers waited for three hours in the old
customs hall, where volunteers served them soup and the children drew ships on the windows.</p></article>
<footer>© The Courier</footer></body></html>"""


@pytest.mark.parametrize(("meta", "encoding"), [("", "utf-8"), ('<meta charset="iso-8859-2">', "iso-8859-2")])
def test_a_page_gives_its_main_text_and_what_it_says_of_itself(tmp_path: Path, meta: str, encoding: str) -> None:
    pytest.importorskip("trafilatura")
    page = PAGE.replace("{meta}", meta).replace("©", "")
    document = Reading(write(tmp_path / "a.html", page.encode(encoding))).only
    assert (document.id, document.title, document.outlet) == ("a.html", "Fog closes harbour", "The Courier")
    assert (document.date, document.url, document.language) == (EIGHT, "https://courier.example/fog", "en")
    assert "Fog closed the café quay" in document.text
    assert "Home" not in document.text


@pytest.mark.parametrize("page", ["<p>", "<html><body></body></html>", "<div>" * 50_000, "<!-- Fog"])
def test_a_page_without_main_text_is_skipped(tmp_path: Path, page: str) -> None:
    pytest.importorskip("trafilatura")
    assert "page" in Reading(write(tmp_path / "a.htm", page)).only_skipped.why


def test_an_empty_page_is_an_empty_document(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    assert Reading(write(tmp_path / "a.html", " \n")).only == Document("a.html", "")


# Standard input


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> Any:
    def feed(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return feed


@pytest.mark.parametrize("front", [b"", codecs.BOM_UTF8, b"\n \n"])
def test_standard_input_that_begins_like_an_object_is_json_lines(stdin: Any, front: bytes) -> None:
    stdin(front + json_lines({"text": FOG}, {"id": "x", "text": "Fog"}, {}).encode())
    reading = Reading("-", "-")
    line = 1 + front.count(b"\n")
    assert list(zip(reading.ids, reading.texts, strict=True)) == [(f"stdin:{line}", FOG), ("x", "Fog")]
    assert reading.only_skipped.where == f"stdin:{line + 2}"


@pytest.mark.parametrize("content", ["", FOG, "{curly} fog", "﻿雾"])
def test_other_standard_input_is_one_text(stdin: Any, content: str) -> None:
    stdin(content.encode())
    assert Reading("-").only == Document("stdin", content.removeprefix("\ufeff"))


def test_binary_standard_input_is_skipped(stdin: Any) -> None:
    stdin(b"\0" * 100)
    assert Reading("-").only_skipped.where == "stdin"


@needs_fifo
def test_a_pipe_as_an_argument_is_read(tmp_path: Path) -> None:
    source, sink = os.pipe()
    os.write(sink, json_lines({"id": "x", "text": FOG}).encode())
    os.close(sink)
    try:
        assert Reading(f"/dev/fd/{source}").only == Document("x", FOG)
    finally:
        os.close(source)


# Anything at all


@pytest.mark.parametrize("suffix", ["txt", "md", "html", "jsonl", "csv", "tsv", "parquet", "txt.gz", "jsonl.gz", "bin"])
@given(st.binary(max_size=300) | st.text().map(str.encode) | st.binary(max_size=300).map(gzip.compress))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
def test_no_content_stops_the_reading_of_the_next_file(tmp_path: Path, suffix: str, content: bytes) -> None:
    pytest.importorskip("trafilatura")
    pytest.importorskip("pyarrow")
    reading = Reading(write(tmp_path / f"a.{suffix}", content), write(tmp_path / "b.txt"))
    assert reading.documents[-1] == Document("b.txt", FOG)
    assert len(reading.documents) + len(reading.skipped) >= 2 or "sv" in suffix or "jsonl" in suffix


# Extras


@pytest.mark.parametrize(
    ("name", "package", "extra"), [("a.html", "trafilatura", "html"), ("a.parquet", "pyarrow", "parquet")]
)
def test_a_missing_extra_is_named_and_costs_no_other_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, package: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    path = write(tmp_path / name, "Fog")
    write(tmp_path / "b.txt")
    with pytest.raises(MissingExtra, match=rf"pip install 'dedup\[{extra}\]'"):
        read_documents([tmp_path / "b.txt", path], on_skip=print)
    reading = Reading(tmp_path)
    assert reading.ids == ["b.txt"]
    assert f"dedup[{extra}]" in reading.only_skipped.why
