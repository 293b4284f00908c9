"""Questions of foreign rows become items: with ids of their own, shuffled, checked."""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from arena.errors import one_line
from arena.item_files import MOST_OPTIONS
from arena.items import Item, ItemError, Label, check_item

from .resimulation import Simulation, Simulator
from .rows import BadRow, Format, Question, Row

__all__ = ["Built", "Doubt", "build"]

VERSION = 1
# Options that speak of others by their place: their order has to stay.
_PLACES = re.compile(
    r"(?i:\b(?:of|the) above\b)|(?i:\b(?:options?|choices?|answers?)) \(?[A-D1-4]\b"
    r"|\(?\b[A-D]\)?(?: and | or |, )\(?[A-D]\b"
)
FEWEST_FOR_PLACE = 10  # questions, before one says where the right option stands


@dataclass(frozen=True, slots=True)
class Doubt:
    """An item whose label something contradicts."""

    item: str
    file: str
    number: int
    reason: str


@dataclass
class Built:
    """All that became of the rows.

    Attributes:
        rows: How many there were, those that cannot be read included.
        simulated: How many questions were simulated again.
        not_simulated: Why the others were not, with counts.
        gold_places: Where the right option stood, before the shuffle.
    """

    items: list[Item] = field(default_factory=list[Item])
    rows: int = 0
    dropped: list[BadRow] = field(default_factory=list[BadRow])
    doubted: list[Doubt] = field(default_factory=list[Doubt])
    simulated: int = 0
    not_simulated: Counter[str] = field(default_factory=Counter[str])
    gold_places: Counter[int] = field(default_factory=Counter[int])
    kept_order: int = 0

    def place_note(self) -> str | None:
        """Return a sentence if the right option always stood in one place."""
        total = sum(self.gold_places.values())
        if total < FEWEST_FOR_PLACE:
            return None
        place, times = self.gold_places.most_common(1)[0]
        if times == total:
            return f"the right option is always number {place + 1} in the source"
        if times > 0.6 * total:
            share = f"in {times} of {total} questions"
            return f"the right option is number {place + 1} in the source {share}"
        return None


def build(form: Format, name: str, rows: Iterable[Row | BadRow], seed: int) -> Built:
    """Return the items of all rows, and what became of the others.

    Args:
        form: How rows are read.
        name: Of the format; the items' generator.
        rows: Of all files.
        seed: Of the order of options.
    """
    built = Built()
    maker = _Maker(name, seed, built)
    for row in rows:
        built.rows += 1
        if isinstance(row, BadRow):
            built.dropped.append(row)
            continue
        try:
            for question in form.questions(row):
                if isinstance(question, BadRow):
                    built.dropped.append(question)
                else:
                    maker.add(row, question)
        except BadRow as error:
            built.dropped.append(error)
    built.items = _with_even_cells(built.items)
    return built


class _Maker:
    """Makes items, and knows those that it made."""

    def __init__(self, name: str, seed: int, built: Built) -> None:
        self.name = name
        self.seed = seed
        self.built = built
        self.simulator = Simulator()
        self.told: dict[bytes, tuple[int, Row]] = {}

    def add(self, row: Row, question: Question) -> None:
        """Add the item of a question, or drop or doubt it.

        Raises:
            BadRow: If it cannot be asked.
        """
        asked = _digest(question.rules, question.story, question.question)
        if asked in self.told:
            raise self._again(row, question, *self.told[asked])
        item = self._item(row, question)
        self.told[asked] = (len(self.built.items), row)
        self.built.items.append(item)
        self.built.gold_places[question.gold] += 1

    def _again(self, row: Row, question: Question, index: int, first: Row) -> BadRow:
        """Return why a question is dropped that an earlier row asks."""
        place = f"{first.file}, row {first.number}"
        earlier, answer = self.built.items[index], question.options[question.gold]
        if earlier.answer == answer:
            return row.bad("", f"asks what {place} asks")
        here = f"{row.file}, row {row.number}"
        self._doubt(earlier, first, f"{here}, asks the same and says {answer!r}")
        return row.bad(
            question.answered_by,
            f"says {answer!r}, where {place}, asks the same and says "
            f"{earlier.answer!r}",
        )

    def _doubt(self, item: Item, row: Row, reason: str) -> None:
        doubt = Doubt(item.id, row.file, row.number, one_line(reason))
        self.built.doubted.append(doubt)

    def _item(self, row: Row, question: Question) -> Item:
        options = list(question.options)
        if not 2 <= len(options) <= MOST_OPTIONS:
            said = f"{len(options)} options, should be 2 to {MOST_OPTIONS}"
            raise row.bad("options", said)
        digest = _digest(self.name, _content(question)).hex()[:16]
        order = self._order(digest, options)
        roles = [(*(question.roles or [()] * len(options))[old],) for old in order]
        gold = order.index(question.gold)
        roles[gold] = ("correct", *roles[gold])
        because = f"{row.file}, row {row.number}, field {row.at}{question.answered_by}"
        world = _digest(question.world or question.story or digest).hex()[:12]
        item = Item(
            id=f"{self.name}-{digest}",
            generator=self.name,
            version=VERSION,
            cell=one_line(question.cell, 80) or "all",
            measures=question.measures,
            world=f"{self.name}-{world}",
            story=tuple(_lines(question.story)),
            question=question.question,
            options=tuple(options[old] for old in order),
            gold=gold,
            labels=(Label("source", options[question.gold], because),),
            pair=question.pair,
            variant=question.variant,
            rules=question.rules,
            roles=tuple(roles),
            nominal=question.nominal,
            facts=dict(question.facts),
        )
        try:
            check_item(item)
        except ItemError as error:
            raise row.bad("", str(error).partition(": ")[2]) from None
        return self._simulated(row, item) if question.simulated else item

    def _order(self, digest: str, options: Sequence[str]) -> list[int]:
        order = list(range(len(options)))
        if any(_PLACES.search(option) for option in options):
            self.built.kept_order += 1
        else:
            random.Random(f"{self.seed} {digest}").shuffle(order)
        return order

    def _simulated(self, row: Row, item: Item) -> Item:
        outcome = self.simulator.simulate(item)
        if isinstance(outcome, str):
            self.built.not_simulated[outcome] += 1
            return item
        self.built.simulated += 1
        if outcome.answer == item.gold:
            text = Label("simulation", item.answer, outcome.because)
            item = replace(item, labels=(*item.labels, text))
        else:
            derived = outcome.told(item)
            reason = f"says {item.answer!r}; simulated, it is {derived}"
            self._doubt(item, row, f"{reason}: {outcome.because}")
            item = replace(item, facts={**item.facts, "doubted": one_line(reason)})
        return _with_picks(item, outcome)


def _with_picks(item: Item, outcome: Simulation) -> Item:
    roles = [list(each) for each in item.roles]
    for rule, pick in outcome.picks.items():
        roles[pick].append(rule)
    return replace(
        item,
        picks=outcome.picks,
        fair=outcome.fair,
        roles=tuple(tuple(each) for each in roles),
        order=outcome.order,
    )


def _with_even_cells(items: Sequence[Item]) -> list[Item]:
    """Split cells whose items have different numbers of options."""
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for item in items:
        numbers[item.cell].add(len(item.options))
    return [
        replace(item, cell=f"{item.cell}, {len(item.options)} options")
        if len(numbers[item.cell]) > 1
        else item
        for item in items
    ]


def _content(question: Question) -> str:
    content = (question.rules, question.story, question.question)
    answer = question.options[question.gold]
    return json.dumps([*content, sorted(question.options), answer])


def _lines(story: str) -> list[str]:
    lines = story.split("\n")
    while lines and not lines[-1].strip():
        del lines[-1]
    return lines


def _digest(*parts: str) -> bytes:
    return hashlib.sha256(json.dumps(parts).encode()).digest()
