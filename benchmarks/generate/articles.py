"""Articles, each a function of the recipe and its own number, so that none need be kept to make another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from benchmarks.generate.lexicon import VARIANTS, Lexicon, from_table
from benchmarks.generate.plan import Kind, Recipe, make_plan
from benchmarks.generate.randomness import Numbers, numbers, one

__all__ = ["Article", "Articles"]

Words = npt.NDArray[np.int64]

_BODY, _PUNCTUATION, _LENGTH, _OUTLET, _BOILERPLATE, _FOOTER, _TOPIC, _AREA, _EDIT, _DATE = range(21, 31)
_PLAIN, _FIRST, _COMMA, _STOP, _PARAGRAPH = range(VARIANTS)
_TOPIC_WORDS, _TOPIC_SCRIPT, _TOPIC_PHRASES, _AREA_WORDS = 250, 2_000, 500, 1_500
_UNITS = (0.48, 0.74, 0.88)
_BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Article:
    """A generated document, and how it came about.

    Attributes
    ----------
    number : int
    text, outlet : str
    date : datetime
        A derived text is younger than its source.
    kind : Kind
    source : int
        The document it is made from; its own number where it is fresh.
    edited : float
        Of a copy, the share of words that were replaced, left out or put in.
    """

    number: int
    text: str
    outlet: str
    date: datetime
    kind: Kind
    source: int
    edited: float

    @property
    def id(self) -> str:
        """The number, so that ids sort as numbers do."""
        return f"{self.number:09d}"


class Articles:
    """The documents of a recipe, in any order, without end of memory.

    Parameters
    ----------
    recipe : Recipe
    lexicon : Lexicon, optional
        English of the shipped table by default.

    Examples
    --------
    >>> articles = Articles(Recipe(100, largest_family=5))
    >>> len(list(articles)), articles[7].text == Articles(Recipe(100, largest_family=5))[7].text
    (100, True)
    """

    def __init__(self, recipe: Recipe, lexicon: Lexicon | None = None) -> None:
        self.recipe = recipe
        self.plan = make_plan(recipe)
        self._lexicon = lexicon or from_table()
        self._spellings = self._lexicon.spellings()
        self._topics = max(3, recipe.documents // 500)
        self._outlets = max(8, recipe.documents // 1_000)
        self._topic = lru_cache(maxsize=4_096)(self._make_topic)
        self._footer = lru_cache(maxsize=4_096)(self._make_footer)

    def __len__(self) -> int:
        return self.recipe.documents

    def __iter__(self) -> Iterator[Article]:
        return (self[number] for number in range(len(self)))

    def __getitem__(self, number: int) -> Article:
        if not 0 <= number < len(self):
            raise IndexError(f"there are {len(self)} documents, no document {number}")
        kind, source = Kind(self.plan.kinds[number]), int(self.plan.sources[number])
        words, edited = self._body(number, kind, source)
        outlet = self._outlet(number)
        if source != self.plan.twin and one(self.recipe.seed, _BOILERPLATE, number) % 10 == 0:
            words = np.concatenate([words, self._footer(0 if self.recipe.one_footer else outlet)])
        text = "".join([self._spellings[word] for word in words.tolist()]).rstrip()
        return Article(number, text, f"Outlet {outlet}", self._date(number, source), kind, source, edited)

    def _body(self, number: int, kind: Kind, source: int) -> tuple[Words, float]:
        if kind == Kind.FRESH or source == self.plan.twin:
            return self._fresh(source), 0.0
        if kind == Kind.COPY:
            return self._copied(number, self._fresh(source))
        if kind == Kind.REWRITE:
            return self._rewritten(number, self._fresh(source)), 0.0
        return self._embedded(number, self._fresh(number), self._fresh(source)), 0.0

    def _fresh(self, number: int) -> Words:
        """Words of the language, its phrases, the topic's words and the topic's phrases; then sentences."""
        chance = one(self.recipe.seed, _LENGTH, number)
        length = self.recipe.words * (60 + chance % 81) // 100
        if (chance >> 20) % 10 == 0:
            length = max(8, length // 8)
        topic = _skewed(chance >> 32, self._topics)
        chances = numbers(int(length / 1.6) + 2, self.recipe.seed, _BODY, number)
        return self._punctuated(self._units(chances, topic)[:length], number)

    def _units(self, chances: Numbers, topic: int) -> Words:
        lexicon, (common, script, starts, lengths) = self._lexicon, self._topic(topic)
        store = np.concatenate([script, lexicon.script])
        kind = (chances & np.uint64(0xFFFF)).astype(np.float64) / 0x10000
        place = (chances >> np.uint64(16)).astype(np.float64) / float(1 << 48)
        phrase = (place**lexicon.skew * len(lexicon.starts)).astype(np.int64)
        own = (place * place * len(starts)).astype(np.int64)
        single = (kind < _UNITS[0]) | ((kind >= _UNITS[1]) & (kind < _UNITS[2]))
        of_topic = kind >= _UNITS[1]
        length = np.where(single, 1, np.where(of_topic, lengths[own], lexicon.lengths[phrase])).astype(np.int64)
        start = np.where(of_topic, starts[own], lexicon.starts[phrase] + len(script))
        ends = np.cumsum(length)
        gathered = np.repeat(start - ends + length, length) + np.arange(ends[-1])
        words: Words = store[np.minimum(gathered, len(store) - 1)].astype(np.int64)
        drawn = np.where(of_topic, common[(place * place * len(common)).astype(np.int64)], lexicon.draw(chances))
        words[(ends - length)[single]] = drawn[single]
        return words

    def _punctuated(self, words: Words, number: int) -> Words:
        """Each word in one of its variants: sentences of about 19 words, a comma in each, paragraphs of four."""
        chances = numbers(len(words), self.recipe.seed, _PUNCTUATION, number)
        ends = chances % np.uint64(19) == 0
        paragraphs = ends & ((chances >> np.uint64(8)) % np.uint64(4) == 0)
        variant = np.where((chances >> np.uint64(16)) % np.uint64(20) == 0, _COMMA, _PLAIN)
        variant[1:][ends[:-1]] = _FIRST
        variant[:1] = _FIRST
        variant[ends] = _STOP
        variant[paragraphs] = _PARAGRAPH
        variant[-1:] = _STOP
        punctuated: Words = words * VARIANTS + variant
        return punctuated

    def _make_topic(self, topic: int) -> tuple[Words, Words, Words, Words]:
        """Words and phrases of a topic. Topics of one area draw from the same vocabulary."""
        lexicon, seed = self._lexicon, self.recipe.seed
        area = topic % max(4, self._topics // 20)
        within = _fractions(numbers(_AREA_WORDS, seed, _AREA, area))
        vocabulary = lexicon.rare + (within * within * (len(lexicon.words) - lexicon.rare)).astype(np.int64)
        chances = numbers(_TOPIC_WORDS + _TOPIC_SCRIPT + 2 * _TOPIC_PHRASES, seed, _TOPIC, topic)
        words, places, starts, lengths = np.split(
            chances, np.cumsum([_TOPIC_WORDS, _TOPIC_SCRIPT, _TOPIC_PHRASES]).tolist()
        )
        common = vocabulary[(words % np.uint64(len(vocabulary))).astype(np.int64)]
        from_topic = common[(places % np.uint64(len(common))).astype(np.int64)]
        script = np.where(places >> np.uint64(63) == 0, from_topic, lexicon.draw(places << np.uint64(1)))
        return (
            common,
            script,
            (starts % np.uint64(_TOPIC_SCRIPT - 4)).astype(np.int64),
            (lengths % np.uint64(3) + np.uint64(2)).astype(np.int64),
        )

    def _make_footer(self, outlet: int) -> Words:
        chances = numbers(20, self.recipe.seed, _FOOTER, outlet)
        words = self._units(chances, int(chances[0] % np.uint64(self._topics)))
        variant = np.full(len(words), _PLAIN)
        variant[0], variant[-1] = _FIRST, _PARAGRAPH
        footer: Words = words * VARIANTS + variant
        return footer

    def _copied(self, number: int, words: Words) -> tuple[Words, float]:
        """A quarter unchanged, the others with up to 12 % of their words edited; of a sixth the end is cut."""
        chance = one(self.recipe.seed, _EDIT, number)
        share = 0.0 if chance % 4 == 0 else (chance >> 32) % 1201 / 10_000
        if (chance >> 8) % 6 == 0:
            words = words[: len(words) - len(words) * ((chance >> 16) % 15) // 100]
        return self._edited(words, share, share / 5, number), share

    def _rewritten(self, number: int, words: Words) -> Words:
        """A third of the words replaced, some left out, a sixth of the sentences dropped, the others in new order."""
        ends = np.flatnonzero((words % VARIANTS == _STOP) | (words % VARIANTS == _PARAGRAPH)) + 1
        sentences = [part for part in np.split(words, ends) if len(part)]
        chances = numbers(len(sentences), self.recipe.seed, _EDIT, number, 1)
        kept = [part for part, chance in zip(sentences, chances.tolist(), strict=True) if chance % 6] or sentences
        nearby = np.arange(len(kept)) + _fractions(chances[: len(kept)]) * 4
        moved = np.concatenate([kept[place] for place in np.argsort(nearby, kind="stable").tolist()])
        return self._edited(moved, 0.36, 0.05, number)

    def _embedded(self, number: int, words: Words, source: Words) -> Words:
        """A passage of 60 to 150 words of another document between two sentences."""
        chance = one(self.recipe.seed, _EDIT, number)
        length = min(len(source), 60 + chance % 91)
        start = (chance >> 16) % (len(source) - length + 1)
        ends = np.flatnonzero(words % VARIANTS >= _STOP) + 1
        at = ends[(chance >> 32) % len(ends)]
        return np.concatenate([words[:at], source[start : start + length], words[at:]])

    def _edited(self, words: Words, share: float, dropped: float, number: int) -> Words:
        chances = numbers(len(words), self.recipe.seed, _EDIT, number, 2)
        fraction = _fractions(chances)
        replaced = (fraction >= dropped) & (fraction < share)
        others = self._lexicon.draw(numbers(int(replaced.sum()), self.recipe.seed, _EDIT, number, 3))
        edited = words.copy()
        edited[replaced] = others.astype(np.int64) * VARIANTS + words[replaced] % VARIANTS
        kept = edited[fraction >= dropped]
        return kept if len(kept) else words

    def _outlet(self, number: int) -> int:
        return _skewed(one(self.recipe.seed, _OUTLET, number), self._outlets)

    def _date(self, number: int, source: int) -> datetime:
        minutes = one(self.recipe.seed, _DATE, source) % 500_000
        if number != source:
            minutes += 10 + one(self.recipe.seed, _DATE, number) % 2_880
        return _BEGIN + timedelta(minutes=minutes)


def _fractions(chances: Numbers) -> npt.NDArray[np.float64]:
    return (chances >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def _skewed(chance: int, count: int) -> int:
    """A number below ``count``, small ones more often."""
    fraction = (chance & 0xFFFFFFFF) / (1 << 32)
    return int(fraction * fraction * count)
