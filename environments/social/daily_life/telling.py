"""How people hear of a matter, of its change, and of nothing."""

from __future__ import annotations

import random
from typing import NamedTuple

from .news import Report

__all__ = ["news"]

_FIRST = (
    "{p} {p:reads|read} on the notice board that {x}.",
    "{p} {p:hears|hear} from a neighbour that {x}.",
    "A messenger tells {p} that {x}.",
    "{p} {p:finds|find} a note that says that {x}.",
)
_CHANGE = (
    "Then this is found to be an error: in truth {x}.",
    "An hour later that is corrected: in truth {x}.",
    "But that was a mistake: in truth {x}.",
)
_LEARNED = (
    "{p} {p:is|are} told of it at once.",
    "Somebody passes this on to {p}.",
    "{p} {p:gets|get} to know of this too.",
)
_UNLEARNED = (
    "{p} {p:is|are} told nothing of it.",
    "Nobody passes this on to {p}.",
    "{p} never {p:gets|get} to know of this.",
)


class News(NamedTuple):
    """A person hears that a matter is so, but it is otherwise."""

    reports: tuple[Report, ...]
    """What was the case, and who learned of it."""
    lines: tuple[str, str, str]
    """The same, told; the last line says whether the person learned of the change."""


def news(
    rng: random.Random,
    person: str,
    states: tuple[str, str],
    *,
    first: int,
    learned: bool,
) -> News:
    """Tell of a matter that is reported to be in one state and is in the other.

    Args:
        rng: Chooses the words.
        person: The letter of who hears of it.
        states: The two states, as clauses.
        first: The state that is reported first.
        learned: Whether the person learns of the other.
    """
    opening, change = rng.choice(_FIRST), rng.choice(_CHANGE)
    way = rng.randrange(len(_LEARNED))
    heard = _LEARNED[way] if learned else _UNLEARNED[way]
    lines = (
        opening.replace("{p", "{" + person).replace("{x}", states[first]),
        change.replace("{x}", states[1 - first]),
        heard.replace("{p", "{" + person),
    )
    told = frozenset([person])
    later = Report(1 - first, told if learned else frozenset())
    return News((Report(first, told), later), lines)
