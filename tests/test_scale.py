"""Collections that do not fit in memory: the same bytes come out, and nothing is left behind."""

import errno
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import pytest

from benchmarks.generate.articles import Articles
from benchmarks.generate.plan import Recipe
from dedup import DedupError, Document, Relation, Settings, compare, fit, passes, scratch, survey
from dedup.corpus import Collection
from dedup.documents import TextBatch
from dedup.fit import within_families
from dedup.passes import TermTally
from dedup.scratch import ByteLog, Parts, Scratch
from dedup.spool import Spool
from tests.test_engine import outputs

STORY = " ".join(f"w{i}" for i in range(120))


@pytest.fixture(scope="module")
def articles() -> list[Document]:
    made = Articles(Recipe(400, family_share=0.3, largest_family=40, words=120, identical=20))
    return [Document(article.id, article.text, outlet=article.outlet, date=article.date) for article in made]


@pytest.fixture(scope="module")
def found(articles) -> str:
    return outputs(compare(articles))


@pytest.mark.parametrize("memory", [0, 50_000, 1 << 30])
def test_memory_does_not_change_a_byte(articles, found, memory: int):
    assert outputs(compare(articles, memory=memory, jobs=2)) == found


def test_neither_batches_nor_order_change_a_byte(articles, found, monkeypatch):
    monkeypatch.setattr(survey, "_BATCH_CHARACTERS", 3_000)
    monkeypatch.setattr(passes, "_TALLY", 100)
    monkeypatch.setattr("dedup.corpus._BLOCK_TOKENS", 2_000)
    assert outputs(compare(Random(3).sample(articles, len(articles)), memory=200_000)) == found


def test_what_is_read_once_is_compared(articles, found):
    assert outputs(compare(iter(articles))) == found


def test_the_near_tier_finds_verified_near_duplicates_and_aligns_nothing(articles):
    near, full = (compare(articles, settings=Settings(tier=tier)) for tier in ("near", "all"))
    home = {name: family.representative for family in near.families for name in family.documents}
    expected = [match for match in full.matches if match.jaccard >= 0.5 and match.relation != "excerpted"]
    assert len(expected) > 100
    assert all(home[match.left] == home[match.right] for match in expected)
    assert all(match.jaccard >= 0.5 and match.relation in ("near_duplicate", "identical") for match in near.matches)
    assert not any(match.passages for match in near.matches)
    assert near.header()["settings"]["tier"] == "near"


def test_the_near_tier_is_the_same_at_any_memory_and_in_any_order(articles):
    settings = Settings(tier="near")
    shuffled = Random(4).sample(articles, len(articles))
    assert outputs(compare(articles, settings=settings)) == outputs(compare(shuffled, settings=settings, memory=0))


def test_a_large_family_gives_one_match_for_each_member_in_the_near_tier():
    begin = datetime(2031, 3, 1, tzinfo=UTC)
    texts = [STORY, *(f"{STORY} end{i}" for i in range(200))]
    documents = [Document(f"{i:03}", text, date=begin - timedelta(days=i % 7)) for i, text in enumerate(texts)]
    near = compare(documents, settings=Settings(tier="near"))
    [family] = near.families
    assert (len(near.matches), len(family), family.representative) == (200, 201, "104")


def test_a_large_family_keeps_texts_far_from_its_first_id_in_the_whole_tier():
    words = [f"w{i}" for i in range(300)]
    texts = [" ".join(words)]
    for number in range(30):
        edited = [f"x{number}y{i}" if (i + 7 * number) % 14 == 0 else word for i, word in enumerate(words)]
        texts.append(" ".join(edited[:-1]))
    begin = datetime(2031, 3, 1, tzinfo=UTC)
    documents = [Document(f"{30 - i:02}", text, date=None if i else begin) for i, text in enumerate(texts)]
    near, full = (compare(documents, settings=Settings(tier=tier)) for tier in ("near", "all"))
    assert [len(family) for family in near.families] == [31]
    assert [len(family) for family in full.families] == [31]
    assert all("30" in (match.left, match.right) for match in full.matches)


def test_pairs_within_families_are_those_of_each_with_each_or_of_each_with_the_representative(monkeypatch):
    monkeypatch.setattr(fit, "LARGE_FAMILY", 3)
    pairs = within_families(np.array([0, 5, 0, 3, 5, 5, 5, 0]))
    found = set(zip(pairs.left.tolist(), pairs.right.tolist(), strict=True))
    assert found == {(0, 2), (0, 7), (2, 7), (1, 5), (4, 5), (5, 6)}


def test_only_pairs_that_tie_families_together_are_verified(monkeypatch):
    verified = []

    def verify(source, pairs, **given):
        verified.append(len(pairs))
        return before(source, pairs, **given)

    before = fit.verify
    monkeypatch.setattr(fit, "verify", verify)
    documents = [Document(f"{i:03}", f"{STORY} end{i}") for i in range(300)]
    near = fit.near_families(Collection.from_documents(documents), Settings(), 1, lambda name, size: None)
    assert set(near.families.tolist()) == {100}
    assert sum(verified) < 2 * len(documents)


def kept(documents: list[Document], memory: int) -> Spool:
    spool = Spool(Scratch(memory))
    for document in documents:
        spool.add([document], TextBatch.from_texts([document.text]))
    spool.finish()
    return spool


@pytest.mark.parametrize("memory", [0, 1 << 20])
def test_documents_come_back_as_they_went_in(memory: int):
    moment = datetime(2031, 3, 12, 8, 40, 0, 17, tzinfo=UTC)
    documents = [
        Document("c", "naïve \udc80 text", title="Fog", date=moment, fields={"desk": "coast", "page": 7}),
        Document("a", "", outlet="", url="https://example.org", language="en"),
        Document("b", "x" * 3000, fields={"tags": ("sea", "fog"), "big": 2**80, "share": 0.1}),
    ]
    spool = kept(documents, memory)
    assert {name: spool[name] for name in spool} == {document.id: document for document in documents}
    assert list(spool) == ["a", "b", "c"] and len(spool) == 3 and "d" not in spool
    assert spool.order().tolist() == [1, 2, 0]


@pytest.mark.parametrize("memory", [0, 100, 1 << 20])
def test_parts_come_back_whole(memory: int):
    parts = Parts(3, Scratch(memory))
    expected: list[list[int]] = [[], [], []]
    rng = np.random.default_rng(3)
    for _ in range(10):
        numbers = rng.integers(0, 2**63, 12).astype(np.uint64)
        bounds = [0, *sorted(rng.integers(0, 13, 2).tolist()), 12]
        parts.add(numbers, bounds)
        for part in range(3):
            expected[part] += numbers[bounds[part] : bounds[part + 1]].tolist()
    assert [sorted(parts.pop(part).tolist()) for part in range(3)] == [sorted(part) for part in expected]
    parts.close()


@pytest.mark.parametrize("memory", [0, 5, 100])
def test_bytes_come_back_whole(memory: int):
    log = ByteLog(Scratch(memory))
    for piece in (b"fog", b"", b"harbour", b"!"):
        log.write(piece)
    assert log.finish()[:11].tobytes() == b"fogharbour!"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_what_the_writing_thread_could_not_write_is_said_at_the_end(monkeypatch, code: int):
    class Failing(io.BytesIO):
        def write(self, data):
            if bytes(data) == b"harbour":
                raise OSError(code, os.strerror(code))
            return super().write(data)

    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: Failing())
    log = ByteLog(Scratch(0))
    for piece in (b"fog", b"harbour", b"!"):
        log.write(piece)
    with pytest.raises(DedupError, match=f"{os.strerror(code)}; let TMPDIR name a roomier folder"):
        log.finish()


def test_terms_are_counted_as_if_all_at_once(monkeypatch):
    monkeypatch.setattr(passes, "_TALLY", 7)
    rng = np.random.default_rng(5)
    lists = [rng.integers(0, 20, size).astype(np.uint64) for size in (0, 3, 30, 1, 12)]
    tally = TermTally()
    for terms in lists:
        tally.add(terms)
    terms, counts = np.unique(np.concatenate(lists), return_counts=True)
    assert tally.table().terms.tolist() == terms.tolist()
    assert tally.table().frequencies.tolist() == counts.tolist()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_ended_run_leaves_no_file_behind(tmp_path: Path, how: signal.Signals):
    folder, temporary = tmp_path / "texts", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    made = Articles(Recipe(2_000, words=200))
    lines = (json.dumps({"id": article.id, "text": article.text}) + "\n" for article in made)
    (folder / "articles.jsonl").write_text("".join(lines), encoding="utf-8")
    output = tmp_path / "out.json"
    program = "from dedup.cli import main; main()"
    command = [sys.executable, "-c", program, "compare", str(folder), "--memory", "0", "--output", str(output)]
    environment = {**os.environ, "TMPDIR": str(temporary)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None and running.stderr.readline().startswith("temporary files: up to 0.0 GB")
        time.sleep(1)
        running.send_signal(how)
        _, said = running.communicate()
    assert list(temporary.iterdir()) == []
    assert not output.exists()
    if how is signal.SIGINT:
        assert running.returncode == 130, said
        assert "interrupted while" in said and "nothing was written" in said


def test_scratch_gives_memory_first_and_files_then():
    room = scratch.Scratch(100)
    assert not isinstance(room.empty((10,), np.uint64), np.memmap)
    assert isinstance(room.empty((10,), np.uint64), np.memmap)
    assert Path(tempfile.gettempdir()).is_dir()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_said_in_one_line(articles, monkeypatch):
    opened = []

    def full(**given):
        opened.append(Path("/dev/full").open("wb", buffering=0))  # noqa: SIM115
        return opened[-1]

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    with pytest.raises(DedupError, match="No space left on device; let TMPDIR name a roomier folder"):
        compare(articles, memory=0)
    for file in opened:
        file.close()


def test_near_duplicates_alone_are_no_setting_of_another_name():
    with pytest.raises(Exception, match="tier must be near or all"):
        Settings().changed({"tier": "far"})
    assert Settings().changed({"tier": "near"}).to_dict()["tier"] == "near"
    assert Relation.IDENTICAL in Settings().relation
