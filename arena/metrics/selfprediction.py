"""Whether predictions of the own acts are better than habits explain.

In every situation an agent acts once or several times, and predicts apart from that
what it does. `Shares` are the shares of its acts by what they were; they sum to 1.
After Binder et al., arXiv 2410.13787, with a ceiling for acts that vary.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from ..intervals import Estimate
from .resampling import RESAMPLES, interval_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Shares",
    "ceiling",
    "entropy",
    "log_score",
    "mode",
    "pooled",
    "repeat_accuracy",
    "shares",
    "shuffled_accuracy",
    "skill",
    "skill_interval",
]

Shares = Mapping[str, float]

LEAST_CHANCE = 0.01
"""What a log score takes a stated chance of 0 for."""


def shares(counts: Mapping[str, int]) -> dict[str, float]:
    """Return counts of acts as shares."""
    total = sum(counts.values())
    return {value: count / total for value, count in counts.items()}


def pooled(acts: Sequence[Shares]) -> dict[str, float]:
    """Return the mean shares over situations, each with the same weight."""
    values = sorted({value for each in acts for value in each})
    return {v: math.fsum(e.get(v, 0.0) for e in acts) / len(acts) for v in values}


def entropy(chances: Shares) -> float:
    """Return the entropy in bits: 0 where all is alike, 1 for one of two evenly."""
    return -math.fsum(p * math.log2(p) for p in chances.values() if p) + 0.0


def mode(acts: Sequence[Shares]) -> tuple[str, float]:
    """Return the most frequent act, and how often predicting it always is right.

    Of equally frequent ones the first by name. It is taken from the same acts that it
    is scored on, so that it errs in favour of the baseline.
    """
    chances = pooled(acts)
    best = max(chances, key=chances.__getitem__)
    return best, chances[best]


def shuffled_accuracy(acts: Sequence[Shares], predictions: Sequence[Shares]) -> float:
    """Return the mean accuracy of the predictions of randomly drawn situations.

    Exact: Σ_a p(a)·q(a) with the pooled shares of acts and of predictions.
    """
    stated = pooled(predictions)
    return math.fsum(p * stated.get(v, 0.0) for v, p in pooled(acts).items())


def ceiling(acts: Sequence[Shares]) -> float:
    """Return the accuracy of always predicting the most frequent act of a situation.

    That is mean_i max_a p_i(a). With few acts a situation it is too high, and 1 with
    one; `repeat_accuracy` errs on the other side.
    """
    return fmean(max(each.values()) for each in acts)


def repeat_accuracy(acts: Sequence[Mapping[str, int]]) -> float | None:
    """Return how well each act is predicted by the most frequent of the others.

    Over situations with two acts or more, None where there are none; of equally
    frequent others each counts its part.

    Args:
        acts: For each situation how often each act was seen.
    """
    found = [_repeat(counts) for counts in acts if sum(counts.values()) > 1]
    return fmean(found) if found else None


def skill(accuracy: float, habit: float, best: float) -> float | None:
    """Return (accuracy - mode) / (ceiling - mode): 0 for habit, 1 for perfect.

    None where habit leaves nothing to predict.

    Args:
        accuracy: Of the predictions.
        habit: Accuracy of the mode.
        best: The ceiling.
    """
    if best - habit < 1e-9:
        return None
    return (accuracy - habit) / (best - habit)


def skill_interval(
    hits: Sequence[float],
    acts: Sequence[Shares],
    confidence: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Estimate the skill, with a bootstrap over situations.

    The mode is found anew in every draw. There is no interval where all hits are equal.

    Args:
        hits: For each situation the share of its acts that its prediction was right of.
        acts: Of the same situations.
        confidence: Nominal coverage.
        resamples: How often to draw.
        seed: Of the draws.
    """
    import numpy as np

    n = len(hits)
    method = "cluster-bootstrap"
    if n == 0:
        return Estimate(0, None, None, None, confidence, method)
    value = skill(fmean(hits), mode(acts)[1], ceiling(acts))
    if value is None or min(hits) == max(hits):
        return Estimate(n, value, None, None, confidence, method)
    names = list(pooled(acts))
    table = np.array([[each.get(name, 0.0) for name in names] for each in acts])
    right, best = np.array(hits), table.max(axis=1)

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        habit = (weights @ table).max(axis=1)
        room = weights @ best - habit
        gain = weights @ right - habit
        return np.where(room < 1e-9, np.nan, gain / room)

    low, high = interval_of(n, of, confidence, resamples, seed)
    return Estimate(n, value, low, high, confidence, method)


def log_score(acts: Shares, option: str, confidence: float, options: int) -> float:
    """Return Σ_a p(a)·log₂ q(a), in bits: 0 is best, and -log₂ k is guessing.

    q gives the predicted option the stated confidence, at least 0.01 and at most 0.99,
    and shares the rest evenly among the others.

    Args:
        acts: What was done.
        option: What was predicted.
        confidence: Stated chance that it is right.
        options: k, how many there were.
    """
    stated = min(max(confidence, LEAST_CHANCE), 1 - LEAST_CHANCE)
    rest = (1 - stated) / max(1, options - 1)
    return math.fsum(
        p * math.log2(stated if value == option else rest) for value, p in acts.items()
    )


def _repeat(counts: Mapping[str, int]) -> float:
    total = sum(counts.values())
    right = 0.0
    for act, times in counts.items():
        others = {v: c - (v == act) for v, c in counts.items()}
        most = max(others.values())
        ties = sum(1 for c in others.values() if c == most)
        right += times * (others[act] == most) / ties
    return right / total
