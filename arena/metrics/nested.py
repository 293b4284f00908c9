"""Bootstrap of runs within tasks within families, by METR's conventions.

Families are drawn again, tasks within each drawn family and runs within each task. What
is drawn twice counts twice, and weights are not made to sum to 1 again
(eval-analysis-public, 2025). With few families the intervals are too short.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ..intervals import Estimate
from .resampling import RESAMPLES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ENOUGH_CLUSTERS", "Nested", "nested_mean", "percentiles", "task_draws"]

ENOUGH_CLUSTERS = 8
"""Of fewer families a bootstrap undercovers: say so."""

Nested = Mapping[str, Mapping[str, Sequence[float]]]
"""Scores of runs by family and task."""


def nested_mean(
    families: Nested,
    confidence: float = 0.95,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Estimate:
    """Estimate the mean over families of the mean over tasks of the mean over runs.

    There is no interval where all runs score alike, since the bootstrap would then
    claim certainty.

    Args:
        families: Scores by family and task; what is empty is left out.
        confidence: Nominal coverage.
        resamples: How often to draw.
        seed: Of the draws.
    """
    import numpy as np

    kept = [[runs for runs in f.values() if runs] for f in families.values()]
    kept = [tasks for tasks in kept if tasks]
    method = "nested-bootstrap"
    values = [run for tasks in kept for runs in tasks for run in runs]
    if not values:
        return Estimate(0, None, None, None, confidence, method)
    weights = [1 / (len(kept) * len(tasks)) for tasks in kept for _ in tasks]
    runs = [runs for tasks in kept for runs in tasks]
    means = [math.fsum(own) / len(own) for own in runs]
    value = math.fsum(w * m for w, m in zip(weights, means, strict=True))
    if min(values) == max(values):
        return Estimate(len(values), value, None, None, confidence, method)
    rng = np.random.default_rng(seed)
    drawn = task_draws([len(tasks) for tasks in kept], resamples, rng)
    totals = np.zeros(resamples)
    for times, weight, own in zip(drawn.T, weights, runs, strict=True):
        picked = rng.multinomial(times * len(own), [1 / len(own)] * len(own))
        totals += weight / len(own) * (picked @ np.array(own))
    low, high = percentiles(totals.tolist(), confidence)
    return Estimate(len(values), value, low, high, confidence, method)


def task_draws(
    sizes: Sequence[int], resamples: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Return how often each task is drawn, a row a draw, tasks family by family.

    Args:
        sizes: How many tasks each family has, each at least 1.
        resamples: Rows.
        rng: What draws.
    """
    import numpy as np

    families = rng.multinomial(len(sizes), [1 / len(sizes)] * len(sizes), resamples)
    # m copies of a family with T tasks draw m·T tasks between them.
    parts = [
        rng.multinomial(times * size, [1 / size] * size)
        for times, size in zip(families.T, sizes, strict=True)
    ]
    return np.concatenate(parts, axis=1)


def percentiles(draws: Sequence[float], confidence: float) -> tuple[float, float]:
    """Return the percentile interval of draws, of which there is at least one."""
    import numpy as np

    tail = 100 * (1 - confidence) / 2
    low, high = np.percentile(draws, [tail, 100 - tail]).tolist()
    return low, high
