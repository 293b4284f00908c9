"""Forecasts judged by known chances, and ratios of sums over clusters."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.metrics.forecasts import LEAST_CHANCE, divergence, squared_distance
from arena.metrics.ratios import parts_needed, ratio, ratio_interval

NAMES = ("a", "b", "c")


@st.composite
def chances(draw: st.DrawFn) -> dict[str, float]:
    weights = [draw(st.integers(0, 20)) for _ in NAMES]
    total = sum(weights) or 1
    return dict(zip(NAMES, [w / total for w in weights], strict=True))


def test_a_distance_is_worked_out_by_hand() -> None:
    assert pytest.approx(0.25 + 0.25) == squared_distance(
        {"a": 1}, {"a": 0.5, "b": 0.5}
    )
    assert 2.0 == squared_distance({"a": 1}, {"b": 1})


@given(chances(), chances())
def test_expected_brier_scores_differ_by_the_distance(
    q: dict[str, float], p: dict[str, float]
) -> None:
    """E[Σ (q − 1[a])²] is ‖q − p‖² more than what is left for q = p."""

    def expected(stated: dict[str, float]) -> float:
        return sum(
            p[came] * sum((stated[n] - (n == came)) ** 2 for n in NAMES)
            for came in NAMES
        )

    if sum(p.values()):
        gained = expected(q) - expected(p)
        assert math.isclose(gained, squared_distance(q, p), abs_tol=1e-9)


def test_a_divergence_is_worked_out_by_hand() -> None:
    """q is (0, 1) with floor: (0.001, 1) / 1.001."""
    certain = divergence({"a": 1.0}, {"b": 1.0}, ("a", "b"))
    assert pytest.approx(math.log(1.001 / LEAST_CHANCE)) == certain
    even = divergence({"a": 1.0}, {"a": 0.5, "b": 0.5}, ("a", "b"))
    assert pytest.approx(math.log(2)) == even


@given(chances(), chances())
def test_a_divergence_is_least_for_the_truth_and_always_finite(
    q: dict[str, float], p: dict[str, float]
) -> None:
    if sum(p.values()):
        assert 0 <= divergence(p, q, NAMES) < math.log(1.003 / LEAST_CHANCE)
        assert divergence(p, p, NAMES) < 0.003


def test_a_ratio_is_of_sums_and_not_a_mean_of_ratios() -> None:
    assert 0.4 == ratio([(1, 1), (1, 4)])
    assert ratio([(1, 0), (1, -1)]) is None
    assert ratio([]) is None


def test_there_is_no_interval_for_few_clusters_or_equal_ones() -> None:
    assert ratio_interval([(1, 2), (0, 1), (1, 1), (2, 2)], 9).low is None
    assert ratio_interval([(1, 2), (2, 4), (3, 6), (1, 2), (1, 2)], 9).low is None
    assert parts_needed([(1, 2), (0, 1), (1, 1), (2, 2)], 9, 0.1) is None
    assert parts_needed([(1, 2)] * 9, 9, 0.1) is None


def clusters(rng: random.Random, number: int) -> list[tuple[float, float]]:
    """Clusters of 1 to 5 parts, each above the line 0.3 of its below, with noise."""
    found: list[tuple[float, float]] = []
    for _ in range(number):
        below = sum(rng.uniform(0.5, 1.5) for _ in range(rng.randint(1, 5)))
        found.append((0.3 * below + rng.gauss(0, 0.5) * math.sqrt(below), below))
    return found


@pytest.mark.parametrize("number", [6, 10, 50])
def test_intervals_hold_the_true_ratio_about_as_often_as_they_claim(
    number: int,
) -> None:
    rng = random.Random(1)
    held = 0
    for seed in range(400):
        found = ratio_interval(clusters(rng, number), 150, resamples=1000, seed=seed)
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.3 <= found.high
    assert 364 <= held <= 396  # of 400; 380 are expected


def test_as_many_parts_are_needed_as_there_are_for_the_width_that_there_is() -> None:
    found = clusters(random.Random(2), 400)
    interval = ratio_interval(found, 1200)
    assert interval.low is not None
    assert interval.high is not None
    half = (interval.high - interval.low) / 2
    assert pytest.approx(1200, rel=0.15) == parts_needed(found, 1200, half)


@given(st.integers(5, 40), st.floats(0.01, 1))
def test_half_the_width_needs_four_times_the_parts(number: int, half: float) -> None:
    found = clusters(random.Random(number), number)
    whole, narrow = (parts_needed(found, 1000, w) for w in (half, half / 2))
    assert whole is not None
    assert narrow is not None
    assert 4 * (whole - 1) < narrow <= 4 * whole
