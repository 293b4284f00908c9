"""A question of the generator `talk`: about a scene, before the story is told."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from arena.items import Label

from .scenes import Scene
from .telling import Voice

__all__ = ["Cell", "Posed", "Turn", "case_of"]


class Turn(NamedTuple):
    """Which item of its cell is drawn."""

    rng: random.Random
    """The same for a test and its twin."""
    pair: int
    """Number of the pair."""
    twin: bool
    first_person: bool
    """Whether someone is "you"."""

    def voice(self, person: str) -> Voice:
        """Return the voice in which this person is "you", if anyone is."""
        return Voice(person if self.first_person else None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Posed:
    """A question about a scene.

    Attributes:
        scene: The world.
        voice: Who is "you".
        question: What is asked.
        options: In an order of no meaning.
        labels: Each names an option.
        rules: What must be known beside the rules of the world.
        picks: Option by rule.
        fair: Rules that may be right here.
        orders: Effective and worded.
        own: Whether "you" are asked about yourself.
    """

    scene: Scene
    voice: Voice
    question: str
    options: tuple[str, ...]
    labels: tuple[Label, ...]
    rules: str = ""
    picks: Mapping[str, str] = field(default_factory=dict[str, str])
    fair: tuple[str, ...] = ()
    orders: tuple[int | None, int | None] = (None, None)
    own: bool = False


class Cell(NamedTuple):
    """A kind of question."""

    pose: Callable[[Turn], Posed]
    options: int
    pairs: int
    """After so many pairs all cases have come equally often."""


def case_of(number: int, *sizes: int) -> tuple[int, ...]:
    """Return the digits of a number in a system with these sizes, lowest first."""
    digits: list[int] = []
    for size in sizes:
        number, digit = divmod(number, size)
        digits.append(digit)
    return tuple(digits)
