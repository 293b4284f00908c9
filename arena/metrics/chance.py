"""Scores corrected for guessing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from ..intervals import Estimate

__all__ = ["corrected", "index", "kappa"]


def kappa(accuracy: float, chance: float) -> float:
    """Return (accuracy - chance) / (1 - chance): 0 for guessing, 1 for all right.

    Raises:
        ValueError: Unless chance is at least 0 and below 1.
    """
    if not 0 <= chance < 1:
        raise ValueError(f"a chance of {chance} leaves nothing to be right about")
    return (accuracy - chance) / (1 - chance)


def corrected(accuracy: Estimate, chance: float) -> Estimate:
    """Return an accuracy with its interval, each end corrected for guessing."""

    def end(value: float | None) -> float | None:
        return None if value is None else kappa(value, chance)

    return replace(
        accuracy,
        value=end(accuracy.value),
        low=end(accuracy.low),
        high=end(accuracy.high),
    )


def index(cells: Sequence[float]) -> float | None:
    """Return the mean of cells' corrected scores, each cell with the same weight."""
    return fmean(cells) if cells else None
