"""Scores of tasks, families and categories, with honest intervals.

Runs of a task average to its score, tasks to their family's, families to their
category's: a family of many tasks weighs no more than one of few.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from ..intervals import Estimate
from ..metrics.bounds import clustered_interval, tries
from ..metrics.nested import Nested
from .plays import CATEGORIES, Play, plain
from .verdicts import Label

__all__ = [
    "FEWEST_FAMILIES",
    "Task",
    "Vector",
    "estimate",
    "families_of",
    "nested",
    "tasks_of",
    "vector",
]

FEWEST_FAMILIES = 10
"""From so many on, families are the clusters of an interval, and before it tasks."""
FLOOR = 0.01
"""Of the geometric mean, so that one 0 does not hide the rest."""


@dataclass(frozen=True)
class Task:
    """What one agent did of one task, with nothing changed under way.

    Attributes:
        ended: Episodes, with those that are not scored.
        scores: S of those that are scored.
        successes: Y of the same, 0 or 1.
        labels: How many of the same got how far.
        steps: The same in four steps, of each run.
    """

    name: str
    family: str
    category: str | None
    minutes: float | None
    source: str | None
    ended: int
    scores: tuple[float, ...]
    successes: tuple[float, ...]
    labels: Mapping[Label, int]
    steps: tuple[int, ...]

    def tries(self, k: int) -> tuple[float | None, float | None]:
        """Return pass@k and pass^k; None of fewer than k runs."""
        return tries(len(self.successes), int(sum(self.successes)), k)


@dataclass(frozen=True)
class Vector:
    """What an agent's categories come to.

    Attributes:
        categories: The mean score S of each, None where nothing of it is scored.
        lowest: The smallest of those that are known.
        geometric: Their geometric mean, of at least 0.01 each.
    """

    categories: Mapping[str, Estimate | None]
    lowest: float | None
    geometric: float | None


def tasks_of(plays: Sequence[Play]) -> list[Task]:
    """Return the tasks of one agent's episodes, in their order."""
    found: dict[str, list[Play]] = {}
    for play in plain(plays):
        found.setdefault(play.task, []).append(play)
    return [_task(name, group) for name, group in found.items()]


def families_of(tasks: Sequence[Task]) -> dict[str, list[Task]]:
    """Return tasks by family."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.family, []).append(task)
    return found


def estimate(
    tasks: Sequence[Task],
    of: Callable[[Task], Sequence[float]] = lambda task: task.scores,
    confidence: float = 0.95,
) -> Estimate | None:
    """Estimate the mean over families, of tasks, of runs; None where there are none.

    Args:
        tasks: Of one agent.
        of: Values of a task from 0 to 1: its scores, its successes, or a single one
            that stands for all.
        confidence: Nominal coverage.
    """
    families = families_of([task for task in tasks if of(task)])
    if not families:
        return None
    by_family = len(families) >= FEWEST_FAMILIES
    values: list[float] = []
    weights: list[float] = []
    clusters: list[str] = []
    for family, own in families.items():
        for task in own:
            runs = of(task)
            values += runs
            weights += [1 / (len(own) * len(runs))] * len(runs)
            clusters += [family if by_family else task.name] * len(runs)
    return clustered_interval(values, clusters, weights, confidence)


def nested(tasks: Sequence[Task]) -> Nested:
    """Return the scores of runs by family and task, for a bootstrap."""
    return {
        family: {task.name: task.scores for task in own}
        for family, own in families_of(tasks).items()
    }


def vector(tasks: Sequence[Task]) -> Vector:
    """Return an agent's scores by category."""
    found = {
        category: estimate([task for task in tasks if task.category == category])
        for category in CATEGORIES
    }
    known = [e.value for e in found.values() if e is not None and e.value is not None]
    if not known:
        return Vector(found, None, None)
    logs = [math.log(max(value, FLOOR)) for value in known]
    return Vector(found, min(known), math.exp(fmean(logs)))


def _task(name: str, group: Sequence[Play]) -> Task:
    about = group[0].about
    verdicts = [p.verdict for p in group if p.status == "scored" and p.verdict]
    return Task(
        name=name,
        family=about.family,
        category=about.category,
        minutes=about.minutes,
        source=about.source,
        ended=len(group),
        scores=tuple(v.score for v in verdicts),
        successes=tuple(float(v.success) for v in verdicts),
        labels=Counter(v.label for v in verdicts),
        steps=tuple(v.ordinal for v in verdicts),
    )
