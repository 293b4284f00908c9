"""Statements about beliefs with their opposites, and worlds in which they are so."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .beliefs.events import Enter, Event, Leave, Move, Setting
from .beliefs.telling import Voice
from .vocabulary import CONTAINERS, PEOPLE, ROOMS, THINGS

__all__ = ["KINDS", "STAGES", "Beliefs", "Pair", "Turn", "World", "world_of"]

STAGES = 3
"""Places in which the thing is, one after the other."""

_GROUP = 3  # people whom a quantifier is about

Beliefs = Mapping[str, str | None]
"""Where each person thinks that the thing is; None where they think nothing of it."""


class World(NamedTuple):
    """A thing is moved twice; each person comes by once, to that room or another."""

    setting: Setting
    events: tuple[Event, ...]
    thing: str
    room: str
    places: tuple[str, ...]
    people: tuple[str, ...]
    """Of whom is asked; the first may be "you"."""


@dataclass(frozen=True)
class Pair:
    """A statement and its opposite: exactly one of them is true."""

    statement: str
    opposite: str
    is_so: Callable[[Beliefs], bool]
    is_otherwise: Callable[[Beliefs], bool]


class Turn(NamedTuple):
    """What a pair is about: a place, and whether its statement is true."""

    rng: random.Random
    at: int
    """The stage at which the thing is in the place that is asked about."""
    true: bool
    way: int
    """Of three ways to be so."""

    def others(self) -> list[int]:
        """Return the other stages."""
        return [stage for stage in range(STAGES) if stage != self.at]


Stages = list[int | None]
"""At which stage each person comes into the thing's room; None for never."""


class Kind(NamedTuple):
    """How a world is made for a statement, and the statement."""

    stages: Callable[[Turn], Stages]
    pair: Callable[[World, str, Voice], Pair]
    single: bool
    """Whether it is about one person only."""


def _thinks_it(turn: Turn) -> Stages:
    """One thinks so; or thinks otherwise, in two ways, or nothing."""
    return [turn.at] if turn.true else [[*turn.others(), None][turn.way]]


def _thinks_otherwise(turn: Turn) -> Stages:
    """One thinks that it is elsewhere; or that it is there, or nothing."""
    if turn.true:
        return [turn.rng.choice(turn.others())]
    return [[turn.at, None, turn.rng.choice((turn.at, None))][turn.way]]


def _is_right(turn: Turn) -> Stages:
    return [STAGES - 1 if turn.true else turn.rng.randrange(STAGES - 1)]


def _all_think_it(turn: Turn) -> Stages:
    stages: Stages = [turn.at] * _GROUP
    if not turn.true:
        stages[turn.way] = turn.rng.choice([*turn.others(), None])
    return stages


def _none_thinks_it(turn: Turn) -> Stages:
    stages: Stages = [turn.rng.choice([*turn.others(), None]) for _ in range(_GROUP)]
    if not turn.true:
        stages[turn.way] = turn.at
    return stages


def _visitors_think_it(turn: Turn) -> Stages:
    """All who were in the room think so, but for one where it is false."""
    stages: Stages = [turn.rng.choice((turn.at, None)) for _ in range(_GROUP)]
    stages[turn.way - 1] = turn.at
    if not turn.true:
        stages[turn.way] = turn.rng.choice(turn.others())
    return stages


def _subject(world: World, voice: Voice) -> tuple[str, str, str]:
    """Return a person with `thinks that` and `does not think that`."""
    (person,) = world.people
    who = voice.name(person)
    not_so = "do" if person == voice.you else "does"
    return who, f"{who} {voice.verb(person, 'thinks')}", f"{who} {not_so} not think"


def _about(world: World, place: str) -> str:
    return f"the {world.thing} is in the {place}"


def _case(world: World, place: str, voice: Voice) -> Pair:
    (person,), (_, thinks, _) = world.people, _subject(world, voice)
    statement = f"{thinks} that {_about(world, place)}"
    return Pair(
        statement,
        f"it is not the case that {statement}",
        lambda beliefs: beliefs[person] == place,
        lambda beliefs: beliefs[person] in ({*world.places, None} - {place}),
    )


def _outer(world: World, place: str, voice: Voice) -> Pair:
    (person,), (_, thinks, thinks_not) = world.people, _subject(world, voice)
    return Pair(
        f"{thinks} that {_about(world, place)}",
        f"{thinks_not} that {_about(world, place)}",
        lambda beliefs: beliefs[person] == place,
        lambda beliefs: beliefs[person] in ({*world.places, None} - {place}),
    )


def _inner(world: World, place: str, voice: Voice) -> Pair:
    (person,), (_, thinks, thinks_not) = world.people, _subject(world, voice)
    inside = f"the {world.thing} is not in the {place}"
    return Pair(
        f"{thinks} that {inside}",
        f"{thinks_not} that {inside}",
        lambda beliefs: beliefs[person] in ({*world.places} - {place}),
        lambda beliefs: beliefs[person] is None or beliefs[person] == place,
    )


def _antonym(world: World, place: str, voice: Voice) -> Pair:
    (person,), (who, _, _) = world.people, _subject(world, voice)
    is_, last = voice.verb(person, "is"), world.places[-1]
    return Pair(
        f"{who} {is_} right about where the {world.thing} is",
        f"{who} {is_} wrong about where the {world.thing} is",
        lambda beliefs: beliefs[person] == last,
        lambda beliefs: beliefs[person] in world.places[:-1],
    )


def _everyone(world: World, place: str, voice: Voice) -> Pair:
    group, about = f"of {voice.names(world.people)}", _about(world, place)
    return Pair(
        f"{group}, everyone thinks that {about}",
        f"{group}, someone does not think that {about}",
        lambda beliefs: all(beliefs[person] == place for person in world.people),
        lambda beliefs: len(_thinkers(world, beliefs, place)) < _GROUP,
    )


def _nobody(world: World, place: str, voice: Voice) -> Pair:
    group, about = f"of {voice.names(world.people)}", _about(world, place)
    return Pair(
        f"{group}, nobody thinks that {about}",
        f"{group}, someone thinks that {about}",
        lambda beliefs: not any(beliefs[person] == place for person in world.people),
        lambda beliefs: len(_thinkers(world, beliefs, place)) > 0,
    )


def _contrapositive(world: World, place: str, voice: Voice) -> Pair:
    group, about = f"of {voice.names(world.people)}", _about(world, place)
    visited = {
        event.person
        for event in world.events
        if isinstance(event, Enter) and event.room == world.room
    }
    return Pair(
        f"{group}, everyone who has been in the {world.room} thinks that {about}",
        f"{group}, someone who does not think that {about} has been in the "
        f"{world.room}",
        lambda beliefs: visited <= _thinkers(world, beliefs, place),
        lambda beliefs: any(beliefs[person] != place for person in visited),
    )


def _thinkers(world: World, beliefs: Beliefs, place: str) -> set[str]:
    return {person for person in world.people if beliefs[person] == place}


KINDS: Mapping[str, Kind] = {
    "not the case": Kind(_thinks_it, _case, True),
    "outer negation": Kind(_thinks_it, _outer, True),
    "inner negation": Kind(_thinks_otherwise, _inner, True),
    "antonym": Kind(_is_right, _antonym, True),
    "everyone": Kind(_all_think_it, _everyone, False),
    "nobody": Kind(_none_thinks_it, _nobody, False),
    "contrapositive": Kind(_visitors_think_it, _contrapositive, False),
}
"""By cell."""


def world_of(rng: random.Random, stages: Sequence[int | None]) -> World:
    """Return a world in which people come into the thing's room at these stages."""
    mover, *people = rng.sample(PEOPLE, 1 + len(stages))
    room, elsewhere = rng.sample(ROOMS, 2)
    *places, other = rng.sample(CONTAINERS, STAGES + 1)
    thing = rng.choice(THINGS)
    comings: list[list[tuple[str, str]]] = [[] for _ in range(STAGES)]
    for person, stage in zip(people, stages, strict=True):
        when = rng.randrange(STAGES) if stage is None else stage
        comings[when].append((person, elsewhere if stage is None else room))
    events: list[Event] = []
    for stage, coming in enumerate(comings):
        if stage:
            events.append(Move(mover, thing, places[stage]))
        rng.shuffle(coming)
        events += [Enter(person, where) for person, where in coming]
        events += [Leave(person) for person, _ in coming]
    standing = rng.sample([*((place, room) for place in places), (other, elsewhere)], 4)
    setting = Setting(
        rooms=(room, elsewhere),
        containers=dict(standing),
        closed=frozenset(),
        things={thing: places[0]},
        people={mover: room, **dict.fromkeys(people, None)},
    )
    return World(setting, tuple(events), thing, room, tuple(places), tuple(people))
