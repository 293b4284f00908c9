"""Where intervals are drawn beside their numbers, on an axis that a scorer shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from .summaries import ScoreLine

__all__ = ["Whisker", "whiskers"]


class Whisker(NamedTuple):
    """Places on an axis from 0 to 100."""

    low: float
    value: float
    high: float


def whiskers(rows: Sequence[ScoreLine]) -> list[Whisker | None]:
    """Return where each row's interval is drawn; None for one without an interval.

    The axis of rates is from 0 to 1, that of others spans all intervals of the scorer,
    and is not drawn for one alone.
    """
    several = Counter(row.scorer for row in rows)
    ends: dict[str, tuple[float, float]] = {}
    for row in rows:
        if row.method == "wilson":
            ends[row.scorer] = (0.0, 1.0)
        elif row.low is not None and row.high is not None and several[row.scorer] > 1:
            least, most = ends.get(row.scorer, (row.low, row.high))
            ends[row.scorer] = (min(least, row.low), max(most, row.high))
    return [_whisker(row, *ends.get(row.scorer, (0.0, 0.0))) for row in rows]


def _whisker(row: ScoreLine, least: float, most: float) -> Whisker | None:
    numbers = (row.low, row.value, row.high)
    places = [
        3 + 94 * (number - least) / (most - least)
        for number in numbers
        if number is not None and most > least
    ]
    return Whisker(*places) if len(places) == 3 else None
