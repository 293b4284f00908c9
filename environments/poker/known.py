"""Players of known policy at a table: cards and betting are read from the view."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import cast

from arena.agent import Action, Policy
from arena.env import View

from .betting import ACTIONS, Shape
from .cards import parsed
from .observing import observers
from .policies import policy, policy_names

__all__ = ["known_players"]


class KnownPlayer:
    """A policy over cards as a `Policy` over views of a poker table.

    Args:
        shape: The game.
        name: One of `policy_names` of the game.
    """

    def __init__(self, shape: Shape, name: str) -> None:
        self._policy = policy(shape.name, name)
        self._deck = shape.deck

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return the actions that it may take with their probabilities; sum 1."""
        chances = self._policy.distribution(
            cast(str, view["betting"]),
            parsed(cast(Sequence[str], view["cards"]), self._deck),
            parsed(cast(Sequence[str], view["board"]), self._deck),
        )
        return [
            (chance, Action(name, {}))
            for chance, name in zip(chances, ACTIONS, strict=True)
            if chance > 0
        ]


def known_players(shape: Shape) -> Mapping[str, Callable[[], Policy]]:
    """Return what makes each player of known policy, by name, observers included."""
    names = policy_names(shape.name)
    players = {name: partial(KnownPlayer, shape, name) for name in names}
    return {**players, **observers(shape, players)}
