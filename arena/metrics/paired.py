"""Comparisons of matched items: the same world, path and answer, told differently."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..intervals import Estimate
from .resampling import RESAMPLES, bootstrap_of_worlds, interval_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "consistency",
    "difference_in_differences",
    "joint",
    "mcnemar_exact",
    "paired_gap",
]

Pairs = Mapping[str, Sequence[tuple[float, float]]]
"""By world: what was scored in the first telling, and in the second."""


def joint(groups: Iterable[Sequence[float]]) -> float | None:
    """Return the share of groups in which everything is right."""
    whole = [float(all(value == 1 for value in group)) for group in groups if group]
    return math.fsum(whole) / len(whole) if whole else None


def consistency(answers: Iterable[Collection[int]]) -> float | None:
    """Return how alike repeated answers are: the mean over items of Σ p².

    Args:
        answers: For each item, how often each option that was chosen was.
    """
    shares = [
        math.fsum((count / sum(counts)) ** 2 for count in counts)
        for counts in answers
        if sum(counts)
    ]
    return math.fsum(shares) / len(shares) if shares else None


def mcnemar_exact(only_first: int, only_second: int) -> float:
    """Return McNemar's exact two-sided p of pairs in which one of two is right.

    That is min(1, 2·Σ_{k ≤ min(b,c)} C(b+c, k) / 2^(b+c)).
    """
    n = only_first + only_second
    tail = sum(math.comb(n, k) for k in range(min(only_first, only_second) + 1))
    return min(1.0, (2 * tail) / 2**n)


def paired_gap(pairs: Pairs, confidence: float = 0.95) -> Estimate:
    """Estimate the mean of first minus second, by a bootstrap over worlds."""
    return bootstrap_of_worlds(
        {world: [a - b for a, b in both] for world, both in pairs.items()}, confidence
    )


def difference_in_differences(
    social: Pairs,
    control: Pairs,
    confidence: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Estimate the gap of social items less the gap of control items.

    Worlds are drawn again whole, with their items of both kinds. n counts the pairs.
    """
    import numpy as np

    worlds = sorted(social.keys() | control.keys())
    sums, counts = (
        np.array(
            [[_gaps(kind.get(w, ()))[i] for w in worlds] for kind in (social, control)]
        )
        for i in (0, 1)
    )
    n = int(counts.sum())
    if not counts.sum(axis=1).all() or not worlds:
        return Estimate(n, None, None, None, confidence, "cluster-bootstrap")

    def of(weights: NDArray[np.float64]) -> NDArray[Any]:
        gaps = (weights @ sums.T) / (weights @ counts.T)
        return gaps[:, 0] - gaps[:, 1]

    value = float(of(np.ones((1, len(worlds))))[0])
    if not (np.ptp(sums[0]) or np.ptp(sums[1])):
        return Estimate(n, value, None, None, confidence, "cluster-bootstrap")
    low, high = interval_of(len(worlds), of, confidence, resamples, seed)
    return Estimate(n, value, low, high, confidence, "cluster-bootstrap")


def _gaps(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return math.fsum(a - b for a, b in pairs), float(len(pairs))
