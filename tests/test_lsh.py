"""Retrieval: bands, joins, rare features; recall as promised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from dedup.documents import TextBatch
from dedup.errors import SettingsError
from dedup.kernels.join import LARGEST_RUN, band_keys, sort_keys
from dedup.lsh import Bands, CandidatePairs, choose_bands, near_pairs
from dedup.reuse import ReuseLimits, reuse_pairs
from dedup.sketch import MinHasher, ShingleSets, Signatures
from dedup.statistics import IDF_ONE, Statistics, TermCounts
from dedup.tokens import tokenize
from tests.reference import sketch as reference


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3)))
def test_packed_pairs_come_back_once_each_in_order(packed: list[int]):
    pairs = CandidatePairs.from_packed(np.array(packed, np.uint64))
    assert [(int(a) % 2**32) << 32 | int(b) % 2**32 for a, b in zip(pairs.left, pairs.right, strict=True)] == sorted(
        set(packed)
    )


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=40), st.integers(1, 30), st.integers(1, 8))
def test_blocks_are_neighbours_of_bounded_number_and_size(drawn: list[tuple[int, int]], size: int, most: int):
    left, right = np.array(drawn, np.int32).reshape(-1, 2).T
    sizes = np.arange(10) * 3
    blocks = CandidatePairs(left, right).blocks(sizes, size=size * most, pairs=most)
    assert [pair for block in blocks for pair in zip(block.left.tolist(), block.right.tolist(), strict=True)] == drawn
    for block in blocks:
        assert 1 <= len(block) <= most + 1
        assert (sizes[block.left] + sizes[block.right])[1:].sum() <= size * most
        documents, inside = block.renumbered()
        assert documents.tolist() == sorted({*block.left.tolist(), *block.right.tolist()})
        assert (documents[inside.left] == block.left).all() and (documents[inside.right] == block.right).all()


@given(st.floats(0.3, 1.0), st.floats(0.5, 0.99))
def test_the_chosen_bands_keep_the_promise_with_the_most_rows(threshold: float, min_recall: float):
    chosen = choose_bands(128, threshold, min_recall)
    assert chosen.recall(threshold) >= min_recall
    finer = Bands(128 // (chosen.rows + 1), chosen.rows + 1)
    assert finer.recall(threshold) < min_recall + 0.1 * (1 - min_recall)


def test_a_promise_that_cannot_be_kept_is_refused_with_what_can():
    with pytest.raises(SettingsError, match="raise num_perm or threshold"):
        choose_bands(16, 0.05, 0.99)


@given(st.lists(st.lists(st.integers(0, 2), min_size=12, max_size=12), min_size=2, max_size=20))
def test_candidates_are_those_that_share_a_band(rows: list[list[int]]):
    signatures = Signatures(np.array(rows, np.uint32), 3, 1, "test")
    documents = np.arange(len(rows), dtype=np.int32)
    found = near_pairs(signatures, documents, threshold=0.6, min_recall=0.9)
    bands = choose_bands(12, 0.6, 0.9)
    expected = reference.pairs_with_common_band(rows, bands.bands, bands.rows, max(1, int(0.4 * 12)))
    assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == expected


def test_documents_that_are_left_out_are_in_no_pair():
    signatures = Signatures(np.full((3, 16), 2**32 - 1, np.uint32), 3, 1, "test")
    found = near_pairs(signatures, np.array([0, 2], np.int32), threshold=0.5, min_recall=0.9)
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 2)]


def test_a_run_of_equal_keys_gives_linearly_many_pairs_and_ties_all_together():
    size = 40 * LARGEST_RUN
    signatures = Signatures(np.ones((size, 16), np.uint32), 3, 1, "test")
    found = near_pairs(signatures, np.arange(size, dtype=np.int32), threshold=0.5, min_recall=0.9)
    assert len(found) < 6 * size
    assert set(found.right.tolist()) == set(range(1, size))


@pytest.mark.parametrize("count", [0, 1, 2, 5_000])
@pytest.mark.parametrize("bands", [1, 3])
def test_keys_ascend_and_name_each_document_once(count: int, bands: int):
    values = np.random.default_rng(4).integers(0, 3, (count + 7, 15)).astype(np.uint32)
    documents = np.arange(7, count + 7, dtype=np.int32)
    id_bits = len(values).bit_length()
    keys = np.empty((bands, count), np.uint64)
    band_keys(values, documents, 2, 3, keys)
    for band, unordered in enumerate(keys, start=2):
        ordered, expected = np.empty_like(unordered), np.sort(unordered)
        sort_keys(unordered, ordered)
        assert np.array_equal(ordered, expected)
        named = (ordered & np.uint64((1 << id_bits) - 1)).astype(np.int64)
        assert np.array_equal(np.sort(named), documents)
        rows = {tuple(row) for row in values[7:, 3 * band : 3 * band + 3].tolist()}
        assert len(set((ordered >> np.uint64(id_bits)).tolist())) == len(rows)


def test_threads_do_not_change_the_candidates():
    rng = np.random.default_rng(3)
    signatures = Signatures(rng.integers(0, 3, (300, 128)).astype(np.uint32), 3, 1, "test")
    documents = np.arange(300, dtype=np.int32)
    one, two = (near_pairs(signatures, documents, threshold=0.5, min_recall=0.99, jobs=jobs) for jobs in (1, 2))
    assert (one.packed() == two.packed()).all()


@pytest.mark.parametrize("length", [20, 50, 100, 500, 2000])
@pytest.mark.parametrize("jaccard", [0.5, 0.7])
def test_recall_at_a_jaccard_is_kept_at_any_length(length: int, jaccard: float):
    pairs, min_recall = 250, 0.95
    shared = round(2 * length * jaccard / (1 + jaccard))
    texts = []
    for trial in range(pairs):
        common = [f"c{trial}x{i}" for i in range(shared)]
        for side in "ab":
            own = [f"{side}{trial}x{i}" for i in range(length - shared)]
            texts.append(" ".join(common + own))
    signatures = MinHasher(shingle_size=1).signatures(tokenize(TextBatch.from_texts(texts)))
    truth = shared / (2 * length - shared)
    found = near_pairs(
        signatures, np.arange(2 * pairs, dtype=np.int32), threshold=min(truth, jaccard), min_recall=min_recall
    )
    hits = int(((found.left % 2 == 0) & (found.right == found.left + 1)).sum())
    assert hits >= binom.ppf(0.001, pairs, min_recall)


def rare_features(texts: list[str], statistics: Statistics, limits: ReuseLimits) -> list[dict[int, int]]:
    tokens = tokenize(TextBatch.from_texts(texts))
    sets, counts = ShingleSets.from_tokens(tokens), TermCounts.from_tokens(tokens)
    documents = []
    for i in range(len(texts)):
        terms = counts.terms[counts.offsets[i] : counts.offsets[i + 1]]
        idf = statistics.idf(terms, "en")
        features = {
            int(term): int(value) * 8 // IDF_ONE
            for term, value in zip(terms, idf, strict=True)
            if value >= limits.min_idf * IDF_ONE
        }
        features |= dict.fromkeys(sets.values[sets.offsets[i] : sets.offsets[i + 1]].tolist(), 48)
        documents.append(features)
    return documents


WORD_LISTS = st.lists(st.sampled_from("fog ferry quay harbour tram the of a".split()), max_size=12)


@given(st.lists(st.tuples(WORD_LISTS, st.integers(0, 5)), min_size=2, max_size=12), st.integers(1, 3))
def test_reuse_candidates_are_those_that_share_enough_rarity(drawn: list[tuple[list[str], int]], large_family: int):
    texts = [" ".join(chosen) for chosen, _ in drawn]
    labels = [label for _, label in drawn]
    families = [labels.index(label) for label in labels]
    tokens = tokenize(TextBatch.from_texts(texts))
    background = Statistics.background()
    limits = ReuseLimits(max_frequency=4, min_weight=12.0, large_family=large_family)
    found = reuse_pairs(
        ShingleSets.from_tokens(tokens),
        TermCounts.from_tokens(tokens),
        statistics=background,
        languages=["en"] * len(texts),
        families=np.array(families),
        limits=limits,
    )
    features = rare_features(texts, background, limits)
    weights = reference.shared_weights(features, families, limits.max_frequency, limits.large_family)
    expected = {pair for pair, weight in weights.items() if weight >= 12 * 8}
    assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == expected


def test_long_texts_must_share_more_than_short_ones():
    def pair_of(length: int) -> list[str]:
        own = [" ".join(f"{side}{i}" for i in range(length)) for side in "lr"]
        return [f"{text} zanzibar quagmire flotsam" for text in own]

    tokens = tokenize(TextBatch.from_texts(pair_of(20) + pair_of(20_000)))
    arguments = {"statistics": Statistics.background(), "languages": ["en"] * 4}
    sets, counts = ShingleSets.from_tokens(tokens), TermCounts.from_tokens(tokens)
    found = reuse_pairs(sets, counts, limits=ReuseLimits(min_weight=20.0), **arguments)
    pairs = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert (0, 1) in pairs and (0, 2) in pairs
    assert (2, 3) not in pairs


def test_the_work_is_bounded_by_lowering_the_frequency_limit():
    texts = [f"zanzibar quagmire {i} {i}x" for i in range(40)]
    tokens = tokenize(TextBatch.from_texts(texts))
    arguments = {
        "statistics": Statistics.background(),
        "languages": ["en"] * len(texts),
    }
    sets, counts = ShingleSets.from_tokens(tokens), TermCounts.from_tokens(tokens)
    free = reuse_pairs(sets, counts, limits=ReuseLimits(max_frequency=40, min_weight=5.0), **arguments)
    bound = reuse_pairs(sets, counts, limits=ReuseLimits(max_frequency=40, min_weight=5.0, max_work=50), **arguments)
    assert len(free) == 40 * 39 // 2
    assert len(bound) == 0


def test_neither_threads_nor_order_change_the_reuse_candidates():
    rng = np.random.default_rng(5)
    words = [f"w{i}" for i in range(400)]
    texts = [" ".join(words[k] for k in rng.integers(400, size=30)) for _ in range(200)]
    families = np.arange(200) // 3 * 3

    def candidates(order: list[int], jobs: int) -> set[tuple[int, int]]:
        place = {old: new for new, old in enumerate(order)}
        heads = {head: min(place[old] for old in range(200) if families[old] == head) for head in set(families)}
        tokens = tokenize(TextBatch.from_texts(texts[old] for old in order))
        found = reuse_pairs(
            ShingleSets.from_tokens(tokens),
            TermCounts.from_tokens(tokens),
            statistics=Statistics.background(),
            languages=["en"] * 200,
            families=np.array([heads[families[old]] for old in order]),
            jobs=jobs,
        )
        return {tuple(sorted((order[a], order[b]))) for a, b in zip(found.left, found.right, strict=True)}

    plain = candidates(list(range(200)), 1)
    assert plain
    assert candidates(list(range(200)), 2) == plain
    assert candidates(rng.permutation(200).tolist(), 2) == plain
