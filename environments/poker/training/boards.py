"""Buckets of every hand on every board of Hold'em, once for each board up to suits.

There are 1,755 flops, 16,432 boards of four cards and 134,459 of five that differ in
more than the names of their suits. A table of all 1,326 hands on each of them is exact,
is made in seconds, and turns a deal into a few look-ups.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..abstraction import DRAWS, hole_classes, straight_outs

__all__ = [
    "BoardTables",
    "board_tables",
    "hole_number",
    "preflop_strengths",
    "strength",
    "suit_order",
]

Ints = NDArray[np.int64]


class BoardTables(NamedTuple):
    """All hands on all boards of one size, up to the names of suits."""

    keys: Ints
    """(boards,) Ascending, see `suit_order`."""
    counts: Ints
    """(boards,) How many boards each stands for."""
    points: NDArray[np.int16]
    """(boards, 1326) Two for each opposing hand that is beaten, one for each that is
    tied; −1 where the hand clashes with the board."""
    buckets: NDArray[np.int8]
    """(boards, 1326) See `abstraction.bucket`; −1 where they clash."""


def board_tables(size: int) -> BoardTables:
    """Make the tables for boards of 3, 4 or 5 cards: 5 takes ten seconds and 0.5 GB."""
    keys, counts = np.unique(_all_keys(size), return_counts=True)
    points = np.full((len(keys), 1326), -1, dtype=np.int16)
    buckets = np.full((len(keys), 1326), -1, dtype=np.int8)
    _fill(size, keys, straight_outs(), points, buckets)
    return BoardTables(keys, counts, points, buckets)


def preflop_strengths() -> NDArray[np.float64]:
    """Return each class's exact chance to win before the flop, ties counted half.

    (169,) in order of `abstraction.hole_classes`, against a random hand.
    """
    river = board_tables(5)
    held = np.where(river.points < 0, 0, river.points).astype(np.int64)
    # Suits are renamed board by board, so only the sum over a class has a meaning.
    points = np.bincount(hole_classes(), river.counts @ held, minlength=169)
    combinations = np.bincount(hole_classes(), minlength=169)
    opponents, boards = 990, 2_118_760  # two of 45 cards; five of 50
    return points / (2.0 * opponents * boards * combinations)


@njit(nogil=True)
def hole_number(low: int, high: int) -> int:
    """Return the place of two cards among all 1,326 holes in order."""
    return low * (103 - low) // 2 + high - low - 1


@njit(nogil=True)
def suit_order(masks: Ints, order: Ints) -> int:
    """Return the key of a board up to suits; fill `order` with the new suits.

    Args:
        masks: (4,) Ranks on the board, one mask for each suit.
        order: (4,) The place of each suit when masks are sorted, highest first.
    """
    for suit in range(4):
        place = 0
        for other in range(4):
            first = masks[other] == masks[suit] and other < suit
            place += masks[other] > masks[suit] or first
        order[suit] = place
    key = 0
    for suit in range(4):
        key |= masks[suit] << (13 * (3 - order[suit]))
    return key


@njit(nogil=True)
def _all_keys(size: int) -> Ints:
    """Return the keys of all boards of a size, one for each board."""
    total = 1
    for taken in range(size):
        total = total * (52 - taken) // (taken + 1)
    keys = np.empty(total, dtype=np.int64)
    cards = np.arange(size)
    masks, order = np.zeros(4, dtype=np.int64), np.zeros(4, dtype=np.int64)
    for number in range(total):
        masks[:] = 0
        for card in cards:
            masks[card & 3] |= 1 << (card >> 2)
        keys[number] = suit_order(masks, order)
        place = size - 1
        while place > 0 and cards[place] == 52 - size + place:
            place -= 1
        cards[place] += 1
        for later in range(place + 1, size):
            cards[later] = cards[later - 1] + 1
    return keys


@njit(nogil=True)
def _fill(
    size: int,
    keys: Ints,
    outs: NDArray[np.int16],
    points: NDArray[np.int16],
    buckets: NDArray[np.int8],
) -> None:
    masks = np.zeros(4, dtype=np.int64)
    opponents = (50 - size) * (49 - size) // 2
    for number in range(len(keys)):
        for suit in range(4):
            masks[suit] = (keys[number] >> (13 * (3 - suit))) & 0x1FFF
        _points_on(masks, points[number])
        for low in range(51):
            for high in range(low + 1, 52):
                hole = hole_number(low, high)
                won = points[number, hole]
                if won < 0:
                    continue
                if size == 5:
                    buckets[number, hole] = min(19, won * 10 // opponents)
                    continue
                decile = min(9, won * 5 // opponents)
                draw = _draw(masks, low, high, outs)
                buckets[number, hole] = decile * DRAWS + draw


@njit(nogil=True)
def _points_on(masks: Ints, points: NDArray[np.int16]) -> None:
    """Fill in the points of every hand, by sorting and correcting for its own cards."""
    values = np.empty(1326, dtype=np.int64)
    holes = np.empty(1326, dtype=np.int64)
    first, second = np.empty(1326, dtype=np.int64), np.empty(1326, dtype=np.int64)
    found = 0
    for low in range(51):
        if masks[low & 3] >> (low >> 2) & 1:
            continue
        masks[low & 3] |= 1 << (low >> 2)
        for high in range(low + 1, 52):
            if masks[high & 3] >> (high >> 2) & 1:
                continue
            masks[high & 3] |= 1 << (high >> 2)
            values[found] = strength(masks[0], masks[1], masks[2], masks[3])
            masks[high & 3] ^= 1 << (high >> 2)
            holes[found] = hole_number(low, high)
            first[found], second[found] = low, high
            found += 1
        masks[low & 3] ^= 1 << (low >> 2)
    order = np.argsort(values[:found])
    beaten = 0  # hands below, and below with a given card
    beaten_with = np.zeros(52, dtype=np.int64)
    start = 0
    while start < found:
        end = start
        tied_with = np.zeros(52, dtype=np.int64)
        while end < found and values[order[end]] == values[order[start]]:
            tied_with[first[order[end]]] += 1
            tied_with[second[order[end]]] += 1
            end += 1
        for place in order[start:end]:
            low, high = first[place], second[place]
            below = beaten - beaten_with[low] - beaten_with[high]
            # The hand itself is in all three numbers of ties.
            tied = end - start - tied_with[low] - tied_with[high] + 1
            points[holes[place]] = 2 * below + tied
        beaten += end - start
        beaten_with += tied_with
        start = end


@njit(nogil=True)
def _draw(masks: Ints, low: int, high: int, outs: NDArray[np.int16]) -> int:
    """Return the class of draws of a hand: see `abstraction.bucket`."""
    board = masks[0] | masks[1] | masks[2] | masks[3]
    for suit in range(4):
        held = (low & 3 == suit) + (high & 3 == suit)
        if held > 0 and held + _bits(masks[suit]) == 4:
            return 2
    ranks = board | (1 << (low >> 2)) | (1 << (high >> 2))
    return min(2, _bits(int(outs[ranks]) & ~int(outs[board])))


@njit(nogil=True)
def strength(clubs: int, diamonds: int, hearts: int, spades: int) -> int:
    """Return the value of the best five cards: higher wins, equal ones tie.

    The cards are masks of ranks, one for each suit: five, six or seven bits in all. The
    value is the category (8 for a straight flush) and two masks of the ranks that
    decide within it.
    """
    for suit in (clubs, diamonds, hearts, spades):
        if _bits(suit) >= 5:
            top = _straight(suit)
            return (8 << 26) | top if top else (5 << 26) | _highest(suit, 5)
    ranks = clubs | diamonds | hearts | spades
    black, red = clubs | spades, diamonds | hearts
    blacks, reds = clubs & spades, diamonds & hearts
    several = blacks | reds | (black & red)
    top = _straight(ranks)
    if several == 0:
        return (4 << 26) | top if top else _highest(ranks, 5)
    four = blacks & reds
    if four:
        return (7 << 26) | (four << 13) | _highest(ranks ^ four, 1)
    three = _highest((blacks & red) | (reds & black), 1)
    if three and several != three:
        return (6 << 26) | (three << 13) | _highest(several ^ three, 1)
    if top:
        return (4 << 26) | top
    if three:
        return (3 << 26) | (three << 13) | _highest(ranks ^ three, 2)
    pairs = _highest(several, 2)
    if pairs & (pairs - 1):
        return (2 << 26) | (pairs << 13) | _highest(ranks ^ pairs, 1)
    return (1 << 26) | (several << 13) | _highest(ranks ^ several, 3)


@njit(nogil=True)
def _bits(mask: int) -> int:
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


@njit(nogil=True)
def _highest(mask: int, count: int) -> int:
    """Return the highest bits of a mask, at most `count` of them."""
    spare = _bits(mask) - count
    while spare > 0:
        mask &= mask - 1
        spare -= 1
    return mask


@njit(nogil=True)
def _straight(ranks: int) -> int:
    """Return the top of the highest straight as one bit, 0 without one."""
    low_ace = (ranks << 1) | (ranks >> 12)
    runs = low_ace & (low_ace >> 1) & (low_ace >> 2) & (low_ace >> 3) & (low_ace >> 4)
    return _highest(runs, 1)
