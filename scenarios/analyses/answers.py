"""What episodes say: one answer to one item, read from the evidence of Social-v1."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from arena.analysis import Episode
from arena.items import Measures

__all__ = [
    "Answer",
    "agents_of",
    "answers_of",
    "by_world",
    "chance_of",
    "grouped",
    "per_item",
    "sets_of",
]

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Item(_Model):
    """The part of `Item.evidence` that the tables need."""

    id: str
    generator: str
    cell: str
    measures: Measures
    world: str
    pair: str | None = None
    variant: str = ""
    rendering: str = ""
    options: list[str] = Field(min_length=2)
    gold: int = Field(ge=0)
    roles: list[list[str]] = Field(default_factory=list[list[str]])
    picks: dict[str, int] = Field(default_factory=dict[str, int])
    fair: list[str] = Field(default_factory=list[str])
    order: int | None = None
    nominal: int | None = None
    facts: dict[str, Any] = Field(default_factory=dict[str, Any])

    @model_validator(mode="after")
    def _whole(self) -> _Item:
        if self.gold >= len(self.options):
            raise ValueError("gold is no option")
        if self.roles and len(self.roles) != len(self.options):
            raise ValueError("not a list of roles for every option")
        return self


class _Given(_Model):
    option: int | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)


class _Evidence(_Model):
    item: _Item
    answer: _Given = _Given()
    mode: str = "read"
    blind: dict[str, int] = Field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; an episode that ended without one has `chosen` None and is wrong."""

    scenario: str
    agent: str
    run: str
    sample: int
    epoch: int
    item: _Item
    telling: str
    """The rendering, and the mode where it was not read."""
    chosen: int | None
    confidence: float | None
    blind: dict[str, int]
    """What rules without a mind answer."""

    @property
    def right(self) -> float:
        """1 for the right option, else 0."""
        return float(self.chosen == self.item.gold)

    @property
    def chance(self) -> float:
        """Of guessing right."""
        return 1 / len(self.item.options)

    @property
    def answer(self) -> str:
        """The text of the right option."""
        return self.item.options[self.item.gold]

    @property
    def cell(self) -> tuple[str, str]:
        """Scenario and cell: what it is counted with."""
        return self.scenario, self.item.cell

    def roles(self, option: int) -> list[str]:
        """Return what an option is; nothing where it carries no role."""
        return self.item.roles[option] if self.item.roles else []


def answers_of(episodes: Iterable[Episode]) -> tuple[list[Answer], int]:
    """Return the answers, and how many ended episodes have no evidence to read.

    Episodes that failed for an infrastructure reason are missing and not counted.
    """
    answers: list[Answer] = []
    unread = 0
    for episode in episodes:
        if episode.missing:
            continue
        try:
            evidence = _Evidence.model_validate(episode.evidence)
        except ValidationError:
            unread += 1
            continue
        item = evidence.item
        told = dict.fromkeys([item.rendering, evidence.mode.removeprefix("read")])
        answers.append(
            Answer(
                scenario=episode.scenario,
                agent=episode.agent,
                run=episode.run,
                sample=episode.sample,
                epoch=episode.epoch,
                item=item,
                telling=", ".join(part for part in told if part),
                chosen=evidence.answer.option,
                confidence=evidence.answer.confidence,
                blind=evidence.blind | item.picks,
            )
        )
    return answers, unread


def grouped(
    things: Iterable[Thing], key: Callable[[Thing], Key]
) -> dict[Key, list[Thing]]:
    """Group things by a key, in the order in which the keys first come."""
    groups: dict[Key, list[Thing]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def agents_of(answers: Iterable[Answer]) -> list[str]:
    """Return the agents, in the order in which they come."""
    return list(grouped(answers, lambda a: a.agent))


def per_item(answers: Iterable[Answer]) -> list[float]:
    """Return how often each item was right; the epochs of one item are one value."""
    items = grouped(answers, lambda a: (a.run, a.item.id))
    return [fmean(a.right for a in group) for group in items.values()]


def by_world(answers: Iterable[Answer]) -> dict[str, list[float]]:
    """Return how often each item was right, by its world."""
    worlds = grouped(answers, lambda a: a.item.world)
    return {world: per_item(group) for world, group in worlds.items()}


def sets_of(
    answers: Iterable[Answer], name: Callable[[Answer], Hashable]
) -> list[list[list[Answer]]]:
    """Return the sets of answers that have a name in common, and of each its epochs.

    Sets of other runs or tellings are others.
    """
    sets = grouped(answers, lambda a: (a.run, a.telling, name(a)))
    return [[*grouped(own, lambda a: a.epoch).values()] for own in sets.values()]


def chance_of(answers: Sequence[Answer]) -> float:
    """Return the mean chance of guessing right."""
    return fmean(a.chance for a in answers)
