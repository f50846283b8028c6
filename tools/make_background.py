"""Make ``dedup/data/background.txt.xz``: how common words are in the larger languages.

The figures come from wordfreq 3 (https://github.com/rspeer/wordfreq, Robyn Speer), whose data is licensed
CC BY-SA 4.0; so is the file made here (see NOTICE). Words are kept with their Zipf value, the base-10 logarithm of
their occurrences in a billion words, to one decimal. The language ``*`` stands for all: numbers.

Chinese, Japanese and Thai are counted by single characters and by neighbouring characters, as dedup's terms are.
Neighbours within words are counted; those across words are estimated from how often characters end and begin words.

Run with: ``python -m tools.make_background`` (needs ``pip install wordfreq``).
"""

from __future__ import annotations

import lzma
import math
from collections import defaultdict
from pathlib import Path

import wordfreq  # type: ignore[import-untyped]

SIZES = {"en": 40_000} | dict.fromkeys(["de", "fr", "es", "ru", "it", "pt"], 12_000)
LANGUAGES = "en de fr es it pt ru nl sv da nb fi pl cs uk tr ar fa he hi bn id vi ko ro hu el zh ja".split()
UNSPACED = {"zh", "ja"}
OUTPUT = Path(__file__).parent.parent / "dedup" / "data" / "background.txt.xz"


def zipf(share: float) -> float:
    """Zipf value of a share of all words."""
    return round(math.log10(share) + 9, 1)


def spaced(language: str) -> dict[str, float]:
    """Zipf values of the most frequent words."""
    shares = wordfreq.get_frequency_dict(language)
    ranked = sorted(shares.items(), key=lambda item: -item[1])[: SIZES.get(language, 6_000)]
    return {word: zipf(share) for word, share in ranked if word.isalpha() or "'" in word}


def unspaced(language: str) -> dict[str, float]:
    """Zipf values of characters and of neighbouring characters, per character of text."""
    inside: dict[str, float] = defaultdict(float)
    first: dict[str, float] = defaultdict(float)
    last: dict[str, float] = defaultdict(float)
    total = 0.0
    for word, share in wordfreq.get_frequency_dict(language).items():
        if not all(ord(character) > 0x3000 for character in word):
            continue
        total += share * len(word)
        first[word[0]] += share
        last[word[-1]] += share
        for i, character in enumerate(word):
            inside[character] += share
            if i:
                inside[word[i - 1 : i + 1]] += share
    across = sum(first.values())
    common = [sorted(table, key=table.__getitem__, reverse=True)[:400] for table in (last, first)]
    for left in common[0]:
        for right in common[1]:
            inside[left + right] += last[left] * first[right] / across
    ranked = sorted(inside.items(), key=lambda item: -item[1])[:25_000]
    return {term: zipf(share / total) for term, share in ranked}


def numbers() -> dict[str, float]:
    """Zipf values of the numbers up to 2099, of English; other languages write them much as often."""
    shares = {str(number): wordfreq.word_frequency(str(number), "en") for number in range(2100)}
    return {number: zipf(share) for number, share in shares.items() if share > 0}


def main() -> None:
    """Write the table, most frequent first, a line for each language and Zipf value."""
    tables = {language: (unspaced if language in UNSPACED else spaced)(language) for language in LANGUAGES}
    lines = []
    for language, table in {"*": numbers(), **tables}.items():
        groups: dict[float, list[str]] = defaultdict(list)
        for term, value in table.items():
            groups[round(value, 1)].append(term)
        lines += [f"{language}\t{value}\t{' '.join(groups[value])}" for value in sorted(groups, reverse=True)]
    OUTPUT.write_bytes(lzma.compress("\n".join(lines).encode(), preset=9))
    print(f"{OUTPUT.name}: {OUTPUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
