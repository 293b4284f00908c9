"""How good a poker hand of five, six or seven cards is: exact, without dependencies.

A strength is the number of classes of five-card hands that lose to the best five: 0 is
seven high, 7,461 a royal flush, so hands of different numbers of cards compare too.

Ranks and suits of all cards are one sum. A rank counts as a power of five, so a sum of
up to four of each rank says which they are; each suit has a counter above them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from itertools import chain, combinations, combinations_with_replacement
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["strength", "strengths", "strengths_with"]

SIZES = (5, 6, 7)
"""Numbers of cards that have a strength."""
RANKS, SUITS = 13, 4
RANK_BITS = 31  # seven cards are below 2³¹
RANK_SUM = (1 << RANK_BITS) - 1
# Counters of suits start at 3, so that the fifth card of one sets the fourth bit.
COUNTERS = sum(3 << (RANK_BITS + 4 * suit) for suit in range(SUITS))
FLUSHES = sum(8 << (RANK_BITS + 4 * suit) for suit in range(SUITS))
CODES = tuple(
    5 ** (card // SUITS) + (1 << (RANK_BITS + 4 * (card % SUITS)))
    for card in range(RANKS * SUITS)
)
HIGH, PAIR, TWO_PAIR, TRIPS, STRAIGHT, FLUSH, FULL, QUADS, STRAIGHT_FLUSH = range(9)
CATEGORIES: dict[tuple[int, ...], int] = {
    (1, 1, 1, 1, 1): HIGH,
    (2, 1, 1, 1): PAIR,
    (2, 2, 1): TWO_PAIR,
    (3, 1, 1): TRIPS,
    (3, 2): FULL,
    (4, 1): QUADS,
}
"""By how many cards there are of each rank."""


def strength(cards: Collection[int]) -> int:
    """Return how good the best five of these cards are.

    Args:
        cards: Five to seven different cards, as in `cards.py`.

    Raises:
        ValueError: For another number of cards.
    """
    by_ranks = _by_ranks(len(cards))
    total = sum(map(CODES.__getitem__, cards), COUNTERS)
    if total & FLUSHES:
        return _by_suited_ranks()[_suited(cards, total)]
    return by_ranks[total & RANK_SUM]


def strengths(hands: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the strength of many hands, each row of (n, k) cards; shape (n,).

    Raises:
        ValueError: If k is none of `SIZES`.
    """
    cards = np.asarray(hands, dtype=np.int64)
    table = _arrays(cards.shape[1])
    total = table.codes[cards].sum(axis=1) + COUNTERS
    found = table.values[np.searchsorted(table.keys, total & RANK_SUM)]
    rows = np.flatnonzero(total & FLUSHES)
    if len(rows):
        flags = total[rows, None] >> (RANK_BITS + 3 + 4 * np.arange(SUITS)) & 1
        of_suit = cards[rows] % SUITS == flags.argmax(axis=1)[:, None]
        bits = np.where(of_suit, 1 << cards[rows] // SUITS, 0).sum(axis=1)
        found[rows] = table.suited[bits]
    return found


def strengths_with(board: Collection[int]) -> npt.NDArray[np.int64]:
    """Return the strength of every pair of cards with a board, in 0.1 ms.

    (1326,), pairs in order (0, 1), (0, 2), …; where a pair clashes with the board the
    number has no meaning.

    Raises:
        ValueError: If the board has none of 3, 4 or 5 cards.
    """
    table, pairs = _arrays(len(board) + 2), _pairs()
    total = sum(map(CODES.__getitem__, board), COUNTERS)
    # Without a flush only two ranks matter, so 91 sums stand for all pairs.
    places = np.searchsorted(table.keys, (total & RANK_SUM) + pairs.rank_sums)
    found = table.values[np.minimum(places, len(table.keys) - 1)][pairs.kinds]
    for suit in range(SUITS):
        held = [card // SUITS for card in board if card % SUITS == suit]
        if len(held) >= 3:
            flush = pairs.suited[suit] + len(held) >= 5
            bits = pairs.suited_bits[suit] | sum([1 << rank for rank in held])
            found = np.where(flush, table.suited[bits], found)
    return found


def _suited(cards: Collection[int], total: int) -> int:
    """Return the ranks of the suit that has five cards, as bits."""
    flag = (total & FLUSHES) >> RANK_BITS
    suit = (flag.bit_length() - 4) // 4
    return sum([1 << card // SUITS for card in cards if card % SUITS == suit])


class _Arrays(NamedTuple):
    codes: npt.NDArray[np.int64]
    keys: npt.NDArray[np.int64]
    """Sums of ranks, ascending."""
    values: npt.NDArray[np.int64]
    suited: npt.NDArray[np.int64]


@cache
def _arrays(size: int) -> _Arrays:
    if size not in SIZES:
        raise ValueError(f"a hand of {size} cards has no strength; give 5, 6 or 7")
    choices = _rank_choices(size)
    sums = (5**choices).sum(axis=1)
    if size == 5:
        order = _order()
        values = np.array([order[_class(ranks)] for ranks in choices.tolist()])
    else:
        # The best five are also the best five without one of the other cards.
        fewer = _arrays(size - 1)
        left = sums[:, None] - 5**choices
        values = fewer.values[np.searchsorted(fewer.keys, left)].max(axis=1)
    ascending = sums.argsort()
    suited = np.array(_by_suited_ranks())
    return _Arrays(np.array(CODES), sums[ascending], values[ascending], suited)


class _Pairs(NamedTuple):
    rank_sums: npt.NDArray[np.int64]
    """(91,) Of two ranks, ascending."""
    kinds: npt.NDArray[np.int64]
    """(1326,) The place of a pair's sum of ranks among these."""
    suited: npt.NDArray[np.int64]
    """(4, 1326) How many of its cards are of a suit."""
    suited_bits: npt.NDArray[np.int64]
    """(4, 1326) The ranks of those, as bits."""


@cache
def _pairs() -> _Pairs:
    cards = np.array(list(combinations(range(RANKS * SUITS), 2)))
    rank_sums, kinds = np.unique(
        (5 ** (cards // SUITS)).sum(axis=1), return_inverse=True
    )
    of_suit = cards % SUITS == np.arange(SUITS)[:, None, None]
    bits = np.where(of_suit, 1 << cards // SUITS, 0)
    return _Pairs(rank_sums, kinds, of_suit.sum(axis=2), bits.sum(axis=2))


@cache
def _by_ranks(size: int) -> dict[int, int]:
    """Return the strength of hands without a flush, by the sum of their ranks."""
    table = _arrays(size)
    return dict(zip(table.keys.tolist(), table.values.tolist(), strict=True))


@cache
def _by_suited_ranks() -> list[int]:
    """Return the strength of five or more cards of one suit, by the bits of ranks."""
    order = _order()
    table = [0] * (1 << RANKS)
    for size in SIZES:
        for ranks in combinations(range(RANKS), size):
            bits = [1 << rank for rank in ranks]
            held = sum(bits)
            if size == 5:
                table[held] = order[_class(ranks, suited=True)]
            else:
                table[held] = max([table[held - bit] for bit in bits])
    return table


@cache
def _order() -> dict[tuple[int, ...], int]:
    """Return the place of each class of five-card hands among all 7,462."""
    classes = {_class(ranks) for ranks in _rank_choices(5).tolist()}
    for ranks in combinations(range(RANKS), 5):
        classes.add(_class(ranks, suited=True))
    return {each: place for place, each in enumerate(sorted(classes))}


def _rank_choices(size: int) -> npt.NDArray[np.int64]:
    """Return all choices of ranks that a deck allows; rows, each ascending."""
    choices = chain.from_iterable(combinations_with_replacement(range(RANKS), size))
    ranks = np.fromiter(choices, np.int64).reshape(-1, size)
    return ranks[(ranks[:, SUITS:] != ranks[:, :-SUITS]).all(axis=1)]


def _class(ranks: Sequence[int], *, suited: bool = False) -> tuple[int, ...]:
    """Return category and deciding ranks of five cards; the greater tuple wins.

    Args:
        ranks: Ascending.
        suited: Whether all five are of one suit.
    """
    # Most frequent first, then highest.
    held = sorted(set(ranks), key=lambda rank: (-ranks.count(rank), -rank))
    category = CATEGORIES[tuple(map(ranks.count, held))]
    low_ace = held == [12, 3, 2, 1, 0]
    if low_ace or (category == HIGH and held[0] - held[4] == 4):
        top = held[1] if low_ace else held[0]
        return (STRAIGHT_FLUSH if suited else STRAIGHT), top
    return (FLUSH if suited else category), *held
