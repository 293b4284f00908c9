"""What agents with known action probabilities share."""

from __future__ import annotations

import functools
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, cast

from arena.agent import Action, Note, Policy, calling
from arena.env import View
from arena.registry import environment_class
from arena.tools import Tool

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, ToolMessage

__all__ = ["NamedPolicy", "PolicyAgent", "no_policy", "policy_at"]


class PolicyAgent:
    """Draws each move from its own `probabilities`; a subclass defines those.

    Attributes:
        game: The Gymnasium id of the one environment that it can play, or None.
    """

    game: ClassVar[str | None] = None

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return what it can play instead, where it knows only one environment."""
        if self.game in (None, environment) or ":" in environment:
            return None
        return f"it plays {self.game}, and not {environment}"

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


class NamedPolicy(PolicyAgent):
    """Plays one of the policies that environments know by name.

    Attributes:
        policy: Its name in `Env.policies`.
    """

    policy: ClassVar[str]

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return which policies there are, where its own is not among them."""
        return super().refuses(environment, parameters) or no_policy(
            environment, self.policy
        )

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return what the environment's policy does at `view`."""
        environment = self.game or cast(str, view["environment"])
        return _policy(environment, self.policy).probabilities(view)


def no_policy(environment: str, name: str) -> str | None:
    """Return in words that an environment has no policy of a name, or None if it has.

    Args:
        environment: A Gymnasium id, or `module:Class`.
        name: As in `Env.policies`.
    """
    known = environment_class(environment).policies
    if name in known:
        return None
    if not known:
        return f"{environment} has no players of known policy"
    return (
        f"{environment} knows no player {name!r}; it knows {', '.join(sorted(known))}"
    )


def policy_at(view: View, name: str) -> Policy:
    """Return the policy of a name in the environment that a view is of."""
    return _policy(cast(str, view["environment"]), name)


@functools.cache  # a policy is a pure function of the view, and is asked at every move
def _policy(environment: str, name: str) -> Policy:
    return environment_class(environment).policies[name]()
