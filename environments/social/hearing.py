"""Who has heard which version of something that changes, as plans for worlds.

A thing is said in versions, one after the other; the first is known to all. A person
goes by the last version that reached them; one person takes another to go by the last
version that, as they know, reached the other. So a plan of who hears what decides
which version a belief holds, and one bit of it is a minimal twin.
"""

from __future__ import annotations

import random
from itertools import combinations

__all__ = [
    "Heard",
    "effective_order",
    "last_heard",
    "last_shared",
    "one_hearer",
    "stages_of",
    "two_hearers",
]

Heard = tuple[bool, ...]
"""For each version whether it reached a person; the first always did."""

_APART = ((True, False), (False, True), (False, False))


def last_heard(heard: Heard) -> int:
    """Return the last version that reached a person."""
    return max(stage for stage, there in enumerate(heard) if there)


def last_shared(one: Heard, other: Heard) -> int:
    """Return the last version that reached both together."""
    return last_heard(tuple(a and b for a, b in zip(one, other, strict=True)))


def effective_order(belief: int, own: int, other: int, last: int) -> int:
    """Return how many minds a second-order belief really needs.

    Args:
        belief: The version that the one takes the other to go by.
        own: The one's own version.
        other: The other's own version.
        last: The version that holds.
    """
    return 0 if belief == last else 1 if belief in (own, other) else 2


def stages_of(stages: int, design: int) -> tuple[int, int]:
    """Return the versions, test and twin, that a person goes by in a design.

    Every pair of different versions is a design, the earlier for the test: so each
    version is right equally often.
    """
    pairs = list(combinations(range(stages), 2))
    return pairs[design % len(pairs)]


def one_hearer(rng: random.Random, stages: int, low: int, high: int) -> list[Heard]:
    """Return plans for a test and its twin that differ in one version.

    What else reaches the person before version `low` is random.
    """
    early = [True, *(rng.random() < 0.5 for _ in range(1, stages))]
    early[low:] = [False] * (stages - low)
    early[low] = True
    late = [*early]
    late[high] = True
    return [tuple(early), tuple(late)]


def two_hearers(rng: random.Random, design: int) -> list[tuple[Heard, Heard]]:
    """Return plans of two people over four versions, for a test and its twin.

    In the test they share the first or second version, and each hears one of the last
    two alone; so what the one takes the other to go by is neither what the other goes
    by nor what the one goes by nor what holds: its effective order is 2. In the twin
    they share one of the last two as well. Over the 8 designs each version is right
    equally often.
    """
    shared, twin_at, third = (design >> bit & 1 for bit in range(3))
    second = (True, True) if shared else rng.choice(_APART)
    alone = [(True, False), (False, True)]
    if third:
        alone.reverse()
    test = [(True, True), second, *alone]
    twin = [*test]
    twin[2 + twin_at] = (True, True)
    return [(tuple(a for a, _ in x), tuple(b for _, b in x)) for x in (test, twin)]
