"""From files, folders, records and standard input to documents; nothing good lost, nothing dropped silently."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import logging
import os
import random
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedup.documents import Document
from dedup.errors import MissingExtra, ReadError, Skipped
from dedup.readers import ReadOptions, read_documents
from dedup.readers.problems import Problems
from dedup.readers.record import document_from_record, plain_documents

FOG = "Fog closed the harbour at dawn.\nThe ferries stayed at the quay until noon.\n"
EIGHT = datetime(2031, 3, 12, 8, 40, tzinfo=UTC)
needs_links = pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege on Windows")
needs_fifo = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")


class Reading:
    """What came of reading: the documents, and what was skipped."""

    def __init__(self, *paths: str | Path, **options: Any) -> None:
        self.skipped: list[Skipped] = []
        self.documents = list(read_documents(paths, ReadOptions(**options), on_skip=self.skipped.append))

    @property
    def ids(self) -> list[str]:
        return [document.id for document in self.documents]

    @property
    def texts(self) -> list[str]:
        return [document.text for document in self.documents]

    @property
    def only(self) -> Document:
        (document,) = self.documents
        return document

    @property
    def only_skipped(self) -> Skipped:
        (skipped,) = self.skipped
        return skipped


def write(path: Path, content: str | bytes = FOG) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def json_lines(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


# Folders


def test_a_folder_is_read_to_its_depths_in_the_order_of_relative_paths(tmp_path: Path) -> None:
    names = ["b.txt", "a/z.txt", "a.txt", "a-b.txt", "a/deep/er/x.md", "Z.txt"]
    for name in names:
        write(tmp_path / name)
    assert Reading(tmp_path).ids == sorted(names)


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    reading = Reading(tmp_path)
    assert reading.documents == []
    assert reading.only_skipped.where == str(tmp_path)
    assert "no file to read" in reading.only_skipped.why


def test_a_folder_of_unknown_kinds_says_which_were_passed_over(tmp_path: Path) -> None:
    write(tmp_path / "a.pdf")
    write(tmp_path / "b.pdf")
    assert "2 files of other kinds passed over (.pdf: 2)" in Reading(tmp_path).only_skipped.why


def test_files_of_other_kinds_are_counted_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "a.pdf")
    with caplog.at_level(logging.INFO, "dedup"):
        reading = Reading(tmp_path)
    assert (reading.ids, reading.skipped) == (["a.txt"], [])
    assert "1 files of other kinds" in caplog.text


def test_hidden_files_and_folders_are_left_out_unless_named(tmp_path: Path) -> None:
    for name in ("a.txt", ".b.txt", ".drafts/c.txt", "d/.e/f.txt"):
        write(tmp_path / name)
    assert Reading(tmp_path).ids == ["a.txt"]
    assert Reading(tmp_path, include=("*.txt",)).ids == ["a.txt"]
    assert Reading(tmp_path, include=(".drafts/*",)).ids == [".drafts/c.txt"]


@pytest.mark.parametrize(
    ("include", "exclude", "expected"),
    [
        (("*.txt",), (), ["a.txt", "n/a.txt", "n/m/a.txt"]),
        (("n/*",), (), ["n/a.log", "n/a.txt", "n/m/a.txt"]),
        (("**/a.txt",), (), ["a.txt", "n/a.txt", "n/m/a.txt"]),
        (("n/**/a.txt",), (), ["n/a.txt", "n/m/a.txt"]),
        (("*.log",), (), ["n/a.log"]),
        (("[ab].txt", "*.log"), (), ["a.txt", "n/a.log"]),
        ((), ("n",), ["a.txt"]),
        ((), ("*/m/*",), ["a.txt", "n/a.txt"]),
        (("*.txt",), ("*/a.txt",), ["a.txt"]),
        (("A.txt",), (), []),
    ],
)
def test_patterns_choose_by_the_relative_path(
    tmp_path: Path, include: tuple[str, ...], exclude: tuple[str, ...], expected: list[str]
) -> None:
    for name in ("a.txt", "n/a.txt", "n/m/a.txt", "n/a.log"):
        write(tmp_path / name)
    assert Reading(tmp_path, include=include, exclude=exclude).ids == expected


def test_a_named_file_is_read_whatever_the_patterns(tmp_path: Path) -> None:
    assert Reading(write(tmp_path / "a.txt"), include=("*.md",), exclude=("*",)).ids == ["a.txt"]


@needs_links
def test_link_loops_neither_hang_nor_count_twice(tmp_path: Path) -> None:
    write(tmp_path / "in/a/a.txt")
    (tmp_path / "in/a/self").symlink_to(tmp_path / "in/a")
    (tmp_path / "in/top").symlink_to("..")
    (tmp_path / "in/again").symlink_to("a")
    (tmp_path / "in/0.txt").symlink_to("a/a.txt")
    (tmp_path / "in/circle.txt").symlink_to("circle.txt")
    (tmp_path / "in/nowhere.txt").symlink_to("nothing.txt")
    reading = Reading(tmp_path / "in")
    assert reading.ids == ["a/a.txt"]
    assert [Path(skipped.where).name for skipped in reading.skipped] == ["circle.txt", "nowhere.txt", "top"]


@needs_links
def test_links_out_of_the_folder_are_followed_once(tmp_path: Path) -> None:
    write(tmp_path / "store/x.txt")
    write(tmp_path / "store/blob", json_lines({"text": FOG}))
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a").symlink_to(tmp_path / "store")
    (tmp_path / "in/b").symlink_to(tmp_path / "store")
    (tmp_path / "in/c.jsonl").symlink_to(tmp_path / "store/blob")
    reading = Reading(tmp_path / "in")
    assert (reading.ids, reading.skipped) == (["a/x.txt", "c.jsonl:1"], [])


@needs_fifo
def test_pipes_and_sockets_in_a_folder_are_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        write(tmp_path / "a.txt")
        reading = Reading(tmp_path)
    assert reading.ids == ["a.txt"]
    assert [Path(skipped.where).name for skipped in reading.skipped] == ["pipe.txt", "socket.txt"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_skipped_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.txt").chmod(0)
    write(tmp_path / "c/c.txt")
    (tmp_path / "c").chmod(0)
    try:
        readings = [Reading(tmp_path), Reading(tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c/c.txt")]
    finally:
        (tmp_path / "c").chmod(0o700)
    for reading in readings:
        assert reading.ids == ["a.txt"]
        assert ["ermission denied" in skipped.why for skipped in reading.skipped] == [True, True]


def test_a_refusal_by_the_system_is_skipped_and_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.txt", "b.txt", "c/c.txt"):
        write(tmp_path / name)
    open_path, scan = Path.open, os.scandir

    def refuse(path: Path, *args: Any, **rest: Any) -> Any:
        if path.name in ("b.txt", "c"):
            raise PermissionError(13, "Permission denied", str(path))
        return open_path(path, *args, **rest)

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(os, "scandir", lambda path: refuse(Path(path)) if Path(path).name == "c" else scan(path))
    reading = Reading(tmp_path)
    assert reading.ids == ["a.txt"]
    assert [(Path(s.where).name, s.why) for s in reading.skipped] == [
        ("c", "cannot be read: Permission denied"),
        ("b.txt", "cannot be read: Permission denied"),
    ]


def test_a_named_path_behind_a_closed_folder_is_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good, closed = write(tmp_path / "a.txt"), tmp_path / "closed/b.html"
    see = Path.stat

    def refuse(path: Path, *args: Any, **rest: Any) -> os.stat_result:
        if path == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return see(path, *args, **rest)

    monkeypatch.setattr(Path, "stat", refuse)
    reading = Reading(closed, good)
    assert (reading.ids, reading.only_skipped.where) == (["a.txt"], str(closed))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux takes any bytes for a name")
def test_names_that_are_not_text_give_ids_that_can_be_printed(tmp_path: Path) -> None:
    write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")))
    write(tmp_path / "a\n\x1b[31m.txt", b"\0")
    reading = Reading(tmp_path)
    assert reading.ids == ["caf\\udce9.txt"]
    assert reading.only_skipped.where.isprintable()


# Arguments


def test_a_missing_path_is_an_error_before_anything_is_read(tmp_path: Path) -> None:
    skipped: list[Skipped] = []
    with pytest.raises(ReadError, match=r"nothing\.txt: there is no such file"):
        read_documents([write(tmp_path / "a.txt"), tmp_path / "nothing.txt"], on_skip=skipped.append)
    assert skipped == []


@pytest.mark.parametrize("path", ["", "a\0b"])
def test_what_is_no_path_is_an_error(path: str) -> None:
    with pytest.raises(ReadError, match=r"not a path|no such file"):
        Reading(path)


def test_one_path_in_place_of_a_list_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="sequence of paths"):
        read_documents("a.txt", on_skip=print)


def test_reading_is_lazy(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    write(tmp_path / "b.txt", b"\0")
    skipped: list[Skipped] = []
    documents = read_documents([tmp_path], on_skip=skipped.append)
    assert (next(documents).id, skipped) == ("a.txt", [])
    assert (list(documents), len(skipped)) == ([], 1)


def test_ids_of_several_arguments_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    for name in ("2030/new/a.txt", "2031/new/a.txt", "2031/old/b.txt"):
        write(tmp_path / name)
    folders = [tmp_path / "2030/new", tmp_path / "2031/new", tmp_path / "2031/old"]
    assert Reading(*folders).ids == ["2030/new/a.txt", "2031/new/a.txt", "b.txt"]
    files = [folders[0] / "a.txt", folders[2] / "b.txt"]
    assert Reading(*files).ids == ["a.txt", "b.txt"]
    assert Reading(folders[0] / "a.txt", folders[2], folders[1]).ids == ["2030/new/a.txt", "b.txt", "2031/new/a.txt"]


def test_arguments_that_overlap_give_each_file_once(tmp_path: Path) -> None:
    a, b = write(tmp_path / "n/a.txt"), write(tmp_path / "n/b.txt")
    reading = Reading(b, tmp_path, tmp_path / "n", a)
    assert (reading.ids, reading.skipped) == (["b.txt", "n/a.txt"], [])


def test_an_argument_of_an_unknown_kind_is_text_or_json_lines(tmp_path: Path) -> None:
    assert Reading(write(tmp_path / "NOTES")).only == Document("NOTES", FOG)
    assert Reading(write(tmp_path / "dump.json", json_lines({"id": 1, "text": FOG}))).ids == ["1"]
    assert Reading(write(tmp_path / "page.wiki", "{{Box}} Fog.")).texts == ["{{Box}} Fog."]


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


# Options


@pytest.mark.parametrize("wrong", [{"include": "*.txt"}, {"exclude": ["*.txt"]}])
def test_patterns_that_are_no_tuple_are_a_type_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="tuple of patterns"):
        ReadOptions(**wrong)


def test_a_limit_below_one_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="max_document"):
        ReadOptions(max_document=0)
