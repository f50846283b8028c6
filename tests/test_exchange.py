"""Signatures to and from datasketch."""

import pickle

import datasketch
import numpy as np
import pytest

from dedup.documents import TextBatch
from dedup.errors import MismatchError
from dedup.exchange import from_datasketch, to_datasketch, to_lean_datasketch
from dedup.sketch import MinHasher, Signatures
from dedup.tokens import tokenize
from tests.reference import sketch as reference

TEXTS = [
    "The night ferry was late again, and nobody on the quay was told why.",
    "Again the night ferry was late, and nobody on the quay was told why.",
    "مرحبا بالعالم من الميناء",
    "港口起雾了渡轮搁浅 𝔉𝔬𝔤",
    "",
]
PERMUTATIONS = [("permutations", "legacy"), ("affine-permutations", "affine32")]


def signatures_of(hasher: MinHasher, texts: list[str] = TEXTS) -> Signatures:
    return hasher.signatures(tokenize(TextBatch.from_texts(texts)))


@pytest.mark.parametrize(("scheme", "theirs"), PERMUTATIONS)
@pytest.mark.filterwarnings("ignore:overflow")
def test_datasketch_computes_the_same_values_from_the_same_hashes(scheme: str, theirs: str):
    hasher = MinHasher(num_perm=64, seed=11, scheme=scheme)
    tokens = tokenize(TextBatch.from_texts(TEXTS))
    for i, row in enumerate(hasher.signatures(tokens).values):
        shingles = reference.shingles(tokens.hashes[tokens.offsets[i] : tokens.offsets[i + 1]].tolist(), 3)
        own = datasketch.MinHash(num_perm=64, seed=hasher.exchange_seed, scheme=theirs, hashfunc=lambda x: x)
        own.update_batch([np.uint32(x % 2**32) for x in shingles])
        assert own.hashvalues.tolist() == row.tolist()


@pytest.mark.parametrize(("scheme", "theirs"), PERMUTATIONS)
@pytest.mark.parametrize("convert", [to_datasketch, to_lean_datasketch])
def test_there_and_back_changes_nothing_and_estimates_are_equal(scheme: str, theirs: str, convert):
    hasher = MinHasher(num_perm=64, scheme=scheme)
    signatures = signatures_of(hasher)
    sketches = convert(signatures, hasher)
    back = from_datasketch(sketches, hasher)
    back.check_comparable(signatures)
    assert (back.values == signatures.values).all()
    assert {sketch.scheme for sketch in sketches} == {theirs}
    for i in range(len(TEXTS)):
        for j in range(len(TEXTS)):
            assert sketches[i].jaccard(sketches[j]) == (signatures.values[i] == signatures.values[j]).mean()


def test_sketches_that_were_kept_come_back():
    hasher = MinHasher(num_perm=32, scheme="affine-permutations")
    signatures = signatures_of(hasher)
    kept = bytearray()
    for sketch in to_lean_datasketch(signatures, hasher):
        buffer = bytearray(sketch.bytesize())
        sketch.serialize(buffer)
        kept += buffer
    size = len(kept) // len(TEXTS)
    sketches = [datasketch.LeanMinHash.deserialize(kept[i * size : (i + 1) * size]) for i in range(len(TEXTS))]
    assert (from_datasketch(sketches, hasher).values == signatures.values).all()
    pickled = pickle.loads(pickle.dumps(to_datasketch(signatures, hasher)))
    assert (from_datasketch(pickled, hasher).values == signatures.values).all()


@pytest.mark.parametrize("seed", [1, 0, 42])
def test_datasketch_refuses_to_compare_them_with_its_own(seed: int):
    hasher = MinHasher(seed=seed, scheme="affine-permutations")
    ours = to_datasketch(signatures_of(hasher), hasher)[0]
    own = datasketch.MinHash(seed=seed)
    with pytest.raises(ValueError, match="different seeds"):
        ours.jaccard(own)
    with pytest.raises(ValueError, match="seed"):
        ours.merge(own)


def test_nothing_can_be_added_that_was_hashed_otherwise():
    hasher = MinHasher(scheme="affine-permutations")
    with pytest.raises(MismatchError, match="MinHasher"):
        to_datasketch(signatures_of(hasher), hasher)[0].update(b"fog")


def test_sketches_of_datasketch_itself_are_refused():
    with pytest.raises(MismatchError, match="has seed 1"):
        from_datasketch([datasketch.MinHash(num_perm=128)], MinHasher(scheme="affine-permutations"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"seed": 2}, "seed"),
        ({"shingle_size": 5}, "seed"),
        ({"num_perm": 64}, "num_perm"),
        ({"scheme": "permutations"}, "scheme"),
        ({"scheme": "fast-similarity"}, "scheme"),
    ],
)
def test_sketches_of_another_hasher_are_refused(change: dict[str, object], word: str):
    hasher = MinHasher(scheme="affine-permutations")
    other = MinHasher(**{**hasher.get_params(), **change})
    with pytest.raises(MismatchError, match=word):
        from_datasketch(to_datasketch(signatures_of(hasher), hasher), other)
    with pytest.raises(MismatchError):
        to_datasketch(signatures_of(hasher), other)


def test_fast_similarity_signatures_have_no_place_in_datasketch():
    hasher = MinHasher()
    with pytest.raises(MismatchError, match="make signatures with one of permutations"):
        to_lean_datasketch(signatures_of(hasher), hasher)
