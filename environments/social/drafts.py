"""From a question with answers in any order to a finished item."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from arena.errors import UserError
from arena.items import Item, Label, Measures, check_item

from .generator import Draw

__all__ = ["Draft", "Made", "chosen_cells", "listed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a cell makes: all of an item but its name and the order of its options.

    Attributes:
        measures: As in `Item`.
        rules: As in `Item`.
        story: As in `Item`.
        question: As in `Item`.
        answers: Option -> its roles; the right one has `correct` among them.
        labels: What each labeller derived, with why.
        picks: Rule -> the text that it answers; left out where it is no option.
        fair: As in `Item`.
        order: As in `Item`.
        nominal: As in `Item`.
        facts: As in `Item`.
    """

    measures: Measures
    rules: str
    story: tuple[str, ...]
    question: str
    answers: Mapping[str, tuple[str, ...]]
    labels: tuple[Label, ...]
    picks: Mapping[str, str] = field(default_factory=dict[str, str])
    fair: tuple[str, ...] = ()
    order: int | None = None
    nominal: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Which item of which generator a draft becomes.

    Attributes:
        generator: Its name.
        version: Its version.
        cell: The item's cell.
        number: How many items the cell has before this one.
        world: As in `Item`.
        pair: As in `Item`.
        variant: As in `Item`.
        rendering: As in `Item`.
        id: As in `Item`.
    """

    generator: str
    version: int
    cell: str
    number: int
    world: str
    pair: str
    variant: str
    rendering: str
    id: str

    def item(self, draw: Draw, draft: Draft) -> Item:
        """Return the finished item, checked.

        Its right option stands at each place equally often: once in every as many
        items of the cell as there are options.
        """
        right = next(x for x, roles in draft.answers.items() if "correct" in roles)
        options = self._ordered(draw, [*draft.answers], right)
        return check_item(
            Item(
                id=self.id,
                generator=self.generator,
                version=self.version,
                cell=self.cell,
                measures=draft.measures,
                world=self.world,
                pair=self.pair,
                variant=self.variant,
                rendering=self.rendering,
                rules=draft.rules,
                story=draft.story,
                question=draft.question,
                options=tuple(options),
                gold=options.index(right),
                labels=draft.labels,
                roles=tuple(draft.answers[option] for option in options),
                picks={
                    rule: options.index(text)
                    for rule, text in draft.picks.items()
                    if text in draft.answers
                },
                fair=draft.fair,
                order=draft.order,
                nominal=draft.nominal,
                facts=draft.facts,
            )
        )

    def _ordered(self, draw: Draw, options: list[str], right: str) -> list[str]:
        key = (self.generator, self.version, self.cell)
        group, turn = divmod(self.number, len(options))
        places = list(range(len(options)))
        draw.rng(*key, "places", group).shuffle(places)
        others = [option for option in options if option != right]
        draw.rng(*key, "order", self.number).shuffle(others)
        others.insert(places[turn], right)
        return others


def chosen_cells(wanted: Iterable[str] | None, there: Iterable[str]) -> tuple[str, ...]:
    """Return the cells that a generator's knob asks for, all if it asks for none.

    Raises:
        UserError: For a cell that is not there.
    """
    known = tuple(there)
    cells = tuple(dict.fromkeys(wanted or known))
    for cell in cells:
        if cell not in known:
            raise UserError(f"there is no cell {cell!r}; there are {', '.join(known)}")
    return cells


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: `a, b and c`."""
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
