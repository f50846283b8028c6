"""A short name for a pair of documents, the same in every report."""

from __future__ import annotations

from hashlib import blake2b

__all__ = ["pair_key", "text_digest"]


def pair_key(left: str, right: str) -> str:
    """A name of 12 hexadecimal digits for a pair of ids, whichever stands on the left.

    >>> pair_key("wire.txt", "site.txt") == pair_key("site.txt", "wire.txt")
    True
    """
    first, second = sorted((left, right))
    return blake2b(f"{len(first)}:{first}{second}".encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


def text_digest(text: str) -> str:
    """A name of 24 hexadecimal digits for a text.

    >>> text_digest("fog") == text_digest("fog"), text_digest("fog") == text_digest("Fog")
    (True, False)
    """
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
