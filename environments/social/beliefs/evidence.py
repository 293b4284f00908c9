"""Worlds in which beliefs come from what is seen, overheard, told and watched.

A thing lies in v0, where all see it. Four steps follow, each about a place of its own,
v1 to v4: someone moves the thing there, or says that it is there. How a step is made
decides whom it reaches: the *subject*, the *other*, and whether the other knows that it
reaches the subject. All containers are closed, so that nothing else shows anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Literal, NamedTuple

from .events import Distract, Enter, Event, Leave, Look, Move, Setting, Tell

__all__ = [
    "OTHER",
    "SHARED",
    "STEPS",
    "SUBJECT",
    "Absent",
    "Cast",
    "Step",
    "Way",
    "perform",
    "switches",
    "ways",
]

STEPS = 4
SUBJECT = "subject"
OTHER = "other"
SHARED = "shared"
"""Reached: the other thinks that the subject believes it."""

_TWO = frozenset({SUBJECT, OTHER})
_NONE: frozenset[str] = frozenset()
Absent = Literal["out", "distracted"]


class Way(NamedTuple):
    """How a step is made.

    Attributes:
        move: Whether the thing is moved; else someone says where it is.
        here: Who of the two is in the room and attends.
        reach: Whom it reaches: SUBJECT, OTHER, SHARED.
        watch: Level of each of the two who watches secretly.
        to: Who of the two hears a whisper; "" for someone else, None for said aloud.
        distrust: Who of the two believes nothing that the speaker says.
        look: Who of the two then comes and looks into the place.
        by: Who of the two says it; None for a speaker.
    """

    move: bool
    here: frozenset[str]
    reach: frozenset[str]
    watch: tuple[tuple[str, int], ...] = ()
    to: str | None = None
    distrust: frozenset[str] = _NONE
    look: str | None = None
    by: str | None = None

    @property
    def form(self) -> str:
        """What kind of line it is told in."""
        if self.move:
            return "watch" if self.watch else "look" if self.look else "move"
        return "aloud" if self.to is None else "whisper"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan, made in one of two ways.

    Attributes:
        way: How it is made.
        switched: How it is made in the twin, which differs by that line; None if as in
            the test.
        absent: How who is not to perceive it is kept from it.
        decoy: In the test another thing is moved, in the twin the thing.
    """

    way: Way
    switched: Way | None = None
    absent: Absent = "out"
    decoy: bool = False


@dataclass(frozen=True, slots=True)
class Cast:
    """Names for a world.

    Attributes:
        subject: Of whose belief it is about.
        other: Who may or may not know what reaches the subject.
        mover: Who moves things and is always there.
        speakers: At least five, always there.
        row: People in the order of mention.
        thing: What it is about.
        second: Another thing; None if there is none.
        places: v0 to v4.
        stand: The same in the order in which they stand.
        room: Where all happens.
    """

    subject: str
    other: str
    mover: str
    speakers: tuple[str, ...]
    row: tuple[str, ...]
    thing: str
    second: str | None
    places: tuple[str, ...]
    stand: tuple[str, ...]
    room: str

    def name(self, part: str) -> str:
        """Return who plays SUBJECT or OTHER."""
        return self.subject if part == SUBJECT else self.other


@cache
def ways(
    *, move: bool | None = None, reaches: str = "", misses: str = ""
) -> tuple[Way, ...]:
    """Return the ways that reach all of some and none of others, named in words."""
    return tuple(
        way
        for way in _all_ways()
        if (move is None or way.move == move)
        and way.reach.issuperset(reaches.split())
        and way.reach.isdisjoint(misses.split())
    )


@cache
def switches(
    before: frozenset[str],
    after: frozenset[str],
    among: frozenset[str],
    move: bool | None = None,
) -> tuple[tuple[Way, Way], ...]:
    """Return pairs of ways that one line turns into each other.

    Args:
        before: Whom the first reaches, of those in `among`.
        after: Whom the second reaches.
        among: What counts of SUBJECT, OTHER, SHARED.
        move: Whether of moves or of sayings only.
    """
    return tuple(
        (one, two)
        for one, two in product(ways(move=move), repeat=2)
        if one.reach & among == before
        and two.reach & among == after
        and _one_line(one, two)
    )


def perform(
    cast: Cast, steps: Sequence[Step], *, switched: bool, said: str | None = None
) -> tuple[Setting, list[Event]]:
    """Return the world of a plan.

    Args:
        cast: Who plays.
        steps: About v1, v2, ….
        switched: Whether it is the twin.
        said: Where the subject says aloud at the end that the thing is, if at all.
    """
    scene = _Performance(cast)
    if cast.second:
        # So that it tells nothing where only this one is moved later.
        scene.events.append(Move(cast.mover, cast.second, cast.places[0]))
    for number, step in enumerate(steps, start=1):
        scene.make(step, cast.places[number], switched=switched)
    if said:
        scene.subject_says(said)
    return scene.setting(), scene.events


@dataclass
class _Performance:
    """Puts the two where a step needs them, and makes it."""

    cast: Cast
    events: list[Event] = field(default_factory=list[Event])
    state: dict[str, str] = field(
        default_factory=lambda: dict.fromkeys((SUBJECT, OTHER), "here")
    )
    speakers: dict[frozenset[str], str] = field(
        default_factory=dict[frozenset[str], str]
    )
    distrust: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])

    def make(self, step: Step, place: str, *, switched: bool) -> None:
        """Make a step about a place."""
        way = step.switched if switched and step.switched else step.way
        changes = step.way.here ^ (step.switched or step.way).here
        self._gather(step, way, changes)
        self._happen(step, way, place, switched=switched)
        for part in changes:
            self._put(part, "here")
        if way.look:
            self._put(way.look, "here")
            self.events.append(Look(self.cast.name(way.look), place))

    def _happen(self, step: Step, way: Way, place: str, *, switched: bool) -> None:
        cast = self.cast
        if way.move:
            thing = cast.second if step.decoy and not switched else cast.thing
            watchers = {cast.name(part): level for part, level in way.watch}
            self.events.append(Move(cast.mover, thing or cast.thing, place, watchers))
            return
        speaker = cast.name(way.by) if way.by else self._speaker(step, way)
        heard = () if way.to is None else (cast.name(way.to) if way.to else cast.mover,)
        self.events.append(Tell(speaker, heard, cast.thing, place, way.to is None))

    def subject_says(self, place: str) -> None:
        """Let the subject say aloud where the thing is."""
        self._put(SUBJECT, "here")
        self.events.append(Tell(self.cast.subject, (), self.cast.thing, place, True))

    def setting(self) -> Setting:
        """Return the world before the steps."""
        cast = self.cast
        there = {cast.subject, cast.other, cast.mover, *self.speakers.values()}
        things = {cast.thing: cast.places[0]}
        if cast.second:
            things[cast.second] = cast.places[-1]
        return Setting(
            rooms=(cast.room,),
            containers=dict.fromkeys(cast.stand, cast.room),
            closed=frozenset(cast.stand),
            things=things,
            people={name: cast.room for name in cast.row if name in there},
            distrust=frozenset(self.distrust),
        )

    def _gather(self, step: Step, way: Way, changes: frozenset[str]) -> None:
        """Put the two where the step needs them."""
        either = step.way, step.switched or step.way
        absent = "out" if any(one.watch for one in either) else step.absent
        for part in (SUBJECT, OTHER):
            if part in changes:
                # Attention comes back before the event, or after it: one line moves.
                self._put(part, "distracted")
                if part in way.here:
                    self._put(part, "here")
            else:
                self._put(part, "here" if part in way.here else absent)

    def _put(self, part: str, state: str) -> None:
        person, before = self.cast.name(part), self.state[part]
        if before == state:
            return
        if before == "distracted":
            self.events.append(Distract(person, away=False))
        elif before == "out":
            self.events.append(Enter(person, self.cast.room))
        if state == "distracted":
            self.events.append(Distract(person, away=True))
        elif state == "out":
            self.events.append(Leave(person))
        self.state[part] = state

    def _speaker(self, step: Step, way: Way) -> str:
        """Return who says it: one for each pattern of distrust, and for the switch."""
        switched = (
            step.switched is not None and step.switched.distrust != step.way.distrust
        )
        pattern = frozenset({"switch"}) if switched else way.distrust
        if pattern not in self.speakers:
            self.speakers[pattern] = self.cast.speakers[len(self.speakers)]
        speaker = self.speakers[pattern]
        self.distrust |= {(self.cast.name(part), speaker) for part in way.distrust}
        return speaker


@cache
def _all_ways() -> tuple[Way, ...]:
    one, two = frozenset({SUBJECT}), frozenset({OTHER})
    known = frozenset({SUBJECT, OTHER, SHARED})
    both = frozenset({SUBJECT, OTHER})
    heard, told = frozenset({OTHER, SHARED}), frozenset({SUBJECT, SHARED})
    return (
        Way(True, _TWO, known),
        Way(True, one, one),
        Way(True, two, two),
        Way(True, _NONE, _NONE),
        Way(True, _NONE, one, watch=((SUBJECT, 1),)),
        Way(True, _NONE, two, watch=((OTHER, 1),)),
        Way(True, _NONE, both, watch=((SUBJECT, 1), (OTHER, 1))),
        Way(True, _NONE, known, watch=((SUBJECT, 1), (OTHER, 2))),
        Way(True, _NONE, one, look=SUBJECT),
        Way(True, _NONE, two, look=OTHER),
        # The other, who saw the move, sees the subject find the thing.
        Way(True, two, known, look=SUBJECT),
        Way(True, one, both, look=OTHER),
        Way(False, _TWO, known),
        Way(False, one, one),
        Way(False, two, two),
        Way(False, _TWO, two, distrust=one),
        # The other, who does not believe it, knows that the subject does.
        Way(False, _TWO, frozenset({SUBJECT, SHARED}), distrust=two),
        Way(False, _TWO, _NONE, distrust=_TWO),
        Way(False, _TWO, one, to=SUBJECT),
        Way(False, _TWO, two, to=OTHER),
        Way(False, _TWO, _NONE, to=""),
        # What one of the two says, that one does not come to think by it.
        Way(False, _TWO, heard, by=SUBJECT),
        Way(False, _TWO, heard, to=OTHER, by=SUBJECT),
        Way(False, _TWO, told, by=OTHER),
        Way(False, _TWO, told, to=SUBJECT, by=OTHER),
        Way(False, _TWO, _NONE, to="", by=SUBJECT),
        Way(False, _TWO, _NONE, to="", by=OTHER),
        # A whisper to who believes nothing that this speaker says.
        Way(False, _TWO, _NONE, to=SUBJECT, distrust=one),
        Way(False, _TWO, _NONE, to=OTHER, distrust=two),
    )


def _one_line(one: Way, two: Way) -> bool:
    """Whether one line is all that differs."""
    if one == two or one.move != two.move or one.look or two.look:
        return False
    if one.by or two.by:
        return one.by == two.by
    if one.here != two.here:
        plain = not (one.watch or two.watch or one.distrust or two.distrust)
        aloud = one.to is None and two.to is None
        return plain and aloud and len(one.here ^ two.here) == 1
    if one.move:
        return one.here == _NONE
    if one.distrust or two.distrust:
        aloud = one.to is None and two.to is None
        added, gone = two.distrust - one.distrust, one.distrust - two.distrust
        return aloud and len(added) <= 1 and len(gone) <= 1
    return True
