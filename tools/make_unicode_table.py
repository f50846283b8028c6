"""Make the tokeniser's Unicode table, from the character database of the Python that runs this.

Run with: ``python -m tools.make_unicode_table``. It writes ``dedup/data/unicode-<version>.npz``. `UNICODE_VERSION` in
``dedup/unicode_table.py`` names the version that is shipped; with any change, the number in `TOKENIZER_VERSION` in
``dedup/tokens.py`` must go up.
"""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dedup import unicode_table
from dedup.unicode_table import APOSTROPHE, MARK, SEPARATOR, SINGLE, UNORDERED, WORD, UnicodeTable

APOSTROPHES = frozenset("'`´ʹʻʼʽ՚׳ߴߵ‘’‛′＇")  # typed, typeset, and letters that look like them
TATWEEL = "\u0640"  # stretches Arabic words in print; nobody reads it

UNSPACED_BLOCKS = (
    (0x0E00, 0x0FFF),  # Thai, Lao, Tibetan
    (0x1000, 0x109F),  # Myanmar
    (0x1780, 0x17FF),  # Khmer
    (0x1950, 0x19FF),  # Tai Le, New Tai Lue
    (0x1A20, 0x1AAF),  # Tai Tham
    (0x1B00, 0x1B7F),  # Balinese
    (0x2E80, 0x312F),  # Han radicals, kana, Bopomofo
    (0x31A0, 0x31FF),  # Bopomofo and kana extensions
    (0x3400, 0x4DBF),  # Han
    (0x4E00, 0xA4CF),  # Han, Yi
    (0xA980, 0xA9FF),  # Javanese, Myanmar extensions
    (0xAA60, 0xAADF),  # Myanmar extensions, Tai Viet
    (0xF900, 0xFAFF),  # Han
    (0x11700, 0x1174F),  # Ahom
    (0x16FE0, 0x18DFF),  # Tangut, Khitan
    (0x1AFF0, 0x1B2FF),  # kana extensions, Nushu
    (0x20000, 0x3FFFF),  # Han
)
HAN_BLOCKS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0x20000, 0x3FFFD))
INVISIBLE = (  # neither of category Cf nor to be seen: joiners, fillers, variation selectors
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),
)


def build_table() -> UnicodeTable:
    """Return the table of the running Python's Unicode version; takes two seconds."""
    pages: dict[bytes, int] = {}
    folds = bytearray()
    index = np.zeros(0x1100, np.uint16)
    for block in range(len(index)):
        page = np.array([_entry(chr(block << 8 | low), folds) for low in range(256)], np.uint64)
        index[block] = pages.setdefault(page.tobytes(), len(pages))
    entries = np.frombuffer(b"".join(pages), np.uint64)
    pairs = _pairs((entries.reshape(-1, 256)[index].ravel() >> unicode_table.CLASS_SHIFT).astype(np.uint8))
    padded_folds = np.frombuffer(bytes(folds) + bytes(8), np.uint8)
    return UnicodeTable(unicodedata.unidata_version, index, entries, padded_folds, pairs)


def write_table(table: UnicodeTable, folder: Path) -> Path:
    """Write a table into a folder and return its path; equal tables give equal bytes."""
    path = folder / f"unicode-{table.version}.npz"
    arrays = {name: getattr(table, name) for name in ("index", "entries", "folds", "pairs")}
    np.savez_compressed(path, version=np.array(table.version), **arrays)
    return path


def _pairs(flags: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return what the first two bytes of a character say of its flags, from the flags of all code points."""
    pairs = np.zeros(0x10000, np.uint8)
    for first, last, width in ((0x80, 0x7FF, 1), (0x800, 0xFFFF, 0x40), (0x10000, 0x10FFFF, 0x1000)):
        for code in range(first, last + 1, width):
            lead, second = chr(code).encode("utf-8", "surrogatepass")[:2]
            group = flags[code : code + width]
            pairs[lead | second << 8] = group[0] if (group == group[0]).all() else unicode_table.MIXED
    return pairs


def _entry(character: str, folds: bytearray) -> int:
    """Return the entry of one character; a long folded form is appended to ``folds``."""
    kind, folded = _class_and_folded(character)
    entry = kind << unicode_table.CLASS_SHIFT | _mark_order(kind, folded) << unicode_table.ORDER_SHIFT
    identity = folded == character and not character.isascii()
    if kind != SEPARATOR and not (identity and kind in (WORD, SINGLE)):
        entry |= 1 << unicode_table.SPECIAL_SHIFT
    if identity:
        return entry | 1 << unicode_table.IDENTITY_SHIFT
    encoded = folded.encode()
    if len(encoded) < unicode_table.LONG:
        return entry | len(encoded) << unicode_table.LENGTH_SHIFT | int.from_bytes(encoded, "little")
    entry |= unicode_table.LONG << unicode_table.LENGTH_SHIFT | len(folds) << 8 | len(encoded)
    folds += encoded
    return entry


def _class_and_folded(character: str) -> tuple[int, str]:
    category = unicodedata.category(character)
    if unicodedata.normalize("NFD", character) in APOSTROPHES:
        return APOSTROPHE, "'"
    if category == "Cn" and _within(character, HAN_BLOCKS):
        return SINGLE, character  # to be assigned by a later Unicode
    if category in ("Cs", "Co", "Cn"):
        return SEPARATOR, ""
    parts = [(part, _class_of_part(part)) for part in _decompose(character)]
    classes = {kind for _, kind in parts}
    kept = "".join(part for part, kind in parts if kind in (WORD, SINGLE, MARK) and not _vanishes(part))
    if category.startswith("M") or classes == {MARK}:
        return MARK, kept
    if SINGLE in classes or WORD in classes:  # of mixed classes (½, ㈱) the word characters stay
        return SINGLE if SINGLE in classes else WORD, kept
    return SEPARATOR, ""


def _decompose(character: str) -> str:
    """NFKD and full case folding, to a fixed point, with ASCII digits."""
    previous, folded = "", character
    while folded != previous:
        previous = folded
        folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", folded).casefold())
    return "".join(str(unicodedata.decimal(part)) if part.isdecimal() else part for part in folded)


def _class_of_part(part: str) -> int:
    if part in APOSTROPHES:
        return APOSTROPHE
    if _vanishes(part) or unicodedata.category(part).startswith("M"):
        return MARK
    if part.isalnum() or part == "_":
        return SINGLE if _within(part, UNSPACED_BLOCKS) else WORD
    return SEPARATOR


def _vanishes(part: str) -> bool:
    """Whether a character is left out: unseen, tatweel, a Semitic point (class 10 to 36), an accent (200 upwards)."""
    if unicodedata.category(part) == "Cf" or part == TATWEEL or _within(part, INVISIBLE):
        return True
    combining = unicodedata.combining(part)
    return combining >= 200 or 10 <= combining <= 36


def _mark_order(kind: int, folded: str) -> int:
    orders = [unicodedata.combining(part) for part in folded]
    if kind == MARK and len(orders) > 1 and any(orders):
        return UNORDERED
    return orders[-1] if orders else 0


def _within(character: str, blocks: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(character) <= last for first, last in blocks)


if __name__ == "__main__":
    print(write_table(build_table(), Path(__file__).parents[1] / "dedup" / "data"))
