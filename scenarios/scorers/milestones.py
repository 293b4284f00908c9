"""Scores of shell tasks, from the verdict that the environment has left."""

from __future__ import annotations

from arena.autonomy.verdicts import verdict
from arena.scoring import scorer
from arena.trajectory import Trajectory

__all__ = ["milestones", "task_success"]


@scorer(measure="rate")
def milestones(trajectory: Trajectory, seat: str) -> float:
    """The share of the task that was done: its milestones by weight, or its reward.

    The sum of weight times done, where a milestone counts only if all that it requires,
    directly or through others, is done in full. Of a task without milestones it is what
    its own tests give, from 0 to 1.
    """
    return verdict(trajectory.evidence).score


@scorer(measure="rate")
def task_success(trajectory: Trajectory, seat: str) -> float:
    """Whether enough of the task was done: its own threshold, or else all of it."""
    return float(verdict(trajectory.evidence).success)
