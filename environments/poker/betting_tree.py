"""All public decisions of a shape of poker, as a tree in a fixed order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .betting import ACTIONS, LETTERS, Public, Shape, after

__all__ = ["BettingTree", "betting_tree"]

ILLEGAL = np.iinfo(np.int32).min


@dataclass(frozen=True)
class BettingTree:
    """Where the players decide, depth first, actions in order of `ACTIONS`.

    A child always comes after its parent, so that one loop forward carries
    probabilities to the ends, and one backward carries values to the start.

    Attributes:
        shape: Whose tree it is.
        bettings: (nodes,) The betting string of each decision.
        round: (nodes,) int8: the round of betting, 0 for the first.
        mover: (nodes,) int8: the position to act.
        legal: (nodes, 3) bool, in order of `ACTIONS`.
        children: (nodes, 3) int32: the decision that follows an action; −1−e where
            end e follows; the lowest int32 where the action is not legal.
        folded: (ends,) int8: the position that folded, −1 at a showdown.
        put: (ends, 2) int16: chips put in by each position.
    """

    shape: Shape
    bettings: tuple[str, ...]
    round: NDArray[np.int8]
    mover: NDArray[np.int8]
    legal: NDArray[np.bool_]
    children: NDArray[np.int32]
    folded: NDArray[np.int8]
    put: NDArray[np.int16]
    _index: Mapping[str, int]

    def index(self, betting: str) -> int:
        """Return the place of the decision after a betting string.

        Raises:
            ValueError: If nobody decides there.
        """
        try:
            return self._index[betting]
        except KeyError:
            raise ValueError(
                f"nobody decides in {self.shape.name} after {betting!r}"
            ) from None


@cache
def betting_tree(shape: Shape) -> BettingTree:
    """Return the tree of a shape.

    It has 6,378 decisions in Hold'em, 36 in Leduc and 4 in Kuhn.
    """
    nodes: list[Public] = []
    ends: list[Public] = []
    children: list[list[int]] = []

    def walk(public: Public) -> int:
        if public.mover < 0:
            ends.append(public)
            return -len(ends)
        place = len(nodes)
        nodes.append(public)
        row = [int(ILLEGAL)] * len(ACTIONS)
        children.append(row)
        for number, action in enumerate(ACTIONS):
            if action in public.legal:
                row[number] = walk(_following(shape, public.betting, action))
        return place

    walk(after(shape, ""))
    below = np.array(children, dtype=np.int32)
    return BettingTree(
        shape=shape,
        bettings=tuple(node.betting for node in nodes),
        round=np.array([node.round for node in nodes], dtype=np.int8),
        mover=np.array([node.mover for node in nodes], dtype=np.int8),
        legal=below != ILLEGAL,
        children=below,
        folded=np.array([end.folded for end in ends], dtype=np.int8),
        put=np.array([end.put for end in ends], dtype=np.int16),
        _index={node.betting: place for place, node in enumerate(nodes)},
    )


def _following(shape: Shape, betting: str, action: str) -> Public:
    # After the last action of a round the string goes on with a slash.
    betting += LETTERS[action]
    try:
        return after(shape, betting)
    except ValueError:
        return after(shape, betting + "/")
