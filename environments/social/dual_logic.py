"""The generator `dual-logic`: statements about beliefs, each with its opposite."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from arena.items import Item, Label

from .beliefs.filtering import believed
from .beliefs.table import belief_table
from .beliefs.telling import Voice, tell_story
from .beliefs.visibility import rules_of
from .drafts import Draft, Made, chosen_cells, listed
from .dual_statements import KINDS, STAGES, Beliefs, Pair, Turn, World, world_of
from .generator import Draw

__all__ = ["DualLogic"]

_DESIGNS = 6 * STAGES
_NOTHING = (
    "Who has learned nothing of where a thing is thinks nothing of where it is, nor of "
    "where it is not."
)


class DualLogic:
    """Whether statements about beliefs are so, each asked with its opposite.

    State:
        A belief world (`beliefs/`): a thing is moved twice in one room; each person
        comes by once, there or in another room, and so has the belief of that stage
        or none.

    Cells:
        A statement and its opposite, of which exactly one is true. "X thinks that φ"
        with "it is not the case that …" (not the case) or "X does not think that φ"
        (outer negation); "X thinks that not φ" with "X does not think that not φ"
        (inner negation), where who thinks nothing of it makes the difference; right
        with wrong (antonym); "everyone" with "someone does not"; "nobody" with
        "someone"; "everyone who P thinks that φ" with "someone who does not think
        that φ is P", the opposite of its contrapositive.

    Answers:
        The statement read by the belief table; its opposite, by the log filter.

    Twins:
        The opposite, of the same world. So yes is right in half of each pair; and each
        statement is true in half of the worlds, whatever place it is about.

    Lures:
        `reality`, `initial`: as if all believed the thing where it is, or was at first.

    Args:
        person: In the first person the first of those asked about is "you".
        cells: Which cells are made; by default all.
    """

    name: ClassVar[str] = "dual-logic"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        person: Literal["first", "third"] = "third",
        cells: list[str] | None = None,
    ) -> None:
        self._first_person = person == "first"
        self._cells = chosen_cells(cells, KINDS)
        self.period = 2 * _DESIGNS * len(self._cells)
        self.most_options = 2

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index."""
        cell = self._cells[index % len(self._cells)]
        number, opposite = divmod(index // len(self._cells), 2)
        names = (self.name, self.version, cell, number)
        rng, kind = draw.rng(*names), KINDS[cell]
        design = number % _DESIGNS
        turn = Turn(rng, design % STAGES, design // STAGES % 2 == 0, design // 6)
        stages = kind.stages(turn)
        world = world_of(rng, stages)
        you = world.people[0] if self._first_person else None
        voice = Voice(you)
        pair = kind.pair(world, world.places[turn.at], voice)
        labels = _answers(world, pair, voice, opposite=bool(opposite))
        name, told = f"{self.name}-{draw.digest(*names)}", "1p" if you else "3p"
        made = Made(
            generator=self.name,
            version=self.version,
            cell=cell,
            number=index // len(self._cells),
            world=name,
            pair=name,
            variant="twin" if opposite else "test",
            rendering=told,
            id=f"{self.name}-{self.version}-{draw.digest(*names, opposite, told)}",
        )
        statement = pair.opposite if opposite else pair.statement
        picks = _picks(world, pair, opposite=bool(opposite))
        draft = Draft(
            measures="self-state" if you and kind.single else "tom",
            rules=f"{rules_of(world.setting, world.events)} {_NOTHING}",
            story=tuple(tell_story(world.setting, world.events, you)),
            question=f"Is this so: {statement}?",
            answers={text: _roles(text, labels[0], picks) for text in ("Yes", "No")},
            labels=labels,
            picks=picks,
            facts={"no belief": None in stages},
        )
        return made.item(draw, draft)


def _answers(
    world: World, pair: Pair, voice: Voice, *, opposite: bool
) -> tuple[Label, Label]:
    """Read what is asked by the table; and what is not asked by the filter."""
    table = belief_table(world.setting, world.events, world.thing, 1)
    by_table = {person: table[(person,)] for person in world.people}
    by_filter = {
        person: believed(world.setting, world.events, world.thing, (person,))
        for person in world.people
    }
    asked, denied = (
        (pair.is_otherwise, pair.is_so) if opposite else (pair.is_so, pair.is_otherwise)
    )
    return (
        Label("belief table", _yes(asked(by_table)), _told(by_table, voice)),
        Label("log filter", _yes(not denied(by_filter)), _told(by_filter, voice)),
    )


def _picks(world: World, pair: Pair, *, opposite: bool) -> dict[str, str]:
    places = {"reality": world.places[-1], "initial": world.places[0]}
    holds = pair.is_otherwise if opposite else pair.is_so
    return {
        rule: _yes(holds(dict.fromkeys(world.people, place)))
        for rule, place in places.items()
    }


def _roles(option: str, label: Label, picks: Mapping[str, str]) -> tuple[str, ...]:
    named = {"correct": label.answer, **picks}
    return tuple(role for role, text in named.items() if text == option)


def _told(beliefs: Beliefs, voice: Voice) -> str:
    return listed(
        [
            f"{voice.name(who)} {voice.verb(who, 'thinks')} of "
            f"{'no place' if place is None else f'the {place}'}"
            for who, place in beliefs.items()
        ]
    )


def _yes(so: bool) -> str:
    return "Yes" if so else "No"
