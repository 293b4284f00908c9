"""How strong the players of Hold'em are, as measured; shipped beside their losses."""

from __future__ import annotations

from typing import NamedTuple

from arena.errors import UnknownName
from arena.intervals import Estimate

from .betting import HOLDEM
from .data_files import record
from .policies import policy_names

__all__ = ["Strength", "strength"]


class Strength(NamedTuple):
    """What a player loses, in thousandths of a big blind a hand, in both seats.

    Each estimate stands on n deals, every one of them played in both seats.
    """

    cfr_wins: Estimate
    """To `cfr`. An easy opponent loses much, `cfr` to itself nothing."""
    best_response_wins: Estimate
    """To the best response over the buckets of `abstraction`, so at least this much to
    a player that knows the policy."""


def strength(name: str) -> Strength:
    """Return the strength of a player, as `training.measure` has measured it.

    Raises:
        UnknownName: If Hold'em has no such player.
        UserError: If its record is missing or damaged.
    """
    if name not in policy_names(HOLDEM.name):
        raise UnknownName("player of holdem", name, policy_names(HOLDEM.name))
    measured = record(f"losses-{name}")["wins"]
    return Strength(
        *(
            Estimate(**measured[by], n=measured["deals"], confidence=0.95, method="t")
            for by in ("cfr", "best_response")
        )
    )
