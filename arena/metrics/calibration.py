"""How far stated confidence can be trusted.

Everywhere a confidence is the stated chance of being right, from 0 to 1, and an outcome
is 1 for right and 0 for wrong.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING

from ..intervals import Estimate
from .resampling import interval_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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


_Alike = tuple[float, float, float]
"""Of answers of one confidence: it, how many, and how many are right."""


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
    alike: list[_Alike] = []
    both = sorted(zip(confidences, outcomes, strict=True))
    for stated, group in itertools.groupby(both, key=lambda pair: pair[0]):
        right = [outcome for _, outcome in group]
        alike.append((stated, len(right), math.fsum(right)))
    return _bins(alike, bins, fewest)


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
    worlds: Sequence[str] = (),
    resamples: int = 500,
    seed: int = 0,
) -> Estimate:
    """Estimate the calibration error with a bootstrap over worlds.

    It is biased upwards for few answers, and so is its interval.

    Args:
        confidences: Of the answers.
        outcomes: Whether they were right.
        confidence: Nominal coverage.
        worlds: What each answer is about; by default each is drawn on its own.
        resamples: How often to draw.
        seed: Of the draws.
    """
    import numpy as np

    value = calibration_error(reliability(confidences, outcomes))
    n = len(confidences)
    method = "cluster-bootstrap"
    if n == 0:
        return Estimate(n, value, None, None, confidence, method)
    order = sorted(range(n), key=confidences.__getitem__)
    right = np.array([outcomes[i] for i in order], dtype=float)
    stated, starts = np.unique([confidences[i] for i in order], return_index=True)
    names = worlds or [str(i) for i in range(n)]
    drawn = {name: column for column, name in enumerate(dict.fromkeys(names))}
    columns = np.array([drawn[names[i]] for i in order])

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        often = weights[:, columns]
        counts = np.add.reduceat(often, starts, axis=1)
        hits = np.add.reduceat(often * right, starts, axis=1)
        errors: list[float] = []
        for count, hit in zip(counts.tolist(), hits.tolist(), strict=True):
            alike = [a for a in zip(stated.tolist(), count, hit, strict=True) if a[1]]
            bins = _bins(alike, MOST_BINS, FEWEST_IN_BIN)
            errors.append(calibration_error(bins) or 0.0)
        return np.array(errors)

    low, high = interval_of(len(drawn), of, confidence, resamples, seed)
    return Estimate(n, value, low, high, confidence, method)


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


def _bins(alike: Sequence[_Alike], bins: int, fewest: int) -> list[Bin]:
    """Group answers of equal confidence, sorted, into bins of equal mass.

    What a large group of equals takes too much, the bins after it share.
    """
    left = sum(count for _, count, _ in alike)
    wanted = max(1, min(bins, int(left // fewest)))
    mass = left / wanted
    found: list[Bin] = []
    size = stated = right = 0.0
    for confidence, count, hits in alike:
        size += count
        stated += confidence * count
        right += hits
        left -= count
        if not left or (size >= max(mass, fewest) and left >= fewest):
            found.append(Bin(int(size), stated / size, right / size))
            size = stated = right = 0.0
            mass = left / max(1, wanted - len(found))
    return found
