"""The weakest of several cells, without the bias of taking a plain minimum."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..intervals import wilson
from .chance import kappa
from .resampling import draws_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Weakest", "soft_minimum", "weakest"]

POWER = -4.0
FLOOR = 0.01


@dataclass(frozen=True)
class Weakest:
    """The lowest of the cells' lower bounds.

    Attributes:
        low: L = min over S cells of the lower bound of κ, each at 1 - α/S.
        soft: The soft minimum of the κ themselves.
        cell: The one whose bound is lowest: it binds.
        frequency: In how many resamples that cell had the lowest κ; ties are shared.
    """

    low: float
    soft: float
    cell: str
    frequency: float


def soft_minimum(
    values: Sequence[float], power: float = POWER, floor: float = FLOOR
) -> float:
    """Return (S⁻¹ Σ max(x, ε)^p)^(1/p): near the lowest, and moved by each."""
    mean = math.fsum(max(x, floor) ** power for x in values) / len(values)
    return mean ** (1 / power)


def weakest(
    cells: Mapping[str, tuple[Sequence[float], float]],
    confidence: float = 0.95,
    *,
    resamples: int = 1000,
    seed: int = 0,
) -> Weakest | None:
    """Find the weakest cell. None where there is none with a value.

    Args:
        cells: By name: scores from 0 to 1, and the chance of guessing right.
        confidence: That no cell is below L; the error is split over the cells.
        resamples: For the frequency.
        seed: Of the resamples.
    """
    filled = {name: cell for name, cell in cells.items() if cell[0]}
    if not filled:
        return None
    # One-sided at α/S each: the two-sided interval of twice that error.
    each = 1 - 2 * (1 - confidence) / len(filled)
    bounds = {
        name: kappa(wilson(math.fsum(scores), len(scores), each)[0], chance)
        for name, (scores, chance) in filled.items()
    }
    binding = min(bounds, key=bounds.__getitem__)
    kappas = [kappa(math.fsum(s) / len(s), chance) for s, chance in filled.values()]
    frequency = _frequency(filled, binding, resamples, seed)
    return Weakest(bounds[binding], soft_minimum(kappas), binding, frequency)


def _frequency(
    cells: Mapping[str, tuple[Sequence[float], float]],
    binding: str,
    resamples: int,
    seed: int,
) -> float:
    import numpy as np

    drawn = [
        draws_of(len(scores), _kappas(scores, chance), resamples, seed + number)
        for number, (scores, chance) in enumerate(cells.values())
    ]
    table = np.array(drawn)
    lowest = np.isclose(table, table.min(axis=0))
    share = lowest[list(cells).index(binding)] / lowest.sum(axis=0)
    return float(share.mean())


def _kappas(
    scores: Sequence[float], chance: float
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    import numpy as np

    values = np.array(scores)
    return lambda weights: ((weights @ values) / len(values) - chance) / (1 - chance)
