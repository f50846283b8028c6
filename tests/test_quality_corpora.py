"""Corpora are taken by path, told apart by digest, and their absence is said and never passed over."""

from __future__ import annotations

import json

import pytest

from benchmarks.__main__ import main
from benchmarks.quality.corpora import CORPORA, digest, pan_pairs, read_text
from benchmarks.quality.pan13 import KINDS, measure


@pytest.fixture
def _no_corpora(monkeypatch):
    monkeypatch.delenv("DEDUP_CORPORA", raising=False)
    monkeypatch.delenv("DEDUP_STORY_SEEDS", raising=False)


@pytest.mark.usefixtures("_no_corpora")
def test_an_absent_corpus_is_skipped_with_what_to_do(capsys, tmp_path):
    report = tmp_path / "report.json"
    assert main(["quality", "--only", "pan13", "story-seeds", "--json", str(report)]) == 0
    said = capsys.readouterr().out
    assert "pan13: skipped: set DEDUP_CORPORA to the folder that holds pan13/" in said
    assert "story-seeds: skipped: set DEDUP_STORY_SEEDS to its folder" in said
    assert "neither passed nor failed: pan13, story-seeds" in said
    assert set(json.loads(report.read_text())["skipped"]) == {"pan13", "story-seeds"}


@pytest.mark.usefixtures("_no_corpora")
def test_a_given_folder_outranks_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("DEDUP_CORPORA", str(tmp_path / "nowhere"))
    (tmp_path / "pan13").mkdir()
    (tmp_path / "pan13" / "pairs").write_text("")
    assert CORPORA["pan13"].path({}) is None
    assert CORPORA["pan13"].path({"DEDUP_CORPORA": tmp_path}) == tmp_path / "pan13"


def test_an_unknown_corpus_is_bad_usage():
    with pytest.raises(SystemExit) as stopped:
        main(["quality", "--only", "pan99"])
    assert stopped.value.code == 2


def test_a_digest_changes_with_names_and_contents_but_not_with_notes(tmp_path):
    (tmp_path / "a.txt").write_text("fog")
    first = digest(tmp_path)
    (tmp_path / "README.md").write_text("about")
    assert digest(tmp_path) == first
    (tmp_path / "a.txt").write_text("Fog")
    second = digest(tmp_path)
    (tmp_path / "a.txt").rename(tmp_path / "b.txt")
    assert len({first, second, digest(tmp_path)}) == 3


def test_texts_keep_their_line_ends_and_may_be_windows_1252(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("café\r\n".encode())
    assert read_text(path) == "café\r\n"
    path.write_bytes(b"caf\xe9 \x93fog\x94")
    assert read_text(path) == "café “fog”"


PASSAGE = (
    "The harbour pilots of Wendle brought eleven trawlers through the breakwater before noon, and the twelfth, "
    "the Sybil Grace, waited outside until the tide had turned and the swell was down to two metres."
)
OWN = "Beekeepers in the upper valley say that the lime trees flowered nine days early. Nobody has weighed the honey."
OTHER = "The council read forty letters about the library roof. A builder from Aske offered slate at half the price."


@pytest.fixture
def corpus(tmp_path):
    """Two pairs of each kind: document 1 holds the passage, document 2 nothing of the source."""
    root = tmp_path / "pan13"
    for folder in ("src", "susp", *KINDS.values()):
        (root / folder).mkdir(parents=True)
    source, derived = f"{OTHER}\n\n{PASSAGE}\n", f"{OWN}\n\n{PASSAGE}\n"
    (root / "src" / "source-document00007.txt").write_text(source)
    (root / "susp" / "suspicious-document00001.txt").write_text(derived)
    (root / "susp" / "suspicious-document00002.txt").write_text(OWN)
    case = {
        "name": "plagiarism",
        "source_reference": "source-document00007.txt",
        "this_offset": derived.index(PASSAGE),
        "this_length": len(PASSAGE),
        "source_offset": source.index(PASSAGE),
        "source_length": len(PASSAGE),
    }
    feature = "<feature {} />".format(" ".join(f'{name}="{value}"' for name, value in case.items()))
    about = '<feature name="about" language="en" />'
    for folder in KINDS.values():
        lines = [f"suspicious-document0000{n}.txt source-document00007.txt\n" for n in (1, 2)]
        (root / folder / "pairs").write_text("".join(lines))
        for number, inner in ((1, about + feature), (2, about)):
            truth = f'<document reference="suspicious-document0000{number}.txt">{inner}</document>'
            (root / folder / f"suspicious-document0000{number}-source-document00007.xml").write_text(truth)
    return root


def test_pan_truth_is_read_in_characters_with_the_suspicious_side_first(corpus):
    first, second = pan_pairs(corpus, KINDS["verbatim"])
    (case,) = first.cases
    assert (corpus / "susp" / first.derived).read_text()[case.derived_start : case.derived_end] == PASSAGE
    assert (corpus / "src" / first.source).read_text()[case.source_start : case.source_end] == PASSAGE
    assert second.cases == ()
    assert (first.number, second.number) == (1, 2)


def test_a_copied_passage_is_detected_where_it_stands(corpus):
    figures = measure(corpus, jobs=1).figures
    assert figures["pan13.entire.plagdet"].value > 0.9
    assert figures["pan13.verbatim.without_reuse_left_alone"].value == 1.0


def test_a_sample_is_marked_as_a_part(corpus):
    assert measure(corpus, sample=1, jobs=1).partial
    assert not measure(corpus, jobs=1).partial


def test_the_gate_passes_on_its_own_floors_and_fails_when_the_corpus_has_changed(corpus, capsys):
    command = ["quality", "--only", "pan13", "--corpora", str(corpus.parent), "--floors", str(corpus.parent / "f.json")]
    assert main([*command, "--update"]) == 0
    assert main(command) == 0
    (corpus / "susp" / "suspicious-document00002.txt").write_text(OWN + " ")
    assert main(command) == 1
    assert "FAILED pan13: the files or labels are not those" in capsys.readouterr().out
    assert main([*command, "--sample", "1"]) == 0
