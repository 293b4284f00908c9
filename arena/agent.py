"""The contract of agents, and how an agent is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

from .env import View
from .errors import UserError
from .tools import Tool

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolMessage

__all__ = [
    "Action",
    "Agent",
    "AgentSpec",
    "Completing",
    "Note",
    "Policy",
    "Selective",
    "Watching",
    "calling",
    "is_person",
]

Note = Callable[[str, Mapping[str, object]], None]
"""`note(kind, data)` writes a line of kind "note" into the trajectory."""


class Agent(Protocol):
    """Whoever takes a seat. One object plays one seat of one episode at a time."""

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Get ready for a new episode and forget any earlier one.

        Args:
            seat: The name of the place at the table.
            instructions: Rules and aim.
            tools: What may be called.
            seed: Source of all the agent's own randomness.
            note: Puts into the record what the messages do not show.
        """
        ...

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the next message, with one tool call or several.

        Args:
            observation: What the seat sees now.
            view: The same knowledge as data.
            results: One message for each tool call of the agent's last message, in
                order; that of the last call that was played holds `observation`. Empty
                at the start and after a message without calls.
        """
        ...


@runtime_checkable
class Selective(Protocol):
    """What an agent has beside its contract where it cannot play everything."""

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return why it cannot play there, or None; it is asked before a run.

        Args:
            environment: A Gymnasium id, or `module:Class` where nothing may be known.
            parameters: Of the environment.
        """
        ...


@runtime_checkable
class Completing(Protocol):
    """What an agent has beside its contract where it is a language model that may be
    asked by others than its episode: by the world of a task, as its model site.
    """

    def complete(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Answer a request of OpenAI's chat completions; blocks, in any thread.

        Args:
            request: `messages`, each with `role` and `content`, and `max_tokens`.

        Returns:
            The answer's body, or `{"error": …, "status": …}`.
        """
        ...


@runtime_checkable
class Watching(Protocol):
    """What an agent has beside its contract where it remembers what it said.

    Where it goes on in an episode that another one began, or that was broken off, it is
    shown all earlier turns of its seat; an agent without this starts with what it sees.
    """

    def watch(
        self,
        observation: str,
        view: View,
        results: Sequence[ToolMessage],
        message: AIMessage,
    ) -> None:
        """Take a turn for one's own.

        Args:
            observation: As for `act`.
            view: As for `act`.
            results: As for `act`.
            message: What was said.
        """
        ...


def is_person(agent: Agent | type[Agent]) -> bool:
    """Return whether a person plays: an agent's class says so by `person = True`."""
    return bool(getattr(agent, "person", False))


class Action(NamedTuple):
    """A tool call as an agent thinks of it, without an id."""

    name: str
    args: Mapping[str, Any]


class Policy(Protocol):
    """An agent whose exact action probabilities are known."""

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return every action it may take at `view` with its probability; sum 1."""
        ...


def calling(*actions: Action, text: str = "") -> AIMessage:
    """Return the message that makes these tool calls."""
    from langchain_core.messages import AIMessage

    calls = [
        {"name": action.name, "args": dict(action.args), "id": f"call-{number}"}
        for number, action in enumerate(actions, 1)
    ]
    return AIMessage(content=text, tool_calls=calls)


class AgentSpec(BaseModel):
    """How to make an agent: enough to make the same one again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """The registered name."""
    model: str | None = None
    """`provider:name` of a chat model, for agents that take one."""
    options: Mapping[str, Any] = Field(default_factory=dict[str, Any])
    """Keyword arguments of the agent."""
    price: tuple[float, float] | None = None
    """US dollars per million input and per million output tokens."""

    @classmethod
    def parse(cls, text: str) -> AgentSpec:
        """Read `NAME` or `NAME:PROVIDER:MODEL`.

        Raises:
            UserError: If a model is given without its provider.
        """
        name, _, model = text.partition(":")
        if model and ":" not in model:
            raise UserError(
                f"agent {text!r}: a model is named provider:name, as in "
                f"{name}:openai:{model}"
            )
        return cls(name=name, model=model or None)

    @property
    def label(self) -> str:
        """The name that tables and files show."""
        return f"{self.name}:{self.model}" if self.model else self.name

    @property
    def slug(self) -> str:
        """The label with nothing in it that a file name cannot hold."""
        return re.sub(r"[^A-Za-z0-9._-]+", "-", self.label)
