"""Which files of folders and arguments are read, in what order, under which ids."""

from __future__ import annotations

import logging
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from dedup.documents import Document
from dedup.errors import ReadError, Skipped
from dedup.readers import ReadOptions, read_documents
from tests.readers.reading import FOG, Reading, json_lines, needs_fifo, needs_links, write

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


# Options


@pytest.mark.parametrize("wrong", [{"include": "*.txt"}, {"exclude": ["*.txt"]}])
def test_patterns_that_are_no_tuple_are_a_type_error(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="tuple of patterns"):
        ReadOptions(**wrong)


def test_a_limit_below_one_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="max_document"):
        ReadOptions(max_document=0)
