"""Scorers of Blackjack: decisions against their exact values, not against luck."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from arena.scorers import ended
from arena.scoring import Unscored, scorer
from arena.trajectory import Trajectory

__all__ = [
    "bust_belief_brier",
    "expected_loss",
    "optimal_moves",
    "own_total_accuracy",
]

Decision = Mapping[str, Any]


@scorer(measure="rate")
def optimal_moves(trajectory: Trajectory, seat: str) -> float:
    """The share of moves that no other move beats in exact expected value."""
    decisions = _decisions(trajectory)
    return fmean(_loss(decision) <= 1e-9 for decision in decisions)


@scorer(measure="mean", better="lower")
def expected_loss(trajectory: Trajectory, seat: str) -> float:
    """Expected payoff given away in the hand, against optimal play (its regret).

    The sum over moves of the better value less the chosen one's. Unlike the payoff it
    holds no luck of the cards, so that a few dozen hands tell what 1,400 payoffs do.
    """
    decisions = _decisions(trajectory)
    if ended(trajectory)["reason"] != "completed":
        raise Unscored("the hand was not played to its end")
    return sum(_loss(decision) for decision in decisions)


@scorer(measure="rate")
def own_total_accuracy(trajectory: Trajectory, seat: str) -> float:
    """The share of moves with the right own total (EgoSocialArena's self-belief)."""
    stated = _stated(trajectory)
    return fmean(d["stated_total"] == d["total"] for d in stated)


@scorer(measure="mean", better="lower")
def bust_belief_brier(trajectory: Trajectory, seat: str) -> float:
    """Brier score of the stated chance that the dealer busts, above the best possible.

    EgoSocialArena's external belief. For a stated q and the exact p it is (q - p)², the
    expected Brier score less the p (1 - p) that stating p itself would score; 0 is
    perfect, and the mean over the moves of the hand is given.
    """
    return fmean(
        (d["stated_dealer_busts"] - d["chance_dealer_busts"]) ** 2
        for d in _stated(trajectory)
    )


def _decisions(trajectory: Trajectory) -> Sequence[Decision]:
    decisions: Sequence[Decision] = trajectory.evidence.get("decisions", ())
    if not decisions:
        raise Unscored("no move was made")
    return decisions


def _stated(trajectory: Trajectory) -> Sequence[Decision]:
    decisions = _decisions(trajectory)
    if "stated_total" not in decisions[0]:
        raise Unscored("the scenario does not ask for beliefs")
    return decisions


def _loss(decision: Decision) -> float:
    values = {"hit": decision["value_of_hit"], "stand": decision["value_of_stand"]}
    return max(values.values()) - values[decision["move"]]
