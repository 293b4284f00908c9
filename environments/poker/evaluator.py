"""How good a poker hand of five, six or seven cards is: exact, without dependencies.

A strength is the number of classes of five-card hands that lose to the best five: 0 is
seven high, 7,461 a royal flush, so hands of different numbers of cards compare too.

Ranks and suits of all cards are one sum. A rank counts as a power of five, so a sum of
up to four of each rank says which they are; each suit has a counter above them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from itertools import combinations, combinations_with_replacement
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
    by_ranks = _by_ranks(size)
    keys = np.array(sorted(by_ranks))
    values = np.array([by_ranks[key] for key in keys.tolist()])
    return _Arrays(np.array(CODES), keys, values, np.array(_by_suited_ranks()))


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
    if size not in SIZES:
        raise ValueError(f"a hand of {size} cards has no strength; give 5, 6 or 7")
    order = _order()
    return {
        sum([5**rank for rank in ranks]): order[_best(ranks)]
        for ranks in _rank_choices(size)
    }


@cache
def _by_suited_ranks() -> list[int]:
    """Return the strength of five or more cards of one suit, by the bits of ranks."""
    order = _order()
    table = [0] * (1 << RANKS)
    for size in SIZES:
        for ranks in combinations(range(RANKS), size):
            table[sum([1 << rank for rank in ranks])] = order[_best_suited(ranks)]
    return table


@cache
def _order() -> dict[tuple[int, ...], int]:
    """Return the place of each class of five-card hands among all 7,462."""
    classes = {_best(ranks) for ranks in _rank_choices(5)}
    classes |= {_best_suited(ranks) for ranks in combinations(range(RANKS), 5)}
    return {each: place for place, each in enumerate(sorted(classes))}


def _rank_choices(size: int) -> list[tuple[int, ...]]:
    """Return all choices of ranks that a deck allows, each ascending."""
    return [
        ranks
        for ranks in combinations_with_replacement(range(RANKS), size)
        if all(a != b for a, b in zip(ranks, ranks[4:], strict=False))
    ]


def _best(ranks: Sequence[int]) -> tuple[int, ...]:
    """Return category and deciding ranks of the best five, no flush among them.

    The greater tuple wins.
    """
    counts = [ranks.count(rank) for rank in range(RANKS)]
    # Most frequent first, then highest.
    held = sorted(set(ranks), key=lambda rank: (-counts[rank], -rank))
    most = counts[held[0]]
    high = sorted(held, reverse=True)
    if most == 4:
        return QUADS, held[0], *_without(high, held[:1], 1)
    second = counts[held[1]]
    if most == 3 and second >= 2:
        return FULL, held[0], max(r for r in held[1:] if counts[r] >= 2)
    top = _straight(high)
    if top >= 0:
        return STRAIGHT, top
    if most == 3:
        return TRIPS, held[0], *_without(high, held[:1], 2)
    if most == 2 and second == 2:
        return TWO_PAIR, *held[:2], *_without(high, held[:2], 1)
    if most == 2:
        return PAIR, held[0], *_without(high, held[:1], 3)
    return HIGH, *high[:5]


def _best_suited(ranks: Sequence[int]) -> tuple[int, ...]:
    high = sorted(ranks, reverse=True)
    top = _straight(high)
    return (STRAIGHT_FLUSH, top) if top >= 0 else (FLUSH, *high[:5])


def _straight(high: Sequence[int]) -> int:
    """Return the top rank of the best straight, −1 for none; an ace is also low."""
    held = {*high, -1} if high[0] == RANKS - 1 else set(high)
    tops = [top for top in high if held.issuperset(range(top - 4, top + 1))]
    return tops[0] if tops else -1


def _without(high: Sequence[int], gone: Sequence[int], count: int) -> list[int]:
    return [rank for rank in high if rank not in gone][:count]
