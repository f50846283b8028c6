"""Threads: results in order, items taken as they are needed."""

from collections.abc import Iterator

import pytest

from dedup.parallel import in_threads


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_results_stand_in_the_order_of_the_items(jobs: int):
    assert in_threads(lambda item: item * item, iter(range(300)), jobs) == [item * item for item in range(300)]
    assert in_threads(abs, [], jobs) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_items_are_taken_only_a_few_ahead(jobs: int):
    taken, most = 0, 0

    def items() -> Iterator[int]:
        nonlocal taken
        for item in range(200):
            taken += 1
            yield item

    def work(item: int) -> None:
        nonlocal most
        most = max(most, taken - item)

    in_threads(work, items(), jobs)
    assert most <= 6 * jobs


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_goes_wrong_in_a_thread_is_raised(jobs: int):
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda item: 1 // item, [1, 0, 2], jobs)
