"""Bounds, clustered intervals, expert bits and chains, against vectors."""

import itertools
import json
import math
import random
from pathlib import Path
from statistics import fmean, pstdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena.metrics.bounds import (
    clustered_interval,
    one_sided,
    shifted,
    single_try,
    tries,
)
from arena.metrics.chains import chain_scores, product
from arena.metrics.expert_bits import acceptable_bits, implied_chance, rank_bits
from arena.metrics.nested import nested_mean

DATA = Path(__file__).parent.parent / "data"
VECTORS = json.loads((DATA / "scoring_test_vectors.json").read_text())
FIXTURE = VECTORS["cluster_fixture"]
VALUES = [float(x) for runs in FIXTURE["runs"].values() for x in runs]
TASKS = [task for task, runs in FIXTURE["runs"].items() for _ in runs]
T_975_3 = 3.182446305284263
"""Of Student's t with three degrees of freedom."""


@pytest.mark.parametrize("row", VECTORS["zero_success_upper95_one_sided"])
def test_no_success_still_leaves_room_for_one(row: dict[str, float]) -> None:
    n = int(row["n"])
    assert (0.0, pytest.approx(row["upper"])) == one_sided(0, n)
    assert (pytest.approx(1 - row["upper"]), 1.0) == one_sided(n, n)


def test_one_sided_bounds_are_of_none_or_all() -> None:
    with pytest.raises(ValueError, match="1 of 3 is neither none nor all"):
        one_sided(1, 3)


def test_clustered_errors_are_those_of_the_vectors() -> None:
    found = clustered_interval(VALUES, TASKS)
    assert FIXTURE["macro_mean"] == pytest.approx(found.value)
    half = T_975_3 * FIXTURE["clustered_se_G_over_Gm1"]
    assert found.low == max(0.0, 0.5 - half)
    assert found.high == min(1.0, 0.5 + half)
    at_half = clustered_interval(VALUES, TASKS, confidence=0.5)
    assert at_half.high is not None
    error = (at_half.high - 0.5) / 0.7648923284043453
    assert FIXTURE["se_task_means"] == pytest.approx(error)


def test_weights_make_tasks_count_alike() -> None:
    values, tasks = [1.0, 1.0, 1.0, 0.0], ["a", "a", "a", "b"]
    found = clustered_interval(values, tasks, [1 / 3, 1 / 3, 1 / 3, 1])
    assert found.value == pytest.approx(0.5)


def test_a_single_run_that_weighs_half_leaves_room_for_itself() -> None:
    """Were its task's rate 0.95, one run in twenty would fail: half of that is room."""
    values, tasks = [0.0] * 101, ["a"] * 100 + ["b"]
    weights = [1 / 100] * 100 + [1.0]
    none = clustered_interval(values, tasks, weights)
    assert none.high == pytest.approx(1 - 0.05 ** (0.25 / 100 + 0.25))
    assert none.high is not None
    assert none.high > 0.95 / 2
    half = [1.0, 0.0] * 50 + [1.0, 0.0]
    alike = clustered_interval(half, ["a"] * 100 + ["b"] * 2, [0.01] * 100 + [0.5] * 2)
    assert "wilson" == alike.method
    assert alike.low is not None
    assert alike.low < 0.25


def test_all_alike_is_one_sided_or_without_an_interval() -> None:
    none = clustered_interval([0.0] * 10, ["a"] * 5 + ["b"] * 5)
    assert (0.0, pytest.approx(0.25887, abs=1e-5)) == (none.low, none.high)
    every = clustered_interval([1.0] * 10, ["a"] * 10)
    assert (pytest.approx(0.74113, abs=1e-5), 1.0) == (every.low, every.high)
    assert "one-sided" == every.method
    part = clustered_interval([0.5] * 10, ["a"] * 10)
    assert (0.5, None, None) == (part.value, part.low, part.high)


def test_clusters_that_do_not_differ_claim_no_certainty() -> None:
    found = clustered_interval([0.0, 1.0] * 4, ["a", "a", "b", "b"] * 2)
    assert "wilson" == found.method
    assert found.low is not None
    assert found.low < 0.25


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 1)), min_size=1))
def test_an_interval_holds_its_mean_and_stays_in_range(
    pairs: list[tuple[int, float]],
) -> None:
    found = clustered_interval([x for _, x in pairs], [str(g) for g, _ in pairs])
    assert found.value is not None
    if found.low is not None and found.high is not None:
        assert 0 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 1


def test_clustered_intervals_hold_what_they_promise() -> None:
    """Tasks whose rates differ: 95 % of intervals hold the mean, in 400 trials."""
    rng = random.Random(1)
    held = 0
    for _ in range(400):
        rates = [rng.betavariate(2, 2) for _ in range(12)]
        values = [float(rng.random() < rate) for rate in rates for _ in range(5)]
        found = clustered_interval(values, [str(i // 5) for i in range(60)])
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.5 <= found.high
    assert 0.92 <= held / 400 <= 0.985


def test_the_nested_bootstrap_spreads_as_all_resamples_do() -> None:
    """One family a task with one run each: 4⁴ equally likely resamples."""
    exact = FIXTURE["exact_task_bootstrap"]
    means = FIXTURE["task_means"]
    every = [fmean(draw) for draw in itertools.product(means, repeat=4)]
    assert exact["sd"] == pytest.approx(pstdev(every))
    families = {f"f{i}": {"t": [mean]} for i, mean in enumerate(means)}
    found = nested_mean(families, resamples=20_000)
    assert (exact["mean"], exact["q025"], exact["q975"]) == pytest.approx(
        (found.value, found.low, found.high)
    )


def test_runs_are_drawn_again_within_tasks() -> None:
    """One task, whose runs alone can vary: near the binomial's own spread."""
    found = nested_mean({"f": {"t": [1.0] * 30 + [0.0] * 70}}, resamples=20_000)
    assert found.low == pytest.approx(0.3 - 1.96 * math.sqrt(0.21 / 100), abs=0.01)
    assert found.high == pytest.approx(0.3 + 1.96 * math.sqrt(0.21 / 100), abs=0.01)


def test_families_and_tasks_weigh_the_same_whatever_their_runs() -> None:
    families = {"f": {"a": [1.0] * 9, "b": [0.0]}, "g": {"c": [0.0, 0.0]}}
    assert 0.25 == nested_mean(families).value
    assert nested_mean(families).n == 12


def test_nothing_and_all_alike_have_no_nested_interval() -> None:
    assert nested_mean({"f": {"t": []}}).value is None
    alike = nested_mean({"f": {"t": [1.0, 1.0]}, "g": {"u": [1.0]}})
    assert (1.0, None) == (alike.value, alike.low)


@pytest.mark.parametrize("row", VECTORS["pass_at_k"])
def test_pass_at_k(row: dict[str, float]) -> None:
    n, c, k = int(row["n"]), int(row["c"]), int(row["k"])
    assert row["value"] == pytest.approx(tries(n, c, k)[0])


@pytest.mark.parametrize("row", VECTORS["pass_hat_k"])
def test_pass_hat_k(row: dict[str, float]) -> None:
    n, c, k = int(row["n"]), int(row["c"]), int(row["k"])
    assert row["value"] == pytest.approx(tries(n, c, k)[1])


def test_fewer_tries_than_k_say_nothing() -> None:
    assert (None, None) == tries(3, 1, 5)


def test_half_of_ten_tries_is_seven_in_a_hundred_of_one() -> None:
    expected = VECTORS["pass_at_10_half_equals_single_p"]
    assert expected == pytest.approx(single_try(0.5, 10))


def test_expert_bits_by_rank_are_those_of_the_vectors() -> None:
    for row in VECTORS["expert_bits_1_over_i_i1"]:
        assert row["bits"] == pytest.approx(rank_bits([row["i"]]))
    episode = VECTORS["expert_bits_episode"]
    assert episode["bits_phuong"] == pytest.approx(rank_bits(episode["choices"]))


def test_empirical_expert_bits_are_those_of_the_vectors() -> None:
    vector = VECTORS["expert_bits_empirical"]
    for (a, n), bits in zip(vector["acceptable_of_N"], vector["bits"], strict=True):
        assert bits == pytest.approx(acceptable_bits([(a, n)]))
    steps = [(a, n) for a, n in vector["acceptable_of_N"]]
    assert vector["sum"] == pytest.approx(acceptable_bits(steps))
    assert vector["implied_p"] == pytest.approx(implied_chance(steps))
    assert math.inf == acceptable_bits([(10, 10), (0, 10)])


@pytest.mark.parametrize("row", VECTORS["emergence"])
def test_chains_score_as_the_vectors_say(row: dict[str, float]) -> None:
    found = chain_scores(row["p_step"], 10)
    assert row["L10_exact"] == pytest.approx(found.whole)
    assert row["L10_mean_steps"] == pytest.approx(found.step)
    assert row["expected_prefix"] == pytest.approx(found.prefix)


def test_a_product_of_milestones_is_that_of_the_vectors() -> None:
    vector = VECTORS["milestones"]
    whole, power = product(vector["p"])
    assert vector["prod"] == pytest.approx(whole)
    assert vector["log10_prod"] == pytest.approx(power)
    assert (0.0, None) == product([0.5, 0.0])


@given(st.floats(0, 1), st.floats(-5, 5))
def test_a_shifted_rate_stays_a_rate_and_shifts_back(rate: float, by: float) -> None:
    moved = shifted(rate, by)
    assert 0 <= moved <= 1
    assert (moved >= rate) or by < 0 or math.isclose(moved, rate)
    assert shifted(moved, -by) == pytest.approx(rate, abs=1e-9)
