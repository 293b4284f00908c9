"""Optimal Blackjack, exact for any rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from arena.agent import Action
from arena.env import View

from .exact import solver
from .rules import Rules

__all__ = ["BasicStrategy"]


class BasicStrategy:
    """Makes the move with the higher exact value, under the rules that the view holds.

    Where beliefs are asked for, it states its own total and the dealer's exact chance
    to bust.
    """

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return the optimal move, with probability 1."""
        rules = Rules(*cast(list[Any], view["rules"]))
        cards, up = cast(list[int], view["cards"]), cast(int, view["dealer_shows"])
        values = solver(rules).values(cards, up)
        move = "hit" if values.hit > values.stand else "stand"
        busts = values.rounded.dealer_busts
        beliefs = {"own_total": view["total"], "dealer_busts": busts}
        return [(1.0, Action(move, beliefs if view["beliefs"] else {}))]
