"""The environment `arena/NumberGuessing-v1`."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from arena.env import Env
from arena.tools import Tool, tool, tools_of

from .rules import FACTOR, HIGHEST, Round, best_numbers, distance, play

__all__ = ["NumberGuessing"]

Number = Annotated[int, Field(ge=0, le=HIGHEST)]


class NumberGuessing(Env):
    """Rounds of choosing a number near 0.8 of the mean, and predicting everyone's.

    Description:
        In each round every player chooses a whole number from 0 to 100; whoever is
        nearest to 0.8 of the mean of all numbers wins the round. With its own number
        each player states a prediction of every other player's, before the round is
        revealed.

    Action space:
        Tool `guess(number, predictions)`; `predictions` has an entry for every other
        seat.

    Observation space:
        Text: the rounds so far, all numbers of each. Nobody sees a number of the round
        that is being played, nor another player's predictions.

    Starting state:
        Round 1 of `rounds`, nothing known.

    Rewards:
        A round pays 1, shared equally by all who are nearest. With two players the
        lower number always wins (proved by enumeration, a test repeats it), so that
        winning tells nothing there: score predictions, or seat three or more.

    Episode end:
        Terminates after the last round. Never truncates.

    Evidence:
        All numbers and predictions of all rounds; for every choice its distance to the
        target and the least distance that was possible against the others' numbers.

    Arguments:
        players: Seats, from 2 to 8, named player-1, player-2, …; in the series framing
            own, source-1, ….
        rounds: From 1 to 100; EgoSocialArena plays 10.
        framing: "social" tells of players; "series" presents the same numbers, moves
            and dynamics as sources of a number series without a mind behind them: the
            non-social control, paired with "social" by the seed.

    Source:
        EgoSocialArena, arXiv 2410.06195, the 0.8-average game; its level-3 opponent
        uses the last round's mean rounded down.

    Version:
        v1.
    """

    partners: ClassVar[Mapping[str, str]] = {"*": "level-2"}

    def __init__(
        self,
        *,
        players: Annotated[int, Field(ge=2, le=8)] = 2,
        rounds: Annotated[int, Field(ge=1, le=100)] = 10,
        framing: Literal["social", "series"] = "social",
        render_mode: str | None = None,
    ) -> None:
        self.seats = (
            tuple(f"player-{i}" for i in range(1, players + 1))
            if framing == "social"
            else ("own", *(f"source-{i}" for i in range(1, players)))
        )
        self.rounds = rounds
        self.framing = framing
        self._history: list[Round] = []
        self._predictions: list[dict[str, dict[str, int]]] = []
        self._open: dict[str, tuple[int, dict[str, int]]] = {}
        super().__init__(render_mode=render_mode)

    def define_tools(self, seat: str) -> Mapping[str, Tool]:
        """Return `guess`, with a prediction for every other seat."""
        return _tools(tuple(s for s in self.seats if s != seat))

    def instructions(self, seat: str) -> str:
        """Return the rules in the words of the framing."""
        others = [s for s in self.seats if s != seat]
        if self.framing == "series":
            return (
                f"The number sources are: {', '.join(others)}. Each is a mechanical "
                f"process that gives a whole number from 0 to {HIGHEST} in each of "
                f"{self.rounds} rounds. In each round you enter a number of your own "
                f"from 0 to {HIGHEST}, shown as {seat}, and forecast the one that each "
                "source will give; then all numbers are shown, with "
                f"{FACTOR} of their mean. Later numbers may depend on earlier ones, "
                "yours included. Aim at forecasts that are exactly right. Call guess "
                "with your number and your forecasts."
            )
        return (
            f"You are {seat} in a game of {len(self.seats)} players: "
            f"{', '.join(self.seats)}. In each of {self.rounds} rounds every player "
            f"chooses a whole number from 0 to {HIGHEST}. Whoever is nearest to "
            f"{FACTOR} of the mean of all numbers wins the round. All choose at the "
            "same time; then all numbers are shown. With your number, predict the "
            "number that each other player will choose in this round; aim at "
            "predictions that are exactly right. Call guess with your number and your "
            "predictions."
        )

    def start(self, options: Mapping[str, Any]) -> None:
        """Begin with round 1."""
        self._history = []
        self._predictions = []
        self._open = {}
        self.turn = self.seats[0]

    @tool
    def guess(self, number: int, predictions: dict[str, int]) -> None:
        """State your number and what you predict for this round."""
        self._open[self.turn] = (number, dict(predictions))
        if len(self._open) == len(self.seats):
            self._reveal()
        seated = self.seats.index(self.turn)
        if not self.over:
            self.turn = self.seats[(seated + 1) % len(self.seats)]

    def observe(self, seat: str) -> str:
        """Return the last revealed round, and which one is next."""
        lines: list[str] = []
        if self._history:
            last = self._history[-1]
            numbers = ", ".join(
                f"{s} {n}" for s, n in zip(self.seats, last.numbers, strict=True)
            )
            lines.append(
                f"Round {len(self._history)}: {numbers}; {FACTOR} of the mean is "
                f"{last.target:.2f}."
            )
            if self.framing == "social":
                names = ", ".join(self.seats[i] for i in last.winners)
                lines[-1] += f" Nearest: {names}."
        if self.over:
            lines.append("That was the last round.")
        else:
            lines.append(f"Round {len(self._history) + 1} of {self.rounds}.")
        return " ".join(lines)

    def view(self, seat: str) -> dict[str, object]:
        """Return the revealed rounds by seat."""
        return {
            "legal": self.legal(seat),
            "seat": seat,
            "seats": list(self.seats),
            "rounds": self.rounds,
            "factor": FACTOR,
            "history": [
                dict(zip(self.seats, r.numbers, strict=True)) for r in self._history
            ],
        }

    def evidence(self) -> dict[str, object]:
        """Return all rounds with predictions and best responses."""
        return {
            "rounds_planned": self.rounds,
            "framing": self.framing,
            "rounds": [
                self._round_evidence(revealed, predictions)
                for revealed, predictions in zip(
                    self._history, self._predictions, strict=True
                )
            ],
        }

    def _reveal(self) -> None:
        revealed = play([self._open[seat][0] for seat in self.seats])
        self._history.append(revealed)
        self._predictions.append({seat: self._open[seat][1] for seat in self.seats})
        self._open = {}
        for index in revealed.winners:
            self.payoffs[self.seats[index]] += 1 / len(revealed.winners)
        self.over = len(self._history) == self.rounds

    def _round_evidence(
        self, revealed: Round, predictions: Mapping[str, Mapping[str, int]]
    ) -> dict[str, object]:
        numbers = dict(zip(self.seats, revealed.numbers, strict=True))
        gaps: dict[str, float] = {}
        for seat, own in numbers.items():
            others = [n for s, n in numbers.items() if s != seat]
            least = distance(best_numbers(others)[0], others)
            gaps[seat] = distance(own, others) - least
        return {
            "numbers": numbers,
            "predictions": predictions,
            "winners": [self.seats[i] for i in revealed.winners],
            "best_response_gap": gaps,
        }


@functools.cache
def _tools(others: tuple[str, ...]) -> Mapping[str, Tool]:
    fields = dict.fromkeys(others, Number)
    predictions = TypedDict("predictions", fields)  # pyright: ignore
    predictions.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # pyright: ignore
    guess = tools_of(NumberGuessing)["guess"]
    return {"guess": guess.taking(number=Number, predictions=predictions)}
