"""Scorers that fit every environment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .scoring import Unscored, scorer
from .trajectory import Trajectory

__all__ = ["completed", "ended", "payoff", "tool_errors"]


@scorer(measure="mean")
def payoff(trajectory: Trajectory, seat: str, *, forfeit: float | None = None) -> float:
    """The game's own payoff of the tested seat.

    Args:
        trajectory: The episode.
        seat: The tested seat.
        forfeit: What an episode counts that a limit cut short; without it such an
            episode is unscored.
    """
    end = ended(trajectory)
    if end["reason"] == "completed":
        return float(end["payoffs"][seat])
    if forfeit is None:
        raise Unscored(f"cut short by {end['reason']}, and no forfeit is set")
    return forfeit


@scorer(measure="rate")
def completed(trajectory: Trajectory, seat: str) -> float:
    """Whether the episode ended by its own rules and not by a limit."""
    return float(ended(trajectory)["reason"] == "completed")


@scorer(measure="mean", better="lower")
def tool_errors(trajectory: Trajectory, seat: str) -> float:
    """Bad calls of the tested seat, and messages without a call."""
    return float(ended(trajectory)["usage"][seat]["tool_errors"])


def ended(trajectory: Trajectory) -> Mapping[str, Any]:
    """Return the last line of an episode that has ended.

    Raises:
        Unscored: If it has not.
    """
    if trajectory.end is None:
        raise Unscored("the episode has not ended")
    return trajectory.end
