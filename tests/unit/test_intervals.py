"""Estimates against worked examples, SciPy, exact enumeration and simulation."""

import importlib
import itertools
import json
import math
import random
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena.intervals import (
    Estimate,
    cluster_bootstrap,
    mean_interval,
    paired_difference,
    pass_at_k,
    pass_hat_k,
    rate_interval,
    t_quantile,
    wilson,
)

DATA = Path(__file__).parents[1] / "data"
VECTORS: dict[str, Any] = json.loads((DATA / "scoring_test_vectors.json").read_text())
RUNS: dict[str, list[float]] = VECTORS["cluster_fixture"]["runs"]
SCIPY_STATS: Any = importlib.import_module("scipy.stats")  # which has no types


def case(fields: dict[str, Any]) -> str:
    return "-".join(f"{key}{fields[key]}" for key in ("n", "c", "k") if key in fields)


@pytest.mark.parametrize("row", VECTORS["pass_at_k"], ids=case)
def test_pass_at_k_is_that_of_the_worked_examples(row: dict[str, Any]) -> None:
    assert pass_at_k(row["n"], row["c"], row["k"]) == pytest.approx(row["value"])


@pytest.mark.parametrize("row", VECTORS["pass_hat_k"], ids=case)
def test_pass_hat_k_is_that_of_the_worked_examples(row: dict[str, Any]) -> None:
    assert pass_hat_k(row["n"], row["c"], row["k"]) == pytest.approx(row["value"])


@pytest.mark.parametrize("row", VECTORS["wilson95"], ids=case)
def test_wilson_is_that_of_the_worked_examples(row: dict[str, Any]) -> None:
    assert wilson(row["c"], row["n"]) == pytest.approx(row["ci"])


tries = st.integers(1, 8).flatmap(
    lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n))
)


@given(tries)
def test_pass_at_k_and_pass_hat_k_count_all_choices(
    drawn: tuple[int, int, int],
) -> None:
    n, successes, k = drawn
    outcomes = [1] * successes + [0] * (n - successes)
    chosen = list(itertools.combinations(outcomes, k))
    assert pass_at_k(n, successes, k) == pytest.approx(fmean(map(max, chosen)))
    assert pass_hat_k(n, successes, k) == pytest.approx(fmean(map(min, chosen)))


@pytest.mark.parametrize("function", [pass_at_k, pass_hat_k])
@pytest.mark.parametrize(
    ("n", "successes", "k"), [(3, 1, 0), (3, 1, 4), (3, 4, 1), (3, -1, 1), (0, 0, 1)]
)
def test_impossible_counts_are_refused(
    function: Any, n: int, successes: int, k: int
) -> None:
    with pytest.raises(ValueError, match=f"k={k} tries of n={n}"):
        function(n, successes, k)


PROBABILITIES = [0.5, 0.55, 0.75, 0.9, 0.95, 0.975, 0.99, 0.995, 0.9995, 0.99999]
DEGREES = [1, 2, 3, 4, 5, 9, 29, 59, 119, 999, 10_000]


@pytest.mark.parametrize("df", DEGREES)
def test_t_quantiles_are_those_of_scipy(df: int) -> None:
    found = [t_quantile(p, df) for p in PROBABILITIES]
    expected = [float(SCIPY_STATS.t.ppf(p, df)) for p in PROBABILITIES]
    assert found == pytest.approx(expected, rel=1e-8, abs=1e-8)


@settings(max_examples=60)
@given(st.floats(0.5001, 0.9999), st.integers(1, 2000))
def test_any_t_quantile_is_that_of_scipy(p: float, df: int) -> None:
    expected = float(SCIPY_STATS.t.ppf(p, df))
    assert t_quantile(p, df) == pytest.approx(expected, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(("p", "df"), [(0.4, 5), (1.0, 5), (0.9, 0), (math.nan, 5)])
def test_a_quantile_that_is_not_offered_is_refused(p: float, df: int) -> None:
    with pytest.raises(ValueError, match="t_quantile needs"):
        t_quantile(p, df)


counts = st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts, st.floats(0.5, 0.999))
def test_wilson_holds_the_rate_within_0_and_1(
    count: tuple[int, int], confidence: float
) -> None:
    successes, n = count
    low, high = wilson(successes, n, confidence)
    assert 0 <= low <= successes / n + 1e-12
    assert successes / n - 1e-12 <= high <= 1
    assert low < high


@given(counts)
def test_wilson_of_failures_mirrors_that_of_successes(count: tuple[int, int]) -> None:
    successes, n = count
    low, high = wilson(successes, n)
    assert wilson(n - successes, n) == pytest.approx((1 - high, 1 - low))


@given(counts)
def test_more_confidence_and_fewer_values_widen_wilson(count: tuple[int, int]) -> None:
    successes, n = count
    low, high = wilson(successes, n, 0.9)
    wider_low, wider_high = wilson(successes, n, 0.99)
    assert wider_high - wider_low > high - low
    more_low, more_high = wilson(4 * successes, 4 * n, 0.9)
    assert more_high - more_low < high - low


def test_wilson_of_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize("n", [5, 20, 100])
@pytest.mark.parametrize("rate", [0.05, 0.3, 0.5, 0.9])
def test_wilson_covers_the_true_rate_about_as_often_as_it_says(
    n: int, rate: float
) -> None:
    rng = random.Random(f"{n}/{rate}")
    ends = [wilson(successes, n) for successes in range(n + 1)]
    draws = [sum(rng.random() < rate for _ in range(n)) for _ in range(1000)]
    covered = fmean(ends[drawn][0] <= rate <= ends[drawn][1] for drawn in draws)
    assert 0.88 < covered <= 0.995


def test_a_t_interval_covers_the_true_mean_about_as_often_as_it_says() -> None:
    rng = random.Random(1)
    covered = 0
    for _ in range(200):
        found = mean_interval([rng.gauss(3, 2) for _ in range(5)])
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 3 <= found.high
    assert 0.91 < covered / 200 < 0.99


def test_no_values_have_no_estimate() -> None:
    assert rate_interval([]) == Estimate(0, None, None, None, 0.95, "wilson")
    assert mean_interval([]) == Estimate(0, None, None, None, 0.95, "t")
    assert paired_difference([]) == Estimate(0, None, None, None, 0.95, "t")
    expected = Estimate(0, None, None, None, 0.95, "cluster-bootstrap")
    assert cluster_bootstrap({}) == expected
    assert cluster_bootstrap({"a": []}) == expected


def test_a_mean_of_one_value_has_no_interval() -> None:
    assert mean_interval([3.0]) == Estimate(1, 3.0, None, None, 0.95, "t")
    assert paired_difference([(3.0, 1.0)]) == Estimate(1, 2.0, None, None, 0.95, "t")


def test_a_rate_of_one_value_has_a_wide_interval() -> None:
    found = rate_interval([1.0])
    assert (found.n, found.value, found.high) == (1, 1.0, 1.0)
    assert found.low == pytest.approx(0.206549314)


def test_equal_values_claim_no_certainty() -> None:
    assert mean_interval([2.0, 2.0, 2.0]) == Estimate(3, 2.0, None, None, 0.95, "t")
    found = rate_interval([1.0] * 10)
    assert found.low == pytest.approx(VECTORS["wilson95"][2]["ci"][0])


def test_a_rate_takes_fractions() -> None:
    found = rate_interval([0.5, 0.5, 1.0, 0.0])
    assert (found.n, found.value) == (4, 0.5)
    assert (found.low, found.high) == wilson(2, 4)


def test_the_t_interval_of_the_task_means_has_their_standard_error() -> None:
    fixture = VECTORS["cluster_fixture"]
    found = mean_interval(fixture["task_means"])
    assert found.value == pytest.approx(fixture["macro_mean"])
    assert found.high is not None
    assert found.value is not None
    half = fixture["se_task_means"] * float(SCIPY_STATS.t.ppf(0.975, 3))
    assert found.high - found.value == pytest.approx(half)


@settings(max_examples=50)
@given(st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=20))
def test_a_t_interval_is_that_of_scipy(values: list[float]) -> None:
    found = mean_interval(values, 0.9)
    if found.low is not None:
        error = float(SCIPY_STATS.sem(values))
        ends = SCIPY_STATS.t.interval(0.9, len(values) - 1, fmean(values), error)
        assert (found.low, found.high) == pytest.approx(ends, abs=1e-9)


def test_a_paired_difference_is_blind_to_what_the_pairs_share() -> None:
    noise = [0.0, 100.0, -50.0, 7.0]
    gains = [1.0, 2.0, 3.0, 2.0]
    pairs = [(n + g, n) for n, g in zip(noise, gains, strict=True)]
    assert paired_difference(pairs) == mean_interval(gains)


def test_the_bootstrap_is_that_of_all_256_resamples() -> None:
    exact = VECTORS["cluster_fixture"]["exact_task_bootstrap"]
    found = cluster_bootstrap(RUNS)
    assert found.n == 12
    assert found.value == pytest.approx(exact["mean"])
    assert (found.low, found.high) == pytest.approx((exact["q025"], exact["q975"]))


def test_the_fixture_of_the_bootstrap_is_right() -> None:
    means = [fmean(values) for values in RUNS.values()]
    draws = sorted(map(fmean, itertools.product(means, repeat=len(means))))
    exact = VECTORS["cluster_fixture"]["exact_task_bootstrap"]
    assert len(draws) == exact["n"]
    assert draws[math.floor(0.025 * 255)] == pytest.approx(exact["q025"])
    assert draws[math.ceil(0.975 * 255)] == pytest.approx(exact["q975"])


def test_the_bootstrap_converges_to_all_resamples() -> None:
    clusters = {"a": [0.0], "b": [1.0], "c": [5.0], "d": [2.0], "e": [9.0]}
    means = [values[0] for values in clusters.values()]
    draws = sorted(map(fmean, itertools.product(means, repeat=5)))
    found = cluster_bootstrap(clusters, 0.8, resamples=20_000)
    middle = len(draws) - 1
    exact = draws[round(0.1 * middle)], draws[round(0.9 * middle)]
    assert (found.low, found.high) == pytest.approx(exact, abs=0.2)


clusters = st.dictionaries(
    st.text(max_size=3),
    st.lists(st.floats(-100, 100), min_size=1, max_size=5),
    min_size=2,
    max_size=6,
)


@settings(max_examples=50)
@given(clusters)
def test_the_bootstrap_stays_within_the_clusters_means(
    values: dict[str, list[float]],
) -> None:
    found = cluster_bootstrap(values, resamples=100)
    means = [fmean(v) for v in values.values()]
    assert found.value == pytest.approx(fmean(means))
    if min(means) == max(means):  # a bootstrap would claim certainty
        assert (found.low, found.high) == (None, None)
        return
    assert found.low is not None
    assert found.high is not None
    assert min(means) - 1e-9 <= found.low <= found.high <= max(means) + 1e-9
    assert found.n == sum(map(len, values.values()))


@settings(max_examples=30)
@given(clusters, st.integers(0, 2**32))
def test_the_bootstrap_depends_on_data_and_seed_alone(
    values: dict[str, list[float]], seed: int
) -> None:
    random.seed(seed)
    first = cluster_bootstrap(values, resamples=50, seed=seed)
    assert cluster_bootstrap(values, resamples=50, seed=seed) == first


def test_another_seed_draws_otherwise() -> None:
    rng = random.Random(0)
    values = {str(i): [rng.random()] for i in range(9)}
    found = [cluster_bootstrap(values, resamples=100, seed=seed) for seed in (0, 1)]
    assert found[0] != found[1]


def test_the_order_of_episodes_within_a_cluster_does_not_matter() -> None:
    turned = {name: values[::-1] for name, values in RUNS.items()}
    assert cluster_bootstrap(turned) == cluster_bootstrap(RUNS)


def test_a_single_cluster_has_no_interval() -> None:
    expected = Estimate(3, 2.0, None, None, 0.95, "cluster-bootstrap")
    assert cluster_bootstrap({"a": [1.0, 2.0, 3.0]}) == expected


def test_empty_clusters_are_left_out() -> None:
    assert cluster_bootstrap({**RUNS, "t5": []}) == cluster_bootstrap(RUNS)


def test_clusters_weigh_the_same_whatever_their_size() -> None:
    found = cluster_bootstrap({"a": [0.0] * 99, "b": [1.0]})
    assert (found.n, found.value) == (100, 0.5)


def test_more_confidence_widens_the_bootstrap() -> None:
    narrow, wide = cluster_bootstrap(RUNS, 0.5), cluster_bootstrap(RUNS, 0.99)
    assert narrow.low is not None
    assert wide.low is not None
    assert (wide.low < narrow.low, wide.confidence) == (True, 0.99)


def test_an_estimate_as_a_dict_is_json() -> None:
    assert json.loads(json.dumps(rate_interval([]).as_dict())) == {
        "n": 0,
        "value": None,
        "low": None,
        "high": None,
        "confidence": 0.95,
        "method": "wilson",
    }
