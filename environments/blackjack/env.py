"""The environment `arena/Blackjack-v1`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import Field

from arena.agent import Policy
from arena.env import Env
from arena.tools import Tool, tool, tools_of

from .exact import solver
from .rules import Hand, HitOrStand, Rules, hand_of, is_natural
from .strategy import BasicStrategy

__all__ = ["Blackjack"]

Probability = Annotated[
    float,
    Field(ge=0, le=1, description="Your probability that the dealer busts, 0 to 1."),
]
OwnTotal = Annotated[
    int, Field(ge=0, le=40, description="The total of your own cards now.")
]


class Blackjack(Env):
    """One hand of Blackjack, hit or stand, for a stake of 1.

    Description:
        The player tries to come closer to 21 than the dealer without going over.
        Number cards count their number, faces 10, an ace 11 or, where that would be
        over 21, 1. The player sees one of the dealer's two cards.

    Action space:
        Tools `hit()` and `stand()`. With `beliefs`, both take `own_total` and
        `dealer_busts`: the player's self-belief and external belief in
        EgoSocialArena's terms (arXiv 2410.06195).

    Observation space:
        Text: the player's cards and total, the dealer's open card; at the end all
        cards and the payoff.

    Starting state:
        Two cards each, from a shoe drawn at once from the seed.

    Rewards:
        At the end the payoff: 1 for a win, 0 for a draw, -1 for a loss; a bust loses
        at once. Naturals (an ace and a ten on the first two cards) by `naturals`:
        "none": a natural is 21 like any other. "bonus": a win with a natural pays 1.5
        (Gymnasium's Blackjack-v1 with `natural=True, sab=False`). "sutton-barto": a
        natural beats all but a natural and pays 1 (Sutton & Barto, Reinforcement
        Learning, 2nd edition, example 5.1). "casino": it pays 1.5 and, on either side,
        beats all but a natural; the dealer does not look for one first.

    Episode end:
        Terminates when the player stands or is bust. Never truncates.

    Evidence:
        For every decision the cards, the move, what was stated, and the exact values
        of both moves and of the dealer's chance to bust.

    Arguments:
        deck: "infinite", or "single" for one deck of 52 cards.
        soft_17: What the dealer does on 17 with an ace that counts 11.
        naturals: See Rewards.
        beliefs: Whether each move carries beliefs.

    Version:
        v1.
    """

    seats = ("player",)
    policies: ClassVar[Mapping[str, Callable[[], Policy]]] = {
        "basic-strategy": BasicStrategy
    }

    def __init__(
        self,
        *,
        deck: Literal["infinite", "single"] = "infinite",
        soft_17: Literal["stand", "hit"] = "stand",
        naturals: Literal["none", "bonus", "sutton-barto", "casino"] = "none",
        beliefs: bool = False,
        render_mode: str | None = None,
    ) -> None:
        self.rules = Rules(deck, soft_17, naturals)
        self.game = HitOrStand(self.rules)
        self.beliefs = beliefs
        self._hand = Hand((), (), ())
        self._decisions: list[dict[str, object]] = []
        super().__init__(render_mode=render_mode)

    def define_tools(self, seat: str) -> Mapping[str, Tool]:
        """Return `hit` and `stand`, with or without beliefs."""
        return _tools(self.beliefs)

    def instructions(self, seat: str) -> str:
        """Return the rules of this table."""
        deck = (
            "one deck of 52 cards"
            if self.rules.deck == "single"
            else ("an infinite deck: every rank is equally likely at every draw")
        )
        naturals = {
            "none": "An ace and a ten count 21 like any other hand.",
            "bonus": "A win with an ace and a ten as first two cards pays 1.5.",
            "sutton-barto": "An ace and a ten as your first two cards beat any dealer "
            "hand but the same, and pay 1.",
            "casino": "An ace and a ten as first two cards beat any hand but the same; "
            "yours pay 1.5.",
        }[self.rules.naturals]
        beliefs = (
            " With each move, state the total of your cards and your probability that "
            "the dealer busts (goes over 21) if you stood now."
            if self.beliefs
            else ""
        )
        return (
            "You play one hand of Blackjack for a stake of 1, against a dealer. Come "
            "closer to 21 than the dealer without going over. Number cards count their "
            "number; J, Q and K count 10; an ace counts 11, or 1 where 11 would be too "
            f"much. Cards come from {deck}. Call hit to take a card or stand to "
            "stop; going over 21 loses at once. When you stand, the dealer draws up to "
            f"17 and {self.rules.soft_17}s on a 17 in which an ace counts 11. "
            f"{naturals} You win 1, draw 0 or lose 1.{beliefs}"
        )

    def start(self, options: Mapping[str, Any]) -> None:
        """Deal a new hand."""
        self._hand = self.game.new(self.np_random)
        self._decisions = []
        self.turn = "player"

    @tool
    def hit(
        self, own_total: int | None = None, dealer_busts: float | None = None
    ) -> None:
        """Take one more card."""
        self._move("hit", own_total, dealer_busts)

    @tool
    def stand(
        self, own_total: int | None = None, dealer_busts: float | None = None
    ) -> None:
        """Take no more cards; the dealer plays and the hand ends."""
        self._move("stand", own_total, dealer_busts)

    def observe(self, seat: str) -> str:
        """Return the cards that the player may see, and at the end the payoff."""
        return self.game.text(self._hand, 0)

    def view(self, seat: str) -> dict[str, object]:
        """Return the player's cards, the open card and the rules."""
        view = self.game.view(self._hand, 0)
        view["environment"] = "Blackjack-v1"
        view["legal"] = self.legal(seat)
        view["beliefs"] = self.beliefs
        view["rules"] = list(self.rules)
        return view

    def evidence(self) -> dict[str, object]:
        """Return every decision with the exact values of its alternatives."""
        exact = solver(self.rules)
        up = self._hand.dealer[0] if self._hand.dealer else 0
        decisions: list[dict[str, object]] = []
        for decision in self._decisions:
            values = exact.values(cast(list[int], decision["cards"]), up).rounded
            decisions.append(
                {
                    **decision,
                    "total": hand_of(cast(list[int], decision["cards"]))[0],
                    "value_of_stand": values.stand,
                    "value_of_hit": values.hit,
                    "chance_dealer_busts": values.dealer_busts,
                }
            )
        return {
            "decisions": decisions,
            "player": list(self._hand.player),
            "dealer": list(self._hand.dealer),
            "natural": is_natural(self._hand.player),
        }

    def _move(self, move: str, total: int | None, busts: float | None) -> None:
        decision: dict[str, object] = {"cards": list(self._hand.player), "move": move}
        if self.beliefs:
            decision |= {"stated_total": total, "stated_dealer_busts": busts}
        self._decisions.append(decision)
        self._hand = self.game.apply(self._hand, {0: move})
        self.over = self._hand.over
        if self.over:
            self.payoffs["player"] = self.game.payoffs(self._hand)[0]


@functools.cache
def _tools(beliefs: bool) -> Mapping[str, Tool]:
    types: dict[str, Any] = (
        {"own_total": OwnTotal, "dealer_busts": Probability} if beliefs else {}
    )
    return {name: tool.taking(**types) for name, tool in tools_of(Blackjack).items()}
