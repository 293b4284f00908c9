"""Simulating stories in ToMi's manner again, to see whether their labels hold.

Who is in a room sees who comes and goes, and what lies in its containers; nobody else
does. Beliefs come from the social environment's two labellers, through the kernel.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from arena.errors import UserError
from arena.items import Item
from arena.registry import environment_class

from .stories import Asked, Story, Unread, read_question, read_story

__all__ = ["SIGHT", "Simulation", "Simulator"]

SIGHT = (
    "Whoever is in a room sees everything that happens in it, who comes and goes, and "
    "what lies in its containers, also when coming in. Nobody sees what happens in a "
    "room they are not in. Everyone knows this."
)
"""The rule that the answers depend on; the sets themselves do not state it."""

Believed = Callable[
    [Mapping[str, Any], Sequence[Mapping[str, Any]], str, Sequence[str]], str | None
]
_KEPT = 64  # stories; the questions of one follow each other


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a simulation says of an item.

    Attributes:
        place: The answer, None for no belief.
        answer: The option that says so, if one does.
        because: The derivation, in a line.
        picks: What `reality` and `initial` answer.
        fair: Those of them that are what is asked.
        order: Effective order of the belief.
    """

    place: str | None
    answer: int | None
    because: str
    picks: Mapping[str, int] = field(default_factory=dict[str, int])
    fair: tuple[str, ...] = ()
    order: int | None = None

    def told(self, item: Item) -> str:
        """Return the answer in words."""
        if self.place is None:
            return "no belief at all"
        return repr(self.place if self.answer is None else item.options[self.answer])


class Simulator:
    """Simulates item after item; stories that come again are read once."""

    def __init__(self) -> None:
        self._stories: dict[tuple[str, ...], Story | str] = {}
        environment = environment_class("Social-v1")
        self._believed = cast(Believed, getattr(environment, "believed", None))

    def simulate(self, item: Item) -> Simulation | str:
        """Return what a simulation says, or why there is none."""
        story = self._story(item.story)
        if isinstance(story, str):
            return story
        try:
            asked = read_question(item.question)
        except Unread as error:
            return str(error)
        if asked.thing not in story.start or {*asked.path} - {*story.people}:
            return "its question names what its story does not"
        try:
            return self._answer(item, story, asked)
        except UserError:
            return "its story cannot have happened as it is told"

    def _story(self, lines: tuple[str, ...]) -> Story | str:
        if lines not in self._stories:
            if len(self._stories) >= _KEPT:
                self._stories.clear()
            try:
                self._stories[lines] = read_story(lines)
            except Unread as error:
                self._stories[lines] = str(error)
        return self._stories[lines]

    def _answer(self, item: Item, story: Story, asked: Asked) -> Simulation:
        setting, events = world_of(story, asked.thing)

        def believed(path: Sequence[str]) -> str | None:
            return self._believed(setting, events, asked.thing, path)

        reality, initial = believed(()), story.start[asked.thing]
        if asked.beginning:
            place, because = initial, f"the {asked.thing} is told of there first"
        elif asked.path:
            place = believed(asked.path)
            because = f"from what {', '.join(asked.path)} saw together"
        else:
            place, because = reality, f"the {asked.thing} was moved there last"
        named = {"reality": reality, "initial": initial}
        picks = {rule: _option(item, it) for rule, it in named.items()}
        same = "initial" if asked.beginning else "reality"
        return Simulation(
            place,
            _option(item, place),
            because,
            {rule: pick for rule, pick in picks.items() if pick is not None},
            () if asked.path else (same,),
            _order(believed, asked.path, place, reality) if asked.path else None,
        )


def world_of(story: Story, thing: str) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Return the world when a thing is told of, and what concerns it from then on."""
    begins = story.told_at[thing]
    people: dict[str, str | None] = dict.fromkeys(story.people)
    _walk(people, story.events[:begins])
    events = list(_concerning(story.events[begins:], thing, story.start[thing]))
    containers = dict(story.containers)
    if thing in story.told_in:
        containers.setdefault(story.start[thing], story.told_in[thing])
    rooms = dict(people)
    for event in events:
        _walk(rooms, [event])
        here = rooms[event["person"]]
        if event["kind"] == "Move" and here is not None:
            containers.setdefault(event["to"], here)
    setting = {
        "rooms": tuple(story.rooms),
        "containers": containers,
        "closed": frozenset[str](),
        "things": {thing: story.start[thing]},
        "people": people,
    }
    return setting, events


def _walk(people: dict[str, str | None], events: Sequence[dict[str, str]]) -> None:
    for event in events:
        if event["kind"] != "Move":
            people[event["person"]] = event.get("room")


def _concerning(
    events: Sequence[dict[str, str]], thing: str, place: str
) -> Iterator[dict[str, str]]:
    for event in events:
        if event["kind"] == "Move":
            # Moved to where it is, it shows nobody anything that they did not see.
            if event["thing"] != thing or event["to"] == place:
                continue
            place = event["to"]
        yield event


def _order(
    believed: Callable[[Sequence[str]], str | None],
    path: tuple[str, ...],
    place: str | None,
    reality: str | None,
) -> int:
    """Return the effective order: of the shortest chain that believes the same."""
    if place == reality:
        return 0
    for length in range(1, len(path)):
        for part in itertools.combinations(path, length):
            if any(one == next_ for one, next_ in itertools.pairwise(part)):
                continue
            if believed(part) == place:
                return length
    return len(path)


def _option(item: Item, place: str | None) -> int | None:
    plain = [option.replace("_", " ").casefold().strip() for option in item.options]
    if place is None or (text := place.replace("_", " ").casefold()) not in plain:
        return None
    return plain.index(text)
