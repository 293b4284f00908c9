"""What can happen in a belief world: events as plain values.

People are in rooms; containers stand in rooms, open or closed; things lie in
containers. Which beliefs an event changes is said in `table.py` and, independently, in
`filtering.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = [
    "Distract",
    "Enter",
    "Event",
    "Leave",
    "Look",
    "Move",
    "Noise",
    "Setting",
    "Tell",
]


@dataclass(frozen=True, slots=True)
class Setting:
    """A world before anything happens. Everyone in a room sees its open containers.

    Attributes:
        rooms: Names.
        containers: Room of each container.
        closed: Containers that show what is in them only to who looks into them or
            moves something in or out.
        things: Container in which each thing lies at the start.
        people: Room of each person at the start, or None for elsewhere.
        distrust: Pairs (hearer, speaker): the hearer believes nothing that the speaker
            says. Everyone knows it. All other people trust each other.
        announced: Whether all who are present in a thing's room at the start see where
            it lies, closed or not, together ("they all see ...").
    """

    rooms: tuple[str, ...]
    containers: Mapping[str, str]
    closed: frozenset[str]
    things: Mapping[str, str]
    people: Mapping[str, str | None]
    distrust: frozenset[tuple[str, str]] = frozenset()
    announced: bool = True


@dataclass(frozen=True, slots=True)
class Enter:
    """A person comes into a room, seen by all who are in it."""

    person: str
    room: str


@dataclass(frozen=True, slots=True)
class Leave:
    """A person goes away from the room, seen by all in it; belief does not change."""

    person: str


@dataclass(frozen=True, slots=True)
class Move:
    """A person moves a thing to a container of the room, seen by all in it.

    Attributes:
        watchers: Who watches secretly, with a level each: 1 watches the event; 2
            watches it and knows of those of level 1; and so on. Who is watched does not
            know. A watcher is elsewhere, and not among those who see each other.
    """

    person: str
    thing: str
    to: str
    watchers: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Look:
    """A person looks into a container of the room; others see only that."""

    person: str
    container: str


@dataclass(frozen=True, slots=True)
class Tell:
    """A person says where a thing is.

    Attributes:
        hearers: Who hears it; with `public`, everyone in the speaker's room.
        container: What is said, true or not.
        public: Whether all in the room hear it and see each other hear it; a private
            one is heard by the hearers only, and nobody else knows of it.
    """

    speaker: str
    hearers: tuple[str, ...]
    thing: str
    container: str
    public: bool


@dataclass(frozen=True, slots=True)
class Distract:
    """A person's attention wanders, or comes back; all in the room see that.

    Until it comes back, the person perceives nothing that happens, as if elsewhere.
    """

    person: str
    away: bool


@dataclass(frozen=True, slots=True)
class Noise:
    """A line without meaning for any belief: weather, an unrelated remark."""

    text: str


Event = Enter | Leave | Move | Look | Tell | Distract | Noise
