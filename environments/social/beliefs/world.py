"""What is where and who is there: the world that beliefs are about, event by event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

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

__all__ = ["Impossible", "Perceived", "World"]

_NOBODY: frozenset[str] = frozenset()
_NO_WATCHERS: Mapping[str, int] = {}


class Impossible(ValueError):
    """An event that the world forbids, and why, in a line."""


class Perceived(NamedTuple):
    """Who perceives an event.

    Attributes:
        openly: Who perceives it, and knows of the others here that they do.
        learns: Who of them learns where things are: all who see open containers
            anew, see a move or hear something said; only who looks, of a look.
        watchers: Who watches secretly, with the level of each; see `Move`.
        behind: Who sees only that the person of an `Enter` goes out of their room.
    """

    openly: frozenset[str]
    learns: frozenset[str] = _NOBODY
    watchers: Mapping[str, int] = _NO_WATCHERS
    behind: frozenset[str] = _NOBODY


class World:
    """The true state, changed by events.

    People perceive what happens in their room while they attend. Who comes in, or
    attends again, sees who is there, who of them attends, and what the open containers
    of the room hold, and all who attend there see that. A distracted person does
    nothing until attending again. Nobody says of a thing what all in the room see to
    be false.

    Attributes:
        setting: How it began.
        places: Container of each thing.
        rooms_of: Room of each person, or None for elsewhere.
        away: Who does not attend.
    """

    def __init__(self, setting: Setting) -> None:
        _check_setting(setting)
        self.setting = setting
        self.places = dict(setting.things)
        self.rooms_of = dict(setting.people)
        self.away: set[str] = set()
        open_ = [c for c in setting.containers if c not in setting.closed]
        self._in_view = {
            room: frozenset([c for c in open_ if setting.containers[c] == room])
            for room in setting.rooms
        }

    def attending(self, room: str) -> frozenset[str]:
        """Return who is in the room and attends."""
        away = self.away
        return frozenset(
            [p for p, r in self.rooms_of.items() if r == room and p not in away]
        )

    def in_view(self, room: str) -> frozenset[str]:
        """Return the open containers of the room."""
        return self._in_view[room]

    def apply(self, event: Event) -> Perceived:
        """Let an event happen; return who perceives it.

        Raises:
            Impossible: If it cannot happen; then nothing has changed.
        """
        self.check(event)
        if isinstance(event, Noise):
            return Perceived(frozenset(self.rooms_of).difference(self.away))
        if isinstance(event, Enter):
            return self._enter(event)
        if isinstance(event, Tell):
            return self._tell(event)
        room = self._room(event.person)
        if isinstance(event, Distract):
            return self._distract(event, room)
        there = self.attending(room)
        if isinstance(event, Leave):
            self.rooms_of[event.person] = None
            return Perceived(there)
        if isinstance(event, Look):
            return Perceived(there, frozenset((event.person,)))
        self.places[event.thing] = event.to
        return Perceived(there, there, event.watchers)

    def check(self, event: Event) -> None:
        """Raise `Impossible`, with the reason, if the event cannot happen now."""
        if isinstance(event, Noise):
            return
        if isinstance(event, Tell):
            self._check_acts(event.speaker)
            self._check_tell(event)
        elif isinstance(event, Enter):
            self._check_acts(event.person)
            if event.room not in self.setting.rooms:
                raise Impossible(f"there is no room {event.room!r}.")
            if self.rooms_of[event.person] == event.room:
                raise Impossible(f"{event.person} is in the {event.room} already.")
        elif isinstance(event, Distract):
            self._check_person(event.person)
            self._room(event.person)
            if event.away == (event.person in self.away):
                state = "distracted" if event.away else "attentive"
                raise Impossible(f"{event.person} is {state} already.")
        else:
            self._check_acts(event.person)
            room = self._room(event.person)
            if isinstance(event, Look):
                self._check_container(event.container, room)
            elif isinstance(event, Move):
                self._check_move(event, room)

    def _enter(self, event: Enter) -> Perceived:
        person, old = event.person, self.rooms_of[event.person]
        self.rooms_of[person] = event.room
        there = self.attending(event.room)
        behind = _NOBODY if old is None else self.attending(old)
        return Perceived(there, there, behind=behind)

    def _tell(self, event: Tell) -> Perceived:
        if event.public:
            group = self.attending(self._room(event.speaker))
        else:
            group = frozenset((event.speaker, *event.hearers))
        return Perceived(group, group)

    def _distract(self, event: Distract, room: str) -> Perceived:
        if event.away:
            there = self.attending(room)
            self.away.add(event.person)
            return Perceived(there)
        self.away.remove(event.person)
        there = self.attending(room)
        return Perceived(there, there)

    def _room(self, person: str) -> str:
        room = self.rooms_of[person]
        if room is None:
            raise Impossible(f"{person} is in none of the rooms.")
        return room

    def _check_person(self, person: str) -> None:
        if person not in self.rooms_of:
            raise Impossible(f"there is nobody called {person!r}.")

    def _check_acts(self, person: str) -> None:
        self._check_person(person)
        if person in self.away:
            raise Impossible(f"{person} is distracted.")

    def _check_container(self, container: str, room: str) -> None:
        if self.setting.containers.get(container) != room:
            raise Impossible(f"there is no {container!r} in the {room}.")

    def _check_move(self, event: Move, room: str) -> None:
        place = self.places.get(event.thing)
        if place is None or self.setting.containers[place] != room:
            raise Impossible(f"there is no {event.thing!r} in the {room}.")
        self._check_container(event.to, room)
        if place == event.to:
            raise Impossible(f"the {event.thing} is in the {place} already.")
        for watcher, level in event.watchers.items():
            self._check_acts(watcher)
            if self.rooms_of[watcher] == room:
                raise Impossible(f"{watcher} cannot watch secretly from the same room.")
            if level < 1:
                raise Impossible(f"{watcher} watches with level {level}: 1 is lowest.")

    def _check_tell(self, event: Tell) -> None:
        room = self._room(event.speaker)
        heard = self.attending(room) - {event.speaker}
        if not (heard if event.public else event.hearers):
            raise Impossible(f"nobody hears {event.speaker}.")
        for hearer in event.hearers:
            if hearer not in heard:
                raise Impossible(f"{hearer} cannot hear {event.speaker} here.")
        place = self.places.get(event.thing)
        if place is None:
            raise Impossible(f"there is no {event.thing!r}.")
        if event.container not in self.setting.containers:
            raise Impossible(f"there is no {event.container!r}.")
        if event.container != place:
            view = self.in_view(room)
            if place in view:
                raise Impossible(f"all see that the {event.thing} is in the {place}.")
            if event.container in view:
                raise Impossible(
                    f"all see that the {event.thing} is not in the {event.container}."
                )


def _check_setting(setting: Setting) -> None:
    for container, room in setting.containers.items():
        if room not in setting.rooms:
            raise Impossible(f"the {container} stands in no room: {room!r}.")
    for thing, container in setting.things.items():
        if container not in setting.containers:
            raise Impossible(f"the {thing} lies in no container: {container!r}.")
    for person, room in setting.people.items():
        if room is not None and room not in setting.rooms:
            raise Impossible(f"{person} is in no room: {room!r}.")
    if unknown := setting.closed.difference(setting.containers):
        raise Impossible(f"no containers, but closed: {', '.join(sorted(unknown))}.")
    for pair in setting.distrust:
        if unknown := set(pair).difference(setting.people):
            raise Impossible(f"in distrust, but nobody: {', '.join(sorted(unknown))}.")
