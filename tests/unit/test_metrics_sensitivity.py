"""What more of the same values would do, against brute force and SciPy."""

import importlib
import math
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.intervals import Estimate, mean_interval, rate_interval, wilson
from arena.metrics.sensitivity import (
    MOST,
    ends_at,
    fewest,
    more_for_half,
    more_to_exclude,
)

SCIPY_STATS: Any = importlib.import_module("scipy.stats")  # which has no types
ESTIMATES = st.one_of(
    st.lists(st.sampled_from([0.0, 1.0, 0.5]), min_size=1, max_size=30).map(
        rate_interval
    ),
    st.lists(st.floats(-5, 5), min_size=3, max_size=30)
    .filter(lambda values: max(values) - min(values) > 0.01)
    .map(mean_interval),
)


@given(ESTIMATES)
def test_as_many_values_as_there_are_give_the_interval_that_is_there(
    estimate: Estimate,
) -> None:
    ends = ends_at(estimate, estimate.n)
    assert ends == pytest.approx((estimate.low, estimate.high))


@settings(max_examples=30)
@given(ESTIMATES)
def test_the_number_for_half_is_the_least(estimate: Estimate) -> None:
    more = more_for_half(estimate)
    assert estimate.low is not None
    assert estimate.high is not None
    assert more is not None
    aim = (estimate.high - estimate.low) / 2

    def width(n: int) -> float:
        low, high = ends_at(estimate, n)
        return high - low

    assert width(estimate.n + more) <= aim < width(estimate.n + more - 1)


@settings(max_examples=30)
@given(ESTIMATES, st.floats(-1, 1))
def test_the_number_that_excludes_a_threshold_is_the_least(
    estimate: Estimate, threshold: float
) -> None:
    more = more_to_exclude(estimate, threshold)
    if more is None:
        low, high = ends_at(estimate, estimate.n + MOST)
        assert low <= threshold <= high or estimate.value == threshold
        return
    low, high = ends_at(estimate, estimate.n + more)
    assert not low <= threshold <= high
    if more:
        low, high = ends_at(estimate, estimate.n + more - 1)
        assert low <= threshold <= high


def test_means_are_as_scipy_has_them() -> None:
    values = [0.0, 1.0, 2.0, -1.0, 0.5, 0.1]
    estimate = mean_interval(values)
    for n in (6, 24, 100):
        spread = SCIPY_STATS.tstd(values) / math.sqrt(n)
        expected = SCIPY_STATS.t.interval(0.95, n - 1, fmean(values), spread)
        assert ends_at(estimate, n) == pytest.approx(expected)


def test_eight_of_ten_are_told_from_a_half_by_four_more() -> None:
    estimate = rate_interval([1.0] * 8 + [0.0] * 2)
    assert 0.5 > (estimate.low or 0)
    more = more_to_exclude(estimate, 0.5)
    found = next(k for k in range(99) if wilson(0.8 * (10 + k), 10 + k)[0] > 0.5)
    assert (found, 1) == (more, more_to_exclude(estimate, 0.491))


def test_an_interval_of_another_kind_shrinks_with_the_root_of_n() -> None:
    estimate = Estimate(10, 0.5, 0.3, 0.9, 0.95, "cluster-bootstrap")
    assert (0.4, 0.7) == pytest.approx(ends_at(estimate, 40))
    assert 30 == more_for_half(estimate)
    moved = Estimate(10, -0.4, -0.6, 0.1, 0.95, "wilson")
    assert (-0.5, -0.15) == pytest.approx(ends_at(moved, 40))


def test_without_an_interval_nothing_is_said() -> None:
    bare = Estimate(1, 0.5, None, None, 0.95, "t")
    assert more_for_half(bare) is None
    assert more_to_exclude(bare, 0.0) is None
    with pytest.raises(ValueError, match="without an interval"):
        ends_at(bare, 2)


def test_the_threshold_itself_is_never_excluded() -> None:
    assert more_to_exclude(rate_interval([0.0, 1.0]), 0.5) is None


@given(st.integers(0, 50), st.integers(-5, 60))
def test_the_fewest_changes_are_the_first_that_are_enough(
    most: int, from_: int
) -> None:
    found = fewest(most, lambda count: count >= from_)
    assert found == (None if from_ > most else max(0, from_))
