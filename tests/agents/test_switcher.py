"""A player who becomes another one in the middle of a session."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from playing import play_one

from arena.agent import AgentSpec
from arena.errors import UserError
from arena.registry import make_agent, make_env


def switcher(first: str, then: str, at: int) -> Any:
    options = {"first": first, "then": then, "at": at}
    return make_agent(AgentSpec(name="switcher", options=options))


def played(environment: str, parameters: Mapping[str, Any], agent: Any) -> Any:
    """Every view of a session that an agent plays in all seats, and what it does."""
    env = make_env(environment, dict(parameters))
    _, info = env.reset(seed=4)
    moves: list[Any] = []
    while not env.over:
        chances = agent.probabilities(info["view"])
        moves.append((info["view"], chances))
        _, action = max(chances, key=lambda pair: pair[0])
        call: Any = {"name": action.name, "args": action.args, "id": None}
        _, _, _, _, info = env.step(call)
        assert "error" not in info
    return moves


@pytest.mark.parametrize(
    ("environment", "parameters", "first", "then"),
    [
        ("LimitHoldem-v1", {"hands": 6}, "loose-aggressive", "tight-passive"),
        ("KuhnPoker-v1", {"hands": 6}, "always-raise", "always-call"),
        ("NumberGuessing-v1", {"rounds": 6}, "level-2", "level-1"),
    ],
)
def test_it_is_the_first_before_the_part_and_the_second_from_it_on(
    environment: str, parameters: Mapping[str, Any], first: str, then: str
) -> None:
    agents: Any = [make_agent(AgentSpec(name=name)) for name in (first, then)]
    moves = played(environment, parameters, switcher(first, then, at=4))
    assert {1, 2, 3, 4, 5, 6} == {view["part"] for view, _ in moves}
    for view, chances in moves:
        assert chances == agents[view["part"] >= 4].probabilities(view)


def test_it_switches_within_a_real_session(tmp_path: Path) -> None:
    options = {"first": "level-1", "then": "level-2", "at": 5}
    trajectory = play_one(
        tmp_path / "run",
        "games/number-guessing",
        agent="level-1",
        seats={"player-2": AgentSpec(name="switcher", options=options)},
    )
    rounds = trajectory.evidence["rounds"]
    numbers = [r["numbers"]["player-2"] for r in rounds]
    assert [50, 50, 50, 50, 30, 25, 20, 15, 10, 5] == numbers


def test_it_refuses_a_game_that_does_not_know_both_of_its_players() -> None:
    one = switcher("cfr", "equilibrium", at=2)
    assert "knows no player 'equilibrium'" in one.refuses("arena/LimitHoldem-v1", {})
    assert "knows no player 'cfr'" in one.refuses("arena/LeducPoker-v1", {})
    two = switcher("random", "equilibrium", at=2)
    assert two.refuses("arena/LeducPoker-v1", {}) is None


def test_it_cannot_switch_before_the_second_part() -> None:
    with pytest.raises(UserError, match="at"):
        switcher("cfr", "random", at=1)
