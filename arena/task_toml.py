"""The fields of a `task.toml`: Harbor's, schema 1.4, and ours in `[metadata.arena]`.

Harbor: https://github.com/harbor-framework/harbor. Its older names are accepted and
mean the same: `version`, `allow_internet`, `memory`, `storage`.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

__all__ = [
    "AgentFields",
    "ArenaFields",
    "Artifact",
    "CollectHook",
    "EnvironmentFields",
    "Healthcheck",
    "HumanMinutes",
    "Metadata",
    "Milestone",
    "Perturbation",
    "PerturbationId",
    "Probe",
    "Safety",
    "SandboxKind",
    "Seeds",
    "SolutionFields",
    "TaskFields",
    "TaskFile",
    "TaskLimits",
    "Variant",
    "VerifierFields",
    "WorldFields",
]

SandboxKind = Literal["docker", "bubblewrap"]
Network = Literal["no-network", "public", "allowlist"]
User = str | int | None
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(gt=0)]
Identifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Artifact(_File):
    """A file or folder that is kept for judging."""

    source: str
    destination: str | None = None
    exclude: list[str] = Field(default_factory=list[str])
    service: str | None = None


class TaskFields(_File):
    """`[task]`: what the task is called."""

    name: str
    version: str | None = None
    description: str = ""
    authors: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    keywords: list[str] = Field(default_factory=list[str])


class AgentFields(_File):
    """`[agent]`: who works on it, and for how long."""

    timeout_sec: Seconds | None = None
    user: User = None
    network_mode: Network | None = None
    allowed_hosts: list[str] | None = None


class Healthcheck(_File):
    """`[environment.healthcheck]`: a command that must succeed before the start."""

    command: str
    interval_sec: float = Field(5.0, ge=0)
    timeout_sec: Seconds = 30.0
    start_period_sec: float = Field(0.0, ge=0)
    start_interval_sec: float = Field(5.0, ge=0)
    retries: int = Field(3, ge=1)


def _megabytes(value: object) -> object:
    """Read a size as in `512M`, in Harbor's older form."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMG])\s*", str(value).upper())
    if not match:
        raise ValueError("should be a size such as '512M' or '2G'")
    return int(float(match[1]) * {"K": 1 / 1024, "M": 1, "G": 1024}[match[2]])


class EnvironmentFields(_File):
    """`[environment]`, and `[verifier.environment]`: a box and what it may use."""

    docker_image: str | None = None
    build_timeout_sec: Seconds = 600.0
    os: Annotated[
        Literal["linux", "windows"], BeforeValidator(lambda v: str(v).lower())
    ] = "linux"
    cpus: float | None = Field(None, gt=0)
    memory_mb: int | None = Field(None, ge=64)
    storage_mb: int | None = Field(None, ge=16)
    memory: Annotated[int | None, BeforeValidator(_megabytes)] = None
    storage: Annotated[int | None, BeforeValidator(_megabytes)] = None
    gpus: int | None = None
    gpu_types: list[str] | None = None
    tpu: dict[str, Any] | None = None
    mcp_servers: list[dict[str, Any]] = Field(default_factory=list[dict[str, Any]])
    env: dict[str, str] = Field(default_factory=dict[str, str])
    skills_dir: str | None = None
    healthcheck: Healthcheck | None = None
    workdir: str | None = None
    network_mode: Network | None = None
    allowed_hosts: list[str] | None = None
    allow_internet: bool | None = None


class CollectHook(_File):
    """One `[[verifier.collect]]`."""

    command: str
    service: str = "main"
    timeout_sec: Seconds = 60.0
    user: User = None


class VerifierFields(_File):
    """`[verifier]`: where and for how long it is judged."""

    timeout_sec: Seconds = 600.0
    env: dict[str, str] = Field(default_factory=dict[str, str])
    user: User = None
    environment_mode: Literal["separate", "shared"] | None = None
    environment: EnvironmentFields | None = None
    collect: list[CollectHook] = Field(default_factory=list[CollectHook])
    network_mode: Network | None = None
    allowed_hosts: list[str] | None = None


class SolutionFields(_File):
    """`[solution]`."""

    env: dict[str, str] = Field(default_factory=dict[str, str])


class HumanMinutes(_File):
    """How long a person takes, and how that is known."""

    value: float = Field(gt=0)
    source: Literal["baseline", "estimate", "qa"]
    n_baselines: int = Field(0, ge=0)
    seconds_list: list[float] = Field(default_factory=list[float])


def _distinct(seeds: list[int]) -> list[int]:
    if len(set(seeds)) < len(seeds):
        raise ValueError("should hold every seed once")
    return seeds


class Seeds(_File):
    """Fixed worlds, and what differs between them."""

    default: Annotated[list[Annotated[int, Field(ge=0)]], AfterValidator(_distinct)] = (
        Field(default_factory=list[int])
    )
    params: list[str] = Field(default_factory=list[str])
    heldout_salt: str | None = None


class TaskLimits(_File):
    """Limits of one episode."""

    steps: int | None = Field(None, ge=1)
    """Messages of the agent."""
    wall_seconds: Seconds | None = None
    tokens: int | None = Field(None, ge=1)
    usd: float | None = Field(None, gt=0)
    output_bytes: int = Field(16384, ge=512)
    """Of one result that the agent sees."""


class Milestone(_File):
    """One `[[metadata.arena.milestones]]`."""

    id: Identifier
    weight: Share
    check: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
    """A function of `tests/checks.py`."""
    kind: Literal["ledger", "artifact", "probe", "submission"]
    core: bool = False
    """Whether without it nothing of worth was done."""
    requires: list[str] = Field(default_factory=list[str])
    """Milestones without which this one counts nothing."""
    hint: str = ""


WorldOp = Annotated[str, Field(pattern=r"^((cut|mend) [a-z]+|restart)$")]


class Probe(_File):
    """One `[[metadata.arena.probes]]`: a command, once the agent's box is frozen."""

    id: Identifier
    command: str
    """Run beside what lies in `tests/probe`."""
    timeout_sec: Seconds = 60.0
    run_in: Literal["clone", "judge"] = "clone"
    """In a clone of the agent's box, or in a box with nothing of the agent's in it,
    on the world's network."""
    network: bool = False
    """Whether the clone is on the world's network."""
    world: list[WorldOp] = Field(default_factory=list[str])
    """What the world does before: `cut SITE`, `mend SITE`, `restart` of servers."""


class WorldServers(_File):
    """`[metadata.arena.world] servers`: what can be rented."""

    max: int = Field(ge=0, le=6)
    memory_mb: int = Field(256, ge=64)


class WorldFields(_File):
    """`[metadata.arena.world]`: the closed world around the box."""

    services: list[Identifier]
    """Its sites, by the first part of their hosts."""
    servers: WorldServers | None = None
    clock_rate: float = Field(0.0, ge=0)
    """Its seconds in a real one; with 0 its time follows from what is done."""
    tld: Literal["test", "internal"] = "test"
    model: Literal["scripted", "toy", "host"] = "scripted"
    model_tokens: int = Field(100_000, ge=0)


class Variant(_File):
    """One `[[metadata.arena.variants]]`: the same task, easier or harder."""

    id: Identifier
    set: dict[str, Any]
    """Keyword arguments of the functions of `seed.py`."""
    human_minutes: HumanMinutes | None = None
    model: Literal["scripted", "toy", "host"] | None = None
    """What answers at the world's model site, where that differs."""


PerturbationId = Literal["X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "X9"]


class Perturbation(_File):
    """One `[[metadata.arena.perturbations]]`: what changes, if an episode asks."""

    id: PerturbationId
    when: Annotated[
        str,
        Field(pattern=r"^(start|calls:\d+|t:\d+|event:[a-z]+\.[a-z_]+)$"),
    ] = "start"
    params: dict[str, Any] = Field(default_factory=dict[str, Any])
    oracle_min: Share = 1.0
    """What the solution scores at least under it."""


class Safety(_File):
    """What a reviewer should know."""

    real_world_refs: bool = False
    personas: Literal["none", "scripted"] = "none"
    harmful_detail: bool = False
    reviewed_by: str = ""


class ArenaFields(_File):
    """`[metadata.arena]`: what is ours."""

    schema_: Literal[1] = Field(1, alias="schema")
    family: str | None = None
    ara_category: Literal["basic", "resource", "replication", "adaptation"] | None = (
        None
    )
    human_minutes: HumanMinutes | None = None
    seeds: Seeds = Seeds.model_validate({})
    success_threshold: Share = 1.0
    null_solution_max: Share = 0.0
    oracle_min: Share = 1.0
    scorer: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+\.py$")] = "checks.py"
    cheats: dict[str, Share] = Field(default_factory=dict[str, float])
    """The most that each file of `solution/cheats` may score."""
    limits: TaskLimits = TaskLimits.model_validate({})
    milestones: list[Milestone] = Field(default_factory=list[Milestone])
    probes: list[Probe] = Field(default_factory=list[Probe])
    world: WorldFields | None = None
    variants: list[Variant] = Field(default_factory=list[Variant])
    perturbations: list[Perturbation] = Field(default_factory=list[Perturbation])
    safety: Safety = Safety.model_validate({})
    setup: list[str] = Field(default_factory=list[str])
    """Commands before the agent's start, as root where the box has root."""
    sandboxes: list[SandboxKind] | None = Field(None, min_length=1)
    """The kinds that will do; by default all that can give what the task needs."""
    canary: str | None = None
    licence: str | None = None
    data_sources: str | None = None

    def model_in(self, variant: str | None) -> str | None:
        """Return what answers at the world's model site, in a variant of the task.

        Args:
            variant: Its id; None for the task as it is.

        Returns:
            `scripted`, `toy` or `host`; None where there is no world.
        """
        if self.world is None:
            return None
        own = next((v.model for v in self.variants if v.id == variant), None)
        return own or self.world.model


class Metadata(BaseModel):
    """`[metadata]`: anything, and ours in `arena`."""

    model_config = ConfigDict(frozen=True, extra="allow", strict=True)

    arena: ArenaFields = ArenaFields.model_validate({})


class TaskFile(_File):
    """The content of a `task.toml`."""

    schema_version: str = "1.4"
    version: str | None = None
    task: TaskFields | None = None
    metadata: Metadata = Metadata.model_validate({})
    agent: AgentFields = AgentFields.model_validate({})
    verifier: VerifierFields = VerifierFields.model_validate({})
    environment: EnvironmentFields = EnvironmentFields.model_validate({})
    solution: SolutionFields = SolutionFields.model_validate({})
    artifacts: list[
        Annotated[
            Artifact,
            BeforeValidator(lambda v: {"source": v} if isinstance(v, str) else v),
        ]
    ] = Field(default_factory=list[Artifact])
    source: str | None = None
    steps: list[dict[str, Any]] | None = None
    multi_step_reward_strategy: str | None = None
