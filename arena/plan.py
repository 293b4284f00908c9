"""What a run plays: scenarios by agents by seeds by epochs, as plain data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
    model_validator,
)

from .agent import AgentSpec, is_person
from .limits import Limits
from .oversight import Oversight
from .registry import load
from .scenario import MOST_EPOCHS, ScorerChoice
from .seating import derive_seed
from .specification import Edit, EpisodeSpec, Fork
from .trajectory import Parent, ScenarioRef

__all__ = ["Forks", "Plan", "PlannedScenario"]


class PlannedScenario(BaseModel):
    """One scenario with all that is needed to play and to score it again."""

    model_config = ConfigDict(frozen=True)

    ref: ScenarioRef
    description: str
    seats: list[str] = Field(default_factory=list[str])
    """All seats in their order."""
    open_seats: list[str]
    """Seats of the agent under test."""
    fixed: dict[str, list[AgentSpec]]
    """Of several agents, epoch e seats number e modulo their count."""
    seeds: list[int]
    items: int | None = None
    """How many items of the set that the run's seed makes."""
    rotate: bool = False
    """Whether everything is played in every rotation of the seats."""
    limits: Limits
    scorers: list[ScorerChoice]
    control: str | None
    agents: list[AgentSpec]
    epochs: int = Field(ge=1, le=MOST_EPOCHS)

    @property
    def samples(self) -> int:
        """How many worlds or items are played every epoch."""
        return self.items or max(1, len(self.seeds))

    @property
    def rotations(self) -> int:
        """How many rotations of the seats are played."""
        return len(self.seats) if self.rotate else 1

    def rotated(self, seat: str, rotation: int) -> str:
        """Return the seat that is so many places further on."""
        if not rotation:
            return seat
        return self.seats[(self.seats.index(seat) + rotation) % len(self.seats)]

    @property
    def slug(self) -> str:
        """The name with nothing in it that a file name cannot hold."""
        name = re.sub(r"[^A-Za-z0-9._-]+", ".", self.ref.name)
        if len(name) <= 100:
            return name
        return f"{name[:90]}-{derive_seed(self.ref.name):x}"


class Forks(BaseModel):
    """What a run of forks goes on from; see `arena.forking`."""

    model_config = ConfigDict(frozen=True)

    run: str
    """Id of the parent's run."""
    episode: str
    """The parent."""
    digest: str
    """Of the parent's last line."""
    seats: list[str]
    """Where the run's agents go on, in place of the parent's."""
    at: list[int] = Field(min_length=1)
    """After how many of its steps."""
    edit: Edit | None = None
    anyway: bool = False
    like: EpisodeSpec
    """The parent's own specification."""

    def episodes(self, scenario: PlannedScenario) -> Iterator[EpisodeSpec]:
        """Yield the children: of each agent, at each moment, every repeat."""
        for agent in scenario.agents:
            repeats = scenario.epochs // len(self.at)
            for epoch in range(scenario.epochs):
                step = self.at[epoch // repeats]
                parent = Parent(
                    run=self.run,
                    episode=self.episode,
                    digest=self.digest,
                    step=step,
                    seats=self.seats,
                )
                yield self.like.model_copy(
                    update={
                        "episode": f"{scenario.slug}--{agent.slug}"
                        f"--at{step:05d}e{epoch % repeats:05d}",
                        "seats": {
                            seat: agent if seat in self.seats else own
                            for seat, own in self.like.seats.items()
                        },
                        "label": agent.label,
                        "epoch": epoch,
                        "fork": Fork(parent=parent, edit=self.edit, anyway=self.anyway),
                    }
                )


class Plan(BaseModel):
    """A run before it is played; equal plans have equal fingerprints."""

    model_config = ConfigDict(frozen=True)

    suite: str
    seed: int
    scenarios: list[PlannedScenario]
    left_out: dict[str, str] = Field(default_factory=dict[str, str])
    """Optional scenarios of a suite that this machine cannot give, and why."""
    oversight: Oversight | None = None
    """Who decides on the calls of the agents under test; None for nobody."""
    forks: Forks | None = None
    """Of a run that goes on from moments of one episode; None for any other."""

    @model_validator(mode="after")
    def _every_moment_as_often(self) -> Self:
        if self.forks is not None and (
            len(self.scenarios) != 1 or self.scenarios[0].epochs % len(self.forks.at)
        ):
            raise ValueError("the forks do not fit their scenario and its epochs")
        return self

    @model_serializer(mode="wrap")
    def _without_no_forks(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # So that the fingerprints of runs from before there were forks still hold.
        told = dump(self)
        if self.forks is None:
            told.pop("forks", None)
        return told

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits of a digest of everything that is played."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:12]

    @property
    def asks_a_person(self) -> bool:
        """Whether somebody at the terminal plays or oversees."""
        if self.oversight is not None and self.oversight.person:
            return True
        seated = {
            agent.name
            for scenario in self.scenarios
            for agents in (scenario.agents, *scenario.fixed.values())
            for agent in agents
        }
        return any(is_person(load("agents", name)) for name in seated)

    def episodes(self) -> Iterator[EpisodeSpec]:
        """Yield every episode.

        The seed of an episode depends on the run's seed, the sample and the epoch, and
        not on scenario or agent, so that agents meet the same worlds and a scenario can
        be paired with its control; rotations of the seats share it too. Items of one
        set share a seed.
        """
        if self.forks is not None:
            yield from self.forks.episodes(self.scenarios[0])
            return
        for scenario in self.scenarios:
            for agent in scenario.agents:
                for sample in range(scenario.samples):
                    for epoch in range(scenario.epochs):
                        for turn in range(scenario.rotations):
                            yield self._episode(scenario, agent, sample, epoch, turn)

    def _episode(
        self,
        scenario: PlannedScenario,
        agent: AgentSpec,
        sample: int,
        epoch: int,
        rotation: int,
    ) -> EpisodeSpec:
        seats = {seat: agent for seat in scenario.open_seats}
        for seat, agents in scenario.fixed.items():
            seats[seat] = agents[epoch % len(agents)]
        moved = {seat: scenario.rotated(seat, rotation) for seat in seats}
        drawn = derive_seed(self.seed, sample, epoch)
        world = scenario.seeds[sample] if scenario.seeds else drawn
        if scenario.items:  # one set of items, of which the sample is one
            world = derive_seed(self.seed)
        return EpisodeSpec(
            episode=f"{scenario.slug}--{agent.slug}--s{sample}e{epoch:05d}"
            + (f"r{rotation}" if scenario.rotate else ""),
            scenario=scenario.ref,
            seats={moved[seat]: seated for seat, seated in seats.items()},
            tested=[moved[seat] for seat in scenario.open_seats],
            label=agent.label,
            seed=world,
            agents_seed=derive_seed(drawn, rotation) if rotation else drawn,
            sample=sample,
            epoch=epoch,
            rotation=rotation,
            limits=scenario.limits,
            oversight=self.oversight,
        )
