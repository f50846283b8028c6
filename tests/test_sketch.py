"""Shingles, signatures and the estimates that they give."""

import numba
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import check_estimator

from dedup.documents import TextBatch
from dedup.errors import MismatchError
from dedup.kernels.sorting import sort_evenly, sort_unique
from dedup.sketch import SCHEMES, MinHasher, ShingleSamples, ShingleSets, Signatures
from dedup.tokens import tokenize
from tests.reference import sketch as reference

WORDS = st.sampled_from(["fog", "harbour", "ferry", "der", "Großbrand", "ελλάς", "наводнение", "مدينة", "𝔉𝔬𝔤", "don’t"])
SINGLES = st.sampled_from(list("港口起雾了渡轮搁浅东京"))
TEXTS = st.one_of(
    st.just(""),
    st.lists(WORDS, max_size=60).map(" ".join),
    st.lists(SINGLES, max_size=60).map("".join),
    st.lists(st.one_of(WORDS.map(lambda word: f" {word} "), SINGLES), max_size=60).map("".join),
)


SORT_UNIQUE = numba.njit(sort_unique.py_func)  # what only kernels call has no wrapper for Python


def token_lists(texts: list[str]) -> list[list[int]]:
    tokens = tokenize(TextBatch.from_texts(texts))
    return [tokens.hashes[a:b].tolist() for a, b in zip(tokens.offsets[:-1], tokens.offsets[1:], strict=True)]


@given(st.lists(TEXTS, min_size=1, max_size=5), st.integers(1, 7))
def test_shingle_sets_are_those_of_the_oracle(texts: list[str], size: int):
    sets = ShingleSets.from_tokens(tokenize(TextBatch.from_texts(texts)), shingle_size=size)
    for i, tokens in enumerate(token_lists(texts)):
        expected = sorted(set(reference.shingles(tokens, size)))
        assert sets.values[sets.offsets[i] : sets.offsets[i + 1]].tolist() == expected
        assert sets.totals[i] == len(expected)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.floats(0.05, 1.0))
def test_a_sample_keeps_the_smallest_hashes_and_counts_all(texts: list[str], share: float):
    tokens = tokenize(TextBatch.from_texts(texts))
    sample, full = ShingleSets.from_tokens(tokens, sampled=share), ShingleSets.from_tokens(tokens)
    for i in range(len(texts)):
        everything = full.values[full.offsets[i] : full.offsets[i + 1]]
        kept = sample.values[sample.offsets[i] : sample.offsets[i + 1]]
        assert kept.tolist() == [value for value in everything.tolist() if value <= int(share * 2**64)]
    assert sample.totals.tolist() == full.totals.tolist()


@given(st.lists(TEXTS, min_size=1, max_size=4), st.integers(1, 140), st.integers(0, 2**32))
def test_signatures_are_those_of_the_oracle(texts: list[str], num_perm: int, seed: int):
    values = MinHasher(num_perm=num_perm, seed=seed).transform(texts)
    for row, tokens in zip(values.tolist(), token_lists(texts), strict=True):
        assert row == reference.signature(reference.shingles(tokens, 3), num_perm, seed)


@pytest.mark.parametrize(
    ("scheme", "oracle"),
    [("permutations", reference.mersenne_signature), ("affine-permutations", reference.affine_signature)],
)
@given(texts=st.lists(TEXTS, min_size=1, max_size=3), num_perm=st.integers(1, 40), seed=st.integers(0, 2**64 - 1))
def test_permuted_signatures_are_those_of_the_oracle(scheme, oracle, texts: list[str], num_perm: int, seed: int):
    hasher = MinHasher(num_perm=num_perm, seed=seed, scheme=scheme)
    factors, summands = hasher.permutations().tolist()
    for row, tokens in zip(hasher.transform(texts).tolist(), token_lists(texts), strict=True):
        assert row == oracle(reference.shingles(tokens, 3), factors, summands)


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=200))
def test_sort_unique_sorts_and_removes_repeats(values: list[int]):
    given_values = np.array(values, np.uint64)
    out = np.empty(len(values), np.uint64)
    kept = SORT_UNIQUE(given_values, len(values), out, np.empty(2 * len(values) + 2, np.int32))
    assert out[:kept].tolist() == sorted(set(values))


@given(
    values=st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5), max_size=200), equal=st.sampled_from([0, 60, 300])
)
def test_sort_evenly_sorts_or_says_that_it_cannot(values: list[int], equal: int):
    given_values = np.array(values + [7 << 60] * equal, np.uint64)
    out = np.empty_like(given_values)
    if sort_evenly(given_values, out):
        assert out.tolist() == sorted(given_values.tolist())
    else:
        assert equal == 300 or len(values) > 64


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("length", [10, 20, 50, 100, 500])
def test_the_estimate_is_unbiased_and_as_exact_as_promised_at_any_length(length: int, scheme: str):
    estimates, truths = [], []
    for trial in range(60):
        shared = [f"s{trial}x{i}" for i in range(2 * length // 3)]
        left = shared + [f"l{trial}x{i}" for i in range(length - len(shared))]
        right = shared + [f"r{trial}x{i}" for i in range(length - len(shared))]
        a, b = MinHasher(128, shingle_size=1, scheme=scheme).transform([" ".join(left), " ".join(right)])
        estimates.append(float((a == b).mean()))
        truths.append(reference.jaccard(set(map(hash, left)), set(map(hash, right))))
    errors = np.array(estimates) - np.array(truths)
    assert abs(errors.mean()) < 4 * 0.0442 / np.sqrt(60)
    assert np.sqrt((errors**2).mean()) < 1.35 * 0.0442


def test_the_batch_does_not_change_a_signature():
    texts = [f"one two three {i} four five" for i in range(50)]
    together = MinHasher().transform(texts)
    alone = np.concatenate([MinHasher().transform([text]) for text in texts])
    assert (together == alone).all()


def test_threads_and_batches_do_not_change_a_sketch(monkeypatch: pytest.MonkeyPatch):
    texts = [" ".join(f"w{i * j % 29}" for j in range(i % 50)) for i in range(200)]
    whole, samples = MinHasher().transform(texts), ShingleSamples(sampled=0.5).transform(texts)
    monkeypatch.setattr("dedup.sketch._BATCH_BYTES", 500)
    for jobs in (1, 2, 3):
        hasher = MinHasher(n_jobs=jobs)
        assert (hasher.transform(iter(texts)) == whole).all()
        assert (hasher.signatures(tokenize(TextBatch.from_texts(texts))).values == whole).all()
        batched = ShingleSamples(sampled=0.5, n_jobs=jobs).transform(iter(texts))
        for name in ("values", "offsets", "totals"):
            assert (getattr(batched, name) == getattr(samples, name)).all()


@pytest.mark.parametrize("length", [10, 50, 500])
def test_samples_estimate_containment_without_bias_at_any_length(length: int):
    texts, trials = [], 400
    for trial in range(trials):
        words = [f"w{trial}x{i}" for i in range(length)]
        texts += [" ".join(words), " ".join(words[: length // 2] + [f"o{trial}x{i}" for i in range(3 * length)])]
    sets = ShingleSamples(shingle_size=1, sampled=0.25).transform(texts)
    numbers = np.arange(0, 2 * trials, 2)
    for found, truth, n in zip(
        sets.containments(numbers, numbers + 1), (0.5, 1 / 7), (length, 3.5 * length), strict=True
    ):
        error = np.sqrt(truth * (1 - truth) / (0.25 * n))
        assert abs(found.mean() - truth) < 5 * error / np.sqrt(trials)
        assert found.std() < 1.5 * error


@given(st.lists(TEXTS, min_size=2, max_size=5), st.integers(1, 4))
def test_containments_of_whole_sets_are_exact(texts: list[str], size: int):
    sets = ShingleSamples(shingle_size=size, sampled=1.0).transform(texts)
    known = [set(reference.shingles(tokens, size)) for tokens in token_lists(texts)]
    left, right = np.triu_indices(len(texts), 1)
    for a, b, here, there in zip(left, right, *sets.containments(left, right), strict=True):
        assert here == len(known[a] & known[b]) / max(1, len(known[a]))
        assert there == len(known[a] & known[b]) / max(1, len(known[b]))


@pytest.mark.parametrize("change", [{"shingle_size": 2}, {"sampled": 0.5}])
def test_sets_made_otherwise_are_not_put_together(change: dict[str, float]):
    first, other = (ShingleSamples(**given).transform(["a b c d"]) for given in ({}, change))
    assert len(ShingleSets.concatenate([first, first])) == 2
    with pytest.raises(MismatchError, match=next(iter(change))):
        ShingleSets.concatenate([first, other])


@pytest.mark.parametrize("wrong", [{"shingle_size": 0}, {"sampled": 0.0}, {"sampled": 1.5}])
def test_senseless_samples_are_refused(wrong: dict[str, float]):
    with pytest.raises(ValueError, match="must be"):
        ShingleSamples(**wrong).fit()
    with pytest.raises(ValueError, match=r"pass \[text\]"):
        ShingleSamples().transform("a text")


def test_an_empty_text_has_the_largest_values_and_no_texts_give_no_rows():
    assert (MinHasher(num_perm=16).transform([""]) == 2**32 - 1).all()
    assert MinHasher(num_perm=16).transform([]).shape == (0, 16)


def test_one_text_instead_of_many_is_refused():
    with pytest.raises(ValueError, match=r"pass \[text\]"):
        MinHasher().transform("a text")


@pytest.mark.parametrize("wrong", [{"num_perm": 0}, {"shingle_size": 0}, {"seed": -1}, {"scheme": "simhash"}])
def test_senseless_parameters_are_refused(wrong: dict[str, int]):
    with pytest.raises(ValueError, match="must be"):
        MinHasher(**wrong).fit()


def test_parameters_can_be_read_and_set_as_scikit_learn_does():
    hasher = MinHasher(num_perm=64).set_params(seed=7)
    assert hasher.get_params() == {
        "num_perm": 64, "shingle_size": 3, "seed": 7, "scheme": "fast-similarity", "n_jobs": 1,
    }  # fmt: skip
    assert ShingleSamples(sampled=0.5).get_params() == {"shingle_size": 3, "sampled": 0.5, "n_jobs": 1}
    with pytest.raises(ValueError, match="MinHasher has no parameter 'perms'"):
        hasher.set_params(perms=3)


TRANSFORMERS = pytest.mark.parametrize("transformer", [MinHasher(), ShingleSamples()], ids=["MinHasher", "samples"])


@TRANSFORMERS
@pytest.mark.filterwarnings("ignore:Can't test estimator")
def test_scikit_learn_takes_it_for_one_of_its_own(transformer):
    results = check_estimator(transformer, on_fail=None, on_skip=None)
    assert {result["status"] for result in results} == {"passed"}


@TRANSFORMERS
@pytest.mark.parametrize(
    "check",
    [
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_get_params_invariance",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_set_params",
        "check_valid_tag_types",
    ],
)
def test_it_passes_each_check_of_scikit_learn_that_needs_no_numbers(check: str, transformer):
    """``check_estimator`` itself leaves most of these out for what takes text."""
    getattr(estimator_checks, check)(type(transformer).__name__, transformer)


def test_it_works_in_a_pipeline_and_can_be_cloned():
    texts = ["fog on the quay", "fog on the quay today", "apples are cheap"]
    pipeline = make_pipeline(clone(MinHasher(num_perm=32)), FunctionTransformer(lambda rows: rows[:, :4]))
    assert (pipeline.fit_transform(texts) == MinHasher(num_perm=32).transform(texts)[:, :4]).all()
    assert (pipeline.transform(texts) == pipeline.fit(texts).transform(texts)).all()
    assert clone(MinHasher(seed=9, scheme="permutations")).get_params()["scheme"] == "permutations"


def test_other_containers_of_text_give_the_same_signatures():
    texts = ["fog on the quay", "", "港口起雾了渡轮搁浅东京"]
    expected = MinHasher(num_perm=16).transform(texts)
    for container in (tuple(texts), iter(texts), np.array(texts), np.array(texts, object)):
        assert (MinHasher(num_perm=16).transform(container) == expected).all()


@pytest.mark.parametrize("change", [{"seed": 2}, {"shingle_size": 5}, {"num_perm": 64}])
def test_signatures_made_otherwise_are_not_compared(change: dict[str, int]):
    tokens = tokenize(TextBatch.from_texts(["a b c d"]))
    first = MinHasher().signatures(tokens)
    with pytest.raises(MismatchError, match=next(iter(change))):
        first.check_comparable(MinHasher(**change).signatures(tokens))
    with pytest.raises(MismatchError, match="scheme"):
        first.check_comparable(Signatures(first.values, 3, 1, "another"))


class Miscounted(list[str]):
    """Texts that say how many they are, and are wrong."""

    said = 0

    def __len__(self) -> int:
        return self.said


@pytest.mark.parametrize("said", [0, 3, 5_000, 20_000])
def test_signatures_do_not_depend_on_how_many_texts_there_seem_to_be(said: int):
    texts = [f"fog number {number} at the quay of this harbour" * 5 for number in range(5_000)]
    expected = MinHasher(num_perm=16).transform(texts)
    miscounted = Miscounted(texts)
    miscounted.said = said
    assert len(expected) == len(texts)
    assert np.array_equal(MinHasher(num_perm=16).transform(miscounted), expected)
    assert np.array_equal(MinHasher(num_perm=16, n_jobs=2).transform(text for text in texts), expected)
