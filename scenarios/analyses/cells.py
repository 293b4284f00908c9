"""Scores of cells, and the indices made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from statistics import StatisticsError, correlation
from typing import TYPE_CHECKING

from arena.analysis import Section, Table, Value
from arena.intervals import Estimate, rate_interval, wilson
from arena.metrics.chance import corrected, index, kappa
from arena.metrics.paired import consistency
from arena.metrics.resampling import bootstrap_of_worlds, interval_of
from arena.metrics.weakest import weakest

from .answers import Answer, agents_of, by_world, chance_of, grouped, per_item
from .overview import MOST_AGENTS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["cells", "corrected_score", "indices", "repeats"]

INDICES = {
    "tom": "theory of mind",
    "self-state": "own situation",
    "control": "controls",
}


def corrected_score(answers: Sequence[Answer]) -> Estimate:
    """Estimate κ with an interval over worlds.

    Where there is none, it is Wilson's of as many values as there are worlds: that of
    the items would claim that those of one world say as much as others.
    """
    worlds = by_world(answers)
    found = bootstrap_of_worlds(worlds)
    if found.low is None and found.value is not None:
        low, high = wilson(found.value * len(worlds), len(worlds))
        found = replace(found, low=low, high=high, method="wilson")
    return corrected(found, chance_of(answers))


def cells(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate every cell, and every scenario as the mean of its cells."""
    rows: list[Sequence[Value]] = []
    for (scenario, cell), group in sorted(grouped(answers, lambda a: a.cell).items()):
        for agent, own in grouped(group, lambda a: a.agent).items():
            right = per_item(own)
            rows.append(
                (
                    *(scenario, cell, agent, len(right), rate_interval(right)),
                    *(chance_of(own), corrected_score(own)),
                )
            )
    table = Table(
        title="Cells",
        columns=("scenario", "cell", "agent", "items", "accuracy", "chance", "κ"),
        rows=rows,
        note=(
            "Accuracy with Wilson's interval. κ = (accuracy − chance) / (1 − chance), "
            "its interval by drawing whole worlds again, as items of one world are "
            "alike; by Wilson's of as many values as there are worlds where all items "
            "agree, or worlds are fewer than five. An answer that was never given "
            "is wrong."
        ),
        main=len(agents_of(answers)) > MOST_AGENTS,
    )
    yield Section(title="Accuracy against chance", tables=[table, _scenarios(answers)])


def indices(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate the two indices, the controls, and the weakest cell of each."""
    rows: list[Sequence[Value]] = []
    for agent, own in grouped(answers, lambda a: a.agent).items():
        for measures, name in INDICES.items():
            members = [a for a in own if a.item.measures == measures]
            if members:
                rows.append((agent, name, *_index_row(members)))
    table = Table(
        title="Indices",
        columns=(
            *("agent", "index of", "cells", "mean κ"),
            *("no cell below", "soft minimum", "weakest cell", "lowest in"),
        ),
        rows=rows,
        note=(
            "Each index is the mean of κ over its cells, each cell with the same "
            "weight; the two are never pooled. “Own situation” is what EgoSocialArena "
            "calls socialization. No cell below: with 95 % confidence every cell's κ "
            "is at least this (Wilson's bounds, the error split over the cells). Soft "
            "minimum: power mean of exponent −4. Lowest in: the share of resamples in "
            "which the weakest cell had the lowest κ." + _correlation(answers)
        ),
        main=True,
    )
    yield Section(title="Theory of mind and the own situation", tables=[table])


def repeats(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate how alike repeated answers to one item are, where there are any."""
    rows: list[Sequence[Value]] = []
    for agent, own in grouped(answers, lambda a: a.agent).items():
        items = grouped(own, lambda a: (a.run, a.scenario, a.item.id))
        again = [group for group in items.values() if len(group) > 1]
        counts = [Counter(a.chosen for a in group).values() for group in again]
        if again:
            always = [float(all(a.right for a in group)) for group in again]
            ever = [float(any(a.right for a in group)) for group in again]
            rows.append(
                (
                    agent,
                    len(again),
                    sum(map(len, again)),
                    consistency(counts),
                    rate_interval(always),
                    rate_interval(ever),
                )
            )
    if rows:
        table = Table(
            title="Repeated items",
            columns=(
                *("agent", "items", "answers", "consistency"),
                *("always right", "ever right"),
            ),
            rows=rows,
            note=(
                "Consistency: the chance that two answers to the same item are the "
                "same, Σ p² averaged over items."
            ),
        )
        yield Section(title="Repeated items", tables=[table])


def _scenarios(answers: Sequence[Answer]) -> Table:
    rows: list[Sequence[Value]] = []
    for scenario, group in sorted(grouped(answers, lambda a: a.scenario).items()):
        for agent, own in grouped(group, lambda a: a.agent).items():
            right = per_item(own)
            mean = _mean_of_cells(own)
            rows.append(
                (
                    scenario,
                    agent,
                    len(right),
                    rate_interval(right),
                    chance_of(own),
                    mean,
                )
            )
    return Table(
        title="Scenarios",
        columns=("scenario", "agent", "items", "accuracy", "chance", "mean κ of cells"),
        rows=rows,
        note="Accuracy pools the cells of a scenario, as published tables do.",
    )


def _index_row(answers: Sequence[Answer]) -> tuple[Value, ...]:
    parts = grouped(answers, lambda a: a.cell)
    mean = _mean_of_cells(answers)
    link = weakest(
        {
            f"{scenario}: {cell}": (per_item(group), chance_of(group))
            for (scenario, cell), group in parts.items()
        }
    )
    assert link is not None  # there are answers
    return len(parts), mean, link.low, link.soft, link.cell, link.frequency


def _mean_of_cells(answers: Sequence[Answer]) -> Estimate:
    """Estimate the mean κ of cells, by drawing worlds again across all of them."""
    import numpy as np

    parts = list(grouped(answers, lambda a: a.cell).values())
    if len(parts) == 1:
        return corrected_score(parts[0])
    chances = np.array([chance_of(group) for group in parts])
    names = dict.fromkeys(a.item.world for a in answers)
    worlds = {world: row for row, world in enumerate(names)}
    sums = np.zeros((len(worlds), len(parts)))
    counts = np.zeros_like(sums)
    for column, group in enumerate(parts):
        for world, right in by_world(group).items():
            sums[worlds[world], column] += sum(right)
            counts[worlds[world], column] += len(right)

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        kappas = (weights @ sums / (weights @ counts) - chances) / (1 - chances)
        return np.nanmean(kappas, axis=1)

    right = [per_item(group) for group in parts]
    scores = [
        kappa(sum(r) / len(r), float(c)) for r, c in zip(right, chances, strict=True)
    ]
    n = sum(map(len, right))
    low = high = None
    if len({x for values in right for x in values}) > 1:
        low, high = interval_of(len(worlds), of)
    return Estimate(n, index(scores), low, high, 0.95, "cluster-bootstrap")


def _correlation(answers: Sequence[Answer]) -> str:
    """Say how the two indices go together over agents, from three on."""
    pairs: list[tuple[float, float]] = []
    agents = agents_of(answers)
    for agent in agents if len(agents) >= 3 else ():
        found = [
            _mean_of_cells(own).value
            for measures in ("tom", "self-state")
            if (own := [a for a in answers if _counts(a, agent, measures)])
        ]
        if len(found) == 2 and found[0] is not None and found[1] is not None:
            pairs.append((found[0], found[1]))
    try:
        r = correlation(*zip(*pairs, strict=True)) if len(pairs) >= 3 else None
    except StatisticsError:  # all agents are alike in one of them
        return ""
    if r is None:
        return ""
    return f" Over {len(pairs)} agents the two correlate with r = {r:.2f}."


def _counts(answer: Answer, agent: str, measures: str) -> bool:
    return answer.agent == agent and answer.item.measures == measures
