"""Tokens by the book: one regular expression over character classes, `unicodedata`, and Python integers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

APOSTROPHES = set("'`\u00b4\u02b9\u02bb\u02bc\u02bd\u055a\u05f3\u07f4\u07f5\u2018\u2019\u201b\u2032\uff07")

UNSPACED_SCRIPTS = "|".join(
    [
        "CJK|(VERTICAL )?IDEOGRAPHIC (?!TALLY)|OLD CHINESE|KANGXI|HANGZHOU|BOPOMOFO|YI|TANGUT|KHITAN|NUSHU",
        "HIRAGANA|KATAKANA|HENTAIGANA|VERTICAL KANA|MASU MARK",
        "THAI|LAO|TIBETAN|MYANMAR|KHMER|TAI LE|NEW TAI LUE|TAI THAM|TAI VIET|AHOM|BALINESE|JAVANESE",
    ]
)
UNSEEN = "|".join(
    [
        "ARABIC TATWEEL$|COMBINING GRAPHEME JOINER|KHMER VOWEL INHERENT|.*HANGUL .*FILLER|HANGUL FILLER",
        "MONGOLIAN FREE VARIATION SELECTOR|VARIATION SELECTOR",
    ]
)

_TOKEN = re.compile("w[wm]*(?:aw[wm]*)*|1m*")


@dataclass(frozen=True)
class ReferenceToken:
    """A token: its folded form, its span in characters, and whether it is a character of an unspaced script."""

    folded: str
    start: int
    end: int
    single: bool


def reference_tokens(text: str) -> list[ReferenceToken]:
    """Find the runs of word characters that make a token; apostrophes join a word to a word."""
    classes = "".join(map(character_class, text))
    return [
        ReferenceToken(fold(text[match.start() : match.end()]), match.start(), match.end(), match[0][0] == "1")
        for match in _TOKEN.finditer(classes)
    ]


@cache
def character_class(character: str) -> str:
    """``w``\\ ord, ``1`` for unspaced scripts, ``m``\\ ark, ``a``\\ postrophe, or a blank for what separates."""
    if is_apostrophe(character):
        return "a"
    if unassigned_han(character):
        return "1"
    if unseen(character) or is_mark(character):
        return "m"
    classes = {part_class(part) for part in decompose(character)}
    for found in "1w":
        if found in classes:
            return found
    return "m" if classes == {"m"} else " "


def fold(text: str) -> str:
    """Fold character by character, leave out what does not count, put marks in canonical order."""
    return unicodedata.normalize("NFD", "".join(map(fold_character, text)))


@cache
def fold_character(character: str) -> str:
    """Fold one character; an apostrophe of whatever kind is ``'``."""
    if is_apostrophe(character):
        return "'"
    if unassigned_han(character):
        return character
    parts = decompose(character)
    return "".join(part for part in parts if part_class(part) in "w1m" and not left_out(part))


def decompose(text: str) -> str:
    """NFKD, case folding, NFKD, until nothing changes; decimal digits as ASCII."""
    while True:
        once = unicodedata.normalize("NFKD", text).casefold()
        once = unicodedata.normalize("NFKD", once)
        if once == text:
            return "".join(str(unicodedata.decimal(part, part)) for part in text)
        text = once


def part_class(part: str) -> str:
    """Class of a character that folds to itself."""
    if part in APOSTROPHES:
        return "a"
    if unseen(part) or is_mark(part):
        return "m"
    if part.isalnum() or part == "_":
        name = unicodedata.name(part, "TANGUT IDEOGRAPH")  # some Pythons name all but these
        return "1" if re.match(rf"({UNSPACED_SCRIPTS})\b", name) else "w"
    return " "


def is_apostrophe(character: str) -> bool:
    """Apostrophes of all kinds, and what is canonically equal to one."""
    return unicodedata.normalize("NFD", character) in APOSTROPHES


def unassigned_han(character: str) -> bool:
    """What a later Unicode will make a Han character, most likely."""
    in_planes = "\U00020000" <= character < "\U0003fffe"
    return unicodedata.category(character) == "Cn" and (in_planes or "\u3400" <= character <= "\u9fff")


def is_mark(character: str) -> bool:
    """Combining marks of every kind."""
    return unicodedata.category(character) in ("Mn", "Mc", "Me")


def unseen(character: str) -> bool:
    """Format characters, and others that leave no trace on paper."""
    return unicodedata.category(character) == "Cf" or bool(re.match(UNSEEN, unicodedata.name(character, "")))


def left_out(part: str) -> bool:
    """Accents and points, which writers leave out, and what is unseen."""
    combining = unicodedata.combining(part)
    return unseen(part) or 10 <= combining <= 36 or combining >= 200


def reference_hash(token: ReferenceToken) -> int:
    """Multiply, 128 bits wide, eight bytes at a time; the lowest bit says what kind of token it is."""
    data = token.folded.encode()
    seed_a, seed_b, seed_c = 0xFFA247533BFCB333, 0xFF15560397F92A3B, 0xFF715D3EA8D21779
    words = [int.from_bytes(data[at : at + 8], "little") for at in range(0, max(len(data), 9), 8)]
    if len(data) <= 16:
        value = multiply(words[0] ^ seed_a, words[1] ^ seed_b ^ len(data))
    else:
        value = multiply(words[0] ^ seed_a, words[1] ^ seed_b)
        for word in words[2:]:
            value = multiply(value ^ seed_b, word ^ seed_c)
        value = multiply(value ^ seed_b, len(data) ^ seed_c)
    return value & ~1 | token.single


def multiply(left: int, right: int) -> int:
    """Exclusive or of the two halves of the 128-bit product."""
    product = left * right
    return (product ^ product >> 64) & (1 << 64) - 1
