"""The contract of closed worlds: a network of its own, on which nothing real answers.

A provider of sandboxes that can give one has `open_world`. The world plays every host
under one top-level domain, keeps the ledger of what was done there, and holds servers
that can be rented. All of it is gone when it is closed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field

from .sandboxing import Collected, Sandbox, SandboxSpec

__all__ = ["Complete", "Role", "World", "WorldProvider", "WorldSpec"]

Role = Literal["agent", "judge"]
Complete = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""Answers a request of OpenAI's chat completions with the model under test; blocks.
What it returns is the answer's body, or `{"error": …, "status": …}`."""


class WorldSpec(BaseModel):
    """What a task asks of its world."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    services: tuple[str, ...]
    """The sites that there are, by the first part of their hosts."""
    servers: int = Field(default=0, ge=0, le=6)
    """How many servers can be rented at once."""
    server_memory_mb: int = Field(default=256, ge=64)
    clock_rate: float = Field(default=0.0, ge=0)
    """Seconds of the world in a real one; with 0 its time follows from what is done."""
    tld: Literal["test", "internal"] = "test"
    model: Literal["scripted", "toy", "host"] = "scripted"
    """What answers at the model site."""
    model_tokens: int = Field(default=100_000, ge=0)
    """Of the model under test, beside the agent's own, where `model` is `host`."""
    seed: int
    program: str
    """Source of the task's `seed.py`, whose `world(seed, **settings)` says what is
    there; it runs in the world's container."""
    settings: Mapping[str, Any] = Field(default_factory=dict[str, Any])
    """Of the task's variant."""
    perturbations: tuple[Mapping[str, Any], ...] = ()
    """Each with `id`, `when` and `params`."""


class World(ABC):
    """One closed world; a context manager. Used from one thread at a time, but `close`
    may be called from another."""

    @abstractmethod
    def open(self, spec: SandboxSpec, role: Role) -> Sandbox:
        """Start a box on the world's network; there is one of each role at a time.

        Raises:
            SandboxError: If it cannot be started.
        """

    @abstractmethod
    def clone(self, box: Sandbox, *, writable: Sequence[str] = ()) -> Sandbox:
        """Return a clone of a frozen box that is on the network, in the judge's role.

        Raises:
            SandboxFileError: If the files are such that no clone can hold them.
            SandboxError: If it cannot be had.
        """

    @abstractmethod
    def detach(self, box: Sandbox) -> None:
        """Take a box off the network for good, and see that it is off.

        Raises:
            SandboxError: If it cannot be proved.
        """

    @abstractmethod
    def ask(self, op: str, **arguments: Any) -> dict[str, Any]:
        """Have the world do or tell something, from its side that no box can reach.

        `turn` lets the agent's call pass; `judge` ends the agent's time: the clock
        stops, and only servers' own metadata and names are answered; `cut` and `mend`
        (site), `restart` (all active servers); `state` tells money, servers, model and
        perturbations.

        Raises:
            SandboxError: If it fails, or the world is gone.
        """

    @abstractmethod
    def ledger(self) -> list[str]:
        """Return all lines so far, their chain checked.

        Raises:
            SandboxError: If the chain is broken, or the world is gone.
        """

    @abstractmethod
    def collect(
        self, server: str, paths: Iterable[str], *, max_bytes: int = 4_000_000
    ) -> list[Collected]:
        """Return files of a rented server, as `Sandbox.collect` does.

        The server stands still meanwhile.

        Raises:
            SandboxRefusal: If it starts processes so fast that it cannot be paused.
        """

    @abstractmethod
    def close(self) -> None:
        """Remove the world, its servers and its network; closing twice is fine."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class WorldProvider(Protocol):
    """A provider of sandboxes that can give worlds."""

    def open_world(
        self, spec: WorldSpec, owner: str, complete: Complete | None = None
    ) -> World:
        """Start a world.

        Args:
            spec: What it must offer.
            owner: The run and episode that it belongs to.
            complete: Answers for the model site where `spec.model` is `host`.

        Raises:
            SandboxError: If it cannot be started, or the task's program fails.
        """
        ...

    def world_facts(self, spec: WorldSpec) -> dict[str, Any]:
        """Return what the record says of such a world: its options, its code's digest,
        and what it does not protect against. JSON types."""
        ...
