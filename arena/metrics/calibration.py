"""How far stated confidence can be trusted.

Everywhere a confidence is the stated chance of being right, from 0 to 1, and an outcome
is 1 for right and 0 for wrong.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from ..intervals import Estimate
from .resampling import ends_of

__all__ = [
    "Bin",
    "aurc",
    "auroc",
    "brier",
    "brier_skill",
    "calibration_error",
    "calibration_interval",
    "reliability",
]

MOST_BINS = 15
FEWEST_IN_BIN = 20


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence."""

    n: int
    confidence: float
    """Mean."""
    accuracy: float


def brier(confidences: Sequence[float], outcomes: Sequence[float]) -> float | None:
    """Return the mean squared distance of confidence from outcome (Brier 1950)."""
    both = list(zip(confidences, outcomes, strict=True))
    return fmean((c - y) ** 2 for c, y in both) if both else None


def brier_skill(
    confidences: Sequence[float], outcomes: Sequence[float]
) -> float | None:
    """Return 1 - Brier / Brier of always stating the mean accuracy.

    None where all outcomes are equal, since the base score is then 0.
    """
    score = brier(confidences, outcomes)
    if score is None:
        return None
    mean = fmean(outcomes)
    base = mean * (1 - mean)
    return 1 - score / base if base > 0 else None


def reliability(
    confidences: Sequence[float],
    outcomes: Sequence[float],
    *,
    bins: int = MOST_BINS,
    fewest: int = FEWEST_IN_BIN,
) -> list[Bin]:
    """Group answers by confidence into bins of equal mass.

    Equal confidences are not split, so that the order of the answers changes nothing.

    Args:
        confidences: Of the answers.
        outcomes: Whether they were right.
        bins: The most there may be.
        fewest: How many answers a bin has at least, unless there are fewer in all.
    """
    both = sorted(zip(confidences, outcomes, strict=True))
    n = len(both)
    wanted = max(1, min(bins, n // fewest))
    found: list[Bin] = []
    start = 0
    for stop in range(1, n + 1):
        due = stop >= (len(found) + 1) * n / wanted and stop - start >= fewest
        whole = stop < n and both[stop][0] != both[stop - 1][0]
        if stop == n or (due and whole and n - stop >= fewest):
            stated, right = zip(*both[start:stop], strict=True)
            found.append(Bin(stop - start, fmean(stated), fmean(right)))
            start = stop
    return found


def calibration_error(bins: Sequence[Bin]) -> float | None:
    """Return the expected calibration error: Σ n/N |accuracy - confidence| over bins.

    With bins of equal mass (Nguyen and O'Connor 2015).
    """
    n = sum(b.n for b in bins)
    if not n:
        return None
    return math.fsum(b.n * abs(b.accuracy - b.confidence) for b in bins) / n


def calibration_interval(
    confidences: Sequence[float],
    outcomes: Sequence[float],
    confidence: float = 0.95,
    *,
    resamples: int = 500,
    seed: int = 0,
) -> Estimate:
    """Estimate the calibration error with a bootstrap over answers.

    It is biased upwards for few answers, and so is its interval.
    """
    both = list(zip(confidences, outcomes, strict=True))
    value = calibration_error(reliability(confidences, outcomes))
    rng = random.Random(seed)
    draws: list[float] = []
    if len(both) > 1:
        for _ in range(resamples):
            stated, right = zip(*rng.choices(both, k=len(both)), strict=True)
            draws.append(calibration_error(reliability(stated, right)) or 0.0)
    low, high = ends_of(draws, confidence)
    return Estimate(len(both), value, low, high, confidence, "bootstrap")


def auroc(confidences: Sequence[float], outcomes: Sequence[float]) -> float | None:
    """Return the chance that a right answer is stated more surely than a wrong one.

    Ties count one half. None where all answers are right, or all wrong.
    """
    both = sorted(zip(confidences, outcomes, strict=True))
    right = sum(y for _, y in both)
    wrong = len(both) - right
    if not right or not wrong:
        return None
    below = wins = 0.0
    start = 0
    while start < len(both):
        stop = start
        while stop < len(both) and both[stop][0] == both[start][0]:
            stop += 1
        hits = sum(y for _, y in both[start:stop])
        misses = (stop - start) - hits
        wins += hits * (below + misses / 2)
        below += misses
        start = stop
    return wins / (right * wrong)


def aurc(confidences: Sequence[float], outcomes: Sequence[float]) -> float | None:
    """Return the area under the curve of risk by coverage; lower is better.

    The mean, over k, of the share wrong among the k surest (Geifman and El-Yaniv 2017);
    among equal confidences, every order being as likely, each counts their mean.
    """
    both = sorted(zip(confidences, outcomes, strict=True), reverse=True)
    if not both:
        return None
    total = errors = 0.0
    start = 0
    while start < len(both):
        stop = start
        while stop < len(both) and both[stop][0] == both[start][0]:
            stop += 1
        share = fmean(1 - y for _, y in both[start:stop])
        for k in range(start + 1, stop + 1):
            errors += share
            total += errors / k
        start = stop
    return total / len(both)
