"""The worlds of the generator `beliefs`: which meetings, which variant, whose turn."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..generator import Draw
from ..vocabulary import CONTAINERS, PEOPLE, ROOMS, THINGS, nonce
from .events import Setting
from .lattice import Lattice, graded, lattice
from .questions import Wording

__all__ = ["GENERATOR", "VERSION", "Case", "Design", "Words", "case_at", "variants_of"]

Design = Literal["lattice", "graded"]
Words = Literal["plain", "invented"]

GENERATOR = "beliefs"
VERSION = 1
"""Raised with every change that makes other items."""

STAGES = 5  # places of a world of the design `lattice`

# Stages of the whole chain and of its parts, by pair: each stage is right in two of ten
# worlds, of tests (the first) and twins (the second).
_MEET_AT = ((0, 2), (0, 3), (1, 3), (1, 4), (2, 4))
_VARIANTS = ("test", "twin")
_WORDINGS: tuple[Wording, ...] = ("think", "search")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One world of the generator, and what is asked of it; the same in each rendering.

    Attributes:
        name: Digest that is the same for the same world.
        pair: Digest that is the same for it and its twins.
        design: `lattice` or `graded`.
        variant: `test` or `twin`; or `order-S`.
        order: As worded.
        story: The meetings.
        row: The places in an order of their own, as they stand.
        bystander: A name that nobody of the story has.
        wording: How the belief is asked for.
        number: How many worlds of this order come before.
        turn: How many pairs do.
    """

    name: str
    pair: str
    design: Design
    variant: str
    order: int
    story: Lattice
    row: tuple[str, ...]
    bystander: str
    wording: Wording
    number: int
    turn: int

    @property
    def ego(self) -> str:
        """The first of the chain."""
        return self.story.chain[0]

    def setting(self, *, bystander: bool = False) -> Setting:
        """Return how it begins, the places in an order that tells nothing."""
        begins = self.story.setting
        people = dict(begins.people)
        if bystander:
            people[self.bystander] = self.story.room
        places = {place: begins.containers[place] for place in self.row}
        return replace(begins, containers=places, people=people)


def variants_of(design: Design, order: int) -> list[str]:
    """Return the variants of the worlds of a balanced block, in order."""
    if design == "lattice":
        return [*_VARIANTS] * len(_MEET_AT)
    return [*(f"order-{s}" for s in range(order)), "test"]


def case_at(
    draw: Draw, design: Design, words: Words, order: int, block: int, slot: int
) -> Case:
    """Return a world.

    Args:
        draw: Where it is drawn from.
        design: Of its meetings.
        words: How its places are called.
        order: As worded.
        block: Number of its block, each balanced.
        slot: Its place in the block.
    """
    variants = variants_of(design, order)
    variant = variants[slot]
    pair = slot // len(_VARIANTS) if design == "lattice" else 0
    key = GENERATOR, VERSION, design, words, order, block
    rng = draw.rng(*key, pair)
    bystander, *people = rng.sample(PEOPLE, order + 5)
    places = _places(rng, words)
    room, thing = rng.choice(ROOMS), rng.choice(THINGS)
    if design == "lattice":
        stages = _MEET_AT[pair]
        story = lattice(
            rng, order, *stages, people=people, places=places, room=room, thing=thing
        )
        if variant == "twin":
            story = story.together_at(stages[1])
    else:
        story = graded(
            rng, order, slot, people=people, places=places, room=room, thing=thing
        )
    row = rng.sample(story.places, len(story.places))
    return Case(
        name=draw.digest(*key, slot),
        pair=draw.digest(*key, "pair", pair),
        design=design,
        variant=variant,
        order=order,
        story=story,
        row=tuple(row),
        bystander=bystander,
        wording=_WORDINGS[(block + pair) % 2],
        number=block * len(variants) + slot,
        turn=block * len(_MEET_AT) + pair if design == "lattice" else block,
    )


def _places(rng: random.Random, words: Words) -> Sequence[str]:
    if words == "plain":
        return rng.sample(CONTAINERS, STAGES)
    invented: set[str] = set()
    while len(invented) < STAGES:
        invented.add(nonce(rng, invented))
    return sorted(invented)
