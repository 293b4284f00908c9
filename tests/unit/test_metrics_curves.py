"""Order curves, the weakest link and dual logic, with numbers worked out by hand."""

import math

import pytest

from arena.intervals import wilson
from arena.metrics.curves import crossing, logit_slope
from arena.metrics.logic import coherence, d_prime, pair_accuracy, yes_bias
from arena.metrics.weakest import soft_minimum, weakest


def test_a_curve_crosses_one_half_between_two_orders() -> None:
    """From 0.8 at 2 to 0.3 at 3: three fifths of the way."""
    assert pytest.approx(2.6) == crossing({0: 1.0, 1: 0.9, 2: 0.8, 3: 0.3, 4: 0.1})
    assert pytest.approx(1.5) == crossing({1: 0.6, 2: 0.4, 3: 0.9})
    assert pytest.approx(2.0) == crossing({0: 0.75, 4: 0.25})


def test_a_curve_that_never_crosses_says_on_which_side_it_is() -> None:
    assert math.inf == crossing({1: 0.9, 2: 0.5})
    assert crossing({1: 0.4, 2: 0.9}) is None
    assert crossing({}) is None


def test_the_slope_is_that_of_the_empirical_logits() -> None:
    """ln(9.5/1.5) = 1.846 and ln(5.5/5.5) = 0, two orders apart."""
    found = logit_slope({1: (9, 10), 3: (5, 10)})
    assert pytest.approx(-math.log(9.5 / 1.5) / 2) == found
    assert pytest.approx(0.0) == logit_slope({1: (5, 10), 2: (9, 10), 3: (5, 10)})
    assert logit_slope({1: (5, 10), 2: (0, 0)}) is None


def test_one_order_that_is_all_right_has_odds_and_all_of_them_have_no_slope() -> None:
    """ln(10.5/0.5) at 1 and ln(5.5/5.5) at 2."""
    assert pytest.approx(-math.log(21)) == logit_slope({1: (10, 10), 2: (5, 10)})
    assert logit_slope({1: (400, 400), 2: (10, 10)}) is None
    assert logit_slope({1: (0, 400), 2: (0, 10)}) is None


def test_the_soft_minimum_lies_between_the_lowest_and_the_mean() -> None:
    """((0.5^-4 + 1) / 2)^(-1/4) = (17/2)^(-1/4)."""
    assert pytest.approx((17 / 2) ** -0.25) == soft_minimum([0.5, 1.0])
    assert pytest.approx(0.4) == soft_minimum([0.4, 0.4])
    assert 0 < soft_minimum([-0.3, 1.0]) < 0.02  # the floor is 0.01


def test_the_weakest_link_is_the_lowest_of_the_lower_bounds() -> None:
    """Two cells: each bound at 1 - 0.05/2, which is Wilson's at 0.95."""
    strong = [1.0] * 95 + [0.0] * 5
    weak = [1.0] * 60 + [0.0] * 40
    found = weakest({"strong": (strong, 0.5), "weak": (weak, 0.2)})
    assert found is not None
    low, _ = wilson(60, 100, 0.95)
    assert pytest.approx((low - 0.2) / 0.8) == found.low
    assert "weak" == found.cell
    assert found.frequency > 0.99
    assert pytest.approx(soft_minimum([0.9, 0.5])) == found.soft


def test_a_small_cell_can_bind_though_its_score_is_higher() -> None:
    small = [1.0] * 4 + [0.0]
    large = [1.0] * 75 + [0.0] * 25
    found = weakest({"large": (large, 0.5), "small": (small, 0.5), "none": ([], 0.5)})
    assert found is not None
    assert "small" == found.cell
    assert 0.2 < found.frequency < 0.5


def test_a_tie_is_shared() -> None:
    perfect = [1.0] * 10
    found = weakest({"a": (perfect, 0.5), "b": (perfect, 0.5)})
    assert found is not None
    assert 0.5 == found.frequency
    assert weakest({}) is None


def test_of_opposites_exactly_one_should_be_affirmed() -> None:
    pairs = [(True, False), (False, True), (True, True), (False, False)]
    assert 0.5 == coherence(pairs)
    assert 0.25 == pair_accuracy(pairs)
    assert coherence([(True, None), (None, False), (None, None)]) == 0.0  # unanswered
    assert coherence([]) is None
    assert pair_accuracy([]) is None


def test_a_leaning_towards_yes_is_its_share_less_one_half() -> None:
    assert 0.25 == yes_bias([True, True, True, False])
    assert yes_bias([]) is None


def test_d_prime_is_told_from_hits_and_false_alarms() -> None:
    """z(8.5/11) - z(2.5/11) = 2 z(0.7727) = 2 · 0.7478."""
    found = d_prime(8, 10, 2, 10)
    assert pytest.approx(2 * 0.74786, abs=1e-4) == found
    assert pytest.approx(0.0) == d_prime(7, 10, 7, 10)
    perfect = d_prime(10, 10, 0, 10)
    assert perfect is not None
    assert 3 < perfect < 4
    assert d_prime(1, 1, 0, 0) is None
