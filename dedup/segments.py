"""Segments: the sentences, lines, paragraphs and quotations that tokens stand in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from unicodedata import ucd_3_2_0

import numpy as np
import numpy.typing as npt

from dedup.kernels.segments import (
    BLANK,
    BULLET,
    DIGIT,
    END,
    IGNORED,
    LOWER,
    NEWLINE,
    OPENER,
    PARAGRAPH_BREAK,
    QUOTES,
    STOP,
    STRONG,
    UPPER,
    WEAK,
    WIDE_END,
    classify,
)
from dedup.tokens import Tokens, hash_words

__all__ = ["Gap", "Segments", "segment"]


class Gap(IntEnum):
    """What stands before a token; the greater, the stronger the border."""

    PLAIN = 0
    """Nothing but blanks, or a sign within a word or number (well-known, 3.5)."""
    CLAUSE = 1
    """A comma, dash, colon, bracket, quotation mark."""
    SENTENCE = 2
    LINE = 3
    """The end of a line of its own, without a full stop: a headline, a list item, a verse."""
    PARAGRAPH = 4
    """A blank line, or a line break behind a full stop where lines are not merely broken because they are full."""
    EDGE = 5
    """The beginning of the document."""


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Where each token of a batch stands in its text.

    Attributes
    ----------
    gaps : uint8 array (t,)
        The `Gap` before each token.
    capitals : bool array (t,)
        Whether the first character is upper case.
    numeric : bool array (t,)
        Whether it contains a digit of any script.
    quotations : int32 array (t,)
        0, or the number, from 1 within the document, of the quotation it stands in.
    sentences : int32 array (t,)
        Number of its sentence within the document, from 0.
    lines : int32 array (t,)
        Number of newlines before it in the document.

    Examples
    --------
    >>> from dedup.documents import TextBatch
    >>> from dedup.tokens import tokenize
    >>> segments = segment(tokenize(TextBatch.from_texts(['Mr. Bell left. "Not again", he said.'])))
    >>> segments.gaps.tolist(), segments.quotations.tolist()
    ([5, 0, 0, 2, 0, 1, 0], [0, 0, 0, 1, 1, 0, 0])
    >>> segments.sentences.tolist(), segments.capitals.tolist()[:3]
    ([0, 0, 0, 1, 1, 1, 1], [True, True, False])
    """

    gaps: npt.NDArray[np.uint8]
    capitals: npt.NDArray[np.bool_]
    numeric: npt.NDArray[np.bool_]
    quotations: npt.NDArray[np.int32]
    sentences: npt.NDArray[np.int32]
    lines: npt.NDArray[np.int32]

    def quotation_spans(self, start: int, end: int) -> npt.NDArray[np.int64]:
        """The quotations among tokens ``start`` to ``end``, those of one document, as token spans.

        Returns
        -------
        int64 array (quotations, 2)
            Half-open, counted from ``start``; row ``i`` is quotation ``i + 1``.
        """
        numbers = self.quotations[start:end]
        inside = np.flatnonzero(numbers)
        first = inside[np.diff(numbers[inside], prepend=0) > 0]
        last = inside[np.diff(numbers[inside], append=np.iinfo(np.int32).max) > 0]
        return np.stack([first, last + 1], axis=1).astype(np.int64)


def segment(tokens: Tokens) -> Segments:
    """Find sentences, lines, paragraphs and quotations in tokenised texts.

    The rules need no language and no model; lists of words and signs stand below, and the kernels say the rest. A
    sentence ends at . ! ? and their like before a blank and no small letter, but not behind titles, initials,
    abbreviations and ordinals.
    """
    size = len(tokens.hashes)
    keys, values = _known_words()
    gaps, quotations = np.zeros(size, np.uint8), np.zeros(size, np.int32)
    capitals, numeric = np.empty(size, np.bool_), np.empty(size, np.bool_)
    sentences, lines = np.empty(size, np.int32), np.empty(size, np.int32)
    classify(
        tokens.batch.data,
        tokens.batch.offsets,
        tokens.hashes,
        tokens.starts,
        tokens.ends,
        tokens.offsets,
        _kinds(),
        keys,
        values,
        gaps,
        capitals,
        numeric,
        quotations,
        sentences,
        lines,
    )
    return Segments(gaps, capitals, numeric, quotations, sentences, lines)


_CHARACTERS = {
    BLANK: "\t\x1c\x1d\x1e\x1f ",
    IGNORED: "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff",
    NEWLINE: "\n\r\x85\u2028",
    PARAGRAPH_BREAK: "\x0b\x0c\u2029",
    STOP: ".․‥…",
    END: "!?\u037e؟‽⁇⁈⁉‼۔։።፧፨।॥",
    WIDE_END: "。．｡！？︒︕︖။၊។៕།",
    WEAK: ",;:/-‐‑‒–·،؛՝፣፤፥",
    STRONG: "—―)]}|、，；：・）］｝】》〉〕～〜",
    OPENER: "([{（［｛【《〈〔¿¡",
    BULLET: "•◦▪▫■□●○‣⁃►▶*",
}
"""Signs by what they do in a gap.

A `STOP` may end a sentence, abbreviate, or merely hint at more; an `END` ends one before a blank unless a small letter
follows; a `WIDE_END` needs no blank. A `WEAK` sign divides only beside a blank (not in 1,500, 10:30, well-known).
"""

_QUOTATION_MARKS = (
    '"＂″', "'＇", "“‟〝", "”〞〟", "„", "«", "»", "‹", "›", "‘‛", "’", "‚", "「｢﹁", "」｣﹂", "『﹃", "』﹄", "`",
)  # fmt: skip
"""Characters of each kind of mark, in the order of `dedup.kernels.quotations`."""

_CASED_END = 0x3000
_TABLE_SIZE = 0x20000


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """Kind of each code point below 0x20000, a uint8 array.

    Letter case and digits are those of Unicode 3.2, which every Python carries, so that no version changes a result.
    """
    kinds = np.zeros(_TABLE_SIZE, np.uint8)
    by_category = {"Lu": UPPER, "Lt": UPPER, "Ll": LOWER, "Nd": DIGIT, "No": DIGIT, "Zs": BLANK}
    for first, last in ((0, _CASED_END), (0xA000, 0xAC00), (0xF900, _TABLE_SIZE)):
        for code in range(first, last):
            kinds[code] = by_category.get(ucd_3_2_0.category(chr(code)), 0)
    for kind, characters in _CHARACTERS.items():
        kinds[[ord(character) for character in characters]] = kind
    for number, characters in enumerate(_QUOTATION_MARKS):
        kinds[[ord(character) for character in characters]] = QUOTES + number
    kinds.flags.writeable = False
    return kinds


_TITLE, _ABBREVIATION, _STARTER, _MONTH, _ORDINAL, _ELISION = 1, 2, 4, 8, 16, 32

_WORDS = {
    # A name follows: never the end of a sentence.
    _TITLE: """
        mr mrs ms mx dr drs prof profs rev revd hon sen sens rep reps gov gen col maj capt cpt lt cmdr cdr sgt cpl pte
        pvt adm supt insp det fr st ste ft mt messrs mme mmes mlle mgr me vs nos figs eq ed eds cf ca approx
        hr hrn frl nr bzw vgl evtl ggf sog dipl ing mag hl abs ziff
        sr sra sres sras srta dn dña dra núm pág págs avda av
        sig sigg dott dottssa avv on mons
        dhr mevr mw prof ds gebr plm zgn
        д г гг ул им пр просп св акад проф гр
        пан пані вул
        dyr dir inż hab płk gen ks
    """,
    # What follows may or may not be a new sentence.
    _ABBREVIATION: """
        inc ltd co corp bros llc plc jr sr esq dept univ assn est al etc no vol pp sec fig ph mln bln
        jan feb mar apr jun jul aug sep sept oct nov dec mon tue tues wed thu thurs fri sat sun
        ave blvd rd pl sq ariz calif colo conn fla ill ind kan mass mich minn miss mont neb nev okla ore pa tenn tex va
        vt wash wis wyo
        usw mio mrd str tel inkl exkl geb gest jh jhdt jahrh bspw allg verh zzt
        ee uu cía vd vds ud uds
        ecc pag tel
        enz bijv nl mln mld resp jl
        тыс млн млрд руб др пр тел
        tzn tzw np itd itp ul
        bl osv mfl dvs kl ca
        dll dsb
    """,
    # Begins sentences and is no name.
    _STARTER: """
        the a an this that these those it its he she they we you i his her their our my your there here in on at by for
        from with without as when while where what who why how if but and or so yet nor not no after before since until
        although though because however meanwhile instead then now still also both some many most all each another
        other such only even under over during despite according about last
        der die das den dem des ein eine einen einem einer er sie es wir ihr ich man und aber doch oder denn dann da
        dort hier auch nur noch nach vor bei mit von aus auf zu in im am an für über unter seit während wenn als weil
        dass wer was wie wo warum so nun jetzt später schon diese dieser dieses sein seine ihre kein keine
        le la les l un une des ce cet cette ces il elle ils elles nous vous je on et mais ou donc car dans sur sous
        avec sans pour par après avant depuis selon quand si comme son sa ses leur leurs aujourd'hui
        el los las una unos unas lo este esta estos estas ese esa él ella ellos nosotros y pero o en con sin por para
        desde según cuando si como su sus también ya no
        il lo gli i una questo questa lui lei loro noi ma e ed nel nella con senza per dopo prima secondo quando se
        o os as um uma ele ela eles nós mas e em no na com sem por para depois antes segundo quando se seu sua
        de het een hij zij ze wij we ik maar en of in op met zonder voor na volgens toen als dit dat deze die zijn haar
        det den en ett han hon hun de vi jeg jag men och og i på med för for efter etter när når
        он она они мы я это этот эта эти но и а в на с по за из от до для после когда если как его её их также
    """,
    _MONTH: """
        januar jänner februar feber märz april mai juni juli august september oktober november dezember
        jan feb mär apr jun jul aug sep sept okt nov dez
        januari februari mars maj augusti december marts mei
        tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta
        marraskuuta joulukuuta jahrhundert jahrhunderts
    """,
    # Before a number with a full stop, which is then an ordinal.
    _ORDINAL: """
        am im der die das den dem des vom zum zur beim ab bis seit ins ihr ihre sein seine zwischen und jeder jede
        jedes einem einer
        den det de
    """,
    # Has lost its beginning, so the apostrophe before it opens nothing.
    _ELISION: """
        tis twas twere em til till cause bout n s t k m ll re ve d cos kay round nother
    """,
}


@cache
def _known_words() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint8]]:
    """Hashes of the words of `_WORDS`, ascending, and the sum of what each is."""
    known: dict[int, int] = {}
    for value, text in _WORDS.items():
        for word in hash_words(text.split()).tolist():
            known[word] = known.get(word, 0) | value
    keys = np.array(sorted(known), np.uint64)
    return keys, np.array([known[key] for key in sorted(known)], np.uint8)
