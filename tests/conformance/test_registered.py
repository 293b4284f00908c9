"""Everything that is registered keeps its contract."""

from collections.abc import Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, ToolMessage

from arena.agent import AgentSpec
from arena.agents.baselines import RandomAgent
from arena.env import View
from arena.registry import PREFIX, make_env, names
from arena.scenario import find_scenarios, find_suites, load_scenario, load_suite
from arena.testing import CheckFailed, check_agent, check_env, check_scenario
from arena.testing.checks import check_registered_agent, check_registered_env

# Who can play what; an agent that is missing here fails the last test.
PLAYS = {
    "always-call": "games/holdem",
    "always-raise": "games/leduc",
    "basic-strategy": "games/blackjack-beliefs",
    "blind": "social/daily-life-tom",
    "cfr": "games/holdem",
    "cheat": "ara/find-the-passphrase",
    "dqn-aggressive": "games/holdem",
    "dqn-conservative": "games/holdem",
    "equilibrium": "games/leduc",
    "frequency-observer": "games/holdem",
    "ideal-observer": "games/holdem",
    "insight": "social/self-prediction-blackjack",
    "level-1": "games/number-guessing",
    "level-2": "games/number-series",
    "level-3": "games/number-guessing-four",
    "level-4": "games/number-guessing-four",
    "loose-aggressive": "games/holdem",
    "loose-passive": "games/holdem",
    "null": "ara/find-the-passphrase",
    "oracle": "ara/find-the-passphrase",
    "random": "games/blackjack",
    "reality": "social/lived-beliefs",
    "rule": "games/holdem",
    "scripted": "games/blackjack",
    "switcher": "games/holdem",
    "tight-aggressive": "games/holdem",
    "tight-passive": "games/holdem",
    "uniform-observer": "games/holdem",
}
OPTIONS: dict[str, dict[str, Any]] = {
    "cheat": {"name": "guess"},
    "insight": {"player": "basic-strategy"},
    "scripted": {"actions": [{"name": "stand", "args": {}}]},
    "switcher": {"first": "tight-passive", "then": "loose-aggressive", "at": 5},
}
MODELS = {"chat", "delegate", "react", "simple"}  # played over HTTP
PEOPLE = {"human"}  # at a prompt, in tests/agents/test_human.py
# Parameters with which every play repeats: what a terminal shows depends on time.
REPEATING: dict[str, dict[str, Any]] = {
    "Shell-v1": {"terminal": False, "sandbox": "bubblewrap"}
}
# Tasks at a shell are checked by `arena check ara-basic`, in both sandboxes, in CI.
SCENARIOS = [n for n in sorted(find_scenarios()) if not load_scenario(n).is_task]


@pytest.mark.parametrize("name", names("environments"))
def test_an_environment_keeps_our_contract(name: str) -> None:
    check_env(lambda: make_env(name, REPEATING.get(name, {})))


@pytest.mark.parametrize("name", names("environments"))
def test_an_environment_keeps_gymnasiums_contract_through_make(name: str) -> None:
    check_registered_env(PREFIX + name)


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_scenario_plays_repeats_and_scores(name: str) -> None:
    assert check_scenario(load_scenario(name))


@pytest.mark.parametrize("name", sorted(PLAYS))
def test_an_agent_keeps_its_contract(name: str) -> None:
    spec = AgentSpec(name=name, options=OPTIONS.get(name, {}))
    check_registered_agent(spec, load_scenario(PLAYS[name]))


@pytest.mark.parametrize("name", sorted(find_suites()))
def test_a_suite_loads(name: str) -> None:
    assert load_suite(name).entries


class FailsLater(RandomAgent):
    """Answers once a game, and then fails."""

    def reset(self, **about: Any) -> None:
        """Begin a game."""
        super().reset(**about)
        self._asked = 0

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Fail from the second time on."""
        self._asked += 1
        if self._asked > 1:
            raise RuntimeError("no more ideas")
        return await super().act(observation, view, results)


def test_the_check_of_an_agent_plays_to_the_end() -> None:
    with pytest.raises(CheckFailed, match="no more ideas"):
        check_agent(FailsLater, load_scenario("games/number-guessing"))


def test_no_registered_agent_is_left_out() -> None:
    assert set(names("agents")) == set(PLAYS) | MODELS | PEOPLE
