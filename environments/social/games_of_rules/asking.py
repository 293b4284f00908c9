"""What the cells of the rules share: who is asked for, and options with their roles."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from arena.items import Measures

from ..vocabulary import PEOPLE
from .telling import Cast

__all__ = ["CHANGES", "Asking", "answers_of", "stage_picks"]

CHANGES = ("default-rule", "first-change", "second-change", "reality")
"""Roles of the answers by the first rule, by those between, and by the last."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Which item of a cell is made.

    Attributes:
        rng: For the world and its words; equal for a test and its twin.
        design: Number of the pair in its cell.
        twin: Whether it is the twin.
        first: Whether the companion is told of as "you".
    """

    rng: random.Random
    design: int
    twin: bool
    first: bool

    @property
    def own(self) -> Measures:
        """What a question without another's mind measures."""
        return "self-state" if self.first else "control"

    def cast(self, others: int) -> Cast:
        """Return the people of the story: a companion and so many others."""
        companion, *rest = self.rng.sample(PEOPLE, others + 1)
        return Cast("you" if self.first else companion, tuple(rest))


def stage_picks(by_stage: Sequence[str]) -> dict[str, str]:
    """Return what who goes by one of the rules, without a mind in between, answers."""
    roles = (*CHANGES[: len(by_stage) - 1], CHANGES[-1])
    return dict(zip(roles, by_stage, strict=True))


def answers_of(
    options: Sequence[str], right: str, roles: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return each option with its roles.

    Args:
        options: All.
        right: The right one.
        roles: Role -> the option that has it.
    """
    return {
        option: (
            *(("correct",) if option == right else ()),
            *(role for role, text in roles.items() if text == option),
        )
        or ("other",)
        for option in options
    }
