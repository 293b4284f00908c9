"""What games with minds leave as evidence, read from the side of one seat.

Poker and number guessing write it alike: equal parts (hands, rounds), what was stated
of the others' next acts and types beside what an ideal observer would have stated, the
chances with which each listed type acts, and what own moves gave away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from arena.agent import AgentSpec
from arena.scoring import Unscored

__all__ = [
    "Belief",
    "Chances",
    "Part",
    "Prediction",
    "Session",
    "switch_of",
    "type_at",
]

Chances = dict[str, Annotated[FiniteFloat, Field(ge=0)]]
"""Probabilities by name; what is not named has 0."""

SWITCHER = "switcher"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Unit(_Model):
    """What scores are told in."""

    name: str
    per_payoff: Annotated[FiniteFloat, Field(gt=0)]
    """How many make one of the game's own payoff."""


class Part(_Model):
    """One part that was played to its end. Of number guessing there are no cards."""

    part: Annotated[int, Field(ge=1)]
    payoffs: dict[str, FiniteFloat]
    forfeited: str | None = None
    """The seat that lost it by too many bad calls."""
    cards: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    board: list[str] = Field(default_factory=list[str])
    betting: str = ""
    positions: dict[str, int] = Field(default_factory=dict[str, int])


class Prediction(_Model):
    """One act of `of` that `by` could have predicted."""

    part: int
    by: str
    of: str
    stated: Chances | None
    uniform: Annotated[Chances, Field(min_length=1)]
    ideal: Chances | None
    by_type: dict[str, Chances]
    came: str


class Belief(_Model):
    """What `by` last stated in a part of the type of `of`."""

    part: int
    by: str
    of: str
    stated: Chances | None
    ideal: Annotated[Chances, Field(min_length=1)]


class Loss(_Model):
    """What a move of `by` gave away against each listed type, in the game's payoff."""

    part: int
    by: str
    of: str
    by_type: dict[str, FiniteFloat]


class _Evidence(_Model):
    parts_planned: Annotated[int, Field(ge=1)]
    unit: Unit
    types: list[str] = Field(default_factory=list[str])
    judged_by: Literal["brier", "hit"] = "brier"
    parts: list[Part]
    predictions: list[Prediction] = Field(default_factory=list[Prediction])
    beliefs: list[Belief] = Field(default_factory=list[Belief])
    losses: list[Loss] = Field(default_factory=list[Loss])
    ended_by_forfeit: str | None = None


@dataclass(frozen=True)
class Session:
    """An episode as one seat can be judged by it."""

    seat: str
    seats: Mapping[str, AgentSpec]
    """Who sat where."""
    evidence: _Evidence

    @classmethod
    def of(
        cls, evidence: Mapping[str, Any], seat: str, seats: Mapping[str, AgentSpec]
    ) -> Session:
        """Read what an environment left.

        Raises:
            Unscored: If it left nothing of the kind, or what does not fit.
        """
        try:
            left = _Evidence.model_validate(evidence)
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            absent = first["type"] == "missing" and field == "parts_planned"
            if absent or not first["loc"]:
                raise Unscored("no evidence of a game with minds") from None
            why = f"evidence that does not fit: {field}: {first['msg']}"
            raise Unscored(why) from None
        if not all(seat in part.payoffs for part in left.parts):
            raise Unscored(f"evidence that does not fit: a part pays {seat} nothing")
        return cls(seat, seats, left)

    @cached_property
    def parts(self) -> dict[int, Part]:
        """The parts that were played to their end, by number."""
        return {part.part: part for part in self.evidence.parts}

    @cached_property
    def played_out(self) -> frozenset[int]:
        """Those that nobody forfeited."""
        return frozenset(n for n, part in self.parts.items() if part.forfeited is None)

    @property
    def others(self) -> list[str]:
        """The other seats."""
        return [seat for seat in self.seats if seat != self.seat]

    @property
    def predictions(self) -> list[Prediction]:
        """What this seat could have predicted."""
        return [row for row in self.evidence.predictions if row.by == self.seat]

    @property
    def beliefs(self) -> list[Belief]:
        """What this seat stated of types, one row a part and other seat."""
        return [row for row in self.evidence.beliefs if row.by == self.seat]

    @property
    def losses(self) -> list[Loss]:
        """What this seat's moves gave away, in parts that nobody forfeited."""
        return [
            row
            for row in self.evidence.losses
            if row.by == self.seat and row.part in self.played_out
        ]

    def type_of(self, seat: str, part: int) -> str:
        """Return the type that a seat is in a part.

        Raises:
            Unscored: If nobody sat there, or a switcher's record does not say it.
        """
        if seat not in self.seats:
            raise Unscored(f"nobody sat at {seat}")
        return type_at(self.seats[seat], part)


def type_at(spec: AgentSpec, part: int) -> str:
    """Return what an agent plays as in a part: its name, or what a switcher then is."""
    switch = switch_of(spec)
    if switch is None:
        return spec.name
    first, then, at = switch
    return first if part < at else then


def switch_of(spec: AgentSpec) -> tuple[str, str, int] | None:
    """Return what a switcher is at first, what then, and from which part on.

    Raises:
        Unscored: If the record of a switcher does not say it.
    """
    if spec.name != SWITCHER:
        return None
    try:
        told = spec.options
        return str(told["first"]), str(told["then"]), int(told["at"])
    except (KeyError, TypeError, ValueError):
        raise Unscored(f"a switcher with the options {dict(spec.options)}") from None
