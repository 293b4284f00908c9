"""Agents beside each other, cell by cell: the table of a run for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from arena.analysis import Section, Table, Value
from arena.intervals import rate_interval

from .answers import Answer, agents_of, chance_of, grouped, per_item

__all__ = ["MOST_AGENTS", "overview"]

FEWEST = 5
"""Items of an agent; a cell of fewer says nothing alone."""
MOST_AGENTS = 3
"""Columns that a terminal holds; of more agents there is the long table."""


def overview(answers: Sequence[Answer]) -> Iterator[Section]:
    """Tabulate the agents' accuracy in columns of their own."""
    agents = agents_of(answers)
    if len(agents) > MOST_AGENTS:
        return
    rows: list[Sequence[Value]] = []
    for scenario, group in sorted(grouped(answers, lambda a: a.scenario).items()):
        parts = grouped(group, lambda a: a.item.cell)
        large = {c: own for c, own in parts.items() if len(own) >= FEWEST * len(agents)}
        small = [answer for cell in parts.keys() - large for answer in parts[cell]]
        for cell, own in sorted(large.items()):
            rows.append((scenario, cell, *_row(own, agents)))
        if small:
            count = len(parts) - len(large)
            name = f"{count} cells of few items" if count > 1 else "a cell of few items"
            rows.append((scenario, name, *_row(small, agents)))
    table = Table(
        title="Accuracy by cell",
        columns=("scenario", "cell", "items", "chance", *agents),
        rows=rows,
        note=(
            "Accuracy with Wilson's interval. Cells with fewer than "
            f"{FEWEST} items are pooled; the long table has them apart."
        ),
        main=True,
    )
    yield Section(title="Agents beside each other", tables=[table])


def _row(answers: Sequence[Answer], agents: Sequence[str]) -> tuple[Value, ...]:
    by_agent = grouped(answers, lambda a: a.agent)
    rights = [per_item(by_agent.get(agent, ())) for agent in agents]
    scores = (rate_interval(right) for right in rights)
    return (max(map(len, rights)), chance_of(answers), *scores)
