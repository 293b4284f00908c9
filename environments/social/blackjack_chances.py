"""Chances at Blackjack with an endless deck, as exact fractions.

Worked out apart from `blackjack/exact.py`, so that each checks the other.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from fractions import Fraction

from arena.environments.blackjack.exact import solver
from arena.environments.blackjack.rules import Rules

__all__ = ["BUST", "bust_by_hit", "outcomes", "outcomes_solved", "total"]

BUST = 22
_DRAWN = (*range(1, 10), 10, 10, 10, 10)
# Player's hands of 16 to 21, to read the dealer's chances from the values of standing.
_STANDING = ((10, 6), (10, 7), (10, 8), (10, 9), (10, 10), (10, 5, 6))


def total(cards: Sequence[int]) -> int:
    """Return the best total of cards from 1 to 10: one ace as 11 where that fits."""
    least = sum(cards)
    return least + 10 if 1 in cards and least + 10 <= 21 else least


def bust_by_hit(cards: Sequence[int]) -> Fraction:
    """Return the chance that one more card takes the hand above 21."""
    bad = sum(total((*cards, card)) > 21 for card in _DRAWN)
    return Fraction(bad, len(_DRAWN))


@functools.lru_cache(maxsize=32)
def outcomes(up: int, *, hits_soft_17: bool) -> Mapping[int, Fraction]:
    """Return the chance of each final total of the dealer; `BUST` is any above 21.

    Args:
        up: The open card, from 1 to 10; nothing is known of the other.
        hits_soft_17: Whether the dealer draws on 17 with an ace that counts 11.
    """
    found: dict[int, Fraction] = {}
    hands = {(up,): Fraction(1)}
    while hands:
        longer: dict[tuple[int, ...], Fraction] = {}
        for cards, chance in hands.items():
            for card in _DRAWN:
                hand = tuple(sorted((*cards, card)))
                share = chance / len(_DRAWN)
                if _draws(hand, hits_soft_17=hits_soft_17):
                    longer[hand] = longer.get(hand, Fraction(0)) + share
                else:
                    final = min(total(hand), BUST)
                    found[final] = found.get(final, Fraction(0)) + share
        hands = longer
    return found


def outcomes_solved(up: int, *, hits_soft_17: bool) -> dict[int, float]:
    """Return the same from the solver's values of standing.

    Standing on t is worth P(bust) + P(below t) - P(above t), so that from one total to
    the next it gains the chances of both.
    """
    rules = Rules("infinite", "hit" if hits_soft_17 else "stand", "none")
    values = [solver(rules).values(hand, up) for hand in _STANDING]
    found, before = {BUST: values[0].dealer_busts}, 0.0
    for final, lower, higher in zip(range(17, 22), values, values[1:], strict=False):
        before = higher.stand - lower.stand - before
        found[final] = before
    return found


def _draws(cards: Sequence[int], *, hits_soft_17: bool) -> bool:
    points = total(cards)
    return points < 17 or (points == 17 and hits_soft_17 and sum(cards) == 7)
