"""Crashes at every write, full disks, damaged files, and what is left of removed documents."""

import errno
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
import zlib
from contextlib import suppress
from pathlib import Path

import pytest

from dedup import DedupError, Document
from dedup.errors import DamageError, StoreError
from dedup.index import Index
from dedup.store import Disk
from tests.index.texts import (
    TEXTS,
    WIRE,
    Crash,
    Failing,
    abandon,
    answers,
    open_failing,
    small,  # noqa: F401
    stored,
)

SOME = [Document(f"d{number:02}", text) for number, text in enumerate(TEXTS)]
CHANGES = {
    "add": lambda index: index.add([("new", WIRE + " Further."), ("d03", "Put in place of another one.")]),
    "add until sealed": lambda index: index.add([(f"e{n}", f"{WIRE} And {n} more.") for n in range(6)], batch=2),
    "remove": lambda index: index.remove(["d01", "d02", "d05"]),
    "compact": lambda index: index.compact(),
    "refresh": lambda index: index.refresh(),
    "rebuild": lambda index: index.rebuild(),
}


def filled(path) -> Index:
    index = Index.open(path, durable=False)
    index.add(SOME, batch=3)
    index.remove("d04")
    return index


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", CHANGES)
def test_a_crash_at_any_write_leaves_what_was_there_or_what_was_to_be(tmp_path, name):
    filled(tmp_path / "whole").close()
    before, after = [], []
    shutil.copytree(tmp_path / "whole", tmp_path / "changed")
    watching = Failing()
    with Index.open(tmp_path / "whole", writing=False) as index:
        before.append(stored(index))
    with open_failing(tmp_path / "changed", watching) as index:
        watching.steps.clear()
        CHANGES[name](index)
        after.append(stored(index))
    assert watching.steps
    for at in range(len(watching.steps)):
        path = tmp_path / f"crash{at}"
        shutil.copytree(tmp_path / "whole", path)
        failing = Failing()
        index = open_failing(path, failing)
        failing.at = len(failing.steps) + at
        with pytest.raises(Crash):
            CHANGES[name](index)
        abandon(index)
        with Index.open(path, durable=False) as index:
            found = stored(index)
            if name != "add until sealed":
                assert found in before + after
            assert before[0].keys() <= found.keys() or found in after
            assert index.verify() == []
            assert len(index) == len(found)
            with Index.in_memory() as other:
                other._core.statistics, other._core.families = index._core.statistics, index._core.families
                other.add(list(found.values()))
                if name != "refresh":
                    assert answers(index, [WIRE]) == answers(other, [WIRE])
        assert not list(path.glob("*.part"))
        shutil.rmtree(path)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(("name", "number"), [*((name, errno.ENOSPC) for name in CHANGES), ("add", errno.EIO)])
def test_an_error_of_the_disk_is_told_and_the_index_goes_on(tmp_path, name, number):
    filled(tmp_path / "whole").close()
    failing = Failing()
    index = open_failing(tmp_path / "whole", failing)
    for at in range(40):
        failing.error, failing.steps = OSError(number, os.strerror(number)), []
        failing.at = at
        before = stored(index)
        with suppress(DedupError, OSError):
            CHANGES[name](index)
        failing.at = None
        if len(failing.steps) <= at:
            break
        assert stored(index).keys() >= before.keys() - {"d01", "d02", "d05"}
        assert index.verify() == []
        assert index.query(WIRE)
    index.close()


def test_a_full_disk_keeps_what_was_added_before(tmp_path):
    with Index.open(tmp_path / "a", durable=False) as index:
        index.add(SOME)
        pages = index._core.database._execute("PRAGMA page_count").fetchone()[0]
        index._core.database._execute(f"PRAGMA max_page_count = {pages + 4}")
        noise = random.Random(1)
        large = [(f"large{n}", " ".join(f"{noise.getrandbits(64):x}" for _ in range(800))) for n in range(50)]
        with pytest.raises(StoreError, match="the disk is full"):
            index.add(large)
        assert stored(index) == {item.id: item for item in SOME}
        assert index.query(WIRE)
        index._core.database._execute(f"PRAGMA max_page_count = {pages + 4000}")
        assert index.add(large) == 50 and index.verify() == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_killed_process_has_lost_nothing_that_it_said_was_added(tmp_path):
    times = 50 if os.environ.get("DEDUP_LONG_TESTS") else 8
    dice = random.Random(7)
    with Index.open(tmp_path / "a", durable=False) as index:
        index.add(SOME)
        index.query(WIRE)  # compiled before the fork
        index.remove("d01")
        index.compact()
    told = 0
    for attempt in range(times):
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            _add_until_killed(tmp_path / "a", attempt, write)
        os.close(write)
        os.read(read, 1)
        time.sleep(dice.random() * 0.3)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(read, "rb") as pipe:
            numbers = [int(line) for line in pipe.read().split()]
        told += len(numbers)
        with Index.open(tmp_path / "a", durable=False) as index:
            assert all(f"{attempt}-{number}-{k}" in index for number in numbers for k in range(3))
            names = [name for name in index._core.database.names() if name.startswith(f"{attempt}-")]
            assert len(names) % 3 == 0 and len(names) // 3 in (len(numbers), len(numbers) + 1)
            assert index.verify() == []
    assert told


def _add_until_killed(path, attempt: int, write: int):
    from dedup.index import holdings

    holdings.SEALED = 16
    try:
        index = Index.open(path)
        os.write(write, b"\n")
        for number in range(10_000):
            index.add([(f"{attempt}-{number}-{k}", f"{WIRE} {attempt} {number} {k}.") for k in range(3)])
            os.write(write, f"{number}\n".encode())
            if number % 7 == 6:
                index.remove("d02")
                index.compact()
    finally:
        os._exit(1)


@pytest.mark.usefixtures("small")
def test_damaged_and_missing_parts_are_derived_anew(tmp_path):
    index = filled(tmp_path / "a")
    index.compact()
    expected = answers(index, TEXTS)
    index.close()
    parts = sorted((tmp_path / "a").glob("*.arrays"))
    assert len(parts) >= 2
    dice = random.Random(3)
    for turn, part in enumerate([*parts, parts[0], parts[1]]):
        if not part.exists():
            continue
        content = bytearray(part.read_bytes())
        if turn % 3 == 0:
            part.write_bytes(content[: dice.randrange(len(content))])
        elif turn % 3 == 1:
            content[dice.randrange(len(content) - 64, len(content))] ^= 1 << dice.randrange(8)
            part.write_bytes(content)
        else:
            part.unlink()
        with Index.open(tmp_path / "a", writing=False) as reader:
            reader.query(WIRE)
        with Index.open(tmp_path / "a", durable=False) as index:
            index.verify()
            assert index.verify() == []
            assert answers(index, TEXTS) == expected


def test_a_flipped_bit_in_a_document_is_told_and_never_shown(tmp_path):
    with Index.open(tmp_path / "a", durable=False) as index:
        index.add([("a", WIRE), ("b", "Apples are cheap this year.")])
        packed = zlib.compress(b"Pears are cheap this year.", 1)
        index._core.database._execute("UPDATE documents SET text = ? WHERE id = ?", (packed, b"b"))
        assert index.verify() == ["'b': the stored document is damaged; add it again"]
        with pytest.raises(DamageError, match="damaged"):
            index.get("b")
        index.add([("b", "Apples are cheap this year.")])
        assert index.verify() == []


def told_of(path) -> str:
    """What opening an index and checking it says is wrong."""
    try:
        with Index.open(path, durable=False) as index:
            return "\n".join(index.verify())
    except StoreError as problem:
        return str(problem)


@pytest.mark.parametrize("where", [0, 40, 8_192 + 3, -2_000])
def test_a_damaged_database_is_refused_or_told(tmp_path, where):
    with Index.open(tmp_path / "a", durable=False) as index:
        index.add(SOME)
        index.compact()
    file = tmp_path / "a" / "index.sqlite"
    content = bytearray(file.read_bytes())
    content[where : where + 64 if where >= 0 else None] = b"\xff" * 64
    file.write_bytes(content)
    assert str(file) in told_of(tmp_path / "a")


def test_a_truncated_database_is_refused_or_told(tmp_path):
    with Index.open(tmp_path / "a", durable=False) as index:
        index.add(SOME)
    file = tmp_path / "a" / "index.sqlite"
    file.write_bytes(file.read_bytes()[:20_000])
    assert str(file) in told_of(tmp_path / "a")


@pytest.mark.usefixtures("small")
def test_what_is_removed_is_gone_from_every_byte_after_compaction(tmp_path):
    secret = Document("secret-id", "Quorndale vetoed the zephyrine tariff before breakfast.", title="Hush-hush title")
    with Index.open(tmp_path / "a", durable=False) as index:
        index.add([*SOME, secret, *[(f"f{n}", f"{WIRE} {n}") for n in range(9)]], batch=4)
        index.refresh()
        entry = next(entry for entry, row, _ in index._core.database.entries(0, 10**9) if row.id == b"secret-id")
        [sketch] = index._core._stored(entry, entry)
        wanted = [
            b"secret-id", b"Hush-hush title", zlib.compress(secret.text.encode(), 1)[2:-4], sketch.signatures.tobytes(),
        ]  # fmt: skip
        index.remove("secret-id")
    bytes_of = lambda: b"".join(path.read_bytes() for path in sorted((tmp_path / "a").iterdir()))  # noqa: E731
    assert wanted[-1] in bytes_of()
    with Index.open(tmp_path / "a", durable=False) as index:
        assert index.compact() is True
        assert not any(item in bytes_of() for item in wanted)
        assert index.verify() == []


@pytest.mark.usefixtures("small")
def test_a_reader_keeps_its_state_through_changes_and_compaction(tmp_path):
    index = filled(tmp_path / "a")
    with Index.open(tmp_path / "a", writing=False) as reader:
        before, expected = stored(reader), answers(reader, TEXTS)
        index.remove([item.id for item in SOME[:10]])
        index.add([("new", WIRE)])
        assert index.compact() is False
        index.refresh()
        assert stored(reader) == before and answers(reader, TEXTS) == expected
        with pytest.raises(StoreError, match="open for reading"):
            reader.add("Nothing can be added.")
    assert index.compact() is True
    index.close()
    with Index.open(tmp_path / "a", writing=False) as reader:
        assert "new" in reader and "d00" not in reader


def test_a_second_writer_is_refused_until_the_first_is_done(tmp_path):
    first = Index.open(tmp_path / "a")
    with pytest.raises(StoreError, match="writes to this index"):
        Index.open(tmp_path / "a")
    first.close()
    Index.open(tmp_path / "a").close()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="gives up rights for a moment")
def test_a_folder_that_cannot_be_written_can_be_read():
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    with Index.open(folder / "a") as index:
        index.add(SOME)
    os.seteuid(65534)
    try:
        with Index.open(folder / "a", writing=False) as reader:
            assert reader.query(WIRE)
        with pytest.raises(StoreError, match="written"):
            Index.open(folder / "a")
    finally:
        os.seteuid(0)
        shutil.rmtree(folder)


def test_other_databases_and_other_versions_are_refused(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file.txt").write_text("something else")
    with pytest.raises(StoreError, match="other things in it"):
        Index.open(tmp_path / "other")
    (tmp_path / "strange").mkdir()
    connection = sqlite3.connect(tmp_path / "strange" / "index.sqlite")
    connection.execute("CREATE TABLE x (y)")
    connection.close()
    with pytest.raises(StoreError, match="is no index of dedup"):
        Index.open(tmp_path / "strange")
    Index.open(tmp_path / "a").close()
    connection = sqlite3.connect(tmp_path / "a" / "index.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreError, match="version 99"):
        Index.open(tmp_path / "a")
    with pytest.raises(StoreError, match="is no index"):
        Index.open(tmp_path / "nowhere", writing=False)


def test_a_failed_sync_is_an_error_and_not_a_success(tmp_path, monkeypatch):
    def fail(handle):
        raise OSError(errno.EIO, "no")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(StoreError, match="written"):
        Disk().write(tmp_path / "x", [b"y"])
    assert list(tmp_path.iterdir()) == []
