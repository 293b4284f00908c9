"""The rules of number guessing over value states: nearest to 0.8 of the mean wins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from arena.game import Game

__all__ = [
    "FACTOR",
    "HIGHEST",
    "Framing",
    "Guessing",
    "Payoff",
    "Played",
    "Round",
    "best_numbers",
    "distance",
    "play",
    "winners",
]

FACTOR = 0.8
"""Of the mean; EgoSocialArena (arXiv 2410.06195), "guess 0.8 of the average"."""
HIGHEST = 100

Framing = Literal["social", "series"]
"""Whether it is told as a game of players, or as a number series without a mind."""
Payoff = Literal["nearest", "distance"]
"""Whether a round pays whoever is nearest to the target, or costs each the distance."""


class Round(NamedTuple):
    """One round once it is revealed."""

    numbers: tuple[int, ...]
    """In order of seats."""
    target: float
    winners: tuple[int, ...]
    """Indexes of the seats nearest to the target."""


Played = tuple[Round, ...]
"""The state: all that was revealed. What is chosen in a round is a move of it."""


class Guessing(Game[Played, int]):
    """Rounds in which all choose a number at once.

    Args:
        seats: Names of the players, in order.
        rounds: How many there are.
        payoff: "nearest": 1 for a round, shared by all who are nearest to the target;
            "distance": how far a number is from the target, as a loss.
        framing: How `text` tells it.
    """

    def __init__(
        self, seats: Sequence[str], rounds: int, payoff: Payoff, framing: Framing
    ) -> None:
        self.seats = tuple(seats)
        self.players = len(self.seats)
        self.rounds = rounds
        self.payoff: Payoff = payoff
        self.framing: Framing = framing
        self._all = tuple(range(self.players))

    def new(self, rng: np.random.Generator) -> Played:
        """Return the state before round 1; nothing is drawn."""
        return ()

    def to_move(self, state: Played) -> tuple[int, ...]:
        """Return everybody, until the last round is revealed."""
        return self._all if len(state) < self.rounds else ()

    def legal(self, state: Played, player: int) -> Sequence[int]:
        """Return the whole numbers from 0 to 100."""
        return range(HIGHEST + 1) if len(state) < self.rounds else ()

    def apply(self, state: Played, moves: Mapping[int, int]) -> Played:
        """Reveal a round."""
        movers = self.to_move(state)
        numbers = [moves[player] for player in movers if player in moves]
        if not len(movers) == len(numbers) == len(moves) > 0:
            raise ValueError(f"now move {movers}, and not {tuple(moves)}")
        if not 0 <= min(numbers) <= max(numbers) <= HIGHEST:
            raise ValueError(f"a number is from 0 to {HIGHEST}, given {numbers}")
        return (*state, play(numbers))

    def text(self, state: Played, player: int) -> str:
        """Return the last revealed round, and which one is next."""
        if not state:
            return f"Round 1 of {self.rounds}."
        last, number = state[-1], len(state)
        pairs = zip(self.seats, last.numbers, strict=True)
        shown = ", ".join([f"{seat} {n}" for seat, n in pairs])
        told = f"Round {number}: {shown}; {FACTOR} of the mean is {last.target:.2f}."
        following = (
            f"Round {number + 1} of {self.rounds}."
            if number < self.rounds
            else "That was the last round."
        )
        return f"{told}{self._outcome(last, player)} {following}"

    def _outcome(self, last: Round, player: int) -> str:
        if self.payoff == "distance":
            gap = abs(last.numbers[player] - last.target)
            return f" Yours was {gap:.2f} from it."
        if self.framing == "series":
            return ""
        return f" Nearest: {', '.join([self.seats[i] for i in last.winners])}."

    def view(self, state: Played, player: int) -> dict[str, object]:
        """Return the revealed rounds by seat."""
        return {
            "seat": self.seats[player],
            "seats": list(self.seats),
            "rounds": self.rounds,
            "factor": FACTOR,
            "history": [dict(zip(self.seats, r.numbers, strict=True)) for r in state],
        }

    def payoffs(self, state: Played) -> Sequence[float]:
        """Return the sum over the rounds, by player."""
        rounds = [self.paid(revealed) for revealed in state]
        return [sum(paid) for paid in zip(*rounds, strict=True)]

    def paid(self, revealed: Round) -> Sequence[float]:
        """Return what one round pays, by player."""
        if self.payoff == "distance":
            return [-abs(number - revealed.target) for number in revealed.numbers]
        share = 1 / len(revealed.winners)
        return [share if i in revealed.winners else 0.0 for i in self._all]

    def alike(self, state: Played, player: int, rng: np.random.Generator) -> Played:
        """Return the state: all that is in one was revealed to everybody."""
        return state


def play(numbers: Sequence[int]) -> Round:
    """Return the round in which these numbers were chosen."""
    return Round(tuple(numbers), target(numbers), winners(numbers))


def target(numbers: Sequence[int]) -> float:
    """Return 0.8 of the mean of all numbers."""
    return FACTOR * sum(numbers) / len(numbers)


def winners(numbers: Sequence[int]) -> tuple[int, ...]:
    """Return the indexes of all numbers that are nearest to the target.

    Compared in whole numbers, so that a tie is a tie.
    """
    total, count = sum(numbers), len(numbers)
    gaps = [abs(5 * count * number - 4 * total) for number in numbers]
    least = min(gaps)
    return tuple([index for index, gap in enumerate(gaps) if gap == least])


def distance(own: int, others: Sequence[int]) -> float:
    """Return how far `own` is from the target that it makes with the others."""
    return abs(own - target((own, *others)))


def best_numbers(others: Sequence[int]) -> list[int]:
    """Return the numbers nearest to the target that they make with the others."""
    gaps = [distance(own, others) for own in range(HIGHEST + 1)]
    return [own for own, gap in enumerate(gaps) if gap <= min(gaps) + 1e-9]
