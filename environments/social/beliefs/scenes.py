"""One world of the generator `talk`, and what both labellers derive of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from arena.items import Label

from ..vocabulary import CONTAINERS, PEOPLE, ROOMS, THINGS
from .derived import table_after
from .events import Event, Move, Setting, Tell
from .evidence import STEPS, Cast, perform
from .filtering import believed
from .plans import Plan

__all__ = ["Belief", "Minds", "Scene", "draw_cast", "scene_of"]

SPEAKERS = 5

Belief = Callable[[tuple[str, ...]], str | None]
"""Where the thing is by a path of people; where it really is by the empty one."""

Minds = Callable[[int], Belief]
"""What is believed after so many events."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A world.

    Attributes:
        cast: Names.
        setting: How it begins.
        events: What happens.
    """

    cast: Cast
    setting: Setting
    events: tuple[Event, ...]

    @property
    def reality(self) -> str:
        """Where the thing is at the end."""
        moved = [x for x in self.events if isinstance(x, Move)]
        to = [move.to for move in moved if move.thing == self.cast.thing]
        return to[-1] if to else self.cast.places[0]

    @property
    def told(self) -> str | None:
        """Where someone said last that it is."""
        said = [event.container for event in self.events if isinstance(event, Tell)]
        return said[-1] if said else None

    def labels(
        self,
        people: Sequence[str],
        answer: Callable[[Minds], tuple[str, str]],
        *more: Label,
    ) -> tuple[Label, ...]:
        """Return an answer and its reason, as each labeller derives it.

        Args:
            people: Whose minds the answer asks.
            answer: Derives it from what is believed after so many events.
            more: Labels that were derived otherwise.
        """

        def by_table(at: int) -> Belief:
            seen = self.events[:at]
            return table_after(self.setting, seen, self.cast.thing, 2, people).belief

        def by_log(at: int) -> Belief:
            seen = self.events[:at]
            return partial(believed, self.setting, seen, self.cast.thing)

        return (
            Label("belief table", *answer(by_table)),
            Label("log filter", *answer(by_log)),
            *more,
        )


def scene_of(cast: Cast, plan: Plan, *, twin: bool, said: str | None = None) -> Scene:
    """Return a plan as it is performed.

    Args:
        cast: Names.
        plan: Its steps.
        twin: Whether as the twin, or as the test.
        said: Where the subject says aloud at the end that the thing is, if at all.
    """
    setting, events = perform(cast, plan.steps, switched=twin, said=said)
    return Scene(cast, setting, tuple(events))


def draw_cast(rng: random.Random, *, second: bool = False) -> Cast:
    """Return names for a world; with `second`, for another thing too."""
    row = rng.sample(PEOPLE, 3 + SPEAKERS)
    subject, other, mover, *speakers = rng.sample(row, len(row))
    things = rng.sample(THINGS, 2)
    places = rng.sample(CONTAINERS, STEPS + 1)
    return Cast(
        subject=subject,
        other=other,
        mover=mover,
        speakers=tuple(speakers),
        row=tuple(row),
        thing=things[0],
        second=things[1] if second else None,
        places=tuple(places),
        stand=tuple(rng.sample(places, len(places))),
        room=rng.choice(ROOMS),
    )
