"""Sketches of documents: MinHash signatures, sets of shingles, and samples of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from inspect import signature
from itertools import islice, pairwise
from operator import length_hint
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt

from dedup.documents import TextBatch
from dedup.errors import MismatchError
from dedup.kernels.minhash import (
    MERSENNE_PRIME,
    affine_signatures,
    fast_similarity_signatures,
    mersenne_signatures,
)
from dedup.kernels.overlap import overlaps
from dedup.kernels.shingles import shingle_sets
from dedup.parallel import in_threads
from dedup.tokens import TOKENIZER_VERSION, Tokens, tokenize

if TYPE_CHECKING:
    from typing import Self

__all__ = ["SCHEMES", "MinHasher", "ShingleSamples", "ShingleSets", "Signatures"]

SCHEMES = ("fast-similarity", "permutations", "affine-permutations")

_BATCH_BYTES, _TAKEN = 1 << 20, 8
_ALL = 2**64 - 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Signatures:
    """MinHash signatures, and what they may be compared with.

    Attributes
    ----------
    values : uint32 array (n, num_perm)
        The share of equal values of two rows estimates the Jaccard similarity of their shingle sets.
    shingle_size, seed : int
    scheme : str
        How the values are made, with the tokeniser's version.
    """

    values: npt.NDArray[np.uint32]
    shingle_size: int
    seed: int
    scheme: str

    @property
    def num_perm(self) -> int:
        """Values in a signature."""
        return int(self.values.shape[1])

    def check_comparable(self, other: Signatures) -> None:
        """Raise MismatchError unless the two were made in the same way."""
        for name in ("scheme", "seed", "shingle_size", "num_perm"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if mine != theirs:
                raise MismatchError(f"signatures differ in {name}: {mine!r} and {theirs!r}; make both anew with one")


@dataclass(frozen=True, slots=True)
class ShingleSets:
    """The distinct shingles of documents, or a sample of them.

    Attributes
    ----------
    values : uint64 array (m,)
        Ascending within a document.
    offsets : int64 array (n + 1,)
        Document ``i`` has ``values[offsets[i]:offsets[i + 1]]``.
    totals : int64 array (n,)
        How many distinct shingles each document has, in the sample or not.
    sampled : float
        The share of shingles that is kept: 1.0, or a FracMinHash sample (Irber et al. 2022) of all hashes up to that
        share of the hash range.
    shingle_size : int
    scheme : str
        How the values are made, with the tokeniser's version.
    """

    values: npt.NDArray[np.uint64]
    offsets: npt.NDArray[np.int64]
    totals: npt.NDArray[np.int64]
    sampled: float = 1.0
    shingle_size: int = 3
    scheme: str = f"shingles-1/{TOKENIZER_VERSION}"

    def __len__(self) -> int:
        return len(self.totals)

    @classmethod
    def concatenate(cls, parts: Sequence[ShingleSets]) -> ShingleSets:
        """The documents of several collections, one behind the other.

        Raises
        ------
        MismatchError
            When they were not made in the same way.
        """
        first = parts[0]
        for part in parts:
            for name in ("scheme", "shingle_size", "sampled"):
                mine, theirs = getattr(first, name), getattr(part, name)
                if mine != theirs:
                    raise MismatchError(f"shingle sets differ in {name}: {mine!r} and {theirs!r}; make both anew")
        lengths = np.concatenate([np.diff(part.offsets) for part in parts])
        return cls(
            np.concatenate([part.values for part in parts]),
            np.concatenate([[0], np.cumsum(lengths)]),
            np.concatenate([part.totals for part in parts]),
            first.sampled,
            first.shingle_size,
            first.scheme,
        )

    def containments(
        self, left: npt.NDArray[np.integer], right: npt.NDArray[np.integer]
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """The share of each left document's shingles that its right one has, and the other way round.

        Exact for whole sets. From samples an estimate without bias, so that it may exceed 1: the ratio in the sample
        over the chance that there is anything in it (Hera, Pierce-Ward, Koslicki 2023). 0 where there is nothing.

        Parameters
        ----------
        left, right : integer arrays (pairs,)
            Numbers of documents.

        Returns
        -------
        two float64 arrays (pairs,)

        Examples
        --------
        >>> sets = ShingleSamples(shingle_size=1, sampled=1.0).transform(["fog at sea", "fog"])
        >>> [share.tolist() for share in sets.containments([0], [1])]
        [[0.3333333333333333], [1.0]]
        """
        sides = np.asarray(left, np.int32), np.asarray(right, np.int32)
        common = np.empty(len(sides[0]), np.int64)
        overlaps(self.values, self.offsets, *sides, common)
        anything = 1.0 - (1.0 - self.sampled) ** self.totals
        sizes = np.maximum(np.diff(self.offsets) * anything, np.finfo(np.float64).tiny)
        return common / sizes[sides[0]], common / sizes[sides[1]]

    @classmethod
    def from_tokens(
        cls,
        tokens: Tokens,
        documents: npt.NDArray[np.int64] | None = None,
        *,
        shingle_size: int = 3,
        sampled: float = 1.0,
    ) -> ShingleSets:
        """The shingles of tokenised documents: of all, or of the named ones in their order.

        Raises
        ------
        ValueError
            When ``shingle_size`` is below 1 or ``sampled`` is not in (0, 1].
        """
        if shingle_size < 1 or not 0.0 < sampled <= 1.0:
            raise ValueError(f"shingle_size must be ≥ 1 and sampled in (0, 1], not {shingle_size} and {sampled}")
        limit = np.uint64(min(_ALL, int(sampled * 2**64)))
        chosen = np.arange(len(tokens)) if documents is None else documents
        room = int(np.diff(tokens.offsets)[chosen].sum())
        values = np.empty(room, np.uint64)
        offsets = np.empty(len(chosen) + 1, np.int64)
        totals = np.empty(len(chosen), np.int64)
        n = shingle_sets(tokens.hashes, tokens.offsets, chosen, shingle_size, limit, values, offsets, totals)
        values.resize(n, refcheck=False)
        return cls(values, offsets, totals, sampled, shingle_size)


class _TextTransformer:
    """What scikit-learn asks of a transformer of texts that needs no fitting; without its import, which costs 1 s."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters, as scikit-learn asks for them."""
        return {name: getattr(self, name) for name in signature(type(self)).parameters}

    def set_params(self, **parameters: Any) -> Self:
        """Change parameters, as scikit-learn does."""
        for name, value in parameters.items():
            if name not in self.get_params():
                known = ", ".join(self.get_params())
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}; it has {known}")
            setattr(self, name, value)
        return self

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        return Tags(
            estimator_type=None,
            target_tags=TargetTags(required=False),
            transformer_tags=TransformerTags(preserves_dtype=[]),
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
            requires_fit=False,
        )

    def __repr__(self) -> str:
        given = ", ".join(f"{name}={value!r}" for name, value in self.get_params().items())
        return f"{type(self).__name__}({given})"


class ShingleSamples(_TextTransformer):
    """The shingles of texts whose hashes are small: a scikit-learn transformer that needs no fitting.

    Parameters
    ----------
    shingle_size : int
        Words in a shingle; twice as many characters where words are not spaced.
    sampled : float
        The share of shingles to keep, in (0, 1]; 1.0 keeps all.
    n_jobs : int
        Threads. The result does not depend on it.

    Notes
    -----
    FracMinHash: Irber et al., "Lightweight compositional analysis of metagenomes with FracMinHash and minimum
    metagenome covers", 2022. Unlike MinHash it estimates how much of a short text stands in a long one.

    Examples
    --------
    >>> long = " ".join(f"w{i}" for i in range(5000))
    >>> samples = ShingleSamples(sampled=0.25).transform([long, long[:9000]])
    >>> samples.totals.tolist(), [bool(abs(share[0] - truth) < 0.1) for share, truth in
    ...     zip(samples.containments([0], [1]), (0.34, 1.0))]
    ([4998, 1683], [True, True])
    """

    def __init__(self, shingle_size: int = 3, sampled: float = 0.25, n_jobs: int = 1) -> None:
        self.shingle_size = shingle_size
        self.sampled = sampled
        self.n_jobs = n_jobs

    def fit(self, texts: object = None, y: object = None) -> Self:
        """Check the parameters; nothing is learnt from ``texts``."""
        ShingleSets.from_tokens(tokenize(TextBatch.from_texts([])), **self._chosen)
        return self

    def transform(self, texts: Iterable[str]) -> ShingleSets:
        """The sampled shingles of texts, an iterable of str."""
        self.fit()
        parts = _by_batch(lambda first, tokens: ShingleSets.from_tokens(tokens, **self._chosen), texts, self.n_jobs)
        return ShingleSets.concatenate(parts)

    def fit_transform(self, texts: Iterable[str], y: object = None) -> ShingleSets:
        """The same as ``fit().transform(texts)``."""
        return self.transform(texts)

    @property
    def _chosen(self) -> dict[str, Any]:
        return {"shingle_size": self.shingle_size, "sampled": self.sampled}


class MinHasher(_TextTransformer):
    """MinHash signatures of texts: a scikit-learn transformer that needs no fitting.

    Parameters
    ----------
    num_perm : int
        Values in a signature. The standard error of an estimated Jaccard similarity J is √(J (1 − J) / num_perm).
    shingle_size : int
        Words in a shingle; twice as many characters where words are not spaced.
    seed : int
        Signatures of different seeds cannot be compared.
    scheme : {"fast-similarity", "permutations", "affine-permutations"}
        ``"fast-similarity"`` is the fastest, and more exact than permutations for short texts. The other two are true
        permutations as datasketch computes them, for exchange with it (`dedup.exchange`): ``"permutations"`` is its
        only scheme before version 2 and its ``"legacy"`` since, ``"affine-permutations"`` is its ``"affine32"``, the
        default since version 2.
    n_jobs : int
        Threads. The result does not depend on it.

    Notes
    -----
    Fast similarity sketching: Dahlgaard, Knudsen, Thorup, "Fast Similarity Sketching", FOCS 2017. Permutations: Broder,
    "On the resemblance and containment of documents", 1997.

    Examples
    --------
    >>> a, b = MinHasher(num_perm=256, shingle_size=1).transform(["one two three four", "one two three five"])
    >>> bool(0.4 < (a == b).mean() < 0.8)  # the Jaccard similarity is 3 / 5
    True
    """

    def __init__(
        self,
        num_perm: int = 128,
        shingle_size: int = 3,
        seed: int = 1,
        scheme: str = "fast-similarity",
        n_jobs: int = 1,
    ) -> None:
        self.num_perm = num_perm
        self.shingle_size = shingle_size
        self.seed = seed
        self.scheme = scheme
        self.n_jobs = n_jobs

    def fit(self, texts: object = None, y: object = None) -> Self:
        """Check the parameters; nothing is learnt from ``texts``."""
        if self.num_perm < 1 or self.shingle_size < 1 or not 0 <= self.seed < 2**64:
            raise ValueError(
                f"num_perm and shingle_size must be ≥ 1 and seed in [0, 2⁶⁴), "
                f"not {self.num_perm}, {self.shingle_size} and {self.seed}"
            )
        if self.scheme not in SCHEMES:
            raise ValueError(f"scheme must be one of {', '.join(SCHEMES)}, not {self.scheme!r}")
        return self

    def transform(self, texts: Iterable[str]) -> npt.NDArray[np.uint32]:
        """Signatures of texts.

        Parameters
        ----------
        texts : iterable of str

        Returns
        -------
        uint32 array (n, num_perm)
            All values of an empty text are 2³² − 1: never compare those.
        """
        self.fit()
        rows = np.empty((length_hint(texts), self.num_perm), np.uint32)

        def work(first: int, tokens: Tokens) -> npt.NDArray[np.uint32]:
            return self._values(tokens.hashes, tokens.offsets, rows[first : first + len(tokens)])

        parts = _by_batch(work, texts, self.n_jobs)
        return rows if sum(map(len, parts)) == len(rows) else np.concatenate(parts)

    def fit_transform(self, texts: Iterable[str], y: object = None) -> npt.NDArray[np.uint32]:
        """The same as ``fit().transform(texts)``."""
        return self.transform(texts)

    def signatures(self, tokens: Tokens) -> Signatures:
        """Signatures of tokenised documents, with the scheme they belong to."""
        self.fit()
        edges = np.linspace(0, len(tokens), 8 * self.n_jobs + 1 if self.n_jobs > 1 else 2).astype(int).tolist()
        parts = in_threads(
            lambda edge: self._values(tokens.hashes, tokens.offsets[edge[0] : edge[1] + 1]),
            list(pairwise(edges)),
            self.n_jobs,
        )
        return self.labelled(np.concatenate(parts))

    def _values(
        self,
        hashes: npt.NDArray[np.uint64],
        offsets: npt.NDArray[np.int64],
        values: npt.NDArray[np.uint32] | None = None,
    ) -> npt.NDArray[np.uint32]:
        """Signatures, written to ``values`` where these are as many."""
        if values is None or len(values) != len(offsets) - 1:
            values = np.empty((len(offsets) - 1, self.num_perm), np.uint32)
        if self.scheme == "fast-similarity":
            fast_similarity_signatures(hashes, offsets, self.shingle_size, np.uint64(self.seed), values)
        else:
            fill = mersenne_signatures if self.scheme == "permutations" else affine_signatures
            factors, summands = self.permutations()
            fill(hashes, offsets, self.shingle_size, factors, summands, values)
        return values

    def labelled(self, values: npt.NDArray[np.uint32]) -> Signatures:
        """Values that this hasher made, with the scheme they belong to."""
        return Signatures(values, self.shingle_size, self.seed, f"{self.scheme}-1/{TOKENIZER_VERSION}")

    @property
    def exchange_seed(self) -> int:
        """The seed under which datasketch knows this hasher's permutations.

        A number in [2³¹, 2³²) drawn from seed, shingle size and tokeniser: signatures that stand on other shingles
        have another one, and so has what people make with datasketch's own hash functions and small seeds.
        """
        made = f"{TOKENIZER_VERSION} shingle_size={self.shingle_size} seed={self.seed}"
        return int.from_bytes(blake2b(made.encode(), digest_size=4).digest(), "little") | 1 << 31

    def permutations(self) -> npt.NDArray[np.uint32] | npt.NDArray[np.uint64]:
        """Factors and summands, ``(2, num_perm)``, as datasketch draws them from `exchange_seed`."""
        draw = np.random.RandomState(self.exchange_seed)
        if self.scheme == "permutations":
            drawn = [
                [draw.randint(low, MERSENNE_PRIME, dtype=np.uint64) for low in (1, 0)] for _ in range(self.num_perm)
            ]
            return np.ascontiguousarray(np.array(drawn, np.uint64).T)
        factors = draw.randint(0, 1 << 31, self.num_perm, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
        return np.array([factors, draw.randint(0, 1 << 32, self.num_perm, dtype=np.uint32)])


def _by_batch(work: Callable[[int, Tokens], T], texts: Iterable[str], jobs: int) -> list[T]:
    """The results of ``work`` on batches of texts: the number of the first one, and the tokens of all."""
    if isinstance(texts, str):
        raise ValueError("texts must be an iterable of str, not one str; pass [text]")
    return in_threads(lambda batch: work(batch[0], tokenize(TextBatch.from_texts(batch[1]))), _batches(texts), jobs)


def _batches(texts: Iterable[str]) -> Iterable[tuple[int, list[str]]]:
    """Batches of a MB: small enough for caches, large enough that threads seldom wait for the lock; at least one."""
    remaining = iter(texts)
    waiting: list[str] = []
    first = size = 0
    while some := list(islice(remaining, _TAKEN)):
        waiting += some
        size += sum(map(len, some))
        if size >= _BATCH_BYTES:
            yield first, waiting
            first += len(waiting)
            waiting, size = [], 0
    yield first, waiting
