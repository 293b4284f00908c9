"""Agents that answer social items by a rule, without modelling anyone's mind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from arena.agent import Action
from arena.env import View
from arena.errors import UnknownName
from arena.items import letter
from arena.registry import environment_class

from .policies import PolicyAgent

__all__ = ["SOCIAL", "BlindAgent", "RealityAgent", "social_moves"]

SOCIAL = "arena/Social-v1"
Chances = Sequence[tuple[float, Action]]


class BlindAgent(PolicyAgent):
    """Answers by one rule that needs no theory of mind, else at random.

    Args:
        rule: As `arena check` names them: `longest`, `last-mentioned`, `initial`, ….
    """

    game = SOCIAL

    def __init__(self, *, rule: str = "always-A") -> None:
        self.rule = rule

    def refuses(self, environment: str, parameters: Mapping[str, Any]) -> str | None:
        """Return why it cannot play there: no item, or no such rule anywhere."""
        reason = super().refuses(environment, parameters)
        if reason is not None or environment != SOCIAL:
            return reason
        rules = cast(
            Callable[[Mapping[str, Any]], Sequence[str]],
            getattr(environment_class(SOCIAL), "rules"),  # noqa: B009
        )(parameters)
        if self.rule in rules:
            return None
        return f"no rule is called {self.rule!r}; there are: {', '.join(rules)}"

    def probabilities(self, view: View) -> Chances:
        """Return the rule's answer, or all answers where it has none."""
        return social_moves(view, self.rule)


class RealityAgent(BlindAgent):
    """Answers what is really so, whatever anyone believes; else at random."""

    def __init__(self) -> None:
        super().__init__(rule="reality")


def social_moves(view: View, rule: str) -> Chances:
    """Return the moves of a rule: wait for the question, then its answer.

    Raises:
        UnknownName: For a rule that must have an answer to every item, and has none.
    """
    if "answer" not in cast(Sequence[str], view["legal"]):
        return [(1.0, Action("wait", {}))]
    game = environment_class("Social-v1")
    picks = cast(
        Callable[[View], Mapping[str, int]],
        getattr(game, "picks"),  # noqa: B009  (the kernel's type does not know it)
    )(view)
    count = len(cast(Sequence[Any], view["options"]))
    if rule in picks:
        confidence = 1.0 if rule == "oracle" else 1 / count
        return [(1.0, _answer(picks[rule], confidence))]
    if rule == "oracle":
        raise UnknownName("rule", rule, picks)
    return [(1 / count, _answer(index, 1 / count)) for index in range(count)]


def _answer(index: int, confidence: float) -> Action:
    return Action("answer", {"option": letter(index), "confidence": confidence})
