"""The rules of hit-or-stand Blackjack over value states; no randomness but the shoe's.

A card is its rank, 1 (ace) to 13 (king).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

__all__ = [
    "Hand",
    "Rules",
    "compare",
    "deal",
    "dealer_draws",
    "hand_of",
    "hit",
    "is_natural",
    "payoff",
    "stand",
]

# No more can be drawn: 22 cards bust any player, 17 aces and a card end any dealer.
SHOE = 52


class Rules(NamedTuple):
    """What tables differ in; `Blackjack` explains the values."""

    deck: Literal["infinite", "single"] = "infinite"
    soft_17: Literal["stand", "hit"] = "stand"
    naturals: Literal["none", "bonus", "sutton-barto", "casino"] = "none"


class Hand(NamedTuple):
    """The state of one hand; every operation returns a new one."""

    shoe: tuple[int, ...]
    """Cards in order of dealing; the first four are the player's and the dealer's."""
    player: tuple[int, ...]
    dealer: tuple[int, ...]
    """The first card lies open, the second face down until the end."""
    over: bool = False

    @property
    def next_card(self) -> int:
        """The rank on top of the shoe."""
        return self.shoe[len(self.player) + len(self.dealer)]


def deal(rng: np.random.Generator, rules: Rules) -> Hand:
    """Draw the whole shoe at once and deal two cards each."""
    if rules.deck == "single":
        shoe = tuple((rng.permutation(SHOE) % 13 + 1).tolist())
    else:
        shoe = tuple(rng.integers(1, 14, SHOE).tolist())
    return Hand(shoe, shoe[:2], shoe[2:4])


def hit(hand: Hand) -> Hand:
    """Give the player a card; a bust ends the hand, and the dealer draws none."""
    player = (*hand.player, hand.next_card)
    return hand._replace(player=player, over=hand_of(player)[0] > 21)


def stand(hand: Hand, rules: Rules) -> Hand:
    """Let the dealer draw by its rule, and end the hand."""
    while dealer_draws(*hand_of(hand.dealer), rules):
        hand = hand._replace(dealer=(*hand.dealer, hand.next_card))
    return hand._replace(over=True)


def dealer_draws(total: int, soft: bool, rules: Rules) -> bool:
    """Whether the dealer takes another card."""
    return total < 17 or (total == 17 and soft and rules.soft_17 == "hit")


def hand_of(cards: Sequence[int]) -> tuple[int, bool]:
    """Return the best total, and whether an ace counts 11 in it."""
    total = sum([card if card < 10 else 10 for card in cards])
    soft = 1 in cards and total <= 11
    return (total + 10, True) if soft else (total, False)


def is_natural(cards: Sequence[int]) -> bool:
    """Whether the cards are an ace and a card worth ten."""
    return len(cards) == 2 and hand_of(cards)[0] == 21


def payoff(hand: Hand, rules: Rules) -> float:
    """Return what the player wins or loses of a stake of 1."""
    player, dealer = hand_of(hand.player)[0], hand_of(hand.dealer)[0]
    if player > 21:
        return -1.0
    return compare(
        player, is_natural(hand.player), dealer, is_natural(hand.dealer), rules
    )


def compare(
    player: int, player_natural: bool, dealer: int, dealer_natural: bool, rules: Rules
) -> float:
    """Return the payoff of a player who is not bust against a finished dealer."""
    if rules.naturals in ("sutton-barto", "casino") and player_natural:
        if dealer_natural:
            return 0.0
        return 1.5 if rules.naturals == "casino" else 1.0
    if rules.naturals == "casino" and dealer_natural:
        return -1.0
    if dealer > 21 or player > dealer:
        return 1.5 if rules.naturals == "bonus" and player_natural else 1.0
    return 0.0 if player == dealer else -1.0
