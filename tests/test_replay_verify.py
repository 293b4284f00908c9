"""`arena replay --verify`: a record comes out again, or what differs first is told."""

import json
import shutil
from pathlib import Path

import pytest
from changed import Ladder, ladder_run
from click.testing import CliRunner, Result
from playing import GAMES, play_run

from arena.__main__ import cli
from arena.agent import AgentSpec
from arena.run_folder import RunFolder

SOCIAL = "social/daily-life-tom"


def _replay(*args: str | Path) -> Result:
    words = ["replay", *map(str, args), "--verify"]
    return CliRunner().invoke(cli, words, standalone_mode=False)


@pytest.mark.parametrize("game", GAMES)
def test_every_game_comes_out_as_recorded(game: str, tmp_path: Path) -> None:
    run = play_run(tmp_path / "run", game, epochs=2)
    answer = _replay(run)
    assert 0 == answer.return_value
    played = len(RunFolder(run).manifest.episodes)
    assert f"{played} identical\n" in answer.output


def test_a_social_world_comes_out_as_recorded(tmp_path: Path) -> None:
    run = play_run(tmp_path / "run", SOCIAL, agent="oracle", epochs=1, items=8)
    answer = _replay(run)
    assert 0 == answer.return_value
    assert "8 episodes" in answer.output
    assert "8 identical" in answer.output


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ("text", "line 17, after 5 steps: observation differ"),
        ("reward", "line 13, after 3 steps: step differ"),
        ("end", "line 16, after 4 steps: step differ"),
        ("evidence", "line 21, after 6 steps: end differ"),
        ("crash", "line 13, after 3 steps: step and end differ"),
    ],
)
def test_a_changed_environment_is_found_at_its_first_differing_step(
    changed: str, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ladder_run(tmp_path, epochs=3)
    assert 0 == _replay(run).return_value
    monkeypatch.setattr(Ladder, "changed", changed)
    answer = _replay(run)
    assert 2 == answer.return_value
    assert told in answer.output
    assert "3 episodes" in answer.output
    assert "0 identical, 3 differ" in answer.output


def test_a_difference_counts_all_events_and_shows_both_sides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ladder_run(tmp_path, epochs=3)
    monkeypatch.setattr(Ladder, "changed", "text")
    answer = CliRunner().invoke(cli, ["replay", str(run), "--verify", "--json"])
    record = json.loads(answer.output)["records"][0]
    assert record["identical"] is False
    assert 2 == record["count"]  # what two seats see at their next turn
    first = record["differences"][0]
    assert "up\nb is at 5" == first["recorded"]["text"]
    assert "up!\nb is at 5" == first["replayed"]["text"]


def test_an_observation_that_was_changed_in_the_record_is_found(tmp_path: Path) -> None:
    run = ladder_run(tmp_path, epochs=3)
    path = sorted((run / "episodes").iterdir())[0]
    path.write_text(path.read_text().replace("b is at 3", "b is at 4"))
    answer = _replay(path)
    assert 2 == answer.return_value
    assert "-text: b is at 4" in answer.output.replace("-text: up\n", "")
    assert "+text: b is at 3" in answer.output


def test_a_broken_off_record_is_compared_up_to_there(tmp_path: Path) -> None:
    run = ladder_run(tmp_path, epochs=3)
    path = sorted((run / "episodes").iterdir())[0]
    lines = path.read_bytes().splitlines(keepends=True)
    for kept in range(1, len(lines)):
        path.write_bytes(b"".join(lines[:kept]) + lines[kept][:20])
        answer = _replay(path)
        assert 0 == answer.return_value, answer.output
        assert "1 broken off and compared up to there" in answer.output


def test_a_damaged_record_is_told_with_its_line(tmp_path: Path) -> None:
    run = ladder_run(tmp_path, epochs=3)
    path = sorted((run / "episodes").iterdir())[0]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:5], b"rubbish\n", *lines[6:]]))
    answer = _replay(run)
    assert 2 == answer.return_value
    assert "damaged: line 6: not valid JSON" in answer.output
    assert "2 identical, 1 damaged" in answer.output


def test_a_scenario_that_is_gone_is_said_and_the_others_go_on(tmp_path: Path) -> None:
    run = ladder_run(tmp_path, epochs=3)
    path = sorted((run / "episodes").iterdir())[0]
    path.write_text(path.read_text().replace("changed:Ladder", "changed:Gone"))
    answer = _replay(run)
    assert 2 == answer.return_value
    assert "not played again" in answer.output
    assert "2 identical, 1 not played again" in answer.output


def test_an_unknown_episode_and_an_empty_run_are_refused(tmp_path: Path) -> None:
    run = ladder_run(tmp_path, epochs=3)
    assert "no episode" in str(_replay(run / "nothing").exception)
    shutil.rmtree(run / "episodes")
    (run / "episodes").mkdir()
    assert "no episode was recorded" in str(_replay(run).exception)


def test_bad_calls_limits_and_forfeits_come_out_as_recorded(tmp_path: Path) -> None:
    scenario = tmp_path / "coins"
    scenario.mkdir()
    (scenario / "scenario.toml").write_text(
        'description = "Coins."\nenvironment = "coins:Coins"\n'
        "[limits]\ntool_errors = 2\n"
        '[[scorers]]\nname = "payoff"\n'
    )
    wrong: dict[str, object] = {"name": "nothing", "args": {}}
    take: dict[str, object] = {"name": "take", "args": {}}
    actions = [wrong, wrong, take, wrong, wrong, wrong]
    agent = AgentSpec(name="scripted", options={"actions": actions})
    run = play_run(tmp_path / "run", str(scenario), agent=agent, epochs=1)
    (episode,) = RunFolder(run).manifest.episodes
    notes = RunFolder(run).trajectory(episode).of_kind("note")
    assert "forfeit" in [note["about"] for note in notes]
    assert 0 == _replay(run).return_value
