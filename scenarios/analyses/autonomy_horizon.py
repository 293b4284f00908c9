"""The time horizon of agents: how long tasks are, for people, that they still do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean
from typing import Any

from arena.analysis import Figure, Section, Table, Value
from arena.autonomy.horizons import (
    MEASURED,
    agent_horizon,
    measured_minutes,
    timed,
    with_minutes,
)
from arena.autonomy.plays import Play
from arena.autonomy.scores import Task, tasks_of
from arena.metrics.horizon import Horizon

from .autonomy_charts import Curve, falling

__all__ = ["horizons"]

STEPS = 60
NOTE = (
    "Minutes that people take for tasks in which the agent succeeds with a chance of "
    "50 % or 80 %, by a logistic curve on the logarithm of minutes; intervals by a "
    "bootstrap over families, tasks and runs, in which a resample without any success "
    "counts as 0 and one without any failure as infinite. Refused of fewer than ten "
    "tasks, and of tasks within two decades of minutes. Minutes are measured where "
    "people are among these runs (the geometric mean of those who succeeded), or where "
    "the task says that people were timed; else they are estimates."
)


def horizons(agents: Mapping[str, Sequence[Play]]) -> Iterator[Section]:
    """Tabulate and draw the horizon of each agent, or say why there is none.

    Args:
        agents: The episodes of each.
    """
    measured = measured_minutes([play for plays in agents.values() for play in plays])
    tasks = {
        agent: with_minutes(timed(tasks_of(plays), measured))
        for agent, plays in agents.items()
        if not any(play.person for play in plays)
    }
    found = {agent: agent_horizon(own) for agent, own in tasks.items() if own}
    if not found:
        return
    rows: list[Sequence[Value]] = []
    for agent, horizon in found.items():
        half, most = (horizon.at(0.5), horizon.at(0.8)) if horizon.fit else (None, None)
        told = [horizon.refusal or "", *horizon.warnings]
        families = len({task.family for task in tasks[agent]})
        why = "; ".join(filter(None, told)) or None
        known = sum(1 for task in tasks[agent] if task.source in MEASURED)
        counts = (horizon.tasks, families, known, horizon.tasks - known)
        rows.append((agent, *counts, half, most, why))
    columns = (
        *("agent", "tasks", "families", "measured", "estimated"),
        *("50 % (min)", "80 % (min)", "to know"),
    )
    table = Table(title="Time horizon", columns=columns, rows=rows, note=NOTE)
    curves = {
        agent: _curve(horizon, tasks[agent])
        for agent, horizon in found.items()
        if horizon.fit
    }
    figures = [_figure(curves)] if curves else []
    yield Section(
        title="Autonomy: time horizon",
        text="" if curves else "There is no horizon; the table says why.",
        tables=[table],
        figures=figures,
    )


def _curve(horizon: Horizon, tasks: Sequence[Task]) -> Curve:
    """Return a fit with its band, between half the shortest and twice the longest."""
    assert horizon.fit is not None
    lengths = [task.minutes or 0.0 for task in tasks]
    first, last = min(lengths) / 2, max(lengths) * 2
    at = [first * (last / first) ** (step / STEPS) for step in range(STEPS + 1)]
    return Curve(
        at=[(x, horizon.fit.chance(x), *horizon.band(x)) for x in at],
        dots=[
            (length, fmean(task.successes))
            for length, task in zip(lengths, tasks, strict=True)
        ],
        marks=[(horizon.fit.minutes_at(chance), chance) for chance in (0.5, 0.8)],
    )


def _figure(curves: Mapping[str, Curve]) -> Figure:
    def draw(canvas: Any) -> None:
        falling(canvas, curves)

    return Figure(
        title="Success by length of task",
        caption=(
            "The chance of success by the minutes that people take. Small dots are "
            "tasks, bands 95 % intervals, large marks the horizons at 50 % and 80 % "
            "where they are in the picture. Indicative where the table says so."
        ),
        draw=draw,
        size=(7.0, 4.0),
    )
