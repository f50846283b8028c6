"""Exact verification in blocks."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import verify as module
from dedup.documents import TextBatch
from dedup.lsh import CandidatePairs
from dedup.tokens import tokenize
from dedup.verify import verify
from tests.reference import sketch as reference

WORDS = st.sampled_from(["fog", "quay", "ferry", "der", "Großbrand", "مدينة", "𝔉𝔬𝔤", "港口起雾", "don’t"])
TEXTS = st.lists(st.lists(WORDS, max_size=15).map(" ".join), min_size=1, max_size=6)


def all_pairs(n: int) -> CandidatePairs:
    left, right = np.triu_indices(n)
    return CandidatePairs(left.astype(np.int32), right.astype(np.int32))


@given(TEXTS, st.integers(1, 4))
def test_figures_are_those_of_the_oracle_from_tokens_and_from_texts(texts: list[str], size: int):
    batch = TextBatch.from_texts(texts)
    tokens, pairs = tokenize(batch), all_pairs(len(texts))
    sets = [
        set(reference.shingles(tokens.hashes[a:b].tolist(), size))
        for a, b in zip(tokens.offsets[:-1], tokens.offsets[1:], strict=True)
    ]
    for source in (tokens, batch, texts):
        found = verify(source, pairs, shingle_size=size)
        for i, (a, b) in enumerate(zip(pairs.left, pairs.right, strict=True)):
            assert found.common[i] == len(sets[a] & sets[b])
            assert (found.left[i], found.right[i]) == (len(sets[a]), len(sets[b]))
        expected = [
            bool(sets[a]) and reference.jaccard(sets[a], sets[b]) >= 0.5
            for a, b in zip(pairs.left, pairs.right, strict=True)
        ]
        assert found.reach(0.5).tolist() == expected


def test_blocks_and_threads_do_not_change_a_figure(monkeypatch: pytest.MonkeyPatch):
    texts = [" ".join(f"w{i * j % 17}" for j in range(i % 40)) for i in range(60)]
    batch, pairs = TextBatch.from_texts(texts), all_pairs(60)
    whole = verify(batch, pairs)
    monkeypatch.setattr(module, "_BLOCK_SIZE", 1 << 12)
    monkeypatch.setattr(module, "_BLOCK_PAIRS", 7)
    for source in (batch, tokenize(batch), texts):
        for jobs in (1, 2):
            blocked = verify(source, pairs, jobs=jobs)
            for name in ("common", "left", "right"):
                assert (getattr(blocked, name) == getattr(whole, name)).all()


def test_no_pairs_have_no_figures():
    nothing = CandidatePairs(np.empty(0, np.int32), np.empty(0, np.int32))
    found = verify(TextBatch.from_texts(["fog"]), nothing)
    assert len(found.common) == len(found.reach(0.5)) == 0
    assert len(verify(TextBatch.from_texts([]), nothing).left) == 0


def test_a_document_larger_than_a_block_is_verified_all_the_same(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_BLOCK_SIZE", 64)
    text = " ".join(f"w{i}" for i in range(3000))
    found = verify(TextBatch.from_texts([text, text + " more"]), all_pairs(2))
    assert found.common.tolist() == [2998, 2998, 2999]


def test_empty_never_matches_empty():
    assert verify(TextBatch.from_texts(["", ""]), all_pairs(2)).reach(0.5).tolist() == [False] * 3
