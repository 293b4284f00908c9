"""What an episode may use, and what it has used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "EndReason",
    "Limits",
    "Usage",
    "reached",
]

EndReason = Literal[
    "completed",  # by the environment's own rules
    "cut",  # truncated by the environment itself
    "turn_limit",
    "token_limit",
    "cost_limit",
    "time_limit",
    "tool_error_limit",
    "error",  # see the error's `where`
    "interrupted",  # by the user
]
"""Why an episode ended."""


class Limits(BaseModel):
    """Limits of one episode; reaching one ends it as truncated."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    turns: int = Field(100, ge=1)
    """Messages of any one seat."""
    tokens: int | None = Field(None, ge=1)
    """Input and output tokens of all seats, as their models report them."""
    cost_usd: float | None = Field(None, gt=0)
    """US dollars of all seats, where their agents have a price."""
    wall_s: float | None = Field(None, gt=0)
    """Seconds on the clock, waiting for models included."""
    tool_errors: int = Field(5, ge=1)
    """Bad calls of one seat in a row; a message without a call is one. Where the rules
    let a seat forfeit what is played, it does so, and the episode goes on."""


@dataclass
class Usage:
    """What one seat has used."""

    turns: int = 0
    """Messages."""
    tool_calls: int = 0
    """Calls that were played, bad ones included."""
    tool_errors: int = 0
    """Bad calls, and messages without a call."""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0
    errors_in_a_row: int = 0

    def as_dict(self) -> dict[str, int | float]:
        """Return the totals, for the record."""
        totals = asdict(self)
        del totals["errors_in_a_row"]
        return totals


def reached(limits: Limits, usage: Mapping[str, Usage], turn: str) -> EndReason | None:
    """Return the limit that forbids the seat in turn another message.

    The turns and errors are its own, tokens and cost those of all seats.
    """
    seats = usage.values()
    if usage[turn].errors_in_a_row >= limits.tool_errors:
        return "tool_error_limit"
    if usage[turn].turns >= limits.turns:
        return "turn_limit"
    tokens = sum(u.input_tokens + u.output_tokens for u in seats)
    if limits.tokens is not None and tokens >= limits.tokens:
        return "token_limit"
    if limits.cost_usd is not None and sum(u.cost_usd for u in seats) >= (
        limits.cost_usd
    ):
        return "cost_limit"
    return None
