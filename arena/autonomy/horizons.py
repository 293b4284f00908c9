"""The time horizon of an agent, from tasks whose human minutes are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import geometric_mean

from ..metrics.horizon import Horizon, TaskRuns, horizon
from .plays import Play, plain
from .scores import Task

__all__ = [
    "MEASURED",
    "agent_horizon",
    "measured_minutes",
    "timed",
    "with_minutes",
]

# On METR's 83 tasks of 36 families the 95 % intervals span factors of 10 to 100.
INDICATIVE = "indicative: so few families tell a horizon to an order of magnitude only"
ENOUGH_FAMILIES = 36
PEOPLE = "people"
"""Where minutes come from people who are among the episodes at hand."""
MEASURED = frozenset({"baseline", PEOPLE})


def measured_minutes(plays: Sequence[Play]) -> dict[str, float]:
    """Return by task how long people took: the geometric mean of those who succeeded.

    As in Kwa et al., arXiv 2503.14499: who failed does not say how long a task is.
    """
    found: dict[str, list[float]] = {}
    for play in plain(plays):
        took, verdict = play.episode.active_s, play.verdict
        succeeded = play.status == "scored" and verdict is not None and verdict.success
        if play.person and succeeded and took:
            found.setdefault(play.task, []).append(took / 60)
    return {task: geometric_mean(minutes) for task, minutes in found.items()}


def timed(tasks: Sequence[Task], measured: Mapping[str, float]) -> list[Task]:
    """Return the tasks with what was measured in place of what they say themselves."""
    return [
        replace(task, minutes=measured[task.name], source=PEOPLE)
        if task.name in measured
        else task
        for task in tasks
    ]


def with_minutes(tasks: Sequence[Task]) -> list[Task]:
    """Return the tasks that have runs and say how long people take."""
    return [task for task in tasks if task.minutes and task.successes]


def agent_horizon(tasks: Sequence[Task], confidence: float = 0.95) -> Horizon:
    """Return the horizon of one agent by its successes, with all that limits it."""
    known = with_minutes(tasks)
    runs = [
        TaskRuns(t.family, t.minutes or 0, len(t.successes), sum(t.successes))
        for t in known
    ]
    found = horizon(runs, confidence=confidence)
    if found.fit is None:
        return found
    warnings = list(found.warnings)
    guessed = sum(1 for task in known if task.source not in MEASURED)
    if guessed:
        warnings.insert(
            0, f"the minutes of {guessed} of {len(known)} tasks are no baselines"
        )
    if len({task.family for task in known}) < ENOUGH_FAMILIES:
        warnings.insert(0, INDICATIVE)
    return replace(found, warnings=tuple(warnings))
