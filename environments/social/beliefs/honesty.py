"""Who lied, who was mistaken and who was deceived, from what was believed then."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple

from .events import Event, Setting, Tell
from .table import BeliefTable

__all__ = ["Honesty", "Told", "told"]

Honesty = Literal["truthful", "mistaken", "lie"]


class Told(NamedTuple):
    """What a `Tell` was, at the time.

    Attributes:
        at: Position of the event.
        tell: The event.
        honesty: `lie` if the speaker did not believe what was said, even where it was
            true by accident; `mistaken` if the speaker did, and it was false; else
            `truthful`.
        true: Whether the thing was where it was said to be.
        deceived: Who came to believe what was said, where it was false and a lie.
    """

    at: int
    tell: Tell
    honesty: Honesty
    true: bool
    deceived: frozenset[str]


def told(setting: Setting, events: Iterable[Event]) -> list[Told]:
    """Return what each `Tell` was, in order."""
    tables = {thing: BeliefTable(setting, thing, order=1) for thing in setting.things}
    found: list[Told] = []
    for at, event in enumerate(events):
        before = _beliefs(tables, setting, event)
        for table in tables.values():
            table.apply(event)
        if isinstance(event, Tell):
            after = _beliefs(tables, setting, event)
            reality = tables[event.thing].reality
            found.append(_judged(at, event, before, after, reality))
    return found


def _beliefs(
    tables: Mapping[str, BeliefTable], setting: Setting, event: Event
) -> dict[str, str | None]:
    """Return what each person believes of the thing that is told about, if any."""
    if not isinstance(event, Tell) or event.thing not in tables:
        return {}
    table = tables[event.thing]
    return {person: table.belief((person,)) for person in setting.people}


def _judged(
    at: int,
    tell: Tell,
    before: Mapping[str, str | None],
    after: Mapping[str, str | None],
    reality: str,
) -> Told:
    said, true = tell.container, tell.container == reality
    honesty: Honesty = "truthful" if true else "mistaken"
    deceived: frozenset[str] = frozenset()
    if before[tell.speaker] != said:
        honesty = "lie"
        if not true:
            deceived = frozenset(
                person
                for person, belief in after.items()
                if belief == said != before[person]
            )
    return Told(at, tell, honesty, true, deceived)
