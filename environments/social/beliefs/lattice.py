"""Stories built so that an order of belief is really needed: meetings of subsets.

A thing passes through containers v0, v1, … in a room where only its mover stays. The
people of a chain come in in groups, see where it is together, and go. What a path of
them believes is where the thing was when all of the path were last together, so that
who meets when decides which order of belief has which answer (measured for this
project: of random co-presence stories, none has effective order 4).
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal, NamedTuple

from .events import Enter, Event, Leave, Move, Noise, Setting

__all__ = ["Lattice", "graded", "lattice"]

_PEOPLE = ("Ada", "Bilal", "Chen", "Dara", "Emeka", "Farid", "Goran", "Hina")
_PLACES = ("basket", "drawer", "crate", "chest", "bag", "tin", "trunk", "bowl")
_PASSERS = 3
# Whoever is last named need not be there: "the last line that names her" tells nothing.
_REMARKS = (
    "Somebody asks after {}.",
    "A letter has come for {}.",
    "Someone hums a song that {} likes.",
    "It rains, as {} said it would.",
)

_How = Literal["together", "nearly", "alone", "instead"]


class Meeting(NamedTuple):
    """Some people come into the room and go again.

    Attributes:
        comes: In this order.
        goes: The same people, in this order.
        how: `together`: all are there before anybody goes. `nearly`: the first to go
            goes before the last comes, so never are all there. `alone`: each goes
            before the next comes. `instead`: of a single person, `passer` comes.
        passer: Not of the chain; who comes `instead`.
    """

    comes: tuple[str, ...]
    goes: tuple[str, ...]
    how: _How = "together"
    passer: str = ""

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The largest groups that are there at once."""
        match self.how:
            case "together":
                return (self.goes,)
            case "nearly":
                return (self.comes[:-1], self.goes[1:])
            case "alone":
                return tuple((person,) for person in self.comes)
            case "instead":
                return ((self.passer,),)

    def events(self, room: str) -> list[Event]:
        """Return who comes and goes."""
        comes = [Enter(person, room) for person in self.comes]
        goes = [Leave(person) for person in self.goes]
        match self.how:
            case "together":
                return [*comes, *goes]
            case "nearly":
                return [*comes[:-1], goes[0], comes[-1], *goes[1:]]
            case "alone":
                return [x for c in comes for x in (c, Leave(c.person))]
            case "instead":
                return [Enter(self.passer, room), Leave(self.passer)]


@dataclass(frozen=True, slots=True)
class Lattice:
    """A story in which groups of a chain see where a thing is.

    Attributes:
        room: Where all happens.
        thing: What is moved.
        mover: Who moves it and never leaves; not in the chain.
        chain: Of whose beliefs is asked, outermost first.
        passers: Others who come and go, asked about by nobody.
        places: Containers in the order in which the thing is in them: v0, v1, ….
        meetings: Who meets at each of these stages.
        remarks: Lines that name people of the chain and mean nothing, each with its
            position.
    """

    room: str
    thing: str
    mover: str
    chain: tuple[str, ...]
    passers: tuple[str, ...]
    places: tuple[str, ...]
    meetings: tuple[tuple[Meeting, ...], ...]
    remarks: tuple[tuple[int, str], ...] = ()

    @property
    def reality(self) -> str:
        """Where the thing is at the end."""
        return self.places[-1]

    @property
    def setting(self) -> Setting:
        """Return how it begins: the mover alone in the room."""
        others = dict.fromkeys(sorted((*self.chain, *self.passers)))
        return Setting(
            rooms=(self.room,),
            containers=dict.fromkeys(self.places, self.room),
            closed=frozenset(),
            things={self.thing: self.places[0]},
            people={self.mover: self.room, **others},
        )

    @property
    def events(self) -> list[Event]:
        """Return what happens."""
        found: list[Event] = []
        for stage, meetings in enumerate(self.meetings):
            if stage:
                found.append(Move(self.mover, self.thing, self.places[stage]))
            for meeting in meetings:
                found += meeting.events(self.room)
        for at, text in self.remarks:
            found.insert(at, Noise(text))
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
            groups = [group for meeting in meetings for group in meeting.groups]
            if any(people.issubset(group) for group in groups):
                return place
        return None

    def visits(self, person: str) -> list[int]:
        """Return the stages at which a person comes and goes, once for each time."""
        return [
            stage
            for stage, meetings in enumerate(self.meetings)
            for meeting in meetings
            if any(person in group for group in meeting.groups)
        ]

    def together_at(self, stage: int) -> Lattice:
        """Return the same story, but that the chain which nearly met at a stage meets.

        This makes the twins: if no group meets at a later stage, all paths then agree,
        and the first order is enough.
        """
        chain = set(self.chain)
        meetings = list(self.meetings)
        meetings[stage] = tuple(
            meeting._replace(how="together")
            if chain.issubset(meeting.comes)
            else meeting
            for meeting in meetings[stage]
        )
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

    The whole chain is last together at `stage_of_chain`. Each of its groups of k - 1
    meets later, up to `stage_of_parts`, where all come and nearly meet. So the whole
    path has the first of these places, each single person the second, and all paths
    between have later places than the whole path. With the chain `together_at` the
    stage of parts, which moves one line (for k = 1, another person comes), all paths
    agree there: the order is 1, or 0 if that is the last stage.

    So that counting lines tells nothing, all come at the first stage too and may come
    at others before the stage of parts, and passers come in and go, with others or
    alone, always some at the last stage.

    Args:
        rng: Where names and orders are drawn from.
        k: People in the chain.
        stage_of_chain: From 0.
        stage_of_parts: Later than that.
        stages: How many containers.
        people: Names, at least k + 4.
        places: Containers, at least as many as stages.
        room: Where it happens.
        thing: What is moved.
    """
    if not 0 <= stage_of_chain < stage_of_parts < stages:
        given = f"{stage_of_chain} and {stage_of_parts} of {stages}"
        raise ValueError(f"stages {given}: the chain's must come before the parts'")
    mover, *others = rng.sample(people, k + 1 + _PASSERS)
    chain, passers = others[:k], others[k:]
    at: list[list[Meeting]] = [[] for _ in range(stages)]
    for stage in range(stage_of_parts + 1):
        how = _how_all_come(rng, k, stage, stage_of_chain)
        if stage in (0, stage_of_chain, stage_of_parts) or rng.random() < 0.5:
            at[stage].append(_visit(rng, k, chain, passers, how))
    if k > 1:
        for group in combinations(chain, k - 1):
            stage = rng.randint(stage_of_chain + 1, stage_of_parts)
            at[stage].append(_visit(rng, k, group, passers, "together"))
    story = Lattice(
        room=room,
        thing=thing,
        mover=mover,
        chain=tuple(chain),
        passers=tuple(passers),
        places=tuple(rng.sample(places, stages)),
        meetings=_mixed(rng, at, passers),
    )
    return _remarked(rng, story)


def _how_all_come(rng: random.Random, k: int, stage: int, stage_of_chain: int) -> _How:
    """Return how the whole chain comes: never together after its own stage."""
    if stage == stage_of_chain:
        return "together"
    if stage < stage_of_chain:
        return "together" if k == 1 else rng.choice(("together", "nearly"))
    return "instead" if k == 1 else "nearly"


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

    At stage j all groups of k - j of the chain meet, from all of them at the first to
    nobody at stage k. So who uses only order m answers place k - m. At each stage
    between, all come once more, each alone; for s < k they meet at stage k - s
    instead, which makes s the effective order of the whole path.

    Args:
        rng: Where names and orders are drawn from.
        k: People in the chain.
        s: Effective order, 0 to k.
        people: Names, at least k + 4.
        places: Containers, at least k + 1.
        room: Where it happens.
        thing: What is moved.
    """
    if not 0 <= s <= k:
        raise ValueError(f"effective order {s}: a chain of {k} allows 0 to {k}")
    mover, *others = rng.sample(people, k + 1 + _PASSERS)
    chain, passers = others[:k], others[k:]
    at: list[list[Meeting]] = [[_visit(rng, k, chain, passers, "together")]]
    for stage in range(1, k):
        groups = combinations(chain, k - stage) if stage < k - 1 else ()
        at.append([_visit(rng, k, group, passers, "together") for group in groups])
        at[stage].append(_visit(rng, k, chain, passers, "alone"))
    last = _visit(rng, k, chain, passers, "instead" if k == 1 else "together")
    at.append([last] if k == 1 or s == 0 else [])
    story = Lattice(
        room=room,
        thing=thing,
        mover=mover,
        chain=tuple(chain),
        passers=tuple(passers),
        places=tuple(rng.sample(places, k + 1)),
        meetings=_mixed(rng, at, passers),
    )
    story = _remarked(rng, story)
    return story if s == k else story.together_at(k - s)


def _visit(
    rng: random.Random,
    k: int,
    group: Iterable[str],
    passers: Sequence[str],
    how: _How,
) -> Meeting:
    """Return a meeting of a group, with passers among them or not.

    More passers come with parts than with all, so that the fullest room tells nothing.
    """
    people = tuple(group)
    joins = 0.25 if len(people) == k else 0.65
    comes, goes = rng.sample(people, len(people)), rng.sample(people, len(people))
    if how == "nearly" and goes[0] == comes[-1]:
        goes[0], goes[1] = goes[1], goes[0]
    if how in ("together", "nearly") and k > 1:
        for passer in passers:
            if rng.random() < joins:
                # Neither last to come nor first to go: these are of the chain.
                comes.insert(rng.randrange(len(comes)), passer)
                goes.insert(rng.randint(1, len(goes)), passer)
    return Meeting(tuple(comes), tuple(goes), how, rng.choice(passers))


def _mixed(
    rng: random.Random, at: Sequence[list[Meeting]], passers: Sequence[str]
) -> tuple[tuple[Meeting, ...], ...]:
    """Return the meetings of each stage in a random order, and passers on their own."""
    visits: list[list[Meeting]] = []
    for stage, meetings in enumerate(at):
        last = stage == len(at) - 1
        count = rng.randint(2, 4) if last else rng.randint(0, 3)
        alone = [_passing(rng, passers) for _ in range(count)]
        # Passers are the last to go: so that says nothing about the chain.
        ends = [alone.pop(), alone.pop()] if last else []
        mixed = [*meetings, *alone]
        rng.shuffle(mixed)
        visits.append([*mixed, *ends])
    return tuple(tuple(meetings) for meetings in visits)


def _passing(rng: random.Random, passers: Sequence[str]) -> Meeting:
    some = rng.sample(passers, rng.choice((1, 1, 2, 3)))
    return Meeting(tuple(some), tuple(rng.sample(some, len(some))))


def _remarked(rng: random.Random, story: Lattice) -> Lattice:
    """Return it with two remarks about each of the chain but the first.

    One stands anywhere and one after the chain has gone. The first of the chain may be
    called "you", so no remark names them.
    """
    between, gone = _between(story)
    after = [at for at in between if at >= gone]
    remarks: list[tuple[int, str]] = []
    for person in story.chain[1:]:
        for places in (between, after):
            at = rng.choice(places)
            remarks.append((at, rng.choice(_REMARKS).format(person)))
    # From the last to the first, so that positions are those of the bare events.
    return replace(story, remarks=tuple(sorted(remarks, reverse=True)))


def _between(story: Lattice) -> tuple[list[int], int]:
    """Return where no meeting goes on, and where the last of the chain has ended."""
    at, gone = 0, 0
    between = [at]
    for stage, meetings in enumerate(story.meetings):
        if stage:
            at += 1
            between.append(at)
        for meeting in meetings:
            at += len(meeting.events(story.room))
            between.append(at)
            if any(person in story.chain for person in meeting.comes):
                gone = at
    return between, gone
