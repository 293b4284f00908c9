"""Bootstrap over clusters: items of one world are alike, so worlds are drawn again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..intervals import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RESAMPLES", "bootstrap_of_worlds", "draws_of", "ends_of"]

RESAMPLES = 2000
_AT_ONCE = 4_000_000  # numbers of a block of draws: 32 MB


def bootstrap_of_worlds(
    worlds: Mapping[str, Sequence[float]],
    confidence: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Estimate the mean of all values by a percentile bootstrap over worlds.

    There is no interval for fewer than two worlds, nor where all values are equal,
    since the bootstrap would then claim certainty.
    """
    import numpy as np

    values = [v for v in worlds.values() if v]
    n = sum(len(v) for v in values)
    if not n:
        return Estimate(0, None, None, None, confidence, "cluster-bootstrap")
    sums = np.array([math.fsum(v) for v in values])
    counts = np.array([float(len(v)) for v in values])
    mean = float(sums.sum() / n)
    if len(values) < 2 or len({x for v in values for x in v}) < 2:
        return Estimate(n, mean, None, None, confidence, "cluster-bootstrap")

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return (weights @ sums) / (weights @ counts)

    low, high = ends_of(draws_of(len(values), of, resamples, seed), confidence)
    return Estimate(n, mean, low, high, confidence, "cluster-bootstrap")


def draws_of(
    worlds: int,
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[float]:
    """Return a statistic of resampled worlds.

    Args:
        worlds: How many there are.
        statistic: Of a block of draws: a row a draw, and in it how often each world was
            drawn. It may give nan where a draw has nothing to say.
        resamples: How often to draw.
        seed: Of the draws, so that the same data give the same interval.
    """
    import numpy as np

    rng = np.random.default_rng(seed)
    even = np.full(worlds, 1 / worlds)
    block = max(1, min(resamples, _AT_ONCE // worlds))
    found: list[Any] = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for start in range(0, resamples, block):
            size = min(block, resamples - start)
            weights = rng.multinomial(worlds, even, size=size).astype(float)
            found += statistic(weights).tolist()
    return [value for value in found if not math.isnan(value)]


def ends_of(
    draws: Sequence[float], confidence: float
) -> tuple[float | None, float | None]:
    """Return the percentile interval of draws, and none of fewer than 100."""
    if len(draws) < 100:
        return None, None
    ordered = sorted(draws)
    tail = (1 - confidence) / 2
    last = len(ordered) - 1
    return ordered[math.floor(tail * last)], ordered[math.ceil((1 - tail) * last)]
