"""Segments the slow way: each gap as a string of letters, one for a character, read by regular expressions.

What the kinds of characters and the known words are is data and comes from the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

PLAIN, CLAUSE, SENTENCE, LINE, PARAGRAPH, EDGE = range(6)

# Letters of a gap's string. Quotation marks are the capital letters below.
BLANK, NEWLINE, BREAK, STOP, END, WIDE, WEAK, STRONG, OPENER, BULLET, OTHER = "_npsewkto*x"

PAIRS = {
    "D": "D", "S": "S", "L": "RD", "R": "R", "W": "LRD", "A": "B", "B": "AB", "F": "G", "G": "FG",
    "M": "NS", "N": "N", "V": "MNS", "C": "c", "H": "h", "T": "S",
}  # fmt: skip


@dataclass
class Token:
    start: int
    end: int
    single: bool
    roles: frozenset[str]


@dataclass
class Mark:
    token: int
    kind: str
    before: str
    after: str
    line_start: bool


@dataclass
class Result:
    gaps: list[int]
    capitals: list[bool]
    numeric: list[bool]
    quotations: list[int]
    sentences: list[int]
    lines: list[int]


def segment(text: str, tokens: Sequence[Token], kind_of: Callable[[str], str]) -> Result:
    """``kind_of`` gives a letter above; U, l, 0 for upper case, lower case, digits; '' for what is passed over."""
    gaps = [
        text[a:b] for a, b in zip([0] + [t.end for t in tokens], [t.start for t in tokens] + [len(text)], strict=True)
    ]
    first = [kind_of(text[token.start]) for token in tokens]
    read = [Gap(gap, kind_of) for gap in gaps]
    lines, count = [], 0
    for gap in read[:-1]:
        count += gap.newlines
        lines.append(count)
    stops = [first[i] for i, gap in enumerate(read[:-1]) if gap.stopped]
    careless = stops.count("l") > stops.count("U")
    classes = [PLAIN] * len(tokens)
    for i, gap in enumerate(read[:-1]):
        classes[i] = gap_class(i, gap, text, tokens, first, careless, kind_of)
    for i, value in hard_breaks(text, tokens, first, read).items():
        classes[i] = max(classes[i], value)
    if tokens:
        classes[0] = EDGE
    sentences = [sum(value >= SENTENCE for value in classes[1 : i + 1]) for i in range(len(tokens))]
    marks = [mark for i, gap in enumerate(gaps) for mark in read_marks(i, gap, text, tokens, kind_of)]
    return Result(
        classes,
        [kind == "U" for kind in first],
        [any(kind_of(c) == "0" for c in text[t.start : t.end]) for t in tokens],
        quote(marks, tokens, classes),
        sentences,
        lines,
    )


class Gap:
    def __init__(self, text: str, kind_of: Callable[[str], str]) -> None:
        self.text = text
        letters = "".join("[" if c == "[" else kind_of(c) for c in text.replace("\r\n", "\n"))
        letters = re.sub("[A-Z]|c|h", "q", letters)
        self.newlines = len(re.findall("[np]", letters))
        self.wide = WIDE in letters
        self.stopped = re.search(r"s.*[_np\[]", letters) is not None
        self.ended = re.search(r"e.*[_np\[]", letters) is not None
        self.paragraph = self.newlines > 1 or BREAK in letters
        spaced = re.search("[_np]", letters) is not None
        self.spaced = spaced
        self.clause = re.search(r"[qto*\[]", letters) is not None or (spaced and WEAK in letters)
        self.single_break = self.newlines == 1 and not self.paragraph
        head = letters.split("n")[0]
        self.line_ended = re.search("[sew]", head) is not None
        indent = text.replace("\r\n", "\n")
        indent = re.split("[\n\r\x85\u2028]", indent)[-1]
        width = sum(2 if c in "\t\u3000" else 1 for c in indent if kind_of(c) == BLANK)
        self.indented = BULLET in letters or width >= 2


def gap_class(
    i: int,
    gap: Gap,
    text: str,
    tokens: Sequence[Token],
    first: list[str],
    careless: bool,
    kind_of: Callable[[str], str],
) -> int:
    if gap.paragraph:
        return PARAGRAPH
    between_singles = i > 0 and tokens[i - 1].single and tokens[i].single and gap.spaced and not gap.newlines
    weak = CLAUSE if gap.clause or between_singles else PLAIN
    if gap.wide:
        return SENTENCE
    if first[i] == "l" and not careless:
        return CLAUSE if gap.ended else weak
    if gap.ended or (gap.stopped and ends_sentence(i, text, tokens, kind_of)):
        return SENTENCE
    return weak


def ends_sentence(i: int, text: str, tokens: Sequence[Token], kind_of: Callable[[str], str]) -> bool:
    if i == 0:
        return True
    previous, word = tokens[i - 1], text[tokens[i - 1].start : tokens[i - 1].end]
    if "title" in previous.roles:
        return False
    short_number = len(word.encode()) <= 2 and any(kind_of(c) == "0" for c in word)
    if short_number and "month" in tokens[i].roles:
        return False
    ordinal = short_number and i > 1 and "ordinal" in tokens[i - 2].roles
    initial = len(word) == 1 and kind_of(word) in ("U", "l") and not previous.single
    return "starter" in tokens[i].roles or not ("abbreviation" in previous.roles or initial or ordinal)


def hard_breaks(text: str, tokens: Sequence[Token], first: list[str], read: list[Gap]) -> dict[int, int]:
    """Class of each single line break that is not merely that of a full line."""
    breaks = []
    begin = 0
    for i, gap in enumerate(read[:-1]):
        parts = list(re.finditer("\r\n|[\n\r\x85\u2028\u2029\x0b\x0c]", gap.text))
        if not parts:
            continue
        at = tokens[i].start - len(gap.text)
        if gap.single_break:
            breaks.append((i, len(text[begin : at + parts[0].start()].encode("utf-8", "surrogatepass")), gap))
        begin = at + parts[-1].end()
    if not breaks:
        return {}
    buckets = sorted(min(length // 4, 255) for _, length, _ in breaks)
    median = 4 * buckets[len(buckets) // 2] + 2
    open_breaks = [(first[i], length) for i, length, gap in breaks if not gap.line_ended and not gap.indented]
    cased = [length >= 30 and kind == "l" for kind, length in open_breaks if kind in ("U", "l")]
    other = [median >= 60 and 5 * abs(n - median) <= median for kind, n in open_breaks if kind not in ("U", "l")]
    if len(cased) >= len(other):
        wrapped = any(cased) and sum(cased) / len(cased) >= 1 / 3
    else:
        wrapped = 3 * sum(other) >= 2 * len(other)
    hard = {}
    for i, length, gap in breaks:
        token = tokens[i]
        room = length + 1 + len(text[token.start : token.end].encode())
        runs_on = first[i] == "l" and not gap.line_ended and not gap.indented and length >= 30
        full = wrapped and not gap.indented and (first[i] == "l" or room * 4 >= 3 * median)
        if not runs_on and not full:
            hard[i] = PARAGRAPH if gap.line_ended else LINE
    return hard


def read_marks(i: int, gap: str, text: str, tokens: Sequence[Token], kind_of: Callable[[str], str]) -> list[Mark]:
    end = tokens[i].start if i < len(tokens) else len(text)
    start = end - len(gap)
    single_before = i > 0 and tokens[i - 1].single
    single_after = i < len(tokens) and tokens[i].single
    before = "space" if i == 0 else "single" if single_before else "letter"
    line_start = i == 0
    marks: list[Mark] = []
    at = start
    while at < end:
        character, size = text[at], 1
        kind = kind_of(character)
        if kind in PAIRS or kind in ("c", "h"):
            if character in "\"'`" and text[at + 1 : min(at + 2, end)] == character:
                kind, size = {"`": "L"}.get(character, "D"), 2
            after = beside(text[at + size : at + size + 2], single_after, kind_of)
            marks.append(Mark(i, kind, before, after, line_start))
            before = "opening" if before in ("space", "opening") else "glue"
        elif kind in (BLANK, NEWLINE, BREAK):
            before = "space"
            line_start = line_start or kind != BLANK
        elif kind:
            before = beside(character, False, kind_of) if character not in "–—―" or kind != STRONG else "opening"
            before = "glue" if before == "dots" else before
            line_start = False
        at += size
    return marks[:8]


def beside(text: str, single: bool, kind_of: Callable[[str], str]) -> str:
    if not text:
        return "space"
    kind = kind_of(text[0])
    if (text[:2] == ".." or text[0] == "…") and not single:
        return "dots"
    if kind in (BLANK, NEWLINE, BREAK):
        return "space"
    if kind == OPENER or kind in PAIRS or kind in ("c", "h"):
        return "opening"
    if kind in ("U", "l", "0"):
        return "letter"
    return "single" if single else "glue"


def opens(mark: Mark) -> bool:
    loose = mark.before == mark.after == "space"
    starts = mark.before in ("space", "opening")
    squeezed = mark.before in ("single", "glue") and mark.after in ("single", "letter")
    free = mark.after not in ("space", "glue") and (starts or squeezed)
    rules: Mapping[str, bool] = {
        "D": free or loose, "M": free, "S": free and starts, "T": free and starts, "N": free and starts,
        "A": mark.before == "space" or mark.after != "space", "F": mark.before == "space" or mark.after != "space",
        "R": starts and mark.after != "space", "B": starts and mark.after != "space",
        "G": starts and mark.after != "space",
    }  # fmt: skip
    return mark.kind in PAIRS and rules.get(mark.kind, True)


def closes(mark: Mark, opener: str) -> bool:
    if mark.before == "space":
        if mark.kind == "D":
            return mark.after == "space"
        return mark.kind not in ("S", opener) and mark.after != "letter"
    if mark.kind in ("S", "N"):
        return mark.before == "single" or mark.after not in ("letter", "single")
    return not (mark.kind == opener and mark.before == "opening")


def quote(marks: list[Mark], tokens: Sequence[Token], classes: list[int]) -> list[int]:
    quotations = [0] * len(tokens)
    number, i = 0, 0
    while i < len(marks):
        mark = marks[i]
        elided = mark.kind in ("S", "N") and mark.token < len(tokens) and "elision" in tokens[mark.token].roles
        found = None if elided or not opens(mark) or mark.token == len(tokens) else find_end(marks, i, classes)
        if found is None:
            i += 1
            continue
        end, i = found
        if end > mark.token:
            number += 1
            quotations[mark.token : end] = [number] * (end - mark.token)
    return quotations


def find_end(marks: list[Mark], i: int, classes: list[int]) -> tuple[int, int] | None:
    opener = marks[i]
    base, depth, j = opener.token, 0, i + 1
    while True:
        end = next((t for t in range(base + 1, len(classes)) if classes[t] >= LINE), len(classes))
        outside = (k for k in range(j, len(marks)) if is_behind(marks[k], end, len(classes)))
        here = range(j, next(outside, len(marks)))
        for k in here:
            mark = marks[k]
            if mark.token - base > 400:
                return None
            if mark.kind in PAIRS[opener.kind] and closes(mark, opener.kind):
                if depth == 0 and not possessive(marks, k, opener.kind, min(end, base + 401)):
                    return mark.token, k + 1
                depth = max(depth - 1, 0)
            elif mark.kind == opener.kind:
                if mark.kind == "D" and opens(mark) and mark.after != "space":
                    return None
                depth += mark.kind in ("A", "C", "H")
        j = here.stop
        must_close = opener.kind in "SNTMR" or (opener.kind == "D" and opener.before == opener.after == "space")
        if end - base > 400 or must_close:
            return None
        again = j < len(marks) and marks[j].token == end < len(classes) and marks[j].after != "space"
        if not again or (marks[j].kind != opener.kind and opener.kind + marks[j].kind != "AB"):
            return end, j
        base, depth, j = end, 0, j + 1


def is_behind(mark: Mark, end: int, size: int) -> bool:
    """Whether a mark belongs to the paragraph that begins at ``end``, or to a later one."""
    return mark.token > end or (mark.token == end < size and mark.line_start)


def possessive(marks: list[Mark], k: int, opener: str, end: int) -> bool:
    if marks[k].kind not in ("S", "N") or marks[k].before != "letter" or marks[k].after != "space":
        return False
    for mark in marks[k + 1 : k + 16]:
        if mark.token > end or (mark.kind == opener and opens(mark)):
            return False
        if mark.kind in PAIRS[opener] and closes(mark, opener) and mark.before == "glue":
            return True
    return False
