"""How a belief is asked for, with as many minds named as the path has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from .telling import Voice

__all__ = [
    "Wording",
    "belief_question",
    "option",
    "option_or_none",
]

Wording = Literal["think", "search"]
"""Where someone thinks that it is; where someone will look for it."""


def belief_question(
    path: Sequence[str], thing: str, voice: Voice, wording: Wording
) -> str:
    """Return the question for what is believed along a path of one or more people."""
    *before, last = path
    if wording == "think":
        return f"Where {_thinks(path, voice)} the {thing} is?"
    will = f"will look for the {thing} first"
    if before:
        return f"Where {_thinks(before, voice)} that {voice.name(last)} {will}?"
    return f"Where will {voice.name(last)} look for the {thing} first?"


def _thinks(path: Sequence[str], voice: Voice) -> str:
    """Return `does A think that B thinks …`, up to the last `think`."""
    first, *others = path
    words = f"{'do' if first == voice.you else 'does'} {voice.name(first)} think"
    for person in others:
        words += f" that {voice.name(person)} {voice.verb(person, 'thinks')}"
    return words


def option(container: str) -> str:
    """Return a place as it is offered as an answer."""
    return f"in the {container}"


def option_or_none(place: str | None) -> str:
    """Return a place as an option; nobody who was there has no belief."""
    return "nowhere in particular" if place is None else option(place)
