"""The same world told differently: gaps on matched items, beside those of controls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

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
BASES = ("3p", "third", "3p-ego", "1p", "first")
KINDS = {"tom": "others' minds", "self-state": "own situation", "control": "controls"}

Pairs = Mapping[str, list[tuple[float, float]]]


@dataclass(frozen=True, slots=True)
class _Contrast:
    """One agent, two tellings: matched answers by what they measure and by world."""

    agent: str
    name: str
    pairs: Mapping[str, Pairs]

    def gap(self, kind: str) -> Estimate:
        return paired_gap(self.pairs[kind])

    def taken_off(self) -> Estimate | None:
        """The gap on others' minds less that of the controls."""
        social, control = (self.pairs.get(kind) for kind in ("tom", "control"))
        if not social or not control:
            return None
        return difference_in_differences(social, control)


def perspective(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate and draw the gaps, where items are matched across tellings."""
    found = [
        contrast
        for agent, own in grouped(answers, lambda a: a.agent).items()
        for contrast in _contrasts(agent, own)
    ]
    if not found:
        return
    yield Section(
        title="Perspective",
        text=(
            "Gaps between two tellings of the same world with the same path and the "
            "same answer. A gap that controls (memory, reality) show as well is not "
            "about minds; the difference in differences takes it off."
        ),
        tables=[_gaps(found), _differences(found)],
        figures=[_figure(found)],
    )


def _gaps(found: Sequence[_Contrast]) -> Table:
    rows: list[Sequence[Value]] = []
    for contrast in found:
        for kind, worlds in contrast.pairs.items():
            both = [pair for pairs in worlds.values() for pair in pairs]
            first, second = (fmean(side) for side in zip(*both, strict=True))
            b = sum(x > y for x, y in both)
            c = sum(x < y for x, y in both)
            rows.append(
                (
                    *(contrast.name, KINDS[kind], contrast.agent, len(both)),
                    *(first, second, contrast.gap(kind)),
                    *(f"{b} : {c}", mcnemar_exact(b, c)),
                )
            )
    return Table(
        title="Gaps between tellings",
        columns=(
            *("contrast", "on", "agent", "pairs", "first", "second", "gap"),
            *("only one right", "p"),
        ),
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


def _figure(found: Sequence[_Contrast]) -> Figure:
    dots = [
        Dot(contrast.name, contrast.agent, KINDS[kind], contrast.gap(kind))
        for contrast in found
        for kind in contrast.pairs
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
        pairs = _pairs(tellings[first], tellings[second])
        if pairs:
            name = f"{first or 'plain'} − {second or 'plain'}"
            yield _Contrast(agent, name, pairs)


def _pairs(first: Sequence[Answer], second: Sequence[Answer]) -> Mapping[str, Pairs]:
    """Match answers by world, pair, variant, cell and order, and question within."""
    there = grouped(second, _matching)
    found: dict[str, dict[str, list[tuple[float, float]]]] = {}
    for key, group in grouped(first, _matching).items():
        item = group[0].item
        both = list(_same(group, there.get(key, [])))
        if both:
            found.setdefault(item.measures, {}).setdefault(item.world, []).extend(both)
    return {kind: found[kind] for kind in KINDS if kind in found}


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
