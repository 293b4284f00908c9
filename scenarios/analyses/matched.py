"""Items that belong together: twins, whole worlds, beliefs behind their controls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from arena.analysis import Section, Table, Value
from arena.intervals import rate_interval
from arena.metrics.resampling import bootstrap_of_worlds

from .answers import Answer, grouped

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
                members
                for members in grouped(own, _pair).values()
                if len({a.item.variant for a in members}) > 1
            ]
            if not pairs:
                continue
            together = [float(all(a.right for a in members)) for members in pairs]
            flat = [a for members in pairs for a in members]
            chance = sum(_product(members) for members in pairs) / len(pairs)
            score = rate_interval(together)
            parts = _by_variant(flat)
            name = f"{scenario}: {cell}"
            rows.append((name, agent, len(pairs), parts, score, chance))
    return Table(
        title="Twins",
        columns=("cell", "agent", "pairs", "right alone", "all right", "guessing"),
        rows=rows,
        note=(
            "Right alone: accuracy of each variant. All right: test and twins of a "
            "pair together. Guessing: the product of their chances."
        ),
    )


def _joint(answers: Sequence[Answer]) -> Table:
    rows: list[Sequence[Value]] = []
    for scenario, group in sorted(grouped(answers, lambda a: a.scenario).items()):
        for agent, own in grouped(group, lambda a: a.agent).items():
            whole = [g for g in grouped(own, _world).values() if len(g) > 1]
            if whole:
                right = [float(all(a.right for a in members)) for members in whole]
                asked = sum(map(len, whole)) / len(whole)
                score = rate_interval(right)
                rows.append((scenario, agent, len(whole), f"{asked:.3g}", score))
    return Table(
        title="Whole worlds",
        columns=("scenario", "agent", "worlds", "questions each", "all right"),
        rows=rows,
        note="A world counts when every question about it is right.",
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
    for members in grouped(own, _world).values():
        controls = [a.right for a in members if a.item.measures == "control"]
        minds = [a.right for a in members if a.item.measures == "tom"]
        if not controls or not minds:
            continue
        world = members[0].item.world
        opened.append(float(all(controls)))
        everything.setdefault(world, []).extend(minds)
        if all(controls):
            behind.setdefault(world, []).extend(minds)
    if not opened:
        return None
    gate = rate_interval(opened)
    limited = gate.value is not None and gate.value < COMPREHENSION
    return (
        len(opened),
        gate,
        sum(map(len, behind.values())),
        bootstrap_of_worlds(everything),
        bootstrap_of_worlds(behind),
        "comprehension-limited" if limited else "",
    )


def _pair(answer: Answer) -> tuple[object, ...]:
    return answer.run, answer.epoch, answer.telling, answer.item.pair


def _world(answer: Answer) -> tuple[object, ...]:
    return answer.run, answer.epoch, answer.telling, answer.item.world


def _product(members: Sequence[Answer]) -> float:
    chance = 1.0
    for answer in members:
        chance *= answer.chance
    return chance


def _by_variant(answers: Sequence[Answer]) -> str:
    parts = sorted(grouped(answers, lambda a: a.item.variant).items())
    shares = [(name or "–", sum(a.right for a in g) / len(g)) for name, g in parts]
    return ", ".join(f"{name} {share:.3f}" for name, share in shares)
