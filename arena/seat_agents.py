"""Who is named for a seat in a scenario or a suite, with options or without."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from .agent import AgentSpec
from .arguments import Arguments, BadArguments
from .errors import UnknownName, UserError
from .registry import load, names
from .toml_files import TomlError, line_of

__all__ = ["SeatAgent", "Seats", "agent_of", "check_agent", "check_seats"]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | dict) else value


class SeatAgent(BaseModel):
    """An agent with options, for a fixed seat."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    options: dict[str, Any] = Field(default_factory=dict[str, Any])
    """Keyword arguments of the agent."""


def agent_of(given: str | SeatAgent) -> AgentSpec:
    """Return the agent that a file names, with or without options."""
    if isinstance(given, str):
        return AgentSpec.parse(given)
    return AgentSpec.parse(given.name).model_copy(update={"options": given.options})


Seats = dict[str, Annotated[list[str | SeatAgent], BeforeValidator(_as_list)]]


def check_seats(
    path: Path, text: str, place: list[str | int], given: Seats, seats: Sequence[str]
) -> None:
    """Refuse a seat or an agent that there is not, by the line of its table."""
    for seat, agents in given.items():
        try:
            if seat not in seats:
                raise UnknownName("seat", seat, seats)
            for agent in agents:
                check_agent(agent_of(agent))
        except UserError as error:
            raise TomlError(path, line_of(text, [*place, seat]), str(error)) from None


def check_agent(spec: AgentSpec) -> None:
    """Check that there is such an agent, and that it takes the options.

    Raises:
        UserError: If not; what is missing is found when the agent is made.
    """
    if spec.name not in names("agents"):
        raise UnknownName("agent", spec.name, names("agents"))
    if not spec.options:
        return
    known = Arguments.of_class(load("agents", spec.name))
    given = {**spec.options, **({"model": spec.model} if spec.model else {})}
    try:
        known.check(given)
    except BadArguments as error:
        raise UserError(f"agent {spec.name!r}: {error}") from None
