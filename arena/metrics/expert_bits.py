"""How much an expert helped, in bits, by choosing among samples of an agent."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["acceptable_bits", "implied_chance", "rank_bits"]


def rank_bits(choices: Sequence[int | None]) -> float:
    """Return Σ log₂(i(i + 1)) over the steps at which sample i was chosen.

    After Phuong et al., arXiv 2403.13793. It is biased: even the first sample costs a
    bit.

    Args:
        choices: By step, from 1; None for a step without an expert, which costs none.
    """
    return math.fsum(math.log2(i * (i + 1)) for i in choices if i is not None)


def acceptable_bits(acceptable: Sequence[tuple[int, int]]) -> float:
    """Return Σ -log₂(a / N); infinite where no sample of a step would have done.

    Args:
        acceptable: By step, how many of how many samples would have done.
    """
    if any(a == 0 for a, _ in acceptable):
        return math.inf
    return math.fsum(math.log2(n / a) for a, n in acceptable) + 0.0


def implied_chance(acceptable: Sequence[tuple[int, int]]) -> float:
    """Return Π a / N, the chance that the agent alone would have taken every step."""
    return math.prod(a / n for a, n in acceptable)
