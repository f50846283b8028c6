"""A near tier that several writers share: datasketch's ``MinHashLSH`` on a Redis server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from dedup.documents import Document, TextBatch
from dedup.exchange import redis_lsh, to_lean_datasketch
from dedup.extras import import_redis
from dedup.index.incoming import Incoming, One, incoming_documents, one_document
from dedup.lsh import choose_bands
from dedup.settings import Settings
from dedup.sketch import MinHasher
from dedup.store import pack_id, unpack_id
from dedup.tokens import tokenize

if TYPE_CHECKING:
    from typing import Self

__all__ = ["SharedNear"]


class SharedNear:
    """Signatures of documents on a Redis server, which many processes fill and ask at once.

    For teams that run one already. It names candidates, which nobody verified: it keeps neither texts nor signatures,
    only keys of bands. To verify, keep the texts and use ``dedup.compare_pair``.

    Parameters
    ----------
    name : str
        Of the collection.
    settings : Settings
        ``threshold``, ``min_recall``, ``num_perm`` and ``seed`` count. Processes with others do not meet.
    server : mapping
        What ``redis.Redis`` takes, such as ``{"host": "10.0.0.5", "port": 6379}``.

    Raises
    ------
    MissingExtra
        When redis is not installed.
    """

    def __init__(
        self, name: str, *, settings: Settings = Settings(), server: Mapping[str, Any] = {"host": "localhost"}
    ) -> None:
        bands = choose_bands(settings.num_perm, settings.threshold, settings.min_recall)
        self._hasher = MinHasher(settings.num_perm, seed=settings.seed, scheme="affine-permutations")
        self._pool = import_redis().ConnectionPool(**server)
        self._lsh = redis_lsh(self._hasher, bands=bands.bands, rows=bands.rows, name=name, pool=self._pool)

    def close(self) -> None:
        """Close the connections."""
        self._pool.disconnect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def add(self, documents: Incoming) -> int:
        """Put in documents, each in place of one of the same id; returns how many. Those without words are left out."""
        total = 0
        for document in incoming_documents(documents):
            self.remove(document.id)
            for sketch in self._sketches(document):
                self._lsh.insert(pack_id(document.id), sketch)
                total += 1
        return total

    def near(self, document: One) -> list[str]:
        """The ids of documents that share a band with a text, ascending; its own id left out."""
        given = one_document(document)
        found = {unpack_id(name) for sketch in self._sketches(given) for name in self._lsh.query(sketch)}
        return sorted(found - {given.id})

    def remove(self, ids: str | Iterable[str]) -> int:
        """Take documents out by their ids; returns how many there were."""
        known = [pack_id(name) for name in ([ids] if isinstance(ids, str) else ids)]
        known = [name for name in known if name in self._lsh]
        for name in known:
            self._lsh.remove(name)
        return len(known)

    def _sketches(self, document: Document) -> list[Any]:
        """One sketch, or none: empty never matches empty."""
        tokens = tokenize(TextBatch.from_texts([document.text]))
        return to_lean_datasketch(self._hasher.signatures(tokens), self._hasher) if len(tokens.hashes) else []
