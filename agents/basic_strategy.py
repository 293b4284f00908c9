"""Optimal Blackjack; the environment holds the exact values."""

from __future__ import annotations

from .policies import NamedPolicy

__all__ = ["BasicStrategy"]


class BasicStrategy(NamedPolicy):
    """Makes the move with the higher exact value, under whatever rules the table has.

    With an infinite deck that is the well-known table of totals; with a single deck it
    depends on the cards that make up a total. Where beliefs are asked for, it states
    its own total and the dealer's exact chance to bust.
    """

    game = "arena/Blackjack-v1"
    policy = "basic-strategy"
