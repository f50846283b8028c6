"""What an index keeps, refuses and says of itself."""

import threading
from dataclasses import fields
from datetime import UTC, datetime

import numpy as np
import pytest

from dedup import Document, Settings, compare
from dedup.corpus import Corpus
from dedup.errors import DamageError, MismatchError
from dedup.index import Index, kept
from dedup.index.parts import Part, Sketches, spread
from dedup.lsh import Bands
from dedup.store import ArrayFile, Disk, FileShelf
from tests.index.texts import TEXTS, WIRE, small, stored  # noqa: F401

SOME = [Document(f"d{number:02}", text) for number, text in enumerate(TEXTS)]


def test_a_document_comes_back_as_it_went_in(tmp_path):
    whole = Document(
        "näme \udcf6", "İ 🌫️\r\n\ud800 text", title="T\udc80", outlet="Mail", date=datetime(2031, 3, 1, 2, 3, 4, 5, UTC),
        url="u", language="en", fields={"list": [1, None], "deep": {"a": 1.5}},
    )  # fmt: skip
    with Index.open(tmp_path / "a") as index:
        index.add(whole)
    with Index.open(tmp_path / "a", writing=False) as index:
        assert index.get(whole.id) == whole and whole.id in index and len(index) == 1
        assert index.get("other") is None and "other" not in index and 7 not in index


def test_what_json_does_not_know_is_kept_as_its_text():
    with Index.in_memory() as index:
        index.add(Document("a", WIRE, fields={"day": datetime(2031, 3, 1, tzinfo=UTC)}))
        assert index.get("a").fields == {"day": "2031-03-01 00:00:00+00:00"}


def test_documents_come_in_every_form():
    pandas, pyarrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    rows = [{"id": "a", "text": WIRE, "outlet": "Mail"}, {"id": "b", "text": "Orchestras tune to the oboe."}]
    for given, ids in (
        (Document("a", WIRE), ["a"]),
        (("a", WIRE), ["a"]),
        ([("a", WIRE), Document("b", "")], ["a", "b"]),
        (iter([("a", WIRE)]), ["a"]),
        (pandas.DataFrame(rows), ["a", "b"]),
        (pyarrow.Table.from_pylist(rows), ["a", "b"]),
    ):
        with Index.in_memory() as index:
            assert index.add(given) == len(ids) == len(index)
            assert list(stored(index)) == ids
    with Index.in_memory() as index:
        index.add([WIRE, WIRE, "Another."])
        assert len(index) == 2
        with pytest.raises(TypeError, match="expected a Document"):
            index.add([7])


def test_since_gives_what_touches_newer_documents():
    with Index.in_memory() as index:
        index.add(SOME[:8])
        mark = index.mark
        index.add(SOME[8:])
        whole, newer = compare(SOME), {item.id for item in SOME[8:]}
        found = index.compare(since=mark)
        assert found.matches == [match for match in whole.matches if {match.left, match.right} & newer]
        assert found.matches and found.families and len(found.matches) < len(whole.matches)
        assert index.compare(since=index.mark).matches == []
        assert index.families() == whole.families


def test_other_settings_are_refused_and_other_judgement_is_not(tmp_path):
    Index.open(tmp_path / "a", settings=Settings(threshold=0.6)).close()
    with Index.open(tmp_path / "a") as index:
        assert index.settings.threshold == 0.6
    Index.open(tmp_path / "a", settings=Settings(threshold=0.6, all_pairs=True)).close()
    with pytest.raises(MismatchError, match=r"threshold 0\.5, not 0\.6"):
        Index.open(tmp_path / "a", settings=Settings())
    with pytest.raises(MismatchError, match="was made with texts"):
        Index.open(tmp_path / "a", texts=False)


@pytest.mark.usefixtures("small")
def test_sketches_of_another_version_are_refused_and_made_anew(tmp_path, monkeypatch):
    with Index.open(tmp_path / "a") as index:
        index.add(SOME)
        index.refresh()
        expected = [index.query(("x", text)) for text in TEXTS]
        with index._core.database.transaction():
            index._core.database.set_facts({"scheme": "older"})
            index._core.database._execute("UPDATE documents SET fingerprint = NULL WHERE id < X'643035'")
    with pytest.raises(MismatchError, match="dedup index rebuild"):
        Index.open(tmp_path / "a")
    with Index.open(tmp_path / "a", migrate=True) as index:
        assert [index.query(("x", text)) for text in TEXTS] == expected
        assert index.verify() == []
    Index.open(tmp_path / "a").close()
    assert kept.outdated({"scheme": "older"}, Settings()) == "older"


def test_threads_share_an_index():
    with Index.in_memory() as index:
        index.add(SOME)
        expected, answers = index.query(WIRE), []
        threads = [threading.Thread(target=lambda: answers.append(index.query(WIRE))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [expected] * 4


def test_files_of_arrays_are_refused_when_cut_or_changed(tmp_path):
    shelf = FileShelf(tmp_path, Disk(durable=False))
    arrays = {"a": np.arange(5), "b": np.ones((2, 3), np.uint8), "c": np.empty(0, np.uint32)}
    kept_arrays = shelf.put("x", arrays, {"what": "test"})
    assert all(np.array_equal(kept_arrays[name], array) for name, array in arrays.items())
    file = tmp_path / "x.arrays"
    assert ArrayFile.open(file).about == {"what": "test"} and shelf.damaged("x") == []
    content = file.read_bytes()
    for number in range(len(content)):
        file.write_bytes(content[:number])
        with pytest.raises(DamageError):
            ArrayFile.open(file)
    gaps = 0
    for number in range(len(content)):
        file.write_bytes(content[:number] + bytes([content[number] ^ 4]) + content[number + 1 :])
        try:
            gaps += not ArrayFile.open(file).damaged()
        except DamageError:
            continue
    assert gaps < 3 * 64  # what lies between the arrays says nothing


def test_parts_merge_to_what_they_would_be_if_built_as_one():
    dice = np.random.default_rng(5)
    sketches = []
    for number in range(6):
        size = 7
        lengths = dice.integers(0, 30, size)
        keys = dice.integers(0, 2**44, lengths.sum(), np.uint64) << np.uint64(20)
        keys |= dice.integers(40, 60, len(keys), np.uint64)
        sketches.append(
            Sketches(
                np.arange(number * size, (number + 1) * size), dice.integers(0, 9, (size, 8), np.uint32),
                dice.integers(100, 300, size, np.int32), *spread(keys), np.concatenate([[0], np.cumsum(lengths)]),
            )
        )  # fmt: skip
    bands, removed = Bands(4, 2), np.array([3, 20, 41])
    merged = Part.merge([Part.build(some, bands) for some in sketches], removed, bands)
    again = Part.merge([merged], np.empty(0, np.int64), bands)
    kept_rows = np.isin(np.arange(42), removed, invert=True)
    offsets = np.concatenate([[0], np.cumsum(np.concatenate([np.diff(some.offsets) for some in sketches]))])
    of_posting = np.repeat(np.arange(42), np.diff(offsets))
    one = Part.build(
        Sketches(
            np.arange(42)[kept_rows], np.concatenate([some.signatures for some in sketches])[kept_rows],
            np.concatenate([some.least for some in sketches])[kept_rows],
            np.concatenate([some.features for some in sketches])[kept_rows[of_posting]],
            np.concatenate([some.weights for some in sketches])[kept_rows[of_posting]],
            np.concatenate([[0], np.cumsum(np.diff(offsets)[kept_rows])]),
        ),
        bands,
    )  # fmt: skip
    for name, array in one.arrays().items():
        assert np.array_equal(array, merged.arrays()[name]) and np.array_equal(array, again.arrays()[name])


def test_a_batch_with_some_copies_is_tokenised_once_and_derived_as_its_texts_are(monkeypatch):
    documents = [Document(f"n{number}", f"{WIRE} {number} of {number * 7} more.") for number in range(8)]
    batch = [
        *documents[:5],
        Document("a", documents[2].text),
        Document("z", documents[4].text),
        *documents[5:],
        Document("y", ""),
    ]
    calls = []
    build = Corpus.from_documents
    monkeypatch.setattr(Corpus, "from_documents", lambda given: calls.append(len(given)) or build(given))
    with Index.in_memory() as index:
        taken = []
        append = index._core.holdings.append
        monkeypatch.setattr(
            index._core.holdings, "append", lambda found, *rest: taken.append(found) or append(found, *rest)
        )
        index.add(batch)
        assert calls == [len(batch)]
        [found] = taken
        [expected] = index._core._stored(1, int(index._core.facts["next_entry"]) - 1)
        for field in fields(found):
            assert getattr(found, field.name).tolist() == getattr(expected, field.name).tolist()
            assert getattr(found, field.name).dtype == getattr(expected, field.name).dtype
        assert len(found) == 8
