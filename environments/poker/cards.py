"""Cards as whole numbers, and fair draws of them.

A card is `len(suits) * rank + suit`, rank 0 the lowest; its name is both, "Ah".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import perm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["deck", "draw", "named", "parsed"]


def deck(ranks: str, suits: Sequence[str]) -> tuple[str, ...]:
    """Return the names of all cards, each at its number."""
    return tuple(rank + suit for rank in ranks for suit in suits)


def named(cards: Iterable[int], names: Sequence[str]) -> list[str]:
    """Return the names of cards of a deck."""
    return [names[card] for card in cards]


def parsed(cards: Iterable[str], names: Sequence[str]) -> tuple[int, ...]:
    """Return the numbers of named cards, in the order given.

    Raises:
        ValueError: If a name is none of the deck's.
    """
    wanted = list(cards)
    try:
        return tuple([names.index(card) for card in wanted])
    except ValueError:
        unknown = ", ".join([card for card in wanted if card not in names])
        raise ValueError(f"no cards of this deck: {unknown}") from None


def draw(rng: np.random.Generator, cards: Iterable[int], count: int) -> list[int]:
    """Draw `count` different cards in order, every order as likely as any other.

    One uniform whole number says which of all orders it is (a Lehmer code): a single
    call of numpy, and Fisher-Yates by its digits.
    """
    left = list(cards)
    size = len(left)
    code = int(rng.integers(perm(size, count)))
    for place in range(count):
        code, digit = divmod(code, size - place)
        digit += place
        left[place], left[digit] = left[digit], left[place]
    return left[:count]
