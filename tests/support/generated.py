"""Items of generators, and what tests compare in them."""

from collections.abc import Iterable
from math import sqrt

from arena.audit import Audit
from arena.environments.social.generator import Draw, Generator
from arena.items import Item

DRAW = Draw(4)


def made(generator: Generator, count: int, draw: Draw = DRAW) -> list[Item]:
    """The first items of a generator."""
    return [generator.item(draw, index) for index in range(count)]


def pairs(items: Iterable[Item]) -> list[tuple[Item, Item]]:
    """Tests with their twins."""
    by_pair: dict[str, dict[str, Item]] = {}
    for item in items:
        assert item.pair is not None
        by_pair.setdefault(item.pair, {})[item.variant] = item
    return [(both["test"], both["twin"]) for both in by_pair.values()]


def changed_lines(test: Item, twin: Item) -> int:
    """How many lines of two equally long stories differ."""
    return sum(a != b for a, b in zip(test.story, twin.story, strict=True))


def beyond_chance(audit: Audit) -> list[str]:
    """Rules that are right four standard errors more often than by chance.

    With few items some of the many rules are above the bound of two, by accident.
    """
    return [
        f"{row.cell}: {row.rule}, {row.accuracy:.3f} of {row.n}"
        for row in audit.rows
        if row.n
        and row.accuracy > row.chance + 4 * sqrt(row.chance * (1 - row.chance) / row.n)
    ]
