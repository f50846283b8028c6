"""Facts: the names, numbers and quotations of texts, and which of them another text lacks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from dedup.alignment import AlignmentInput
from dedup.kernels.beats import NAME, NUMBER, TOLD
from dedup.kernels.facts import gather_facts, mark_asides, mark_names, read_numbers
from dedup.kernels.novelty import NOVELTY_COLUMNS, FactArrays, compare_facts, gather_quotations
from dedup.parallel import in_threads
from dedup.tokens import Tokens, hash_words

__all__ = ["Facts", "number_words"]

_CHUNK = 512
_MOST = 300

_NUMBERS = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty; thirty forty fifty sixty seventy eighty ninety",
    "de": "null - zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn"
    " siebzehn achtzehn neunzehn zwanzig; dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "fr": "zéro - deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize - - - vingt;"
    " trente quarante cinquante soixante - - -",
    "es": "cero - dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete"
    " dieciocho diecinueve veinte; treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "it": "zero - due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
    " diciassette diciotto diciannove venti; trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "pt": "zero - dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete"
    " dezoito dezenove vinte; trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "nl": "nul - twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien"
    " achttien negentien twintig; dertig veertig vijftig zestig zeventig tachtig negentig",
}
"""Words for 0 to 20, and for 30 to 90 by tens. The word for 1 is left out where it is the article."""

_COMPOUNDS = {
    "de": ("ein zwei drei vier fünf sechs sieben acht neun", "und"),
    "nl": ("een twee drie vier vijf zes zeven acht negen", "en"),
}
"""Units before tens, in one word."""

_POWERS = {
    "en": {"dozen": 12, "hundred": 100, "thousand": 1e3, "million": 1e6, "millions": 1e6, "bn": 1e9, "billion": 1e9,
           "trillion": 1e12, "m": 1e6, "mn": 1e6},
    "de": {"dutzend": 12, "hundert": 100, "tausend": 1e3, "million": 1e6, "millionen": 1e6, "mio": 1e6,
           "milliarde": 1e9, "milliarden": 1e9, "mrd": 1e9},
    "fr": {"cent": 100, "cents": 100, "mille": 1e3, "million": 1e6, "millions": 1e6, "milliard": 1e9,
           "milliards": 1e9},
    "es": {"cien": 100, "ciento": 100, "mil": 1e3, "millón": 1e6, "millones": 1e6},
    "it": {"cento": 100, "mille": 1e3, "mila": 1e3, "milione": 1e6, "milioni": 1e6, "miliardo": 1e9,
           "miliardi": 1e9},
    "pt": {"cem": 100, "mil": 1e3, "milhão": 1e6, "milhões": 1e6, "bilhão": 1e9, "bilhões": 1e9},
    "nl": {"dozijn": 12, "honderd": 100, "duizend": 1e3, "miljoen": 1e6, "miljard": 1e9},
}  # fmt: skip
"""Words that multiply the number before them."""

_HAN_DIGITS = "零一二三四五六七八九"
_HAN_POWERS = {"十": 10, "百": 100, "千": 1e3, "万": 1e4, "萬": 1e4, "亿": 1e8, "億": 1e8}

_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱林郭罗梁宋郑谢韩唐冯董萧曹袁邓傅沈彭吕苏卢蒋蔡贾丁魏薛阎潘杜戴钟汪姜范姚谭廖邹熊陆"
    "郝孔崔邱秦顾侯邵孟尹黎贺赖龚骆葛卞陶殷施洪翟裴張劉陳楊趙黃吳孫羅鄭謝韓馮蕭鄧呂蘇盧蔣賈魏閻譚鄒熊陸顧賀賴龔駱鍾"
)
"""Commoner Chinese surnames that are no common words."""

_FILLERS = "某的了在和有是不把那这頭头便早曾上就也都与及等被从這與從"
"""Characters that are hardly ever part of a given name."""

_RARE_PAIR = 8.5


@cache
def number_words(language: str) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.float64]]:
    """Hashes of a language's number words, ascending, and what each means: a value, or minus what it multiplies by.

    >>> sorted(value for value in number_words("de")[1].tolist() if value > 98 or value < -1e6)
    [-1000000000.0, -1000000000.0, -1000000000.0, 99.0]
    """
    units, tens = _NUMBERS.get(language, ";").split(";")
    words = {word: float(i) for i, word in enumerate(units.split())}
    words |= {word: 10.0 * i for i, word in enumerate(tens.split(), 3)}
    if language in _COMPOUNDS:
        ones, joint = _COMPOUNDS[language]
        all_tens = {units.split()[-1]: 20, **{word: 10 * i for i, word in enumerate(tens.split(), 3)}}
        for i, one in enumerate(ones.split(), 1):
            words |= {one + joint + ten: float(value + i) for ten, value in all_tens.items()}
    words |= {word: -float(power) for word, power in _POWERS.get(language, {}).items()}
    if language in ("zh", "ja"):
        words |= {character: float(i) for i, character in enumerate(_HAN_DIGITS)} | {"两": 2.0, "〇": 0.0}
        words |= {character: -float(power) for character, power in _HAN_POWERS.items()}
    words.pop("-", None)
    if not words:
        return np.empty(0, np.uint64), np.empty(0)
    hashes = hash_words(list(words))
    keys, first = np.unique(hashes, return_index=True)
    return keys, np.array(list(words.values()))[first]


@cache
def _characters(text: str) -> npt.NDArray[np.uint64]:
    return np.unique(hash_words(list(text)))


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The names, numbers and quotations of documents.

    Attributes
    ----------
    arrays : FactArrays
    marks : uint8 array (t,)
        ``kernels.beats.NAME`` for each token that is part of a name, ``NUMBER`` for each that begins a number, ``TOLD``
        for each in the writer's own words, neither in a quotation nor in a headline or byline; or more than one.
    """

    arrays: FactArrays
    marks: npt.NDArray[np.uint8]

    @classmethod
    def from_prepared(
        cls,
        prepared: AlignmentInput,
        *,
        stems: npt.NDArray[np.uint64],
        idf: npt.NDArray[np.float32],
        weights: npt.NDArray[np.float32],
        languages: Sequence[str],
    ) -> Facts:
        """Find the facts of prepared documents.

        Parameters
        ----------
        prepared : AlignmentInput
        stems : uint64 array (t,)
            What stands for each token when texts are compared.
        idf, weights : float32 arrays (t,)
            Of each token's term; the weight is 0 for common words and boilerplate.
        languages : sequence of str
            Of the documents.
        """
        tokens, segments, boilerplate = prepared.tokens, prepared.segments, prepared.boilerplate
        values, digits = _numbers(tokens, segments.gaps, languages)
        asides = np.empty(len(tokens.hashes), np.bool_)
        place = (tokens.batch.data, tokens.batch.offsets, tokens.starts, tokens.ends)
        mark_asides(*place, segments.lines, tokens.offsets, asides)
        ignored = asides | boilerplate | ~np.isnan(values) | segments.numeric
        names = np.empty(len(tokens.hashes), np.bool_)
        mark_names(*place, segments.capitals, segments.gaps, idf, ignored, tokens.offsets, names)
        names |= _unspaced_names(tokens, segments.gaps, stems, idf) & ~ignored
        told = ~asides & ~boilerplate & (segments.quotations == 0)
        marks = names * NAME | (values >= 0.0) * NUMBER | told * TOLD
        return cls(_fact_arrays(prepared, stems, idf, weights, names, values, digits), marks)

    def compare(
        self,
        left: npt.NDArray[np.int32],
        right: npt.NDArray[np.int32],
        *,
        terms: npt.NDArray[np.uint64],
        term_marks: npt.NDArray[np.uint8],
        term_offsets: npt.NDArray[np.int64],
        jobs: int = 1,
    ) -> npt.NDArray[np.float64]:
        """``kernels.novelty.NOVELTY_COLUMNS`` of each pair.

        ``terms`` are all weighty stems of the documents with their marks, ascending, document d's from
        ``term_offsets[d]``: a name that stands anywhere in a text is no news to it.
        """
        arrays = self.arrays._replace(terms=terms, term_marks=term_marks, term_offsets=term_offsets)
        out = np.empty((len(left), len(NOVELTY_COLUMNS)))

        def work(start: int) -> None:
            part = slice(start, start + _CHUNK)
            compare_facts(arrays, left[part], right[part], _MOST, out[part])

        in_threads(work, range(0, len(left), _CHUNK), jobs)
        return out


def _unspaced_names(
    tokens: Tokens, gaps: npt.NDArray[np.uint8], stems: npt.NDArray[np.uint64], idf: npt.NDArray[np.float32]
) -> npt.NDArray[np.bool_]:
    """Which characters of unspaced scripts begin a name: the first of a pair that no list of words has.

    A surname before two more characters that make no word; or any pair that stands in its text again. Each goes by the
    pair, so that a given name may be respelled. None of the characters is one of the commonest ``_FILLERS``.
    """
    size = len(tokens.hashes)
    found = np.zeros(size, np.bool_)
    single = (tokens.hashes & np.uint64(1)) == 1
    if not single.any():
        return found
    pair = single[:-1] & single[1:] & (gaps[1:] == 0) & (idf[:-1] >= _RARE_PAIR)
    pair[tokens.offsets[1:-1][(tokens.offsets[1:-1] > 0) & (tokens.offsets[1:-1] < size)] - 1] = False
    first = np.flatnonzero(pair)
    fillers = np.isin(tokens.hashes, _characters(_FILLERS))
    first = first[~fillers[first] & ~fillers[first + 1]]
    document = np.searchsorted(tokens.offsets, first, "right")
    _, which, counts = np.unique(
        np.column_stack([document.astype(np.uint64), stems[first]]), axis=0, return_inverse=True, return_counts=True
    )
    found[first[counts[which.ravel()] > 1]] = True
    named = first[np.isin(tokens.hashes[first], _characters(_SURNAMES))]
    named = named[named + 2 < size]
    found[named[pair[np.minimum(named + 1, size - 2)] & ~fillers[named + 2]]] = True
    return found


def _numbers(
    tokens: Tokens, gaps: npt.NDArray[np.uint8], languages: Sequence[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
    """The value of the number that each token begins, see ``read_numbers``, and its significant digits."""
    size = len(tokens.hashes)
    words = np.full(size, np.nan)
    length = np.diff(tokens.offsets)
    codes, which = np.unique(np.array(languages, dtype=np.str_), return_inverse=True)
    for i, language in enumerate(codes.tolist()):
        keys, meant = number_words(language)
        if not len(keys):
            continue
        chosen = np.flatnonzero(np.repeat(which == i, length))
        at = np.minimum(np.searchsorted(keys, tokens.hashes[chosen]), len(keys) - 1)
        words[chosen] = np.where(keys[at] == tokens.hashes[chosen], meant[at], np.nan)
    values, digits = np.empty(size), np.empty(size, np.uint8)
    read_numbers(
        tokens.batch.data, tokens.batch.offsets, tokens.starts, tokens.ends, gaps, words, tokens.offsets, values, digits
    )
    return values, digits


def _fact_arrays(
    prepared: AlignmentInput,
    stems: npt.NDArray[np.uint64],
    idf: npt.NDArray[np.float32],
    weights: npt.NDArray[np.float32],
    names: npt.NDArray[np.bool_],
    values: npt.NDArray[np.float64],
    digits: npt.NDArray[np.uint8],
) -> FactArrays:
    """The arrays, but for the terms that they are compared with."""
    tokens, quotations = prepared.tokens, prepared.segments.quotations
    size, texts = len(tokens.hashes), len(tokens.offsets)
    keys, key_weights, places = np.empty(size, np.uint64), np.empty(size, np.float32), np.empty(size, np.int32)
    numbers, number_digits, number_places = np.empty(size), np.empty(size, np.uint8), np.empty(size, np.int32)
    name_offsets, number_offsets = np.empty(texts, np.int64), np.empty(texts, np.int64)
    gather_facts(
        stems, idf, names, values, digits, prepared.boilerplate, tokens.offsets,
        keys, key_weights, places, name_offsets, numbers, number_digits, number_places, number_offsets, _MOST,
    )  # fmt: skip
    n, m = name_offsets[-1], number_offsets[-1]
    document = np.repeat(np.arange(texts - 1), np.diff(name_offsets))
    token, base = tokens.offsets[document] + places[:n], tokens.batch.offsets[document]
    quote_terms, quote_weights = np.empty(size, np.uint64), np.empty(size, np.float32)
    quote_starts, quote_offsets = np.empty(size + 1, np.int64), np.empty(texts, np.int64)
    gather_quotations(
        stems, weights, quotations, prepared.boilerplate, tokens.offsets,
        quote_terms, quote_weights, quote_starts, quote_offsets,
    )  # fmt: skip
    return FactArrays(
        tokens.batch.data, keys[:n], key_weights[:n], places[:n], base + tokens.starts[token],
        base + tokens.ends[token], name_offsets, numbers[:m], number_digits[:m], number_places[:m], number_offsets,
        quote_terms, quote_weights, quote_starts, quote_offsets, np.empty(0, np.uint64), np.empty(0, np.uint8),
        np.zeros(texts, np.int64),
    )  # fmt: skip
