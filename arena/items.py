"""The contract of items: one question with options, and all that is known of it.

An item is made by a generator or read from a file. Its answer comes from labels that
must agree; its options carry roles, so that a wrong answer tells which shortcut led to
it; and it names what rules that read the world without thinking would answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, NamedTuple

from .errors import UserError

__all__ = ["Item", "ItemError", "Label", "Measures", "check_item", "letter"]

Measures = Literal["tom", "self-state", "control"]
"""Theory of mind; the own situation (the paper's "socialization"); neither."""

_NO_EVIDENCE = ("rules", "story", "question")


class ItemError(UserError):
    """An item that cannot be asked: its labels disagree, or its answer is missing."""


class Label(NamedTuple):
    """What one labeller derived, independently of the others."""

    by: str
    """The labeller: `belief table`, `log filter`, `source`, …."""
    answer: str
    """The text of an option."""
    because: str
    """The derivation, in a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question about one situation, in one rendering.

    Attributes:
        id: Unique; equal ids are equal items.
        generator: What made it, or the format it was imported from.
        version: Of the generator; other items come with another version.
        cell: What it is counted with; items of a cell have equally many options.
        measures: Theory of mind, the own situation, or a control.
        world: The world it is about; items of one world are alike (clusters), and the
            same world in another rendering has the same name.
        pair: Equal for an item and its minimal twins, whose answers differ.
        variant: Which of the pair it is: `test`, `twin`, …; or "".
        rendering: How the world is told.
        rules: What the reader must know to be able to answer: who sees what, who
            believes whom, the fence of the world.
        story: What happens, a line each.
        question: What is asked.
        options: The answers, in the order shown; all different.
        gold: Index of the right one.
        labels: At least two for a generated item.
        roles: For each option what it is: `correct`, `reality`, `initial`, `told`,
            `order-1`, `default-rule`, …; one option may have several.
        picks: What rules that look at the world without modelling minds answer, as
            index of an option: `reality`, `initial`, `told`, `collapse-first`, ….
        fair: Rules, of `picks` or of the audit, that are right here by what is asked
            (reality, where the question is about reality); no gate holds for them.
        order: Effective order of the belief; None where there is none.
        nominal: Order as worded.
        facts: Further knobs for tables, as JSON types.
    """

    id: str
    generator: str
    version: int
    cell: str
    measures: Measures
    world: str
    story: tuple[str, ...]
    question: str
    options: tuple[str, ...]
    gold: int
    labels: tuple[Label, ...]
    pair: str | None = None
    variant: str = ""
    rendering: str = ""
    rules: str = ""
    roles: tuple[tuple[str, ...], ...] = ()
    picks: Mapping[str, int] = field(default_factory=dict[str, int])
    fair: tuple[str, ...] = ()
    order: int | None = None
    nominal: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def answer(self) -> str:
        """The text of the right option."""
        return self.options[self.gold]

    def evidence(self) -> dict[str, Any]:
        """Return all that an analysis needs, as JSON types; without the texts."""
        told = asdict(self)
        for name in _NO_EVIDENCE:
            del told[name]
        told["labels"] = [label._asdict() for label in self.labels]
        return told


def check_item(item: Item) -> Item:
    """Return the item.

    Raises:
        ItemError: If it cannot be asked, with every derivation of its answer.
    """
    derived = "; ".join(f"{x.by}: {x.answer!r}, {x.because}" for x in item.labels)
    if len(item.options) < 2 or _repeated(item.options):
        raise ItemError(f"{item.id}: its options are not two or more, all different")
    if not 0 <= item.gold < len(item.options):
        raise ItemError(f"{item.id}: there is no option {item.gold} ({derived})")
    if not item.labels or any(x.answer != item.answer for x in item.labels):
        given = item.answer
        raise ItemError(f"{item.id}: the answer is {given!r}, but derived is {derived}")
    if item.roles and len(item.roles) != len(item.options):
        raise ItemError(f"{item.id}: roles for {len(item.roles)} options")
    for rule, pick in item.picks.items():
        if not 0 <= pick < len(item.options):
            raise ItemError(f"{item.id}: rule {rule!r} picks option {pick}")
    return item


def letter(index: int) -> str:
    """Return how an option is called: A, B, …; up to 26 options."""
    return chr(ord("A") + index)


def _repeated(texts: Iterable[str]) -> bool:
    seen = [" ".join(text.split()).casefold() for text in texts]
    return len(set(seen)) < len(seen)
