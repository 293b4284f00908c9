"""What both labellers derive about a belief, as the labels of an item."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from arena.items import Label

from .events import Event, Setting
from .filtering import believed
from .table import BeliefTable
from .telling import Voice

__all__ = ["belief_labels", "place_or_none", "table_after", "thinking"]


def table_after(
    setting: Setting,
    events: Sequence[Event],
    thing: str,
    order: int,
    people: Sequence[str],
) -> BeliefTable:
    """Return the beliefs of some people after the events."""
    table = BeliefTable(setting, thing, order, tuple(dict.fromkeys(people)))
    for event in events:
        table.apply(event)
    return table


def belief_labels(
    setting: Setting,
    events: Sequence[Event],
    thing: str,
    path: tuple[str, ...],
    table: BeliefTable,
    text: Callable[[str | None], str],
    voice: Voice,
) -> tuple[Label, Label]:
    """Return how each labeller answers what the path believes.

    Args:
        setting: How it began.
        events: What happened.
        thing: What the belief is about.
        path: Who thinks that whom thinks ….
        table: After the events.
        text: Makes an option of a container, or of no belief.
        voice: Who is called "you".
    """
    first = table.belief(path)
    second = believed(setting, events, thing, path)
    named = [voice.name(person) for person in path]
    seen = ", and of that by ".join(named)
    return (
        Label("belief table", text(first), thinking(path, thing, first, voice)),
        Label(
            "log filter",
            text(second),
            f"what was perceived by {seen}, has it last {place_or_none(second)}",
        ),
    )


def thinking(path: Sequence[str], thing: str, place: str | None, voice: Voice) -> str:
    """Return what a path of people believes, in words."""
    words = [f"{voice.name(who)} {voice.verb(who, 'thinks')} that" for who in path]
    return f"{' '.join(words)} the {thing} is {place_or_none(place)}"


def place_or_none(place: str | None) -> str:
    """Return a place within a sentence, also where there is no belief."""
    return "nowhere that one could say" if place is None else f"in the {place}"
