"""Tuning: that it measures what the near tier does, and that it can say that there is nothing to tune on."""

import json
import random

import numpy as np
import pytest
from typer.testing import CliRunner

from dedup import Document, Settings
from dedup.cli import app
from dedup.documents import TextBatch
from dedup.exact import find_similar
from dedup.lsh import near_pairs
from dedup.sketch import MinHasher, ShingleSamples
from dedup.tokens import tokenize
from dedup.tuning import find_valley, measure_share, tune


def texts_of(pairs, *, length=120, changed=0.1, seed=1):
    """Pairs of texts of which the second has a share of its words changed."""
    draw = random.Random(seed)
    words = [f"w{number}" for number in range(20_000)]
    found = []
    for number in range(pairs):
        text = [draw.choice(words) for _ in range(length)]
        other = [f"x{draw.random()}" if draw.random() < changed else word for word in text]
        found += [Document(f"{number}a", " ".join(text)), Document(f"{number}b", " ".join(other))]
    return found


def test_the_exact_join_finds_what_comparing_all_finds():
    texts = [document.text for document in texts_of(30, length=40, changed=0.15)]
    sets = ShingleSamples(sampled=1.0).transform(texts)
    plain = [set(sets.values[a:b].tolist()) for a, b in zip(sets.offsets[:-1], sets.offsets[1:], strict=True)]
    wanted = [
        (a, b)
        for a in range(len(plain))
        for b in range(a + 1, len(plain))
        if len(plain[a] & plain[b]) >= 0.4 * len(plain[a] | plain[b])
    ]
    found = find_similar(sets, 0.4)
    assert wanted and list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == wanted


def test_what_is_measured_is_what_the_near_tier_finds():
    documents = texts_of(60)
    told = tune(documents)
    tokens = tokenize(TextBatch.from_texts(document.text for document in documents))
    found = near_pairs(MinHasher().signatures(tokens), np.arange(len(documents), dtype=np.int32))
    [chosen] = [item for item in told.tried if item.chosen]
    assert (chosen.bands, chosen.rows) == (42, 3) and chosen.candidates == len(found)
    assert chosen.share.pairs == sum(share.pairs for low, _, share in told.histogram if low >= 0.5)
    assert chosen.share.pairs == sum(share.pairs for *_, share in told.lengths) > 30


def test_candidates_grow_with_fewer_rows_and_so_does_the_chance():
    told = tune(texts_of(60, changed=0.2))
    assert [item.rows for item in told.tried] == [5, 4, 3, 2, 1]
    assert [item.candidates for item in told.tried] == sorted(item.candidates for item in told.tried)
    for one, other in zip(told.tried, told.tried[1:], strict=False):
        assert all(a[1] <= b[1] for a, b in zip(one.curve, other.curve, strict=True))


def test_without_similar_pairs_there_is_nothing_to_tune_on():
    told = tune(texts_of(40, changed=1.0))
    assert told.proposal.threshold is None and told.proposal.min_recall is None and told.proposal.bands is None
    assert "nothing to tune on" in told.proposal.why[0]


def test_pairs_all_alike_speak_for_no_other_threshold():
    proposal = tune(texts_of(60)).proposal
    assert proposal.threshold is None and (proposal.bands, proposal.rows) == (42, 3)
    assert "nothing here speaks for another threshold" in proposal.why[0]


def test_a_gap_between_two_kinds_of_pairs_is_found():
    documents = texts_of(120, changed=0.01, seed=1) + [
        Document(f"z{document.id}", document.text) for document in texts_of(160, changed=0.22, seed=2)
    ]
    proposal = tune(documents).proposal
    assert 0.6 < proposal.threshold < 0.95 and proposal.rows > 3


def test_a_recall_that_is_kept_is_proposed_and_one_that_is_not_is_mended():
    documents = texts_of(150, changed=0.08)
    kept = tune(documents, recall=0.9).proposal
    assert kept.min_recall == 0.9
    poor = Settings(threshold=0.45, num_perm=16)
    told = tune(documents, settings=poor, recall=0.5)
    assert told.wanted == 0.5 and told.num_perm == 16


def test_of_many_texts_the_same_ones_are_measured_in_any_order():
    documents = texts_of(40)
    told = tune(documents, sample=30)
    assert told.sampled == 30 and told.different == 80
    assert tune(documents[::-1], sample=30) == told


def test_equal_texts_and_texts_without_words_are_not_measured():
    told = tune([Document("a", "One text."), Document("b", "ONE text!"), Document("c", "—"), Document("d", "Another.")])
    assert (told.documents, told.different, told.sampled) == (4, 2, 2)


def test_an_interval_says_how_little_few_pairs_prove():
    assert measure_share(np.ones(3, bool)).low < 0.5 < measure_share(np.ones(100, bool)).low
    assert measure_share(np.zeros(0, bool)).recall is None


@pytest.mark.parametrize(
    ("counts", "place"),
    [([200, 90, 1, 80, 150], 2), ([200, 90, 60, 80, 150], None), ([9, 1, 0, 1, 9], None), ([500, 0, 0, 0, 12], None)],
)
def test_a_valley_must_be_deep_and_have_many_on_both_sides(counts, place):
    assert find_valley(counts) == place


class TestCommandLine:
    @pytest.fixture
    def records(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        path = tmp_path / "articles.jsonl"
        lines = [json.dumps({"id": document.id, "text": document.text}) for document in texts_of(50)]
        path.write_text("\n".join(lines), encoding="utf-8")
        return path

    def run(self, *arguments):
        return CliRunner().invoke(app, ["tune", *map(str, arguments), "--quiet"])

    def test_people_get_curves_shares_and_a_proposal(self, records):
        result = self.run(records)
        assert result.exit_code == 0
        for part in ("100 documents", "chance to be found", "42 × 3 *", "by words of the shorter text", "proposed: "):
            assert part in result.stdout

    def test_programs_get_json(self, records):
        told = json.loads(self.run(records, "--format", "json", "--recall", "0.95", "--threshold", "0.6").stdout)
        assert told["threshold"] == 0.6 and told["wanted"] == 0.95
        assert {"header", "histogram", "lengths", "tried", "proposal"} <= told.keys()

    def test_other_formats_are_refused(self, records):
        result = self.run(records, "--format", "csv")
        assert result.exit_code == 2 and "as a table or as JSON" in result.stderr
