"""What number guessing leaves for scorers: rounds, statements, what was known.

Everything about types is exact, since a level gives one number with certainty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from .levels import Table
from .observer import Belief, beliefs, hazard
from .rules import FACTOR, HIGHEST, Guessing, Round, best_numbers, distance, play

__all__ = ["Chances", "Statement", "of_rounds", "of_types"]

Chances = Mapping[str, float]
EVEN = round(1 / (HIGHEST + 1), 9)


class Statement(NamedTuple):
    """What a seat said in a round."""

    number: int
    predictions: Mapping[str, int]
    """Of the other seats' numbers."""
    types: Mapping[str, Chances] | None
    """Of the other seats, where it stated them."""


Statements = Mapping[str, Statement]
"""Of one round, by seat."""


def of_rounds(
    game: Guessing, played: Sequence[Round], said: Sequence[Statements]
) -> list[dict[str, object]]:
    """Return the numbers of each round, what was predicted, and the best response."""
    return [
        _of_round(game, revealed, statements)
        for revealed, statements in zip(played, said, strict=True)
    ]


def of_types(
    game: Guessing,
    said: Sequence[Statements],
    types: Sequence[str],
    *,
    switching: bool,
    asked: bool,
) -> dict[str, list[dict[str, object]]]:
    """Return what every seat could have known of every other, round by round.

    `predictions` and `beliefs` have a row a round for each seat and each other one;
    `losses` too, but not where two play for the nearest number: the lower one always
    wins, whatever the other chooses. `uniform` holds 1/101 for every number that the
    row names.
    """
    history = [{seat: said.number for seat, said in each.items()} for each in said]
    chance = hazard(game.rounds, switching=switching)
    predictions: list[dict[str, object]] = []
    told: list[dict[str, object]] = []
    losses: list[dict[str, object]] = []
    for part, by, of, belief in _pairs(game, history, types, chance):
        statement, about = said[part - 1][by], {"part": part, "by": by, "of": of}
        came = history[part - 1][of]
        predictions.append({**about, **_prediction(statement, of, came, belief)})
        stated = None if statement.types is None else statement.types[of]
        if asked:
            told.append({**about, "stated": stated, "ideal": _rounded(belief.types)})
        if game.players > 2 or game.payoff == "distance":
            lost = _losses(game, by, of, history[part - 1], belief)
            losses.append({**about, "by_type": lost})
    return {"predictions": predictions, "beliefs": told, "losses": losses}


def _pairs(
    game: Guessing,
    history: Sequence[Mapping[str, int]],
    types: Sequence[str],
    chance: float,
) -> Iterator[tuple[int, str, str, Belief]]:
    """Yield each round with each seat, each other one, and what is known of that."""
    table = Table(game.seats[0], game.seats, history, FACTOR)
    known = {seat: [*beliefs(table, seat, types, chance)] for seat in game.seats}
    for part in range(1, len(history) + 1):
        for by in game.seats:
            for of in game.seats:
                if of != by:
                    yield part, by, of, known[of][part - 1]


def _prediction(
    statement: Statement, of: str, came: int, belief: Belief
) -> dict[str, object]:
    ideal = {str(number): chance for number, chance in belief.predictive.items()}
    stated = statement.predictions[of]
    named = {stated, came, *belief.numbers.values()}
    return {
        "stated": {str(stated): 1.0},
        "uniform": {str(number): EVEN for number in sorted(named)},
        "ideal": _rounded(ideal),
        "by_type": {name: {str(n): 1.0} for name, n in belief.numbers.items()},
        "came": str(came),
    }


def _losses(
    game: Guessing, by: str, of: str, numbers: Mapping[str, int], belief: Belief
) -> dict[str, float]:
    """Return what a number gave away, in points, had the other been of each type.

    Further seats chose what they chose; each of the others stands for an equal share,
    so that the sum over them is what the number gave away.
    """
    lost: dict[str, float] = {}
    for name, number in belief.numbers.items():
        others = [number if s == of else n for s, n in numbers.items() if s != by]
        lost[name] = round(_unpaid(game, numbers[by], others) / len(others), 9)
    return lost


def _unpaid(game: Guessing, own: int, others: Sequence[int]) -> float:
    """Return how much more the best number would have been paid, in points."""
    paid = [game.paid(play((n, *others)))[0] for n in range(HIGHEST + 1)]
    return max(paid) - paid[own]


def _gap(own: int, others: Sequence[int]) -> float:
    """Return how much farther from the target a number is than the best one."""
    return distance(own, others) - distance(best_numbers(others)[0], others)


def _of_round(
    game: Guessing, revealed: Round, statements: Statements
) -> dict[str, object]:
    numbers = dict(zip(game.seats, revealed.numbers, strict=True))
    others = {own: [n for s, n in numbers.items() if s != own] for own in numbers}
    return {
        "numbers": numbers,
        "predictions": {seat: said.predictions for seat, said in statements.items()},
        "winners": [game.seats[i] for i in revealed.winners],
        "best_response_gap": {s: _gap(n, others[s]) for s, n in numbers.items()},
    }


def _rounded(chances: Chances) -> dict[str, float]:
    return {name: round(chance, 9) for name, chance in chances.items()}
