"""Milestones of autonomy tasks: which were done, and what their product foretells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from arena.analysis import Figure, Section, Table, Value
from arena.autonomy.assistance import chain_of
from arena.autonomy.plays import Play, plain
from arena.autonomy.verdicts import Verdict

from .answers import grouped
from .autonomy_charts import ACROSS, heat

__all__ = ["milestones"]

DONE_NOTE = (
    "Done: mean of what counts of the milestone, all that it requires being done. "
    "Chance: the same of the runs that had done all that it requires."
)
CHAIN_NOTE = (
    "The product of the chances, which tells of success too rare to be seen. It is "
    "known to be biased low: read it beside the rate that was seen, never instead."
)

Verdicts = Mapping[str, Mapping[str, Sequence[Verdict]]]
"""By agent and task, of runs that are judged by milestones."""


def milestones(agents: Mapping[str, Sequence[Play]]) -> Iterator[Section]:
    """Tabulate and draw the milestones that agents did.

    Args:
        agents: The episodes of each.
    """
    found = {agent: _verdicts(plays) for agent, plays in agents.items()}
    found = {agent: told for agent, told in found.items() if told}
    if not found:
        return
    steps: list[Sequence[Value]] = []
    chains: list[Sequence[Value]] = []
    for agent, told in found.items():
        for task, verdicts in told.items():
            own = [p for p in agents[agent] if p.task == task]
            chain = chain_of(own)
            assert chain is not None
            for (name, done), chance in zip(
                _shares(verdicts).items(), chain.chances, strict=True
            ):
                steps.append((agent, task, name, len(verdicts), done, chance))
            chains.append(
                (agent, task, len(verdicts), chain.estimate, chain.power, chain.direct)
            )
    yield Section(
        title="Autonomy: milestones",
        tables=[
            Table(
                title="Milestones",
                columns=("agent", "task", "milestone", "runs", "done", "chance"),
                rows=steps,
                note=DONE_NOTE,
            ),
            Table(
                title="Product of milestones",
                columns=("agent", "task", "runs", "product", "log₁₀", "success Y"),
                rows=chains,
                note=CHAIN_NOTE,
            ),
        ],
        figures=[_figure(found)],
    )


def _verdicts(plays: Sequence[Play]) -> dict[str, list[Verdict]]:
    scored = [p for p in plain(plays) if p.status == "scored" and p.verdict]
    return {
        task: verdicts
        for task, own in grouped(scored, lambda p: p.task).items()
        if (verdicts := [p.verdict for p in own if p.verdict and p.verdict.done])
    }


def _shares(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """Return what is done of each milestone, in the order of the task."""
    return {name: fmean(v.done[name] for v in verdicts) for name in verdicts[0].done}


def _figure(found: Verdicts) -> Figure:
    panels = {
        agent: {task: list(_shares(own).values()) for task, own in told.items()}
        for agent, told in found.items()
    }
    rows = list(dict.fromkeys(task for told in panels.values() for task in told))
    down = -(-len(panels) // ACROSS)

    def draw(canvas: Any) -> None:
        heat(canvas, panels, rows)

    return Figure(
        title="Milestones by task",
        caption=(
            "How much of each milestone was done, in per cent of runs: the fuller the "
            "colour the more. Names are in the table below. A row without cells was "
            "not scored, and tasks without milestones are left out."
        ),
        draw=draw,
        size=(7.0, 0.6 + down * (0.55 + 0.24 * len(rows))),
    )
