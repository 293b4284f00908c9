"""How good stated chances are where the true ones are known.

Knowing the chances p with which something comes, a forecast q is judged without the
luck of what in fact came: E[Brier] = ‖q − p‖² + 1 − ‖p‖², E[−ln q] = KL(p‖q) + H(p)
(Bröcker 2009). What does not depend on q is left out here, so that 0 is the best.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

__all__ = ["LEAST_CHANCE", "divergence", "squared_distance"]

LEAST_CHANCE = 0.001
"""What a log score takes any smaller stated chance for."""


def squared_distance(stated: Mapping[str, float], true: Mapping[str, float]) -> float:
    """Return ‖q − p‖², from 0 to 2; a name that is missing has a chance of 0."""
    names = stated.keys() | true.keys()
    return math.fsum((stated.get(n, 0.0) - true.get(n, 0.0)) ** 2 for n in names)


def divergence(
    true: Mapping[str, float], stated: Mapping[str, float], outcomes: Collection[str]
) -> float:
    """Return KL(p‖q) in nats, at least 0.

    Every stated chance counts at least `LEAST_CHANCE`, and all are then divided by
    their sum, so that one certain mistake does not outweigh everything else.

    Args:
        true: p.
        stated: q.
        outcomes: All that could come.
    """
    floored = {name: max(stated.get(name, 0.0), LEAST_CHANCE) for name in outcomes}
    total = math.fsum(floored.values())
    return max(
        0.0,
        math.fsum(
            p * math.log(p * total / floored[name]) for name, p in true.items() if p
        ),
    )
