"""Playing one episode onto a record of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from .agent import Agent, is_person
from .branch import Branch, Branching, StateDiffers
from .env import Env
from .errors import EpisodeError
from .overseen import Overseen, overseer_of
from .redaction import Redactor
from .registry import make_agent, make_env
from .seating import Player, tools_in_openai_form
from .specification import EpisodeSpec
from .table import Recorder, Table, off_loop
from .trajectory import Header, Seal, TrajectoryWriter
from .versions import git_commit, versions

__all__ = ["EpisodeResult", "play"]


@dataclass(frozen=True)
class EpisodeResult:
    """How an episode ended."""

    seal: Seal
    error: EpisodeError | None = None


async def play(
    spec: EpisodeSpec,
    path: Path,
    run: str,
    redactor: Redactor,
    *,
    before: str | None = None,
    branch: Branch | None = None,
) -> EpisodeResult:
    """Play one episode and record it at `path`.

    Args:
        spec: All that it depends on.
        path: Of its record; there must be none yet.
        run: The run's id.
        redactor: Of secrets.
        before: Why it is played once more, for the record.
        branch: The record whose beginning is played again first; None to begin anew.

    Failures of the agent, its model or the environment end the episode as errors on the
    record. Cancellation ends it as interrupted and passes on.

    Raises:
        UserError: If an agent or the environment cannot be made, before any record.
        StateDiffers: If the beginning of a branch did not come out as recorded; there
            is no record then.
        RecordError: If the record cannot be written.
    """
    agents = {seat: make_agent(agent) for seat, agent in spec.seats.items()}
    env = make_env(spec.scenario.environment, spec.scenario.parameters)
    facts = await off_loop(env, env.sandbox_facts)
    with TrajectoryWriter(path, redactor) as writer:
        writer.header(_header(spec, agents, run, env, facts))
        if before is not None:
            writer.note("played_again", {"because": before})
        record: Recorder = writer
        asking = Overseen(overseer_of(spec.oversight), spec.tested, writer.note)
        if branch is not None:
            record = branching = Branching(writer, redactor, branch, spec, env)
            agents, asking = branching.agents(agents), branching.overseen()
        players = {seat: Player(seat, agent) for seat, agent in agents.items()}
        if branch is not None and spec.fork is None:
            writer.note("resumed", {"steps": branch.moment.steps})
        table = Table(env, players, spec, record, f"{run}/{spec.episode}", asking)
        try:
            reason, error = await table.run()
        except StateDiffers:
            path.unlink(missing_ok=True)
            raise
        return EpisodeResult(writer.seal(reason), error)


def _header(
    spec: EpisodeSpec,
    agents: Mapping[str, Agent],
    run: str,
    env: Env,
    sandbox: dict[str, Any] | None,
) -> Header:
    return Header(
        run=run,
        episode=spec.episode,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        scenario=spec.scenario,
        seed=spec.seed,
        agents_seed=spec.agents_seed,
        sample=spec.sample,
        epoch=spec.epoch,
        rotation=spec.rotation,
        seats=spec.seats,
        tested=spec.tested,
        limits=spec.limits,
        oversight=spec.oversight,
        people=[seat for seat, agent in agents.items() if is_person(agent)],
        parent=spec.fork and spec.fork.parent,
        instructions={seat: env.instructions(seat) for seat in env.seats},
        tools={seat: tools_in_openai_form(env.tools(seat)) for seat in env.seats},
        versions=versions(),
        git_commit=git_commit(),
        sandbox=sandbox,
    )
