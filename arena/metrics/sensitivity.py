"""How firm an estimate is: what more of the same data, or other outcomes, would do.

Nothing here predicts: every function says what would follow *if* new values went on as
those that are there, or if some of these had come out otherwise.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ..intervals import Estimate, t_quantile, wilson

__all__ = ["MOST", "ends_at", "fewest", "more_for_half", "more_to_exclude"]

MOST = 1_000_000
"""Beyond so many values nothing is said but that it would take more."""


def ends_at(estimate: Estimate, n: int) -> tuple[float, float]:
    """Return the interval that `n` values like those of an estimate would give.

    Their mean is the same, and their spread: of Wilson's interval that of the rate, of
    t's the standard deviation with n - 1 degrees of freedom. Any other interval, also
    one of a rate that was put on another scale, shrinks with √n.

    Raises:
        ValueError: If the estimate has no interval.
    """
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None:
        raise ValueError("an estimate without an interval says nothing of another n")
    if estimate.method == "wilson" and 0 <= value <= 1:
        return wilson(min(value * n, n), n, estimate.confidence)
    scale = math.sqrt(estimate.n / n)
    if estimate.method == "t":
        quantile = 0.5 + estimate.confidence / 2
        scale *= t_quantile(quantile, n - 1) / t_quantile(quantile, estimate.n - 1)
    return value - (value - low) * scale, value + (high - value) * scale


def more_for_half(estimate: Estimate) -> int | None:
    """Return how many more values would halve the interval.

    None where there is no interval, or where it would take more than `MOST`.
    """
    if estimate.low is None or estimate.high is None:
        return None
    aim = (estimate.high - estimate.low) / 2

    def narrow(n: int) -> bool:
        low, high = ends_at(estimate, n)
        return high - low <= aim

    return _more(estimate.n, narrow)


def more_to_exclude(estimate: Estimate, threshold: float) -> int | None:
    """Return how many more values would take a threshold out of the interval.

    0 where it is out already. None where there is no interval, where the estimate is
    the threshold itself, or where it would take more than `MOST`.
    """
    if estimate.low is None or estimate.value in (None, threshold):
        return None

    def excluded(n: int) -> bool:
        low, high = ends_at(estimate, n)
        return not low <= threshold <= high

    return _more(estimate.n, excluded)


def fewest(changes: int, enough: Callable[[int], bool]) -> int | None:
    """Return a number of changes, of so many in an order, that is enough.

    It is the least where `enough` never turns false again once it is true.

    Args:
        changes: How many there are.
        enough: Whether the first so many of them are.

    Returns:
        None where not even all are enough.
    """
    if not enough(changes):
        return None
    low, high = -1, changes  # `enough(high)` holds all the while
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _more(n: int, enough: Callable[[int], bool]) -> int | None:
    return fewest(MOST, lambda more: enough(n + more))
