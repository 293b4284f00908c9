"""The contract of scorers: pure functions of a trajectory."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, FiniteFloat

from .arguments import Arguments
from .errors import boundary
from .registry import load
from .scenario import ScorerChoice
from .trajectory import Trajectory

__all__ = ["Score", "Scorer", "Unscored", "score_trajectory", "scorer"]

Measure = Literal["rate", "mean"]


class Unscored(Exception):
    """A scorer raises it where it cannot judge; its text is the reason."""


class Score(BaseModel):
    """The judgement of one scorer on one episode."""

    model_config = ConfigDict(frozen=True)

    episode: str
    scorer: str
    value: FiniteFloat | None
    """None: unscored. Missing data, never zero."""
    reason: str | None = None
    """Why it is unscored."""


class _Function(Protocol):
    def __call__(self, trajectory: Trajectory, seat: str, /, **options: Any) -> float:
        """Judge what `seat` did."""
        ...


@dataclass(frozen=True)
class Scorer:
    """A registered scorer.

    Attributes:
        measure: `rate` for values from 0 to 1 that count successes (Wilson interval),
            `mean` for any others (t interval).
        better: Which direction is better, for tables and comparisons.
    """

    function: _Function
    measure: Measure
    better: Literal["higher", "lower"]

    @property
    def description(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.function) or "").partition("\n")[0]

    def check(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return checked options.

        Raises:
            BadArguments: With one sentence for each problem.
        """
        return Arguments.of(self.function, skip=2).check(options)

    def __call__(self, trajectory: Trajectory, seat: str, **options: Any) -> float:
        """Return the value of one episode.

        Raises:
            Unscored: If it cannot judge.
        """
        return self.function(trajectory, seat, **options)


def scorer(
    *, measure: Measure, better: Literal["higher", "lower"] = "higher"
) -> Callable[[Callable[..., float]], Scorer]:
    """Make a scorer of a function of a trajectory and the tested seat."""
    return lambda function: Scorer(function, measure, better)


def score_trajectory(
    trajectory: Trajectory, choices: Sequence[ScorerChoice]
) -> list[Score]:
    """Score one episode with each chosen scorer.

    An episode that failed for an infrastructure reason, or has not ended, is unscored;
    so is one on which a scorer fails, with the failure as the reason.
    """
    why_not = _unscorable(trajectory)
    return [_score(trajectory, choice, why_not) for choice in choices]


def _unscorable(trajectory: Trajectory) -> str | None:
    end = trajectory.end
    if end is None:
        return "the episode has not ended"
    if end["reason"] == "error":
        return f"the episode failed: {end['error']['message']}"
    return "the episode was interrupted" if end["reason"] == "interrupted" else None


def _score(trajectory: Trajectory, choice: ScorerChoice, why_not: str | None) -> Score:
    value: float | None = None
    reason = why_not
    if reason is None:
        judge: Scorer = load("scorers", choice.name)
        seat = trajectory.header.tested[0]
        try:
            with boundary("scorer"):
                try:
                    value = float(judge(trajectory, seat, **choice.options))
                    rate = judge.measure == "rate"
                    if not math.isfinite(value) or (rate and not 0 <= value <= 1):
                        value, reason = None, f"the scorer gave {value}"
                except Unscored as unscored:
                    reason = str(unscored)
        except Exception as error:  # noqa: BLE001  (the boundary has named it)
            reason = str(error)
    return Score(
        episode=trajectory.header.episode,
        scorer=choice.name,
        value=value,
        reason=reason,
    )
