"""Checks of the contracts of environments, agents and scenarios.

Each raises `CheckFailed` with a sentence that says what the contract asks for and what
was found, and returns nothing where all is well.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anyio
import numpy as np

from ..agent import Agent, AgentSpec
from ..env import Env
from ..episode import play
from ..errors import ArenaError, one_line
from ..planning import make_plan
from ..redaction import Redactor
from ..registry import make_agent, make_env, register_envs
from ..scenario import Scenario, Suite, SuiteEntry
from ..scoring import score_trajectory
from ..seat_agents import agent_of
from ..seating import Player
from ..spaces import sample_json
from ..trajectory import Trajectory, comparable, read_trajectory

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

__all__ = [
    "CheckFailed",
    "check_agent",
    "check_env",
    "check_registered_agent",
    "check_registered_env",
    "check_scenario",
]

MOST_STEPS = 2000
FEW_ITEMS = 3


class CheckFailed(ArenaError, AssertionError):
    """A contract is not kept; the text says which, and what was found."""


def check_env(make: Callable[[], Env], *, episodes: int = 5) -> None:
    """Check an environment, playing random legal calls and bad ones between.

    Args:
        make: Returns a new environment; called several times.
        episodes: How many episodes to play.
    """
    env = make()
    for seat in env.seats:
        _require(bool(env.tools(seat)), f"seat {seat!r} has no tool")
        for tool in env.tools(seat).values():
            _require(bool(tool.description), f"tool {tool.name!r} has no docstring")
            json.dumps(tool.schema)
    _require(bool(type(env).__doc__), "the class docstring is its specification")
    for seed in range(episodes):
        try:
            with closing(make()) as one, closing(make()) as other:
                first, second = _rollout(one, seed), _rollout(other, seed)
            third = _rollout(env, seed)
        except CheckFailed:
            raise
        except Exception as error:
            what = f"{type(error).__name__}: {one_line(str(error))}"
            raise CheckFailed(f"seed {seed}: the environment raised {what}") from error
        _require(first == second, f"two plays with seed {seed} and equal calls differ")
        _require(third == first, f"seed {seed}: it depends on the episode before")
    env.close()
    env.close()


def check_registered_env(name: str) -> None:
    """Check a registered environment through `gymnasium.make`, warnings as errors."""
    import gymnasium
    from gymnasium.utils.env_checker import check_env as gymnasium_check_env

    register_envs()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with closing(gymnasium.make(name).unwrapped) as env:
            gymnasium_check_env(env, skip_render_check=False)


def check_agent(make: Callable[[], Agent], scenario: Scenario) -> None:
    """Check an agent by playing a scenario with it twice.

    It must play to an end without an error of its own and, where it has a policy, give
    probabilities that sum to 1.

    Args:
        make: Returns a new agent.
        scenario: What it can play.
    """
    env = make_env(scenario.environment, scenario.content.parameters)
    fixed = scenario.content.seats
    players = {
        seat: Player(
            seat,
            make_agent(agent_of(fixed[seat][0])) if seat in fixed else make(),
        )
        for seat in env.seats
    }
    try:
        with closing(env):
            for _ in range(2):
                anyio.run(_play_out, env, players, set(env.seats) - set(fixed))
    except CheckFailed:
        raise
    except Exception as error:
        raise CheckFailed(f"it fails: {type(error).__name__}: {error}") from error


async def _play_out(
    env: Env, players: Mapping[str, Player], checked: Collection[str]
) -> None:
    """Play one episode, and check what is done in the seats to check."""
    observation, info = env.reset(seed=0)
    for player in players.values():
        player.reset(env, 0, lambda about, data: None)
    for _ in range(MOST_STEPS):
        seat = env.turn
        player = players[seat]
        policy = getattr(player.agent, "probabilities", None)
        if seat in checked and policy is not None:
            total = sum(chance for chance, _ in policy(info["view"]))
            _require(abs(total - 1) < 1e-9, f"its probabilities sum to {total}")
        player.tell(observation, info["view"])
        message = await player.act()
        _require(message.type == "ai", f"act returns an AIMessage, not {type(message)}")
        _require(bool(message.tool_calls), "its message has no tool call")
        for call in message.tool_calls:
            if env.over or env.turn != seat:
                break
            observation, _, _, truncated, info = env.step(call)
            player.answer(call, observation if env.turn == seat else None)
            _require("error" not in info, f"its call is refused: {info.get('error')}")
            if env.over or truncated:
                return
    raise CheckFailed(f"no end after {MOST_STEPS} messages")


def check_scenario(scenario: Scenario, *, agent: str = "random") -> list[Trajectory]:
    """Check a scenario: play it twice with the same seed, and score it.

    It must end, be equal both times, and give every scorer something to judge or a
    reason not to. Of a shell task its own solution is played, as `check_task` does.

    Returns:
        The trajectories that were played, without their files.
    """
    if scenario.is_task:
        from .task_checks import check_task

        return check_task(scenario).played
    check_env(
        lambda: make_env(scenario.environment, scenario.content.parameters), episodes=2
    )
    entry = SuiteEntry(name=scenario.name, agents=[agent], epochs=2)
    suite = Suite(scenario.name, None, "", ((entry, scenario),))
    played: list[Trajectory] = []
    few = FEW_ITEMS if scenario.content.items else None
    for spec in make_plan([suite], items=few).episodes():
        with tempfile.TemporaryDirectory() as folder:
            twice: list[Trajectory] = []
            for name in ("a", "b"):
                path = Path(folder) / f"{name}.jsonl"
                anyio.run(play, spec, path, "check", Redactor())
                twice.append(read_trajectory(path))
        end = twice[0].end or {}
        _require("error" not in end, f"{spec.episode} failed: {end.get('error')}")
        _require(
            comparable(twice[0]) == comparable(twice[1]),
            f"{spec.episode}: two plays with one seed differ",
        )
        for score in score_trajectory(twice[0], scenario.content.scorers):
            broken = score.value is None and (score.reason or "").startswith("scorer:")
            _require(not broken, f"scorer {score.scorer!r} failed: {score.reason}")
        played.append(twice[0])
    return played


def check_registered_agent(spec: AgentSpec, scenario: Scenario) -> None:
    """Check a registered agent on a scenario that it can play."""
    check_agent(lambda: make_agent(spec), scenario)


def _rollout(env: Env, seed: int) -> list[object]:
    """Play one episode and return everything that was seen."""
    rng = np.random.default_rng(seed)
    observation, info = env.reset(seed=seed)
    seen: list[object] = [observation, info]
    for _ in range(MOST_STEPS):
        _require(observation in env.observation_space, "an observation is text")
        _require(info["seat"] == env.turn, "info['seat'] is the seat to act")
        _require(env.turn in env.seats, f"turn {env.turn!r} is no seat")
        json.dumps(info["view"])
        _check_bad_call(env, seen)
        legal = info["view"]["legal"]
        _require(bool(legal), "the episode goes on, but nothing is legal")
        name = legal[int(rng.integers(len(legal)))]
        args: Any = sample_json(env.tools(env.turn)[name].parameters, rng)
        call: ToolCall = {"name": name, "args": args, "id": None}
        observation, reward, terminated, truncated, info = env.step(call)
        seen += [call, observation, reward, terminated, info]
        if terminated or truncated:
            _require(terminated == env.over, "terminated and env.over differ")
            json.dumps(env.evidence(), allow_nan=False)
            return [*seen, dict(env.payoffs), env.evidence()]
    raise CheckFailed(f"no end after {MOST_STEPS} random legal calls")


def _check_bad_call(env: Env, seen: list[object]) -> None:
    """A bad call is answered with what is legal, and changes nothing."""
    before = (env.turn, env.over, dict(env.payoffs), env.view(env.turn))
    bad: list[ToolCall] = [
        {"name": "no_such_tool", "args": {}, "id": None},
        {"name": env.legal(env.turn)[0], "args": {"no_such": 1}, "id": None},
    ]
    for call in bad:
        observation, reward, terminated, truncated, info = env.step(call)
        _require("error" in info, f"the bad call {call} is not refused")
        _require(
            reward == 0 and not (terminated or truncated), "a bad call has effects"
        )
        named = all(name in observation for name in env.legal(env.turn))
        _require(named, "the answer to a bad call names what is legal")
    after = (env.turn, env.over, dict(env.payoffs), env.view(env.turn))
    _require(before == after, "a bad call changes the state")


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise CheckFailed(otherwise)
