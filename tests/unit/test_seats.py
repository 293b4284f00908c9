"""Who sits where: duplicate deals, agents with options, and forfeits."""

from pathlib import Path
from typing import Any

import pytest
from playing import plan_of, play_one, play_run

from arena.agent import AgentSpec
from arena.analysis import read_episodes
from arena.errors import UserError
from arena.run_folder import RunFolder
from arena.scenario import load_scenario, load_suite
from arena.verify import verify_run

SCENARIO = """
description = "Guessing."
environment = "arena/NumberGuessing-v1"
{rotate}
[parameters]
rounds = 2
players = {players}
[seats]
player-2 = {agents}
{more}
[[scorers]]
name = "completed"
"""
SCRIPTED = '[{ name = "scripted", options = { actions = [%s] } }]'
SEVEN = '{ name = "guess", args = { number = 7, predictions = { player-1 = 1 } } }'


def guessing(folder: Path, **more: str) -> str:
    folder.mkdir()
    text = {"rotate": "", "players": "2", "agents": '["level-1"]', "more": ""} | more
    (folder / "scenario.toml").write_text(SCENARIO.format(**text))
    return str(folder)


def test_every_rotation_of_the_seats_is_played_in_the_same_world(
    tmp_path: Path,
) -> None:
    more = {"rotate": "rotate = true", "players": "3", "more": 'player-3 = "level-2"'}
    name = guessing(tmp_path / "three", **more)
    specs = list(plan_of(name, agent="random", epochs=2).episodes())
    assert 6 == len(specs)
    assert [0, 1, 2, 0, 1, 2] == [spec.rotation for spec in specs]
    for epoch in (0, 1):
        turns = [spec for spec in specs if spec.epoch == epoch]
        assert 1 == len({spec.seed for spec in turns})
        assert 3 == len({spec.agents_seed for spec in turns})
        tested = [["player-1"], ["player-2"], ["player-3"]]
        assert tested == [spec.tested for spec in turns]
        for spec in turns:
            seats = [spec.seats[f"player-{i}"].name for i in (1, 2, 3)]
            own = seats.index("random")
            assert ["level-1", "level-2"] == [seats[own - 2], seats[own - 1]]
    assert 6 == len({spec.episode for spec in specs})


def test_rotations_stand_in_the_record_and_before_analyses(tmp_path: Path) -> None:
    name = guessing(tmp_path / "two", rotate="rotate = true")
    folder = RunFolder(play_run(tmp_path / "run", name, agent="level-2", epochs=1))
    assert verify_run(folder) == []
    headers = [folder.trajectory(e).header for e in folder.manifest.episodes]
    assert {(0, "player-1"), (1, "player-2")} == {
        (header.rotation, header.tested[0]) for header in headers
    }
    for episode in read_episodes([folder], ["NumberGuessing-v1"]):
        (own,) = episode.tested
        assert "level-2" == episode.seats[own].name
        assert f"player-{episode.rotation + 1}" == own
        assert {"player-1", "player-2"} == set(episode.payoffs)


def test_an_agent_in_a_seat_may_have_options(tmp_path: Path) -> None:
    name = guessing(tmp_path / "two", agents=SCRIPTED % SEVEN)
    record = play_one(tmp_path / "run", name, agent="level-1")
    assert [7, 7] == [r["numbers"]["player-2"] for r in record.evidence["rounds"]]


@pytest.mark.parametrize(
    ("name", "options", "problem"),
    [
        ("level-1", "depth = 3", "depth: is not an argument here"),
        ("switcher", 'first = "level-1", then = "level-2"', "at: is missing"),
        ("switcher", 'first = "level-1", then = "level-2", at = 0', "at: should be"),
    ],
)
def test_options_that_an_agent_does_not_take_are_refused_by_their_line(
    tmp_path: Path, name: str, options: str, problem: str
) -> None:
    agents = f'[{{ name = "{name}", options = {{ {options} }} }}]'
    with pytest.raises(UserError, match=problem) as error:
        load_scenario(guessing(tmp_path / "two", agents=agents))
    assert f"scenario.toml, line 9: agent '{name}'" in str(error.value)


def test_a_suite_may_name_and_seat_a_scenario_anew(tmp_path: Path) -> None:
    guessing(tmp_path / "two")
    suite = tmp_path / "several.toml"
    suite.write_text(
        'description = "Twice."\n[[scenarios]]\nname = "./two"\nas = "first"\n'
        '[[scenarios]]\nname = "./two"\nas = "second"\nseats = '
        '{ player-2 = "level-3" }\n'
    )
    planned = plan_of(str(suite), epochs=1).scenarios
    assert ["first", "second"] == [p.ref.name for p in planned]
    assert ["level-1", "level-3"] == [p.fixed["player-2"][0].name for p in planned]
    assert planned[0].ref.digest == load_scenario(str(tmp_path / "two")).digest


@pytest.mark.parametrize(
    ("seats", "problem"),
    [
        ('{ player-3 = "level-3" }', "seat 'player-3'.*player-2"),
        ('{ player-2 = "level-33" }', "agent 'level-33'.*level-3"),
    ],
)
def test_a_seat_or_agent_that_a_suite_invents_is_named(
    tmp_path: Path, seats: str, problem: str
) -> None:
    guessing(tmp_path / "two")
    suite = tmp_path / "several.toml"
    suite.write_text(
        f'description = "Once."\n[[scenarios]]\nname = "./two"\nseats = {seats}\n'
    )
    with pytest.raises(UserError, match=problem) as error:
        load_suite(str(suite))
    assert "several.toml, line 4" in str(error.value)


COINS = """
description = "Coins."
environment = "coins:Coins"
[limits]
tool_errors = 2
[[scorers]]
name = "payoff"
"""


def coins(tmp_path: Path, *calls: str) -> Any:
    (tmp_path / "scenario.toml").write_text(COINS)
    actions: list[dict[str, Any]] = [{"name": call, "args": {}} for call in calls]
    agent = AgentSpec(name="scripted", options={"actions": actions})
    return play_one(tmp_path / "run", str(tmp_path), agent=agent)


def test_a_seat_at_its_limit_of_bad_calls_forfeits_and_plays_on(
    tmp_path: Path,
) -> None:
    record = coins(tmp_path, "take", "no", "no", "no", "take")
    assert [True, False, True] == record.evidence["taken"]
    assert "completed" == (record.end or {})["reason"]
    assert 3 == (record.end or {})["usage"]["player"]["tool_errors"]
    notes = [e.data for e in record.events if e.kind == "note"]
    assert [{"about": "forfeit", "seat": "player"}] == notes


def test_a_forfeit_can_end_the_episode(tmp_path: Path) -> None:
    record = coins(tmp_path, "no")
    assert [False, False, False] == record.evidence["taken"]
    assert "completed" == (record.end or {})["reason"]
