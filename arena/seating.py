"""A seat taken by an agent, and the Gymnasium view of a table with several seats."""

from __future__ import annotations

import hashlib
from collections.abc import Coroutine, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import gymnasium

from .agent import Agent, Note
from .env import Env, View
from .errors import ArenaError
from .spaces import ToolCalls
from .tools import Tool

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolCall

__all__ = [
    "Player",
    "Seated",
    "derive_seed",
    "legal_text",
    "tools_in_openai_form",
]

T = TypeVar("T")
NOT_RUN = "Not run: an earlier call of yours ended the turn."
NO_CALL = "Error: your message has no tool call. Nothing changed. Call one of: {legal}."


def derive_seed(*parts: object) -> int:
    """Return a 32-bit seed that depends on all parts and on nothing else."""
    text = "/".join(str(part) for part in parts)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


class Player:
    """An agent at its seat: what it is told, and which of its calls await an answer."""

    def __init__(self, seat: str, agent: Agent) -> None:
        self.seat = seat
        self.agent = agent
        self._observation = ""
        self._view: View = {}
        self._answers: list[tuple[ToolCall, str | None]] = []

    def reset(self, env: Env, seed: int, note: Note) -> None:
        """Seat the agent for a new episode that was just reset."""
        self._answers = []
        self.agent.reset(
            seat=self.seat,
            instructions=env.instructions(self.seat),
            tools=tuple(env.tools(self.seat).values()),
            # By place and not by name, so that a control pairs with its scenario.
            seed=derive_seed(seed, env.seats.index(self.seat), *env.apart),
            note=note,
        )

    def tell(self, observation: str, view: View) -> None:
        """Give the seat what it sees before its next turn."""
        self._observation = observation
        self._view = view

    def answer(self, call: ToolCall, text: str | None) -> None:
        """Note the result of a call; None means what the seat sees at its next turn."""
        self._answers.append((call, text))

    def answer_later(self) -> None:
        """Let what the seat sees at its next turn take the place of its last answer."""
        if self._answers:
            call, _ = self._answers.pop()
            self.answer(call, None)

    async def act(self) -> AIMessage:
        """Ask the agent for its next message."""
        from langchain_core.messages import ToolMessage

        results = [
            ToolMessage(
                content=self._observation if text is None else text,
                tool_call_id=call["id"] or "",
                name=call["name"],
            )
            for call, text in self._answers
        ]
        self._answers = []
        return await self.agent.act(self._observation, self._view, results)


class Seated(gymnasium.Env[str, "ToolCall"]):
    """One seat of an environment as a single-agent Gymnasium environment.

    The other seats are played inside `reset` and `step`, by agents that answer at once
    (scripted ones); language models sit at the table of an episode instead.

    Args:
        env: The environment.
        seat: The seat that stays open.
        others: The agents of all other seats.
    """

    def __init__(self, env: Env, seat: str, others: Mapping[str, Agent]) -> None:
        self.env = env
        self.seat = seat
        self.metadata = env.metadata
        self.render_mode = env.render_mode
        self._players = {s: Player(s, agent) for s, agent in others.items()}
        self.action_space = ToolCalls(env.tools(seat))
        self.observation_space = env.observation_space

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[str, dict[str, Any]]:
        """Start a new episode and play it up to the open seat's turn."""
        super().reset(seed=seed)
        observation, info = self.env.reset(seed=seed, options=options)
        agents_seed = int(self.env.np_random.integers(2**32))
        for player in self._players.values():
            player.reset(self.env, agents_seed, _no_note)
        return self._play_others(observation, info)

    def step(self, action: ToolCall) -> tuple[str, float, bool, bool, dict[str, Any]]:
        """Play the open seat's call, then the others until it is its turn again.

        The reward is what the open seat's payoff changed by on the way.
        """
        before = self.env.payoffs[self.seat]
        observation, _, _, _, info = self.env.step(action)
        if self.env.over or "error" not in info:
            observation, info = self._play_others(observation, info)
        reward = self.env.payoffs[self.seat] - before
        return observation, reward, self.env.over, False, info

    def render(self) -> str | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Return what the open seat sees, in the render mode "ansi"."""
        return self.env.observe(self.seat) if self.render_mode == "ansi" else None

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def _play_others(
        self, observation: str, info: dict[str, Any]
    ) -> tuple[str, dict[str, Any]]:
        while not self.env.over and self.env.turn != self.seat:
            player = self._players[self.env.turn]
            player.tell(observation, info["view"])
            calls = _finish(player.act()).tool_calls
            if not calls:
                raise ArenaError(f"seat {player.seat!r}: it made no tool call")
            for call in calls:
                if self.env.over or self.env.turn != player.seat:
                    player.answer(call, NOT_RUN)
                    continue
                observation, _, _, _, info = self.env.step(call)
                player.answer(call, None)
                if "error" in info:
                    raise ArenaError(f"seat {player.seat!r}: {info['error']}")
        if self.env.turn != self.seat:
            # The end came in another seat's turn, and what was said is for that seat.
            told = "The episode is over. " if "error" in info else ""
            observation = told + self.env.observe(self.seat)
            info = {**info, "seat": self.seat, "view": self.env.view(self.seat)}
        return observation, info


def legal_text(names: list[str]) -> str:
    """Return the answer to a message without a tool call."""
    return NO_CALL.format(legal=", ".join(names))


def tools_in_openai_form(tools: Mapping[str, Tool]) -> list[dict[str, Any]]:
    """Return the schemas of a seat's tools, for the record."""
    return [tool.schema for tool in tools.values()]


def _finish(answer: Coroutine[Any, Any, T]) -> T:
    """Return the result of a coroutine that waits for nothing."""
    try:
        answer.send(None)
    except StopIteration as stop:
        return stop.value
    answer.close()
    raise ArenaError(
        "this agent waits for something outside (a model, a person), so it cannot play "
        "inside a Gymnasium step: seat it in an episode (`arena run`) instead"
    )


def _no_note(about: str, data: Mapping[str, object]) -> None:
    """Drop a note, where there is no record."""
