"""A decision: a world of whatever environment, up to its first seat's next call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from arena.agent import AgentSpec
from arena.env import Env
from arena.errors import ArenaError, UserError
from arena.registry import make_agent
from arena.seating import Seated
from arena.spaces import sample_json

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

__all__ = ["Decision"]

MOST_REFUSED = 50
"""Random moves that the rules may refuse before what is played is enough."""


class Decision:
    """A world that is played until its first seat has to decide.

    Args:
        world: The environment.
        others: Registered agents for its other seats, where its own partners are not
            wanted. They answer at once: no language models.
        before: How many moves of the first seat are made at random at most.

    Attributes:
        seat: The first seat, which decides.
        text: What it sees, with all that was played before.
    """

    def __init__(self, world: Env, others: Mapping[str, str], before: int) -> None:
        self.world = world
        self.seat, *rest = world.seats
        unknown = set(others) - set(rest)
        if unknown:
            raise UserError(f"others: {min(unknown)!r} is none of the seats {rest}")
        self.before = before
        self.text = ""
        self._table = world
        if rest:
            agents = {s: AgentSpec.parse(_sitting(world, s, others)) for s in rest}
            seated = {seat: make_agent(agent) for seat, agent in agents.items()}
            self._table = Seated(world, self.seat, seated)

    def reach(self, seed: int, options: Mapping[str, Any]) -> None:
        """Begin the world anew and play up to the decision.

        Args:
            seed: Of the world and of the moves before the decision.
            options: For the world's `reset`.
        """
        # A stream of its own: that of the seed alone deals the world's cards.
        rng = np.random.default_rng([seed, 1])
        wanted = int(rng.integers(self.before + 1))
        played: list[ToolCall] = []
        seen = [self._begun(seed, options)]
        refused = 0
        while len(played) < wanted and refused < MOST_REFUSED:
            move = self._random_move(rng)
            observation, _, _, truncated, info = self._table.step(move)
            if self.world.over or truncated:  # one move too many
                seen = [self._begun(seed, options)]
                seen += [self._table.step(move)[0] for move in played]
                break
            if "error" in info:
                refused += 1
                continue
            played.append(move)
            seen.append(observation)
        self.text = _told(played, seen)

    def _begun(self, seed: int, options: Mapping[str, Any]) -> str:
        observation, _ = self._table.reset(seed=seed, options=dict(options))
        if self.world.over:
            raise ArenaError(f"it is over before {self.seat} has to decide anything")
        return observation

    def _random_move(self, rng: np.random.Generator) -> ToolCall:
        legal = self.world.legal(self.seat)
        name = legal[int(rng.integers(len(legal)))]
        args = sample_json(self.world.tools(self.seat)[name].parameters, rng)
        return {"name": name, "args": cast(dict[str, Any], args), "id": None}


def _sitting(world: Env, seat: str, others: Mapping[str, str]) -> str:
    """Return the name of the agent that takes another seat."""
    partners = world.partners
    name = others.get(seat) or partners.get(seat) or partners.get("*")
    if name is None:
        raise UserError(f"others: name an agent for the seat {seat!r}")
    return name


def _told(played: list[ToolCall], seen: list[str]) -> str:
    if not played:
        return seen[0]
    lines = ["These moves were made for you before:"]
    for move, observation in zip(played, seen, strict=False):
        args = json.dumps(move["args"], ensure_ascii=False)
        lines += [f"You saw: {observation}", f"You called {move['name']} with {args}."]
    return "\n".join([*lines, f"Now you see: {seen[-1]}"])
