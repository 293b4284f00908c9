"""Lines that mean nothing, so that how often a place is mentioned tells nothing."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence

from .telling import listed

__all__ = ["closing", "evened", "row_of"]

_REMARKS = (
    "made of wood",
    "grey all over",
    "worn at the edges",
    "marked with chalk",
    "clean and dry",
    "rather heavy",
    "a little dusty",
    "easy to reach",
)


def evened(
    rng: random.Random, lines: Sequence[str], places: Sequence[str], first: int
) -> list[str]:
    """Return the lines with remarks, so that all places are mentioned equally often.

    Args:
        rng: Where remarks and their positions are drawn from.
        lines: A story.
        places: Words.
        first: The first position where a remark may stand.
    """
    words = Counter(re.findall(r"\w+", " ".join(lines)))
    counts = {place: words[place] for place in places}
    most = max(counts.values())
    padded = list(lines)
    for missing in range(most - min(counts.values()), 0, -1):
        rare = [place for place in places if most - counts[place] >= missing]
        rng.shuffle(rare)
        named = listed([f"the {place}" for place in rare])
        verb = "is" if len(rare) == 1 else "are"
        line = f"T{named[1:]} {verb} {rng.choice(_REMARKS)}."
        padded.insert(rng.randint(min(first, len(padded)), len(padded)), line)
    return padded


def row_of(places: Sequence[str]) -> str:
    """Return a last line that names all places, in an order that tells nothing."""
    return f"From left to right stand {listed([f'the {place}' for place in places])}."


def closing(
    rng: random.Random, lines: Sequence[str], places: Sequence[str]
) -> list[str]:
    """Return the last lines of a story that nobody knew before it had happened.

    With them all places are mentioned equally often, and the last one at random.
    """
    padded = evened(rng, lines, places, first=len(lines))
    return [*padded[len(lines) :], row_of(rng.sample(places, len(places)))]
