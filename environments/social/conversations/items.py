"""The generator `conversations`: calls on which not everyone hears everything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from arena.items import Item

from ..drafts import Draft, Made, chosen_cells
from ..generator import Draw
from ..vocabulary import PEOPLE
from . import cells as ask
from .calls import VERSIONS, Flip, plan_call
from .telling import tell_call
from .topics import TOPICS

__all__ = ["Conversations"]

_CELLS: Mapping[str, tuple[Flip | None, Callable[[ask.Told], Draft]]] = {
    "fact": (None, ask.fact),
    "belief": ("belief", ask.belief),
    "belief 2": ("belief 2", ask.belief_about),
    "knows": ("knows", ask.knows),
    "who knows": ("list", partial(ask.who_knows, missed=False)),
    "who missed it": ("list", partial(ask.who_knows, missed=True)),
}
DESIGNS = 24
"""Calls after which all designs of all cells came equally often."""
LISTED = 7


class Conversations:
    """Calls that people leave and come back to, and who knows what afterwards.

    World:
        A host settles something four times, each time anew, on a call with seven
        others and a companion who hears everything. People hang up, call in again,
        and turn their sound off unnoticed; the host sends copies of a message to one
        alone or to two together.

    Cells:
        All are asked of the same call, so that a call can be scored as a whole (ALL,
        as FANToM counts). `fact`: what was said when (a control). `belief`: which
        version someone goes by. `belief 2`: which version one takes another to go by;
        in every pair once neither what the other nor what the one goes by, nor what
        holds. `knows`: whether someone knows what holds, in two polarities and two
        ways. `who knows`, `who missed it`: lists.

    Twins:
        One line differs: the host sends a copy of a message, or a photo. For `fact`
        the question differs. The test is asked of the call that all cells share.

    Balance:
        Each version is right equally often and named once, so the last and the first
        are at chance; a wrong answer is something that was heard on the same topic.
        The lists of an item have equally many names. Places of the right option are
        balanced exactly.

    Arguments:
        person: Whether the companion is "you" or has a name; all else is the same.
        turns: Remarks that bear on nothing; all else is the same.
        cells: Only these; all by default.

    Source:
        FANToM, arXiv 2310.15421, for the kinds of questions and for scoring ALL; no
        text of it is used.
    """

    name: ClassVar[str] = "conversations"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        person: Literal["first", "third"] = "first",
        turns: Annotated[int, Field(ge=0, le=200)] = 8,
        cells: list[str] | None = None,
    ) -> None:
        self.person = person
        self.turns = turns
        self.cells = chosen_cells(cells, _CELLS)
        self.period = len(self.cells) * DESIGNS * 2
        self.most_options = 4

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index: those of a call follow each other."""
        pair, place = divmod(index, 2 * len(self.cells))
        twin, which = divmod(place, len(self.cells))
        cell = self.cells[which]
        told = self._told(draw, pair, cell, twin=bool(twin))
        first = self.person == "first"
        world = draw.digest(self.name, self.version, pair)
        knobs = (self.person, self.turns, cell, pair, twin)
        return Made(
            generator=self.name,
            version=self.version,
            cell=cell,
            number=2 * pair + twin,
            world=world,
            pair=f"{world} {cell}",
            variant="twin" if twin else "test",
            rendering="1p" if first else "3p",
            id=f"{self.name}-{self.version}-"
            + draw.digest(self.name, self.version, *knobs),
        ).item(draw, _CELLS[cell][1](told))

    def _told(self, draw: Draw, pair: int, cell: str, *, twin: bool) -> ask.Told:
        key = (self.name, self.version, pair)
        rng, talk_rng = draw.rng(*key), draw.rng(*key, "talk")
        people = rng.sample(PEOPLE, LISTED + 2)
        host, companion, *others = people
        topic = rng.choice(TOPICS)
        values = tuple(rng.sample(topic.values, VERSIONS))
        call = plan_call(rng, pair, others)
        flip = _CELLS[cell][0]
        if twin and flip is not None:
            call = call.flipped(flip)
        companion = "you" if self.person == "first" else companion
        story = tell_call(
            rng, talk_rng, call, topic, values, host, companion, self.turns
        )
        own = draw.rng(*key, cell, int(twin))
        return ask.Told(own, call, topic, values, host, companion, story, pair, twin)
