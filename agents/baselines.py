"""Agents that play without looking: at random, or from a script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

import numpy as np
from pydantic import Field
from typing_extensions import TypedDict

from arena.agent import Action, Note, calling
from arena.env import View
from arena.spaces import sample_json
from arena.tools import Tool

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolMessage

__all__ = ["RandomAgent", "ScriptedAgent"]


class RandomAgent:
    """Calls a random legal tool with random arguments that fit its schema.

    Every legal tool is equally likely, and so is every whole number within bounds.
    """

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Seed the generator anew."""
        self._schemas = {tool.name: tool.parameters for tool in tools}
        self._rng = np.random.default_rng(seed)

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return a call drawn at random."""
        legal = cast(Sequence[str], view["legal"])
        name = legal[int(self._rng.integers(len(legal)))]
        args = cast(dict[str, Any], sample_json(self._schemas[name], self._rng))
        return calling(Action(name, args))


class Step(TypedDict):
    """One scripted call."""

    name: str
    args: dict[str, Any]


class ScriptedAgent:
    """Makes the given calls in order, one a turn, and then begins again.

    Args:
        actions: Calls as `{"name": …, "args": {…}}`.
    """

    def __init__(self, *, actions: Annotated[list[Step], Field(min_length=1)]) -> None:
        self._actions = [Action(step["name"], step["args"]) for step in actions]
        self._turn = 0

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Go back to the first call."""
        self._turn = 0

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the next call."""
        action = self._actions[self._turn % len(self._actions)]
        self._turn += 1
        return calling(action)
