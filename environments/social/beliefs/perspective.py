"""What one person perceives of a story, told as lines: the ego's filter.

The answer to any question about what the ego thinks follows from these lines alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from .events import Distract, Enter, Event, Leave, Look, Move, Setting
from .telling import Voice, tell_event, tell_setting
from .world import Perceived, World

__all__ = ["Perspective", "perceived_story"]


class Perspective:
    """Follows a world and tells what one person perceives of it.

    Args:
        setting: How the world begins.
        ego: Whose perception it is.
        voice: Who is called "you".
    """

    def __init__(self, setting: Setting, ego: str, voice: Voice) -> None:
        self._world = World(setting)
        self._ego = ego
        self._voice = voice

    def opening(self) -> list[str]:
        """Return what the ego knows and sees before anything happens."""
        setting = self._world.setting
        room = setting.people[self._ego]
        present = {
            person: place
            for person, place in setting.people.items()
            if person == self._ego or (room is not None and place == room)
        }
        seen = {
            thing: container
            for thing, container in setting.things.items()
            if room is not None
            and setting.containers[container] == room
            and (setting.announced or container not in setting.closed)
        }
        return tell_setting(replace(setting, people=present, things=seen), self._voice)

    def after(self, event: Event) -> str | None:
        """Let an event happen; return what the ego perceives of it, or None."""
        rooms = dict(self._world.rooms_of)
        perceived = self._world.apply(event)
        if self._ego in perceived.behind:
            assert isinstance(event, Enter)
            return tell_event(Leave(event.person), rooms, self._voice)
        if isinstance(event, Move) and event.watchers:
            return self._moved(event, perceived, rooms)
        if self._ego not in perceived.openly:
            return None
        line = tell_event(event, rooms, self._voice)
        if isinstance(event, Enter | Distract) and event.person == self._ego:
            return line if _goes_away(event) else f"{line} {self._scene()}"
        if isinstance(event, Look) and event.person == self._ego:
            return f"{line} {self._found(event.container)}"
        return line

    def _moved(
        self, event: Move, perceived: Perceived, rooms: dict[str, str | None]
    ) -> str | None:
        """Tell a move that somebody watches, as far as the ego knows of it."""
        if self._ego in perceived.openly:
            return tell_event(replace(event, watchers={}), rooms, self._voice)
        level = perceived.watchers.get(self._ego)
        if level is None:
            return None
        known = {z: n for z, n in event.watchers.items() if n < level}
        seen = replace(event, watchers={**known, self._ego: level})
        room = rooms[event.person]
        there = sorted(p for p in perceived.openly)
        where = self._voice.are(there, f"in the {room}")
        return f"{where} {tell_event(seen, rooms, self._voice)}"

    def _scene(self) -> str:
        """Tell who is in the ego's room and what its open containers hold."""
        world, voice = self._world, self._voice
        room = world.rooms_of[self._ego]
        assert room is not None
        others = [p for p, r in world.rooms_of.items() if r == room and p != self._ego]
        told = [voice.are(others, "there") if others else "Nobody else is there."]
        for person in others:
            if person in world.away:
                told.append(f"{person} does not pay attention.")
        view = world.in_view(room)
        for thing, container in world.places.items():
            if container in view:
                told.append(f"The {thing} is in the {container}.")
        return " ".join(told)

    def _found(self, container: str) -> str:
        inside = [t for t, place in self._world.places.items() if place == container]
        if not inside:
            return "It is empty."
        return " ".join(f"The {thing} is in the {container}." for thing in inside)


def perceived_story(
    setting: Setting, events: Iterable[Event], ego: str, you: str | None = None
) -> list[str]:
    """Return the lines of a story that the ego perceives."""
    perspective = Perspective(setting, ego, Voice(you))
    lines = [perspective.after(event) for event in events]
    return [*perspective.opening(), *(line for line in lines if line is not None)]


def _goes_away(event: Enter | Distract) -> bool:
    return isinstance(event, Distract) and event.away
