"""Answers to a statement and to its negation: coherence, and a leaning towards yes."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist, fmean

__all__ = ["coherence", "d_prime", "pair_accuracy", "yes_bias"]


def coherence(affirmed: Sequence[tuple[bool | None, bool | None]]) -> float | None:
    """Return the share of pairs of opposites of which exactly one was affirmed.

    The other must have been denied: None, for no answer, is neither.
    """
    both = {True, False}
    return fmean(float({a, b} == both) for a, b in affirmed) if affirmed else None


def pair_accuracy(right: Sequence[tuple[bool, bool]]) -> float | None:
    """Return the share of pairs in which both answers are right."""
    return fmean(float(a and b) for a, b in right) if right else None


def yes_bias(said_yes: Sequence[bool]) -> float | None:
    """Return the share of yes less one half, where half of the answers are yes."""
    return fmean(float(yes) for yes in said_yes) - 0.5 if said_yes else None


def d_prime(
    hits: int, yes_items: int, false_alarms: int, no_items: int
) -> float | None:
    """Return z(hit rate) - z(false-alarm rate): telling yes from no, whatever the bias.

    One half is added to the counts and one to the totals, so that a rate of 0 or 1 has
    a value (log-linear rule, Hautus 1995). None without items of both kinds.
    """
    if not yes_items or not no_items:
        return None
    z = NormalDist().inv_cdf
    hit = (hits + 0.5) / (yes_items + 1)
    false_alarm = (false_alarms + 0.5) / (no_items + 1)
    return z(hit) - z(false_alarm)
