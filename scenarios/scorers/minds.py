"""Scorers of games with minds: what was foreseen of the others, and what it was worth.

How many hands each needs, and intervals over hands, are in the analysis `minds`.
"""

from __future__ import annotations

from arena.scoring import scorer
from arena.trajectory import Trajectory

from .. import minds_measures as measures
from ..minds_evidence import Session

__all__ = [
    "forfeits",
    "parts_to_identify",
    "parts_to_recover",
    "prediction_log_skill",
    "prediction_skill",
    "predictions_made",
    "regret",
    "type_skill",
    "winnings",
]


@scorer(measure="mean")
def prediction_skill(trajectory: Trajectory, seat: str) -> float:
    """Stated predictions between guessing evenly (0) and the ideal observer (1).

    (BS_uniform − BS) / (BS_uniform − BS_ideal) over what could be predicted, BS in
    its noise-free form ‖q − π‖², with π the true chances of the player that the other
    then was; where predictions are single numbers, by the chance of a hit. Below 0 is
    worse than guessing evenly. Above 1 is luck: the ideal observer is best on average.
    Where nothing was stated, or the part was given up, an even guess counts.
    """
    return measures.score_of(measures.prediction_skill(_session(trajectory, seat)))


@scorer(measure="mean")
def prediction_log_skill(trajectory: Trajectory, seat: str) -> float:
    """The same by log score, KL(π‖q); a chance below 0.001 counts as 0.001."""
    return measures.score_of(measures.log_skill(_session(trajectory, seat)))


@scorer(measure="rate")
def predictions_made(trajectory: Trajectory, seat: str) -> float:
    """The share of the acts that could be predicted for which something was stated."""
    return measures.score_of(measures.predictions_made(_session(trajectory, seat)))


@scorer(measure="mean")
def type_skill(trajectory: Trajectory, seat: str) -> float:
    """Stated types between guessing evenly (0) and the ideal observer (1).

    By Brier score against the type that the other then was, each part's last statement;
    it holds until the next, and before the first an even guess counts.
    """
    return measures.score_of(measures.type_skill(_session(trajectory, seat)))


@scorer(measure="mean", better="lower")
def parts_to_identify(trajectory: Trajectory, seat: str) -> float:
    """Parts before the likeliest stated type is the true one, and stays so.

    Until a switch where there is one; all parts where it never settles.
    """
    return float(measures.parts_to_identify(_session(trajectory, seat)))


@scorer(measure="mean", better="lower")
def parts_to_recover(trajectory: Trajectory, seat: str) -> float:
    """Parts from a switch on before the likeliest stated type is the new one for good.

    All parts that were left where it never is; unscored where nobody switched.
    """
    return float(measures.parts_to_recover(_session(trajectory, seat)))


@scorer(measure="mean", better="lower")
def regret(trajectory: Trajectory, seat: str) -> float:
    """What own moves gave away a part against the other's best answer, in its unit.

    The best-response gap by the performance-difference estimator; forfeited parts are
    left out, and counted by `forfeits`.
    """
    return measures.score_of(measures.regret(_session(trajectory, seat)))


@scorer(measure="mean")
def winnings(trajectory: Trajectory, seat: str) -> float:
    """Payoff a part, in the unit of the game; at small n it is mostly luck."""
    return measures.score_of(measures.winnings(_session(trajectory, seat)))


@scorer(measure="rate", better="lower")
def forfeits(trajectory: Trajectory, seat: str) -> float:
    """The share of the played parts that were lost by too many bad calls in a row."""
    return measures.score_of(measures.forfeits(_session(trajectory, seat)))


def _session(trajectory: Trajectory, seat: str) -> Session:
    return Session.of(trajectory.evidence, seat, trajectory.header.seats)
