"""The generator `counterfactual`: rules that change, and who knows of the change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

from arena.items import Item

from ..drafts import Draft, Made, chosen_cells
from ..generator import Draw
from . import duel_cells, table_cells
from .asking import Asking

__all__ = ["Counterfactual"]

_CELLS: Mapping[str, Callable[[Asking], Draft]] = {
    "outcome": table_cells.outcome,
    "inverse": table_cells.inverted,
    "calendar": table_cells.counted,
    "winner": duel_cells.winner,
    "tally": duel_cells.tallied,
    "reply": duel_cells.reply,
    "expects outcome": table_cells.expects,
    "acts": table_cells.acts,
    "expects calendar": table_cells.counts,
    "expects winner": duel_cells.expects_winner,
    "expects reply": duel_cells.expects_reply,
    "understood": table_cells.understood,
    "surprise": table_cells.surprise,
    "must say": table_cells.must_say,
    "second order": table_cells.second_order,
}
DESIGNS = 72
"""Pairs after which all designs of all cells came equally often."""


class Counterfactual:
    """Rules unlike those of the world outside, known to some and not to others.

    World:
        A rule that everybody knows, and its changes, each read out whole in a room to
        all who are in it. Tables give four keys four values (lights, signs, coins,
        dice, cards, bells, tickets, flags); duels say which of two things wins (rock
        paper scissors, card ranks, elements, tokens), or that they are equal; weeks
        say which day follows which. The first rule is the usual one where there is
        one. Tables and weeks change three times, duels twice.

    Cells:
        By the rule in force, whoever knows it: `outcome`, `inverse` (which key does
        it), `calendar` (counting days), `winner`, `tally` (of three rounds), `reply`
        (what beats it). The last rule is in turn the first again, one between, or new:
        so `default-rule`, `first-change` and `second-change` are at chance.

        By the rule that someone knows who missed readings: `expects outcome`, `acts`
        (which key they choose), `expects calendar`, `expects winner`, `expects reply`,
        `understood` (what one takes from another's choice), `surprise`, `must say`
        (which true thing is news to them) and `second order` (what one thinks that
        another expects: in tests neither what either expects nor what is so). Each
        rule is the known one equally often: so `reality` is at chance too.

    Twins:
        Differ in one line: who was in the room at one reading, or the last rule.

    Balance:
        Every rule is told whole, its clauses in random order: so each answer is
        mentioned equally often and any of them last. Places of the right option are
        balanced exactly.

    Arguments:
        person: Whether the companion, who hears every reading, is "you" or has a name;
            the world, the answer and all else are the same.
        cells: Only these; all by default.

    Source:
        The scenario Counterfactual of EgoSocialArena, arXiv 2410.06195, whose items
        ask for the winner by altered rules; unequal knowledge is added here.
    """

    name: ClassVar[str] = "counterfactual"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        person: Literal["first", "third"] = "first",
        cells: list[str] | None = None,
    ) -> None:
        self.person = person
        self.cells = chosen_cells(cells, _CELLS)
        self.period = len(self.cells) * DESIGNS * 2
        self.most_options = 4

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index."""
        number, which = divmod(index, len(self.cells))
        cell = self.cells[which]
        pair, twin = divmod(number, 2)
        rng = draw.rng(self.name, self.version, cell, pair)
        first = self.person == "first"
        draft = _CELLS[cell](Asking(rng, pair, bool(twin), first))
        named = draw.digest(self.name, self.version, cell, pair)
        return Made(
            generator=self.name,
            version=self.version,
            cell=cell,
            number=number,
            world=named,
            pair=named,
            variant="twin" if twin else "test",
            rendering="1p" if first else "3p",
            id=f"{self.name}-{self.version}-"
            + draw.digest(self.name, self.version, self.person, cell, number),
        ).item(draw, draft)
