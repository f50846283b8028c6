from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.alignment import Alignment, PassageKind, align, align_pairs, passages_of, prepare
from dedup.documents import TextBatch
from dedup.kernels.align_grams import LEVELS, RUNS, new_grams, share_grams
from dedup.kernels.align_segment import Model, _see, best_segment, match_types, new_search
from dedup.kernels.align_words import number_words
from dedup.kernels.compile import kernel
from dedup.language import guess_languages
from dedup.segments import segment
from dedup.statistics import Statistics
from dedup.tokens import tokenize
from tests.reference import align as oracle

HARBOUR = (
    "Dredging of the Saltmere channel will begin in April, the port board decided on Tuesday. "
    "The contract, worth 4.2 million crowns, goes to Brandvik Marine of Tolness. "
    "Fishermen had asked for a delay until the herring have left the estuary, but the board's hydrologist, "
    "Ingrid Sollie, said silt was gathering faster than in any year since 1998. "
    "Ferries to the outer islands will keep to their timetable while the work goes on."
)
LIBRARY = (
    "The travelling library of Upper Quarne has a new van, painted by pupils of the village school. "
    "It stops at nineteen farms each fortnight and lends seed packets as well as novels. "
    "Its driver, Matteo Ruiz, says that gardening books are never on the shelf for long."
)
REWRITE = (
    "The port board has decided that dredging in the Saltmere channel is to start in April. Brandvik Marine, a firm "
    "from Tolness, won the contract of 4.2 million crowns. Hydrologist Ingrid Sollie told the board that silt was "
    "gathering faster than at any time since 1998, so fishermen who wanted to wait until the herring have left the "
    "estuary will get no delay. The timetable of ferries to the outer islands stays as it is during the work."
)

WORDS = st.lists(st.integers(0, 6), max_size=40)


def _spans(alignment: Alignment) -> list[tuple[int, int, int, int]]:
    return [(p.left_start, p.left_end, p.right_start, p.right_end) for p in alignment.passages]


@kernel
def _grams_of(words, buckets, n, m, vocabulary):  # type: ignore[no-untyped-def]
    grams = new_grams(max(n, m, 1), vocabulary)
    share_grams(grams, words, buckets, 0, n, n, m)
    return grams.numbers[:, :, : max(n, m, 1)].copy()


@given(WORDS, WORDS)
def test_grams_are_numbered_where_both_sides_have_them(left: list[int], right: list[int]) -> None:
    common = {0, 1}
    words = np.array(left + right, np.int32)
    buckets = np.array([word not in common for word in left + right], np.uint8)
    numbers = _grams_of(words, buckets, len(left), len(right), 7)
    for level in range(LEVELS):
        if level < RUNS:
            expected = oracle.shared_runs(left, right, oracle.RUN_LENGTHS[level])
        else:
            expected = oracle.shared_neighbours(left, right, level - RUNS + 1, common)
        found = [(numbers[side, level, : len(words)] >= 0).tolist() for side, words in enumerate((left, right))]
        assert found == list(expected)


@kernel
def _classes_of(words, buckets, n, m, vocabulary):  # type: ignore[no-untyped-def]
    grams = new_grams(max(n, m, 1), vocabulary)
    share_grams(grams, words, buckets, 0, n, n, m)
    return grams.classes.copy()


@given(WORDS, WORDS)
def test_words_are_classed_by_rarity_and_by_how_often_either_text_has_them(left: list[int], right: list[int]) -> None:
    words = np.array(left + right, np.int32)
    classes = _classes_of(words, (words % 3).astype(np.uint8), len(left), len(right), 7)
    for own, plenty, found in zip((left, right), oracle.plenties(left, right), classes, strict=True):
        assert found[: len(own)].tolist() == [5 * (w % 3) + p for w, p in zip(own, plenty, strict=True)]


@given(WORDS, WORDS)
def test_equal_numbers_mean_equal_runs(left: list[int], right: list[int]) -> None:
    words = np.array(left + right, np.int32)
    numbers = _grams_of(words, np.ones(len(words), np.uint8), len(left), len(right), 7)
    for level, length in enumerate(oracle.RUN_LENGTHS):
        meaning: dict[int, tuple[int, ...]] = {}
        for side, own in enumerate((left, right)):
            for i in range(len(own) - length + 1):
                number = int(numbers[side, level, i])
                if number >= 0:
                    run = tuple(own[i : i + length])
                    assert meaning.setdefault(number, run) == run
        assert len(set(meaning.values())) == len(meaning)


@kernel
def _segment_of(types, model, gaps, taken, other):  # type: ignore[no-untyped-def]
    search = new_search(len(types), 8)
    search.types[: len(types)] = types
    buckets = np.zeros(len(types) + 1, np.uint8)
    return best_segment(search, model, 0, buckets, gaps, taken, 0, len(types), 0, len(types), other)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30), st.integers(1, 60), st.sampled_from([0.0, 0.7, 3.0]))
def test_a_best_segment_is_worth_what_it_sums_to_and_no_more_than_the_best_of_all(
    types: list[int], other: int, ratio: float
) -> None:
    scores = [-1.0, -0.25, 0.5, 0.75, 1.0, 2.0, 4.0]
    match = np.array(scores, np.float32).reshape(1, 7, 1)
    logs = np.log(np.maximum(np.arange(100), 1)).astype(np.float32)
    flat = np.zeros((1, 2, 7), np.float32)
    model = Model(match, flat, np.array([ratio], np.float32), np.zeros((1, 2), np.float32), logs)
    size = len(types)
    start, end, worth = _segment_of(
        np.array(types, np.uint8), model, np.zeros(size + 1, np.uint8), np.zeros(size + 1, np.bool_), other
    )
    values = [scores[t] for t in types]
    best, worths = oracle.best_segment(values, other, ratio)
    if worth > -1e8:
        assert worth == pytest.approx(worths[start, end], abs=1e-3)
        assert worth <= best + 1e-3


@given(st.lists(st.integers(0, 2**64 - 1), max_size=50))
def test_equal_stems_get_equal_numbers(stems: list[int]) -> None:
    numbers = np.zeros(len(stems), np.int32)
    assert number_words(np.array(stems, np.uint64), numbers) == len(set(stems))
    assert len(set(zip(stems, numbers.tolist(), strict=True))) == len(set(stems))
    assert set(numbers.tolist()) == set(range(len(set(stems))))


@kernel
def _seen(words, n, m, other, windows):  # type: ignore[no-untyped-def]
    grams, search = new_grams(max(n, m), 7), new_search(max(n, m), LEVELS)
    share_grams(grams, words, np.ones(n + m, np.uint8), 0, n, n, m)
    found = np.full((2, len(windows), n), 9, np.uint8)
    for k in range(len(windows)):
        low, high = windows[k]
        _see(search, grams, 0, low, high, other[0], other[1])
        found[0, k, low:high] = search.types[low:high]
        match_types(search, grams, 0, low, high)
        found[1, k, low:high] = search.types[low:high]
    return found


@given(
    st.lists(st.integers(0, 6), min_size=30, max_size=60),
    st.lists(st.integers(0, 6), min_size=20, max_size=40),
    st.tuples(st.integers(0, 5), st.integers(6, 20)),
    st.lists(st.tuples(st.integers(0, 14), st.integers(15, 30)), min_size=1, max_size=5),
)
def test_a_window_that_has_grown_is_seen_as_if_it_were_looked_at_anew(left, right, other, windows) -> None:
    left = left + right + left
    words = np.array(left + right, np.int32)
    seen, anew = _seen(words, len(left), len(right), np.array(other), np.array(windows) + len(left) // 4)
    assert (seen == anew).all()


def test_stems_keep_their_numbers_while_the_table_grows() -> None:
    stems = np.concatenate([np.arange(1, 5000, dtype=np.uint64) * np.uint64(2**40 + 1)] * 2)
    numbers = np.empty(len(stems), np.int32)
    assert number_words(stems, numbers) == 4999
    assert (numbers == np.tile(np.arange(4999), 2)).all()


OTHER_SCRIPTS = ["雾锁港口。渡轮停航。", "אין מעבורת היום.", "𐐷𐐲𐑅 fog 🌫 fog"]


@pytest.mark.parametrize("text", [HARBOUR, LIBRARY, "Fog.", *OTHER_SCRIPTS])
def test_a_text_and_itself_are_one_verbatim_passage_over_all_words(text: str) -> None:
    (passage,) = align(text, text).passages
    assert passage.kind is PassageKind.VERBATIM
    assert passage.left_start == passage.right_start == 0
    assert passage.left_end == passage.right_end >= len(text.rstrip(".。")) - 1


@pytest.mark.parametrize("other", ["", "   ", "...", "Fog."])
def test_nothing_meets_nothing(other: str) -> None:
    assert align("", other).passages == ()
    assert align(other, "").passages == ()


def test_a_copied_paragraph_has_exact_borders() -> None:
    right = f"{LIBRARY}\n\n{HARBOUR}"
    (passage,) = align(HARBOUR, right).passages
    assert passage.kind is PassageKind.VERBATIM
    assert right[passage.right_start : passage.right_end] == HARBOUR.rstrip(".")


def test_a_rewrite_is_covered() -> None:
    passages = align(HARBOUR, REWRITE).passages
    covered = sum(p.right_end - p.right_start for p in passages)
    assert covered > 0.7 * len(REWRITE)
    assert {p.kind for p in passages} <= {PassageKind.REWRITTEN, PassageKind.EDITED}


def test_unrelated_texts_share_nothing() -> None:
    assert align(HARBOUR, LIBRARY).passages == ()


def test_a_shared_quotation_is_returned_and_marked() -> None:
    quote = "“We shall measure the silt every week, publish it and stop the dredger if the herring come early”"
    left = f"{LIBRARY}\n\n{quote}, said Sollie."
    right = f"The museum of lamps reopens on Friday after two years. {quote}, the hydrologist told reporters."
    assert PassageKind.QUOTATION in {p.kind for p in align(left, right).passages}


TEXTS = st.lists(
    st.sampled_from([*HARBOUR.split(". "), *REWRITE.split(". "), *LIBRARY.split(". "), *OTHER_SCRIPTS]),
    max_size=8,
).map(". ".join)


@given(TEXTS, TEXTS)
def test_swapped_texts_give_the_mirrored_passages(left: str, right: str) -> None:
    assert align(left, right).swap() == align(right, left)


@given(TEXTS, TEXTS)
def test_spans_lie_within_the_originals(left: str, right: str) -> None:
    for a, b, c, d in _spans(align(left, right)):
        assert 0 <= a < b <= len(left)
        assert 0 <= c < d <= len(right)
        assert not left[a].isspace() and not left[b - 1].isspace()


def _batch(texts: Sequence[str], left: list[int], right: list[int], jobs: int = 1) -> list[tuple[object, ...]]:
    tokens = tokenize(TextBatch.from_texts(texts))
    prepared = prepare(tokens, segment(tokens), languages=guess_languages(tokens), statistics=Statistics.background())
    found = align_pairs(prepared, np.array(left, np.int32), np.array(right, np.int32), jobs=jobs)
    return [passages_of(prepared, found, n, a, b) for n, (a, b) in enumerate(zip(left, right, strict=True))]


def test_a_batch_gives_what_single_pairs_give_in_any_order_and_with_any_number_of_threads() -> None:
    texts = [HARBOUR, LIBRARY, REWRITE, f"{LIBRARY} {REWRITE}", ""]
    left, right = [0, 0, 2, 3, 4, 3], [2, 1, 3, 1, 0, 0]
    found = _batch(texts, left, right)
    assert found == [align(texts[a], texts[b]).passages for a, b in zip(left, right, strict=True)]
    assert found == _batch(texts, left, right, jobs=3)
    assert found == _batch(texts, left[::-1], right[::-1])[::-1]


@pytest.mark.parametrize("unit", ["fog ", "Nobody was hurt when the ferry struck the pier at Tolness. "])
def test_endless_repetition_is_bounded_work(unit: str) -> None:
    left, right = unit * 3000, unit * 2500
    assert align(left, right).swap() == align(right, left)


def test_sides_of_unlike_length_are_refused() -> None:
    tokens = tokenize(TextBatch.from_texts(["fog"]))
    prepared = prepare(tokens, segment(tokens), languages=["en"], statistics=Statistics.background())
    with pytest.raises(ValueError, match="1 left and 0 right"):
        align_pairs(prepared, np.zeros(1, np.int32), np.zeros(0, np.int32))
    with pytest.raises(ValueError, match="2 languages"):
        prepare(tokens, segment(tokens), languages=["en", "en"], statistics=Statistics.background())


def test_a_phrase_replaced_between_two_long_runs_leaves_one_passage():
    left = (
        "The timetable of the Kestrel Line listed eleven crossings, while only nine of them were ever sailed in August."
        " Mr. Dunmore, who counted them from his window, had written to us three times."
    )
    right = left.replace("only nine", "no more than eight")
    [passage] = align(left, right).passages
    assert (passage.left_start, passage.right_start) == (0, 0)
    assert len(left) - passage.left_end <= 1 and len(right) - passage.right_end <= 1


def edited_versions(share: float, seed: int) -> tuple[str, str]:
    """A text of sixty sentences, and a version where this share of the words is replaced, left out or added to."""
    rng = Random(seed)
    words = [
        "".join(rng.choice("bcdfglmnprst") + rng.choice("aeiou") for _ in range(rng.randint(2, 4))) for _ in range(400)
    ]
    text = [[rng.choice(words) for _ in range(rng.randint(8, 16))] for _ in range(60)]
    turns = (lambda word: [rng.choice(words)], lambda word: [], lambda word: [word, rng.choice(words)])
    other = [[new for word in sentence for new in _turned(word, rng, share, turns)] for sentence in text]
    return tuple(" ".join(f"{' '.join(sentence).capitalize()}." for sentence in side) for side in (text, other))


def _turned(word, rng, share, turns):
    return rng.choice(turns)(word) if rng.random() < share else [word]


@pytest.mark.parametrize("share", [0.02, 0.03, 0.05, 0.08])
@pytest.mark.parametrize("seed", range(3))
def test_an_edited_version_is_one_passage(share: float, seed: int):
    text, other = edited_versions(share, seed)
    [passage] = align(text, other).passages
    assert passage.left_end - passage.left_start > 0.97 * len(text)
    assert passage.right_end - passage.right_start > 0.97 * len(other)
