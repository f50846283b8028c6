"""What the tokeniser knows of Unicode: the class and the folded form of every code point, in one frozen table.

The table is generated once (``tools/make_unicode_table.py``) and shipped, so that every Python gives the same tokens,
whatever its own Unicode version. Each code point has a **class**:

- `WORD`: letters, digits, the underscore;
- `SINGLE`: letters of scripts written without spaces, each a token of its own;
- `MARK`: what continues a token and never begins one: combining marks, and characters nobody sees;
- `APOSTROPHE`: joins a word to the word behind it;
- `SEPARATOR`: everything else;

and a **folded form**, the part of it that counts: compatibility decomposition and full case folding, one way of writing
digits and apostrophes, and nothing of what writers and copyists leave out (accents, vowel points, soft hyphens).

An entry is a uint64:

======  ===================================================================================================
bits    meaning
======  ===================================================================================================
0-47    the folded form in UTF-8, first byte lowest, unless `IDENTITY` is set
0-47    if its length is `LONG`: its true length (bits 0-7), and where it begins in ``folds`` (bits 8-47)
48-55   mark order: canonical combining class of its last character; `UNORDERED` for a mark that folds to several
56-58   its length in bytes, 0 to 6 or `LONG`, unless `IDENTITY` is set
59-61   class
62      `IDENTITY`: the folded form is the character itself, and not ASCII
63      `SPECIAL`: neither a separator nor a letter that folds to itself
======  ===================================================================================================

Bits 59 to 63 are a character's *flags*. Neighbours mostly have the same, so that its first two bytes in UTF-8 often
decide them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

__all__ = [
    "APOSTROPHE",
    "MARK",
    "SEPARATOR",
    "SINGLE",
    "UNICODE_VERSION",
    "UNORDERED",
    "WORD",
    "UnicodeTable",
    "load_table",
]

UNICODE_VERSION = "14.0.0"
"""Version of the Unicode character database from which the shipped table was generated."""

SEPARATOR, WORD, MARK, SINGLE, APOSTROPHE = range(5)
UNORDERED, LONG, MIXED = 255, 7, 32
ORDER_SHIFT, LENGTH_SHIFT, CLASS_SHIFT, IDENTITY_SHIFT, SPECIAL_SHIFT = 48, 56, 59, 62, 63


@dataclass(frozen=True, slots=True, eq=False)
class UnicodeTable:
    """Class and folded form of every code point, in pages of 256, of which equal ones are stored once.

    Attributes
    ----------
    version : str
        Version of the Unicode character database.
    index : uint16 array (0x1100,)
        Number of the page for each block of 256 code points.
    entries : uint64 array (256 * pages,)
        The entry of code point ``c`` is ``entries[256 * index[c >> 8] + (c & 255)]``.
    folds : uint8 array
        The folded forms that have more than six bytes, and eight bytes of padding.
    pairs : uint8 array (65536,)
        At ``a + 256 * b`` the flags of the characters of which ``a`` and ``b`` are the first two bytes; `MIXED` if they
        differ, 0 if no character begins like this.
    """

    version: str
    index: npt.NDArray[np.uint16]
    entries: npt.NDArray[np.uint64]
    folds: npt.NDArray[np.uint8]
    pairs: npt.NDArray[np.uint8]

    def __post_init__(self) -> None:
        for array in (self.index, self.entries, self.folds, self.pairs):
            array.flags.writeable = False

    def character_class(self, character: str) -> int:
        """`SEPARATOR`, `WORD`, `MARK`, `SINGLE` or `APOSTROPHE`."""
        return self._entry(character) >> CLASS_SHIFT & 7

    def folded(self, character: str) -> str:
        """The folded form of one character; empty where nothing of it counts."""
        entry = self._entry(character)
        if entry >> IDENTITY_SHIFT & 1:
            return character
        length = entry >> LENGTH_SHIFT & 7
        payload = entry & (1 << ORDER_SHIFT) - 1
        if length == LONG:
            return self.folds[payload >> 8 : (payload >> 8) + (payload & 255)].tobytes().decode()
        return payload.to_bytes(6, "little")[:length].decode()

    def mark_order(self, character: str) -> int:
        """Canonical combining class of the last character of the folded form, or `UNORDERED`."""
        return self._entry(character) >> ORDER_SHIFT & 255

    def _entry(self, character: str) -> int:
        code = ord(character)
        return int(self.entries[int(self.index[code >> 8]) << 8 | code & 255])


@cache
def load_table() -> UnicodeTable:
    """Return the shipped table, read on first use (a few milliseconds).

    >>> table = load_table()
    >>> table.folded("É"), table.folded("ß"), table.folded("½"), table.character_class("茶") == SINGLE
    ('e', 'ss', '12', True)
    """
    path = files("dedup") / "data" / f"unicode-{UNICODE_VERSION}.npz"
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        arrays = (stored[name] for name in ("index", "entries", "folds", "pairs"))
        return UnicodeTable(str(stored["version"]), *arrays)
