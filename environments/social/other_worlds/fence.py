"""What is known in a world and what is not: imitations, and the consistency lint."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from .places import ANIMALS

__all__ = ["Fence", "inconsistencies", "ranked_animals"]

MATCHES = (4, 3, 2, 1)
"""How many of the four things done each of the four animals does."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What a mind of the world can think of.

    Attributes:
        does: What each animal does that is spoken of, known or not.
        known: The animals that the mind knows.
        done: What someone does who imitates one of them.
    """

    does: Mapping[str, Set[str]]
    known: frozenset[str]
    done: frozenset[str]

    def match(self, animal: str) -> int:
        """Return how much of what is done an animal does."""
        return len(self.done & self.does[animal])

    def likeliest(self) -> str:
        """Return the known animal that does most of what is done."""
        return max(sorted(self.known), key=self.match)


def ranked_animals(rng: random.Random) -> tuple[list[str], list[str]]:
    """Return four things done, and four animals that do 4, 3, 2 and 1 of them."""
    while True:
        best = rng.choice([*ANIMALS])
        done = rng.sample(sorted(ANIMALS[best]), MATCHES[0])
        ranks: list[str] = []
        for match in MATCHES:
            fitting = [
                x for x in ANIMALS if len(ANIMALS[x].intersection(done)) == match
            ]
            if not fitting:
                break
            ranks.append(best if match == MATCHES[0] else rng.choice(fitting))
        if len(ranks) == len(MATCHES):
            return done, ranks


def inconsistencies(fence: Fence, narration: Sequence[str]) -> list[str]:
    """Return what is wrong in a world: an answer that no mind in it can think of.

    Args:
        fence: Of the mind whose view the answer is.
        narration: What is told as seen, said or asked in the world, without the lines
            that tell who reads what is known there.
    """
    problems = [
        f"{name!r} is named in {line!r}, and is not known there"
        for line in narration
        for name in _named_in(line, [*fence.does])
        if name not in fence.known
    ]
    if not fence.known:
        return [*problems, "nothing is known that could be imitated"]
    if strange := sorted(fence.known - fence.does.keys()):
        return [*problems, f"it is not told what {strange[0]!r} does"]
    matches = sorted(map(fence.match, fence.known), reverse=True)
    if any(one == other for one, other in pairwise(matches[:2])):
        problems.append(f"two known animals do {matches[0]} of the things done")
    if matches[0] == 0:
        problems.append("no known animal does any of the things done")
    return problems


def _named_in(line: str, names: Sequence[str]) -> list[str]:
    """Return which names a line has, as whole words, whatever their article."""
    words = set(re.findall(r"\w+", line.casefold()))
    return [name for name in names if name.split()[-1].casefold() in words]
