"""Belief worlds that are lived: "you" perceive one event at a time, and may act."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from arena.errors import IllegalAction
from arena.items import Item

from .events import Enter, Event, Leave, Look, Setting, Tell
from .perspective import Perspective
from .telling import Voice
from .world import Impossible, World

__all__ = ["Lived"]

_ELSEWHERE = "elsewhere"
_NOTHING = "Time passes."
_UNSEEN = 5
"""Events that pass in one step at most where "you" perceive none of them."""

Ask = Callable[[Sequence[Event], Sequence[str]], Item]
"""Makes the item from all that has happened and from the lines that were perceived."""

Close = Callable[[Sequence[str]], Sequence[str]]
"""Makes, of the lines that were perceived, the last ones; they tell nothing new."""


class Lived:
    """A belief world as one person lives it; satisfies `living.Life`.

    What was going to happen goes on, whatever "you" do; what "you" made impossible is
    left out. Your acts are events like all others: the answer is derived from what
    then has happened.

    Args:
        setting: How it begins.
        script: What happens if "you" do nothing.
        ego: Who "you" are.
        thing: What "you" can speak about.
        rules: As `Item.rules`.
        ask: Makes the item at the end.
        close: Makes the last lines before it.
    """

    def __init__(
        self,
        setting: Setting,
        script: Sequence[Event],
        ego: str,
        thing: str,
        rules: str,
        ask: Ask,
        close: Close,
    ) -> None:
        self._setting = setting
        self._left = list(script)
        self._ego = ego
        self._thing = thing
        self._rules = rules
        self._ask = ask
        self._close: Close | None = close
        self._world = World(setting)
        self._perspective = Perspective(setting, ego, Voice(ego))
        self._happened: list[Event] = []
        self._story = self._perspective.opening()

    def opening(self) -> str:
        """Return where you are and what you see before anything happens."""
        return "\n".join(self._perspective.opening())

    def rules(self) -> str:
        """Return what must be known to be able to answer."""
        return self._rules

    def advance(self) -> str | None:
        """Let events happen up to one that you perceive, or a few that you do not.

        Returns what you perceive, or None at the end.
        """
        passed = 0
        while self._left and passed < _UNSEEN:
            event = self._left.pop(0)
            try:
                self._world.check(event)
            except Impossible:
                continue
            seen = self._happen(event)
            if seen != _NOTHING:
                return seen
            passed += 1
        return _NOTHING if passed else self._last_lines()

    def legal(self) -> list[str]:
        """Return the acts that are possible now."""
        if self._ego in self._world.away:
            return []
        if self._room is None:
            return ["move"]
        return ["look", "move", *(["say"] if self._hearers() else [])]

    def look(self, container: str) -> str:
        """Look into a container of your room."""
        room = self._attentive_in("look")
        here = [c for c, at in self._setting.containers.items() if at == room]
        if container not in here:
            raise IllegalAction(
                f"look: in the {room} there is {', '.join(here) or 'nothing'}, "
                f"no {container!r}."
            )
        return self._act("look", Look(self._ego, container))

    def move(self, room: str) -> str:
        """Go to another room, or `elsewhere`."""
        if self._ego in self._world.away:
            raise IllegalAction("move: you are not paying attention.")
        rooms = [*self._setting.rooms, _ELSEWHERE]
        if room not in rooms:
            raise IllegalAction(f"move: you can go to {', '.join(rooms)}, no {room!r}.")
        if room == (self._room or _ELSEWHERE):
            raise IllegalAction("move: you are there already.")
        if room == _ELSEWHERE:
            return self._act("move", Leave(self._ego))
        return self._act("move", Enter(self._ego, room))

    def say(self, person: str, container: str) -> str:
        """Tell someone in your room, alone, where the thing is."""
        self._attentive_in("say")
        hearers = self._hearers()
        if person not in hearers:
            raise IllegalAction(
                f"say: you can speak to {', '.join(hearers) or 'nobody'}, "
                f"not to {person!r}."
            )
        if container not in self._setting.containers:
            places = ", ".join(self._setting.containers)
            raise IllegalAction(f"say: the places are {places}, no {container!r}.")
        told = Tell(self._ego, (person,), self._thing, container, public=False)
        return self._act("say", told)

    def item(self) -> Item:
        """Return the item about what has happened, labelled anew and checked."""
        return self._ask(tuple(self._happened), tuple(self._story))

    def _last_lines(self) -> str | None:
        if self._close is None:
            return None
        lines, self._close = self._close(self._story), None
        self._story += lines
        return "\n".join(lines)

    @property
    def _room(self) -> str | None:
        return self._world.rooms_of[self._ego]

    def _attentive_in(self, act: str) -> str:
        if self._ego in self._world.away:
            raise IllegalAction(f"{act}: you are not paying attention.")
        if self._room is None:
            raise IllegalAction(f"{act}: you are elsewhere, with nothing and nobody.")
        return self._room

    def _hearers(self) -> list[str]:
        room = self._room
        if room is None:
            return []
        return sorted(self._world.attending(room) - {self._ego})

    def _act(self, act: str, event: Event) -> str:
        try:
            self._world.check(event)
        except Impossible as error:
            raise IllegalAction(f"{act}: {error}") from None
        return self._happen(event)

    def _happen(self, event: Event) -> str:
        self._world.apply(event)
        self._happened.append(event)
        seen = self._perspective.after(event)
        if seen is None:
            return _NOTHING
        self._story.append(seen)
        return seen
