"""The contract of generators: seeded, unlimited sources of items, by index."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol, TypeVar

from arena.items import Item

__all__ = ["Draw", "Generator", "shuffled"]

T = TypeVar("T")


@dataclass(frozen=True)
class Draw:
    """Where all randomness of a generator comes from.

    Attributes:
        seed: Of the set of items.
        salt: Private for held-out sets, so that nobody without it can make them.
    """

    seed: int
    salt: str = ""

    def rng(self, *names: str | int) -> random.Random:
        """Return a stream of its own for these names: generator, version, number, …."""
        key = json.dumps([self.salt, self.seed, *names]).encode()
        return random.Random(int.from_bytes(hashlib.sha256(key).digest()[:16]))

    def digest(self, *names: str | int) -> str:
        """Return 12 hexadecimal digits for these names, for the ids of items."""
        key = json.dumps(["id", self.salt, self.seed, *names]).encode()
        return hashlib.sha256(key).hexdigest()[:12]


class Generator(Protocol):
    """Makes item after item; its constructor's keyword arguments are its knobs.

    Attributes:
        name: Registered in `generators.py`.
        version: Raised with every change that makes other items.
        period: Items 0 to period - 1, and so on, are balanced: every cell and
            every variant is in them equally often.
        most_options: The largest number of options of an item.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    period: int
    most_options: int

    def item(self, draw: Draw, index: int) -> Item:
        """Return the item of this index, whatever was made before; checked."""
        ...


def shuffled(
    rng: random.Random, options: Sequence[T], gold: int
) -> tuple[list[T], int, list[int]]:
    """Return options in a random order, the new index of `gold`, and the order.

    The order has, for each new place, the old index.
    """
    order = list(range(len(options)))
    rng.shuffle(order)
    return [options[i] for i in order], order.index(gold), order
