"""Scorers of number guessing: what was predicted of the others, and the response."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from arena.scorers import ended
from arena.scoring import Unscored, scorer
from arena.trajectory import Trajectory

__all__ = [
    "best_response_gap",
    "prediction_error",
    "prediction_rate",
    "rounds_to_identify",
    "rounds_won",
]

Round = Mapping[str, Any]


@scorer(measure="rate")
def prediction_rate(trajectory: Trajectory, seat: str) -> float:
    """The share of exact predictions over all planned rounds and other players.

    Rounds that were never played because a limit ended the game count as missed.
    """
    rounds, planned = _rounds(trajectory)
    hits = sum(fmean(_misses(r, seat, exact=True)) for r in rounds)
    return (len(rounds) - hits) / planned


@scorer(measure="mean", better="lower")
def prediction_error(trajectory: Trajectory, seat: str) -> float:
    """Mean absolute error of the predictions, in points from 0 to 100."""
    rounds = _played(trajectory)
    return fmean(gap for r in rounds for gap in _misses(r, seat, exact=False))


@scorer(measure="mean", better="lower")
def rounds_to_identify(trajectory: Trajectory, seat: str) -> float:
    """Rounds before the first from which every prediction to the end is exact.

    0 where all are; the number of planned rounds where the last one is wrong or a limit
    ended the game.
    """
    rounds, planned = _rounds(trajectory)
    if len(rounds) < planned:
        return float(planned)
    wrong = [i for i, r in enumerate(rounds, 1) if any(_misses(r, seat, exact=True))]
    return float(wrong[-1] if wrong else 0)


@scorer(measure="rate")
def rounds_won(trajectory: Trajectory, seat: str) -> float:
    """The share of planned rounds won, a shared win counting its part.

    Unscored with two players, where the lower number always wins.
    """
    players = len(trajectory.header.seats)
    if players < 3:
        raise Unscored("with two players the lower number always wins")
    _, planned = _rounds(trajectory)
    return float(ended(trajectory)["payoffs"][seat]) / planned


@scorer(measure="mean", better="lower")
def best_response_gap(trajectory: Trajectory, seat: str) -> float:
    """How much farther from the target than the best number, in points, a round.

    The best is the whole number nearest to the target that it makes with the numbers
    that the others in fact chose.
    """
    return fmean(r["best_response_gap"][seat] for r in _played(trajectory))


def _rounds(trajectory: Trajectory) -> tuple[Sequence[Round], int]:
    """Return the rounds that were played, and how many were planned."""
    evidence = trajectory.evidence
    if "rounds_planned" not in evidence:
        raise Unscored("no evidence of number guessing")
    return evidence["rounds"], int(evidence["rounds_planned"])


def _played(trajectory: Trajectory) -> Sequence[Round]:
    rounds, _ = _rounds(trajectory)
    if not rounds:
        raise Unscored("no round was played")
    return rounds


def _misses(revealed: Round, seat: str, *, exact: bool) -> list[float]:
    """Return, for each other seat, how far off the prediction was (or 1 for wrong)."""
    predicted = revealed["predictions"][seat]
    gaps = [abs(revealed["numbers"][other] - n) for other, n in predicted.items()]
    return [float(gap > 0) for gap in gaps] if exact else [float(gap) for gap in gaps]
