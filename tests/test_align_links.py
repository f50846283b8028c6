from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.alignment import KINDS, align
from dedup.kernels.align_candidates import Documents
from dedup.kernels.align_features import Trees, probability
from dedup.kernels.align_grams import new_grams, share_grams
from dedup.kernels.align_links import JUMPS, LEAVE, MAX_SENTENCES, STAY, _backward, _forward, new_links
from dedup.kernels.align_segment import new_search
from dedup.kernels.align_words import passage_kind
from dedup.kernels.compile import kernel
from tests.reference import align as oracle


@kernel
def _linked(likely):  # type: ignore[no-untyped-def]
    links = new_links()
    rows, columns = likely.shape
    for i in range(rows):
        for j in range(columns):
            links.likely[1, i, j] = likely[i, j]
    for j in range(MAX_SENTENCES):
        links.work[0, j] = 5.0
    _forward(links, 1, rows, columns, 0)
    _backward(links, 1, rows, columns)
    return links.linked[1, :rows, :columns].copy()


@given(
    st.integers(1, 3).flatmap(
        lambda columns: st.lists(
            st.lists(st.floats(-6, 6).map(exp), min_size=columns, max_size=columns), min_size=1, max_size=4
        )
    )
)
def test_links_have_the_probability_that_all_ways_to_link_add_up_to(likely: list[list[float]]) -> None:
    found = _linked(np.array(likely, np.float32))
    assert found == pytest.approx(np.array(oracle.linked(likely, JUMPS[0].tolist(), LEAVE, STAY)), rel=1e-3, abs=1e-5)


@kernel
def _probability(trees, figures):  # type: ignore[no-untyped-def]
    return probability(trees, figures)


@given(st.lists(st.floats(-2, 2, width=32), min_size=3, max_size=3))
def test_the_filter_adds_up_its_trees(figures: list[float]) -> None:
    roots, splits, skips = [1, 6], [-1, 0, 2, -1, -1, -1, 1, -1, -1], [0, 4, 2, 0, 0, 0, 2, 0, 0]
    values = [0.25, 0.5, -0.5, 1.0, 2.0, -1.5, 0.0, 0.125, -0.75]
    trees = Trees(
        np.array(roots, np.int32), np.array(splits, np.int32), np.array(values, np.float32), np.array(skips, np.int32)
    )
    odds = oracle.sum_of_trees(roots, splits, values, skips, figures)
    assert _probability(trees, np.array(figures, np.float32)) == pytest.approx(1 / (1 + exp(-odds)), rel=1e-5)


@kernel
def _kind(documents, n, m):  # type: ignore[no-untyped-def]
    grams, search = new_grams(max(n, m), 8), new_search(max(n, m), 8)
    share_grams(grams, documents.words, documents.buckets, 0, n, n, m)
    return passage_kind(search, grams, documents, (0, n), (0, n, 0, m))


WORDS = st.lists(st.integers(0, 6), min_size=1, max_size=24)


@given(WORDS, WORDS | st.none(), st.integers(0, 23))
def test_a_passage_is_of_the_kind_that_its_words_and_their_order_make_it(
    left: list[int], other: list[int] | None, place: int
) -> None:
    place %= len(left)
    right = [*left[:place], 5, *left[place + 1 :]] if other is None else other
    both = np.array(left + right, np.int32)
    size = len(both)
    flat = np.zeros(size, np.uint8)
    documents = Documents(
        np.array([0, len(left), size]), both, both, flat, np.zeros(size, np.float32), flat, both.astype(np.uint64),
        np.zeros(size, np.int32), np.zeros(size, np.bool_), np.zeros(size, np.int32),
    )  # fmt: skip
    expected = oracle.kind([str(word) for word in left], [str(word) for word in right])
    assert KINDS[_kind(documents, len(left), len(right))] == expected


REPORT = (
    "The ferry Aldis struck the breakwater at Tolness shortly after seven on Monday. Fog had closed the approach since "
    "dawn. Captain Vera Lindqvist ordered all 214 passengers to the upper deck. Two lifeboats from Brenna reached the "
    "ship within half an hour. A stoker broke his wrist when the engine room flooded. Divers will examine the hull on "
    "Wednesday. The line Nordkyst has hired the Marbella to keep the islands supplied. Insurance assessors put the "
    "damage at nine million crowns. The harbour office keeps its radar recordings for a month. A hearing is planned "
    "for the second week of June. Fishermen had warned of the new light's position in a letter last autumn. The "
    "minister promised to publish whatever the inquiry finds."
)
RETOLD = (
    "It was just past seven on Monday when Aldis hit a breakwater outside Tolness. There had been thick fog from dawn "
    "on. Everyone on board, 214 people in all, was sent up to the highest deck by Vera Lindqvist, who was in command. "
    "Within thirty minutes a pair of lifeboats had come over from Brenna. In the flooded engine room one stoker's "
    "wrist was broken. On Wednesday the hull is to be looked at by divers. Until then Marbella, chartered by "
    "Nordkyst, brings supplies to the islands. Assessors speak of nine million crowns' worth of damage. Radar "
    "recordings are kept for one month at the harbour office. June's second week should see a hearing. Last autumn, "
    "fishermen wrote a letter in which they warned of where the new light stands. Whatever the inquiry turns up will "
    "be published, the minister promised."
)


def test_sentences_that_follow_another_text_in_other_words_are_covered() -> None:
    passages = align(REPORT, RETOLD).passages
    assert sum(p.right_end - p.right_start for p in passages) > 0.5 * len(RETOLD)
    assert sum(p.left_end - p.left_start for p in passages) > 0.5 * len(REPORT)


def test_what_the_retelling_adds_is_left_out() -> None:
    extra = (
        "Elsewhere, the beekeepers of Quarne gathered to taste forty kinds of honey. Their president wore a yellow "
        "hat. Children drew hives on the pavement. A brass band played until the rain came."
    )
    passages = align(REPORT, f"{RETOLD}\n\n{extra}").passages
    assert max(p.right_end for p in passages) < len(RETOLD) + 0.4 * len(extra)
