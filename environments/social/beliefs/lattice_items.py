"""The generator `beliefs`: beliefs to the fourth order that really need that order."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import ClassVar, Literal, NamedTuple

from arena.items import Item

from ..generator import Draw
from ..living import Life
from .asked import Question, belief_item, control_item, lived
from .cases import GENERATOR, VERSION, Case, Design, Words, case_at, variants_of
from .renderings import Rendering, told

__all__ = ["Beliefs"]

Order = Literal[1, 2, 3, 4]
_QUESTIONS: dict[Design, tuple[Question, ...]] = {
    "lattice": ("belief", "memory", "reality"),
    "graded": ("belief",),
}


class Beliefs:
    """Where someone thinks that someone thinks … a thing is, by who met when.

    Description:
        A thing passes through places v0, v1, … in a room with open containers, moved
        by someone who stays there. A chain of people comes and goes in groups, such
        that the belief along the chain has a known effective order: the meeting
        lattice of `lattice.py`.

    Designs:
        `lattice`: five places. In the *test* the whole chain was last together at
        stage i, and each smaller group later, up to stage j, where all come and nearly
        meet; so the chain believes v_i, no shorter path does, and reality is v4: order
        k is needed. In its *twin* one line stands later, so that all meet at stage j
        and have the answer v_j; for k = 1, another person comes in the test. Each
        stage is right in a fifth.
        `graded`: k + 1 places, and effective orders 0 to k equally often. Who uses
        only order m answers the option with the role `order-m`.

    Cells:
        `belief K` (`graded K`) for each order K as worded; of the same worlds, the
        tests only, `memory` (where it was after so many moves) and `reality`. Where
        only what the ego perceived is told, `memory` asks where it was when the ego
        left for the n-th time, and reality cannot be asked.

    Renderings:
        All have the same worlds, paths, answers and orders of options. The ego is the
        first of the chain, and questions always name the whole path. `3p` and `1p`
        tell everything, in third person or with "you" for the ego; `3p-ego` and
        `1p-ego` tell only what the ego perceives. `name-swap` is `3p` and says that
        "you are" the ego; `bystander` has "you" in the room all the time, in nobody's
        chain.

    Balance:
        Every place is mentioned equally often, first and last at random. Rules that
        drop someone from the chain, or ask the first or last alone, are fair where the
        effective order is below the worded one, and wrong elsewhere.

    Args:
        orders: Orders as worded.
        design: See above.
        rendering: See above.
        questions: Which are asked, in this order; all by default, in the design
            `graded` only beliefs.
        words: Places have plain or invented names.
    """

    name: ClassVar[str] = GENERATOR
    version: ClassVar[int] = VERSION

    def __init__(
        self,
        *,
        orders: list[Order] | None = None,
        design: Design = "lattice",
        rendering: Rendering = "3p",
        questions: list[Question] | None = None,
        words: Words = "plain",
    ) -> None:
        self._orders: tuple[Order, ...] = tuple(dict.fromkeys(orders or (1, 2, 3, 4)))
        self._design: Design = design
        self._rendering: Rendering = rendering
        self._words: Words = words
        asked: tuple[Question, ...] = tuple(
            dict.fromkeys(questions or _QUESTIONS[design])
        )
        if rendering.endswith("-ego"):
            asked = tuple(question for question in asked if question != "reality")
        self._knobs = f"{self._orders} {asked}"
        if not asked:
            raise ValueError("questions: none that can be asked in this rendering")
        self._plan = _plan(design, self._orders, asked)
        self._lives = [turn for turn in self._plan if turn.question == asked[0]]
        self.period = len(self._plan)
        self.most_options = 5 if design == "lattice" else max(self._orders) + 1

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index."""
        period, at = divmod(index, len(self._plan))
        turn = self._plan[at]
        case, name = self._case(draw, turn, period), self._name(draw, index)
        as_told = told(case, self._rendering, draw)
        if turn.question == "belief":
            return belief_item(case, as_told, case.story.events, draw, name)
        return control_item(case, as_told, turn.question, draw, name)

    def life(self, draw: Draw, index: int) -> Life:
        """Return a world to be lived by the ego, who is then asked about a belief."""
        period, at = divmod(index, len(self._lives))
        case = self._case(draw, self._lives[at], period)
        return lived(case, draw, self._name(draw, index, "lived"))

    def _case(self, draw: Draw, turn: _Turn, period: int) -> Case:
        block = period * turn.blocks + turn.block
        order, slot = turn.order, turn.slot
        return case_at(draw, self._design, self._words, order, block, slot)

    def _name(self, draw: Draw, index: int, *more: str) -> str:
        key = (self._design, self._words, self._rendering, self._knobs)
        digest = draw.digest(self.name, self.version, *key, index, *more)
        return f"{self.name}-{self.version}-{digest}"


class _Turn(NamedTuple):
    """Which world of a period is asked what."""

    order: Order
    blocks: int
    """Of this order in a period."""
    block: int
    slot: int
    question: Question


def _plan(
    design: Design, orders: Sequence[Order], questions: Sequence[Question]
) -> list[_Turn]:
    """Return a period: each order as often, the orders and questions mixed."""
    worlds = lcm(*(len(variants_of(design, order)) for order in orders))
    turns: list[tuple[float, _Turn]] = []
    for order in orders:
        variants = variants_of(design, order)
        blocks = worlds // len(variants)
        for number in range(worlds):
            block, slot = divmod(number, len(variants))
            turns += (
                (number / worlds, _Turn(order, blocks, block, slot, question))
                for question in questions
                if question == "belief" or variants[slot] == "test"
            )
    return [turn for _, turn in sorted(turns, key=lambda pair: pair[0])]
