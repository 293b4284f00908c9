"""Bootstrap over clusters: items of one world are alike, so worlds are drawn again."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from ..intervals import Estimate, t_quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["RESAMPLES", "bootstrap_of_worlds", "draws_of", "interval_of"]

RESAMPLES = 2000
FEWEST_WORLDS = 5
"""Of fewer the interval is far too short: of two worlds it holds the mean in 6 of 10
cases where 95 of 100 are claimed."""
FEWEST_DRAWS = 100
_AT_ONCE = 4_000_000  # numbers of a block of draws: 32 MB


def bootstrap_of_worlds(
    worlds: Mapping[str, Sequence[float]],
    confidence: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Estimate the mean of all values by a percentile bootstrap over worlds.

    There is no interval for fewer than five worlds, nor where all values are equal,
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
    if len({x for v in values for x in v}) < 2:
        return Estimate(n, mean, None, None, confidence, "cluster-bootstrap")

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        return (weights @ sums) / (weights @ counts)

    low, high = interval_of(len(values), of, confidence, resamples, seed)
    return Estimate(n, mean, low, high, confidence, "cluster-bootstrap")


def interval_of(
    worlds: int,
    statistic: Callable[[NDArray[np.float64]], NDArray[np.float64]],
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float | None, float | None]:
    """Return the expanded percentile interval of a statistic of resampled worlds.

    Draws of n worlds spread less than samples do, by √((n − 1) / n), and as if the
    spread were known; percentiles farther out make up for both (Hesterberg 2015, "What
    Teachers Should Know About the Bootstrap"). Simulated intervals of 95 % so hold 91
    to 95 % of means and ratios from 5 to 10 worlds, where the plain ones hold 83 to 91.

    There is none for fewer than five worlds, nor for fewer than 100 draws that have
    something to say.

    Args:
        worlds: How many there are.
        statistic: As for `draws_of`.
        confidence: Nominal coverage.
        resamples: How often to draw.
        seed: Of the draws.
    """
    if worlds < FEWEST_WORLDS:
        return None, None
    draws = sorted(draws_of(worlds, statistic, resamples, seed))
    if len(draws) < FEWEST_DRAWS:
        return None, None
    farther = t_quantile(0.5 + confidence / 2, worlds - 1)
    tail = NormalDist().cdf(-farther * math.sqrt(worlds / (worlds - 1)))
    last = len(draws) - 1
    return draws[math.floor(tail * last)], draws[math.ceil((1 - tail) * last)]


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
