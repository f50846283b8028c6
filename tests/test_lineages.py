"""Lineages: what the other texts of a story say of a doubtful pair."""

import time
from collections import Counter
from dataclasses import replace
from itertools import combinations

from hypothesis import example, given
from hypothesis import strategies as st

from dedup.lineages import _linked, settle_lineages
from dedup.matches import Match, Relation
from tests.test_verdict import a_match

FAMILY = [a_match("a", "s", 0.9), a_match("b", "s", 0.9), a_match("a", "b", 0.2)]


def settled(matches: list[Match], **lengths: int) -> list[Match]:
    """The matches as lineages have them, texts being of 500 tokens where nothing else is said."""
    names = {name for match in matches for name in (match.left, match.right)}
    return settle_lineages(matches, dict.fromkeys(names, 500) | lengths)


def tied(inside: float, between: float, weak: float) -> list[Match]:
    """The pairs of two lineages: those within a to d and w to z, those between them, and a with x."""
    within = [a_match(*pair, inside) for four in ("abcd", "wxyz") for pair in combinations(four, 2)]
    across = [a_match(p, q, weak if (p, q) == ("a", "x") else between) for p in "abcd" for q in "wxyz"]
    return within + across


def test_two_doubtful_rewrites_of_one_text_are_derived():
    sibling = settled(FAMILY)[2]
    assert sibling.relation is Relation.REWRITTEN and sibling.probability >= 0.5
    assert abs(sum(sibling.relation_probabilities.values()) - 1.0) < 1e-9
    assert "lineage" in sibling.reasons[-1]


def test_a_brief_joins_a_lineage_though_no_pair_is_likely():
    found = settled([*FAMILY, *(a_match(name, "z", 0.4) for name in "abs")])
    assert all(match.derived for match in found)


def test_a_brief_does_not_draw_its_source_out_of_a_lineage():
    rewrite = [a_match(name, "t", 0.4) for name in "abs"]
    brief = [a_match("t", "z", 0.8), *(a_match(name, "z", 0.05) for name in "abs")]
    assert not all(match.derived for match in settled([*FAMILY, *rewrite, *brief]))
    assert all(match.derived for match in settled([*FAMILY, *rewrite, *brief], z=100))


def test_a_report_that_is_near_to_one_text_only_joins_no_lineage():
    report = [a_match("a", "z", 0.02), a_match("b", "z", 0.02), a_match("s", "z", 0.45)]
    assert not any(match.derived for match in settled(FAMILY + report)[3:])


def test_a_doubtful_pair_of_two_lineages_is_parted():
    pairs = tied(0.95, 0.02, 0.6)
    parted = next(match for match in settled(pairs) if (match.left, match.right) == ("a", "x"))
    assert parted.relation is Relation.SAME_STORY and parted.probability < 0.5 and parted.source is None
    assert abs(sum(parted.relation_probabilities.values()) - 1.0) < 1e-9
    assert "two lineages" in parted.reasons[-1]


def test_a_sure_pair_of_two_lineages_stays():
    pairs = tied(0.95, 0.02, 0.9)
    assert settled(pairs) == pairs


def test_two_large_lineages_are_joined_only_by_likely_pairs():
    assert not any(match.derived for match in settled(tied(0.95, 0.4, 0.4))[12:])
    assert all(match.derived for match in settled(tied(0.95, 0.55, 0.55)))


def test_two_texts_alone_are_judged_by_themselves():
    pair = [a_match("a", "b", 0.45)]
    assert settled(pair) == pair


def test_copies_are_joined_as_one():
    copies = [copied(a_match(p, q, 0.99)) for p, q in combinations("stuv", 2)]
    pairs = [a_match(name, "z", 0.7 if name == "s" else 0.1) for name in "stuv"]
    parted = settled([*copies, *pairs])
    assert not any(match.derived for match in parted[6:])


def copied(match: Match) -> Match:
    shares = {**match.relation_probabilities, Relation.NEAR_DUPLICATE: match.probability, Relation.REWRITTEN: 0.0}
    return replace(match, relation=Relation.NEAR_DUPLICATE, relation_probabilities=shares)


def test_an_excerpt_ties_no_lineage():
    excerpt = a_match("b", "s", 0.9)
    shares = {**excerpt.relation_probabilities, Relation.EXCERPTED: 0.9, Relation.REWRITTEN: 0.0}
    excerpt = replace(excerpt, relation=Relation.EXCERPTED, relation_probabilities=shares)
    matches = [FAMILY[0], excerpt, FAMILY[2]]
    assert settled(matches) == matches


SHARES = st.lists(st.sampled_from([0.02, 0.2, 0.3, 0.45, 0.55, 0.7, 0.9]), min_size=10, max_size=10)


@given(SHARES, st.randoms())
def test_the_order_of_matches_does_not_matter(shares: list[float], random):
    matches = [a_match(*pair, share) for pair, share in zip(combinations("abcde", 2), shares, strict=True)]
    shuffled = random.sample(matches, len(matches))
    assert sorted(settled(shuffled), key=lambda m: (m.left, m.right)) == settled(matches)


def grown_slowly(unit: list[int], weights: list[float], pairs: list[tuple[int, int, float]]) -> list[set[int]]:
    """The groups of units: of all two groups that may be joined, the two with the likeliest pair, again and again."""
    judged: dict[tuple[int, int], list[tuple[float, float]]] = {}
    for left, right, logit in pairs:
        if unit[left] != unit[right]:
            pair = min(unit[left], unit[right]), max(unit[left], unit[right])
            judged.setdefault(pair, []).append((weights[left] * weights[right], logit))
    texts = {number: [place for place, own in enumerate(unit) if own == number] for number in set(unit)}
    mass = {number: sum(weights[place] for place in places) for number, places in texts.items()}
    groups = [{number} for number in sorted(texts)]
    while True:
        best: tuple[float, int, int] | None = None
        for first, second in combinations(groups, 2):
            tie = [
                (p, rows)
                for p, rows in judged.items()
                if (p[0] in first) != (p[1] in first) and set(p) <= first | second
            ]
            if not tie:
                continue
            whole = sum(mass[a] for a in first) * sum(mass[b] for b in second)
            known = sum(mass[a] * mass[b] for (a, b), _ in tie)
            said = sum(
                mass[a] * mass[b] * sum(w * x for w, x in rows) / sum(w for w, _ in rows) for (a, b), rows in tie
            )
            mean = (said - 3.0 * (whole - known)) / whole
            size = min(sum(len(texts[number]) for number in group) for group in (first, second))
            if mean >= (-1.0 if size < 4 else 0.0):
                best = min(best or (9.0, 0, 0), *((-max(x for _, x in rows), a, b) for (a, b), rows in tie))
        if best is None:
            return sorted(groups, key=min)
        joined = set().union(*(group for group in groups if group & set(best[1:])))
        groups = sorted([group for group in groups if not group <= joined] + [joined], key=min)


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 9), st.sampled_from([-4.0, -2.0, -0.5, 1.0, 3.0])), max_size=40
    ),
    st.lists(st.sampled_from([0.25, 0.5, 1.0]), min_size=10, max_size=10),
    st.lists(st.integers(0, 9), min_size=10, max_size=10),
)
@example(  # a lineage that grew is looked at again, before less likely pairs are
    [(0, 2, 0.5), (0, 3, 0.5), (1, 3, -0.5), (0, 4, 0.5), (1, 4, -0.5), (2, 4, -0.5), (3, 4, -0.5)],
    [1.0] * 10,
    list(range(10)),
)
def test_lineages_grow_as_the_slow_way_says(pairs, weights, roots):
    unit = [
        min(place, root) if roots[min(place, root)] >= min(place, root) else place for place, root in enumerate(roots)
    ]
    unit = [unit[unit[place]] for place in range(10)]
    pairs = list({(a, b): (a, b, logit) for a, b, logit in pairs if a < b}.values())
    of = _linked(unit, weights, pairs)
    groups: dict[int, set[int]] = {}
    for number, root in of.items():
        groups.setdefault(root, set()).add(number)
    assert sorted(groups.values(), key=min) == grown_slowly(unit, weights, pairs)


def test_a_star_of_many_texts_takes_no_time_quadratic_in_them():
    """One by one half of them join the text in the middle, and the others never do."""
    count = 5_000
    pairs = [(leaf, count, 1.0 + leaf / count if leaf % 2 else -2.0) for leaf in range(count)]
    started = time.process_time()
    lineages = Counter(_linked(list(range(count + 1)), [1.0] * count + [1e6], pairs).values())
    assert time.process_time() - started < 3
    assert sorted(lineages.values())[-2:] == [1, count // 2 + 1]
