"""Players of number guessing who reason to a known depth.

Levels 1 to 3 are EgoSocialArena's opponents (arXiv 2410.06195, the 0.8-average game).
Level 4 is ours: the paper names such a level but does not define it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, cast

from arena.agent import Action
from arena.env import View

from .rules import HIGHEST

__all__ = ["LEVELS", "Level", "Table", "best_response", "level_policies"]

FIRST = 50
STEP = 5


class Table(NamedTuple):
    """What a player knows: the revealed rounds, by seat."""

    seat: str
    seats: Sequence[str]
    history: Sequence[Mapping[str, int]]
    factor: float

    @classmethod
    def of(cls, view: View) -> Table:
        """Read the table from a view of the environment."""
        fields = cast(Mapping[str, Any], view)
        return cls(*(fields[name] for name in cls._fields))

    @property
    def others(self) -> list[str]:
        """The other seats."""
        return [seat for seat in self.seats if seat != self.seat]

    def seen_by(self, seat: str, rounds: int) -> Table:
        """Return what a seat knew after that many rounds."""
        return self._replace(seat=seat, history=self.history[:rounds])


class Level(NamedTuple):
    """How deep a player reasons."""

    about: str
    """In words that fit a player as well as a number series."""
    number: Callable[[Table], int]
    """Its own number of the next round."""
    prediction: Callable[[Table, str], int]
    """What it expects of another seat in the next round."""


def best_response(table: Table, expected: Sequence[int]) -> int:
    """Return the whole number nearest to the target that it makes with those expected.

    The lower one where two are as near.
    """
    total, count = sum(expected), len(table.seats)

    def distance(own: int) -> float:
        return abs(own - table.factor * (own + total) / count)

    return min(range(HIGHEST + 1), key=lambda own: (round(distance(own), 9), own))


def level_policies() -> dict[str, Callable[[], LevelPolicy]]:
    """Return what makes each level's policy, by name."""
    return {name: partial(LevelPolicy, level) for name, level in LEVELS.items()}


class LevelPolicy:
    """Plays one number with certainty, and predicts one for each other seat."""

    def __init__(self, level: Level) -> None:
        self.level = level

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return its one move."""
        table = Table.of(view)
        predictions = {s: self.level.prediction(table, s) for s in table.others}
        move = {"number": self.level.number(table), "predictions": predictions}
        return [(1.0, Action("guess", move))]


def _always_50(table: Table) -> int:
    return FIRST


def _five_less(table: Table) -> int:
    return max(0, FIRST - STEP * len(table.history))


def _below_last_mean(table: Table) -> int:
    if not table.history:
        return FIRST
    last = table.history[-1].values()
    # Rounded first, since 0.8 * 50 is 40 and must not become 39.999….
    return math.floor(round(table.factor * sum(last) / len(last), 9))


def _five_less_too(table: Table, seat: str) -> int:
    return _five_less(table)


def _same_again(table: Table, seat: str) -> int:
    return table.history[-1][seat] if table.history else FIRST


def _of_the_likeliest_level(table: Table, seat: str) -> int:
    """Return the next number of the level that fits another seat best.

    That is the one whose rule has given most of its numbers so far, the higher level
    where two are even; one that no rule has hit after the first round is expected to
    repeat its last number.
    """
    past = [table.seen_by(seat, played) for played in range(1, len(table.history))]
    hits = [
        sum(rule(t) == table.history[len(t.history)][seat] for t in past)
        for rule in RULES
    ]
    # From round 2 on: in round 1 every rule gives 50, and a hit says nothing.
    if past and not any(hits):
        return table.history[-1][seat]
    best = max(range(len(RULES)), key=lambda level: (hits[level], level))
    return RULES[best](table._replace(seat=seat))


def _response(table: Table) -> int:
    expected = [_of_the_likeliest_level(table, seat) for seat in table.others]
    return best_response(table, expected)


RULES = (_always_50, _five_less, _below_last_mean)

LEVELS: Mapping[str, Level] = {
    "level-1": Level("always 50", _always_50, _same_again),
    "level-2": Level(
        "50 at first, then 5 less in every round, never below 0",
        _five_less,
        _five_less_too,
    ),
    "level-3": Level(
        "50 at first, then 0.8 of the last round's mean, rounded down",
        _below_last_mean,
        _same_again,
    ),
    "level-4": Level(
        "works out which of level-1 to level-3 each of the others follows, and takes "
        "the whole number closest to 0.8 of the mean that this makes",
        _response,
        _of_the_likeliest_level,
    ),
}
"""By name; each is a function of what was revealed, with no chance in it."""
