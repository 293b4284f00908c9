"""`arena fork`: another course of a recorded episode, from any of its moments."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from changed import Ladder, ladder_run
from click.testing import CliRunner, Result
from playing import play_run

from arena.__main__ import cli
from arena.run_folder import RunFolder
from arena.trajectory import Trajectory, comparable, read_trajectory

SOCIAL = "social/talk"


def _arena(*args: object) -> Result:
    return CliRunner().invoke(cli, list(map(str, args)), standalone_mode=False)


def _parent(run: Path) -> Path:
    return sorted((run / "episodes").iterdir())[0]


def _children(out: Path) -> list[Trajectory]:
    folder = RunFolder(out)
    return [folder.trajectory(episode) for episode in sorted(folder.manifest.episodes)]


def _prefix(record: Trajectory, steps: int) -> list[dict[str, Any]]:
    """Return the events up to the observation behind so many steps."""
    found: list[dict[str, Any]] = []
    done = 0
    for event in comparable(record)[1:]:
        if event["kind"] == "message" and done == steps:
            break
        done += event["kind"] == "step"
        found.append(event)
    return found


@pytest.mark.parametrize(
    ("game", "agent", "other", "at"),
    [
        ("games/holdem-match", "always-call", "random", (0, 3, 10)),
        ("games/number-guessing", "random", "level-2", (0, 4, 18)),
        ("games/blackjack", "basic-strategy", "random", (0,)),
        (SOCIAL, "random", "oracle", (0,)),
    ],
)
def test_another_agent_goes_on_from_several_steps(
    game: str, agent: str, other: str, at: tuple[int, ...], tmp_path: Path
) -> None:
    items = 4 if game == SOCIAL else None
    run = play_run(tmp_path / "run", game, agent=agent, epochs=1, items=items)
    parent, out = _parent(run), tmp_path / "forks"
    moments = [word for n in at for word in ("--at", str(n))]
    answer = _arena("fork", parent, *moments, "--agent", other, "--out", out)
    assert 0 == answer.return_value, answer.output
    before = parent.read_bytes()
    record = read_trajectory(parent)
    children = _children(out)
    assert len(at) == len(children)
    for child, step in zip(children, at, strict=True):
        told = child.header.parent
        assert told is not None
        assert (record.header.run, record.header.episode) == (told.run, told.episode)
        assert (record.digest, step) == (told.digest, told.step)
        assert _prefix(record, step) == _prefix(child, step)
        assert other == child.header.seats[told.seats[0]].name
    assert before == parent.read_bytes()
    assert 0 == _arena("verify", out).return_value
    assert 0 == _arena("replay", out, "--verify").return_value


def test_the_same_agent_without_draws_takes_the_same_course(tmp_path: Path) -> None:
    run = play_run(tmp_path / "run", "games/holdem-match", agent="rule", epochs=1)
    out = tmp_path / "forks"
    answer = _arena("fork", _parent(run), "--each", "--out", out)
    assert 0 == answer.return_value, answer.output
    parent = comparable(read_trajectory(_parent(run)))
    for child in _children(out)[:30]:
        assert parent[1:] == comparable(child)[1:]


def test_epochs_of_a_fork_draw_anew(tmp_path: Path) -> None:
    run = play_run(tmp_path / "run", "games/number-guessing", epochs=1)
    out = tmp_path / "forks"
    _arena("fork", _parent(run), "--at", "6", "--epochs", "4", "--out", out)
    courses = {json.dumps(comparable(child)[1:]) for child in _children(out)}
    assert 4 == len(courses)


def test_each_forks_at_every_step_of_the_seat_once(tmp_path: Path) -> None:
    run = play_run(tmp_path / "run", "games/number-guessing", epochs=1)
    out = tmp_path / "forks"
    answer = _arena(
        "fork", _parent(run), "--each", "--agent", "level-2", "--out", out, "--json"
    )
    told = json.loads(answer.output.splitlines()[-1])
    rows = [row for row in told["rows"] if row["scorer"] == "prediction-rate"]
    assert list(range(0, 20, 2)) == [row["step"] for row in rows]
    assert {"player-1"} == {row["seat"] for row in rows}
    assert all(row["parent"] is not None for row in rows)


def test_an_edited_observation_is_what_the_seat_sees_and_counts_as_assisted(
    tmp_path: Path,
) -> None:
    run, out = ladder_run(tmp_path, epochs=2), tmp_path / "forks"
    answer = _arena("fork", _parent(run), "--at", 2, "--see", "Jump!", "--out", out)
    assert 0 == answer.return_value, answer.output
    (child,) = _children(out)
    texts = [o["text"] for o in child.of_kind("observation")]
    assert "Jump!" == texts[2]
    assert ("edit_observation",) == child.assisted
    assert 0 == _arena("replay", out, "--verify").return_value


def test_an_edited_call_is_played_in_place_of_the_recorded_one(tmp_path: Path) -> None:
    run, out = ladder_run(tmp_path, epochs=2), tmp_path / "forks"
    answer = _arena(
        "fork", _parent(run), "--at", 2, "--do", '{"rungs": 3}', "--out", out
    )
    assert 0 == answer.return_value, answer.output
    (child,) = _children(out)
    record = read_trajectory(_parent(run))
    steps, theirs = child.of_kind("step"), record.of_kind("step")
    assert [s["reward"] for s in theirs[:2]] == [s["reward"] for s in steps[:2]]
    assert {"rungs": 3} == steps[2]["call"]["args"]
    assert ("edit_action",) == child.assisted
    assert 0 == _arena("replay", out, "--verify").return_value


def test_a_state_that_differs_is_refused_unless_it_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ladder_run(tmp_path, epochs=2)
    monkeypatch.setattr(Ladder, "changed", "reward")
    fork = ("fork", _parent(run), "--at", 4)
    refused = _arena(*fork, "--out", tmp_path / "refused")
    assert "the state differs at line 13 of the record, after 3" in str(
        refused.exception
    )
    assert [] == list((tmp_path / "refused" / "episodes").iterdir())
    answer = _arena(*fork, "--anyway", "--out", tmp_path / "anyway")
    assert 0 == answer.return_value
    (child,) = _children(tmp_path / "anyway")
    notes = [note for note in child.of_kind("note") if note["about"] == "differs"]
    assert [{"about": "differs", "line": 13, "step": 3}] == notes
    assert 0 == _arena("replay", tmp_path / "anyway", "--verify").return_value


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--at", "6"), "has 6 steps; the last moment to go on from is after step 5"),
        (("--at", "99"), "has 6 steps"),
        (("--at", "2", "--seat", "c"), "unknown seat 'c'"),
        (("--at", "1", "--see", "x"), "it is the turn of b"),
        ((), "say where"),
        (("--at", "2", "--each"), "say where"),
        (("--at", "2", "--see", "x", "--do", "{}"), "one thing at a time"),
        (("--at", "2", "--do", "rungs"), "not JSON"),
        (("--at", "2", "--do", "[1]"), "not an object"),
        (("--at", "2", "--agent", "chat"), "model"),
        (("--at", "2", "--agent", "nobody"), "unknown agent"),
        (("--at", "2", "--limit", "turns=3"), "limits of its parent"),
    ],
)
def test_what_cannot_be_forked_is_said_in_one_line(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    run = ladder_run(tmp_path, epochs=2)
    answer = _arena("fork", _parent(run), *words, "--out", tmp_path / "forks")
    assert told in str(answer.exception)
    assert not (tmp_path / "forks").exists()


def test_a_run_or_an_unknown_episode_cannot_be_forked(tmp_path: Path) -> None:
    run = ladder_run(tmp_path, epochs=2)
    assert "is a run" in str(_arena("fork", run, "--at", 0).exception)
    unknown = _arena("fork", run / "nothing", "--at", 0)
    assert "no episode 'nothing'" in str(unknown.exception)


def test_a_fork_can_be_forked_and_resumed(tmp_path: Path) -> None:
    run = ladder_run(tmp_path, epochs=2)
    _arena("fork", _parent(run), "--at", 2, "--out", tmp_path / "first")
    second = tmp_path / "second"
    fork = ("fork", _parent(tmp_path / "first"), "--at", 4, "--out", second)
    assert 0 == _arena(*fork).return_value
    (child,) = _children(second)
    assert child.header.parent is not None
    assert 4 == child.header.parent.step
    for path in (second / "episodes").iterdir():
        path.unlink()
    assert 0 == _arena(*fork).return_value
    assert comparable(child)[1:] == comparable(_children(second)[0])[1:]
    assert 0 == _arena("replay", second, "--verify").return_value


def test_the_table_has_intervals_of_the_confidence_that_is_asked_for(
    tmp_path: Path,
) -> None:
    run, out = ladder_run(tmp_path, epochs=1), tmp_path / "forks"
    fork = ("fork", _parent(run), "--at", 0, "--epochs", 4, "--out", out)
    wide = _arena(*fork, "--confidence", 0.99).output
    narrow = _arena(*fork, "--confidence", 0.5).output
    told = [re.findall(r"\[.*?\]", text)[0] for text in (wide, narrow)]
    shown = _arena("show", out, "--confidence", 0.5).output
    assert told[0] != told[1]
    assert told[1] in shown
