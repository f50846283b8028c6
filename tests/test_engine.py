"""What a comparison promises, whatever its stages do inside."""

import dataclasses
import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedup import DedupError, Document, Relation, Settings, compare, compare_pair, engine, judging
from dedup.engine import explain_pair
from dedup.tokens import fold

CASES = json.loads((Path(__file__).parent / "cases" / "pairs.json").read_text(encoding="utf-8"))
ALL = Settings(relation=tuple(Relation))
WIRE = CASES[2]["left"]
NEWSROOM = Path(__file__).parent.parent / "seeds"


def outputs(comparison) -> str:
    plain = [match.to_dict() for match in comparison.matches]
    return json.dumps([plain, [family.documents for family in comparison.families]], ensure_ascii=False)


def story(name: str) -> list[Document]:
    return [Document(path.name, path.read_bytes().decode("utf-8")) for path in sorted((NEWSROOM / name).glob("*.txt"))]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case["name"], marks=[pytest.mark.xfail(reason=case["fails"])] if "fails" in case else [])
        for case in CASES
    ],
)
def test_cases(case):
    match = compare_pair(case["left"], case["right"])
    assert str(match.relation) in case["relation"], (match.probability, match.reasons)
    assert str(match.origin) in case.get("origin", ["left", "right", "undecided", "common"])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_swapping_the_texts_mirrors_the_match_exactly(case):
    there, back = compare_pair(case["left"], case["right"]), compare_pair(case["right"], case["left"])
    mirrored = there.swap().to_dict() | {"left": "left", "right": "right"}
    if mirrored["source"] is not None:
        mirrored["source"] = {"left": "right", "right": "left"}[mirrored["source"]]
    mirrored.pop("reasons")
    assert mirrored == {name: value for name, value in back.to_dict().items() if name != "reasons"}


def test_a_newsroom_story_is_mirrored_too():
    documents = story("ferry")[:4]
    for left in documents:
        for right in documents:
            if left.id < right.id:
                there, back = compare_pair(left, right).swap().to_dict(), compare_pair(right, left).to_dict()
                assert {**there, "reasons": None} == {**back, "reasons": None}


@pytest.mark.parametrize("text", [WIRE, "fog", "港口起雾了，渡轮搁浅。", "one\n\ntwo\n"])
def test_a_text_is_identical_to_itself_in_every_figure(text):
    match = compare_pair(text, text)
    assert match.relation is Relation.IDENTICAL
    assert match.probability == match.jaccard == match.cosine == 1.0
    assert match.left_containment == match.right_containment == match.left_coverage == match.right_coverage == 1.0


def test_probabilities_sum_to_one_and_agree_with_the_relation():
    for case in CASES:
        match = compare_pair(case["left"], case["right"])
        assert sum(match.relation_probabilities.values()) == pytest.approx(1.0, abs=1e-9)
        derived = sum(
            share
            for relation, share in match.relation_probabilities.items()
            if relation not in ("same_story", "unrelated")
        )
        assert match.probability == pytest.approx(derived, abs=1e-4)
        assert match.derived == (match.probability >= 0.5)


def test_order_and_threads_do_not_change_a_byte():
    documents = (
        story("ferry") + story("seilbahn")[:4] + [Document("empty", ""), Document("copy", WIRE), Document("wire", WIRE)]
    )
    first = outputs(compare(documents, settings=ALL, jobs=1))
    shuffled = random.Random(5).sample(documents, len(documents))
    assert outputs(compare(shuffled, settings=ALL, jobs=2)) == first


def test_blocks_do_not_change_a_byte(monkeypatch):
    documents = story("ferry") + story("seilbahn") + story("museum-zh")
    whole = outputs(compare(documents, settings=ALL))
    monkeypatch.setattr(judging, "_BLOCK_PAIRS", 7)
    assert outputs(compare(documents, settings=ALL)) == whole


def test_empty_documents_are_counted_and_match_nothing():
    found = compare([("a", ""), ("b", " \n"), ("c", "…"), ("d", WIRE), ("e", "")], settings=ALL)
    assert found.matches == []
    assert {stage.name: stage.count for stage in found.stages}["documents without words"] == 4
    assert list(found.documents) == ["a", "b", "c", "d", "e"]


def test_an_empty_result_says_what_each_stage_had():
    names = [stage.name for stage in compare([("a", "one two three"), ("b", "vier fünf sechs")]).stages]
    assert names[0] == "documents" and names[-1] == "matches" and len(names) >= 6


def test_no_documents_at_all_are_no_error():
    found = compare([])
    assert found.matches == [] and found.families == []


def test_spans_slice_the_originals_to_equal_text():
    left = "İstanbul’da sis 🌫️ var. " + WIRE
    right = "𝔉𝔬𝔤! e\u0301tude — " + WIRE.upper()
    match = compare_pair(left, right)
    assert match.passages
    for passage in match.passages:
        a, b = left[passage.left_start : passage.left_end], right[passage.right_start : passage.right_end]
        assert a == a.strip() and b == b.strip()
        if passage.kind == "verbatim":
            assert fold(a) == fold(b)


def test_documents_of_one_id_are_reported_and_the_first_is_kept():
    found = compare([("a", "one"), ("a", "two")])
    assert found.documents["a"].text == "one"
    assert [skipped.where for skipped in found.skipped] == ["a"]


def test_identical_texts_are_tied_to_the_earliest_of_them():
    later, earlier = datetime(2031, 3, 2, tzinfo=UTC), datetime(2031, 3, 1, tzinfo=UTC)
    documents = [Document("a", WIRE, date=later), Document("b", WIRE, date=earlier), Document("c", WIRE, date=later)]
    found = compare(documents)
    assert [(match.left, match.right, match.source) for match in found.matches] == [("a", "b", "b"), ("b", "c", "b")]
    assert [family.documents for family in found.families] == [("b", "a", "c")]
    everything = compare(documents, settings=Settings(all_pairs=True))
    assert len(everything.matches) == 3


def test_many_identical_texts_are_measured_once(monkeypatch):
    measured = []

    def measure(left, right, **given):
        measured.append((left.id, right.id))
        return explain_pair(left, right, **given)

    monkeypatch.setattr(engine, "explain_pair", measure)
    found = compare([(f"{i:04}", WIRE) for i in range(300)])
    assert len(found.matches) == 299
    assert len(found.families) == 1
    assert measured == [("0000", "0001")]
    monkeypatch.undo()
    assert found.matches[9] == dataclasses.replace(compare_pair(WIRE, WIRE), left="0000", right="0010")


def test_equal_texts_of_other_punctuation_have_passages_of_their_own():
    found = compare([("a", "Fog closed the harbour on Monday."), ("b", "Fog closed the harbour – on Monday!")])
    assert [(match.passages[0].left_end, match.passages[0].right_end) for match in found.matches] == [(32, 34)]


def test_against_reports_only_pairs_of_new_and_old_with_the_new_one_left():
    old = [("old/1", WIRE), ("old/2", WIRE + " Late extra sentence.")]
    new = [("new/1", "QUAYSIDE — " + WIRE), ("new/2", "Orchestras tune to the oboe.")]
    found = compare(new, against=old)
    assert {(match.left, match.right) for match in found.matches} == {("new/1", "old/1"), ("new/1", "old/2")}


def test_dates_far_enough_apart_decide_who_was_first():
    early = Document("a", WIRE, date=datetime(2031, 3, 1, tzinfo=UTC))
    late = Document("b", "QUAYSIDE — " + WIRE + " Read more.", date=datetime(2031, 3, 2, tzinfo=UTC))
    match = compare_pair(late, early)
    assert match.source == "a" and str(match.origin) == "right"
    assert any("earlier" in reason for reason in match.reasons)


def test_boilerplate_leaves_numerator_and_denominator_together():
    foot = "\n\nThe Harbour Mail has served the coast since 1884 and is owned by those who read it.\n"
    texts = [CASES[5]["left"], CASES[5]["right"], CASES[9]["left"]]
    others = [(f"x{i}", text + foot) for i, text in enumerate(texts)]
    bare = [(name, text.removesuffix(foot)) for name, text in others]
    without = compare([("a", WIRE), ("b", "Late extra. " + WIRE), *bare], settings=ALL)
    with_foot = compare([("a", WIRE + foot), ("b", "Late extra. " + WIRE + foot), *others], settings=ALL)
    pick = {(match.left, match.right): match for match in without.matches}["a", "b"]
    footed = {(match.left, match.right): match for match in with_foot.matches}["a", "b"]
    assert (pick.jaccard, pick.left_containment, pick.right_coverage) == (
        footed.jaccard, footed.left_containment, footed.right_coverage,
    )  # fmt: skip
    assert not any(match.derived for match in with_foot.matches if match.left.startswith("x"))


def test_evidence_is_plain_values():
    _, evidence = explain_pair(WIRE, WIRE)
    assert json.dumps(evidence.to_dict())


def test_relations_can_be_widened_and_narrowed():
    documents = [("a", WIRE), ("b", WIRE + " Late extra."), ("c", "Orchestras tune to the oboe.")]
    assert len(compare(documents).matches) == 1
    assert compare(documents, settings=Settings(relation=(Relation.REWRITTEN,))).matches == []


def test_a_new_text_that_equals_an_old_one_keeps_its_other_matches():
    old = [("a-old", WIRE), ("b-old", WIRE + " Late extra sentence.")]
    found = compare([("new", WIRE), ("new-too", WIRE)], against=old)
    assert {(match.left, match.right) for match in found.matches} == {
        ("new", "a-old"), ("new", "b-old"), ("new-too", "a-old"), ("new-too", "b-old"),
    }  # fmt: skip
    assert {str(match.relation) for match in found.matches if match.right == "a-old"} == {"identical"}


def test_tables_come_in_and_go_out(tmp_path):
    pandas, pyarrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    rows = [{"id": "a", "text": WIRE, "outlet": "Mail"}, {"id": "b", "text": WIRE + " Late extra.", "outlet": "Post"}]
    for table in (pandas.DataFrame(rows), pyarrow.Table.from_pylist(rows)):
        found = compare(table)
        assert found.documents["a"].outlet == "Mail"
        assert found.to_pandas()["left"].tolist() == ["a"]
        assert found.to_arrow().to_pylist()[0]["passages"][0].keys() == {
            "left_start", "left_end", "right_start", "right_end", "kind",
        }  # fmt: skip
    for suffix in ("jsonl", "json", "csv", "parquet"):
        found.write(tmp_path / f"out.{suffix}")
        assert (tmp_path / f"out.{suffix}").stat().st_size > 0
    with pytest.raises(DedupError, match="no such form of output"):
        found.write(tmp_path / "out.docx")
