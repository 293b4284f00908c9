"""The generator `new-world`: places where other things are known, meant and lawful."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, Literal

from arena.items import Item

from ..drafts import Draft, Made, chosen_cells
from ..games_of_rules.asking import Asking
from ..generator import Draw
from . import imitation_cells, norm_cells

__all__ = ["NewWorld"]

_NORM_CELLS: Mapping[str, Callable[[Asking], Draft]] = {
    "norm": norm_cells.norm,
    "etiquette": norm_cells.etiquette,
    "law": norm_cells.law,
    "visitor reads": norm_cells.visitor_reads,
    "visitor acts": norm_cells.visitor_acts,
    "local reads": norm_cells.local_reads,
}
_CELLS = ("imitation", *_NORM_CELLS, "seen imitation")
DESIGNS = 24
"""Pairs after which all designs of all cells came equally often."""


class NewWorld:
    """Invented towns with their own knowledge, norms and laws, and their visitors.

    World:
        A town, of which is said which animals its people know; and four levels of
        norms or laws of nature (of the land outside, which are the usual ones, of the
        town, of its hall, of the long night), with which of them holds where and when.
        At the gate the norms are read out to who is there.

    Cells:
        `imitation`: of four animals, which do four, three, two and one of the things
        done, the one that does most of those known there. Each likeness is right
        equally often: the best one overall, as who forgets the fence would answer, is
        at chance (`best-match`). `norm`, `etiquette`, `law`: what a gesture is taken
        for, which gesture is right, what a thing does, where the reader is; each level
        equally often. These are about the reader's own situation.

        `seen imitation`: what an onlooker takes it for who knows less than who does
        it. `visitor reads`, `visitor acts`: by the norms that a visitor knows.
        `local reads`: what somebody of the town thinks that a visitor meant, from what
        they know that the visitor heard: in tests neither what the visitor goes by nor
        what holds. These are about other minds; `reality` is at chance.

    Twins:
        Differ in one line: whether an animal is known, where it happens, or who was at
        a reading.

    Balance:
        All options are mentioned equally often, in random order; places of the right
        option are balanced exactly.

    Consistency:
        `fence.inconsistencies` refuses a world in which something is named, to those
        who live in it, that nobody there knows, or in which the answer is not one.

    Arguments:
        person: Whether the companion (who imitates, makes a gesture, or reads out the
            norms) is "you" or has a name; all else is the same.
        names: Whether animals have their usual names or invented ones; all else is the
            same.
        fence: Whether it is said of each animal that all or none know it, or follows
            from where it lives (`imitation` only).
        cells: Only these; all by default.

    Source:
        The scenario New World (Parallel World) of EgoSocialArena, arXiv 2410.06195;
        that the fence is said, and the visitors, are added here.
    """

    name: ClassVar[str] = "new-world"
    version: ClassVar[int] = 1

    def __init__(
        self,
        *,
        person: Literal["first", "third"] = "first",
        names: Literal["usual", "invented"] = "usual",
        fence: Literal["said", "implied"] = "said",
        cells: list[str] | None = None,
    ) -> None:
        self.person = person
        self.names = names
        self.fence = fence
        self.cells = chosen_cells(cells, _CELLS)
        invented = names == "invented"
        self._made: Mapping[str, Callable[[Asking], Draft]] = {
            **_NORM_CELLS,
            "imitation": partial(
                imitation_cells.imitation,
                invented=invented,
                implied=fence == "implied",
            ),
            "seen imitation": partial(
                imitation_cells.seen_imitation, invented=invented
            ),
        }
        self.period = len(self.cells) * DESIGNS * 2
        self.most_options = 4

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index."""
        number, which = divmod(index, len(self.cells))
        cell = self.cells[which]
        pair, twin = divmod(number, 2)
        rng = draw.rng(self.name, self.version, cell, pair)
        first = self.person == "first"
        draft = self._made[cell](Asking(rng, pair, bool(twin), first))
        named = draw.digest(self.name, self.version, cell, pair)
        knobs = (self.person, self.names, self.fence, cell, number)
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
            + draw.digest(self.name, self.version, *knobs),
        ).item(draw, draft)
