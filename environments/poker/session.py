"""A session: hands of one game between two seats that change places, and its record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .rules import LimitPoker, State

__all__ = ["Hand", "Move", "Probabilities", "Session"]

MOST_FORFEITS = 3
"""Hands that a seat may forfeit with no move of its own between."""

Probabilities = Mapping[str, float]


class Move(NamedTuple):
    """One move, where it was made, and what was stated with it."""

    seat: int
    state: State
    """Before the move."""
    action: str
    next_action: Probabilities | None
    """Stated: what the opponent does next in this hand."""
    opponent_type: Probabilities | None
    """Stated: which player the opponent is."""


class Hand(NamedTuple):
    """One hand that is over."""

    part: int
    """From 1."""
    state: State
    """At its end; of a forfeited hand, where it stood."""
    payoffs: tuple[float, float]
    """In chips, by seat."""
    forfeited: int | None
    """The seat that lost it without a move."""
    moves: tuple[Move, ...]


class Session:
    """Hands played one after the other; seats are 0 and 1.

    In hand 1 each seat is at the position of its number; from then on they change
    places with every hand.

    Attributes:
        part: The current hand, from 1; after the end, the last that was begun.
        state: Of the current hand.
        played: The hands that are over, in order.
        moves: Those of the current hand.
        over: Whether nothing more is played.
        ended_by: The seat whose forfeits ended the session early, or None.
    """

    def __init__(self, game: LimitPoker, deals: Sequence[State]) -> None:
        self.game = game
        self.part = 1
        self.state = deals[0]
        self.played: list[Hand] = []
        self.over = False
        self.ended_by: int | None = None
        self._deals = deals
        self.moves: list[Move] = []
        self._forfeits = [0, 0]

    @property
    def parts(self) -> int:
        """How many hands are dealt."""
        return len(self._deals)

    @property
    def mover(self) -> int:
        """The seat to act in the current hand."""
        return self.position(self.state.mover, self.part)

    def position(self, seat: int, part: int) -> int:
        """Return where a seat sits in a hand; it also leads from position to seat."""
        return (seat + part - 1) % 2

    def move(
        self,
        action: str,
        next_action: Probabilities | None = None,
        opponent_type: Probabilities | None = None,
    ) -> Hand | None:
        """Make a legal move of the seat to act; return the hand if that ended it."""
        seat, state = self.mover, self.state
        self.state = self.game.apply(state, {state.mover: action})
        self.moves.append(Move(seat, state, action, next_action, opponent_type))
        self._forfeits[seat] = 0
        if self.state.mover >= 0:
            return None
        by_position = self.game.payoffs(self.state)
        own = by_position[self.position(0, self.part)]
        return self._end(own, None)

    def forfeit(self, seat: int) -> list[Hand]:
        """Let a seat lose what it has put into the current hand.

        After three hands in a row it loses all the others too, with what they begin
        with: whoever is ahead must not keep that by playing no more.

        Returns:
            The hands that are over by it.
        """
        self._forfeits[seat] += 1
        if self._forfeits[seat] == MOST_FORFEITS:
            self.ended_by = seat
        lost = [self._end(self._lost(self.part, self.state, seat), seat)]
        if self.ended_by is not None:
            for part in range(self.part + 1, self.parts + 1):
                state = self._deals[part - 1]
                own = self._lost(part, state, seat)
                lost.append(Hand(part, state, (own, -own), seat, ()))
            self.played += lost[1:]
        return lost

    def _lost(self, part: int, state: State, seat: int) -> float:
        """Return what seat 0 wins of a hand that a seat forfeits."""
        lost = float(state.put[self.position(seat, part)])
        return -lost if seat == 0 else lost

    def _end(self, own: float, forfeited: int | None) -> Hand:
        """Close the current hand, in which seat 0 won `own`, and open the next."""
        hand = Hand(self.part, self.state, (own, -own), forfeited, tuple(self.moves))
        self.played.append(hand)
        self.moves = []
        self.over = self.part == self.parts or self.ended_by is not None
        if not self.over:
            self.part += 1
            self.state = self._deals[self.part - 1]
        return hand
