"""An agent that knows what it would do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

from arena.agent import Action, Agent, AgentSpec, Note, Policy, Selective, calling
from arena.env import View
from arena.errors import UserError
from arena.registry import environment_class, make_agent
from arena.tools import Tool

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolMessage

__all__ = ["InsightAgent"]

GAME = "arena/SelfPrediction-v1"


class InsightAgent:
    """Acts as another agent does, and predicts that from its exact probabilities.

    It predicts the likeliest value of what is asked, with its true chance as
    confidence, and so reaches the ceiling of self-prediction.

    Args:
        player: Whom it acts as: a registered agent that states the exact probabilities
            of its actions, as `basic-strategy` and `level-3` do.
    """

    def __init__(self, *, player: str) -> None:
        made: Agent = make_agent(AgentSpec(name=player))
        if not hasattr(made, "probabilities"):
            raise UserError(f"player {player!r} does not know its own probabilities")
        self._player = made

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return why it, or the agent that it acts as, cannot play there."""
        if ":" in environment:
            return None
        if environment != GAME:
            return f"it plays {GAME}, and not {environment}"
        if not isinstance(self._player, Selective):
            return None
        world = parameters.get("environment", "arena/Blackjack-v1")
        return self._player.refuses(world, parameters.get("settings") or {})

    def reset(
        self,
        *,
        seat: str,
        instructions: str,
        tools: Sequence[Tool],
        seed: int,
        note: Note,
    ) -> None:
        """Get the player ready."""
        self._player.reset(
            seat=seat, instructions=instructions, tools=tools, seed=seed, note=note
        )

    async def act(
        self, observation: str, view: View, results: Sequence[ToolMessage]
    ) -> AIMessage:
        """Return the player's act, or what it would most likely be."""
        if "predict" not in cast(Sequence[str], view["legal"]):
            return await self._player.act(observation, view, results)
        return calling(self._prediction(view))

    def _prediction(self, view: View) -> Action:
        value_of = cast(
            Callable[[View, str, Mapping[str, Any]], str],
            getattr(environment_class(GAME), "value_of"),  # noqa: B009  (the kernel's type does not know it)
        )
        player = cast(Policy, self._player)
        chances: dict[str, float] = {}
        for chance, action in player.probabilities(cast(View, view["there"])):
            value = value_of(view, action.name, action.args)
            chances[value] = chances.get(value, 0.0) + chance
        option, chance = max(chances.items(), key=lambda pair: pair[1])
        # Chances add up to 1 only within rounding.
        return Action("predict", {"option": option, "confidence": min(1.0, chance)})
