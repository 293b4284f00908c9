"""How number guessing is explained: as a game of players, or as a number series."""

from __future__ import annotations

from collections.abc import Sequence

from .levels import LEVELS
from .rules import FACTOR, HIGHEST, Guessing

__all__ = ["instructions"]

GAME = (
    "You are {seat} in a game of {count} players: {seats}. In each of {rounds} rounds "
    "every player chooses a whole number from 0 to {highest}. {pays} All choose at the "
    "same time; then all numbers are shown. With your number, predict the number that "
    "each other player will choose in this round; aim at predictions that are exactly "
    "right. Call guess with your number and your predictions."
)
PAYS = {
    "nearest": "Whoever is nearest to {factor} of the mean of all numbers wins the "
    "round.",
    "distance": "A round costs every player as many points as its own number is away "
    "from {factor} of the mean of all numbers, its own included; lose as few as you "
    "can.",
}
SERIES = (
    "The number sources are: {others}. Each is a mechanical process that gives a whole "
    "number from 0 to {highest} in each of {rounds} rounds. In each round you enter a "
    "number of your own from 0 to {highest}, shown as {seat}, and forecast the one "
    "that each source will give; then all numbers are shown, with {factor} of their "
    "mean.{pays} Later numbers may depend on earlier ones, yours included. Aim at "
    "forecasts that are exactly right. Call guess with your number and your forecasts."
)
COSTS = (
    " Enter a number as close as you can to {factor} of the mean, in which your own "
    "counts too: what it is away from that is a cost in points."
)
TYPES = {
    "social": ("Each other player is of one of these types", "other player"),
    "series": ("Each source follows one of these rules", "source"),
}
STATE = (
    "With guess you may also state types: for each {whom} your probability of each of "
    "these in this round. The sum must be 1; what you leave out counts 0."
)


def instructions(
    game: Guessing, seat: str, types: Sequence[str], *, switching: bool, asked: bool
) -> str:
    """Return what a seat is told before round 1.

    Args:
        game: What is played.
        seat: Whoever is told.
        types: Of which the others are; none where that is not said.
        switching: Whether another may change its type once.
        asked: Whether probabilities of types may be stated.
    """
    others = ", ".join(s for s in game.seats if s != seat)
    costs = COSTS if game.payoff == "distance" else ""
    template, pays = (
        (GAME, PAYS[game.payoff]) if game.framing == "social" else (SERIES, costs)
    )
    told = template.format(
        seat=seat,
        seats=", ".join(game.seats),
        others=others,
        count=game.players,
        rounds=game.rounds,
        highest=HIGHEST,
        factor=FACTOR,
        pays=pays.format(factor=FACTOR),
    )
    if not types:
        return told
    opening, whom = TYPES[game.framing]
    once = " It may change to another of them once." if switching else ""
    listed = "".join(f"\n- {name}: {LEVELS[name].about}" for name in types)
    state = "\n" + STATE.format(whom=whom) if asked else ""
    return f"{told}\n{opening}.{once}{listed}{state}"
