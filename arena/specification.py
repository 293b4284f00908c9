"""What an episode depends on, as plain data."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict

from .agent import AgentSpec
from .limits import Limits
from .oversight import Oversight
from .trajectory import Parent, ScenarioRef

__all__ = ["Edit", "EpisodeSpec", "Fork"]


class Edit(BaseModel):
    """What is other at the moment of a fork: what is seen, or what is done."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    observation: str | None = None
    """What the seat in turn sees, in place of what it saw."""
    args: dict[str, Any] | None = None
    """Arguments of the call that follows, in place of the recorded ones."""


class Fork(BaseModel):
    """Where an episode leaves the course of another one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parent: Parent
    edit: Edit | None = None
    anyway: bool = False
    """Whether it is played even where the state is not the recorded one."""


class EpisodeSpec(BaseModel):
    """All that an episode depends on: two plays of one specification are equal."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    episode: str
    """Id, unique in its run."""
    scenario: ScenarioRef
    seats: dict[str, AgentSpec]
    tested: list[str]
    """The seats of the agent under test."""
    label: str
    """The name of the agent under test in tables."""
    seed: int
    """Of the world."""
    agents_seed: int
    """Of the agents, other in every epoch even where the world is the same."""
    sample: int
    epoch: int
    rotation: int = 0
    """By how many seats everybody has moved up; the world is the same."""
    limits: Limits
    oversight: Oversight | None = None
    """Who decides on the calls of the agent under test."""
    fork: Fork | None = None
    """None for an episode that is played from its start."""
