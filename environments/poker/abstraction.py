"""Buckets: what a tabular policy knows of its cards.

Hold'em: before the flop 169 classes; on flop and turn exact hand strength in tenths, by
kind of draw; on the river hand strength in twentieths. Leduc and Kuhn: everything.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .betting import HOLDEM, Shape
from .evaluator import strengths_with

__all__ = [
    "DRAWS",
    "Abstraction",
    "abstraction",
    "bucket",
    "buckets",
    "hole_classes",
    "holes",
    "seen",
    "straight_outs",
]

DRAWS = 3
"""Kinds of draw: none, a gutshot, a flush draw or two ways to a straight."""
DECK, SUITS, RANKS = 52, 4, 13
Cards = tuple[int, ...]
Ints = NDArray[np.int64]


class Abstraction(NamedTuple):
    """How a shape's cards are put into buckets."""

    counts: tuple[int, ...]
    """How many buckets there are in each round."""
    bucket: Callable[[Cards, Cards], int]
    """The bucket of a hole on a board."""
    buckets: Callable[[Cards], NDArray[np.int16]]
    """The bucket of each of `holes` on a board; −1 where they clash."""


@functools.cache
def abstraction(shape: Shape) -> Abstraction:
    """Return the buckets of a shape; in Leduc and Kuhn all cards that are seen."""
    if shape == HOLDEM:
        return Abstraction((169, 30, 30, 20), bucket, buckets)

    def all_seen(board: Cards) -> NDArray[np.int16]:
        clash = [hole[0] in board for hole in holes(shape)]
        numbers = [seen(shape, hole, board) for hole in holes(shape)]
        return np.where(clash, -1, numbers).astype(np.int16)

    cards = [shape.hole + sum(shape.board[: n + 1]) for n in range(len(shape.board))]
    counts = tuple(len(shape.deck) ** n for n in cards)
    return Abstraction(counts, functools.partial(seen, shape), all_seen)


@functools.cache
def holes(shape: Shape) -> tuple[Cards, ...]:
    """Return all holes in order, (0, 1), (0, 2), …: 1,326, 6 or 3 of them."""
    return tuple(combinations(range(len(shape.deck)), shape.hole))


def seen(shape: Shape, hole: Sequence[int], board: Sequence[int]) -> int:
    """Return the number of what a player sees of the cards in a small game."""
    number = 0
    for card in (*hole, *board):
        number = number * len(shape.deck) + card
    return number


def bucket(hole: Cards, board: Cards) -> int:
    """Return the bucket of two cards of Hold'em on a board, both in any order.

    Without a board: see `hole_classes`. With one, strength is the chance to beat the
    hand of a random opponent on the board as it lies, ties counted half. On the river
    the bucket is strength in twentieths, 0 to 19. On flop and turn it is 3 × strength
    in tenths + draw, 0 to 29. The draw is 2 with four cards of one suit, at least one
    of them in the hole, or where two ranks or more would complete a straight that they
    would not complete for the board alone; 1 with one such rank; else 0.
    """
    low, high = sorted(hole)
    return int(buckets(board)[low * (2 * DECK - 1 - low) // 2 + high - low - 1])


def buckets(board: Cards) -> NDArray[np.int16]:
    """Return `bucket` of all `holes` of Hold'em, (1326,); −1 where they clash."""
    return _buckets(tuple(sorted(board)))


@functools.lru_cache(maxsize=4096)
def _buckets(board: Cards) -> NDArray[np.int16]:
    if not board:
        return hole_classes()
    pairs, low, high = _pairs()
    free = np.ones(DECK, dtype=np.bool_)
    free[list(board)] = False
    fits = free[low] & free[high]
    pairs = pairs[fits]
    classes = np.unique(strengths_with(board)[fits], return_inverse=True)[1]
    points, most = _points(classes, pairs, len(board))
    if len(board) == 5:
        found = np.minimum(points * 20 // most, 19)
    else:
        found = DRAWS * np.minimum(points * 10 // most, 9) + _draws(pairs, board)
    every = np.full(len(fits), -1, dtype=np.int16)
    every[fits] = found
    every.flags.writeable = False
    return every


@functools.cache
def _pairs() -> tuple[Ints, Ints, Ints]:
    """Return `holes` of Hold'em, (1326, 2), and its columns."""
    pairs = np.array(holes(HOLDEM))
    return pairs, pairs[:, 0].copy(), pairs[:, 1].copy()


def _points(classes: Ints, pairs: Ints, size: int) -> tuple[Ints, int]:
    """Return two for each opposing hand that a pair beats, one for a tie; and the most.

    Args:
        classes: (n,) Strength of each pair, as a place in their order.
        pairs: (n, 2) All pairs of cards that are not on the board.
        size: Of the board.
    """
    low, high = pairs.T
    several = int(classes.max()) + 1
    # How many hands are of this class or below it: in all, and with each card.
    in_all = np.bincount(classes).cumsum()
    held = (pairs * several + classes[:, None]).ravel()
    with_card = np.bincount(held, minlength=DECK * several)
    with_card = with_card.reshape(DECK, several).cumsum(axis=1)
    # The hand itself is in all three numbers, so it is taken away twice.
    reached = in_all[classes] - with_card[low, classes] - with_card[high, classes] + 1
    under = np.maximum(classes - 1, 0)
    beaten = in_all[under] - with_card[low, under] - with_card[high, under]
    beaten[classes == 0] = 0
    left = DECK - 2 - size
    return reached + beaten, left * (left - 1)


def _draws(pairs: Ints, board: Cards) -> Ints:
    """Return the kind of draw of each pair, see `bucket`."""
    suits = np.bincount(np.array(board) % SUITS, minlength=SUITS)
    first, second = (pairs % SUITS).T
    held = np.where(first == second, 2, 1)
    flush = (suits[first] + held == 4) | (suits[second] + held == 4)
    common = np.bitwise_or.reduce(1 << np.array(board) // SUITS)
    ranks = common | np.bitwise_or.reduce(1 << pairs // SUITS, axis=1)
    outs = straight_outs()[ranks] & ~straight_outs()[common]
    several = (outs & (outs - 1)) > 0
    return np.where(flush | several, 2, outs > 0).astype(np.int64)


@functools.cache
def hole_classes() -> NDArray[np.int16]:
    """Return the bucket before the flop of each of `holes`, (1326,).

    It is 13 × one rank + the other: the higher first for suited cards, the lower first
    for others. So the classes are the cells of a square, with pairs on its diagonal.
    """
    _, low, high = _pairs()
    suited = low % SUITS == high % SUITS
    low, high = low // SUITS, high // SUITS
    classes = np.where(suited, RANKS * high + low, RANKS * low + high).astype(np.int16)
    classes.flags.writeable = False
    return classes


@functools.cache
def straight_outs() -> NDArray[np.int16]:
    """Return, for every set of ranks, the ranks that would complete a straight.

    (8192,) Sets are masks of 13 bits, deuce lowest. Nothing completes a set that holds
    a straight already.
    """
    sets = np.arange(1 << RANKS, dtype=np.int16)
    outs = np.zeros(len(sets), dtype=np.int16)
    for rank in range(RANKS):
        bit = np.int16(1 << rank)
        outs[_straights(sets | bit) & ~_straights(sets)] |= bit
    return outs


def _straights(ranks: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Return whether five ranks in a row are among them; an ace is also low."""
    low_ace = (ranks << 1) | (ranks >> 12)
    runs = low_ace & (low_ace >> 1) & (low_ace >> 2) & (low_ace >> 3) & (low_ace >> 4)
    return runs > 0
