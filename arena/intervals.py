"""Estimates with honest intervals.

Every function takes plain numbers and says how many there were; nothing here knows what
an episode is.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import NormalDist, fmean, stdev

__all__ = [
    "Estimate",
    "cluster_bootstrap",
    "geometric_interval",
    "mean_interval",
    "paired_difference",
    "pass_at_k",
    "pass_hat_k",
    "rate_interval",
    "t_quantile",
    "wilson",
]


@dataclass(frozen=True)
class Estimate:
    """A number with its interval.

    Attributes:
        n: How many values it stands on.
        value: None where there are none.
        low: Lower end; None where the data cannot say (a mean of one value).
        high: Upper end.
        confidence: Nominal coverage, from 0 to 1.
        method: `wilson`, `t`, `log-t` or `cluster-bootstrap`.
    """

    n: int
    value: float | None
    low: float | None
    high: float | None
    confidence: float
    method: str

    def as_dict(self) -> dict[str, float | int | str | None]:
        """Return the fields, for JSON, which has no infinite numbers: null there."""
        told = asdict(self)
        return {k: None if v in (math.inf, -math.inf) else v for k, v in told.items()}


def wilson(successes: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval of a rate (Wilson 1927), always within [0, 1]."""
    if n == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    p = successes / n
    middle = p + z * z / (2 * n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


def rate_interval(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Estimate a rate from values of 0 to 1, one an episode, by Wilson's interval.

    For fractions it is conservative, as no spread within [0, 1] exceeds that of zeros
    and ones with the same mean; and it never collapses where all values agree.
    """
    n = len(values)
    if n == 0:
        return Estimate(0, None, None, None, confidence, "wilson")
    low, high = wilson(sum(values), n, confidence)
    return Estimate(n, fmean(values), low, high, confidence, "wilson")


def mean_interval(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Estimate a mean by Student's t interval.

    There is none for fewer than two values, nor where all are equal, since t would then
    claim certainty.
    """
    n = len(values)
    mean = fmean(values) if n else None
    if mean is None or min(values) == max(values):
        return Estimate(n, mean, None, None, confidence, "t")
    half = stdev(values) / math.sqrt(n)
    half *= t_quantile(0.5 + confidence / 2, n - 1)
    return Estimate(n, mean, mean - half, mean + half, confidence, "t")


def geometric_interval(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Estimate a geometric mean of values above 0, by Student's t on logarithms.

    There is no interval where `mean_interval` has none.
    """
    found = mean_interval([math.log(value) for value in values], confidence)
    value, low, high = (
        None if log is None else math.exp(min(log, 700))  # a float holds no more
        for log in (found.value, found.low, found.high)
    )
    return Estimate(found.n, value, low, high, confidence, "log-t")


def paired_difference(
    pairs: Sequence[tuple[float, float]], confidence: float = 0.95
) -> Estimate:
    """Estimate the mean of first minus second, by the t interval of the differences."""
    return mean_interval([a - b for a, b in pairs], confidence)


def cluster_bootstrap(
    clusters: Mapping[str, Sequence[float]],
    confidence: float = 0.95,
    *,
    resamples: int = 4000,
    seed: int = 0,
) -> Estimate:
    """Estimate the mean of the clusters' means, by a percentile bootstrap.

    Whole clusters are drawn again with replacement, since episodes of one scenario are
    alike. With few clusters the interval is rough, and with one there is none.

    Args:
        clusters: Values by cluster; empty clusters are left out.
        confidence: Nominal coverage.
        resamples: How often to draw.
        seed: Of the draws, so that the same data give the same interval.
    """
    means = [fmean(values) for values in clusters.values() if values]
    n = sum(len(values) for values in clusters.values())
    if len(means) < 2 or min(means) == max(means):
        value = fmean(means) if means else None
        return Estimate(n, value, None, None, confidence, "cluster-bootstrap")
    rng = random.Random(seed)
    draws = sorted(fmean(rng.choices(means, k=len(means))) for _ in range(resamples))
    tail = (1 - confidence) / 2
    low = draws[math.floor(tail * (resamples - 1))]
    high = draws[math.ceil((1 - tail) * (resamples - 1))]
    return Estimate(n, fmean(means), low, high, confidence, "cluster-bootstrap")


def pass_at_k(n: int, successes: int, k: int) -> float:
    """Return the chance that one of k tries succeeds (Chen et al. 2021, eq. 1).

    Unbiased over k of the n tries drawn without replacement.

    Raises:
        ValueError: Unless 1 ≤ k ≤ n and 0 ≤ successes ≤ n.
    """
    _check_k(n, successes, k)
    return 1.0 - math.comb(n - successes, k) / math.comb(n, k)


def pass_hat_k(n: int, successes: int, k: int) -> float:
    """Return the chance that all k tries succeed (pass^k; Yao et al. 2024, τ-bench).

    Raises:
        ValueError: Unless 1 ≤ k ≤ n and 0 ≤ successes ≤ n.
    """
    _check_k(n, successes, k)
    return math.comb(successes, k) / math.comb(n, k)


def t_quantile(p: float, df: int) -> float:
    """Return the quantile of Student's t distribution, for p from 0.5 up to below 1.

    By bisection on the distribution function, to about 1e-9; for the few quantiles of
    a table, where SciPy would be a large dependency for one function.
    """
    if not (0.5 <= p < 1 and df >= 1):
        raise ValueError(f"t_quantile needs 0.5 <= p < 1 and df >= 1, given {p}, {df}")
    low, high = 0.0, 1.0
    while _t_cdf(high, df) < p:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):  # no number lies between
            break
        low, high = (middle, high) if _t_cdf(middle, df) < p else (low, middle)
    return (low + high) / 2


def _t_cdf(t: float, df: int) -> float:
    """Distribution function at t ≥ 0, through the incomplete beta function."""
    return 1 - _beta_cdf(df / (df + t * t), df / 2, 0.5) / 2


def _beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function (Abramowitz & Stegun 26.5.8)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - _beta_cdf(1 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(log_front + a * math.log(x) + b * math.log1p(-x)) / a
    # Lentz's evaluation of the continued fraction.
    fraction, c, d = 1.0, 1.0, 1 / (1 - (a + b) * x / (a + 1))
    fraction = d
    for m in range(1, 400):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + numerator * d)
            c = 1 + numerator / c
            fraction *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * fraction


def _check_k(n: int, successes: int, k: int) -> None:
    if not (1 <= k <= n and 0 <= successes <= n):
        raise ValueError(f"k={k} tries of n={n} with {successes} successes")
