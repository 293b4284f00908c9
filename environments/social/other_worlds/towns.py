"""Towns whose norms and laws depend on place and time, and how they are told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from ..games_of_rules.asking import Asking
from ..games_of_rules.families import TableFamily
from ..games_of_rules.ladders import table_ladder
from ..games_of_rules.telling import table_clauses, was
from ..hearing import Heard
from ..vocabulary import nonce
from .places import SETTINGS

__all__ = ["LEVELS", "WHERE", "WHO", "Town", "TownReader"]

LEVELS = 4
"""Outside of the town, in general in it, in its hall, and during the long night."""

WHERE = (
    "Which {} hold depends on where and when it is. Those of the long night hold "
    "during the long night, all over the town, in its hall too. At other times those "
    "of the hall hold in the hall, and the common ones in all the rest of the town. "
    "Those of the land outside hold only there, at any time."
)
WHO = (
    " Visitors come from the land outside; at first they know its norms only. The "
    "norms of the town are read out at its gate, and who is there is told just "
    "before; who is there hears them, and sees who else is there; visitors hear them "
    "nowhere else. Of the norms that they know, visitors go by those of the long "
    "night when it is the long night; if they do not know these, by those of the hall "
    "when they are in the hall; if they do not know these either, by the common ones; "
    "and if they know none of the town, by those of the land outside. The people of "
    "the town know all norms. They think that a visitor knows the norms of the land "
    "outside and those for whose reading both of them, they and the visitor, were at "
    "the gate, and no others."
)
_THERE = ("{} {was} at the gate.", "{} stood at the gate.", "{} waited at the gate.")
_ELSEWHERE = (
    "{} {was} far from the gate.",
    "{} slept far from the gate.",
    "{} worked far from the gate.",
)
_LEVEL = re.compile(
    r"^(?:(?:Norms|Laws) of (the land outside|the hall|the long night)|"
    r"(Common) (?:norms|laws)) of \w+: (.+)\.$"
)
_SCENE = re.compile(r"^What follows happened (.+), in (.+) of \w+\.$")
_PERSON = re.compile(r"^(\w+) \w+ (at|far from) the gate\.$")


class Town:
    """A town with four levels of norms or of laws.

    Args:
        asking: Which item it is for.
        kind: Of the levels.
        families: One of them is drawn.
        others: How many people are there besides the companion.
    """

    def __init__(
        self,
        asking: Asking,
        kind: Literal["norms", "laws"],
        families: Sequence[TableFamily],
        others: int,
    ) -> None:
        rng = self._rng = asking.rng
        self.name = nonce(rng).capitalize()
        self.family = rng.choice(families)
        self.cast = asking.cast(others)
        self.levels = table_ladder(rng, self.family, LEVELS - 1)
        setting = rng.choice(SETTINGS)
        self._opening = f"{self.name} is {setting}."
        starts = (
            f"{kind.capitalize()} of the land outside of",
            f"Common {kind} of",
            f"{kind.capitalize()} of the hall of",
            f"{kind.capitalize()} of the long night of",
        )
        self._told: list[str] = []
        for start, level in zip(starts, self.levels, strict=True):
            clauses = table_clauses(self.family, level)
            rng.shuffle(clauses)
            self._told.append(f"{start} {self.name}: {'; '.join(clauses)}.")

    def happening(self, level: int) -> tuple[str, ...]:
        """Return a story of something that happens where a level holds."""
        rng = self._rng
        told = [*self._told]
        rng.shuffle(told)
        night, hall = rng.random() < 0.5, rng.random() < 0.5
        return (self._opening, *told, self._scene(level, night=night, hall=hall))

    def _scene(self, level: int, *, night: bool, hall: bool) -> str:
        night = level == LEVELS - 1 or (level == 0 and night)
        hall = level == LEVELS - 2 or (level == LEVELS - 1 and hall)
        when = "during the long night" if night else "on an ordinary day"
        where = "the land outside" if level == 0 else "the hall" if hall else "a street"
        return f"What follows happened {when}, in {where} of {self.name}."

    def reading(self, plans: Mapping[str, Heard]) -> tuple[str, ...]:
        """Return a story of who is at the gate when which norms are read out."""
        rng = self._rng
        companion = self.cast.companion
        told = [*enumerate(self._told)]
        first, rest = told[0], told[1:]
        rng.shuffle(rest)
        keeper = companion[0].upper() + companion[1:]
        lines = [self._opening, f"{keeper} kept the gate and read out the norms."]
        lines.append(first[1])
        for level, text in rest:
            people = [*plans]
            rng.shuffle(people)
            for person in people:
                words = _THERE if plans[person][level] else _ELSEWHERE
                way = words[rng.randrange(len(words))]
                lines.append(way.format(person, was=was(person)))
            lines.append(text)
        lines.append(self._scene(LEVELS - 1, night=True, hall=True))
        return tuple(lines)


class TownReader:
    """The second labeller: it reads a town's story and answers from its words alone.

    Args:
        story: Its lines.
    """

    def __init__(self, story: Sequence[str]) -> None:
        self._clauses: dict[str, tuple[str, ...]] = {}
        self._absent: dict[str, set[str]] = {}
        self._when = self._where = ""
        absent: set[str] = set()
        for line in story:
            if found := _LEVEL.match(line):
                level = found[1] or found[2]
                self._clauses[level] = tuple(found[3].split("; "))
                self._absent[level] = set(absent)
                absent.clear()
            elif found := _PERSON.match(line):
                if found[2] == "far from":
                    absent.add(found[1])
            elif found := _SCENE.match(line):
                self._when, self._where = found[1], found[2]

    def rule(self, *path: str) -> tuple[str, ...]:
        """Return the clauses that hold, or that someone goes by, as another thinks."""
        if self._where == "the land outside":
            return self._clauses["the land outside"]
        holding = ["the long night"] if "night" in self._when else []
        holding += ["the hall"] if self._where == "the hall" else []
        holding += ["Common", "the land outside"]
        heard = [x for x in holding if self._absent[x].isdisjoint(path)]
        return self._clauses[heard[0]]

    def value(self, key: str, verb: str, *path: str) -> str:
        """Return what a key is by a rule."""
        start = f"{key} {verb} "
        return next(x for x in self.rule(*path) if x.startswith(start))[len(start) :]

    def key(self, value: str, verb: str, *path: str) -> str:
        """Return which key is something by a rule."""
        end = f" {verb} {value}"
        return next(x for x in self.rule(*path) if x.endswith(end)).removesuffix(end)
