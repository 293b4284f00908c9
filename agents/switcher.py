"""A player who becomes another one in the middle of a session."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast

from pydantic import Field

from arena.agent import Action
from arena.env import View

from .policies import PolicyAgent, no_policy, policy_at

__all__ = ["Switcher"]


class Switcher(PolicyAgent):
    """Plays one known policy up to some part of a session, and another from there on.

    Args:
        first: The name of the policy at first, as the environment knows it.
        then: That of the later one.
        at: The first part, a hand or a round from 1 on, that is played by the later.
    """

    def __init__(
        self, *, first: str, then: str, at: Annotated[int, Field(ge=2)]
    ) -> None:
        self._first = first
        self._then = then
        self._at = at

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return which of the two the environment does not know, if it is so."""
        return no_policy(environment, self._first) or no_policy(environment, self._then)

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return what the policy of the current part does at `view`."""
        name = self._first if cast(int, view["part"]) < self._at else self._then
        return policy_at(view, name).probabilities(view)
