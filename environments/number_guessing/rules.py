"""The rules of number guessing over value states: nearest to 0.8 of the mean wins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = [
    "FACTOR",
    "HIGHEST",
    "Round",
    "best_numbers",
    "distance",
    "play",
    "winners",
]

FACTOR = 0.8
"""Of the mean; EgoSocialArena (arXiv 2410.06195), "guess 0.8 of the average"."""
HIGHEST = 100


class Round(NamedTuple):
    """One round once it is revealed."""

    numbers: tuple[int, ...]
    """In order of seats."""
    target: float
    winners: tuple[int, ...]
    """Indexes of the seats nearest to the target."""


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
    return tuple(index for index, gap in enumerate(gaps) if gap == min(gaps))


def distance(own: int, others: Sequence[int]) -> float:
    """Return how far `own` is from the target that it makes with the others."""
    return abs(own - target((own, *others)))


def best_numbers(others: Sequence[int]) -> list[int]:
    """Return the numbers nearest to the target that they make with the others."""
    gaps = [distance(own, others) for own in range(HIGHEST + 1)]
    return [own for own, gap in enumerate(gaps) if gap <= min(gaps) + 1e-9]
