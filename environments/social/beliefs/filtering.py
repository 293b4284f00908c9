"""Labeller B: beliefs by reading what each person has seen, as a log within a log.

What a believes is read from the log of what a perceived; what a thinks that b believes
from the part of a's log that b perceived as far as a can tell, and so on. Presence and
attention are rebuilt inside each log, from nothing but its lines: each log is read as
if it were all that happened. Nothing is shared with `table.py` or `world.py`, so that
the labellers check each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

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

__all__ = ["believed", "believed_by_all"]

Path = tuple[str, ...]
_NONE: Final[frozenset[str]] = frozenset()


def believed(
    setting: Setting, events: Sequence[Event], thing: str, path: Path
) -> str | None:
    """Return where the thing is by this path; None where there is no belief.

    Args:
        setting: How it begins.
        events: What happens, possible in the world.
        thing: What the belief is about.
        path: Who thinks that whom thinks …; empty for reality.
    """
    log = _Log(setting, thing, None, _all_lines(setting, events, thing))
    for person in path:
        log = log.of(person)
    return log.place()


def believed_by_all(
    setting: Setting, events: Sequence[Event], thing: str, order: int
) -> dict[Path, str | None]:
    """Return what `believed` does for all paths to an order, each log read once."""
    found: dict[Path, str | None] = {}

    def descend(log: _Log, path: Path) -> None:
        for person in setting.people:
            if path[-1:] != (person,):
                inner, further = log.of(person), (*path, person)
                found[further] = inner.place()
                if len(further) < order:
                    descend(inner, further)

    descend(_Log(setting, thing, None, _all_lines(setting, events, thing)), ())
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    """One event as the owner of a log took it in.

    Attributes:
        event: None for how it begins in the room.
        room: Where it happens.
        scene: Who is there, and whether attending; where that was seen afresh.
        source: The container out of which something is moved.
        holds: The container in which the thing was seen or believed to be.
        empty: Containers in which it was seen not to be.
    """

    event: Event | None
    room: str
    scene: Mapping[str, bool] | None = None
    source: str | None = None
    holds: str | None = None
    empty: frozenset[str] = _NONE


class _Picture:
    """How the world looks to who knows only the lines so far."""

    def __init__(self) -> None:
        self.where: dict[str, str | None] = {}
        self.distracted: set[str] = set()
        self.place: str | None = None
        self.ruled_out: frozenset[str] = _NONE

    def take(self, line: _Line) -> None:
        if line.scene is not None:
            self._see(line.room, line.scene)
        event = line.event
        if isinstance(event, Enter):
            self.where[event.person] = event.room
            self.distracted.discard(event.person)
        elif isinstance(event, Leave):
            self.where[event.person] = None
        elif isinstance(event, Distract):
            if event.away:
                self.distracted.add(event.person)
            else:
                self.distracted.discard(event.person)
        if line.holds is not None:
            self.place = line.holds
        elif self.place is None:
            self.ruled_out |= line.empty
        elif self.place in line.empty:
            self.place, self.ruled_out = None, line.empty

    def scene(self, room: str) -> dict[str, bool]:
        return {
            person: person not in self.distracted
            for person, at in self.where.items()
            if at == room
        }

    def takes_part(self, line: _Line, person: str) -> bool:
        """Whether the person perceives the line with all others who do, openly."""
        event = line.event
        if isinstance(event, Tell) and not event.public:
            return person == event.speaker or person in event.hearers
        return self.where.get(person) == line.room and person not in self.distracted

    def _see(self, room: str, scene: Mapping[str, bool]) -> None:
        for person, at in self.where.items():
            if at == room and person not in scene:
                self.where[person] = None
        for person, attends in scene.items():
            self.where[person] = room
            if attends:
                self.distracted.discard(person)
            else:
                self.distracted.add(person)


class _Log:
    """Lines in order, and whose they are; None for the world's own.

    Args:
        setting: What everyone knows: which containers are where, who distrusts whom.
        thing: What the beliefs are about.
        owner: Who took the lines in.
        lines: What was taken in.
    """

    def __init__(
        self, setting: Setting, thing: str, owner: str | None, lines: Sequence[_Line]
    ) -> None:
        self._setting = setting
        self._thing = thing
        self._owner = owner
        self._lines = lines

    def place(self) -> str | None:
        """Return where the thing is to who knows only this log."""
        picture = _Picture()
        for line in self._lines:
            picture.take(line)
        return picture.place

    def of(self, person: str) -> _Log:
        """Return the lines that the person took in, as the owner can tell."""
        picture = _Picture()
        kept: list[_Line] = []
        for line in self._lines:
            # Who goes is there before; who comes, only after.
            goes = _goes(line.event) and picture.takes_part(line, person)
            picture.take(line)
            comes = not _goes(line.event) and picture.takes_part(line, person)
            if goes or comes:
                kept.append(self._taken_openly(line, person, picture))
            elif isinstance(line.event, Move) and person in line.event.watchers:
                kept.append(self._watched(line, line.event, person, picture))
        return _Log(self._setting, self._thing, person, kept)

    def _taken_openly(self, line: _Line, person: str, picture: _Picture) -> _Line:
        event, scene = line.event, line.scene
        if isinstance(event, Enter | Distract) and event.person == person:
            # Who comes sees who is there.
            scene = picture.scene(line.room)
        if isinstance(event, Move) and event.watchers:
            event = replace(event, watchers={})
        holds, empty = self._shown(line, person, picture)
        return _Line(event, line.room, scene, line.source, holds, empty)

    def _watched(
        self, line: _Line, event: Move, person: str, picture: _Picture
    ) -> _Line:
        level = event.watchers[person]
        lower = {z: n for z, n in event.watchers.items() if n < level}
        holds, empty = self._shown(line, person, picture)
        seen = replace(event, watchers=lower)
        return _Line(
            seen, line.room, picture.scene(line.room), line.source, holds, empty
        )

    def _shown(
        self, line: _Line, person: str, picture: _Picture
    ) -> tuple[str | None, frozenset[str]]:
        """Return where this line shows the thing to the person, and where it is not."""
        event, place = line.event, picture.place
        if _goes(event):
            return None, _NONE
        if isinstance(event, Tell):
            return self._said(event, person), _NONE
        if isinstance(event, Look):
            into = {event.container} if event.person == person else _NONE
            return self._found(into, picture)
        if isinstance(event, Move):
            if event.thing == self._thing:
                return event.to, _NONE
            handled = {line.source, event.to} if event.person == person else _NONE
            return self._found(self._setting.closed & handled, picture)
        containers = self._setting.containers
        here = {c for c, room in containers.items() if room == line.room}
        if event is None and self._setting.announced and place in here:
            return place, _NONE
        view = frozenset(here - self._setting.closed)
        return (place, _NONE) if place in view else (None, view)

    def _found(
        self, into: Set[str], picture: _Picture
    ) -> tuple[str | None, frozenset[str]]:
        """Return what one finds who looks into these, as far as the owner can tell."""
        if picture.place in into:
            return picture.place, _NONE
        if picture.place is not None:
            return None, frozenset(into)
        return None, picture.ruled_out & into

    def _said(self, event: Tell, person: str) -> str | None:
        """Return what the person takes from it to be true, as the owner can tell."""
        believer = self._owner if person == event.speaker else person
        trusts = (believer, event.speaker) not in self._setting.distrust
        known = believer is not None and event.thing == self._thing
        return event.container if known and trusts else None


def _goes(event: Event | None) -> bool:
    """Whether the event ends that its person perceives what happens here."""
    return isinstance(event, Leave) or (isinstance(event, Distract) and event.away)


def _all_lines(
    setting: Setting, events: Sequence[Event], thing: str
) -> Sequence[_Line]:
    """Return the world's own log: all that happens, and where the thing really is.

    It begins in each room; who goes from room to room leaves one and enters the other.
    """
    lines: list[_Line] = []
    for room in setting.rooms:
        scene = {person: True for person, at in setting.people.items() if at == room}
        place = setting.things[thing]
        holds = place if setting.containers[place] == room else None
        lines.append(_Line(None, room, scene, holds=holds))
    rooms, places = dict(setting.people), dict(setting.things)
    for event in events:
        if isinstance(event, Noise):
            continue
        room = rooms[event.speaker if isinstance(event, Tell) else event.person]
        if isinstance(event, Enter):
            if room is not None:
                lines.append(_Line(Leave(event.person), room))
            room = rooms[event.person] = event.room
        if room is None:
            raise ValueError(f"{event} happens in none of the rooms")
        if isinstance(event, Leave):
            rooms[event.person] = None
        source = holds = None
        if isinstance(event, Move):
            source, places[event.thing] = places[event.thing], event.to
            holds = event.to if event.thing == thing else None
        lines.append(_Line(event, room, source=source, holds=holds))
    return lines
