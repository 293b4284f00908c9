"""What a decision gives away against a known opponent.

The loss of an action is V − Q of the best response to the opponent: what the best
action is worth less what this one is, each followed by the best response. By the
performance-difference lemma the losses of an agent's decisions add up, in the mean over
hands, to what the best response would have won more than the agent. The luck of the
cards to come is not in them, so they need far fewer hands than the chips do.

In Leduc and Kuhn they are exact. In Hold'em they come from tables over the buckets of
`abstraction`, made by `training.measure`: the best response is the best among policies
that see only those buckets, and forgets earlier ones.
"""

from __future__ import annotations

import lzma
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .abstraction import Cards
from .betting import ACTIONS, HOLDEM, Shape
from .data_files import read
from .equilibrium import all_deals
from .policies import table
from .tabular import Infosets, infosets
from .values import Player, Response, best_response

__all__ = ["flat", "loss", "losses", "packed", "unpacked"]

Floats = NDArray[np.float64]

# 0 and 39 losses from 0.05 to 96 chips, each 22 % above the one before. Nothing can
# cost more than 96 chips, twice what a player can put in.
LEVELS = np.concatenate([[0.0], np.geomspace(0.05, 96.0, 39)])
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4}]


def loss(
    shape: Shape, name: str, betting: str, hole: Cards, board: Cards, action: str
) -> float:
    """Return the chips that an action gives away against an opponent; 0 or more.

    Where the opponent never lets a hand come, it is meant as if the opponent had come
    there by a slip of the hand. In Hold'em, decisions that hardly any deal leads to
    are known by the mean over all cards that the player may hold at them.

    Args:
        shape: The game.
        name: The opponent, one of `policies.policy_names`.
        betting: The betting string of the decision.
        hole: The own cards of who decides.
        board: The cards that lie open.
        action: One of the legal ones.

    Raises:
        UnknownName: If there is no such opponent.
        UserError: If the data of the opponent is damaged.
        ValueError: If nobody decides there, or the action is not legal.
    """
    sets = infosets(shape)
    node = sets.tree.index(betting)
    number = ACTIONS.index(action)
    if not sets.tree.legal[node, number]:
        raise ValueError(f"{action} is not legal after {betting!r}")
    row = sets.offsets[node] + sets.cards.bucket(hole, board)
    return float(losses(shape, name)[row, number])


@cache
def losses(shape: Shape, name: str) -> NDArray[np.float32]:
    """Return all losses against an opponent, (rows, 3) as of `tabular.infosets`.

    NaN where an action is not legal.
    """
    sets, opponent = infosets(shape), table(shape.name, name)
    if shape == HOLDEM:
        known = unpacked(read(f"losses-{name}.xz"))
    else:
        deals = all_deals(shape)
        player = Player(opponent.by_decision(), deals.buckets)
        known = flat(
            sets,
            *(
                best_response(sets.tree, player, deals, position, cross_fit=False)
                for position in range(2)
            ),
        )
    return np.where(sets.legal, known, np.nan).astype(np.float32)


def flat(sets: Infosets, first: Response, second: Response) -> Floats:
    """Return the losses of the responses of the two positions, (rows, 3)."""
    by_node = {**first.losses, **second.losses}
    return np.concatenate([by_node[node] for node in range(len(sets.offsets))])


def packed(known: Floats) -> bytes:
    """Return the file of a (rows, 3) table of losses, each to the nearest level."""
    between = (LEVELS[1:] + LEVELS[:-1]) / 2
    codes = np.searchsorted(between, np.nan_to_num(known))
    return lzma.compress(codes.astype(np.uint8).tobytes(), filters=FILTERS)


def unpacked(data: bytes) -> Floats:
    """Return the (rows, 3) table of a file."""
    codes = np.frombuffer(lzma.decompress(data), dtype=np.uint8)
    return LEVELS[codes.reshape(-1, 3)]
