"""Exact overlap of sorted sets."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.kernels.overlap import overlaps


@given(st.lists(st.sets(st.integers(0, 40)), min_size=1, max_size=8))
def test_overlaps_are_the_sizes_of_the_intersections(sets: list[set[int]]):
    values = np.array([value for one in sets for value in sorted(one)], np.uint64)
    offsets = np.concatenate([[0], np.cumsum([len(one) for one in sets])]).astype(np.int64)
    left, right = (side.ravel().astype(np.int32) for side in np.indices((len(sets), len(sets))))
    out = np.empty(len(left), np.int64)
    overlaps(values, offsets, left, right, out)
    assert out.tolist() == [len(sets[a] & sets[b]) for a, b in zip(left, right, strict=True)]
