"""Policies as tables of probabilities, by public decision and bucket of cards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .abstraction import Abstraction, Cards, abstraction
from .betting import Shape
from .betting_tree import BettingTree, betting_tree

__all__ = ["Infosets", "Tabular", "infosets"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Infosets:
    """What tells the rows of a table apart: decision by decision, bucket by bucket.

    Attributes:
        tree: The public decisions, in order.
        cards: The buckets.
        counts: (nodes,) How many buckets there are at each decision.
        offsets: (nodes,) The row of the first bucket of each decision.
        rows: How many rows there are: 135,752 in Hold'em.
    """

    tree: BettingTree
    cards: Abstraction
    counts: NDArray[np.int64]
    offsets: NDArray[np.int64]
    rows: int

    @property
    def legal(self) -> NDArray[np.bool_]:
        """(rows, 3) Which actions are legal."""
        return np.repeat(self.tree.legal, self.counts, axis=0)


@cache
def infosets(shape: Shape, cards: Abstraction | None = None) -> Infosets:
    """Return the rows of a shape's tables, with its usual buckets or other `cards`."""
    tree, cards = betting_tree(shape), cards or abstraction(shape)
    counts = np.array(cards.counts)[tree.round]
    ends = counts.cumsum()
    return Infosets(tree, cards, counts, ends - counts, int(ends[-1]))


class Tabular:
    """A policy that is a table; a `CardPolicy`.

    Args:
        sets: What the rows stand for.
        table: (rows, 3) Probabilities in order of `ACTIONS`, 0 where illegal.
    """

    def __init__(self, sets: Infosets, table: Floats) -> None:
        self.sets = sets
        self.table = table

    def distribution(
        self, betting: str, hole: Cards, board: Cards
    ) -> tuple[float, float, float]:
        """Return the probabilities of `ACTIONS` after a betting string.

        Raises:
            ValueError: If nobody decides there.
        """
        first = self.sets.offsets[self.sets.tree.index(betting)]
        fold, call, bet = self.table[first + self.sets.cards.bucket(hole, board)]
        return float(fold), float(call), float(bet)

    def distributions(self, betting: str, board: Cards) -> Floats:
        """Return the same for all `holes`, (holes, 3); 0 where one clashes.

        Raises:
            ValueError: If nobody decides there.
        """
        buckets = self.sets.cards.buckets(board)
        found = self.table[self.sets.offsets[self.sets.tree.index(betting)] + buckets]
        found[buckets < 0] = 0.0
        return found

    def by_decision(self) -> list[Floats]:
        """Return the table as one array of (buckets, 3) for each public decision."""
        return np.split(self.table, self.sets.offsets[1:])
