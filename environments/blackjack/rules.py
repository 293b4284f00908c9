"""The rules of hit-or-stand Blackjack over value states; no randomness but the shoe's.

A card is its rank, 1 (ace) to 13 (king).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from arena.game import Game

__all__ = [
    "Hand",
    "HitOrStand",
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

FACES = {1: "A", 11: "J", 12: "Q", 13: "K"}
MOVES = ("hit", "stand")
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


class HitOrStand(Game[Hand, str]):
    """One hand of one player against a dealer who moves by its rule."""

    players = 1

    def __init__(self, rules: Rules) -> None:
        self.rules = rules

    def new(self, rng: np.random.Generator) -> Hand:
        """Draw the whole shoe at once and deal two cards each."""
        return deal(rng, self.rules)

    def to_move(self, state: Hand) -> tuple[int, ...]:
        """Return the player, until it stands or is bust."""
        return () if state.over else (0,)

    def legal(self, state: Hand, player: int) -> Sequence[str]:
        """Return "hit" and "stand"."""
        return () if state.over else MOVES

    def apply(self, state: Hand, moves: Mapping[int, str]) -> Hand:
        """Give the player a card, or let the dealer finish the hand."""
        move = moves.get(0)
        if state.over or len(moves) != 1 or move not in MOVES:
            legal = self.legal(state, 0)
            raise ValueError(
                f"{dict(moves)} is not legal; player 0: {', '.join(legal)}"
            )
        return hit(state) if move == "hit" else stand(state, self.rules)

    def text(self, state: Hand, player: int) -> str:
        """Return the cards that the player may see, and at the end the payoff."""
        yours = f"Your cards: {_names(state.player)} ({_total(state.player)})."
        if not state.over:
            return f"{yours} The dealer shows {_names(state.dealer[:1])}."
        if hand_of(state.player)[0] > 21:
            end = "You are bust."
        else:
            end = f"The dealer has {_names(state.dealer)} ({_total(state.dealer)})."
        return f"{yours} {end} Payoff: {payoff(state, self.rules):+g}."

    def view(self, state: Hand, player: int) -> dict[str, object]:
        """Return the player's cards, and the dealer's open one."""
        total, soft = hand_of(state.player)
        return {
            "cards": list(state.player),
            "total": total,
            "soft": soft,
            "dealer_shows": state.dealer[0],
        }

    def payoffs(self, state: Hand) -> Sequence[float]:
        """Return what the player wins or loses of a stake of 1."""
        return (payoff(state, self.rules),)

    def alike(self, state: Hand, player: int, rng: np.random.Generator) -> Hand:
        """Return a hand with the cards that were not shown drawn anew.

        Those are the shoe that is left and, unless the player stood, the dealer's
        second card: a player who is bust never sees it.
        """
        dealt = len(state.player) + len(state.dealer)
        stood = state.over and hand_of(state.player)[0] <= 21
        hidden = [*([] if stood else [3]), *range(dealt, SHOE)]
        shoe = np.array(state.shoe)
        shoe[hidden] = (
            rng.permutation(shoe[hidden])
            if self.rules.deck == "single"
            else rng.integers(1, 14, len(hidden))
        )
        cards: tuple[int, ...] = tuple(shoe.tolist())
        dealer = state.dealer if stood else cards[2:4]
        return state._replace(shoe=cards, dealer=dealer)


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


def _names(cards: Sequence[int]) -> str:
    return ", ".join([FACES.get(card, str(card)) for card in cards])


def _total(cards: Sequence[int]) -> str:
    total, soft = hand_of(cards)
    return f"soft {total}" if soft else str(total)
