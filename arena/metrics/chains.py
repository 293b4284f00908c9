"""Steps that must succeed one after another, and what they make of a score.

A threshold on the whole chain jumps where the share of it that is done grows smoothly
(Schaeffer et al., arXiv 2304.15004): such a jump says nothing of the agent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["ChainScores", "chain_scores", "product"]


class ChainScores(NamedTuple):
    """What a chain of alike steps scores on average."""

    whole: float
    """Chance that all steps are done."""
    step: float
    """Share of steps that are done, where each is tried whatever came before."""
    prefix: float
    """Share of steps before the first that fails."""


def chain_scores(chance: float, steps: int) -> ChainScores:
    """Return the scores of a chain whose steps each succeed with a chance."""
    prefix = math.fsum(chance**j for j in range(1, steps + 1)) / steps
    return ChainScores(chance**steps, chance, prefix)


def product(chances: Sequence[float]) -> tuple[float, float | None]:
    """Return Π p and log₁₀ of it, None of 0.

    As an estimate of a whole task from its milestones it is biased low (Højmark et al.,
    arXiv 2409.16125).
    """
    whole = math.prod(chances)
    return whole, math.log10(whole) if whole else None
