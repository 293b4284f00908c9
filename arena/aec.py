"""An environment with seats as a PettingZoo AEC environment (extra `pettingzoo`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np
from gymnasium.spaces import Dict, MultiBinary, Space

from .env import Env
from .errors import UserError
from .spaces import ToolCalls

try:
    from pettingzoo import AECEnv  # pyright: ignore[reportMissingTypeStubs]
except ModuleNotFoundError as error:
    raise UserError(
        "arena.aec needs the package 'pettingzoo': "
        "pip install 'arena-evals[pettingzoo]'"
    ) from error

if TYPE_CHECKING:
    from langchain_core.messages import ToolCall

__all__ = ["Aec"]


class Aec(AECEnv[str, dict[str, Any], "ToolCall"]):
    """The seats of an environment as the agents of PettingZoo, one after the other.

    Where all move at once, they are asked in turn, and nobody is shown what another has
    chosen before all have. An action is a tool call. A bad one is answered as in
    `Env.step`: the seat stays at the turn, sees what is legal, and nothing changed.

    An observation holds `text`, what the seat sees, and `action_mask`, which of its
    tools it may call now, as 0 or 1 in the order of `env.tools(seat)`; all 0 while
    another seat acts. PettingZoo's `api_test` takes no bare text, which has no NumPy
    type, for an observation.

    `infos` hold `view`, the seat's knowledge as data; `bad_calls`, how many it has made
    in this episode; and `error`, where its last call was one. A reward is what a seat's
    payoff changed by.

    Args:
        env: The environment; its `instructions` and `tools` say what to tell an agent.
    """

    def __init__(self, env: Env) -> None:
        super().__init__()
        self.env = env
        name = type(env).__name__.lower()
        self.metadata = {**env.metadata, "name": name, "is_parallelizable": False}
        self.render_mode = env.render_mode
        self.possible_agents = list(env.seats)
        self.agents: list[str] = []
        self.action_spaces = {s: ToolCalls(env.tools(s)) for s in env.seats}
        self.observation_spaces = {
            s: Dict(
                text=env.observation_space, action_mask=MultiBinary(len(env.tools(s)))
            )
            for s in env.seats
        }

    def observation_space(self, agent: str) -> Space[dict[str, Any]]:
        """Return the space of a seat's observations, always the same object."""
        return self.observation_spaces[agent]

    def action_space(self, agent: str) -> Space[ToolCall]:
        """Return the space of a seat's tool calls, always the same object."""
        return self.action_spaces[agent]

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> None:
        """Start a new episode; without a seed the random stream goes on."""
        self._seen, _ = self.env.reset(seed=seed, options=options)
        self.agents = list(self.env.seats)
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self._bad_calls = dict.fromkeys(self.agents, 0)
        self._errors: dict[str, str] = {}
        self.agent_selection = self.env.turn
        self._inform()

    def observe(self, agent: str) -> dict[str, Any]:
        """Return what a seat sees now, and which of its tools it may call."""
        acts = agent == self.env.turn and not self.env.over
        legal = self.env.legal(agent) if acts else []
        mask = np.array([t in legal for t in self.env.tools(agent)], dtype=np.int8)
        # What the last call told the seat to act is in what `step` returned.
        text = self._seen if agent == self.env.turn else self.env.observe(agent)
        return {"text": text, "action_mask": mask}

    def step(self, action: ToolCall | None) -> None:
        """Play a tool call of the seat `agent_selection`; None once it is done."""
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            # PettingZoo asks for None here, which is not in its own type of an action.
            self._was_dead_step(cast("ToolCall", action))
            return
        if action is None:
            raise UserError(f"seat {agent!r}: a tool call is needed, as it is its turn")
        before = dict(self.env.payoffs)
        self._seen, _, terminated, truncated, info = self.env.step(action)
        self._cumulative_rewards[agent] = 0.0
        self.rewards = {s: self.env.payoffs[s] - before[s] for s in self.agents}
        self._accumulate_rewards()
        self._note_error(agent, info)
        if terminated or truncated:
            self.terminations = dict.fromkeys(self.agents, terminated)
            self.truncations = dict.fromkeys(self.agents, truncated)
            self._deads_step_first()
        else:
            self.agent_selection = self.env.turn
        self._inform()

    def render(self) -> str | None:
        """Return what the seat to act sees, in the render mode "ansi"."""
        return self.env.render()

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def _note_error(self, agent: str, info: dict[str, Any]) -> None:
        self._errors.pop(agent, None)
        if "error" in info:
            self._errors[agent] = info["error"]
            self._bad_calls[agent] += 1

    def _inform(self) -> None:
        self.infos = {s: self._info(s) for s in self.agents}

    def _info(self, seat: str) -> dict[str, Any]:
        info = {"view": self.env.view(seat), "bad_calls": self._bad_calls[seat]}
        return info | ({"error": self._errors[seat]} if seat in self._errors else {})
