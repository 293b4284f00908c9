"""The same world told differently: gaps on matched items, beside those of controls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple

from arena.analysis import Figure, Section, Table, Value
from arena.intervals import Estimate
from arena.metrics.paired import difference_in_differences, mcnemar_exact, paired_gap

from .answers import Answer, grouped
from .charts import Dot, intervals

__all__ = ["perspective"]

# First minus second. A telling that is not here is compared with the first base there.
CONTRASTS = (
    ("1p", "3p"),
    ("1p-ego", "3p-ego"),
    ("3p", "3p-ego"),
    ("1p", "1p-ego"),
    ("name-swap", "3p"),
    ("bystander", "3p"),
    ("first", "third"),
    ("lived", "1p-ego"),
    ("1p, lived", "1p"),
    ("1p-ego, lived", "1p-ego"),
)
COLUMNS = ("pairs", "first", "second", "gap", "only one right", "p")
BASES = ("3p", "third", "3p-ego", "1p", "first")
KINDS = {"tom": "others' minds", "self-state": "own situation", "control": "controls"}


class _Match(NamedTuple):
    """One question that was asked in both tellings, and how often it was right."""

    measures: str
    order: int | None
    world: str
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class _Contrast:
    """One agent, two tellings."""

    agent: str
    name: str
    matches: Sequence[_Match]

    def kinds(self) -> Mapping[str, Sequence[_Match]]:
        """Return the matches by what they measure."""
        found = grouped(self.matches, lambda m: m.measures)
        return {kind: found[kind] for kind in KINDS if kind in found}

    def orders(self) -> Mapping[int, Sequence[_Match]]:
        """Return those of beliefs, by effective order."""
        beliefs = [m for m in self.matches if m.measures != "control"]
        found = grouped(beliefs, lambda m: -1 if m.order is None else m.order)
        return {order: found[order] for order in sorted(found) if order >= 0}

    def taken_off(self) -> Estimate | None:
        """Return the gap on others' minds less that of the controls."""
        social, control = (self.kinds().get(kind) for kind in ("tom", "control"))
        if not social or not control:
            return None
        return difference_in_differences(_by_world(social), _by_world(control))


def perspective(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate and draw the gaps, where items are matched across tellings."""
    found = [
        contrast
        for agent, own in grouped(answers, lambda a: a.agent).items()
        for contrast in _contrasts(agent, own)
    ]
    if not found:
        return
    tables = [_gaps(found), _differences(found), _orders(found)]
    yield Section(
        title="Perspective",
        text=(
            "Gaps between two tellings of the same world with the same path and the "
            "same answer. A gap that controls (memory, reality) show as well is not "
            "about minds; the difference in differences takes it off."
        ),
        tables=[t for t in tables if t.rows],
        figures=[_figure(found)],
    )


def _gaps(found: Sequence[_Contrast]) -> Table:
    rows: list[Sequence[Value]] = [
        (contrast.name, KINDS[kind], contrast.agent, *_row(matches))
        for contrast in found
        for kind, matches in contrast.kinds().items()
    ]
    return Table(
        title="Gaps between tellings",
        columns=("contrast", "on", "agent", *COLUMNS),
        rows=rows,
        note=(
            "Gap: first minus second, its interval by a bootstrap over worlds. p: "
            "McNemar's exact test, two-sided, not corrected for the number of rows; "
            "of repeated items the means over epochs are compared."
        ),
    )


def _differences(found: Sequence[_Contrast]) -> Table:
    rows: list[Sequence[Value]] = []
    for contrast in found:
        taken_off = contrast.taken_off()
        if taken_off is not None:
            rows.append((contrast.name, contrast.agent, taken_off.n, taken_off))
    return Table(
        title="Difference in differences",
        columns=("contrast", "agent", "pairs", "minds − controls"),
        rows=rows,
        note="The gap on others' minds less the gap on controls; worlds drawn again.",
    )


def _orders(found: Sequence[_Contrast]) -> Table:
    rows: list[Sequence[Value]] = [
        (contrast.name, contrast.agent, order, *_row(matches))
        for contrast in found
        for order, matches in contrast.orders().items()
    ]
    return Table(
        title="Gaps by effective order",
        columns=("contrast", "agent", "order", *COLUMNS),
        rows=rows,
        note="Of beliefs: does a telling help more where more minds are needed?",
    )


def _row(matches: Sequence[_Match]) -> Sequence[Value]:
    """Return the values under `COLUMNS`."""
    b = sum(m.first > m.second for m in matches)
    c = sum(m.first < m.second for m in matches)
    return (
        *(len(matches), fmean(m.first for m in matches)),
        *(fmean(m.second for m in matches), paired_gap(_by_world(matches))),
        *(f"{b} : {c}", mcnemar_exact(b, c)),
    )


def _by_world(matches: Sequence[_Match]) -> Mapping[str, list[tuple[float, float]]]:
    worlds = grouped(matches, lambda m: m.world)
    return {world: [(m.first, m.second) for m in own] for world, own in worlds.items()}


def _figure(found: Sequence[_Contrast]) -> Figure:
    dots = [
        Dot(contrast.name, contrast.agent, KINDS[kind], paired_gap(_by_world(matches)))
        for contrast in found
        for kind, matches in contrast.kinds().items()
    ]

    def draw(canvas: Any) -> None:
        intervals(canvas, dots, xlabel="difference in accuracy", zero=True)

    return Figure(
        title="Gaps on matched items",
        caption=(
            "Accuracy in the first telling less accuracy in the second, on matched "
            "items, with 95 % intervals over worlds; right of the line the first is "
            "easier."
        ),
        draw=draw,
        size=(7.0, 1.2 + 0.28 * len(dots) + 0.3 * len({d.group for d in dots})),
    )


def _contrasts(agent: str, answers: Sequence[Answer]) -> Iterator[_Contrast]:
    tellings = grouped(answers, lambda a: a.telling)
    wanted = [(a, b) for a, b in CONTRASTS if a in tellings and b in tellings]
    base = next((b for b in BASES if b in tellings), min(tellings))
    known = {name for names in CONTRASTS for name in names} | {base}
    wanted += [(other, base) for other in sorted(tellings.keys() - known)]
    for first, second in wanted:
        matches = list(_matches(tellings[first], tellings[second]))
        if matches:
            name = f"{first or 'plain'} − {second or 'plain'}"
            yield _Contrast(agent, name, matches)


def _matches(first: Sequence[Answer], second: Sequence[Answer]) -> Iterator[_Match]:
    """Match answers by world, pair, variant, cell and order, and question within."""
    there = grouped(second, _matching)
    for key, group in grouped(first, _matching).items():
        item = group[0].item
        for both in _same(group, there.get(key, [])):
            yield _Match(item.measures, item.order, item.world, *both)


def _same(
    first: Sequence[Answer], second: Sequence[Answer]
) -> Iterator[tuple[float, float]]:
    """Yield how often the same questions were right, in each telling.

    Questions of one group are told apart by their answers; where those are worded
    differently, as "you" in one telling and a name in the other, a single question
    still matches a single one. Epochs, and scenarios that ask the same, are averaged.
    """
    here, there = (grouped(side, lambda a: a.answer) for side in (first, second))
    common = [text for text in here if text in there]
    if not common and len(here) == len(there) == 1:
        yield fmean(a.right for a in first), fmean(a.right for a in second)
    for text in common:
        yield fmean(a.right for a in here[text]), fmean(a.right for a in there[text])


def _matching(answer: Answer) -> tuple[object, ...]:
    item = answer.item
    same = (item.generator, item.world, item.pair, item.variant, item.cell)
    return (*same, item.nominal, item.order)
