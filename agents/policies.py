"""What agents with known action probabilities share."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING

from arena.agent import Action, Note, calling
from arena.env import View
from arena.tools import Tool

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolMessage

__all__ = ["PolicyAgent"]


class PolicyAgent:
    """Draws each move from its own `probabilities`; a subclass defines those."""

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return every action it may take at `view` with its probability; sum 1."""
        raise NotImplementedError

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Seed the draws anew."""
        self._random = random.Random(seed)

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return a move drawn from `probabilities`."""
        chances, actions = zip(*self.probabilities(view), strict=True)
        return calling(self._random.choices(actions, weights=chances)[0])
