"""Bounds and intervals of scores whose runs come in clusters, such as tasks."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ..intervals import Estimate, pass_at_k, pass_hat_k, t_quantile, wilson

__all__ = [
    "clustered_interval",
    "one_sided",
    "shifted",
    "single_try",
    "tries",
]


def one_sided(
    successes: float, n: float, confidence: float = 0.95
) -> tuple[float, float]:
    """Return the bounds of a rate of 0/n or n/n.

    None of n says that the rate is at most 1 - (1 - confidence)^(1/n), all of n that it
    is at least (1 - confidence)^(1/n); the other end is 0 or 1.

    Raises:
        ValueError: For any other number of successes.
    """
    if n <= 0 or successes not in (0, n):
        raise ValueError(f"{successes} of {n} is neither none nor all")
    room = (1 - confidence) ** (1 / n)
    return (0.0, 1 - room) if successes == 0 else (room, 1.0)


def clustered_interval(
    values: Sequence[float],
    clusters: Sequence[str],
    weights: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Estimate:
    """Estimate a mean of values from 0 to 1, by t with clustered errors.

    SE² = G/(G - 1) · Σ_g (Σ_i w_gi (x_gi - x̄))², with G - 1 degrees of freedom; without
    weights that is Inspect's formula. The interval is cut to [0, 1]. Where all values
    are 0 or all are 1 it is one-sided; Wilson's of a single cluster, and where clusters
    do not differ, since t would then claim certainty; none where all values are another
    number. Of unequal weights the last two count 1 / Σ w² values, as many as would say
    as much were they to weigh the same (Kish 1965).

    Args:
        values: Of all clusters.
        clusters: To which each value belongs.
        weights: Of each value, made to sum to 1. By default all weigh the same.
        confidence: Nominal coverage.
    """
    n = len(values)
    if not n:
        return Estimate(0, None, None, None, confidence, "clustered-t")
    given = weights or [1.0] * n
    total = math.fsum(given)
    shares = [weight / total for weight in given]
    mean = math.fsum(x * w for x, w in zip(values, shares, strict=True))
    worth = n if weights is None else 1 / math.fsum(w * w for w in shares)
    if min(values) == max(values):
        if values[0] not in (0, 1):
            return Estimate(n, values[0], None, None, confidence, "clustered-t")
        low, high = one_sided(worth * values[0], worth, confidence)
        return Estimate(n, values[0], low, high, confidence, "one-sided")
    off: dict[str, float] = {}
    for x, w, cluster in zip(values, shares, clusters, strict=True):
        off[cluster] = off.get(cluster, 0.0) + w * (x - mean)
    correction = len(off) / max(1, len(off) - 1)
    error = math.sqrt(correction * math.fsum(part**2 for part in off.values()))
    if len(off) == 1 or error < 1e-12:
        low, high = wilson(mean * worth, worth, confidence)
        return Estimate(n, mean, low, high, confidence, "wilson")
    half = t_quantile(0.5 + confidence / 2, len(off) - 1) * error
    low, high = max(0.0, mean - half), min(1.0, mean + half)
    return Estimate(n, mean, low, high, confidence, "clustered-t")


def tries(n: int, successes: int, k: int) -> tuple[float | None, float | None]:
    """Return pass@k and pass^k; None where there are fewer than k tries.

    Of fewer tries than k a formula would give 1 for a single success.
    """
    if n < k:
        return None, None
    return pass_at_k(n, successes, k), pass_hat_k(n, successes, k)


def single_try(chance: float, k: int) -> float:
    """Return the chance of one try whose k independent tries succeed with `chance`."""
    return 1 - (1 - chance) ** (1 / k)


def shifted(rate: float, logits: float) -> float:
    """Return a rate moved on the logit scale, as by what better elicitation adds."""
    if rate <= 0 or rate >= 1:
        return min(max(rate, 0.0), 1.0)
    odds = rate / (1 - rate) * math.exp(logits)
    return odds / (1 + odds)
