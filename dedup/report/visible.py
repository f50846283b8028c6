"""Text of unknown authors, made harmless: no control character of theirs reaches a terminal."""

from __future__ import annotations

import re

__all__ = ["UNSAFE", "escape_json", "sign", "visible"]

# Controls, line and paragraph separators, bidi embeddings, overrides and isolates, byte order marks,
# interlinear marks, invisible tag characters, and the lone surrogates of undecodable file names.
# Joiners and directional marks stay: emoji, Persian and Hebrew are written with them.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]")
_PICTURES = 0x2400
_DELETE_PICTURE = "\u2421"


def visible(text: str, *, lines: bool = False) -> str:
    r"""A text that a terminal shows as it is: controls and bidi overrides stand as visible signs.

    Parameters
    ----------
    text : str
    lines : bool
        Keep line ends as line ends (one for a run of them) and tabs as spaces.

    Examples
    --------
    >>> print(visible("fog\x1b[31m, " + chr(0x202E) + "txt.exe"))
    fog␛[31m, ‹U+202E›txt.exe
    >>> visible("First.\r\n\r\nSecond.", lines=True)
    'First.\nSecond.'
    """
    if lines:
        text = re.sub(r"\s*[\r\n\u2028\u2029]\s*", "\n", text).replace("\t", " ")
        return "\n".join(UNSAFE.sub(sign, line) for line in text.split("\n"))
    return UNSAFE.sub(sign, text)


def escape_json(text: str) -> str:
    r"""JSON of the same value in which no character moves a terminal's cursor or turns its direction.

    The characters below U+0020 are escaped by every JSON encoder; these are the rest.

    >>> print(escape_json(chr(34) + "a" + chr(0x202E) + chr(34)))
    "a\u202e"
    """
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def sign(found: re.Match[str]) -> str:
    """What stands for an unsafe character: its picture, or its number."""
    code = ord(found[0])
    if code < 0x20:
        return chr(_PICTURES + code)
    return _DELETE_PICTURE if code == 0x7F else f"‹U+{code:04X}›"
