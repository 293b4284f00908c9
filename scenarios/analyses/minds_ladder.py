"""The ladder of Hold'em: opponents by measured strength, beside what agents got."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

from arena.analysis import Table, Value
from arena.errors import UserError
from arena.intervals import Estimate
from arena.registry import environment_class

from .. import minds_measures as measures
from ..minds_measures import Measure
from .answers import grouped
from .minds_sessions import Played, clusters_of

__all__ = ["ladder"]

LEAST = 3
"""Fewer opponents make no ladder."""
NOTE = (
    "Opponents as measured once over many deals in both seats: what they lose to the "
    "strategy `cfr`, the easiest first, and at least lose to a best response, in mbb a "
    "hand; who adapts to them can win the second. Beside it what the agent foresaw, "
    "gave away and won in this run. Where nothing was predicted an even guess counts; "
    "predictions made, of those that could be, are shown unless all were."
)


class _Strength(Protocol):
    """What an environment knows of one of its players."""

    cfr_wins: Estimate
    best_response_wins: Estimate


def ladder(played: Sequence[Played]) -> Table | None:
    """Tabulate opponents of known strength; None where they are too few.

    None, too, where nothing is known but winnings, as of tournaments.

    Args:
        played: Sessions of one environment.
    """
    of: Callable[[str], _Strength] | None
    of = getattr(
        cast(Any, environment_class(played[0].episode.environment)), "strength", None
    )
    if of is None:
        return None
    by_opponent = grouped(played, lambda p: p.opponent)
    known: dict[str, _Strength] = {}
    for name in by_opponent:
        try:
            known[name] = of(name)
        except UserError:  # no such player, or nothing measured of it
            continue
    if len(known) < LEAST:
        return None
    order = sorted(known, key=lambda name: -(known[name].cfr_wins.value or 0.0))
    made = _of(played, measures.predictions_made)
    partly = made is not None and made.value != 1
    which = {
        "prediction skill": measures.prediction_skill,
        **({"predictions made": measures.predictions_made} if partly else {}),
        "regret": measures.regret,
        "winnings": measures.winnings,
    }
    rows: list[Sequence[Value]] = [
        (
            name,
            known[name].cfr_wins,
            known[name].best_response_wins,
            agent,
            *(_of(group, measure) for measure in which.values()),
        )
        for name in order
        for agent, group in grouped(by_opponent[name], lambda p: p.agent).items()
    ]
    if not any(any(row[4:-1]) for row in rows):
        return None
    return Table(
        title="Ladder",
        columns=("opponent", "cfr wins", "best response wins", "agent", *which),
        rows=rows,
        note=NOTE,
    )


def _of(group: Sequence[Played], measure: Measure) -> Estimate | None:
    estimate = clusters_of(group, measure).estimate()
    return estimate if estimate.value is not None else None
