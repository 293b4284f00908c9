"""Runs: many episodes at once, each on its own record, stopped and gone on with."""

import json
import os
import random
import re
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from broken import Mute, Unsteady
from playing import Quiet, plan_of, play_one, play_plan, play_run

from arena.agent import AgentSpec
from arena.errors import UserError
from arena.results import results
from arena.run import run, score_run
from arena.run_folder import RunFolder
from arena.trajectory import read_trajectory
from arena.verify import verify_run


def scenario(folder: Path, parameters: str = "", env: str = "Fragile") -> str:
    folder.mkdir(exist_ok=True)
    text = f"""
description = "A countdown."
environment = "broken:{env}"
[parameters]
{parameters}
[[scorers]]
name = "completed"
[[scorers]]
name = "payoff"
"""
    (folder / "scenario.toml").write_text(text)
    return str(folder)


@pytest.mark.parametrize("place", ["reset", "step", "evidence"])
def test_an_environment_that_breaks_is_missing_data_and_its_siblings_go_on(
    tmp_path: Path, place: str
) -> None:
    name = scenario(tmp_path / "fragile", f'breaks = "{place}"\none_in = 3')
    folder = RunFolder(play_run(tmp_path / "run", name, epochs=40))
    reasons = Counter(seal.reason for seal in folder.manifest.episodes.values())
    assert {"completed", "error"} == set(reasons)
    table = results(folder.manifest, folder.scores())
    (headline,) = (row for row in table.rows if row.headline)
    assert reasons["error"] == headline.errors
    assert reasons["completed"] == headline.estimate.n
    assert headline.estimate.value == 1.0
    assert headline.played == 40
    assert verify_run(folder) == []
    for episode, seal in folder.manifest.episodes.items():
        end = folder.trajectory(episode).end or {}
        if seal.reason == "error":
            assert end["error"]["where"] == "environment"
            told = rf"broken at {place} \(broken\.py, line [0-9]+\)$"
            assert re.search(told, end["error"]["message"])


def test_the_same_command_plays_only_what_failed(tmp_path: Path) -> None:
    name = scenario(tmp_path / "fragile", 'breaks = "step"\none_in = 3')
    plan = plan_of(name, epochs=20)
    play_plan(plan, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    failed = [e for e, s in folder.manifest.episodes.items() if s.reason == "error"]
    before = {e: folder.episode_path(e).stat().st_mtime_ns for e in set_of(folder)}
    again = play_plan(plan, tmp_path / "run")
    assert (len(failed), 20 - len(failed)) == (again.played, again.already)
    after = {e: folder.episode_path(e).stat().st_mtime_ns for e in set_of(folder)}
    assert sorted(failed) == sorted(e for e in before if before[e] != after[e])
    kept = [p.name for p in (tmp_path / "run" / "superseded").iterdir()]
    assert sorted(f"{e}.1.jsonl" for e in failed) == sorted(kept)


def test_what_fails_in_its_sandbox_is_played_once_more(tmp_path: Path) -> None:
    name = scenario(tmp_path / "unsteady", env="Unsteady")
    folder = RunFolder(play_run(tmp_path / "run", name, epochs=1))
    (episode,) = folder.manifest.episodes
    trajectory = folder.trajectory(episode)
    notes = [e.data for e in trajectory.events if e.kind == "note"]
    told = ["sandbox: SandboxError: the engine was busy"]
    assert [note["because"] for note in notes] == told
    assert folder.manifest.episodes[episode].reason == "completed"
    assert verify_run(folder) == []


def test_what_fails_in_its_sandbox_twice_is_missing_data(tmp_path: Path) -> None:
    Unsteady.begun.clear()
    name = scenario(tmp_path / "unsteady", "always = true", env="Unsteady")
    folder = RunFolder(play_run(tmp_path / "run", name, epochs=1))
    assert len(Unsteady.begun) == 2
    (score, *_) = next(iter(folder.scores().values()))
    assert score.value is None
    assert "the engine was busy" in (score.reason or "")


def test_a_finished_run_plays_nothing_again(tmp_path: Path) -> None:
    plan = plan_of("games/blackjack", epochs=3)
    first, again = (play_plan(plan, tmp_path / "run") for _ in range(2))
    assert [(o.played, o.already) for o in (first, again)] == [(3, 0), (0, 3)]


def test_another_run_in_the_folder_is_refused_with_both_fingerprints(
    tmp_path: Path,
) -> None:
    one, two = (plan_of("games/blackjack", seed=seed) for seed in (1, 2))
    play_plan(one, tmp_path / "run")
    with pytest.raises(UserError) as error:
        play_plan(two, tmp_path / "run")
    assert one.fingerprint in str(error.value)
    assert two.fingerprint in str(error.value)
    assert "differ in seed" in str(error.value)


def test_a_folder_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="not empty and no run of ours"):
        play_run(tmp_path, "games/blackjack")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_unwritable_folder_is_said_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot write into"):
        play_run(tmp_path / "file" / "run", "games/blackjack")


def test_episodes_play_at_once_up_to_the_limit(tmp_path: Path) -> None:
    """Blocking steps run in threads: 16 episodes of 3 x 50 ms in far under 2.4 s."""
    name = scenario(tmp_path / "slow", env="Slow")
    plan = plan_of(name, epochs=16)
    begun = time.monotonic()
    play_plan(plan, tmp_path / "wide", max_concurrency=16)
    wide = time.monotonic() - begun
    begun = time.monotonic()
    play_plan(plan, tmp_path / "narrow", max_concurrency=1)
    narrow = time.monotonic() - begun
    assert narrow > 16 * 3 * 0.05
    assert wide < narrow / 2


@pytest.mark.parametrize(
    ("limits", "reason"),
    [({"turns": 2}, "turn_limit"), ({"wall_s": 0.08}, "time_limit")],
    ids=["turns", "seconds"],
)
def test_a_limit_truncates_with_its_reason(
    tmp_path: Path, limits: dict[str, object], reason: str
) -> None:
    name = scenario(tmp_path / "slow", env="Slow")
    trajectory = play_one(tmp_path / "run", name, limits=limits)
    assert reason == (trajectory.end or {})["reason"]
    (completed, payoff) = RunFolder(tmp_path / "run").scores()[
        trajectory.header.episode
    ]
    assert (completed.value, payoff.value) == (0.0, None)
    assert "no forfeit is set" in (payoff.reason or "")


def chat(*replies: object, **options: object) -> AgentSpec:
    scripted = {"replies": list(replies)}
    return AgentSpec.model_validate(
        {
            "name": "chat",
            "model": "scripted:test",
            "options": {"model_options": scripted} | options,
            "price": (1.0, 2.0),
        }
    )


GO: list[dict[str, object]] = [{"name": "go", "args": {}}]


def test_tokens_and_cost_are_counted_and_limited(tmp_path: Path) -> None:
    """Each reply is 10 tokens in and 5 out: 20 millionths of a dollar."""
    name = scenario(tmp_path / "fragile", "steps = 50")
    by_tokens = play_one(tmp_path / "a", name, agent=chat(GO), limits={"tokens": 40})
    by_cost = play_one(tmp_path / "b", name, agent=chat(GO), limits={"cost_usd": 7e-5})
    ends = [t.end or {} for t in (by_tokens, by_cost)]
    assert [end["reason"] for end in ends] == ["token_limit", "cost_limit"]
    used = [end["usage"]["player"] for end in ends]
    assert [u["turns"] for u in used] == [3, 4]
    assert [(u["input_tokens"], u["output_tokens"]) for u in used] == [
        (30, 15),
        (40, 20),
    ]
    assert pytest.approx(8e-5) == used[1]["cost_usd"]


def test_a_cost_limit_needs_a_price(tmp_path: Path) -> None:
    free = chat(GO).model_copy(update={"price": None})
    with pytest.raises(UserError, match="has no price"):
        plan_of("games/blackjack", agent=free, limits={"cost_usd": 1.0})


def test_bad_calls_in_a_row_end_the_episode_and_good_ones_between_do_not(
    tmp_path: Path,
) -> None:
    bad: list[dict[str, object]] = [{"name": "og", "args": {}}]
    name = scenario(tmp_path / "fragile", "steps = 5")
    mixed = play_one(tmp_path / "a", name, agent=chat(bad, bad, GO))
    only = play_one(tmp_path / "b", name, agent=chat(bad), limits={"tool_errors": 3})
    ends = [t.end or {} for t in (mixed, only)]
    assert [end["reason"] for end in ends] == ["completed", "tool_error_limit"]
    assert [end["usage"]["player"]["tool_errors"] for end in ends] == [10, 3]


def test_calls_behind_the_limit_of_bad_ones_in_a_row_are_not_run(
    tmp_path: Path,
) -> None:
    bad: list[dict[str, object]] = [{"name": "og", "args": {}}]
    name = scenario(tmp_path / "fragile", "steps = 5")
    agent = chat([*bad * 3, *GO])
    record = play_one(tmp_path / "run", name, agent=agent, limits={"tool_errors": 3})
    end = record.end or {}
    assert "tool_error_limit" == end["reason"]
    assert 3 == end["usage"]["player"]["tool_errors"] == len(record.of_kind("step"))
    assert ["not_run"] == [note["about"] for note in record.of_kind("note")]


def test_an_agent_that_returns_no_message_is_an_error_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mute(spec: AgentSpec) -> Mute:
        return Mute()

    monkeypatch.setattr("arena.episode.make_agent", mute)
    record = play_one(tmp_path / "run", scenario(tmp_path / "fragile"))
    end = record.end or {}
    assert ("error", "agent") == (end["reason"], end["error"]["where"])
    assert "NoneType" in end["error"]["message"]
    assert [] == verify_run(RunFolder(tmp_path / "run"))


def test_calls_of_one_message_are_played_in_order_until_the_turn_ends(
    tmp_path: Path,
) -> None:
    name = scenario(tmp_path / "fragile", "steps = 3")
    trajectory = play_one(tmp_path / "run", name, agent=chat(GO * 5))
    assert len(trajectory.of_kind("step")) == 3
    notes = [note["about"] for note in trajectory.of_kind("note")]
    assert notes == ["not_run", "not_run"]
    texts = [o["text"] for o in trajectory.of_kind("observation")]
    assert texts == ["", "2 left", "1 left", "0 left"]


def test_a_message_without_a_call_is_answered_and_counted(tmp_path: Path) -> None:
    name = scenario(tmp_path / "fragile", "steps = 1")
    trajectory = play_one(tmp_path / "run", name, agent=chat("I wonder.", GO))
    assert (trajectory.end or {})["usage"]["player"]["tool_errors"] == 1
    assert "no tool call" in trajectory.of_kind("observation")[1]["text"]


def test_a_conversation_too_long_for_the_window_loses_its_oldest_exchanges(
    tmp_path: Path,
) -> None:
    name = scenario(tmp_path / "fragile", "steps = 60")
    trajectory = play_one(tmp_path / "run", name, agent=chat(GO, window_tokens=512))
    notes = [n for n in trajectory.of_kind("note") if n["about"] == "context"]
    assert notes
    assert all(note["estimated_tokens"] <= 512 for note in notes)
    assert (trajectory.end or {})["reason"] == "completed"


def test_scoring_again_gives_the_same_scores_without_agent_or_environment(
    tmp_path: Path,
) -> None:
    play_run(tmp_path / "run", "games/number-guessing", epochs=2)
    folder = RunFolder(tmp_path / "run")
    before = folder.scores()
    (tmp_path / "run" / "scores.jsonl").unlink()
    assert before == score_run(RunFolder(tmp_path / "run"))
    assert before == RunFolder(tmp_path / "run").scores()


def test_a_damaged_record_is_not_scored_and_played_again(tmp_path: Path) -> None:
    plan = plan_of("games/blackjack", epochs=3)
    play_plan(plan, tmp_path / "run")
    folder = RunFolder(tmp_path / "run")
    path = folder.episode_path(next(iter(folder.manifest.episodes)))
    path.write_bytes(path.read_bytes().replace(b'"player":', b'"palyer":'))
    with pytest.raises(UserError, match="not scored, as the record is damaged"):
        score_run(folder)
    assert (1, 2) == ((o := play_plan(plan, tmp_path / "run")).played, o.already)
    assert [] == verify_run(RunFolder(tmp_path / "run"))


def test_epochs_of_a_fixed_world_differ_and_worlds_are_the_units(
    tmp_path: Path,
) -> None:
    """The same two hands, each played 20 times by an agent with its own dice."""
    text = (
        'description = "Two hands."\nenvironment = "arena/Blackjack-v1"\n'
        'seeds = [1, 2]\n[[scorers]]\nname = "expected-loss"\n'
    )
    (tmp_path / "two.toml").write_text(text)
    path = play_run(tmp_path / "run", str(tmp_path / "two.toml"), epochs=20)
    folder = RunFolder(path)
    values = {s.value for group in folder.scores().values() for s in group}
    assert len(values) > 2
    (row,) = results(folder.manifest, folder.scores()).rows
    assert (2, 40) == (row.estimate.n, row.played)


def test_a_secret_among_the_options_is_refused_before_it_is_recorded(
    tmp_path: Path,
) -> None:
    key = "sk-" + "a" * 40
    script = {"actions": [{"name": "hit", "args": {"x": key}}]}
    with pytest.raises(UserError, match="looks like a secret"):
        plan_of("games/blackjack", agent=AgentSpec(name="scripted", options=script))


def test_damaged_scores_are_missing_and_scored_again(tmp_path: Path) -> None:
    play_run(tmp_path / "run", "games/blackjack", epochs=2)
    before = RunFolder(tmp_path / "run").scores()
    file = tmp_path / "run" / "scores.jsonl"
    file.write_bytes(b"\xff\xfe\x00\n{}\n" + file.read_bytes()[:-20])
    folder = RunFolder(tmp_path / "run")
    assert before != folder.scores()
    assert before == score_run(folder, again=False)


def test_pass_at_k_needs_k_epochs(tmp_path: Path) -> None:
    name = scenario(tmp_path / "fragile")
    folder = RunFolder(play_run(tmp_path / "run", name, epochs=3))
    table = results(folder.manifest, folder.scores(), ks=[1, 3])
    assert table.rows[0].pass_k == {"pass@1": 1, "pass^1": 1, "pass@3": 1, "pass^3": 1}
    with pytest.raises(UserError, match="there are 3 scored epochs"):
        results(folder.manifest, folder.scores(), ks=[4])


def test_a_scenario_is_paired_with_its_control(tmp_path: Path) -> None:
    """A scripted player does the same whatever it is told, so nothing differs."""
    names = ("games/number-guessing", "games/number-series")
    path = play_run(tmp_path / "run", *names, epochs=6, agent="level-4")
    folder = RunFolder(path)
    table = results(folder.manifest, folder.scores())
    assert len(table.differences) == 4
    assert {0.0} == {row.estimate.value for row in table.differences}
    assert {6} == {row.estimate.n for row in table.differences}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_is_saved_and_goes_on(
    tmp_path: Path, number: signal.Signals
) -> None:
    name = scenario(tmp_path / "slow", "steps = 4", env="Slow")
    command = arena("run", name, "--agent", "random", "--epochs", "40", "--out", "run")
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stderr=subprocess.PIPE, text=True
    )
    wait_for(lambda: len(list((tmp_path / "run").glob("episodes/*"))) > 20)
    process.send_signal(number)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "the same command goes on from here" in told
    folder = RunFolder(tmp_path / "run")
    assert verify_run(folder) == []
    reasons = Counter(seal.reason for seal in folder.manifest.episodes.values())
    assert 0 < reasons["completed"] < 40
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True)
    assert done.returncode == 0
    folder = RunFolder(tmp_path / "run")
    reasons = Counter(seal.reason for seal in folder.manifest.episodes.values())
    assert reasons == {"completed": 40}
    assert verify_run(folder) == []


def test_a_background_job_of_a_script_ends_when_told_to(tmp_path: Path) -> None:
    name = scenario(tmp_path / "slow", "steps = 4", env="Slow")
    command = arena("run", name, "--agent", "random", "--epochs", "400", "--out", "run")
    script = f"{shlex.join(command)} & echo $!; wait"  # it ignores Ctrl-C
    process = subprocess.Popen(
        ["sh", "-c", script],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    job = int(process.stdout.readline())
    wait_for(lambda: len(list((tmp_path / "run").glob("episodes/*"))) > 20)
    os.kill(job, signal.SIGTERM)
    process.communicate(timeout=60)
    assert verify_run(RunFolder(tmp_path / "run")) == []


def test_a_second_process_is_kept_out_of_a_run_that_is_being_played(
    tmp_path: Path,
) -> None:
    plan = plan_of("games/blackjack")
    with (
        RunFolder.writing(tmp_path / "run", plan),
        pytest.raises(UserError, match="another process is playing this run"),
    ):
        run(plan, tmp_path / "run", observer=Quiet())


@pytest.mark.slow
def test_twenty_killed_and_resumed_runs_have_every_episode_exactly_once(
    tmp_path: Path,
) -> None:
    rng = random.Random(11)
    name = scenario(tmp_path / "slow", "steps = 6", env="Slow")
    command = arena("run", name, "--agent", "random", "--epochs", "60", "--out")
    kills = 0
    for number in range(20):
        path = tmp_path / f"run-{number}"
        while True:
            process = subprocess.Popen(
                [*command, str(path)],
                cwd=tmp_path,
                env=environment(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                process.wait(timeout=rng.uniform(0.3, 2.2))
                break
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
                check_what_a_killed_run_left(path)
        assert process.returncode == 0
        folder = RunFolder(path)
        planned = [spec.episode for spec in folder.manifest.plan.episodes()]
        assert len(set(planned)) == 60
        assert sorted(planned) == sorted(folder.manifest.episodes)
        assert sorted(planned) == sorted(p.stem for p in path.glob("episodes/*"))
        assert {"completed"} == {s.reason for s in folder.manifest.episodes.values()}
        assert verify_run(folder) == []
        assert sorted(planned) == sorted(folder.scores())
        lines = (path / "scores.jsonl").read_text().splitlines()
        assert (
            len({(s["episode"], s["scorer"]) for s in map(json.loads, lines)}) == 60 * 2
        )
    assert kills >= 20


def check_what_a_killed_run_left(path: Path) -> None:
    for episode in path.glob("episodes/*.jsonl"):
        whole = episode.read_bytes().count(b"\n")
        if whole:  # else it was killed before the header was written
            assert whole == 1 + len(read_trajectory(episode).events)


def arena(*arguments: str) -> list[str]:
    return [sys.executable, "-P", "-m", "arena", *arguments]


def environment() -> dict[str, str]:
    support = Path(__file__).parent.parent / "support"
    return {**os.environ, "PYTHONPATH": str(support)}


def wait_for(condition: object, seconds: float = 20) -> None:
    assert callable(condition)
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.01)


def set_of(folder: RunFolder) -> set[str]:
    return set(folder.manifest.episodes)
