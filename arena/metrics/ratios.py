"""Ratios of sums over parts that come in clusters, as hands of sessions do.

Each cluster is a pair: what is above the line summed over it, and what is below.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

from ..intervals import Estimate
from .resampling import FEWEST_WORLDS, RESAMPLES, interval_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Sums", "parts_needed", "ratio", "ratio_interval"]

Sums = tuple[float, float]
"""Above and below the line."""


def ratio(clusters: Sequence[Sums]) -> float | None:
    """Return Σ above / Σ below; None unless there is something below."""
    below = math.fsum(b for _, b in clusters)
    return math.fsum(a for a, _ in clusters) / below if below > 1e-12 else None


def ratio_interval(
    clusters: Sequence[Sums],
    n: int,
    confidence: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Estimate a ratio, its interval by a percentile bootstrap over clusters.

    There is none for fewer than five clusters, nor where all have one ratio.

    Args:
        clusters: Drawn again whole.
        n: How many parts they hold.
        confidence: Nominal coverage.
        resamples: How often to draw.
        seed: Of the draws.
    """
    import numpy as np

    value = ratio(clusters)
    method = "cluster-bootstrap"
    if value is None or _spread(clusters, value) == 0:
        return Estimate(n, value, None, None, confidence, method)
    above, below = np.array(clusters, dtype=float).T

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        under = weights @ below
        return np.where(under > 1e-12, (weights @ above) / under, np.nan)

    low, high = interval_of(len(clusters), of, confidence, resamples, seed)
    return Estimate(n, value, low, high, confidence, method)


def parts_needed(
    clusters: Sequence[Sums], n: int, half: float, confidence: float = 0.95
) -> int | None:
    """Return how many parts an interval of ± `half` would take, at the spread seen.

    From the linearised ratio, n (z s / half)², with s the standard error that n parts
    have now. None for fewer than five clusters, or where they do not differ.

    Args:
        clusters: As for `ratio_interval`.
        n: How many parts they hold.
        half: Half the width that is wanted.
        confidence: Nominal coverage.
    """
    value = ratio(clusters)
    if value is None or len(clusters) < FEWEST_WORLDS or half <= 0:
        return None
    below = math.fsum(b for _, b in clusters)
    correction = len(clusters) / (len(clusters) - 1)
    error = math.sqrt(correction * _spread(clusters, value)) / below
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    return math.ceil(n * (z * error / half) ** 2) or None


def _spread(clusters: Sequence[Sums], value: float) -> float:
    """Return Σ (above − value · below)², with what is rounding only as 0."""
    rests = [a - value * b for a, b in clusters]
    scale = max((abs(a) + abs(value * b) for a, b in clusters), default=0.0)
    return math.fsum(r * r for r in rests if abs(r) > 1e-9 * scale)
