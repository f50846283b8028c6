"""Rewrites are found however many copies of their original there are, and also when it is absent."""

import numpy as np
import pytest

from benchmarks.speed.scenario import FIRST_WITHOUT_ORIGINAL, SECOND_WITHOUT_ORIGINAL, WANTED, scenario
from dedup.corpus import Collection
from dedup.documents import Document
from dedup.fit import fit


@pytest.fixture(scope="module")
def found() -> tuple[set[tuple[str, str]], int]:
    documents = scenario(2_000)
    candidates = fit(Collection.from_documents(documents), jobs=2).candidates(jobs=2)
    ids = np.array([document.id for document in documents])
    return set(zip(ids[candidates.left].tolist(), ids[candidates.right].tolist(), strict=True)), len(documents)


@pytest.mark.parametrize("what", WANTED)
def test_what_must_be_found_is_found(found, what: str):
    assert WANTED[what] <= found[0]


def test_candidates_stay_few(found):
    pairs, documents = found
    assert len(pairs) < documents


def test_a_passage_in_one_member_of_a_family_is_found_though_its_head_lacks_it():
    host = " ".join(f"host{i}" for i in range(400))
    texts = [host, f"{host} {FIRST_WITHOUT_ORIGINAL}", SECOND_WITHOUT_ORIGINAL, *(f"{host} end{i}" for i in range(20))]
    corpus = Collection.from_documents([Document(f"{i:02}", text) for i, text in enumerate(texts)])
    candidates = fit(corpus).candidates()
    assert (1, 2) in set(zip(candidates.left.tolist(), candidates.right.tolist(), strict=True))
