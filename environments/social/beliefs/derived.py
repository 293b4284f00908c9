"""What both labellers derive about a belief, as the labels of an item."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from arena.items import Label

from .events import Event, Setting
from .filtering import believed
from .table import BeliefTable

__all__ = ["belief_labels", "table_after"]


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
) -> tuple[Label, Label]:
    """Return how each labeller answers what the path believes.

    Args:
        setting: How it began.
        events: What happened.
        thing: What the belief is about.
        path: Who thinks that whom thinks ….
        table: After the events.
        text: Makes an option of a container, or of no belief.
    """
    first = table.belief(path)
    second = believed(setting, events, thing, path)
    who = " > ".join(path)
    return (
        Label("belief table", text(first), f"B[{who}] = {first}"),
        Label("log filter", text(second), f"the log of {who} ends with {second}"),
    )
