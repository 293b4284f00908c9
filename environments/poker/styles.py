"""Four styles of Hold'em: loose or tight, passive or aggressive, by four thresholds."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .abstraction import DRAWS, hole_classes
from .betting import HOLDEM
from .tabular import infosets

__all__ = ["PREFLOP_ORDER", "STYLES", "Style", "hand_strengths", "style_table"]

Floats = NDArray[np.float64]
EPSILON = 0.02
DRAW_BONUS = (0.0, 0.05, 0.1)  # by kind of draw, see `abstraction.bucket`
# All classes by their exact chance to win against a random hand with all cards out.
PREFLOP_ORDER = """
AA KK QQ JJ TT 99 88 AKs 77 AQs AJs AKo ATs AQo AJo KQs 66 A9s ATo KJs A8s
KTs KQo A7s A9o KJo 55 QJs K9s A5s A6s A8o KTo QTs A4s A7o K8s A3s QJo K9o
A5o A6o Q9s K7s JTs A2s QTo 44 A4o K6s K8o Q8s A3o K5s J9s Q9o JTo K7o A2o
K4s Q7s K6o K3s T9s J8s 33 Q6s Q8o K5o J9o K2s Q5s T8s K4o J7s Q4s Q7o T9o
J8o K3o Q6o Q3s 98s T7s J6s K2o 22 Q2s Q5o J5s T8o J7o Q4o 97s J4s T6s J3s
Q3o 98o 87s T7o J6o 96s J2s Q2o T5s J5o T4s 97o 86s J4o T6o 95s T3s 76s J3o
87o T2s 85s 96o J2o T5o 94s 75s T4o 93s 86o 65s 84s 95o T3o 92s 76o 74s T2o
54s 85o 64s 83s 94o 75o 82s 73s 93o 65o 53s 63s 84o 92o 43s 74o 72s 54o 64o
52s 62s 83o 42s 82o 73o 53o 63o 32s 43o 72o 52o 62o 42o 32o
"""


class Style(NamedTuple):
    """From which hand strength on a style does what, see `style_table`."""

    fold: float
    """Below it the style folds to a bet."""
    raise_: float
    """From it on the style raises a bet; between the two it calls."""
    bet: float
    """From it on the style bets where there is no bet yet."""
    bluff: float
    """The chance to bet with anything less."""


STYLES = {
    "loose-passive": Style(0.18, 0.96, 0.90, 0.02),
    "tight-passive": Style(0.50, 0.94, 0.86, 0.00),
    "loose-aggressive": Style(0.25, 0.62, 0.45, 0.25),
    "tight-aggressive": Style(0.45, 0.80, 0.62, 0.08),
}


def style_table(style: Style) -> Floats:
    """Return the probabilities of a style, (rows, 3) as of `tabular.infosets`.

    Facing a bet (the blind before the flop is one) it folds below `fold`, raises from
    `raise_` on, and calls between them and where no raise is allowed any more. Where it
    may check, it bets from `bet` on, with chance `bluff` below it, and checks else.
    Then in 2 of 100 decisions it takes any legal action, all alike, so that no action
    is ever impossible. What counts is `hand_strengths`; what the opponent did does not.
    """
    tree = infosets(HOLDEM).tree
    kinds = np.column_stack([tree.round, tree.legal])
    different, place = np.unique(kinds, axis=0, return_inverse=True)
    blocks = [
        _decisions(style, hand_strengths(int(kind[0])), kind[1:].astype(np.bool_))
        for kind in different
    ]
    return np.concatenate([blocks[number] for number in place.ravel()])


def _decisions(style: Style, strengths: Floats, legal: NDArray[np.bool_]) -> Floats:
    """Return what a style does with each strength where these actions are legal."""
    faces_bet, _, may_raise = legal
    if faces_bet:
        bet = (strengths >= style.raise_).astype(np.float64)
    else:
        bet = np.where(strengths >= style.bet, 1.0, style.bluff)
    bet = bet * may_raise
    fold = np.where(strengths < style.fold, 1.0, 0.0) * faces_bet
    chosen = np.column_stack([fold, 1.0 - fold - bet, bet])
    return (1.0 - EPSILON) * chosen + EPSILON * legal / legal.sum()


@functools.cache
def hand_strengths(round_: int) -> Floats:
    """Return how strong a style takes each bucket of a round to be.

    Before the flop the share of all hands that are behind in `PREFLOP_ORDER`, half of
    the own class included. Later the middle of the bucket's range of strength, with a
    bonus of 0.05 for a gutshot and of 0.1 for a better draw.
    """
    if round_ == 0:
        return _preflop()
    if round_ == 3:
        return (np.arange(20) + 0.5) / 20
    tenths, draws = np.divmod(np.arange(30), DRAWS)
    return (tenths + 0.5) / 10 + np.array(DRAW_BONUS)[draws]


def _preflop() -> Floats:
    combinations = np.bincount(hole_classes())
    strengths = np.empty(len(combinations))
    behind = 0
    for name in reversed(PREFLOP_ORDER.split()):
        high, low = (HOLDEM.ranks.index(rank) for rank in name[:2])
        number = 13 * high + low if name.endswith("s") else 13 * low + high
        strengths[number] = behind + combinations[number] / 2
        behind += combinations[number]
    return strengths / behind
