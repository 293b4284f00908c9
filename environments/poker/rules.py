"""Limit poker for two over value states: Hold'em, Leduc and Kuhn by one core.

`betting.py` has the rules of betting; here are the cards, and what they win.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from math import perm
from typing import TYPE_CHECKING, NamedTuple

from .betting import LETTERS, Public, Shape, after, step
from .cards import draw, named
from .evaluator import strength
from .story import story

if TYPE_CHECKING:
    import numpy as np

__all__ = ["LimitPoker", "State"]

TO_MOVE = ((0,), (1,), ())  # by mover; −1 is the last


class State(NamedTuple):
    """A hand: all its cards, drawn at the start, and the public state so far."""

    cards: tuple[int, ...]
    """The hole of 0, the hole of 1 (each ascending), then the whole board."""
    public: Public

    @property
    def betting(self) -> str:
        """The betting string."""
        return self.public.betting

    @property
    def round(self) -> int:
        """The round of betting, 0 for the first."""
        return self.public.round

    @property
    def mover(self) -> int:
        """The position to act, −1 once the hand is over."""
        return self.public.mover

    @property
    def put(self) -> tuple[int, int]:
        """Chips in the pot by position."""
        return self.public.put


class LimitPoker:
    """One hand of limit poker for two; a `Game`."""

    players = 2

    def __init__(self, shape: Shape):
        self.shape = shape
        self._deck = shape.deck
        self._numbers = range(len(self._deck))
        self._drawn = 2 * shape.hole + sum(shape.board)
        self._open = [sum(shape.board[: n + 1]) for n in range(len(shape.board))]
        self._start = after(shape, "")
        self._steps: dict[tuple[str, str], Public] = {}
        self._stories: dict[tuple[str, int], str] = {}

    def new(self, rng: np.random.Generator) -> State:
        """Draw all cards of a hand."""
        return self.dealt(draw(rng, self._numbers, self._drawn))

    def dealt(self, cards: Sequence[int]) -> State:
        """Return a hand with these cards: two holes, then the board."""
        hole = self.shape.hole
        if hole == 1:
            return State(tuple(cards), self._start)
        own, other = sorted(cards[:hole]), sorted(cards[hole : 2 * hole])
        return State((*own, *other, *cards[2 * hole :]), self._start)

    def deals(self) -> Iterator[tuple[float, State]]:
        """Yield every deal with its probability; for small decks."""
        chance = 1 / perm(len(self._deck), self._drawn)
        for cards in permutations(self._numbers, self._drawn):
            yield chance, State(cards, self._start)

    def to_move(self, state: State) -> tuple[int, ...]:
        """Return the position to act."""
        return TO_MOVE[state.public.mover]

    def legal(self, state: State, player: int) -> tuple[str, ...]:
        """Return the legal actions; fold only where there is a bet to call."""
        public = state.public
        return public.legal if public.mover == player else ()

    def apply(self, state: State, moves: Mapping[int, str]) -> State:
        """Return the hand after the mover's action.

        Raises:
            ValueError: For an action that is not legal, or not of the mover alone.
        """
        public = state.public
        move = moves.get(public.mover)
        if move not in public.legal or len(moves) != 1:
            raise ValueError(self._refusal(public, moves))
        key = (public.betting, move)
        following = self._steps.get(key)
        if following is None:
            following = step(self.shape, public, LETTERS[move])
            self._steps[key] = following
        return State(state.cards, following)

    def _refusal(self, public: Public, moves: Mapping[int, str]) -> str:
        if public.mover < 0:
            return "the hand is over"
        legal = ", ".join(public.legal)
        return f"{dict(moves)} came, where {public.mover} may move: {legal}"

    def hole(self, state: State, player: int) -> tuple[int, ...]:
        """Return a position's own cards, ascending."""
        size = self.shape.hole
        return state.cards[player * size : (player + 1) * size]

    def board(self, state: State) -> tuple[int, ...]:
        """Return the cards that lie open, in the order they came."""
        start = 2 * self.shape.hole
        return state.cards[start : start + self._open[state.public.round]]

    def shown(self, state: State) -> bool:
        """Return whether both holes lie open; a folded hand stays hidden."""
        return state.public.shown

    def strength(self, hole: Sequence[int], board: Sequence[int]) -> int:
        """Return how good a hand is; the higher wins, equal ones share.

        Hold'em takes 5, 6 or 7 cards in all, and compares among equal numbers.
        """
        if self.shape.hole == 2:
            return strength((*hole, *board))
        suits, ranks = len(self.shape.suits), len(self.shape.ranks)
        rank = hole[0] // suits
        paired = bool(board) and board[0] // suits == rank
        return rank + ranks if paired else rank

    def payoffs(self, state: State) -> tuple[float, float]:
        """Return the chips that each position wins, negative where it loses."""
        public = state.public
        if public.mover >= 0:
            raise ValueError("the hand is not over")
        loser = public.folded
        if loser < 0:
            board = state.cards[2 * self.shape.hole :]
            first = self.strength(self.hole(state, 0), board)
            second = self.strength(self.hole(state, 1), board)
            if first == second:
                return (0.0, 0.0)
            loser = 0 if first < second else 1
        chips = float(public.put[loser])
        return (-chips, chips) if loser == 0 else (chips, -chips)

    def alike(self, state: State, player: int, rng: np.random.Generator) -> State:
        """Redraw all cards that a position cannot see."""
        if state.public.shown:
            return state
        size = self.shape.hole
        own, board = self.hole(state, player), self.board(state)
        left = [card for card in self._numbers if card not in own + board]
        fresh = draw(rng, left, self._drawn - len(own) - len(board))
        other = tuple(sorted(fresh[:size]))
        holes = own + other if player == 0 else other + own
        return State((*holes, *board, *fresh[size:]), state.public)

    def view(self, state: State, player: int) -> dict[str, object]:
        """Return what a position sees, as JSON types; cards in order of the state."""
        public, names = state.public, self._deck
        other = named(self.hole(state, 1 - player), names) if public.shown else None
        return {
            "position": player,
            "cards": named(self.hole(state, player), names),
            "shown": other,
            "board": named(self.board(state), names),
            "betting": public.betting,
            "put": list(public.put),
            "pot": sum(public.put),
            "to_call": public.to_call if public.mover >= 0 else 0,
            "legal": list(self.legal(state, player)),
        }

    def text(self, state: State, player: int) -> str:
        """Return what a position sees, in a few short lines."""
        names = self._deck
        cards = " ".join([names[card] for card in self.hole(state, player)[::-1]])
        board = " ".join([names[card] for card in self.board(state)])
        open_cards = f" Board: {board}." if board else ""
        key = (state.public.betting, player)
        told = self._stories.get(key)
        if told is None:
            told = self._stories[key] = story(self.shape, self._trail(state), player)
        position = self.shape.positions[player]
        lines = f"You are {position}. Your cards: {cards}.{open_cards}\n{told}"
        if state.public.mover >= 0:
            return lines
        return f"{lines}\n{self._result(state, player)}"

    def _trail(self, state: State) -> list[Public]:
        """Return the public states that a hand went through."""
        betting = state.betting
        # An end before a "/" is the state after it.
        ends = [n for n, letter in enumerate(betting + " ") if letter != "/"]
        return [after(self.shape, betting[:n]) for n in ends]

    def _result(self, state: State, player: int) -> str:
        chips = self.payoffs(state)[player]
        won = f"You win {chips:g}" if chips > 0 else f"You lose {-chips:g}"
        if chips == 0:
            won = "The pot is shared"
        if not state.public.shown:
            return f"{won}; no cards are shown."
        other = self.hole(state, 1 - player)[::-1]
        shown = " ".join([self._deck[card] for card in other])
        return f"Showdown: the opponent has {shown}. {won}."
