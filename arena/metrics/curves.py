"""How a score falls as a question gets deeper."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

__all__ = ["Crossing", "crossing", "logit_slope"]

Crossing = float | None


def crossing(curve: Mapping[int, float], level: float = 0.5) -> Crossing:
    """Return the order at which a curve first falls to a level: K50 for 0.5.

    Linear between the orders. None where it is below from the first order on, and
    infinity where it never falls that low.
    """
    points = sorted(curve.items())
    if not points or points[0][1] < level:
        return None
    for (left, above), (right, below) in itertools.pairwise(points):
        if below < level:
            return left + (right - left) * (above - level) / (above - below)
    return math.inf


def logit_slope(counts: Mapping[int, tuple[float, int]]) -> float | None:
    """Return the slope of log odds of being right by order.

    Weighted least squares through the empirical logits, with one half added to the
    numbers right and wrong (Haldane 1956; Cox 1970), so that an order that is all right
    or all wrong has one too. None for fewer than two orders, and where that holds of
    all of them: the halves would then make a slope of nothing.

    Args:
        counts: For each order how many are right, and of how many.
    """
    points: list[tuple[int, float, float]] = []
    for order, (right, n) in counts.items():
        odds = (right + 0.5) / (n - right + 0.5)
        if n:
            weight = 1 / (1 / (right + 0.5) + 1 / (n - right + 0.5))
            points.append((order, math.log(odds), weight))
    hits = math.fsum(right for right, _ in counts.values())
    if not 0 < hits < sum(n for _, n in counts.values()):
        return None
    total = math.fsum(w for _, _, w in points)
    if len(points) < 2:
        return None
    x_mean = math.fsum(w * x for x, _, w in points) / total
    y_mean = math.fsum(w * y for _, y, w in points) / total
    spread = math.fsum(w * (x - x_mean) ** 2 for x, _, w in points)
    return math.fsum(w * (x - x_mean) * (y - y_mean) for x, y, w in points) / spread
