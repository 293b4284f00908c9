"""How far two readers who labelled the same things agree beyond chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..intervals import Estimate
from .resampling import RESAMPLES, interval_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["cohens_kappa"]


def cohens_kappa(
    pairs: Sequence[tuple[str, str]],
    confidence: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Estimate κ = (p_o − p_e) / (1 − p_e) by a bootstrap over the pairs (Cohen 1960).

    p_o is the share of pairs that are equal, and p_e what it would be by chance with
    the same shares of each label. There is no value where both used one and the same
    label throughout (p_e = 1), and no interval for fewer than five pairs nor where all
    are equal, since the bootstrap would then claim certainty.

    Args:
        pairs: What the first and the second reader said of each thing.
        confidence: Nominal coverage.
        resamples: How often to draw.
        seed: Of the draws.
    """
    import numpy as np

    n = len(pairs)
    labels = sorted({label for pair in pairs for label in pair})
    if len(labels) < 2:
        return Estimate(n, None, None, None, confidence, "bootstrap")
    equal = np.array([float(a == b) for a, b in pairs])
    first, second = (
        np.array([[float(pair[who] == label) for label in labels] for pair in pairs])
        for who in (0, 1)
    )

    def of(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        share = weights / weights.sum(axis=1, keepdims=True)
        by_chance = ((share @ first) * (share @ second)).sum(axis=1)
        # Rounding leaves a trifle of 1 − 1, by which nothing can be divided.
        room = np.where(by_chance > 1 - 1e-12, np.nan, 1 - by_chance)
        return (share @ equal - by_chance) / room

    value = float(of(np.ones((1, n)))[0])
    if equal.all():
        return Estimate(n, value, None, None, confidence, "bootstrap")
    low, high = interval_of(n, of, confidence, resamples, seed)
    return Estimate(n, value, low, high, confidence, "bootstrap")
