"""Equilibria of the small games, Leduc and Kuhn, by CFR+ over all deals.

Counterfactual regret minimisation with the regrets cut off at zero, alternating
updates and an average that weighs late strategies more: Tammelin et al. (2015),
"Solving Heads-up Limit Texas Hold'em".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .abstraction import abstraction
from .betting import Shape
from .betting_tree import BettingTree, betting_tree
from .rules import LimitPoker
from .values import Deals, Player, best_response, expected

__all__ = ["all_deals", "equilibrium", "exploitability", "game_value"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ITERATIONS = 500
"""Enough for an exploitability of Leduc below 0.01 chips, in under a second."""


@cache
def all_deals(shape: Shape) -> Deals:
    """Return every deal of a small deck; a bucket is all the cards that are seen."""
    game, abstract = LimitPoker(shape), abstraction(shape)
    rounds = len(shape.bets)
    buckets: list[list[list[int]]] = [[[] for _ in range(rounds)] for _ in range(2)]
    weight: list[float] = []
    sign: list[int] = []
    for probability, state in game.deals():
        board = state.cards[2 * shape.hole :]
        holes = [game.hole(state, position) for position in range(2)]
        for position, hole in enumerate(holes):
            for round_ in range(rounds):
                cards = board[: sum(shape.board[: round_ + 1])]
                buckets[position][round_].append(abstract.bucket(hole, cards))
        first, second = (game.strength(hole, board) for hole in holes)
        sign.append((first > second) - (first < second))
        weight.append(probability)
    return Deals(
        np.array(buckets),
        np.array(sign, dtype=np.int8),
        np.array(weight),
        abstract.counts,
    )


def game_value(shape: Shape, table: Sequence[Floats]) -> float:
    """Return the chips that position 0 wins where both play a table, exactly."""
    deals = all_deals(shape)
    player = Player(table, deals.buckets)
    values = expected(betting_tree(shape), (player, player), deals)
    return float(values @ deals.weight)


def exploitability(shape: Shape, table: Sequence[Floats]) -> float:
    """Return the mean of what best responses win from a table in the two positions.

    In chips a hand; 0 for an equilibrium. This is NashConv / 2.
    """
    deals = all_deals(shape)
    tree = betting_tree(shape)
    player = Player(table, deals.buckets)
    responses = [
        best_response(tree, player, deals, position, cross_fit=False)
        for position in range(2)
    ]
    return sum(float(r.values @ deals.weight) for r in responses) / 2


@cache
def equilibrium(shape: Shape) -> tuple[Floats, ...]:
    """Return a strategy of both positions that is close to an equilibrium.

    By node of the tree: (buckets, 3) probabilities in order of `ACTIONS`, a row for
    each bucket of `abstraction`. Computed when first asked for, always the same.
    """
    solver = _Solver(betting_tree(shape), all_deals(shape))
    for iteration in range(1, ITERATIONS + 1):
        for position in range(2):
            solver.improve(position, iteration)
    return solver.average()


class _Rows(NamedTuple):
    """The nodes of a tree with the infosets of the deals, flat over nodes."""

    infoset: Ints
    """(nodes, n) Number of the mover's infoset in each deal."""
    start: Ints
    """(nodes + 1,) Number of the first infoset of each node."""


class _Solver:
    """Regrets and the sum of strategies, a row for each infoset of every node."""

    def __init__(self, tree: BettingTree, deals: Deals) -> None:
        self._tree, self._deals = tree, deals
        sizes = np.array(deals.sizes)
        start = np.concatenate([[0], np.cumsum(sizes[tree.round])])
        seen_by_mover = deals.buckets[tree.mover, tree.round]
        self._rows = _Rows(start[:-1, None] + seen_by_mover, start)
        self._legal = np.repeat(tree.legal, sizes[tree.round], axis=0)
        self._regrets = np.zeros(self._legal.shape)
        self._sum = np.zeros(self._legal.shape)
        wins = deals.sign.astype(np.float64)
        # (ends, n) What position 0 wins.
        chips = tree.put[np.arange(len(tree.put)), np.maximum(tree.folded, 0)]
        by_fold = np.where(tree.folded == 0, -1.0, 1.0)[:, None]
        showdown = (tree.folded < 0)[:, None]
        self._ends = chips[:, None] * np.where(showdown, wins[None], by_fold)

    def improve(self, position: int, iteration: int) -> None:
        """Update a position's regrets and average against the other's strategy."""
        strategy = _matching(self._regrets, self._legal)
        infoset = self._rows.infoset
        chances = strategy[infoset].transpose(0, 2, 1)
        own, other = self._reach(chances, position)
        after, value = self._values(chances, 1 if position == 0 else -1)
        mine = self._tree.mover == position
        rows = infoset[mine].ravel()
        for action in range(3):
            gain = other[mine] * (after[mine, action] - value[mine])
            self._regrets[:, action] += np.bincount(
                rows, gain.ravel(), len(self._regrets)
            )
        self._regrets = np.maximum(self._regrets, 0) * self._legal
        # With perfect recall all deals of an infoset have the same own reach.
        reach = np.zeros(len(self._sum))
        reach[rows] = own[mine].ravel()
        self._sum += iteration**2 * reach[:, None] * strategy

    def average(self) -> tuple[Floats, ...]:
        """Return the average strategy by node."""
        flat = _matching(self._sum, self._legal)
        return tuple(np.split(flat, self._rows.start[1:-1]))

    def _reach(self, chances: Floats, position: int) -> tuple[Floats, Floats]:
        """Return how likely a position, and all else, plays to a node; (nodes, n)."""
        tree = self._tree
        own = np.ones(self._rows.infoset.shape)
        other = np.empty(own.shape)
        other[0] = self._deals.weight
        for node, children in enumerate(tree.children.tolist()):
            for action, child in enumerate(children):
                if child <= 0:
                    continue
                mine = tree.mover[node] == position
                chance = chances[node, action]
                own[child] = own[node] * chance if mine else own[node]
                other[child] = other[node] if mine else other[node] * chance
        return own, other

    def _values(self, chances: Floats, side: int) -> tuple[Floats, Floats]:
        """Return what actions and nodes are worth; (nodes, 3, n) and (nodes, n)."""
        tree = self._tree
        after = np.zeros(chances.shape)
        value = np.empty(self._rows.infoset.shape)
        legal = tree.legal.tolist()
        for node in range(len(value) - 1, -1, -1):
            for action, child in enumerate(tree.children[node].tolist()):
                if legal[node][action]:
                    ends = self._ends[-child - 1] if child < 0 else None
                    after[node, action] = value[child] if ends is None else side * ends
            value[node] = (chances[node] * after[node]).sum(axis=0)
        return after, value


def _matching(regrets: Floats, legal: NDArray[np.bool_]) -> Floats:
    """Return strategies in proportion to regrets; without any, uniform ones."""
    total = regrets.sum(axis=1, keepdims=True)
    uniform = legal / legal.sum(axis=1, keepdims=True)
    return np.where(total > 0, regrets / np.where(total > 0, total, 1), uniform)
