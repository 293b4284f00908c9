"""Time horizons against METR's own runs and published fits."""

import csv
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from arena.metrics.horizon import Fit, TaskRuns, fit_horizon, horizon

DATA = Path(__file__).parent.parent / "data"
EXPECTED: dict[str, dict[str, Any]] = json.loads(
    (DATA / "metr_2025_01_expected_fits.json").read_text()
)
VECTORS = json.loads((DATA / "scoring_test_vectors.json").read_text())["horizon"]
# Agent, penalty, slope, intercept, p50, p80 as research on METR's runs has them.
TABLE = [
    ("Claude 3.5 Sonnet (New)", 1e-5, -0.362337, 2.148424, 60.94, 4.297),
    ("Claude 3.5 Sonnet (New)", 0.1, -0.337321, 1.996745, 60.52, 3.506),
    ("Claude 3 Opus", 1e-5, -0.374618, 0.840663, 4.737, 0.364),
    ("GPT-4o", 1e-5, -0.345931, 1.026872, 7.827, 0.487),
    ("o1", 1e-5, -0.255832, 1.390036, 43.21, 1.010),
    ("o1-preview", 1e-5, -0.406493, 2.043399, 32.60, 3.066),
    ("human", 1e-5, -0.425982, 4.195276, 921.9, 96.6),
    ("gpt-3.5-turbo-instruct", 1e-5, -0.450945, -2.633, 0.0175, None),
    ("gpt-3.5-turbo-instruct", 0.1, -0.184402, -3.513, 2e-6, None),
]
INTERVALS = [
    ("Claude 3 Opus", 0.56, 16.9),
    ("o1-preview", 8.5, 78.5),
    ("human", 304, 10575),
]


def runs_of(agent: str) -> list[TaskRuns]:
    with (DATA / "metr_2025_01_runs_by_task.csv").open() as file:
        return [
            TaskRuns(
                row["task_family"],
                float(row["human_minutes"]),
                int(row["n"]),
                float(row["c"]),
            )
            for row in csv.DictReader(file)
            if row["alias"] == agent
        ]


def spread(*successes: float, runs: int = 1) -> list[TaskRuns]:
    """Tasks of a family each, from 1 minute to two decades above."""
    last = len(successes) - 1
    return [
        TaskRuns(f"f{i}", 100 ** (i / last), runs, won)
        for i, won in enumerate(successes)
    ]


NARROW = [
    TaskRuns(t.family, t.minutes**0.9, 1, t.successes)
    for t in spread(1, 1, 1, 1, 1, 0, 0, 0, 0, 0)
]


@pytest.mark.parametrize("name", EXPECTED)
def test_fits_of_metrs_runs_are_the_expected_ones(name: str) -> None:
    agent, _, penalty = name.partition("|reg=")
    tasks, expected = runs_of(agent), EXPECTED[name]
    fit = fit_horizon(tasks, float(penalty))
    assert expected["n_tasks"] == len(tasks)
    assert expected["n_runs"] == sum(task.runs for task in tasks)
    found = {
        "slope": fit.slope,
        "intercept": fit.intercept,
        "p50": fit.minutes_at(0.5),
        "p80": fit.minutes_at(0.8),
    }
    assert found == pytest.approx({key: expected[key] for key in found}, rel=1e-6)


@pytest.mark.parametrize(
    ("agent", "penalty", "slope", "intercept", "half", "most"), TABLE
)
def test_fits_are_those_of_the_reference_table(
    agent: str,
    penalty: float,
    slope: float,
    intercept: float,
    half: float,
    most: float | None,
) -> None:
    """As exact as its digits: six behind the point, or three or four that count."""
    fit = fit_horizon(runs_of(agent), penalty)
    assert slope == pytest.approx(fit.slope, abs=6e-7)
    assert intercept == pytest.approx(fit.intercept, abs=6e-4)
    assert half == pytest.approx(fit.minutes_at(0.5), rel=2e-3 if half > 1e-3 else 0.25)
    if most is not None:
        assert most == pytest.approx(fit.minutes_at(0.8), rel=2e-3)


@pytest.mark.parametrize("published", VECTORS, ids=lambda p: p["agent"])
def test_published_fits_give_their_published_horizons(
    published: dict[str, float],
) -> None:
    fit = Fit(published["slope"], published["intercept"])
    assert published["expected_p50"] == pytest.approx(fit.minutes_at(0.5), rel=1e-3)
    assert published["expected_p80"] == pytest.approx(fit.minutes_at(0.8), rel=1e-3)
    assert published["p50"] == pytest.approx(fit.minutes_at(0.5), rel=1e-6)
    assert published["p80"] == pytest.approx(fit.minutes_at(0.8), rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("name", EXPECTED)
def test_the_bootstrap_has_the_percentiles_of_the_expected_one(name: str) -> None:
    """Its stream of random numbers is not known, but its 1,000 draws are a sample.

    The share of our draws that lie below its percentile q is then q within the error of
    a binomial, of which four are allowed, plus that of our 20,000.
    """
    agent, _, penalty = name.partition("|reg=")
    found = horizon(runs_of(agent), penalty=float(penalty), resamples=20_000)
    for key, chance in (("p50_ci", 0.5), ("p80_ci", 0.8)):
        ours = [fit.minutes_at(chance) for fit in found.draws]
        for q, value in zip((0.025, 0.5, 0.975), EXPECTED[name][key], strict=True):
            below = sum(1 for minutes in ours if minutes < value) / len(ours)
            error = math.sqrt(q * (1 - q) * (1 / 1000 + 1 / len(ours)))
            assert q == pytest.approx(below, abs=4 * error), (key, q)


@pytest.mark.parametrize(("agent", "low", "high"), INTERVALS)
def test_intervals_are_near_those_of_the_reference_table(
    agent: str, low: float, high: float
) -> None:
    """Within a factor of 1.6: 1,000 draws tell the far tail no better."""
    half = horizon(runs_of(agent)).at(0.5)
    assert half.low is not None
    assert half.high is not None
    assert abs(math.log(half.low / low)) < math.log(1.6)
    assert abs(math.log(half.high / high)) < math.log(1.6)


def test_done_in_part_is_so_many_successes_of_that_weight() -> None:
    whole = fit_horizon(spread(4, 3, 3, 1, 0, 0, 0, 0, 0, 0, runs=4))
    part = fit_horizon(spread(1, 0.75, 0.75, 0.25, 0, 0, 0, 0, 0, 0))
    assert whole.slope == pytest.approx(part.slope)
    assert whole.intercept == pytest.approx(part.intercept)


def test_more_runs_of_one_task_do_not_weigh_more() -> None:
    tasks = spread(1, 1, 0, 1, 1, 0, 1, 0, 0, 0)
    more = [TaskRuns(t.family, t.minutes, 10, 10 * t.successes) for t in tasks[:3]]
    assert fit_horizon(tasks).slope == pytest.approx(
        fit_horizon([*more, *tasks[3:]]).slope
    )


@pytest.mark.parametrize(
    ("tasks", "reason"),
    [
        (spread(1, 1, 1, 0, 0), "5 tasks are fewer than the 10 that it takes"),
        (
            NARROW,
            "tasks of 1 to 63.0957 minutes are not two decades apart",
        ),
        (spread(*[0] * 10), "nothing succeeded: below the shortest task (1 min)"),
        (spread(*[1] * 10), "everything succeeded: above the longest task (100 min)"),
        (
            spread(0, 0, 0, 0, 0, 1, 1, 1, 1, 1),
            "longer tasks go no worse than shorter ones: there is no horizon",
        ),
    ],
    ids=["few", "narrow", "none", "all", "rising"],
)
def test_a_horizon_is_refused_with_the_reason(
    tasks: Sequence[TaskRuns], reason: str
) -> None:
    found = horizon(tasks)
    assert reason == found.refusal
    assert found.fit is None
    assert not found.draws


def test_an_interval_beyond_the_longest_task_is_said_to_be() -> None:
    found = horizon(spread(1, 1, 1, 1, 1, 1, 0, 1, 1, 0))
    assert found.refusal is None
    assert "the interval goes beyond the longest task (100 min)" in found.warnings


def test_resamples_without_a_curve_are_in_the_interval() -> None:
    """One success in ten runs: in many resamples there is none, so no bound below."""
    rare = horizon(spread(1, *[0] * 9))
    half = rare.at(0.5)
    assert 300 < rare.failing < 500
    assert (0.0, True) == (half.low, half.high is not None and half.high < 100)
    assert f"{rare.failing / 1000:.1%} of resamples have no success" in rare.warnings
    assert 0 == rare.band(1)[0]
    often = horizon(spread(*[1] * 9, 0))
    assert math.inf == often.at(0.5).high
    assert 1 == often.band(100)[1]
    for confidence in (0.01, 0.5, 0.99):
        ends = rare.at(0.5, confidence)
        assert ends.low is not None
        assert ends.high is not None
        assert ends.low <= ends.high


def test_the_band_holds_the_curve_and_widens_for_more_confidence() -> None:
    found = horizon(spread(4, 4, 3, 3, 2, 3, 1, 1, 0, 0, runs=4))
    assert found.fit is not None
    for minutes in (1, 10, 100):
        low, high = found.band(minutes)
        wider = found.band(minutes, 0.99)
        assert wider[0] <= low <= found.fit.chance(minutes) <= high <= wider[1]


def test_the_same_runs_give_the_same_interval() -> None:
    tasks = spread(4, 4, 3, 3, 2, 3, 1, 1, 0, 0, runs=4)
    assert horizon(tasks).at(0.5) == horizon(tasks).at(0.5)
    assert horizon(tasks).at(0.5) != horizon(tasks, seed=1).at(0.5)


def test_all_of_one_kind_has_no_fit() -> None:
    with pytest.raises(ValueError, match="0 of 10 runs succeeded"):
        fit_horizon(spread(*[0] * 10))


def test_json_has_no_infinite_end() -> None:
    told = horizon(spread(*[1] * 9, 0)).at(0.5).as_dict()
    assert told["high"] is None
    assert isinstance(told["low"], float)
