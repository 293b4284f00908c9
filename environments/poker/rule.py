"""What RLCard's `limit-holdem-rule-v1` prefers, for play under ACPC rules.

RLCard 1.2.0 (MIT licence, Copyright (c) 2019 DATA Lab at Texas A&M University),
rlcard/models/limitholdem_rule_models.py. This is a form of its own with the same
preferences, oddities included, and one difference: it checks where it would fold and
checking is free, which RLCard's own does not.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from .abstraction import Abstraction, Cards, holes
from .betting import HOLDEM
from .betting_tree import betting_tree

__all__ = ["PREFERENCES", "preferences", "rule_table"]

GIVE_UP, GO_ON, RAISE = range(3)
SUITS = 4
FIVE, TEN, ACE = 3, 8, 12
Ints = NDArray[np.int64]


def preferences(pairs: Ints, boards: Ints) -> NDArray[np.int16]:
    """Return what the rule prefers with each of n hands, (n,) int16.

    0: check, or fold to a bet. 1: call a bet, or bet where there is none (RLCard turns
    a call that is not legal into a raise). 2: raise, or call where it may not.

    Before the flop it raises with pairs, with two cards from ten to king, with an ace
    and another such card or of one suit, and gives up all else. Later, with a pair in
    hand it raises if a third lies on the board, with an ace and a ten to king if the
    board has a card from ten to ace, with another ace of one suit if the board has that
    suit; else it gives these hands up. All others it gives up if no card of the board
    is above a five, and else goes on with them.

    Args:
        pairs: (n, 2) Cards.
        boards: (n, k) Cards that lie open; (1, k) for one board.
    """
    ranks, suits = pairs // SUITS, pairs % SUITS
    paired = ranks[:, 0] == ranks[:, 1]
    suited = suits[:, 0] == suits[:, 1]
    has_ace = (ranks == ACE).any(axis=1) & ~paired
    in_tens = (ranks >= TEN) & (ranks < ACE)
    broadway = has_ace & in_tens.any(axis=1)
    if boards.shape[1] == 0:
        raises = paired | broadway | (has_ace & suited) | in_tens.all(axis=1)
        return np.where(raises, RAISE, GIVE_UP).astype(np.int16)
    open_ranks, open_suits = boards // SUITS, boards % SUITS
    tripled = paired & (open_ranks == ranks[:, :1]).any(axis=1)
    high_board = (open_ranks >= TEN).any(axis=1)
    suit_there = suited & (open_suits == suits[:, :1]).any(axis=1)
    aces = np.where(broadway, high_board, suit_there) & has_ace
    other = ~paired & ~has_ace & (open_ranks > FIVE).any(axis=1)
    chosen = np.where(tripled | aces, RAISE, np.where(other, GO_ON, GIVE_UP))
    return chosen.astype(np.int16)


def rule_table() -> NDArray[np.float64]:
    """Return the probabilities by public decision and preference, (3 × 6378, 3)."""
    faces_bet, _, may_raise = betting_tree(HOLDEM).legal.T
    raised = np.column_stack([~faces_bet & False, ~may_raise, may_raise])
    gone_on = np.column_stack([~faces_bet & False, faces_bet, ~faces_bet])
    given_up = np.column_stack([faces_bet, ~faces_bet, ~faces_bet & False])
    by_preference = np.stack([given_up, gone_on, raised], axis=1)
    return by_preference.reshape(-1, 3).astype(np.float64)


def _preference(hole: Cards, board: Cards) -> int:
    return int(preferences(np.array([hole]), _one_board(board))[0])


@functools.lru_cache(maxsize=4096)
def _all_preferences(board: Cards) -> NDArray[np.int16]:
    pairs = np.array(holes(HOLDEM))
    found = preferences(pairs, _one_board(board))
    found[np.isin(pairs, board).any(axis=1)] = -1
    return found


def _one_board(board: Cards) -> Ints:
    return np.array(board, dtype=np.int64).reshape(1, -1)


PREFERENCES = Abstraction((3, 3, 3, 3), _preference, _all_preferences)
"""The preferences as buckets: all that this player knows of its cards."""
