"""Stems: what inflected forms of a word have in common."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from dedup.documents import TextBatch
from dedup.kernels.stems import apply_stems, insert_stems
from dedup.tokens import Tokens, tokenize

__all__ = ["STEMMED_LANGUAGES", "stem_tokens"]

STEMMED_LANGUAGES = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian",
    "no": "norwegian", "pl": "polish", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "st": "sesotho", "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
"""Name of the Snowball stemmer of each language, by ISO 639-1 code."""

_ELIDED = frozenset(
    [
        "l",
        "d",
        "c",
        "j",
        "m",
        "n",
        "s",
        "t",
        "qu",
        "jusqu",
        "lorsqu",
        "puisqu",
        "quoiqu",
        "dell",
        "all",
        "nell",
        "sull",
        "dall",
        "coll",
        "quell",
        "quest",
        "un",
        "bell",
        "sant",
    ]
)
"""What French, Italian and Catalan write before an apostrophe, in front of the word that counts."""

_ELIDING = frozenset(["fr", "it", "ca"])

_NUMBERS = {
    "en": "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty; thirty forty fifty sixty seventy eighty ninety hundred; thousand",
    "de": "eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn"
    " achtzehn neunzehn zwanzig; dreißig vierzig fünfzig sechzig siebzig achtzig neunzig hundert; tausend",
    "fr": "- deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize - - - vingt;"
    " trente quarante cinquante soixante septante huitante nonante cent; mille",
    "es": "- dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete"
    " dieciocho diecinueve veinte; treinta cuarenta cincuenta sesenta setenta ochenta noventa cien; mil",
    "it": "- due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici"
    " diciassette diciotto diciannove venti; trenta quaranta cinquanta sessanta settanta ottanta novanta cento; mille",
    "pt": "- dois três quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezesseis dezessete dezoito"
    " dezenove vinte; trinta quarenta cinquenta sessenta setenta oitenta noventa cem; mil",
    "nl": "- twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien vijftien zestien zeventien"
    " achttien negentien twintig; dertig veertig vijftig zestig zeventig tachtig negentig honderd; duizend",
}
"""Words for 1 to 20; 30 to 100 by tens; 1000. Where the word for 1 is the article it is left out."""

_LARGEST_CACHE = 1 << 19
"""Words remembered for each language; some 12 MB at most."""


def stem_tokens(tokens: Tokens, languages: Sequence[str | None]) -> npt.NDArray[np.uint64]:
    """The hash of each token's stem, with the Snowball stemmer of its document's language.

    Number words in the larger languages become digits. Where no stemmer helps the stem is the token. Words that
    are spelt alike but for case and the form of their apostrophe have the same stem, whatever was stemmed before.

    Parameters
    ----------
    tokens : Tokens
    languages : sequence of str or None, one for each document
        ISO 639-1 codes. None, and languages without a stemmer, leave tokens as they are.

    Returns
    -------
    uint64 array (t,)
        In the space of ``tokens.hashes``.

    Raises
    ------
    ValueError
        If there are more or fewer languages than documents.

    Notes
    -----
    M. F. Porter, Snowball: a language for stemming algorithms, 2001. A stemmer sees each word once in the life of
    the process, or more often if it meets very many.

    Examples
    --------
    >>> tokens = tokenize(TextBatch.from_texts(["Ferries sailed; twelve ferry sailings", "Des bateaux"]))
    >>> stems = stem_tokens(tokens, ["en", None])
    >>> bool(stems[0] == stems[3]), bool(stems[1] == stems[4]), bool((stems[5:] == tokens.hashes[5:]).all())
    (True, True, True)
    """
    if len(languages) != len(tokens):
        raise ValueError(f"{len(languages)} languages for {len(tokens)} documents")
    stems = tokens.hashes.copy()
    groups: dict[str, list[int]] = {}
    for document, language in enumerate(languages):
        if language in STEMMED_LANGUAGES:
            groups.setdefault(language, []).append(document)
    for language, documents in groups.items():
        _stemmer(language).stem(tokens, np.array(documents, np.int64), stems)
    return stems


class _Stemmer:
    """Stems of one language, and the table of those it knows already.

    The table is never changed, only replaced, so that threads may read it while another one adds to it.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._numbers = _number_words(language)
        self._lock = threading.Lock()
        self._stem_words: Callable[[list[str]], list[str]] | None = None
        self._size = 0
        self._table = np.zeros(1 << 10, np.uint64), np.zeros(1 << 10, np.uint64)

    def stem(self, tokens: Tokens, documents: npt.NDArray[np.int64], stems: npt.NDArray[np.uint64]) -> None:
        """Write the stems of the tokens of ``documents``."""
        room = int((tokens.offsets[documents + 1] - tokens.offsets[documents]).sum())
        missing, missing_keys = np.empty(room, np.int64), np.empty(room, np.uint64)
        batch = tokens.batch
        count = apply_stems(
            batch.data,
            batch.offsets,
            tokens.hashes,
            tokens.starts,
            tokens.ends,
            tokens.offsets,
            documents,
            *self._table,
            stems,
            missing,
            missing_keys,
        )
        if not count:
            return
        missing = missing[:count]
        new_keys, first, which = np.unique(missing_keys[:count], return_index=True, return_inverse=True)
        new_stems = self._stems_of(tokens, missing[first])
        stems[missing] = new_stems[which]
        self._remember(new_keys, new_stems)

    def _stems_of(self, tokens: Tokens, chosen: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
        documents = np.searchsorted(tokens.offsets, chosen, side="right") - 1
        begins = tokens.batch.offsets[documents]
        starts, ends = begins + tokens.starts[chosen], begins + tokens.ends[chosen]
        data = tokens.batch.data
        words = [
            self._prepare(data[start:end].tobytes().decode())
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        ]
        with self._lock:
            if self._stem_words is None:
                self._stem_words = _snowball(self._language)
            stemmed = self._stem_words(words)
        texts = [self._numbers.get(word, stem) for word, stem in zip(words, stemmed, strict=True)]
        found = tokenize(TextBatch.from_texts(texts))
        stems = tokens.hashes[chosen]
        whole = np.diff(found.offsets) == 1
        stems[whole] = found.hashes[found.offsets[:-1][whole]]
        return stems

    def _prepare(self, word: str) -> str:
        """A word as Snowball expects it: composed, in small letters, with typewriter apostrophes."""
        word = unicodedata.normalize("NFC", word).lower()
        if not word.isascii():
            word = "".join(_SIMPLE.get(character, character) for character in word)
        if self._language in _ELIDING:
            before, _, rest = word.partition("'")
            if rest and before in _ELIDED:
                return rest
        return word

    def _remember(self, new_keys: npt.NDArray[np.uint64], new_stems: npt.NDArray[np.uint64]) -> None:
        with self._lock:
            old_keys, old_values = self._table
            if self._size + len(new_keys) > _LARGEST_CACHE:
                old_keys, old_values, self._size = old_keys[:0], old_values[:0], 0
                new_keys, new_stems = new_keys[:_LARGEST_CACHE], new_stems[:_LARGEST_CACHE]
            self._size += len(new_keys)
            capacity = max(1 << 10, len(old_keys))
            while capacity < 2 * self._size:
                capacity *= 2
            if capacity == len(old_keys):
                keys, values = old_keys.copy(), old_values.copy()
            else:
                keys, values = np.zeros(capacity, np.uint64), np.zeros(capacity, np.uint64)
                used = old_keys != 0
                insert_stems(keys, values, old_keys[used], old_values[used])
            insert_stems(keys, values, new_keys[new_keys != 0], new_stems[new_keys != 0])
            self._table = keys, values


_SIMPLE = dict.fromkeys("`´ʹʻʼʽ՚׳ߴߵ‘’‛′＇", "'") | dict.fromkeys("\u00ad\u200b\u200d\u200e\u200f\u2060\u0640", "")


@cache
def _stemmer(language: str) -> _Stemmer:
    return _Stemmer(language)


def _snowball(language: str) -> Callable[[list[str]], list[str]]:
    import snowballstemmer

    name = STEMMED_LANGUAGES[language]
    if name not in snowballstemmer.algorithms():
        return list  # an older Snowball
    stem_words: Callable[[list[str]], list[str]] = snowballstemmer.stemmer(name).stemWords
    return stem_words


def _number_words(language: str) -> dict[str, str]:
    units, tens, thousand = _NUMBERS.get(language, "; ;").split(";")
    numbers = {word: str(i) for i, word in enumerate(units.split(), 1)}
    numbers |= {word: str(10 * i) for i, word in enumerate(tens.split(), 3)}
    numbers |= dict.fromkeys(thousand.split(), "1000")
    numbers.pop("-", None)
    return numbers
