"""Stories built so that an order of belief is really needed: meetings of subsets.

A thing passes through containers v0, v1, … in a room where only its mover stays. The
people of a chain come in in groups, see where it is together, and go. What a path of
them believes is where the thing was when all of the path were last together, so that
who meets when decides which order of belief has which answer (measured for this
project: of random co-presence stories, none has effective order 4).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

from .events import Enter, Event, Leave, Move, Setting

__all__ = ["Lattice", "graded", "lattice"]

_PEOPLE = ("Ada", "Bilal", "Chen", "Dara", "Emeka", "Farid", "Goran", "Hina")
_PLACES = ("basket", "drawer", "crate", "chest", "bag", "tin", "trunk", "bowl")


class Meeting(NamedTuple):
    """Some of the chain are in the room together."""

    comes: tuple[str, ...]
    """Who comes in, in this order; nobody where they are there at the start."""
    goes: tuple[str, ...]
    """All of them, in the order in which they go."""


@dataclass(frozen=True, slots=True)
class Lattice:
    """A story in which groups of a chain see where a thing is.

    Attributes:
        room: Where all happens.
        thing: What is moved.
        mover: Who moves it and never leaves; not in the chain.
        chain: Of whose beliefs is asked, outermost first.
        places: Containers in the order in which the thing is in them: v0, v1, ….
        meetings: Who meets at each of these stages.
        again: A meeting of all that is drawn but does not happen; see `together_at`.
    """

    room: str
    thing: str
    mover: str
    chain: tuple[str, ...]
    places: tuple[str, ...]
    meetings: tuple[tuple[Meeting, ...], ...]
    again: Meeting

    @property
    def reality(self) -> str:
        """Where the thing is at the end."""
        return self.places[-1]

    @property
    def setting(self) -> Setting:
        """Return how it begins: with the chain in the room if it meets at stage 0."""
        begins = any(not meeting.comes for meeting in self.meetings[0])
        chain = dict.fromkeys(self.chain, self.room if begins else None)
        return Setting(
            rooms=(self.room,),
            containers=dict.fromkeys(self.places, self.room),
            closed=frozenset(),
            things={self.thing: self.places[0]},
            people={self.mover: self.room, **chain},
        )

    @property
    def events(self) -> list[Event]:
        """Return what happens."""
        found: list[Event] = []
        for stage, meetings in enumerate(self.meetings):
            if stage:
                found.append(Move(self.mover, self.thing, self.places[stage]))
            for meeting in meetings:
                found += [Enter(person, self.room) for person in meeting.comes]
                found += [Leave(person) for person in meeting.goes]
        return found

    def belief(self, path: Sequence[str]) -> str | None:
        """Return what a path of the chain believes, by construction.

        That is where the thing was when all of the path were last in the room together;
        a derivation of its own, beside the labellers.
        """
        if not path:
            return self.reality
        people = set(path)
        for place, meetings in zip(
            reversed(self.places), reversed(self.meetings), strict=True
        ):
            if any(people.issubset(meeting.goes) for meeting in meetings):
                return place
        return None

    def together_at(self, stage: int) -> Lattice:
        """Return the same story with one more meeting, of all, at the end of a stage.

        This makes the twins: if no group meets at a later stage, all paths then agree,
        and the first order is enough.
        """
        meetings = list(self.meetings)
        meetings[stage] = (*meetings[stage], self.again)
        return replace(self, meetings=tuple(meetings))


def lattice(
    rng: random.Random,
    k: int,
    stage_of_chain: int,
    stage_of_parts: int,
    stages: int = 5,
    *,
    people: Sequence[str] = _PEOPLE,
    places: Sequence[str] = _PLACES,
    room: str = "kitchen",
    thing: str = "ball",
) -> Lattice:
    """Return a story in which the chain's belief has effective order k, exactly.

    The whole chain is together at `stage_of_chain`, and each of its groups of k - 1 at
    the later `stage_of_parts`. So the whole path has the first of these places, all
    shorter paths have the second, and reality is the last. With the chain
    `together_at(stage_of_parts)` the order is 1 (0 if that is the last stage), and
    `together_at(stages - 1)` it is 0.

    Args:
        rng: Where names and orders are drawn from.
        k: People in the chain.
        stage_of_chain: From 0; at 0 they are there at the start.
        stage_of_parts: Later than that.
        stages: How many containers.
        people: Names, at least k + 1.
        places: Containers, at least as many as stages.
        room: Where it happens.
        thing: What is moved.
    """
    if not 0 <= stage_of_chain < stage_of_parts < stages:
        given = f"{stage_of_chain} and {stage_of_parts} of {stages}"
        raise ValueError(f"stages {given}: the chain's must come before the parts'")

    def groups(stage: int) -> list[int]:
        wanted = [k] if stage == stage_of_chain else []
        return [*wanted, k - 1] if stage == stage_of_parts else wanted

    return _story(rng, k, stages, groups, people, places, room, thing)


def graded(
    rng: random.Random,
    k: int,
    s: int,
    *,
    people: Sequence[str] = _PEOPLE,
    places: Sequence[str] = _PLACES,
    room: str = "kitchen",
    thing: str = "ball",
) -> Lattice:
    """Return a story in which each wrong answer tells the order that was used.

    At stage j all groups of k - j of the chain meet, from all of them at the start to
    nobody at stage k. So who uses only order m answers place k - m. For s < k all meet
    once more at stage k - s, which makes s the effective order of the whole path.

    Args:
        rng: Where names and orders are drawn from.
        k: People in the chain.
        s: Effective order, 0 to k.
        people: Names, at least k + 1.
        places: Containers, at least k + 1.
        room: Where it happens.
        thing: What is moved.
    """
    if not 0 <= s <= k:
        raise ValueError(f"effective order {s}: a chain of {k} allows 0 to {k}")
    story = _story(
        rng, k, k + 1, lambda stage: [k - stage], people, places, room, thing
    )
    return story if s == k else story.together_at(k - s)


def _story(
    rng: random.Random,
    k: int,
    stages: int,
    groups: Callable[[int], list[int]],
    people: Sequence[str],
    places: Sequence[str],
    room: str,
    thing: str,
) -> Lattice:
    """Draw names, and at each stage a meeting for each group of the wanted sizes."""
    mover, *chain = rng.sample(people, k + 1)
    meetings: list[tuple[Meeting, ...]] = []
    for stage in range(stages):
        at_stage: list[Meeting] = []
        for size in groups(stage):
            at_stage += _all_meet(rng, chain, size, at_start=stage == 0)
        meetings.append(tuple(at_stage))
    return Lattice(
        room=room,
        thing=thing,
        mover=mover,
        chain=tuple(chain),
        places=tuple(rng.sample(places, stages)),
        meetings=tuple(meetings),
        again=_all_meet(rng, chain, k, at_start=False)[0],
    )


def _all_meet(
    rng: random.Random, chain: Sequence[str], size: int, *, at_start: bool
) -> list[Meeting]:
    """Return a meeting for each group of this size, in a random order."""
    if size < 1:
        return []
    found: list[Meeting] = []
    for group in combinations(chain, size):
        comes, goes = rng.sample(group, size), rng.sample(group, size)
        found.append(Meeting(() if at_start else tuple(comes), tuple(goes)))
    rng.shuffle(found)
    return found
