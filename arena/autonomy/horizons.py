"""The time horizon of an agent, from tasks whose human minutes are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..metrics.horizon import Horizon, TaskRuns, horizon
from .scores import Task

__all__ = ["agent_horizon", "with_minutes"]

# On METR's 83 tasks of 36 families the 95 % intervals span factors of 10 to 100.
INDICATIVE = "indicative: so few families tell a horizon to an order of magnitude only"
ENOUGH_FAMILIES = 36


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
    guessed = sum(1 for task in known if task.source != "baseline")
    if guessed:
        warnings.insert(
            0, f"the minutes of {guessed} of {len(known)} tasks are no baselines"
        )
    if len({task.family for task in known}) < ENOUGH_FAMILIES:
        warnings.insert(0, INDICATIVE)
    return replace(found, warnings=tuple(warnings))
