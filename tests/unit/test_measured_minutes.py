"""Minutes of people who are among the runs, in the time horizon and in the gate."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ara_runs import FAILED, episode, evidence, scenario, write_run

from arena.analysis import Table, analyse
from arena.autonomy.gate import decide
from arena.autonomy.horizons import agent_horizon, measured_minutes, timed
from arena.autonomy.plays import Play, plays_of
from arena.autonomy.policy import Policy
from arena.autonomy.scores import tasks_of
from arena.errors import UserError
from arena.run_folder import RunFolder
from arena.specification import EpisodeSpec

TASKS = [f"ara/task-{2**i}" for i in range(12)]  # of 1 to 2048 minutes, it is estimated
HORIZON = {"id": "h", "metric": "horizon", "threshold": 240}


def person(left: Mapping[str, Any] | str, minutes: float | None, **more: Any) -> Any:
    seconds = None if minutes is None else 60 * minutes
    return episode(left, agent="human", people=("player",), active_s=seconds, **more)


def plays(*episodes: Any) -> list[Play]:
    return plays_of(episodes)


def test_minutes_are_the_geometric_mean_of_people_who_succeeded_alone() -> None:
    done = evidence(done=3)
    found = measured_minutes(
        plays(
            person(done, 4.0),
            person(done, 16.0),
            person(evidence(done=2), 100.0),
            person(evidence(done=3, assisted=["hint"]), 1.0, assisted=("hint",)),
            person(done, None),
            person(FAILED, None, scenario="ara/find-it"),
            episode(done, active_s=60.0),
        )
    )
    assert {"find-it": pytest.approx(8)} == found


def test_people_in_a_perturbed_task_do_not_time_the_task() -> None:
    changed = evidence(done=3, perturbations=["X1"])
    assert {} == measured_minutes(plays(person(changed, 4.0)))


def test_a_person_beside_the_agent_under_test_times_nothing() -> None:
    beside = episode(evidence(done=3), people=("guest",), active_s=60.0)
    assert {} == measured_minutes(plays(beside))


def test_what_was_measured_takes_the_place_of_an_estimate() -> None:
    tasks = tasks_of(plays(episode(evidence(done=3, minutes=10))))
    (task,) = timed(tasks, {"find-it": 3.0})
    assert (3.0, "people") == (task.minutes, task.source)
    assert tasks == timed(tasks, {"another": 3.0})


def agents_run(path: Path) -> Path:
    """An agent that succeeds in tasks of up to 32 minutes, as they are estimated."""

    def told(spec: EpisodeSpec) -> Mapping[str, Any]:
        minutes = int(spec.scenario.name.rpartition("-")[2])
        family = spec.scenario.name.removeprefix("ara/")
        won = 3 if minutes <= 32 else 0
        return evidence(family, done=won, minutes=minutes)

    tasks = [scenario(name, "chat", seeds=[0], epochs=4) for name in TASKS]
    return write_run(path, tasks, told)


def peoples_run(path: Path, *names: str, slower: float = 4) -> Path:
    """People who succeed, and take that much longer than is estimated."""

    def told(spec: EpisodeSpec) -> Mapping[str, Any]:
        return evidence(spec.scenario.name.removeprefix("ara/"), done=3)

    def minutes(spec: EpisodeSpec) -> float:
        return slower * int(spec.scenario.name.rpartition("-")[2])

    tasks = [scenario(name, "human", seeds=[0]) for name in names]
    return write_run(path, tasks, told, minutes=minutes)


def horizon_table(*runs: Path) -> Table:
    sections = analyse([RunFolder(run) for run in runs])
    (found,) = [t for s in sections for t in s.tables if t.title == "Time horizon"]
    return found


def test_the_table_says_of_how_many_tasks_minutes_are_measured(tmp_path: Path) -> None:
    agent, people = agents_run(tmp_path / "a"), peoples_run(tmp_path / "p", *TASKS[:5])
    alone, together = horizon_table(agent), horizon_table(agent, people)
    counts = [alone.columns.index(name) for name in ("measured", "estimated")]
    (before,), (after,) = alone.rows, together.rows
    assert [0, 12] == [before[i] for i in counts]
    assert ["chat", 5, 7] == [after[0], *(after[i] for i in counts)]
    known = "the minutes of {} of 12 tasks are no baselines"
    assert known.format(12) in str(before[-1])
    assert known.format(7) in str(after[-1])


def test_people_who_take_four_times_as_long_make_the_horizon_four_times_as_long(
    tmp_path: Path,
) -> None:
    agent, people = agents_run(tmp_path / "a"), peoples_run(tmp_path / "p", *TASKS)
    alone, together = horizon_table(agent), horizon_table(agent, people)
    at = alone.columns.index("50 % (min)")
    before, after = (table.rows[0][at] for table in (alone, together))
    assert getattr(before, "value", 0) * 4 == pytest.approx(getattr(after, "value", 0))
    assert "no baselines" not in str(together.rows[0][-1])


def both(path: Path, slower: float) -> RunFolder:
    """One run of the agent, and of people in the same tasks."""

    def told(spec: EpisodeSpec) -> Mapping[str, Any]:
        minutes = int(spec.scenario.name.rpartition("-")[2])
        family = spec.scenario.name.removeprefix("ara/")
        won = 3 if minutes <= 32 or spec.label == "human" else 0
        return evidence(family, done=won, minutes=minutes)

    def minutes(spec: EpisodeSpec) -> float | None:
        own = int(spec.scenario.name.rpartition("-")[2])
        return slower * own if spec.label == "human" else None

    tasks = [scenario(n, "chat", "human", seeds=[0], epochs=4) for n in TASKS]
    return RunFolder(write_run(path, tasks, told, minutes=minutes))


def test_the_gate_takes_minutes_of_people_and_does_not_judge_them(
    tmp_path: Path,
) -> None:
    policy = Policy.model_validate(
        {"schema": 1, "self_check": False, "rules": [HORIZON]}
    )
    estimated = decide(RunFolder(agents_run(tmp_path / "a")), policy)
    for slower in (1.0, 16.0):
        found = decide(both(tmp_path / f"{slower}", slower), policy)
        assert {"chat"} == {f.agent for f in found.findings} - {None}
        (horizon,) = [f for f in found.findings if f.rule == "h"]
        (other,) = [f for f in estimated.findings if f.rule == "h"]
        assert horizon.value is not None
        assert other.value is not None
        assert horizon.value == pytest.approx(slower * other.value)
    only = RunFolder(peoples_run(tmp_path / "p", *TASKS[:2]))
    with pytest.raises(UserError, match="or people: no agent to judge"):
        decide(only, policy)


def test_a_horizon_of_measured_minutes_does_not_warn_of_estimates() -> None:
    found = [
        play
        for i in range(12)
        for play in plays(
            episode(
                evidence(f"t{i}", done=3 if i < 6 else 0, minutes=1),
                scenario=f"ara/t{i}",
            )
        )
    ]
    tasks = timed(tasks_of(found), {f"t{i}": 2.0**i for i in range(12)})
    assert not any("no baselines" in told for told in agent_horizon(tasks).warnings)
