"""Division: passages are cut where boilerplate meets a writer's own words, and nowhere else."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.alignment import KINDS, Alignments, PassageKind, prepare
from dedup.division import divide_passages
from dedup.documents import TextBatch
from dedup.segments import segment
from dedup.statistics import Statistics
from dedup.tokens import tokenize

WORDS = [f"word{number}" for number in range(40)]
OWN, KNOWN = st.lists(st.sampled_from(WORDS[:20]), max_size=12), st.lists(st.sampled_from(WORDS[20:]), max_size=12)


def divided(left, right, kind=PassageKind.EDITED):
    """What becomes of one passage over two whole texts, given as (words, boilerplate or not) in turn."""
    texts = [" ".join(word for words, _ in text for word in words) for text in (left, right)]
    mask = np.array([flag for text in (left, right) for words, flag in text for _ in words], np.bool_)
    tokens = tokenize(TextBatch.from_texts(texts))
    prepared = prepare(
        tokens, segment(tokens), languages=["en", "en"], statistics=Statistics.background(), boilerplate=mask
    )
    ends = np.diff(tokens.offsets).astype(np.int32)
    zero, number = np.zeros(1, np.int32), np.array([KINDS.index(kind)], np.uint8)
    whole = Alignments(np.array([0, 1]), zero, ends[:1], zero, ends[1:], number, np.array([0.9]))
    found = divide_passages(prepared, whole, np.array([0], np.int32), np.array([1], np.int32))
    columns = (found.left_start, found.left_end, found.right_start, found.right_end, found.kinds)
    return [(*map(int, row[:4]), KINDS[row[4]]) for row in zip(*columns, strict=True)], mask, int(ends[0])


def test_a_form_letter_is_divided_from_what_stands_in_it():
    form, own, changed = WORDS[20:30], WORDS[:10], [*WORDS[:7], "other", *WORDS[8:10]]
    pieces, _, _ = divided([(form, True), (own, False)], [(form, True), (changed, False)], PassageKind.BOILERPLATE)
    assert pieces == [(0, 10, 0, 10, PassageKind.BOILERPLATE), (10, 20, 10, 20, PassageKind.EDITED)]


def test_words_in_between_that_have_nothing_in_common_are_no_passage():
    form = WORDS[20:30]
    pieces, _, _ = divided([(form, True), (WORDS[:8], False)], [(form, True), (WORDS[10:18], False)])
    assert pieces == [(0, 10, 0, 10, PassageKind.BOILERPLATE)]


def test_a_passage_without_boilerplate_stays_as_it_is():
    pieces, _, _ = divided([(WORDS[:9], False)], [(WORDS[:9], False)], PassageKind.QUOTATION)
    assert pieces == [(0, 9, 0, 9, PassageKind.QUOTATION)]


def test_sides_that_do_not_change_alike_stay_together():
    pieces, _, _ = divided([(WORDS[20:30], True), (WORDS[:10], False)], [(WORDS[:10], False)])
    assert [piece[:4] for piece in pieces] == [(0, 20, 0, 10)]


@given(first=KNOWN, left=OWN, right=OWN, last=KNOWN)
def test_pieces_follow_one_another_and_swapped_sides_give_swapped_pieces(first, left, right, last):
    parts = [[(first, True), (own, False), (last, True)] for own in (left, right)]
    if not all(sum(len(words) for words, _ in part) for part in parts):
        return
    pieces, _, _ = divided(*parts)
    back, _, _ = divided(*parts[::-1])
    assert sorted((c, d, a, b, kind) for a, b, c, d, kind in pieces) == sorted(back)
    for start in (0, 2):
        places = sorted(piece[start : start + 2] for piece in pieces)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(places))
        assert all(begin < end for begin, end in places)
