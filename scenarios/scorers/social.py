"""Scorers of social items: the answer, and the confidence in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arena.scoring import Unscored, scorer
from arena.trajectory import Trajectory

__all__ = ["confidence_brier", "right_answer"]


@scorer(measure="rate")
def right_answer(trajectory: Trajectory, seat: str) -> float:
    """Whether the answer was right; an episode without an answer counts as wrong."""
    evidence = _evidence(trajectory)
    return float(evidence["answer"]["option"] == evidence["item"]["gold"])


@scorer(measure="mean", better="lower")
def confidence_brier(trajectory: Trajectory, seat: str) -> float:
    """Squared distance of the stated confidence from what came true, from 0 to 1.

    A blind guess that says so (confidence 0.5) gets 0.25. Unscored without an answer.
    """
    evidence = _evidence(trajectory)
    answer = evidence["answer"]
    if answer["option"] is None:
        raise Unscored("no answer was given")
    right = answer["option"] == evidence["item"]["gold"]
    return (float(answer["confidence"]) - right) ** 2


def _evidence(trajectory: Trajectory) -> Mapping[str, Any]:
    evidence = trajectory.evidence
    if "item" not in evidence or "answer" not in evidence:
        raise Unscored("no evidence of a social item")
    return evidence
