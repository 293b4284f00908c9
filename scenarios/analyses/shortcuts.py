"""What rules without a mind score on the same items, beside the agents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import sqrt
from statistics import fmean
from typing import Any

from arena.analysis import Figure, Section, Table, Value

from .answers import Answer, agents_of, chance_of, grouped, per_item
from .charts import Strip, strips

__all__ = ["shortcuts"]

MOST_STRIPS = 60
FEWEST = 20
"""Of items; on fewer, the best of many rules is high by luck alone."""


def shortcuts(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate and draw the best blind rule of each cell, and the agents."""
    if not any(a.blind for a in answers):
        return
    agents = agents_of(answers)
    rows: list[Sequence[Value]] = []
    drawn: list[Strip] = []
    for (scenario, cell), group in sorted(grouped(answers, lambda a: a.cell).items()):
        # Equal ids are equal items, and a rule says the same of them in every run.
        items = [g[0] for g in grouped(group, lambda a: a.item.id).values()]
        chance = chance_of(items)
        rule, score, n = _best(items)
        own = grouped(group, lambda a: a.agent)
        scores = {name: fmean(per_item(own[name])) for name in agents if name in own}
        name = f"{scenario}: {cell}"
        told = [scores.get(agent) for agent in agents]
        bound = chance + max(0.05, 2 * sqrt(chance * (1 - chance) / n)) if n else None
        what = items[0].item.measures, len(items), chance, bound
        rows.append((name, *what, rule or "–", score, *told))
        drawn.append(Strip(name, chance, score, scores))
    table = Table(
        title="Blind rules",
        columns=(
            *("cell", "measures", "items", "chance", "bound"),
            *("best blind rule", "its score", *agents),
        ),
        rows=rows,
        note=(
            "The best of the rules that look at words, positions or the world without "
            "following a mind, in the items of this run; those that are right by what "
            f"is asked are left out, as are rules on fewer than {FEWEST} items. Bound: "
            "chance + max(0.05, 2 standard errors), which `arena check` holds each "
            "rule to on more items."
        ),
    )
    yield Section(
        title="Blind rules beside the agents",
        tables=[table],
        figures=[_figure(drawn[:MOST_STRIPS])],
    )


def _best(items: Sequence[Answer]) -> tuple[str | None, float | None, int]:
    """Return the rule that is right most often, how often, and of how many."""
    hits: dict[str, list[float]] = {}
    for answer in items:
        for rule, pick in answer.blind.items():
            if rule not in answer.item.fair:
                hits.setdefault(rule, []).append(float(pick == answer.item.gold))
    shares = {r: (fmean(h), len(h)) for r, h in hits.items() if len(h) >= FEWEST}
    if not shares:
        return None, None, 0
    best = max(sorted(shares), key=lambda rule: shares[rule])
    return best, *shares[best]


def _figure(rows: Sequence[Strip]) -> Figure:
    def draw(canvas: Any) -> None:
        strips(canvas, rows, xlabel="accuracy")

    return Figure(
        title="Agents, blind rules and chance",
        caption=(
            "For each cell the accuracy of the agents (marks), of the best blind rule "
            "(grey bar) and of guessing (line)."
        ),
        draw=draw,
        size=(7.0, 1.3 + 0.24 * len(rows)),
    )
