"""Problems of relations, told with marks (`daily_life/wording.py`) for the people."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from .relations import Graph

__all__ = ["PUZZLES", "VARIATIONS", "Puzzle", "Turn"]

VARIATIONS = ("plain", "words", "swapped", "late")
"""As in the source; numbers as words; the numbers in the other order; the line that
matters last."""

_FEWEST, _MOST = 2, 9
_WORDS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"),
    *("seventeen", "eighteen", "nineteen", "twenty"),
)
_FAMILY = (
    "Brothers and sisters have the same two parents. Nobody has children, brothers or "
    "sisters but those who follow from what is told."
)


@dataclass(frozen=True, kw_only=True)
class Puzzle:
    """A problem; `told` is the number that was told of the kind that is asked for."""

    rules: str
    lines: Sequence[str]
    question: str
    options: Sequence[str]
    walked: str
    reckoned: str
    told: str | None
    structure: str


class Turn(NamedTuple):
    """Which problem it is.

    Attributes:
        rng: Equal for test and twin.
        design: Which of the kind's pairs.
        twin: Whether the line that flips is flipped.
        variation: One of `VARIATIONS`.
    """

    rng: random.Random
    design: int
    twin: bool
    variation: str

    def number(self, value: int) -> str:
        """Return how a number is written."""
        return _WORDS[value] if self.variation == "words" else str(value)

    def pair(self, one: str, other: str) -> str:
        """Return two numbers' phrases in this variation's order."""
        both = (other, one) if self.variation == "swapped" else (one, other)
        return " and ".join(both)

    def ordered(self, lines: Sequence[str]) -> list[str]:
        """Return lines, the first one last where that is the variation."""
        if self.variation == "late":
            return [*lines[1:], lines[0]]
        return list(lines)

    def two(self) -> tuple[int, int]:
        """Return two numbers that are not neighbours."""
        while True:
            one, other = (self.rng.randint(_FEWEST, _MOST) for _ in range(2))
            if abs(one - other) > 1:
                return one, other


class _World(NamedTuple):
    """What a group is told as."""

    kinds: tuple[str, str]
    plural: tuple[str, str]
    is_a: tuple[str, str]
    rules: str
    opening: str | None


_SIBLINGS = _World(
    ("boy", "girl"),
    ("brothers", "sisters"),
    ("{a} {a:is|are} a boy.", "{a} {a:is|are} a girl."),
    _FAMILY,
    None,
)
_GROUPS = (
    _World(
        ("red", "blue"),
        ("friends with red caps", "friends with blue caps"),
        ("{a} {a:wears|wear} a red cap.", "{a} {a:wears|wear} a blue cap."),
        "In the club, everyone is friends with everyone else, and with nobody else. "
        "All caps are red or blue.",
        "{a} {a:is|are} in the club.",
    ),
    _World(
        ("north", "south"),
        ("neighbours with a north window", "neighbours with a south window"),
        ("{a} {a:has|have} a north window.", "{a} {a:has|have} a south window."),
        "In the house, everyone is everyone else's neighbour, and nobody else's. "
        "Everyone has one window, to the north or to the south.",
        "{a} {a:lives|live} in the house.",
    ),
    _World(
        ("early", "late"),
        ("colleagues on the early shift", "colleagues on the late shift"),
        (
            "{a} {a:works|work} on the early shift.",
            "{a} {a:works|work} on the late shift.",
        ),
        "At the mill, everyone is everyone else's colleague, and nobody else's. "
        "Everyone works on one shift, early or late.",
        "{a} {a:works|work} at the mill.",
    ),
)


def _group(turn: Turn, world: _World) -> Puzzle:
    """How many of one kind someone of a kind in the group of `a` has.

    `a` has as many of each kind as is told; who is asked about does not count
    themselves, but counts `a`. The twin flips the kind of `a`.
    """
    asked, own, via = turn.design & 1, (turn.design >> 1) & 1, (turn.design >> 2) & 1
    own ^= turn.twin
    counts = turn.two()
    graph = Graph()
    members = [graph.add("a", world.kinds[own])]
    for kind, count in zip(world.kinds, counts, strict=True):
        members += [graph.add(f"{kind} {i}", kind) for i in range(count)]
    graph.tie_all("tie", members)
    walked = graph.count("a", ("tie", world.kinds[via]), [("tie", world.kinds[asked])])
    total = counts[asked] + (own == asked)
    reckoned = total - (via == asked)
    low = -1 if via == asked else 0
    numbers = [count + low + i for count in counts for i in (0, 1)]
    told = [
        f"{turn.number(n)} {name}" for n, name in zip(counts, world.plural, strict=True)
    ]
    lines = turn.ordered(
        [world.is_a[own], f"{{a}} {{a:has|have}} {turn.pair(told[0], told[1])}."]
    )
    return Puzzle(
        rules=world.rules,
        lines=[*([world.opening] if world.opening else []), *lines],
        question=f"How many {world.plural[asked]} does each of {{a's}} "
        f"{world.plural[via]} have?",
        options=[turn.number(n) for n in numbers],
        walked=turn.number(walked),
        reckoned=turn.number(reckoned),
        told=turn.number(counts[asked]),
        structure=f"{world.plural[asked]} of {world.plural[via]}",
    )


def _siblings(turn: Turn) -> Puzzle:
    return _group(turn, _SIBLINGS)


def _friends(turn: Turn) -> Puzzle:
    return _group(turn, turn.rng.choice(_GROUPS))


def _cousins(turn: Turn) -> Puzzle:
    """How many cousins of one kind an only aunt's child has."""
    asked, own, via = turn.design & 1, (turn.design >> 1) & 1, (turn.design >> 2) & 1
    own ^= turn.twin
    counts, kinds = turn.two(), _SIBLINGS.kinds
    graph = Graph()
    mother, aunt = graph.add("mother", "girl"), graph.add("aunt", "girl")
    graph.tie_all("sibling", [mother, aunt])
    own_children = [graph.add("a", kinds[own])]
    for kind, count in zip(kinds, counts, strict=True):
        own_children += [graph.add(f"{kind} {i}", kind) for i in range(count)]
    cousin = graph.add("cousin", kinds[via])
    for parent, children in ((mother, own_children), (aunt, [cousin])):
        for child in children:
            graph.tie("child", parent, child)
            graph.tie("parent", child, parent)
    steps = [("parent", None), ("sibling", None), ("child", kinds[asked])]
    walked = len(graph.reach([cousin], steps))
    told = [
        f"{turn.number(n)} {name}"
        for n, name in zip(counts, _SIBLINGS.plural, strict=True)
    ]
    child = ("son", "daughter")[via]
    cousins = ("boys", "girls")[asked]
    return Puzzle(
        rules=f"{_FAMILY} {{b's}} spouse has neither brothers nor sisters. Cousins "
        "are the children of a parent's brothers and sisters.",
        lines=[
            f"{{b}} is the only sister of {{a's}} mother, who has no brothers; {{b}} "
            f"has one child, a {child}.",
            *turn.ordered(
                [
                    _SIBLINGS.is_a[own],
                    f"{{a}} {{a:has|have}} {turn.pair(told[0], told[1])}.",
                ]
            ),
        ],
        question=f"How many cousins who are {cousins} does {{b's}} {child} have?",
        options=[turn.number(count + i) for count in counts for i in (0, 1)],
        walked=turn.number(walked),
        reckoned=turn.number(counts[asked] + (own == asked)),
        told=turn.number(counts[asked]),
        structure=f"cousins who are {cousins} of a {child}",
    )


def _two_families(turn: Turn) -> Puzzle:
    """How many a brother of one and a sibling of another have together.

    At most one of `a` and `b` is of the kind that is asked for; the twin flips which.
    """
    asked, whose, counted = turn.design & 1, (turn.design >> 1) & 1, turn.design >> 2
    counted ^= turn.twin
    while True:
        families = turn.two(), turn.two()
        sums = [sum(family[kind] for family in families) for kind in (0, 1)]
        if abs(sums[0] - sums[1]) > 1:
            break
    own = [1 - asked, 1 - asked]
    own[whose] = asked if counted else 1 - asked
    kinds, plural = _SIBLINGS.kinds, _SIBLINGS.plural
    walked, lines = 0, list[str]()
    for letter, family, kind in zip("ab", families, own, strict=True):
        graph = Graph()
        members = [graph.add(letter, kinds[kind])]
        for sort, count in zip(kinds, family, strict=True):
            members += [graph.add(f"{sort} {i}", sort) for i in range(count)]
        graph.tie_all("tie", members)
        others = ("tie", kinds[1 - asked])
        walked += graph.count(letter, others, [("tie", kinds[asked])])
        told = [
            f"{turn.number(n)} {name}" for n, name in zip(family, plural, strict=True)
        ]
        pair = turn.pair(told[0], told[1])
        said = [_SIBLINGS.is_a[kind], f"{{a}} {{a:has|have}} {pair}."]
        lines += [line.replace("{a", f"{{{letter}") for line in turn.ordered(said)]
    via = plural[1 - asked]
    return Puzzle(
        rules=f"{_FAMILY} The two families are not related.",
        lines=lines,
        question=f"How many are there together, the {plural[asked]} of one of {{a's}} "
        f"{via} and the {plural[asked]} of one of {{b's}} {via}?",
        options=[turn.number(total + i) for total in sums for i in (0, 1)],
        walked=turn.number(walked),
        reckoned=turn.number(sums[asked] + sum(kind == asked for kind in own)),
        told=turn.number(sums[asked]),
        structure=f"{plural[asked]} of two families",
    )


_KNOWN = (
    "All these children have the same two parents, and there are no others.",
    "Some of these children may have another parent, and there may be others.",
)


def _known(turn: Turn) -> Puzzle:
    """Whether the number is known; half of the questions are worded in the negative."""
    unknown, negative = turn.design & 1, (turn.design >> 1) & 1
    asked = (turn.design >> 2) & 1
    unknown ^= turn.twin
    counts, plural = turn.two(), _SIBLINGS.plural
    own = turn.rng.randrange(2)
    told = [f"{turn.number(n)} {name}" for n, name in zip(counts, plural, strict=True)]
    number = f"how many {plural[asked]} each of {{a's}} {plural[1 - asked]} has"
    question = (
        f"Does this leave open {number}?"
        if negative
        else f"Does this make certain {number}?"
    )
    is_open = len(_possible(own, counts, asked, others=bool(unknown))) > 1
    lines = turn.ordered(
        [
            _SIBLINGS.is_a[own],
            f"{{a}} {{a:has|have}} {turn.pair(told[0], told[1])}.",
        ]
    )
    return Puzzle(
        rules="Brothers and sisters share at least one parent.",
        lines=[*lines, _KNOWN[unknown]],
        question=question,
        options=("Yes", "No"),
        walked="Yes" if is_open == bool(negative) else "No",
        reckoned="Yes" if unknown == negative else "No",
        told=None,
        structure=f"known: {plural[asked]}",
    )


def _possible(
    own: int, counts: tuple[int, int], asked: int, *, others: bool
) -> set[int]:
    """Return how many there can be; with others, one sibling may have one more."""
    kinds, found = _SIBLINGS.kinds, set[int]()
    for more in (False, True) if others else (False,):
        graph = Graph()
        members = [graph.add("a", kinds[own])]
        for kind, count in zip(kinds, counts, strict=True):
            members += [graph.add(f"{kind} {i}", kind) for i in range(count)]
        graph.tie_all("tie", members)
        if more:
            half = graph.add("half", kinds[asked])
            graph.tie_all("tie", [half, f"{kinds[1 - asked]} 0"])
        via = graph.reach(["a"], [("tie", kinds[1 - asked])])
        steps = [("tie", kinds[asked])]
        found |= {len(graph.reach([person], steps)) for person in via}
    return found


PUZZLES: Mapping[str, Callable[[Turn], Puzzle]] = {
    "siblings": _siblings,
    "cousins": _cousins,
    "friends": _friends,
    "two families": _two_families,
    "known": _known,
}
"""By cell; each has eight pairs of designs."""
