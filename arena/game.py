"""The contract of games: rules over value states, and nothing else.

Environments, views, replay, duplicate deals and exact scores all stand on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Game"]

State = TypeVar("State")
Move = TypeVar("Move")


class Game(Protocol[State, Move]):
    """The rules of a game for players 0, 1, …; in turns or all at once.

    A state is an immutable value. Chance is drawn by `new`, all of it at once, so that
    a state and the moves after it say everything that follows.

    Attributes:
        players: How many there are.
    """

    players: int

    def new(self, rng: np.random.Generator) -> State:
        """Return a first state, with all cards of the deal drawn."""
        ...

    def to_move(self, state: State) -> tuple[int, ...]:
        """Return who moves next: several at once, or nobody when the game is over."""
        ...

    def legal(self, state: State, player: int) -> Sequence[Move]:
        """Return the moves that a player may make now; none when others move."""
        ...

    def apply(self, state: State, moves: Mapping[int, Move]) -> State:
        """Return the state after one move of everybody who is to move.

        Raises:
            ValueError: For a move that is not legal, with those that are.
        """
        ...

    def text(self, state: State, player: int) -> str:
        """Return what a player may know, in words."""
        ...

    def view(self, state: State, player: int) -> dict[str, object]:
        """Return what a player may know, as JSON types."""
        ...

    def payoffs(self, state: State) -> Sequence[float]:
        """Return what each player gets; of a game that is over."""
        ...

    def alike(self, state: State, player: int, rng: np.random.Generator) -> State:
        """Return a state that is the same to a player, what it may not know redrawn."""
        ...
