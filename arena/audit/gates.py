"""The gates that items must pass before an answer to them means anything.

A blind rule passes in a cell if, over the items for which it is not fair, its accuracy
is at most chance + max(0.05, 2 SE), with chance = mean 1 / options and
SE = sqrt(chance (1 - chance) / n). Where all items have two options, who knows a rule
to be wrong is right: so `not RULE` is a rule there too, fair only where another rule
is that picks the same option.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from ..items import Item, ItemError, check_item, letter
from .learner import learned_picks
from .rules import text_picks

__all__ = ["Audit", "Row", "audit"]

MARGIN = 0.05
ERRORS = 2.0  # standard errors that a rule may be above chance
# One of many texts or places may be right more often by accident: so more is allowed.
MANY_ERRORS = 4.0
FEWEST = 20  # items that offer a text, before its rate is looked at
MOST_NAMED = 3  # items that a problem names


@dataclass(frozen=True, slots=True)
class Row:
    """How a blind rule does in a cell.

    Attributes:
        cell: Of the items.
        rule: Its name.
        n: Items where it picks an option and is not fair.
        accuracy: Over these; so are `chance` and `bound`.
        chance: Of a guess.
        bound: The most that passes.
        fair: Share of the rule's items where it is right by what is asked.
    """

    cell: str
    rule: str
    n: int
    accuracy: float
    chance: float
    bound: float
    fair: float

    @property
    def passed(self) -> bool:
        """Whether the rule is no shortcut."""
        return self.accuracy <= self.bound + 1e-9

    @property
    def excess(self) -> float:
        """Accuracy above the bound; what is larger is worse."""
        return self.accuracy - self.bound


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit found.

    Attributes:
        rows: Every cell and rule.
        problems: What else is wrong, a line each.
        items: How many each cell has; those without an answer are not counted.
    """

    rows: tuple[Row, ...]
    problems: tuple[str, ...]
    items: Mapping[str, int]

    @property
    def failures(self) -> tuple[str, ...]:
        """What must be repaired: a line each cell that can be guessed, and problems."""
        return (*_shortcuts(self.rows), *self.problems)

    @property
    def passed(self) -> bool:
        """Whether no gate failed."""
        return not self.failures


def audit(items: Iterable[Item], *, learn: bool = True) -> Audit:
    """Return how blind rules do on items, and what else is wrong with them.

    Args:
        items: At least 1,000 of each cell, for bounds that say something; in whole
            periods of their generator.
        learn: Also train the learner of `learner.py`, which takes most of the time.
    """
    cells: defaultdict[str, list[Item]] = defaultdict(list)
    unsound: list[str] = []
    for item in items:
        if problem := _unsound(item):
            unsound.append(f"{item.cell}: {problem}")
        else:
            cells[item.cell].append(item)
    rows: list[Row] = []
    problems = [*_first(unsound), *_repeated(cells)]
    for cell, members in cells.items():
        rows += _rows(cell, members, learn=learn)
        found = (*_places(members), *_texts(members), *_twins(members))
        problems += (f"{cell}: {problem}" for problem in found)
    counts = {cell: len(members) for cell, members in cells.items()}
    return Audit(tuple(rows), tuple(problems), counts)


class _Tally:
    """Counts one rule in one cell."""

    def __init__(self) -> None:
        self.n = self.right = self.fair = 0
        self.chance = 0.0

    def add(self, item: Item, *, right: bool, fair: bool) -> None:
        if fair:
            self.fair += 1
            return
        self.n += 1
        self.right += right
        self.chance += 1 / len(item.options)

    def row(self, cell: str, rule: str) -> Row:
        n = self.n
        accuracy, chance = (self.right / n, self.chance / n) if n else (0.0, 0.0)
        bound = chance + _slack(chance, n, ERRORS)
        fair = self.fair / (n + self.fair)
        return Row(cell, rule, n, accuracy, chance, bound, fair)


def _rows(cell: str, items: Sequence[Item], *, learn: bool) -> list[Row]:
    tallies: defaultdict[str, _Tally] = defaultdict(_Tally)
    two = all(len(item.options) == 2 for item in items)
    nothing: list[dict[str, int]] = [{}] * len(items)
    learned = learned_picks(items) if learn else nothing
    for item, guesses in zip(items, learned, strict=True):
        picks = {**text_picks(item), **item.picks, **guesses}
        for rule, pick in picks.items():
            right = pick == item.gold
            tallies[rule].add(item, right=right, fair=rule in item.fair)
            if two and rule not in guesses:
                fair = any(picks.get(name) == 1 - pick for name in item.fair)
                tallies[f"not {rule}"].add(item, right=not right, fair=fair)
    return [tally.row(cell, rule) for rule, tally in tallies.items()]


def _shortcuts(rows: Sequence[Row]) -> list[str]:
    """Name each cell with rules that fail, and its worst."""
    failed: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if not row.passed:
            failed[row.cell].append(row)
    told: list[str] = []
    for cell, found in failed.items():
        worst = max(found, key=lambda row: row.excess)
        others = f"; {len(found) - 1} other rules fail" if len(found) > 1 else ""
        told.append(
            f"{cell}: the rule {worst.rule!r} is right in {worst.accuracy:.1%} of "
            f"{worst.n} items, where at most {worst.bound:.1%} may be{others}"
        )
    return told


def _unsound(item: Item) -> str | None:
    """Return why an item has no answer that two labellers derived."""
    try:
        check_item(item)
    except ItemError as error:
        return str(error)
    if len(item.labels) == 1 and item.labels[0].by != "source":
        return f"{item.id}: only one labeller derived it"
    return None


def _repeated(cells: Mapping[str, Sequence[Item]]) -> list[str]:
    """Name items with the id, or with the story and the question, of another."""
    ids: set[str] = set()
    told: dict[int, str] = {}
    problems: list[str] = []
    for item in (item for members in cells.values() for item in members):
        if item.id in ids:
            problems.append(f"{item.cell}: {item.id}: this id comes twice")
        ids.add(item.id)
        text = hash((item.rules, item.story, item.question))
        if (first := told.setdefault(text, item.id)) != item.id:
            problems.append(f"{item.cell}: {item.id}: tells and asks as {first} does")
    return _first(problems)


def _places(items: Sequence[Item]) -> list[str]:
    """Tell which place in the order of options is right too often."""
    most = max(len(item.options) for item in items)
    problems: list[str] = []
    for place in range(most):
        offering = [item for item in items if len(item.options) > place]
        right = sum(item.gold == place for item in offering)
        if _too_often(right, offering):
            share = f"{right} of {len(offering)}"
            problems.append(f"option {letter(place)} is right in {share} items")
    return problems


def _texts(items: Sequence[Item]) -> list[str]:
    """Tell which answers are right too often where they are offered."""
    offering: defaultdict[str, list[Item]] = defaultdict(list)
    right: Counter[str] = Counter()
    for item in items:
        right[item.answer.casefold()] += 1
        for option in item.options:
            offering[option.casefold()].append(item)
    problems = [
        f"the answer {text!r} is right in {right[text]} of {len(at)} items"
        for text, at in offering.items()
        if len(at) >= FEWEST and _too_often(right[text], at)
    ]
    return _first(problems)


def _twins(items: Sequence[Item]) -> list[str]:
    """Tell which twins have one answer, and whether there are as many as tests."""
    pairs: defaultdict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in items:
        if item.pair is not None:
            pairs[item.pair, item.rendering].append(item)
    problems: list[str] = []
    for members in pairs.values():
        test = next((item for item in members if item.variant == "test"), members[0])
        for other in members:
            if other.variant != test.variant and _same_answer(test, other):
                problems.append(f"{test.id} and its twin {other.id} have one answer")
    problems = _first(problems)
    variants = Counter(item.variant for item in items)
    tests, twins = variants["test"], variants["twin"]
    if tests and twins and abs(tests - twins) > max(1, MARGIN * (tests + twins)):
        problems.append(f"{tests} tests have {twins} twins")
    return problems


def _same_answer(one: Item, other: Item) -> bool:
    if one.answer.casefold() != other.answer.casefold():
        return False
    if {*one.options} == {*other.options} or not (one.roles and other.roles):
        return True
    return {*one.roles[one.gold]} == {*other.roles[other.gold]}


def _too_often(right: int, offering: Sequence[Item]) -> bool:
    n = len(offering)
    chance = sum(1 / len(item.options) for item in offering) / n
    return right / n > chance + _slack(chance, n, MANY_ERRORS)


def _slack(chance: float, n: int, errors: float) -> float:
    return max(MARGIN, errors * sqrt(chance * (1 - chance) / n)) if n else MARGIN


def _first(problems: Sequence[str]) -> list[str]:
    """Return the first problems of a kind, and how many more there are."""
    more = len(problems) - MOST_NAMED
    told = list(problems[:MOST_NAMED])
    return [*told, f"{more} more such as: {told[-1]}"] if more > 0 else told
