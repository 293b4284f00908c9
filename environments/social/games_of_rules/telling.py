"""How rules, and who hears of them, are told."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from ..drafts import listed
from ..hearing import Heard
from .families import TableFamily
from .ladders import Duel, Table, Week

__all__ = [
    "RULES",
    "Cast",
    "duel_clauses",
    "table_clauses",
    "tell",
    "was",
    "week_clauses",
]

RULES = (
    "Only the rule that was read out last holds. A rule is read out whole, in the "
    "room, to all who are there; they hear it and see who else is there. Whoever is "
    "elsewhere does not hear it, does not know that a rule was read out, and is told "
    "nothing of it later. All people knew the first rule from the start. Each goes by "
    "the last rule that they themselves know, takes everything that they see to be by "
    "that rule, and thinks of another that they go by the last rule that both of them "
    "knew at first or heard in the room together."
)
_FIRST = "At first this rule held: "
_THEN = "Then this rule was read out: "

_IN = (
    "{} {was} in the room.",
    "{} sat in the room.",
    "{} stood in the room and listened.",
)
_OUT = (
    "{} {was} out in the yard.",
    "{} slept in another house.",
    "{} had gone away on an errand.",
)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is in a story.

    Attributes:
        companion: Who is there at every reading: a name, or `you`.
        others: Names.
    """

    companion: str
    others: tuple[str, ...]


def was(person: str) -> str:
    """Return the past of "be" for a person."""
    return "were" if person == "you" else "was"


def table_clauses(family: TableFamily, table: Table) -> list[str]:
    """Return what each key does."""
    return [f"{key} {family.verb} {value}" for key, value in table.items()]


def week_clauses(week: Week) -> list[str]:
    """Return which day comes after which."""
    return [f"after {day} comes {following}" for day, following in week.items()]


def duel_clauses(rng: random.Random, duel: Duel) -> list[str]:
    """Return for each two things which beats which, the winner first or last."""
    told: list[str] = []
    for two, winner in duel.items():
        one, other = rng.sample(sorted(two), 2)
        if winner is None:
            told.append(f"{one} and {other} are equal")
        elif winner == one:
            told.append(f"{one} beats {other}")
        else:
            told.append(f"{one} loses to {other}")
    return told


def tell(
    rng: random.Random,
    place: str,
    cast: Cast,
    ladder: Sequence[Sequence[str]],
    plans: dict[str, Heard],
) -> tuple[str, ...]:
    """Return the story of a rule that changes: a line each for who is where.

    Args:
        rng: For the order of clauses, and for words; a plan changes nothing in it.
        place: Where it happens.
        cast: The companion and others without a plan are always in the room.
        ladder: The clauses of each rule.
        plans: Which rules reach whom.
    """
    everyone = [cast.companion, *cast.others]
    rng.shuffle(everyone)
    always = [person for person in everyone if person not in plans]
    there = was(always[0]) if len(always) == 1 else "were"
    lines = [
        _sentence(f"{listed(everyone)} spent their days at {place}."),
        _sentence(f"{listed(always)} {there} in the room at every reading."),
    ]
    for stage, clauses in enumerate(ladder):
        people = [*plans]
        rng.shuffle(people)
        for person in people:
            way = rng.randrange(3)
            if stage:
                words = _IN if plans[person][stage] else _OUT
                lines.append(words[way].format(person, was=was(person)))
        order = [*clauses]
        rng.shuffle(order)
        lines.append(f"{_THEN if stage else _FIRST}{'; '.join(order)}.")
    return tuple(lines)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
