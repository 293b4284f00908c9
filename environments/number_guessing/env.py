"""The environment `arena/NumberGuessing-v1`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from arena.agent import Policy
from arena.env import Env
from arena.errors import UnknownName, UserError
from arena.tools import Tool, tool, tools_of

from ..statements import probabilities_of
from .evidence import Statement, of_rounds, of_types
from .levels import LEVELS, level_policies
from .observer import IdealObserver, UniformObserver
from .rules import HIGHEST, Framing, Guessing, Payoff, Played
from .telling import instructions

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
        seat. With `ask` also `types`, which may be left out: for every other seat
        probabilities of the listed types, which sum to 1.

    Observation space:
        Text: the rounds so far, all numbers of each. Nobody sees a number of the round
        that is being played, nor another player's predictions.

    Starting state:
        Round 1 of `rounds`, nothing known.

    Rewards:
        By `payoff`. "nearest": a round pays 1, shared equally by all who are nearest.
        With two players the lower number always wins (proved by enumeration, a test
        repeats it), so that winning tells nothing there: score predictions, or seat
        three or more. "distance": a round costs what the own number is away from 0.8
        of the mean, in points; against one player who chooses b, 2b / 3 is best.

    Episode end:
        Terminates after the last round. Never truncates.

    Evidence:
        `rounds`: all numbers and predictions; for every choice how much farther from
        the target it was than the best against the others' numbers. Where `types` are
        listed also `predictions`, `beliefs` and `losses`: what was stated beside what
        an ideal Bayesian observer of the types knew, and what a number gave away
        against each type, in points.

    Arguments:
        players: Seats, from 2 to 8, named player-1, player-2, …; in the series framing
            own, source-1, ….
        rounds: From 1 to 100; EgoSocialArena plays 10.
        framing: "social" tells of players; "series" presents the same numbers, moves
            and dynamics as sources of a number series without a mind behind them: the
            non-social control, paired with "social" by the seed.
        payoff: See Rewards.
        ask: ["type"]: a guess may state probabilities of the others' types.
        types: The levels that the others may be of, at least two, as "level-1".
        switching: Whether another may change to another of them once.

    Source:
        EgoSocialArena, arXiv 2410.06195, the 0.8-average game; its level-3 opponent
        uses the last round's mean rounded down.

    Version:
        v1.
    """

    partners: ClassVar[Mapping[str, str]] = {"*": "level-2"}
    policies: ClassVar[Mapping[str, Callable[..., Policy]]] = {
        **level_policies(),
        "ideal-observer": IdealObserver,
        "uniform-observer": UniformObserver,
    }

    def __init__(
        self,
        *,
        players: Annotated[int, Field(ge=2, le=8)] = 2,
        rounds: Annotated[int, Field(ge=1, le=100)] = 10,
        framing: Framing = "social",
        payoff: Payoff = "nearest",
        ask: list[Literal["type"]] | None = None,
        types: list[str] | None = None,
        switching: bool = False,
        render_mode: str | None = None,
    ) -> None:
        self.seats = (
            tuple(f"player-{i}" for i in range(1, players + 1))
            if framing == "social"
            else ("own", *(f"source-{i}" for i in range(1, players)))
        )
        self.game = Guessing(self.seats, rounds, payoff, framing)
        self.ask = sorted(set(ask or []))
        self.types = _checked(types or [], self.ask, switching=switching)
        self.switching = switching
        self._state: Played = ()
        self._said: list[dict[str, Statement]] = []
        self._open: dict[str, Statement] = {}
        super().__init__(render_mode=render_mode)

    def define_tools(self, seat: str) -> Mapping[str, Tool]:
        """Return `guess`, with a prediction for every other seat."""
        others = tuple(s for s in self.seats if s != seat)
        return _tools(others, self.types if self.ask else ())

    def instructions(self, seat: str) -> str:
        """Return the rules in the words of the framing, and what is asked."""
        return instructions(
            self.game,
            seat,
            self.types,
            switching=self.switching,
            asked="type" in self.ask,
        )

    def start(self, options: Mapping[str, Any]) -> None:
        """Begin with round 1."""
        self._state = self.game.new(self.np_random)
        self._said = []
        self._open = {}
        self.turn = self.seats[0]

    @tool
    def guess(
        self,
        number: int,
        predictions: dict[str, int],
        types: dict[str, dict[str, float]] | None = None,
    ) -> None:
        """State your number and what you predict for this round."""
        self._open[self.turn] = Statement(number, predictions, types)
        if len(self._open) == len(self.seats):
            self._reveal()
        seated = self.seats.index(self.turn)
        if not self.over:
            self.turn = self.seats[(seated + 1) % len(self.seats)]

    def observe(self, seat: str) -> str:
        """Return the last revealed round, and which one is next."""
        return self.game.text(self._state, self.seats.index(seat))

    def view(self, seat: str) -> dict[str, object]:
        """Return the revealed rounds by seat."""
        view = self.game.view(self._state, self.seats.index(seat))
        view["environment"] = "NumberGuessing-v1"
        view["legal"] = self.legal(seat)
        view["part"] = min(len(self._state) + 1, self.game.rounds)
        view["parts"] = self.game.rounds
        view["ask"] = list(self.ask)
        view["types"] = list(self.types)
        view["switching"] = self.switching
        return view

    def evidence(self) -> dict[str, object]:
        """Return all rounds with predictions and best responses; what types tell."""
        told: dict[str, object] = {
            "rounds_planned": self.game.rounds,
            "framing": self.game.framing,
            "rounds": of_rounds(self.game, self._state, self._said),
            "parts_planned": self.game.rounds,
            "unit": {"name": "points", "per_payoff": 1.0},
            "judged_by": "hit",
            "types": list(self.types),
            "switching": self.switching,
            "parts": [self._part(number) for number in range(len(self._state))],
            "statements_not_judged": {s: int(s in self._open) for s in self.seats},
            "ended_by_forfeit": None,
        }
        if not self.types:
            return told
        return told | of_types(
            self.game,
            self._said,
            self.types,
            switching=self.switching,
            asked="type" in self.ask,
        )

    def _part(self, number: int) -> dict[str, object]:
        paid = [round(p, 9) for p in self.game.paid(self._state[number])]
        payoffs = dict(zip(self.seats, paid, strict=True))
        return {"part": number + 1, "payoffs": payoffs, "forfeited": None}

    def _reveal(self) -> None:
        moves = {i: self._open[seat].number for i, seat in enumerate(self.seats)}
        self._state = self.game.apply(self._state, moves)
        self._said.append(self._open)
        self._open = {}
        paid = self.game.paid(self._state[-1])
        for seat, amount in zip(self.seats, paid, strict=True):
            self.payoffs[seat] += amount
        self.over = not self.game.to_move(self._state)


def _checked(
    types: Sequence[str], ask: Sequence[str], *, switching: bool
) -> tuple[str, ...]:
    """Return the types, which are needed where they are asked for or change.

    Raises:
        UserError: If they are missing or there are too few, or one is unknown or twice.
    """
    for name in types:
        if name not in LEVELS:
            raise UnknownName("type", name, LEVELS)
    if len(set(types)) < len(types):
        raise UserError(f"types: each once, given {', '.join(types)}")
    if len(types) < 2 and (types or ask or switching):
        need = 'ask = ["type"]' if ask else "switching" if switching else "types"
        raise UserError(f"{need}: list at least two types of {', '.join(LEVELS)}")
    return tuple(types)


@functools.cache
def _tools(others: tuple[str, ...], types: tuple[str, ...]) -> Mapping[str, Tool]:
    guess = tools_of(NumberGuessing)["guess"]
    fields: dict[str, Any] = {
        "number": Number,
        "predictions": _each("predictions", others, Number),
    }
    if types:
        about = "Your probability of each type in this round."
        stated = probabilities_of("type_probabilities", types, about)
        fields["types"] = _each("types", others, stated)
    return {"guess": guess.taking(optional={"types"} & fields.keys(), **fields)}


def _each(title: str, seats: Sequence[str], kind: Any) -> Any:
    """Return the type of an object with one value for each seat."""
    shape = TypedDict(title, dict.fromkeys(seats, kind))  # pyright: ignore
    shape.__pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # pyright: ignore
    return shape
