"""Tables of limit poker: Hold'em, Leduc and Kuhn."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from arena.env import Env
from arena.errors import UnknownName, UserError
from arena.tools import Tool, tool, tools_of

from ..statements import probabilities_of
from .betting import ACTIONS, HOLDEM, KUHN, LEDUC
from .evidence import evidence
from .known import known_players
from .policies import policy_names
from .rules import LimitPoker
from .session import Hand, Session
from .strengths import strength
from .telling import Asked, hand_over, instructions, now

__all__ = ["KuhnPoker", "LeducPoker", "LimitHoldem"]

Stated = dict[str, float] | None


class PokerTable(Env):
    """Hands of limit poker between two seats, with what each thinks of the other.

    Description:
        A session of `hands` hands. The seats player-1 and player-2 change places after
        every hand: in hand h, from 1, seat i sits at position (i + h - 1) mod 2,
        counting seats from 0. All deals of the session are drawn at the reset. With
        each move a seat may state what it expects of the other.

    Action space:
        Tools `fold()`, `check_or_call()` and `bet_or_raise()`; fold is legal only where
        there is a bet to call. With "action" in `ask` each takes an optional
        `opponent_next`, probabilities of the opponent's next action in this hand,
        should there be one after the move; with "type" an optional `opponent_type`,
        probabilities of the listed `types`. A name that is left out counts 0. What does
        not sum to 1 within 1e-6, is negative or not finite, or names what is not
        there, is refused with the sum that was seen.

    Observation space:
        Text: the ends of hands since the seat last acted, with payoffs and the cards of
        a showdown, and the current hand: own cards, board, all betting, pot, what is
        legal. Never the other's cards before a showdown, nor cards to come, nor what
        the other states.

    Starting state:
        The first hand, blinds or antes in.

    Rewards:
        Chips won or lost, at the end of every hand.

    Forfeits:
        A seat that makes too many bad calls in a row loses what it has put into the
        hand, and the session goes on. Three forfeits of a seat with no move of its own
        between end it: the rest is not played, and it loses what each further hand
        begins with.

    Episode end:
        Terminates after the last hand, or with the third forfeit. Never truncates.

    Evidence:
        `parts`: every hand with cards, board, betting, positions, payoffs, and who
        forfeited it. Where types are listed or actions asked for, `predictions`: of
        each opponent's move that answers a move with no card laid open between, what
        was stated, the uniform guess, what the ideal Bayesian observer expects, the
        exact probabilities of every listed type with the cards that the opponent held,
        and what came. Where types are listed, `beliefs`: of each hand and seat the last
        statement of the type beside the ideal observer's posterior at that decision;
        and `losses`: the chips that each decision gives away against each type's best
        response. `statements_not_judged` counts predictions that nothing answered.

    Arguments:
        hands: From 1 to 5000.
        ask: What may be stated with a move: "action", "type".
        types: Players of known policy, one of which the opponent is said to be.
        switching: Whether the opponent may become another one of them once; the ideal
            observer then reckons with a change by a chance of 1/hands a hand.
    """

    game: ClassVar[LimitPoker]
    registered: ClassVar[str]
    """Its name in the registry."""
    partners: ClassVar[Mapping[str, str]] = {"*": "always-call"}
    seats = ("player-1", "player-2")

    _session: Session
    _news: tuple[list[str], list[str]]
    """Of each seat: how the hands ended that ended since it last acted."""
    _past: tuple[list[dict[str, object]], list[dict[str, object]]]
    """Of each seat: all hands that are over."""

    def __init__(
        self,
        *,
        hands: Annotated[int, Field(ge=1, le=5000)] = 50,
        ask: Sequence[Literal["action", "type"]] = (),
        types: Sequence[str] = (),
        switching: bool = False,
        render_mode: str | None = None,
    ) -> None:
        self.hands = hands
        self.asked = Asked("action" in ask, "type" in ask, tuple(types), switching)
        self._check_types()
        super().__init__(render_mode=render_mode)

    def define_tools(self, seat: str) -> Mapping[str, Tool]:
        """Return the three moves, with what may be stated."""
        return _tools(self.asked.action, self.asked.types if self.asked.type else ())

    def instructions(self, seat: str) -> str:
        """Return the rules of the game, the aim, and what is asked."""
        other = self.seats[1 - self.seats.index(seat)]
        return instructions(self.game.shape, seat, other, self.hands, self.asked)

    def start(self, options: Mapping[str, Any]) -> None:
        """Draw all deals and begin with hand 1."""
        deals = [self.game.new(self.np_random) for _ in range(self.hands)]
        self._session = Session(self.game, deals)
        self._news = ([], [])
        self._past = ([], [])
        self.turn = self.seats[self._session.mover]

    @tool
    def fold(self, opponent_next: Stated = None, opponent_type: Stated = None) -> None:
        """Give this hand up. Legal only where there is a bet to call."""
        self._move("fold", opponent_next, opponent_type)

    @tool
    def check_or_call(
        self, opponent_next: Stated = None, opponent_type: Stated = None
    ) -> None:
        """Put in what is to call, or nothing where nothing is."""
        self._move("check_or_call", opponent_next, opponent_type)

    @tool
    def bet_or_raise(
        self, opponent_next: Stated = None, opponent_type: Stated = None
    ) -> None:
        """Put in what is to call, if anything, and a bet of this round's size more."""
        self._move("bet_or_raise", opponent_next, opponent_type)

    def legal(self, seat: str) -> list[str]:
        """Return the actions that the seat to act may take."""
        if self.over:
            return []
        return list(self.game.legal(self._session.state, self._position(seat)))

    def forfeit(self, seat: str) -> bool:
        """Let the seat lose what it has put into the current hand."""
        index = self.seats.index(seat)
        self._news[index].clear()
        ended, *unplayed = self._session.forfeit(index)
        for hand in unplayed:
            self._pay(hand)
        self._go_on(ended)
        return True

    def observe(self, seat: str) -> str:
        """Return the hands that ended since the seat acted, and the current one."""
        index = self.seats.index(seat)
        current = now(self._session, index, self.payoffs[seat])
        return "\n\n".join([*self._news[index], current])

    def view(self, seat: str) -> dict[str, object]:
        """Return the current hand, what the table asks, and all hands before."""
        return {
            **self.game.view(self._session.state, self._position(seat)),
            "legal": self.legal(seat),
            "environment": self.registered,
            "part": self._session.part,
            "parts": self.hands,
            "seat": seat,
            "ask": [a for a in ("action", "type") if getattr(self.asked, a)],
            "types": list(self.asked.types),
            "switching": self.asked.switching,
            "past": list(self._past[self.seats.index(seat)]),
        }

    def evidence(self) -> dict[str, object]:
        """Return every hand, and what was stated beside what could be known."""
        return evidence(self._session, self.seats, self.asked)

    def _position(self, seat: str) -> int:
        return self._session.position(self.seats.index(seat), self._session.part)

    def _move(self, action: str, next_action: Stated, opponent_type: Stated) -> None:
        self._news[self.seats.index(self.turn)].clear()
        self._go_on(self._session.move(action, next_action, opponent_type))

    def _go_on(self, ended: Hand | None) -> None:
        """Pay a hand that has just ended, tell both seats, turn to the next one."""
        if ended is not None:
            self._pay(ended)
            for index in range(len(self.seats)):
                position = self._session.position(index, ended.part)
                told = hand_over(self.game, ended, index, position)
                self._news[index].append(told)
                self._past[index].append(self._seen(ended, index, position))
        self.over = self._session.over
        if not self.over:
            self.turn = self.seats[self._session.mover]

    def _pay(self, hand: Hand) -> None:
        for seat, chips in zip(self.seats, hand.payoffs, strict=True):
            self.payoffs[seat] += chips

    def _seen(self, hand: Hand, index: int, position: int) -> dict[str, object]:
        """Return a hand that is over as its seat may know it."""
        seen = self.game.view(hand.state, position)
        kept = {k: seen[k] for k in ("position", "cards", "board", "betting", "shown")}
        loser = None if hand.forfeited is None else self.seats[hand.forfeited]
        won = hand.payoffs[index]
        return {"part": hand.part, **kept, "payoff": won, "forfeited": loser}

    def _check_types(self) -> None:
        types, known = self.asked.types, policy_names(self.game.shape.name)
        for name in types:
            if name not in known:
                raise UnknownName("type", name, known)
        if len(set(types)) < len(types):
            raise UserError(f"types: name each once, given {', '.join(types)}")
        if (self.asked.type or self.asked.switching) and len(types) < 2:
            raise UserError(
                "types: list at least two players, since "
                + ("the type is asked for" if self.asked.type else "they may switch")
            )


class LimitHoldem(PokerTable):
    """Heads-up limit Texas Hold'em: a `PokerTable`, where all the rest is specified.

    Starting state:
        The big blind, position 0, has put in 2 chips, the small blind, position 1 and
        button, 1. Both hold two cards of 52. The small blind opens before the flop,
        the big blind in the three later rounds.

    Bets:
        2 chips before and on the flop, 4 on the turn and river; at most three raises
        before the flop and four bets and raises in each later round.

    Unit:
        mbb, thousandths of a big blind: a chip is 500.

    Policies:
        random, always-call, always-raise; loose-passive, tight-passive,
        loose-aggressive, tight-aggressive; cfr, trained by self-play; dqn-aggressive
        and dqn-conservative, which are cfr with raise or fold four times as likely and
        stand in for EgoSocialArena's; rule, RLCard's preferences.

    Source:
        The rules of the Annual Computer Poker Competition, heads-up limit.

    Version:
        v1.
    """

    game = LimitPoker(HOLDEM)
    registered = "LimitHoldem-v1"
    policies = known_players(HOLDEM)
    strength = staticmethod(strength)
    """How strong each of these players is, by name."""


class LeducPoker(PokerTable):
    """Leduc poker, small enough for exact equilibria: a `PokerTable`.

    Starting state:
        Both have put in 1 chip and hold one card of six: J, Q, K in two suits. After
        the first round of betting one card is laid open. Position 0 opens both.

    Bets:
        2 chips in the first round, 4 in the second; at most two in a round.

    Unit:
        Milli-antes: a chip is 1000.

    Policies:
        random, always-call, always-raise, equilibrium.

    Source:
        Southey et al., Bayes' Bluff: Opponent Modelling in Poker, UAI 2005.

    Version:
        v1.
    """

    game = LimitPoker(LEDUC)
    registered = "LeducPoker-v1"
    policies = known_players(LEDUC)


class KuhnPoker(PokerTable):
    """Kuhn poker, the smallest that has bluffs: a `PokerTable`.

    Starting state:
        Both have put in 1 chip and hold one card of three: J, Q, K. Position 0 opens.

    Bets:
        1 chip; at most one.

    Unit:
        Milli-antes: a chip is 1000.

    Policies:
        random, always-call, always-raise, equilibrium.

    Source:
        Kuhn, A Simplified Two-Person Poker, 1950.

    Version:
        v1.
    """

    game = LimitPoker(KUHN)
    registered = "KuhnPoker-v1"
    policies = known_players(KUHN)


@functools.cache
def _tools(action: bool, types: tuple[str, ...]) -> Mapping[str, Tool]:
    """Return the three moves, taking what may be stated with them."""
    stated: dict[str, Any] = {}
    if action:
        stated["opponent_next"] = probabilities_of(
            "opponent_next",
            ACTIONS,
            "Your probability of each action by which the opponent answers this move.",
        )
    if types:
        stated["opponent_type"] = probabilities_of(
            "opponent_type", types, "Your probability of each player it may be."
        )
    moves = tools_of(PokerTable)
    return {name: moves[name].taking(stated, **stated) for name in ACTIONS}
