"""The ideal Bayesian observer of number guessing: of which level is another player?

The levels have no chance in them, so that a number which a level would not have given
rules it out. Exact; nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, cast

from arena.agent import Action
from arena.env import View
from arena.errors import UnknownName

from .levels import LEVELS, Table, best_response
from .rules import HIGHEST

__all__ = ["Belief", "IdealObserver", "UniformObserver", "beliefs", "hazard"]

PUBLISHED = ("level-1", "level-2", "level-3")


class Belief(NamedTuple):
    """What is known of a player before the number of a round is revealed."""

    types: Mapping[str, float]
    """The probability of each type in this round."""
    numbers: Mapping[str, int]
    """The number that each type gives in it."""

    @property
    def predictive(self) -> dict[int, float]:
        """The probability of each number, the likeliest first.

        Where two are even, that of the type which was listed first.
        """
        chances: dict[int, float] = {}
        for name, number in self.numbers.items():
            chances[number] = chances.get(number, 0.0) + self.types[name]
        # To 12 digits, so that what is even does not depend on how it was added up.
        ranked = sorted(chances.items(), key=lambda pair: -round(pair[1], 12))
        return {number: chance for number, chance in ranked if chance > 0}

    def after(self, number: int, hazard: float) -> dict[str, float]:
        """Return the probability of each type in the next round.

        Args:
            number: The one that was revealed. One that no possible type gives tells
                nothing.
            hazard: The chance that it then becomes another type, each equally likely.
        """
        fits = {n: p * (self.numbers[n] == number) for n, p in self.types.items()}
        total = sum(fits.values())
        now = {n: p / total for n, p in fits.items()} if total else self.types
        rest = max(1, len(now) - 1)
        return {n: (1 - hazard) * p + hazard * (1 - p) / rest for n, p in now.items()}


def beliefs(
    table: Table, seat: str, types: Sequence[str], hazard: float
) -> Iterator[Belief]:
    """Yield what is known of a seat before each revealed round, and before the next.

    All types are equally likely at first.
    """
    chances = dict.fromkeys(types, 1 / len(types))
    for played in range(len(table.history) + 1):
        then = table.seen_by(seat, played)
        belief = Belief(chances, {name: LEVELS[name].number(then) for name in types})
        yield belief
        if played < len(table.history):
            chances = belief.after(table.history[played][seat], hazard)


def hazard(rounds: int, *, switching: bool) -> float:
    """Return the chance a round that a player changes its type: one change a game."""
    return 1 / rounds if switching else 0.0


class _Observer:
    """States what is to be expected of the others, and makes a number of its own.

    Args:
        player: The level whose number it chooses; by default the best response to what
            is expected (the ideal observer), or that of level 4 (the uniform one).
    """

    def __init__(self, player: str | None = None) -> None:
        if player is not None and player not in LEVELS:
            raise UnknownName("level", player, LEVELS)
        self._player = player


class IdealObserver(_Observer):
    """Predicts the likeliest number of everybody, with the exact chances of types.

    Where a table lists no types, it expects the paper's three levels.
    """

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return its one move."""
        fields, table = cast(Mapping[str, Any], view), Table.of(view)
        types = fields["types"] or PUBLISHED
        chance = hazard(fields["rounds"], switching=fields["switching"])
        known = {s: [*beliefs(table, s, types, chance)][-1] for s in table.others}
        predictions = {seat: next(iter(b.predictive)) for seat, b in known.items()}
        number = (
            LEVELS[self._player].number(table)
            if self._player
            else best_response(table, list(predictions.values()))
        )
        stated = {seat: dict(belief.types) for seat, belief in known.items()}
        return [(1.0, _guess(fields, number, predictions, stated))]


class UniformObserver(_Observer):
    """Predicts one number for all others, each from 0 to 100 with the same chance.

    Every listed type is as likely to it as any other.
    """

    def probabilities(self, view: View) -> Sequence[tuple[float, Action]]:
        """Return a move for each number that it may predict."""
        fields, table = cast(Mapping[str, Any], view), Table.of(view)
        number = LEVELS[self._player or "level-4"].number(table)
        even = {name: 1 / len(fields["types"]) for name in fields["types"]}
        stated = dict.fromkeys(table.others, even)
        every = range(HIGHEST + 1)
        return [
            (1 / len(every), _guess(fields, number, dict.fromkeys(stated, n), stated))
            for n in every
        ]


def _guess(
    view: Mapping[str, Any],
    number: int,
    predictions: Mapping[str, int],
    types: Mapping[str, Mapping[str, float]],
) -> Action:
    asked = {"types": types} if "type" in view["ask"] else {}
    return Action("guess", {"number": number, "predictions": predictions, **asked})
