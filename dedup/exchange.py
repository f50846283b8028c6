"""Signatures of true permutations to and from datasketch, for those who keep theirs in its indexes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from dedup.errors import MismatchError
from dedup.sketch import MinHasher, Signatures

if TYPE_CHECKING:
    from datasketch import LeanMinHash, MinHash, MinHashLSH

__all__ = ["from_datasketch", "redis_lsh", "refuse_update", "to_datasketch", "to_lean_datasketch"]

_SCHEMES = {"permutations": "legacy", "affine-permutations": "affine32"}


def refuse_update(value: object) -> NoReturn:
    """The hash function of every MinHash that `to_datasketch` makes: it refuses, for the shingles are dedup's.

    Raises
    ------
    MismatchError
        Always.
    """
    raise MismatchError(
        f"{value!r} cannot be added: this MinHash holds dedup's shingles of folded words, not hashed bytes; "
        "make signatures of whole texts with dedup.MinHasher"
    )


def to_datasketch(signatures: Signatures, hasher: MinHasher) -> list[MinHash]:
    """Each signature as a ``datasketch.MinHash``.

    Their seed is the hasher's `exchange_seed`, so datasketch itself refuses to compare them with its own; their hash
    function is `refuse_update`, so nothing can be added that was hashed otherwise.

    Parameters
    ----------
    signatures : Signatures
        Of scheme ``"permutations"`` or ``"affine-permutations"``.
    hasher : MinHasher
        Which made them.

    Raises
    ------
    MismatchError
        When the hasher did not make the signatures, when they are not of permutations, or when the installed
        datasketch does not know the scheme.

    Examples
    --------
    >>> from dedup.documents import TextBatch
    >>> from dedup.tokens import tokenize
    >>> hasher = MinHasher(shingle_size=1, scheme="permutations")
    >>> signatures = hasher.signatures(tokenize(TextBatch.from_texts(["fog on the quay", "the quay on fog"])))
    >>> a, b = to_datasketch(signatures, hasher)
    >>> a.jaccard(b)
    1.0
    """
    scheme = _checked(signatures, hasher)
    import datasketch

    given = {
        "seed": hasher.exchange_seed,
        "hashfunc": refuse_update,
        "permutations": hasher.permutations(),
        **_known(scheme, datasketch),
    }
    return [datasketch.MinHash(hashvalues=row, **given) for row in signatures.values]


def to_lean_datasketch(signatures: Signatures, hasher: MinHasher) -> list[LeanMinHash]:
    """Each signature as a ``datasketch.LeanMinHash``, the form that is kept and sent; marked as in `to_datasketch`."""
    scheme = _checked(signatures, hasher)
    import datasketch

    given = {"seed": hasher.exchange_seed, **_known(scheme, datasketch)}
    return [datasketch.LeanMinHash(hashvalues=row, **given) for row in signatures.values]


def from_datasketch(sketches: Sequence[MinHash | LeanMinHash], hasher: MinHasher) -> Signatures:
    """The signatures that `to_datasketch` or `to_lean_datasketch` gave away.

    Raises
    ------
    MismatchError
        When a sketch does not carry the mark of this hasher: another seed, shingle size or tokeniser version, another
        scheme or number of values, or hashes of datasketch's own.
    """
    values = np.empty((len(sketches), hasher.num_perm), np.uint32)
    expected = (_datasketch_scheme(hasher), hasher.exchange_seed, hasher.num_perm)
    for row, sketch in enumerate(sketches):
        found = (getattr(sketch, "scheme", "legacy"), sketch.seed, len(sketch))
        for name, mine, theirs in zip(("scheme", "seed", "num_perm"), expected, found, strict=True):
            if mine != theirs:
                raise MismatchError(
                    f"sketch {row} has {name} {theirs!r}, and those of {hasher!r} have {mine!r}: it was made otherwise"
                )
        values[row] = sketch.hashvalues
    return hasher.labelled(values)


def redis_lsh(hasher: MinHasher, *, bands: int, rows: int, name: str, pool: Any) -> MinHashLSH:
    """A ``datasketch.MinHashLSH`` that lies on a Redis server, for sketches of one hasher and ids as bytes.

    What was made otherwise lies there under another name: hasher, bands and rows are part of it.

    Parameters
    ----------
    hasher : MinHasher
    bands, rows : int
    name : str
        Sets one collection apart from others on the server.
    pool : redis.ConnectionPool
        Of connections to the server.
    """
    scheme = _datasketch_scheme(hasher)
    import datasketch

    made = f"{name}/{scheme}/{hasher.exchange_seed}/{bands}x{rows}"
    storage = {"type": "redis", "basename": made.encode(), "redis": {"connection_pool": pool}}
    return datasketch.MinHashLSH(
        num_perm=hasher.num_perm, params=(bands, rows), storage_config=storage, prepickle=False
    )


def _checked(signatures: Signatures, hasher: MinHasher) -> str:
    scheme = _datasketch_scheme(hasher)
    signatures.check_comparable(hasher.labelled(np.empty((0, hasher.num_perm), np.uint32)))
    return scheme


def _datasketch_scheme(hasher: MinHasher) -> str:
    if hasher.scheme not in _SCHEMES:
        raise MismatchError(
            f"datasketch does not know the scheme {hasher.scheme!r}; make signatures with one of {', '.join(_SCHEMES)}"
        )
    return _SCHEMES[hasher.scheme]


def _known(scheme: str, datasketch: Any) -> dict[str, str]:
    """The scheme as an argument, where datasketch (since version 2) has more than one."""
    if int(datasketch.__version__.split(".")[0]) >= 2:
        return {"scheme": scheme}
    if scheme != "legacy":
        raise MismatchError(f'datasketch {datasketch.__version__} knows only the scheme "permutations"; install 2.0')
    return {}
