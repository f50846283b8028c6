"""What the verdict weighed, as a table with a line on what each figure means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from dedup.report.table import print_wrapped
from dedup.report.visible import visible

__all__ = ["MEANINGS", "evidence_rows", "print_evidence"]

_ROOM = 72

MEANINGS = {
    "identical": "the token sequences are the same",
    "equal": "they are the same without boilerplate",
    "shared_boilerplate": "lines of boilerplate in both, of those in either",
    "jaccard": "3-word shingles in both, of those in either",
    "cosine": "likeness of the weighted words (TF-IDF)",
    "passages": "passages that are neither quotations nor boilerplate",
    "in_order": "share of their pairs that have the same order in both texts",
    "longest": "words of the longest run that both sides of a passage keep",
    "strongest": "rarity of the words in the weightiest passage (sum of idf)",
    "fact_agreement": "names and numbers that agree where the sentences match",
    "matched_facts": "how many names and numbers that share is of",
    "fact_order": "how far shared names and numbers keep their order (−1 to 1)",
    "shared_facts": "how many names and numbers these are",
    "sentence_order": "how surely like sentences keep their order",
    "shared_words": "weight of rare words in common that are no names",
    "tokens": "its length",
    "containment": "its 3-word shingles that the other has",
    "coverage": "its tokens inside passages that are no mere quotations",
    "quoted_coverage": "the same, of what stands outside direct quotation",
    "kept": "its tokens outside quotation in phrases that passages keep",
    "verbatim": "its tokens inside verbatim passages",
    "edited": "its tokens inside edited passages",
    "rewritten": "its tokens inside rewritten passages",
    "head": "tokens before its first passage",
    "foot": "tokens behind its last passage",
    "quotations": "its tokens in direct quotation",
    "chain": "its sentences that the other follows in the same order, weighted",
    "chance": "the same, with the other's sentences shuffled",
    "anchors": "its sentences with a strong counterpart",
    "sentences": "its sentences",
    "facts": "its different names and numbers",
    "new_facts": "those that the other lacks",
    "names": "its names, by rarity",
    "new_names": "those that the other lacks",
    "numbers": "its numbers, by weight",
    "new_numbers": "those that the other lacks",
    "quotes": "its direct quotations of five words or more",
    "new_quotes": "those whose words the other lacks",
    "indirect": "those that the other tells in its own words",
    "known": "of its words, by weight, the other has",
    "extra_numbers": "numbers in its matched sentences that the other lacks",
    "extra_names": "names in its matched sentences that the other lacks",
}
"""What each figure of the evidence means."""


def evidence_rows(evidence: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, str]]:
    """Rows of name, value of the pair, of the left text, of the right text, meaning.

    >>> for row in evidence_rows({"left": {"head": 3}, "right": {"head": 0}, "jaccard": 0.25, "equal": False}):
    ...     print(row[:4])
    ('jaccard', '0.2500', '', '')
    ('equal', 'no', '', '')
    ('head', '', '3', '0')
    """
    left, right = evidence.get("left", {}), evidence.get("right", {})
    for name, value in evidence.items():
        if name not in ("left", "right"):
            yield name, _plain(value), "", "", MEANINGS.get(name, "")
    for name, value in left.items():
        yield name, "", _plain(value), _plain(right.get(name, "")), MEANINGS.get(name, "")


def print_evidence(console: Console, evidence: Mapping[str, Any]) -> None:
    """The rows as a table; where that has no room, each row in lines of its own."""
    console.print()
    if console.width < _ROOM:
        for row in evidence_rows(evidence):
            name, *figures, meaning = map(visible, row)
            sides = zip(("", "left ", "right "), figures, strict=True)
            said = ", ".join(f"{side}{figure}" for side, figure in sides if figure)
            print_wrapped(console, Text.assemble((name.replace("_", " "), "bold"), f"  {said}"))
            print_wrapped(console, meaning, "  ", "dim")
        return
    table = Table("evidence", "both", "left", "right", "meaning", box=box.SIMPLE_HEAD, pad_edge=False)
    for column in table.columns[1:4]:
        column.justify = "right"
        column.no_wrap = True
    for name, *figures, meaning in evidence_rows(evidence):
        cells = (visible(name.replace("_", " ")), *map(visible, figures))
        table.add_row(*map(Text, cells), Text(meaning, style="dim"))
    console.print(table)


def _plain(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.4f}" if isinstance(value, float) else str(value)
