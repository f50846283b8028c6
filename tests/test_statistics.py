"""Terms, document frequencies, idf, and the TF-IDF cosine against scikit-learn."""

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer

from dedup.corpus import Collection, Corpus
from dedup.documents import Document, TextBatch
from dedup.errors import MismatchError
from dedup.fit import fit
from dedup.statistics import IDF_ONE, FrequencyTable, Statistics, TermCounts
from dedup.tfidf import tfidf_cosine
from dedup.tokens import hash_words, tokenize
from tests.reference import sketch as reference
from tests.test_sketch import TEXTS


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_terms_are_those_of_the_oracle(texts: list[str]):
    tokens = tokenize(TextBatch.from_texts(texts))
    counts = TermCounts.from_tokens(tokens)
    for i in range(len(texts)):
        own = slice(tokens.offsets[i], tokens.offsets[i + 1])
        columns = (tokens.hashes[own].tolist(), tokens.starts[own].tolist(), tokens.ends[own].tolist())
        expected = reference.terms(list(zip(*columns, strict=True)))
        found = slice(counts.offsets[i], counts.offsets[i + 1])
        assert counts.terms[found].tolist() == sorted(expected)
        assert dict(zip(counts.terms[found].tolist(), counts.counts[found].tolist(), strict=True)) == expected


def test_common_words_weigh_little_in_their_own_language_only():
    background = Statistics.background()
    fog, the = hash_words(["fog", "the"])
    in_english, in_hungarian = (background.idf(np.array([fog]), language)[0] for language in ("en", "hu"))
    assert in_english > 2 * in_hungarian
    assert background.idf(np.array([the]), "en")[0] < 1.1 * IDF_ONE


def test_an_unknown_language_takes_the_largest_frequency_of_all():
    background = Statistics.background()
    fog = hash_words(["fog"])
    assert background.idf(fog, "xx")[0] == background.idf(fog)[0] == background.idf(fog, "hu")[0]


def test_neighbouring_characters_are_known_of_chinese():
    counts = TermCounts.from_tokens(tokenize(TextBatch.from_texts(["我们"])))
    assert Statistics.background().idf(counts.terms, "zh")[0] < 4 * IDF_ONE


def test_the_collection_counts_beside_the_background():
    background = Statistics.background()
    term = hash_words(["zzyzx"])
    fitted = background.fitted(1000, FrequencyTable(term, np.array([500])))
    expected = np.log((1 + 21_000) / (1 + 500)) + 1
    assert fitted.idf(term, "en")[0] / IDF_ONE == pytest.approx(expected, abs=1e-4)
    assert fitted.digest != background.digest == Statistics.background().digest


def test_idf_by_document_is_idf_in_each_ones_language():
    texts = ["fog on the quay", "der Nebel am Kai", "fog und the"]
    counts = TermCounts.from_tokens(tokenize(TextBatch.from_texts(texts)))
    background = Statistics.background()
    languages = ["en", "de", None]
    together = background.idf_by_document(counts.terms, counts.offsets, languages)
    for i, language in enumerate(languages):
        own = slice(counts.offsets[i], counts.offsets[i + 1])
        assert together[own].tolist() == background.idf(counts.terms[own], language).tolist()


@given(st.lists(TEXTS, min_size=2, max_size=6), st.booleans())
def test_the_cosine_is_scikit_learns(texts: list[str], sublinear: bool):
    counts = TermCounts.from_tokens(tokenize(TextBatch.from_texts(texts)))
    vocabulary, columns = np.unique(counts.terms, return_inverse=True)
    if not len(vocabulary):
        return
    matrix = csr_matrix((counts.counts.astype(float), columns, counts.offsets), shape=(len(texts), len(vocabulary)))
    transformer = TfidfTransformer(smooth_idf=True, sublinear_tf=sublinear).fit(matrix)
    statistics = Statistics.background()
    transformer.idf_ = statistics.idf(vocabulary) / IDF_ONE
    expected = (transformer.transform(matrix) @ transformer.transform(matrix).T).toarray()
    left, right = (side.astype(np.int32) for side in np.triu_indices(len(texts), 1))
    found = tfidf_cosine(counts, left, right, statistics=statistics, sublinear_tf=sublinear)
    assert found == pytest.approx(expected[left, right], abs=1e-9)


def test_the_idf_is_scikit_learns():
    texts = [["a", "b"], ["a"], ["c", "a"]]
    words = hash_words(["a", "b", "c"])
    matrix = csr_matrix(np.array([[1, 1, 0], [1, 0, 0], [1, 0, 1]]))
    empty = FrequencyTable(np.empty(0, np.uint64), np.empty(0, np.int64))
    order = np.argsort(words)
    statistics = Statistics({"und": empty}, len(texts), FrequencyTable(words[order], np.array([3, 1, 1])[order]))
    total = 1 + 20_000 + 3
    expected = TfidfTransformer(smooth_idf=True).fit(matrix).idf_ + np.log(total / (1 + 3))
    assert statistics.idf(words) / IDF_ONE == pytest.approx(expected, abs=1e-4)


FOOT = "Sign up for the morning letter of the Estuary Gazette, free of charge."
STORIES = [" ".join(f"w{story * 100 + i}" for i in range(60)) for story in range(14)]


def fitted() -> Statistics:
    """Of stories with one footer, of which twelve begin with the same five words and two are alike."""
    forms = [f"shares of the company closed {story}" for story in STORIES[:12]]
    texts = [*forms, STORIES[12], f"{STORIES[12]} end", STORIES[13]]
    return fit(
        Collection.from_documents([Document(f"{i:02}", f"{text}\n\n{FOOT}") for i, text in enumerate(texts)])
    ).statistics


def test_statistics_hold_all_that_a_fresh_document_needs():
    statistics = fitted()
    fresh = Corpus.from_documents([Document("new", f"shares of the company closed higher than ever before\n\n{FOOT}")])
    marked = fresh.prepare(statistics).boilerplate
    assert [fresh.tokens.word(0, i) for i in np.flatnonzero(~marked)] == "higher than ever before".split()
    assert statistics.documents == 14


def test_saved_statistics_are_the_same_value():
    statistics = fitted()
    assert len(statistics.lines) and len(statistics.phrases)
    statistics.save(stream := BytesIO())
    again = Statistics.load(BytesIO(stream.getvalue()))
    assert again.digest == statistics.digest != Statistics.background().digest
    for name in ("lines", "phrases", "frequent"):
        assert (getattr(again, name) == getattr(statistics, name)).all()


@pytest.mark.parametrize("name", ["lines", "phrases", "frequent"])
def test_whatever_is_known_counts_in_the_digest(name: str):
    background = Statistics.background()
    assert background.knowing(**{name: np.array([3], np.uint64)}).digest != background.digest


def test_what_are_no_statistics_is_refused():
    with pytest.raises(MismatchError, match="fit them anew"):
        Statistics.load(BytesIO(b"nothing"))
    np.savez(stream := BytesIO(), version=np.array("other"), documents=1)
    with pytest.raises(MismatchError, match="fit them anew"):
        Statistics.load(BytesIO(stream.getvalue()))


@given(st.lists(st.integers(0, 2**64 - 1), max_size=30), st.lists(st.integers(0, 2**64 - 1), max_size=10))
def test_frequencies_are_found_by_their_terms(known: list[int], others: list[int]):
    terms = np.unique(np.array(known, np.uint64))
    table = FrequencyTable(terms, np.arange(1, len(terms) + 1))
    expected = dict(zip(terms.tolist(), range(1, len(terms) + 1), strict=True))
    wanted = [*known, *others]
    assert table.lookup(np.array(wanted, np.uint64)).tolist() == [expected.get(value, 0) for value in wanted]
