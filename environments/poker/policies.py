"""The players of known policy: exact action probabilities for any cards, by name."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from arena.errors import UnknownName

from .abstraction import Cards
from .betting import HOLDEM, KUHN, LEDUC, Shape
from .data_files import read
from .equilibrium import equilibrium
from .rule import PREFERENCES, rule_table
from .strategy_file import unpacked
from .styles import STYLES, style_table
from .tabular import Tabular, infosets

__all__ = ["CardPolicy", "policy", "policy_names", "table"]

Floats = NDArray[np.float64]
SHAPES = {shape.name: shape for shape in (HOLDEM, LEDUC, KUHN)}
BIAS = 4.0


class CardPolicy(Protocol):
    """A player whose action probabilities depend on cards and betting alone."""

    def distribution(
        self, betting: str, hole: Cards, board: Cards
    ) -> tuple[float, float, float]:
        """Return the probabilities of `ACTIONS`, 0 where illegal.

        Args:
            betting: The betting string of the decision.
            hole: The player's own cards, in any order.
            board: The cards that lie open, in any order.

        Raises:
            ValueError: If nobody decides after this betting.
        """
        ...

    def distributions(self, betting: str, board: Cards) -> Floats:
        """Return the same for each of `abstraction.holes`, (holes, 3) float64.

        Rows of holes that clash with the board are 0.

        Raises:
            ValueError: If nobody decides after this betting.
        """
        ...


def policy(shape_name: str, name: str) -> CardPolicy:
    """Return a player of a game ("holdem", "leduc" or "kuhn") by its name.

    Raises:
        UnknownName: If there is no such game, or no such player of it.
        UserError: If the strategy file of Hold'em is damaged.
    """
    return table(shape_name, name)


def policy_names(shape_name: str) -> tuple[str, ...]:
    """Return the names of the players of a game.

    Raises:
        UnknownName: If there is no such game.
    """
    return tuple(_makers(shape_name))


@cache
def table(shape_name: str, name: str) -> Tabular:
    """Return the same as `policy` with its table, as all players have one.

    Raises:
        UnknownName: If there is no such game, or no such player of it.
        UserError: If the strategy file of Hold'em is damaged.
    """
    makers = _makers(shape_name)
    if name not in makers:
        raise UnknownName(f"player of {shape_name}", name, makers)
    return makers[name]()


@cache
def _makers(shape_name: str) -> dict[str, Callable[[], Tabular]]:
    if shape_name not in SHAPES:
        raise UnknownName("poker game", shape_name, SHAPES)
    shape = SHAPES[shape_name]
    blind: dict[str, Callable[[], Tabular]] = {
        "random": partial(_random, shape),
        "always-call": partial(_always_call, shape),
        "always-raise": partial(_always_raise, shape),
    }
    if shape != HOLDEM:
        return {**blind, "equilibrium": partial(_equilibrium, shape)}
    styles = {name: partial(_style, name) for name in STYLES}
    return {
        **blind,
        **styles,
        "cfr": _cfr,
        "dqn-aggressive": _dqn_aggressive,
        "dqn-conservative": _dqn_conservative,
        "rule": _rule,
    }


def _random(shape: Shape) -> Tabular:
    """Take any legal action, all alike."""
    sets = infosets(shape)
    return Tabular(sets, sets.legal / sets.legal.sum(axis=1, keepdims=True))


def _always_call(shape: Shape) -> Tabular:
    """Check or call, whatever comes."""
    sets = infosets(shape)
    return Tabular(sets, np.tile([0.0, 1.0, 0.0], (sets.rows, 1)))


def _always_raise(shape: Shape) -> Tabular:
    """Bet or raise; call where no raise is allowed any more."""
    sets = infosets(shape)
    may = sets.legal[:, 2].astype(np.float64)
    return Tabular(sets, np.column_stack([np.zeros(sets.rows), 1.0 - may, may]))


def _equilibrium(shape: Shape) -> Tabular:
    """Play the equilibrium that CFR+ finds."""
    return Tabular(infosets(shape), np.concatenate(equilibrium(shape)))


def _style(name: str) -> Tabular:
    """Play one of `styles.STYLES`."""
    return Tabular(infosets(HOLDEM), style_table(STYLES[name]))


def _rule() -> Tabular:
    """Play what RLCard's rule prefers, see `rule.py`."""
    return Tabular(infosets(HOLDEM, PREFERENCES), rule_table())


def _cfr() -> Tabular:
    """Play the trained strategy, see `training` and the record `data/cfr.toml`."""
    return Tabular(infosets(HOLDEM), unpacked(read("cfr.xz")))


def _dqn_aggressive() -> Tabular:
    """Play `cfr` with its weight of raises times 4.

    It stands in for EgoSocialArena's DQN-aggressive, under that name: there is no deep
    Q-network here. The paper's two networks are not published, and give no
    probabilities; these tables are biased to the same sides, are exact, and are easy
    to beat for a player that notices the bias.
    """
    return _biased((1.0, 1.0, BIAS))


def _dqn_conservative() -> Tabular:
    """Play `cfr` with its weight of folds times 4; see `_dqn_aggressive`."""
    return _biased((BIAS, 1.0, 1.0))


def _biased(factors: tuple[float, float, float]) -> Tabular:
    cfr = table(HOLDEM.name, "cfr")
    weighed = cfr.table * np.array(factors)
    return Tabular(cfr.sets, weighed / weighed.sum(axis=1, keepdims=True))
