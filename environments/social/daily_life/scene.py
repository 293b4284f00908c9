"""What a kind of daily-life situation gives: one question, and all that is known of it.

A scene has designs: pairs of situations, test and twin, that one line tells apart.
Over all designs each answer, and each way to it, is right equally often.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeVar

from arena.items import Measures

__all__ = ["Asked", "Reading", "Scene", "flipped_pairs", "only"]

C = TypeVar("C", bound=Hashable)


class Reading(NamedTuple):
    """What one labeller derived: an option, by index, and why, in words with marks."""

    by: str
    option: int
    because: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question about a situation, with marks (`wording.py`) for the people.

    Attributes:
        people: Letters of the people.
        you: The one who is "you" in the first person.
        measures: What it measures in the first person; told of others it is theory of
            mind.
        rules: What must be known beside the story.
        lines: The story.
        question: What is asked.
        options: The answers, in a fixed order.
        readings: The answer by each labeller.
        roles: Options by role.
        picks: Options by blind rule.
        fair: Blind rules that are right by what is asked.
        facts: Knobs, for tables.
    """

    people: str
    you: str
    measures: Measures
    rules: str
    lines: Sequence[str]
    question: str
    options: Sequence[str]
    readings: tuple[Reading, Reading]
    roles: Mapping[str, int]
    picks: Mapping[str, int] = field(default_factory=dict[str, int])
    fair: Sequence[str] = ()
    facts: Mapping[str, str | int | bool] = field(
        default_factory=dict[str, str | int | bool]
    )


class Scene(Protocol):
    """A kind of situation.

    Attributes:
        cell: What its items are counted with.
        designs: How many pairs there are.
        options: How many options an item has.
    """

    cell: str
    designs: int
    options: int

    def ask(self, rng: random.Random, design: int, *, twin: bool) -> Asked:
        """Return a pair's test or twin; with equal `rng`, one line tells them apart."""
        ...


def flipped_pairs(
    states: Iterable[C], flips: Sequence[Callable[[C], C | None]]
) -> list[tuple[C, C]]:
    """Return each state with each state that one flip makes of it.

    Args:
        states: Of the situation.
        flips: Each changes one line; None where it would change no answer.
    """
    flipped = [(state, flip(state)) for state in states for flip in flips]
    return [(state, other) for state, other in flipped if other is not None]


def only(fulfilled: Iterable[bool]) -> int:
    """Return which one of the conditions is fulfilled.

    Raises:
        ValueError: If none is, or more than one.
    """
    found = [index for index, holds in enumerate(fulfilled) if holds]
    if len(found) != 1:
        raise ValueError(f"{len(found)} of the answers fulfil their conditions")
    return found[0]
