"""What the scores know of the languages and of the collection: how many documents use a term."""

from __future__ import annotations

import hashlib
import lzma
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from dedup.documents import TextBatch
from dedup.errors import MismatchError
from dedup.kernels.hashes import find_hashes, index_hashes
from dedup.kernels.terms import count_terms, pair_terms
from dedup.tokens import TOKENIZER_VERSION, Tokens, tokenize

__all__ = ["IDF_ONE", "FrequencyTable", "Statistics", "TermCounts", "contained"]

IDF_ONE = 1 << 16
"""The fixed-point unit of ``Statistics.idf``: sums of integers do not depend on their order."""

_BACKGROUND_DOCUMENTS = 20_000
_BACKGROUND_LENGTH = 400
_ALL_LANGUAGES = "*"


@dataclass(frozen=True, slots=True)
class TermCounts:
    """How often each document uses each of its terms, as flat arrays.

    Attributes
    ----------
    terms : uint64 array (m,)
        Term hashes, ascending within a document.
    counts : int32 array (m,)
    offsets : int64 array (n + 1,)
        Document ``i`` has ``terms[offsets[i]:offsets[i + 1]]``.
    """

    terms: npt.NDArray[np.uint64]
    counts: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @classmethod
    def from_tokens(cls, tokens: Tokens) -> TermCounts:
        """Count the terms of tokenised documents: unstemmed words, and neighbouring characters of unspaced scripts."""
        size = len(tokens.hashes)
        terms, counts = np.empty(size, np.uint64), np.empty(size, np.int32)
        offsets = np.empty(len(tokens.offsets), np.int64)
        n = count_terms(tokens.hashes, tokens.starts, tokens.ends, tokens.offsets, terms, counts, offsets)
        return cls(terms[:n].copy(), counts[:n].copy(), offsets)


@dataclass(frozen=True, eq=False)
class FrequencyTable:
    """Document frequencies of terms.

    Attributes
    ----------
    terms : uint64 array (m,), ascending
    frequencies : int64 array (m,)
    """

    terms: npt.NDArray[np.uint64]
    frequencies: npt.NDArray[np.int64]

    @classmethod
    def largest(cls, terms: npt.NDArray[np.uint64], frequencies: npt.NDArray[np.int64]) -> FrequencyTable:
        """A table of terms in any order; of repeated ones the largest frequency counts."""
        order = np.lexsort((-frequencies, terms))
        terms, frequencies = terms[order], frequencies[order]
        first = np.ones(len(terms), np.bool_)
        first[1:] = terms[1:] != terms[:-1]
        return cls(terms[first], frequencies[first])

    def lookup(self, terms: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
        """The frequency of each term; 0 for one that is not in the table."""
        if not len(self.terms):
            return np.zeros(len(terms), np.int64)
        at = np.empty(len(terms), np.int32)
        find_hashes(self.terms, *self._index, terms, at)
        return np.where(at >= 0, self.frequencies[at], 0)

    @cached_property
    def _index(self) -> tuple[int, npt.NDArray[np.int32]]:
        bits = max(1, len(self.terms).bit_length())
        starts = np.empty((1 << bits) + 1, np.int32)
        index_hashes(self.terms, 64 - bits, starts)
        return 64 - bits, starts


_NONE = np.empty(0, np.uint64)
_EMPTY = FrequencyTable(_NONE, np.empty(0, np.int64))


def contained(values: npt.NDArray[np.uint64], known: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Which of the values stand among the ascending known ones."""
    if not len(known):
        return np.zeros(len(values), np.bool_)
    found: npt.NDArray[np.bool_] = known[np.minimum(np.searchsorted(known, values), len(known) - 1)] == values
    return found


@dataclass(frozen=True, eq=False)
class Statistics:
    """What is known of the languages and of a collection: an immutable value, with a digest.

    Together with the settings it decides what of a document is boilerplate, which of its features are rare and what its
    words weigh, whether the document is of the collection or not.

    Attributes
    ----------
    languages : mapping of str to FrequencyTable
        The shipped background by ISO 639-1 code, each as if counted in 20,000 articles; under ``"und"``, for texts of
        unknown language, the largest frequency of all.
    documents : int
        Number of near-duplicate families of the collection.
    collection : FrequencyTable
        In how many of them each term stands.
    lines : uint64 array, ascending
        Fingerprints of lines that stand under unrelated documents of the collection: boilerplate.
    phrases : uint64 array, ascending
        Shingles that so many families use that they are nobody's own, by their leading 44 bits.
    frequent : uint64 array, ascending
        Features, as `dedup.reuse.Features` has them, that stand in too many families to be rare.

    Examples
    --------
    >>> from dedup.tokens import hash_words
    >>> background = Statistics.background()
    >>> the, harbour = background.idf(hash_words(["the", "harbour"]), "en") / IDF_ONE
    >>> bool(the < 1.1 < 3 < harbour)
    True
    """

    languages: Mapping[str, FrequencyTable]
    documents: int = 0
    collection: FrequencyTable = _EMPTY
    lines: npt.NDArray[np.uint64] = field(default_factory=lambda: _NONE)
    phrases: npt.NDArray[np.uint64] = field(default_factory=lambda: _NONE)
    frequent: npt.NDArray[np.uint64] = field(default_factory=lambda: _NONE)

    @staticmethod
    @cache
    def background() -> Statistics:
        """The shipped background alone.

        A word that makes up the share p of a language stands in 1 − exp(−400 p) of its articles of 400 words.
        """
        tables = _background_tables()
        everything = FrequencyTable.largest(
            np.concatenate([table.terms for table in tables.values()]),
            np.concatenate([table.frequencies for table in tables.values()]),
        )
        return Statistics({**tables, "und": everything})

    def fitted(self, documents: int, collection: FrequencyTable) -> Statistics:
        """The background of these with the terms of a collection, and nothing else of it."""
        return Statistics(self.languages, documents, collection)

    def knowing(
        self,
        *,
        lines: npt.NDArray[np.uint64] | None = None,
        phrases: npt.NDArray[np.uint64] | None = None,
        frequent: npt.NDArray[np.uint64] | None = None,
    ) -> Statistics:
        """These statistics with other lines, phrases or frequent features."""
        return replace(
            self,
            lines=self.lines if lines is None else lines,
            phrases=self.phrases if phrases is None else phrases,
            frequent=self.frequent if frequent is None else frequent,
        )

    def idf(self, terms: npt.NDArray[np.uint64], language: str | None = None) -> npt.NDArray[np.int32]:
        """Inverse document frequency of each term, in units of 1/65536.

        scikit-learn's smooth form, ln((1 + documents) / (1 + frequency)) + 1, the background of the language and the
        collection counted together; ``idf / IDF_ONE`` is what its ``TfidfTransformer(smooth_idf=True)`` has.
        """
        background = self.languages.get(language or "und", self.languages["und"])
        frequency = background.lookup(terms) + self.collection.lookup(terms)
        total = _BACKGROUND_DOCUMENTS + self.documents
        idf: npt.NDArray[np.float64] = np.log((1 + total) / (1 + frequency)) + 1
        return np.rint(idf * IDF_ONE).astype(np.int32)

    def idf_by_document(
        self, terms: npt.NDArray[np.uint64], offsets: npt.NDArray[np.int64], languages: Sequence[str | None]
    ) -> npt.NDArray[np.int32]:
        """``idf`` of the terms ``terms[offsets[i]:offsets[i + 1]]`` of each document i in its own language."""
        known = np.array([language if language in self.languages else "und" for language in languages], np.str_)
        names = np.unique(known)
        if len(names) == 1:
            return self.idf(terms, str(names[0]))
        code = np.repeat(np.searchsorted(names, known), np.diff(offsets))
        out = np.empty(len(terms), np.int32)
        for i, name in enumerate(names):
            out[code == i] = self.idf(terms[code == i], str(name))
        return out

    @cached_property
    def digest(self) -> str:
        """A short name of the value: equal statistics have equal digests."""
        state = hashlib.blake2b(f"{_BACKGROUND_DOCUMENTS} {self.documents}".encode(), digest_size=8)
        for table in (self.languages["und"], self.collection):
            state.update(table.terms.astype("<u8").tobytes())
            state.update(table.frequencies.astype("<i8").tobytes())
        for array in (self.lines, self.phrases, self.frequent):
            state.update(len(array).to_bytes(8, "little"))
            state.update(array.astype("<u8").tobytes())
        return state.hexdigest()

    def save(self, stream: BinaryIO) -> None:
        """Write what is known of the collection, as plain arrays (npz): the background is shipped, and only named."""
        np.savez(
            stream,
            version=np.array(self._version),
            documents=np.int64(self.documents),
            terms=self.collection.terms,
            frequencies=self.collection.frequencies,
            **{name: getattr(self, name) for name in _SETS},
        )

    @classmethod
    def load(cls, stream: BinaryIO) -> Statistics:
        """Read what `save` wrote.

        Raises
        ------
        MismatchError
            When it is nothing of the kind, or stands on another tokeniser or background.

        Examples
        --------
        >>> from io import BytesIO
        >>> fitted = Statistics.background().knowing(lines=np.array([7, 9], np.uint64))
        >>> fitted.save(stream := BytesIO())
        >>> Statistics.load(BytesIO(stream.getvalue())).digest == fitted.digest
        True
        """
        background = cls.background()
        try:
            with np.load(stream, allow_pickle=False) as kept:
                found = str(kept["version"])
                arrays = {name: kept[name] for name in ("documents", "terms", "frequencies", *_SETS)}
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as problem:
            raise MismatchError(f"no statistics that can be read ({problem}); fit them anew") from problem
        if found != background._version:
            raise MismatchError(f"statistics of {found}, not of {background._version}; fit them anew")
        collection = FrequencyTable(arrays["terms"], arrays["frequencies"])
        fitted = background.fitted(int(arrays["documents"]), collection)
        return fitted.knowing(**{name: arrays[name] for name in _SETS})

    @property
    def _version(self) -> str:
        return f"tokenizer {TOKENIZER_VERSION}, background {Statistics(self.languages).digest}"


_SETS = ("lines", "phrases", "frequent")


def _background_tables() -> dict[str, FrequencyTable]:
    """The shipped table by language. See tools/make_background.py."""
    packed = (files("dedup") / "data" / "background.txt.xz").read_bytes()
    words: dict[str, list[str]] = {}
    shares: dict[str, list[float]] = {}
    for line in lzma.decompress(packed).decode().split("\n"):
        language, zipf, group = line.split("\t")
        entries = group.split(" ")
        words.setdefault(language, []).extend(entries)
        shares.setdefault(language, []).extend([10.0 ** (float(zipf) - 9)] * len(entries))
    common, common_shares = words.pop(_ALL_LANGUAGES), shares.pop(_ALL_LANGUAGES)
    return {
        language: _background_table(words[language] + common, np.array(shares[language] + common_shares))
        for language in words
    }


def _background_table(words: list[str], shares: npt.NDArray[np.float64]) -> FrequencyTable:
    tokens = tokenize(TextBatch.from_texts(words))
    length, first = np.diff(tokens.offsets), tokens.offsets[:-1]
    pairs = tokens.hashes[first[length == 2][:, np.newaxis] + [0, 1]]
    pair_hashes = np.empty(len(pairs), np.uint64)
    pair_terms(pairs, pair_hashes)
    frequencies = np.rint(_BACKGROUND_DOCUMENTS * -np.expm1(-_BACKGROUND_LENGTH * shares)).astype(np.int64)
    return FrequencyTable.largest(
        np.concatenate([tokens.hashes[first[length == 1]], pair_hashes]),
        np.concatenate([frequencies[length == 1], frequencies[length == 2]]),
    )
