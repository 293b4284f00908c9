"""Items that belong together: twins, whole worlds, beliefs behind their controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import fmean

from arena.analysis import Section, Table, Value
from arena.intervals import Estimate, rate_interval
from arena.metrics.paired import joint
from arena.metrics.resampling import bootstrap_of_worlds

from .answers import Answer, grouped, sets_of

__all__ = ["COMPREHENSION", "matched"]

COMPREHENSION = 0.9
"""Below this share of worlds whose controls are right, beliefs are not measured."""


def matched(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate twins, whole worlds, and beliefs where memory and reality are right."""
    tables = [_twins(answers), _joint(answers), _gated(answers)]
    kept = [table for table in tables if table.rows]
    if kept:
        yield Section(
            title="Twins, whole worlds and controls",
            text=(
                "Twins differ in one line that changes the answer, so a rule that does "
                "not follow minds gets one of them wrong."
            ),
            tables=kept,
        )


def _twins(answers: Sequence[Answer]) -> Table:
    rows: list[Sequence[Value]] = []
    paired = [a for a in answers if a.item.pair is not None]
    for (scenario, cell), group in sorted(grouped(paired, lambda a: a.cell).items()):
        for agent, own in grouped(group, lambda a: a.agent).items():
            pairs = [
                epochs
                for epochs in sets_of(own, lambda a: a.item.pair)
                if len({a.item.variant for a in epochs[0]}) > 1
            ]
            if not pairs:
                continue
            flat = [a for epochs in pairs for members in epochs for a in members]
            chance = sum(_product(epochs[0]) for epochs in pairs) / len(pairs)
            parts = _by_variant(flat)
            name = f"{scenario}: {cell}"
            rows.append((name, agent, len(pairs), parts, _together(pairs), chance))
    return Table(
        title="Twins",
        columns=("cell", "agent", "pairs", "right alone", "all right", "guessing"),
        rows=rows,
        note=(
            "Right alone: accuracy of each variant. All right: test and twins of a "
            "pair together; of a pair that was asked in several epochs their mean. "
            "Guessing: the product of their chances."
        ),
    )


def _joint(answers: Sequence[Answer]) -> Table:
    rows: list[Sequence[Value]] = []
    for scenario, group in sorted(grouped(answers, lambda a: a.scenario).items()):
        for agent, own in grouped(group, lambda a: a.agent).items():
            sets = sets_of(own, lambda a: a.item.world)
            whole = [epochs for epochs in sets if len(epochs[0]) > 1]
            if whole:
                asked = sum(len(epochs[0]) for epochs in whole) / len(whole)
                score = _together(whole)
                rows.append((scenario, agent, len(whole), f"{asked:.3g}", score))
    return Table(
        title="Whole worlds",
        columns=("scenario", "agent", "worlds", "questions each", "all right"),
        rows=rows,
        note=(
            "A world counts when every question about it is right; asked in several "
            "epochs, it counts with their mean."
        ),
    )


def _gated(answers: Sequence[Answer]) -> Table:
    rows: list[Sequence[Value]] = []
    for scenario, group in sorted(grouped(answers, lambda a: a.scenario).items()):
        for agent, own in grouped(group, lambda a: a.agent).items():
            row = _gate(own)
            if row is not None:
                rows.append((scenario, agent, *row))
    return Table(
        title="Beliefs where memory and reality are right",
        columns=(
            *("scenario", "agent", "worlds", "controls right", "mind items behind"),
            *("all mind items", "gated", "remark"),
        ),
        rows=rows,
        note=(
            "Gated: accuracy on others' minds in worlds whose control questions are "
            "all right. Where these are right in fewer than "
            f"{COMPREHENSION * 100:.0f} % of the worlds, the scenario is limited by "
            "comprehension and says little about minds."
        ),
    )


def _gate(own: Sequence[Answer]) -> tuple[Value, ...] | None:
    """Return the cells of a row, or None where no world has both kinds of items."""
    opened: list[float] = []
    everything: dict[str, list[float]] = {}
    behind: dict[str, list[float]] = {}
    items: set[tuple[str, str, str]] = set()
    for epochs in sets_of(own, lambda a: a.item.world):
        passed: list[float] = []
        for members in epochs:
            controls = [a.right for a in members if a.item.measures == "control"]
            minds = [a for a in members if a.item.measures == "tom"]
            if not controls or not minds:
                continue
            passed.append(float(all(controls)))
            world, right = minds[0].item.world, [a.right for a in minds]
            everything.setdefault(world, []).extend(right)
            if all(controls):
                behind.setdefault(world, []).extend(right)
                items.update((a.run, a.telling, a.item.id) for a in minds)
        if passed:
            opened.append(fmean(passed))
    if not opened:
        return None
    gate = rate_interval(opened)
    limited = gate.value is not None and gate.value < COMPREHENSION
    return (
        len(opened),
        gate,
        len(items),
        bootstrap_of_worlds(everything),
        bootstrap_of_worlds(behind),
        "comprehension-limited" if limited else "",
    )


def _together(sets: Sequence[Sequence[Sequence[Answer]]]) -> Estimate:
    """Estimate how often all of a set is right; its epochs are one value."""
    right = [[[a.right for a in members] for members in epochs] for epochs in sets]
    return rate_interval([joint(epochs) or 0.0 for epochs in right])


def _product(members: Sequence[Answer]) -> float:
    chance = 1.0
    for answer in members:
        chance *= answer.chance
    return chance


def _by_variant(answers: Sequence[Answer]) -> str:
    parts = sorted(grouped(answers, lambda a: a.item.variant).items())
    shares = [(name or "–", sum(a.right for a in g) / len(g)) for name, g in parts]
    return ", ".join(f"{name} {share:.3f}" for name, share in shares)
