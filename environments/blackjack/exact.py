"""Exact values of Blackjack by dynamic programming; nothing is simulated.

With an infinite deck a player's hand is its total, with one deck it is the cards it is
made of, which the dealer can no longer draw.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from .rules import Rules, compare, dealer_draws, hand_of, is_natural

__all__ = ["ActionValues", "Solver", "solver"]

BUST = 22
_CARDS = range(1, 11)  # the ranks ten to king are alike here
_DECK = (4, 4, 4, 4, 4, 4, 4, 4, 4, 16)
_FREQUENCY = (1, 1, 1, 1, 1, 1, 1, 1, 1, 4)  # in thirteenths
# Cards of one value that can still be drawn k times in order: n (n-1) … (n-k+1).
_FALLING = np.ones((17, 13))
for _k in range(1, 13):
    _FALLING[:, _k] = _FALLING[:, _k - 1] * np.maximum(np.arange(17) - _k + 1, 0)

Counts = tuple[int, ...]
"""How many cards of each value from 1 to 10."""

Cards = tuple[int, ...]
"""Values of cards, from 1 to 10, in ascending order."""


class ActionValues(NamedTuple):
    """What the two moves are worth for a stake of 1, played on optimally."""

    stand: float
    hit: float
    dealer_busts: float
    """Probability, if the player stands now, given what the player sees."""

    @property
    def best(self) -> float:
        """The value of the better move."""
        return max(self.stand, self.hit)

    @property
    def rounded(self) -> ActionValues:
        """The same to 12 digits: the last ones differ between processors."""
        return ActionValues(*(round(value, 12) for value in self))


Policy = Callable[[Sequence[int], int, ActionValues], float]
"""Probability of hitting, given the player's cards, the open card and the values."""


class Solver:
    """Values of every decision under one set of rules, computed once and kept."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._single = rules.deck == "single"
        self._values: dict[tuple[object, int], ActionValues] = {}

    def values(self, player: Sequence[int], up: int) -> ActionValues:
        """Return the values of the moves of a player who is not bust.

        Args:
            player: The player's cards, as ranks.
            up: The dealer's open card, as a rank.
        """
        return self._of(tuple(sorted(_worth(c) for c in player)), _worth(up))

    def game_value(self, policy: Policy | None = None) -> float:
        """Return the expected payoff of a hand before the deal.

        Args:
            policy: How the player plays; by default optimally.
        """
        known: dict[tuple[Cards, int], float] = {}
        total = 0.0
        for first in _CARDS:
            for second in _CARDS:
                for up in _CARDS:
                    chance = self._chance_of((first, second, up))
                    if chance:
                        cards = (min(first, second), max(first, second))
                        total += chance * self._played(cards, up, policy, known)
        return total

    def _played(
        self,
        player: Cards,
        up: int,
        policy: Policy | None,
        known: dict[tuple[Cards, int], float],
    ) -> float:
        """Return what a policy earns from here on; `known` keeps what is worked out."""
        values = self._of(player, up)
        if policy is None:
            return values.best
        if (player, up) not in known:
            p, value = policy(player, up, values), values.stand
            if p:
                hit = self._after_hit(
                    player, up, lambda c: self._played(c, up, policy, known)
                )
                value = p * hit + (1 - p) * values.stand
            known[player, up] = value
        return known[player, up]

    def _of(self, player: Cards, up: int) -> ActionValues:
        total, soft = hand_of(player)
        natural = is_natural(player)
        key = (player if self._single else (total, soft, natural), up)
        if key not in self._values:
            dealer = self._dealer(player, up)
            stand = sum(
                chance * compare(total, natural, outcome, dealer_natural, self.rules)
                for (outcome, dealer_natural), chance in dealer.items()
            )
            hit = self._after_hit(player, up, lambda cards: self._of(cards, up).best)
            busts = dealer.get((BUST, False), 0.0)
            self._values[key] = ActionValues(stand, hit, busts)
        return self._values[key]

    def _after_hit(
        self, player: Cards, up: int, worth: Callable[[Cards], float]
    ) -> float:
        left = self._left((*player, up))
        cards = sum(left)
        value = 0.0
        for card in _CARDS:
            if count := left[card - 1]:
                after = tuple(sorted((*player, card)))
                bust = hand_of(after)[0] > 21
                value += count / cards * (-1.0 if bust else worth(after))
        return value

    def _left(self, seen: Sequence[int]) -> Counts:
        """Return how many cards of each value the next one can be."""
        if not self._single:
            return _FREQUENCY
        return tuple(
            n - seen.count(card) for card, n in zip(_CARDS, _DECK, strict=True)
        )

    def _chance_of(self, cards: Sequence[int]) -> float:
        chance = 1.0
        for index, card in enumerate(cards):
            left = self._left(cards[:index])
            chance *= left[card - 1] / sum(left)
        return chance

    def _dealer(self, player: Cards, up: int) -> dict[tuple[int, bool], float]:
        """Return the chance of each final total of the dealer; BUST is any above 21.

        The second part of the key is whether it is a natural.
        """
        hands = _dealer_hands(up, self.rules)
        if self._single:
            left = np.array(self._left((*player, up)))
            ways = np.prod(_FALLING[left, hands.drawn], axis=1)
            chances = hands.orders * ways / hands.falling(int(left.sum()))
        else:
            chances = hands.orders * np.prod(
                (np.array(_FREQUENCY) / 13) ** hands.drawn, axis=1
            )
        sums = np.bincount(hands.outcome, weights=chances, minlength=len(_OUTCOMES))
        return {o: float(c) for o, c in zip(_OUTCOMES, sums, strict=True) if c}


_OUTCOMES = [*((total, False) for total in range(17, BUST + 1)), (21, True)]


class _DealerHands(NamedTuple):
    """Every way in which the dealer can finish from one open card.

    Ways with the same cards are one entry, as they are equally likely.
    """

    drawn: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    """(hands, 10): cards of each value drawn, the hole card included."""
    orders: np.ndarray[tuple[int], np.dtype[np.float64]]
    """(hands,): in how many orders they can come."""
    outcome: np.ndarray[tuple[int], np.dtype[np.int64]]
    """(hands,): index into `_OUTCOMES`."""
    size: np.ndarray[tuple[int], np.dtype[np.int64]]
    """(hands,): how many cards were drawn."""

    def falling(self, cards: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return in how many orders each size can be drawn from that many cards."""
        steps = np.arange(cards + 1, cards + 1 - self.size.max() - 1, -1.0)
        steps[0] = 1.0
        orders: np.ndarray[tuple[int], np.dtype[np.float64]] = np.multiply.accumulate(
            steps
        )
        return orders[self.size]


@functools.lru_cache(maxsize=64)
def _dealer_hands(up: int, rules: Rules) -> _DealerHands:
    orders: dict[tuple[Counts, int], int] = {}
    empty = (0,) * 10

    def draw(cards: tuple[int, ...], drawn: Counts) -> None:
        total, soft = hand_of(cards)
        if len(cards) > 1 and not dealer_draws(total, soft, rules):
            outcome = _OUTCOMES.index((min(total, BUST), is_natural(cards)))
            orders[drawn, outcome] = orders.get((drawn, outcome), 0) + 1
            return
        for card in _CARDS:
            # No deck that matters here has more; an infinite one has no such bound.
            if rules.deck == "single" and drawn[card - 1] >= _DECK[card - 1]:
                continue
            more = (*drawn[: card - 1], drawn[card - 1] + 1, *drawn[card:])
            draw((*cards, card), more)

    draw((up,), empty)
    drawn = np.array([key[0] for key in orders])
    return _DealerHands(
        drawn,
        np.array(list(orders.values()), dtype=np.float64),
        np.array([key[1] for key in orders]),
        drawn.sum(axis=1),
    )


@functools.lru_cache(maxsize=16)
def solver(rules: Rules) -> Solver:
    """Return the solver of these rules, shared by all who ask."""
    return Solver(rules)


def _worth(card: int) -> int:
    return min(card, 10)
