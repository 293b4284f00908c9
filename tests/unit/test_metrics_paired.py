"""Chance correction, matched items and bootstrap, with numbers worked out by hand."""

import importlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.intervals import rate_interval, wilson
from arena.metrics.chance import corrected, index, kappa
from arena.metrics.paired import (
    consistency,
    difference_in_differences,
    joint,
    mcnemar_exact,
    paired_gap,
)
from arena.metrics.resampling import bootstrap_of_worlds, draws_of, interval_of

SCIPY: Any = importlib.import_module("scipy.stats")  # it has no type stubs


def test_guessing_is_0_all_right_is_1_and_worse_than_guessing_is_negative() -> None:
    assert 0.0 == kappa(0.25, 0.25)
    assert 1.0 == kappa(1.0, 0.25)
    assert pytest.approx(0.6) == kappa(0.7, 0.25)
    assert pytest.approx(-1 / 3) == kappa(0.0, 0.25)


@pytest.mark.parametrize("chance", [1.0, -0.1, 1.5])
def test_a_chance_that_leaves_nothing_to_win_is_refused(chance: float) -> None:
    with pytest.raises(ValueError, match="nothing to be right about"):
        kappa(0.5, chance)


def test_each_end_of_an_interval_is_corrected() -> None:
    low, high = wilson(7, 10)
    found = corrected(rate_interval([1.0] * 7 + [0.0] * 3), 0.2)
    assert pytest.approx((0.7 - 0.2) / 0.8) == found.value
    assert pytest.approx((low - 0.2) / 0.8) == found.low
    assert pytest.approx((high - 0.2) / 0.8) == found.high
    assert corrected(rate_interval([]), 0.2).value is None


def test_an_index_weighs_cells_alike_and_not_items() -> None:
    assert pytest.approx(0.4) == index([0.9, 0.2, 0.1])
    assert index([]) is None


def test_a_group_is_right_when_all_of_it_is() -> None:
    """Two of four; the empty group is none."""
    assert 0.5 == joint([[1, 1], [1, 0], [1], [0.5, 1], []])
    assert joint([]) is None


def test_consistency_is_the_chance_that_two_answers_agree() -> None:
    """(3/4)² + (1/4)² = 0.625 and 1, of which the mean is 0.8125."""
    assert pytest.approx(0.8125) == consistency([[3, 1], [5], []])
    assert consistency([]) is None


def test_mcnemar_is_exact() -> None:
    """b=1, c=5: 2 (C(6,0) + C(6,1)) / 64 = 14/64."""
    assert 14 / 64 == mcnemar_exact(1, 5) == mcnemar_exact(5, 1)
    assert 1.0 == mcnemar_exact(0, 0) == mcnemar_exact(3, 3)
    assert 2 / 1024 == mcnemar_exact(10, 0)
    assert 0.0 < mcnemar_exact(300, 1200) < 1e-100


@given(st.integers(0, 60), st.integers(0, 60))
def test_mcnemar_is_the_sign_test(b: int, c: int) -> None:
    expected = SCIPY.binomtest(b, b + c).pvalue if b + c else 1.0
    assert pytest.approx(expected) == mcnemar_exact(b, c)


def test_a_mean_weighs_items_and_its_interval_worlds() -> None:
    """One world of four right, and four of one wrong: 1/2.

    A draw of five worlds with k of the first has mean 4k / (4k + 5 - k).
    """
    worlds = {"a": [1.0] * 4, "b": [0.0], "c": [0.0], "d": [0.0], "e": [0.0]}
    found = bootstrap_of_worlds(worlds)
    assert (8, pytest.approx(1 / 2)) == (found.n, found.value)
    assert found.low == 0.0  # no first world: a chance of (4/5)^5 = 0.33
    # Expanded for five worlds, 0.001 is left out: k > 3 has 21/3125, k = 5 1/3125.
    assert found.high == pytest.approx(16 / 17)
    assert found == bootstrap_of_worlds(worlds)


def test_a_bootstrap_claims_nothing_of_one_world_nor_of_equal_values() -> None:
    assert bootstrap_of_worlds({"a": [1.0, 0.0]}).low is None
    assert bootstrap_of_worlds({name: [1.0] for name in "abcdefgh"}).low is None
    assert bootstrap_of_worlds({}).value is None
    assert bootstrap_of_worlds({"a": []}).n == 0


def test_a_bootstrap_claims_nothing_of_fewer_than_five_worlds() -> None:
    """Of two worlds it would hold the mean in 6 of 10 cases, and of four in 8."""
    worlds = {"a": [0.0], "b": [1.0], "c": [0.0], "d": [1.0]}
    assert (0.5, None) == (bootstrap_of_worlds(worlds).value, _low(worlds))
    assert _low({**worlds, "e": [0.0]}) is not None
    pairs = {world: [(v, 0.0) for v in values] for world, values in worlds.items()}
    assert paired_gap(pairs).low is None
    assert difference_in_differences(pairs, {"e": [(1.0, 1.0)]}).low is not None
    del pairs["d"]
    assert difference_in_differences(pairs, {"e": [(1.0, 1.0)]}).low is None


def _low(worlds: dict[str, list[float]]) -> float | None:
    return bootstrap_of_worlds(worlds).low


def test_an_interval_is_of_percentiles_farther_out_where_worlds_are_few() -> None:
    """Of nine worlds Φ(−2.306 √(9/8)) = 0.0072 is left out: of 0..200 the outermost."""
    numbers = iter(range(201))

    def counted(weights):  # pyright: ignore  # a row a draw
        return weights[:, 0] * 0 + [next(numbers) for _ in weights]  # pyright: ignore

    assert (1, 199) == interval_of(9, counted, resamples=201)  # pyright: ignore
    numbers = iter(range(201))
    many = interval_of(100_000, counted, resamples=201)  # pyright: ignore
    assert (4, 196) == many  # 4.9995 from each end, the normal 2.5 %
    assert (None, None) == interval_of(9, lambda w: w[:, 0], resamples=99)


def test_a_draw_that_has_nothing_to_say_is_left_out() -> None:
    def share_of_first(weights):  # pyright: ignore  # a row a draw
        return weights[:, 0] / weights[:, 0]  # pyright: ignore

    draws = draws_of(2, share_of_first, 400)  # pyright: ignore
    assert set(draws) == {1.0}
    assert 250 < len(draws) < 350  # a quarter has no first world


def test_a_gap_is_the_mean_difference_of_pairs() -> None:
    """+1, 0, +1, -1 over three worlds, and +1, 0, +1, -1 over two: 1/4."""
    one = {"a": [(1, 0), (1, 1)], "b": [(1, 0)], "c": [(0, 1)]}
    found = paired_gap({**one, "d": [(1, 0), (1, 1)], "e": [(1, 0), (0, 1)]})
    assert (8, 0.25) == (found.n, found.value)
    assert found.low is not None
    assert found.high is not None
    assert -1 <= found.low < 0.25 < found.high <= 1


def test_a_control_gap_is_taken_off() -> None:
    """Social: (1 + 1 + 0) / 3; control: (0 + 1) / 2; the difference is 1/6."""
    social = {"a": [(1.0, 0.0)], "b": [(1.0, 0.0), (1.0, 1.0)]}
    control = {"a": [(1.0, 1.0)], "c": [(1.0, 0.0)]}
    found = difference_in_differences(social, control)
    assert (5, pytest.approx(1 / 6)) == (found.n, found.value)


def test_without_a_control_there_is_no_difference_of_differences() -> None:
    assert difference_in_differences({"a": [(1.0, 0.0)]}, {}).value is None
    assert difference_in_differences({}, {}).value is None


def test_equal_gaps_everywhere_give_no_interval() -> None:
    alike = {"a": [(1.0, 0.0)], "b": [(1.0, 0.0)]}
    found = difference_in_differences(alike, alike)
    assert (0.0, None) == (found.value, found.low)
