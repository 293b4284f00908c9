"""Labeller A: a table of who believes whom to believe what, kept event by event.

A path (a, b, c) stands for "where a thinks that b thinks that c thinks the thing is".
Every event changes the paths whose people all share it; nothing is looked up in the
past. The second labeller, `filtering.py`, works without such a table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from .events import Distract, Enter, Event, Look, Move, Setting, Tell
from .world import Impossible, Perceived, World

__all__ = ["BeliefTable", "belief_table"]

Path = tuple[str, ...]
_NONE: frozenset[str] = frozenset()


class BeliefTable:
    """All beliefs about one thing, for paths without immediate repeats.

    What is newest counts, seen or said, and things are thought to stay where they are.
    Who sees that a container does not hold the thing no longer thinks that it does, and
    then has no belief until learning more. Who sees another look into a container
    thinks that the other found there what they themselves believe to be there. Who
    distrusts a speaker learns nothing from what is said, of the thing or the speaker.

    Args:
        setting: How it begins.
        thing: What the beliefs are about.
        order: The longest path.
        people: Whose beliefs are kept; all by default. Fewer are quicker.

    Raises:
        Impossible: If the setting does not hold together, or there is no such thing.
    """

    def __init__(
        self,
        setting: Setting,
        thing: str,
        order: int,
        people: Sequence[str] | None = None,
    ) -> None:
        self._world = World(setting)
        if thing not in setting.things:
            raise Impossible(f"there is no {thing!r}.")
        self._thing = thing
        self._people = tuple(setting.people if people is None else people)
        self._bits = {person: 1 << i for i, person in enumerate(self._people)}
        self._paths = _paths(len(self._people), order)
        count = len(self._paths.steps)
        # Where each path has the thing; the empty path is reality.
        self._values: list[str | None] = [None] * count
        self._values[0] = setting.things[thing]
        # Where it is known not to be, in order of `_values`; holds where that is None.
        self._absent = [_NONE] * count
        for room in setting.rooms:
            self._begin(room)

    @property
    def world(self) -> World:
        """The world as it is now."""
        return self._world

    @property
    def reality(self) -> str:
        """Where the thing is."""
        return self._world.places[self._thing]

    def belief(self, path: Path) -> str | None:
        """Return where the thing is by this path; None where there is no belief.

        Raises:
            Impossible: If the table has no such path.
        """
        try:
            steps = tuple([self._people.index(person) for person in path])
            return self._values[self._paths.number[steps]]
        except (ValueError, KeyError):
            raise Impossible(
                f"no path {' > '.join(path)!r}: up to {self._paths.order} of "
                f"{', '.join(self._people)}, no one twice in a row."
            ) from None

    def beliefs(self) -> dict[Path, str | None]:
        """Return all of them, by path."""
        paths = _named(self._people, self._paths.order)
        return dict(zip(paths, self._values[1:], strict=True))

    def apply(self, event: Event) -> Perceived:
        """Let an event happen; return who perceives it, as `World.apply` does."""
        moved = event.thing if isinstance(event, Move) else None
        source = None if moved is None else self._world.places.get(moved)
        perceived = self._world.apply(event)
        if isinstance(event, Move):
            if moved == self._thing:
                self._values[0] = event.to
                self._learn(self._sharing(perceived), event.to)
            elif source is not None:
                handled = frozenset((source, event.to)) & self._world.setting.closed
                self._look(event.person, handled, perceived)
        elif isinstance(event, Enter):
            self._see(perceived, event.room)
        elif isinstance(event, Distract):
            room = self._world.rooms_of[event.person]
            if not event.away and room is not None:
                self._see(perceived, room)
        elif isinstance(event, Look):
            self._look(event.person, frozenset((event.container,)), perceived)
        elif isinstance(event, Tell) and event.thing == self._thing:
            self._hear(event, perceived)
        return perceived

    def _begin(self, room: str) -> None:
        there = Perceived(self._world.attending(room))
        self._see(there, room)
        setting = self._world.setting
        if setting.announced and setting.containers[self.reality] == room:
            self._learn(self._sharing(there), self.reality)

    def _see(self, perceived: Perceived, room: str) -> None:
        """Let all see the open containers of the room, together."""
        view = self._world.in_view(room)
        sharing = self._sharing(perceived)
        if self.reality in view:
            self._learn(sharing, self.reality)
        elif view:
            for i in sharing:
                self._miss(i, view)

    def _look(self, person: str, into: frozenset[str], perceived: Perceived) -> None:
        """Let one look into containers while the others see only that."""
        bit = self._bits.get(person)
        if bit is None or not into:
            return
        values, (_, _, last, prefix, _) = self._values, self._paths
        for i in self._sharing(perceived):
            if last[i] != bit:
                continue
            # What those before in the path believe is what they think the looker saw.
            there = values[prefix[i]]
            if there in into:
                values[i] = there
            elif there is not None:
                self._miss(i, into)
            elif known := into & self._absent[prefix[i]]:
                self._miss(i, known)

    def _hear(self, event: Tell, perceived: Perceived) -> None:
        """Let what is said be believed by all who trust the speaker."""
        values, (_, _, last, prefix, _) = self._values, self._paths
        speaker = self._bits.get(event.speaker, 0)
        distrusting = 0
        for hearer, whom in self._world.setting.distrust:
            if whom == event.speaker:
                distrusting |= self._bits.get(hearer, 0)
        for i in self._sharing(perceived):
            believer = last[i]
            if believer == speaker:
                # That the speaker believes it is believed by who trusts the speaker.
                believer = last[prefix[i]]
            if believer and not believer & distrusting:
                values[i] = event.container

    def _learn(self, paths: Iterable[int], place: str) -> None:
        values = self._values
        for i in paths:
            values[i] = place

    def _miss(self, path: int, empty: frozenset[str]) -> None:
        """Take in that the thing is not in these."""
        value = self._values[path]
        if value is None:
            self._absent[path] |= empty
        elif value in empty:
            self._values[path] = None
            self._absent[path] = empty

    def _sharing(self, perceived: Perceived) -> tuple[int, ...]:
        """Return the paths along which everyone knows of the next that they know."""
        bits = self._bits
        openly = 0
        for person in perceived.openly:
            openly |= bits.get(person, 0)
        size = len(self._people), self._paths.order
        if not perceived.watchers:
            return _within(*size, openly)
        levels = tuple([perceived.watchers.get(p, 0) for p in self._people])
        return _watched(*size, openly, levels)


def belief_table(
    setting: Setting, events: Iterable[Event], thing: str, order: int
) -> dict[Path, str | None]:
    """Return the beliefs about a thing after the events, for all paths to an order."""
    table = BeliefTable(setting, thing, order)
    for event in events:
        table.apply(event)
    return table.beliefs()


class _Paths(NamedTuple):
    """All paths of so many people, as positions in one list; the first is empty."""

    steps: tuple[tuple[int, ...], ...]
    number: dict[tuple[int, ...], int]
    last: tuple[int, ...]
    """Of each the last person, as a bit; 0 of the empty one."""
    prefix: tuple[int, ...]
    """Of each the path without the last person."""
    order: int


@lru_cache(maxsize=64)
def _paths(people: int, order: int) -> _Paths:
    steps: list[tuple[int, ...]] = [()]
    shorter: list[tuple[int, ...]] = [()]
    for _ in range(order):
        shorter = [
            (*path, i)
            for path in shorter
            for i in range(people)
            if not path or path[-1] != i
        ]
        steps += shorter
    index = {path: i for i, path in enumerate(steps)}
    last = tuple(1 << path[-1] if path else 0 for path in steps)
    prefix = tuple(index[path[:-1]] for path in steps)
    return _Paths(tuple(steps), index, last, prefix, order)


@lru_cache(maxsize=64)
def _named(people: tuple[str, ...], order: int) -> tuple[Path, ...]:
    """Return the paths by name, without the empty one."""
    steps = _paths(len(people), order).steps[1:]
    return tuple(tuple([people[i] for i in path]) for path in steps)


@lru_cache(maxsize=2048)
def _within(people: int, order: int, openly: int) -> tuple[int, ...]:
    steps = _paths(people, order).steps
    return tuple(
        i
        for i, path in enumerate(steps)
        if path and all(openly >> person & 1 for person in path)
    )


@lru_cache(maxsize=2048)
def _watched(
    people: int, order: int, openly: int, levels: tuple[int, ...]
) -> tuple[int, ...]:
    """Return the paths whose first perceives it, and each next as the one before knows.

    Those who share it openly know of each other, and of nobody who watches; a watcher
    knows of them, and of the watchers of lower levels.
    """
    found: list[int] = []
    for i, path in enumerate(_paths(people, order).steps):
        known = bool(path)
        for at, person in enumerate(path):
            if not openly >> person & 1:
                above = levels[path[at - 1]] if at else levels[person] + 1
                known = known and 0 < levels[person] < above
        if known:
            found.append(i)
    return tuple(found)
