"""Exact values of tabular policies: the public betting tree times arrays of deals.

Nothing of the betting is sampled: on every deal the value is the expectation over all
that both players may do. With all deals of a small deck the values are exact; with a
sample of deals their spread over the deals is all the noise there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .betting_tree import BettingTree

__all__ = ["Deals", "Player", "Response", "best_response", "expected", "head_to_head"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A best response must know what to do even where its opponent never goes. So every
# action of the opponent counts at least this much when hands are weighed; wherever
# the opponent does go, that is nothing.
TREMBLE = 1e-12

# In a sample of deals a bucket that hardly occurs has hardly a mean. Its decision's
# mean over all buckets is mixed in, with the weight of this many deals.
PRIOR = 4.0


class Deals(NamedTuple):
    """Deals as an abstraction sees them; n of them."""

    buckets: Ints
    """(2, rounds, n) What each position sees of its cards in each round."""
    sign: NDArray[np.int8]
    """(n,) Who wins the showdown: 1 position 0, −1 position 1, 0 nobody."""
    weight: Floats
    """(n,) Probabilities; they add up to 1."""
    sizes: tuple[int, ...]
    """(rounds,) How many buckets there are."""


class Player(NamedTuple):
    """A tabular policy, and what it sees of the deals."""

    table: Sequence[Floats]
    """By node of the tree: (buckets, 3) probabilities, 0 where illegal."""
    buckets: Ints
    """(2, rounds, n) As in `Deals`; a policy may have an abstraction of its own."""


class Response(NamedTuple):
    """A best response to a known opponent, from one position."""

    values: Floats
    """(n,) Chips that it wins, by deal."""
    policy: dict[int, Floats]
    """By node of its own: (buckets, 3) probabilities of its actions."""
    losses: dict[int, Floats]
    """By node of its own: (buckets, 3) chips that an action gives away against the best
    one, each followed by the best response; NaN where illegal."""


def expected(tree: BettingTree, players: tuple[Player, Player], deals: Deals) -> Floats:
    """Return the chips that position 0 wins on each deal, shape (n,).

    Args:
        tree: The betting tree of the game.
        players: At position 0 and 1.
        deals: On which to play.
    """
    return _Expectation(tree, players, deals).root()


def head_to_head(tree: BettingTree, a: Player, b: Player, deals: Deals) -> Floats:
    """Return the chips a hand that `a` wins from `b` on each deal, shape (n,).

    It is the mean of the two seats, which is free of much of the luck of the cards.
    """
    return (expected(tree, (a, b), deals) - expected(tree, (b, a), deals)) / 2


def best_response(
    tree: BettingTree,
    opponent: Player,
    deals: Deals,
    position: int,
    *,
    cross_fit: bool,
) -> Response:
    """Return the best response from a position, among policies over `deals.buckets`.

    By backward induction: at each of its nodes, and in each bucket, the action of the
    highest mean over deals, weighted by how likely the opponent plays on to there.
    It is exact where a bucket implies all that the player saw before. Where it does
    not, the player forgets, and the result is a good response but not the best.

    Args:
        tree: The betting tree of the game.
        opponent: Whom to beat; at the other position.
        deals: All deals of the deck, or a sample.
        position: Of the response, 0 or 1.
        cross_fit: Choose on one half of the deals (even and odd ones) and value on the
            other, both ways round. Without it a sample's best action is overrated,
            since the highest of noisy means is chosen and reported at once. Means of
            few deals are drawn towards the mean of all buckets (`PRIOR`).
    """
    return _Induction(tree, opponent, deals, position, 2 if cross_fit else 1).response()


class _Walk:
    """What both walks share: which rows stand for the deals in which round.

    In the last round deals that neither player can tell apart, and that end alike at
    a showdown, are one row ("cell"); most of the tree is in the last round.
    """

    def __init__(
        self, tree: BettingTree, views: tuple[Ints, Ints], deals: Deals, folds: int
    ) -> None:
        self._last = views[0].shape[0] - 1
        fold = np.arange(len(deals.sign)) % folds
        seen = np.stack([views[0], views[1]])
        # For each deal its cell in the last round, and for each cell what it is.
        last = (*seen[:, -1], deals.sign, fold)
        _, first, self._cell = np.unique(
            _numbered(last), return_index=True, return_inverse=True
        )
        self._labels = [seen[:, r] for r in range(self._last)] + [seen[:, -1, first]]
        self._sign = [deals.sign] * self._last + [deals.sign[first]]
        self._fold = [fold] * self._last + [fold[first]]
        self._round: list[int] = tree.round.tolist()
        self._mover: list[int] = tree.mover.tolist()
        self._actions = [
            [(a, int(row[a])) for a in range(3) if legal[a]]
            for row, legal in zip(tree.children, tree.legal, strict=True)
        ]
        self._folded: list[int] = tree.folded.tolist()
        self._put: list[list[int]] = tree.put.tolist()

    def _end(self, end: int, round_: int) -> Floats | float:
        """Return what position 0 wins where the hand ends in a round."""
        folded = self._folded[end]
        if folded < 0:
            return self._put[end][0] * self._sign[round_].astype(np.float64)
        return float(self._put[end][1] if folded == 1 else -self._put[end][0])


def _numbered(columns: Sequence[NDArray[np.integer]]) -> Ints:
    """Return one number for each row of integer columns, equal for equal rows."""
    number = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        lowest = int(column.min())
        number = number * (int(column.max()) - lowest + 1) + (column - lowest)
    return number


def _sums(groups: Ints, weights: Floats, size: int = 0) -> Floats:
    """Return the sum of weights of each group, for at least `size` groups."""
    return np.asarray(np.bincount(groups, weights, size), dtype=np.float64)


class _Expectation(_Walk):
    """Values where both players' policies are known."""

    def __init__(
        self, tree: BettingTree, players: tuple[Player, Player], deals: Deals
    ) -> None:
        views = (players[0].buckets[0], players[1].buckets[1])
        super().__init__(tree, views, deals, folds=1)
        self._tables = players[0].table, players[1].table

    def root(self) -> Floats:
        value = self._value(0)
        return value[self._cell] if self._last == 0 else value

    def _value(self, node: int) -> Floats:
        """Return what position 0 wins from a node on, by row of its round."""
        mover, round_ = self._mover[node], self._round[node]
        labels = self._labels[round_][mover]
        table = self._tables[mover][node]
        total = np.zeros(len(labels))
        for action, child in self._actions[node]:
            column = np.ascontiguousarray(table[:, action])
            if column.any():
                total += column[labels] * self._after(child, round_)
        return total

    def _after(self, child: int, round_: int) -> Floats | float:
        if child < 0:
            return self._end(-child - 1, round_)
        value = self._value(child)
        into_last = round_ < self._last == self._round[child]
        return value[self._cell] if into_last else value


class _Reach(NamedTuple):
    """How much the rows of a round count at a node."""

    weight: Floats
    """Of each row: the probability of its deals times that with which the opponent
    plays on to the node."""
    spread: Floats
    """The mean weight of a row's deals, weighted by the weights themselves."""

    def times(self, going: Floats) -> _Reach:
        """Return it after an action that each row takes with a probability."""
        weight = self.weight * going
        if self.spread is self.weight:
            return _Reach(weight, weight)
        return _Reach(weight, self.spread * going)


class _Induction(_Walk):
    """Backward induction of one position's best response."""

    def __init__(
        self,
        tree: BettingTree,
        opponent: Player,
        deals: Deals,
        position: int,
        folds: int,
    ) -> None:
        own, other = deals.buckets[position], opponent.buckets[1 - position]
        super().__init__(
            tree, (own, other) if position == 0 else (other, own), deals, folds
        )
        self._position, self._folds = position, folds
        self._table = opponent.table
        self._weight = deals.weight
        self._sizes = deals.sizes
        # What each row is averaged with: its bucket and its fold.
        self._group = [
            labels[position] * folds + fold
            for labels, fold in zip(self._labels, self._fold, strict=True)
        ]
        # How the row is played: by what the other fold chose.
        self._judge = [
            labels[position] * folds + (fold + 1) % folds
            for labels, fold in zip(self._labels, self._fold, strict=True)
        ]
        self._policy: dict[int, Floats] = {}
        self._losses: dict[int, Floats] = {}

    def response(self) -> Response:
        reach = _Reach(self._weight, self._weight)
        if self._last == 0:
            values = self._value(0, self._by_cell(reach))[self._cell]
        else:
            values = self._value(0, reach)
        return Response(values, self._policy, self._losses)

    def _value(self, node: int, reach: _Reach) -> Floats:
        """Return what the response wins from a node on, by row of its round."""
        round_ = self._round[node]
        if self._mover[node] == self._position:
            after = {a: self._after(c, round_, reach) for a, c in self._actions[node]}
            return self._choose(node, after, reach)
        labels = self._labels[round_][1 - self._position]
        total = np.zeros(len(labels))
        for action, child in self._actions[node]:
            chance = np.ascontiguousarray(self._table[node][:, action])[labels]
            total += chance * self._after(child, round_, reach, chance)
        return total

    def _after(
        self, child: int, round_: int, reach: _Reach, chance: Floats | None = None
    ) -> Floats | float:
        """Return what is won after an action, of the opponent if it has a chance."""
        if child < 0:
            chips = self._end(-child - 1, round_)
            return chips if self._position == 0 else -chips
        if chance is not None:
            reach = reach.times(np.maximum(chance, TREMBLE))
        if round_ < self._last == self._round[child]:
            return self._value(child, self._by_cell(reach))[self._cell]
        return self._value(child, reach)

    def _by_cell(self, reach: _Reach) -> _Reach:
        """Return the reach of the cells of the last round, given that of the deals."""
        weight = _sums(self._cell, reach.weight)
        squares = _sums(self._cell, reach.weight * reach.spread)
        return _Reach(weight, squares / np.where(weight == 0, 1.0, weight))

    def _choose(
        self, node: int, after: dict[int, Floats | float], reach: _Reach
    ) -> Floats:
        """Choose in each bucket, note policy and losses, and return the values."""
        round_, folds, weight = self._round[node], self._folds, reach.weight
        size = self._sizes[round_] * folds
        group = self._group[round_]
        mass = _sums(group, weight, size)
        prior = np.where(mass == 0, 1.0, 0.0)
        if folds > 1:
            # Kish's effective number of deals is mass ** 2 / squares.
            squares = _sums(group, weight * reach.spread, size)
            prior += PRIOR * squares / np.where(mass == 0, 1.0, mass)
        means = np.full((3, size), np.nan)
        for action, value in after.items():
            if isinstance(value, np.ndarray):
                total = _sums(group, weight * value, size)
                overall = total.sum() / mass.sum()
                means[action] = (total + prior * overall) / (mass + prior)
            else:
                means[action] = value
        best = np.asarray(np.nanargmax(means, axis=0), dtype=np.int64)
        self._note(node, means, best)
        chosen = best[self._judge[round_]]
        result = np.zeros(len(weight))
        for action, value in after.items():
            result = np.where(chosen == action, value, result)
        return result

    def _note(self, node: int, means: Floats, best: Ints) -> None:
        """Keep what a node's means, and the best by each group, say."""
        folds = self._folds
        by_fold = means.reshape(3, -1, folds)
        chosen = best.reshape(-1, folds)
        # Each fold values what the other one chose.
        judge: Ints = np.roll(chosen, 1, axis=1)
        judged = np.take_along_axis(by_fold, judge[None], axis=0)
        self._losses[node] = (judged - by_fold).mean(axis=2).T
        self._policy[node] = (chosen[:, :, None] == np.arange(3)).mean(axis=1)
