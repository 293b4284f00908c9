"""Human baselines: whose episodes count, and what they come to."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from ara_runs import FAILED, evidence, scenario, write_run
from hypothesis import given
from hypothesis import strategies as st

from arena.baselines import Baseline, human_baselines, time_on_task
from arena.intervals import geometric_interval, mean_interval
from arena.run_folder import RunFolder

MINUTES = (4.0, 9.0, 6.0, 50.0)


def baseline(*runs: Path) -> Baseline:
    (found,) = human_baselines([RunFolder(run) for run in runs])
    return found


def people(
    path: Path, *told: Any, agent: str = "human", minutes: Any = MINUTES, **more: Any
) -> Path:
    """Write a run of one task, an episode of a person for each of what they left."""
    return write_run(
        path,
        [scenario("ara/find-it", agent, seeds=range(len(told)), **more)],
        lambda spec: told[spec.sample],
        minutes=lambda spec: minutes[spec.sample],
    )


def test_success_score_and_minutes_come_with_n_and_intervals(tmp_path: Path) -> None:
    done, partly = evidence(done=3), evidence(done=2)
    found = baseline(people(tmp_path / "a", done, done, partly, done))
    assert ("ara/find-it", 4, 0, 0) == (
        found.scenario,
        found.episodes,
        found.missing,
        found.assisted,
    )
    assert ("milestones", "task-success") == (found.scorer, found.judge)
    assert found.score.value == pytest.approx((3 + 0.5) / 4)
    assert found.success is not None
    assert (4, 0.75, "wilson") == (
        found.success.n,
        found.success.value,
        found.success.method,
    )
    assert 7.5 == found.minutes.median
    expected = math.prod(MINUTES) ** (1 / 4)
    assert found.minutes.geometric.value == pytest.approx(expected)
    assert (3, 9.0) == (
        found.minutes_of_successes.n,
        found.minutes_of_successes.median,
    )
    won = (4.0 * 9.0 * 50.0) ** (1 / 3)
    assert found.minutes_of_successes.geometric.value == pytest.approx(won)
    assert 0.5 == found.paused


def test_what_failed_is_missing_and_who_was_helped_stands_apart(
    tmp_path: Path,
) -> None:
    done, helped = evidence(done=3), evidence(done=3, assisted=["hint"])
    found = baseline(people(tmp_path / "a", done, FAILED, helped, done))
    assert (2, 1, 1) == (found.episodes, found.missing, found.assisted)
    assert (2, 2) == (found.score.n, found.minutes.n)
    assert found.minutes.geometric.value == pytest.approx(math.sqrt(4 * 50))


def test_episodes_of_agents_are_no_baseline(tmp_path: Path) -> None:
    done = evidence(done=3)
    run = people(tmp_path / "a", done, done, agent="random", minutes=(None, None))
    assert [] == human_baselines([RunFolder(run)])


def test_a_name_that_is_a_persons_does_not_make_a_person(tmp_path: Path) -> None:
    run = people(tmp_path / "a", evidence(done=3), minutes=(None,))
    assert [] == human_baselines([RunFolder(run)])


def test_people_whose_agent_is_not_installed_here_count(tmp_path: Path) -> None:
    run = people(tmp_path / "a", evidence(done=3), agent="somebody")
    assert 1 == baseline(run).episodes


def test_runs_of_several_people_are_put_together(tmp_path: Path) -> None:
    runs = [
        people(tmp_path / name, evidence(done=3), minutes=(minutes,))
        for name, minutes in (("ann", 2.0), ("bob", 8.0))
    ]
    found = baseline(*runs)
    assert 2 == found.episodes
    assert found.minutes.geometric.value == pytest.approx(4)


def test_a_changed_scenario_has_a_baseline_of_its_own(tmp_path: Path) -> None:
    runs = [
        people(tmp_path / digest, evidence(done=3), digest=digest)
        for digest in ("old", "new")
    ]
    found = human_baselines([RunFolder(run) for run in runs])
    assert ["old", "new"] == [one.digest for one in found]
    assert [1, 1] == [one.episodes for one in found]


def changed(run: Path, old: str, new: str) -> None:
    """Write something else into the records of a run."""
    for file in (run / "episodes").iterdir():
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))


def test_who_began_anew_or_took_over_stands_apart_with_unknown_time(
    tmp_path: Path,
) -> None:
    again = people(tmp_path / "again", evidence(done=3))
    changed(again, '"about":"time"', '"about":"played_again"')
    forked = people(tmp_path / "forked", evidence(done=3))
    parent = {"run": "r", "episode": "e", "digest": "d", "step": 3, "seats": ["player"]}
    changed(forked, '"parent":null', f'"parent":{json.dumps(parent)}')
    for run in (again, forked):
        assert (0, 1) == (baseline(run).episodes, baseline(run).assisted)
        (record,) = map(RunFolder(run).trajectory, RunFolder(run).manifest.episodes)
        assert (None, None) == time_on_task(record)


def test_times_that_make_no_sense_are_unknown(tmp_path: Path) -> None:
    run = people(tmp_path / "a", evidence(done=3), minutes=(1.0,))
    (file,) = (run / "episodes").iterdir()
    for wrong in ('"60"', "-60.0", "NaN", "1e999", "null", "[60]"):
        text = file.read_text()
        told = next(json.loads(line) for line in text.splitlines() if '"time"' in line)
        assert 60 == told["active_s"]
        file.write_text(text.replace('"active_s":60.0', f'"active_s":{wrong}'))
        found = baseline(run)
        assert (1, 0, None) == (found.episodes, found.minutes.n, found.minutes.median)
        assert found.paused is None
        file.write_text(text)


def test_only_scores_that_are_all_0_or_1_count_successes(tmp_path: Path) -> None:
    all_or_nothing = [evidence(done=3), evidence(done=0)]
    found = baseline(people(tmp_path / "a", *all_or_nothing))
    assert ("milestones", 0.5) == (found.judge, found.success and found.success.value)


@given(st.lists(st.floats(1e-3, 1e6), min_size=2, unique=True))
def test_a_geometric_mean_is_the_mean_of_logarithms(values: list[float]) -> None:
    found = geometric_interval(values)
    logs = mean_interval([math.log(value) for value in values])
    assert min(values) * 0.999 <= (found.value or 0) <= max(values) * 1.001
    assert (len(values), "log-t") == (found.n, found.method)
    assert math.log(found.value or 0) == pytest.approx(logs.value)
    if logs.low is not None and logs.low > -700:
        assert math.log(found.low or 0) == pytest.approx(logs.low)


def test_a_geometric_mean_of_one_value_has_no_interval() -> None:
    found = geometric_interval([5.0])
    assert found.value == pytest.approx(5)
    assert found.low is None
    assert geometric_interval([]).value is None
