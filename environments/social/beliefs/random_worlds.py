"""Random belief worlds, with everything that can happen in them."""

from __future__ import annotations

import random

from .events import (
    Distract,
    Enter,
    Event,
    Leave,
    Look,
    Move,
    Noise,
    Setting,
    Tell,
)
from .table import BeliefTable
from .world import Impossible, World

__all__ = ["random_world"]

_PEOPLE = ("Ada", "Bilal", "Chen", "Dara", "Emeka", "Farid", "Goran", "Hina")
_ROOMS = ("kitchen", "hall", "garden")
_CONTAINERS = ("basket", "drawer", "crate", "chest", "bag", "tin", "trunk", "bowl")
_THINGS = ("ball", "key")
_NOISES = ("It begins to rain.", "A clock strikes.", "A dog barks far away.")


def random_world(
    rng: random.Random,
    people: int = 4,
    *,
    events: int = 14,
    rooms: int = 2,
    containers: int = 5,
    closed: float = 0.4,
    distrust: float = 0.15,
    secrets: float = 0.3,
) -> tuple[Setting, list[Event]]:
    """Return how a world begins and what happens; the first thing is asked about.

    There are moves, comings and goings, looks, distraction, and tells: true, mistaken
    and lies, public and private.

    Args:
        rng: Where all randomness comes from.
        people: How many, to 8.
        events: How many.
        rooms: How many, to 3.
        containers: How many, to 8, spread over the rooms.
        closed: Probability of each container to be closed.
        distrust: Probability for each to distrust each other.
        secrets: Probability of each person elsewhere to watch a move secretly.
    """
    setting = _setting(rng, people, rooms, containers, closed, distrust)
    table = BeliefTable(setting, _THINGS[0], order=1)
    happened: list[Event] = []
    everyone = list(setting.people)
    while len(happened) < events:
        person = rng.choice(everyone)
        event = _proposal(rng, table, person, secrets)
        try:
            table.apply(event)
        except Impossible:
            continue
        happened.append(event)
    return setting, happened


def _setting(
    rng: random.Random,
    people: int,
    rooms: int,
    containers: int,
    closed: float,
    distrust: float,
) -> Setting:
    names = _PEOPLE[:people]
    stand = {
        container: _ROOMS[i % rooms]
        for i, container in enumerate(_CONTAINERS[:containers])
    }
    begin = [*_ROOMS[:rooms], _ROOMS[0], None]
    return Setting(
        rooms=_ROOMS[:rooms],
        containers=stand,
        closed=frozenset([c for c in stand if rng.random() < closed]),
        things={thing: rng.choice(list(stand)) for thing in _THINGS},
        people={name: rng.choice(begin) for name in names},
        distrust=frozenset(
            [(a, b) for a in names for b in names if a != b and rng.random() < distrust]
        ),
        announced=rng.random() < 0.5,
    )


def _proposal(
    rng: random.Random, table: BeliefTable, person: str, secrets: float
) -> Event:
    """Return what the person might do; the world may forbid it."""
    world = table.world
    room = world.rooms_of[person]
    if person in world.away:
        return Distract(person, away=False)
    if room is None:
        return Enter(person, rng.choice(world.setting.rooms))
    containers = world.setting.containers
    here = [container for container, at in containers.items() if at == room]
    kind = rng.random()
    if kind < 0.28:
        return _move(rng, world, person, here, secrets)
    if kind < 0.44:
        return Enter(person, rng.choice(world.setting.rooms))
    if kind < 0.56:
        return Leave(person)
    if kind < 0.66:
        return Look(person, rng.choice(here))
    if kind < 0.74:
        return Distract(person, away=True)
    if kind < 0.96:
        return _tell(rng, table, person)
    return Noise(rng.choice(_NOISES))


def _move(
    rng: random.Random, world: World, person: str, here: list[str], secrets: float
) -> Move:
    there = [thing for thing, place in world.places.items() if place in here]
    thing = rng.choice(there or _THINGS)
    room = world.rooms_of[person]
    watchers: dict[str, int] = {}
    for other, at in world.rooms_of.items():
        if at != room and other not in world.away and rng.random() < secrets:
            # Levels are told by who sees whom watch, so none is left out.
            watchers[other] = rng.randint(1, max(watchers.values(), default=0) + 1)
    return Move(person, thing, rng.choice(here), watchers)


def _tell(rng: random.Random, table: BeliefTable, person: str) -> Tell:
    """Return a tell of what is true, of what the person believes, or of any place."""
    world = table.world
    others = sorted(world.attending(world.rooms_of[person] or "") - {person})
    public = rng.random() < 0.5
    hearers = others if public else rng.sample(others, min(len(others), 1))
    asked, other = _THINGS
    thing = asked if rng.random() < 0.8 else other
    said = rng.choice(list(world.setting.containers))
    kind = rng.random()
    if kind < 0.5 and thing == asked:
        said = table.belief((person,)) or said
    elif kind < 0.7:
        said = world.places[thing]
    return Tell(person, tuple(hearers), thing, said, public)
