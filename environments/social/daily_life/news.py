"""A matter of two states that may change, and what people believe of it.

Everything of daily life that depends on a belief stands on this: a first report, and a
change that a person learns of or does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["BELIEF", "Report", "last_learned", "now_believed"]

BELIEF = (
    "A person believes the last that this person has learned of a matter; what nobody "
    "lets a person know, that person does not know. The story tells more than each "
    "person in it knows."
)
"""The rule of belief, as every reader is told."""


class Report(NamedTuple):
    """The matter is in this state; these people learn it now."""

    state: int
    learned_by: frozenset[str]


def now_believed(reports: Sequence[Report], person: str) -> int:
    """Return the state that a person believes, by keeping it up to date."""
    believed: int | None = None
    for report in reports:
        if person in report.learned_by:
            believed = report.state
    if believed is None:
        raise ValueError(f"{person} has learned nothing")
    return believed


def last_learned(reports: Sequence[Report], person: str) -> int:
    """Return the state that a person believes, from the latest report backwards."""
    return next(r.state for r in reversed(reports) if person in r.learned_by)
