"""External-sampling Monte-Carlo CFR over the buckets of a game.

Lanctot et al. (2009), "Monte Carlo sampling for regret minimization in extensive
games", with regrets cut off at zero (regret matching+, Tammelin 2014) and an average
strategy whose weights grow linearly.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ..betting_tree import ILLEGAL as _ILLEGAL
from ..betting_tree import BettingTree
from .boards import Ints

__all__ = ["average", "ends_of", "nodes_of", "nothing_learned", "train"]

Floats = NDArray[np.float64]
ILLEGAL = int(_ILLEGAL)
DEPTH = 16  # more decisions than a player can have in a hand


def nodes_of(tree: BettingTree, offsets: Ints) -> NDArray[np.int32]:
    """Return (nodes, 6) int32: three children, mover, round, row of the first bucket.

    See `BettingTree`. One array and not five: the recursion passes it on at every step.
    """
    columns = (*tree.children.T, tree.mover, tree.round, offsets)
    return np.column_stack(columns).astype(np.int32)


def ends_of(tree: BettingTree) -> Floats:
    """Return (ends, 2): what player 0 wins for certain, and by winning the showdown."""
    places = np.arange(len(tree.folded))
    lost = tree.put[places, np.maximum(tree.folded, 0)].astype(np.float64)
    shown = tree.folded < 0
    certain = np.where(shown, 0.0, np.where(tree.folded == 0, -lost, lost))
    return np.column_stack([certain, np.where(shown, lost, 0.0)])


def nothing_learned(rows: int) -> Floats:
    """Return (rows, 6) zeros: by action the regrets and the summed strategy."""
    return np.zeros((rows, 6))


@njit(nogil=True)
def train(
    rng: np.random.Generator,
    nodes: NDArray[np.int32],
    ends: Floats,
    learned: Floats,
    buckets: NDArray[np.int16],
    winner: NDArray[np.int8],
    done: int,
) -> None:
    """Play one iteration on each of n deals, for both players in turn.

    Args:
        rng: Draws the actions of opponents.
        nodes: See `nodes_of`.
        ends: See `ends_of`.
        learned: See `nothing_learned`; changed in place.
        buckets: (n, 2, rounds) What each player sees of its cards in each round.
        winner: (n,) Of a showdown: 1 for player 0, −1 for player 1, 0 for a tie.
        done: How many iterations there were before.
    """
    path = np.empty((DEPTH, 3), dtype=np.int64)
    chances, values = np.empty((DEPTH, 3)), np.empty((DEPTH, 3))
    for number in range(len(winner)):
        cards, sign, weight = buckets[number], winner[number], done + number + 1.0
        for player in range(2):
            _walk(
                *(rng, nodes, ends, learned, cards, sign, player, weight),
                *(path, chances, values),
            )


@njit(nogil=True)
def _walk(
    rng: np.random.Generator,
    nodes: NDArray[np.int32],
    ends: Floats,
    learned: Floats,
    buckets: NDArray[np.int16],
    winner: int,
    player: int,
    weight: float,
    path: Ints,
    chances: Floats,
    values: Floats,
) -> None:
    """Try all actions of `player`, against sampled actions of the other, and learn.

    Depth first without recursion, for speed. `path` holds the player's decisions on the
    way: node, row and the action that is being tried; `chances` its strategy there and
    `values` what the actions are worth, one row for each decision.
    """
    node, depth = 0, 0
    while True:
        while node >= 0:
            mover, round_ = int(nodes[node, 3]), int(nodes[node, 4])
            row = int(nodes[node, 5]) + int(buckets[mover, round_])
            _match(learned, row, nodes, node, chances[depth])
            if mover != player:
                action = _sample(rng, learned, row, weight, chances[depth])
                node = int(nodes[node, action])
            else:
                action = 0 if nodes[node, 0] > ILLEGAL else 1
                path[depth, 0], path[depth, 1], path[depth, 2] = node, row, action
                values[depth] = 0.0
                node = int(nodes[node, action])
                depth += 1
        value = ends[-1 - node, 0] + winner * ends[-1 - node, 1]
        value = value if player == 0 else -value
        while depth > 0:
            last = depth - 1
            node, row = int(path[last, 0]), int(path[last, 1])
            action = int(path[last, 2])
            values[last, action] = value
            if action < 2 and nodes[node, action + 1] > ILLEGAL:
                path[last, 2] = action + 1
                node = int(nodes[node, action + 1])
                break
            value = _regret(learned, row, nodes, node, chances[last], values[last])
            depth = last
        else:
            return


@njit(nogil=True)
def _match(
    learned: Floats, row: int, nodes: NDArray[np.int32], node: int, chances: Floats
) -> None:
    """Fill in the strategy of regret matching; uniform where nothing is regretted."""
    total = learned[row, 0] + learned[row, 1] + learned[row, 2]
    if total > 0.0:
        for action in range(3):
            chances[action] = learned[row, action] / total
        return
    legal = 0
    for action in range(3):
        legal += nodes[node, action] > ILLEGAL
    for action in range(3):
        chances[action] = (nodes[node, action] > ILLEGAL) / legal


@njit(nogil=True)
def _sample(
    rng: np.random.Generator, learned: Floats, row: int, weight: float, chances: Floats
) -> int:
    """Draw an action and add the strategy to its sum."""
    for action in range(3):
        learned[row, 3 + action] += weight * chances[action]
    drawn = rng.random()
    if drawn < chances[0]:
        return 0
    # Where rounding leaves a gap at the top, call is always legal.
    return 2 if drawn < chances[0] + chances[2] else 1


@njit(nogil=True)
def _regret(
    learned: Floats,
    row: int,
    nodes: NDArray[np.int32],
    node: int,
    chances: Floats,
    values: Floats,
) -> float:
    """Add to the regrets of a decision what its actions are worth; return its value."""
    value = 0.0
    for action in range(3):
        value += chances[action] * values[action]
    for action in range(3):
        if nodes[node, action] > ILLEGAL:
            regret = learned[row, action] + values[action] - value
            learned[row, action] = max(0.0, regret)
    return value


def average(learned: Floats, legal: NDArray[np.bool_]) -> Floats:
    """Return the average strategy, (rows, 3); uniform where training never came."""
    summed = learned[:, 3:]
    total = summed.sum(axis=1, keepdims=True)
    uniform = legal / legal.sum(axis=1, keepdims=True)
    return np.where(total > 0, summed / np.where(total > 0, total, 1.0), uniform)
