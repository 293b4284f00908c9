"""Planning a run of forks: other courses of one recorded episode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .agent import AgentSpec
from .branch import Moment, moments
from .errors import UnknownName, UserError
from .plan import Forks, Plan, PlannedScenario
from .planning import check_agents
from .run_folder import RunFolder
from .specification import Edit, EpisodeSpec
from .trajectory import Trajectory

__all__ = ["Wanted", "plan_forks"]


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Attributes:
        at: After how many steps; empty for every moment at which one of the seats is
            about to act.
        agents: Who goes on; empty for the same agent again.
        seats: Where; empty for the seats of the agent under test.
        epochs: How often each.
        edit: What is other at that moment.
        anyway: Whether to go on where the state is not the recorded one.
    """

    at: Sequence[int]
    agents: Sequence[AgentSpec] = ()
    seats: Sequence[str] = ()
    epochs: int = 1
    edit: Edit | None = None
    anyway: bool = False


def plan_forks(folder: RunFolder, episode: str, wanted: Wanted) -> Plan:
    """Plan the forks of an episode.

    Args:
        folder: The parent's run.
        episode: The parent's id.
        wanted: What is asked for.

    Raises:
        UserError: If there is no such episode, seat or moment, nobody can go on from
            it, or an agent cannot play there.
    """
    record = folder.trajectory(episode)
    spec = _specification(folder, episode)
    seats = list(dict.fromkeys(wanted.seats)) or spec.tested
    for seat in seats:
        if seat not in spec.seats:
            raise UnknownName("seat", seat, spec.seats)
    at = _moments(record, wanted, seats)
    agents = list(wanted.agents) or [spec.seats[seats[0]]]
    if not wanted.agents and any(spec.seats[seat] != agents[0] for seat in seats):
        raise UserError(
            f"the agents of {', '.join(seats)} differ: name who goes on, as in "
            f"--agent {agents[0].label}, or one --seat"
        )
    scenario = _scenario(folder, spec).model_copy(
        update={
            "agents": agents,
            "epochs": len(at) * wanted.epochs,
            "seeds": [],
            "items": None,
            "rotate": False,
            "control": None,
            "open_seats": seats,
            "fixed": {s: [a] for s, a in spec.seats.items() if s not in seats},
        }
    )
    check_agents([scenario])
    forks = Forks(
        run=record.header.run,
        episode=episode,
        digest=record.digest,
        seats=seats,
        at=at,
        edit=wanted.edit,
        anyway=wanted.anyway,
        like=spec.model_copy(update={"oversight": None}),
    )
    suite = f"forks of {scenario.ref.name}"
    seed = folder.manifest.plan.seed
    return Plan(suite=suite, seed=seed, scenarios=[scenario], forks=forks)


def _specification(folder: RunFolder, episode: str) -> EpisodeSpec:
    for spec in folder.manifest.plan.episodes():
        if spec.episode == episode:
            return spec
    raise UserError(f"{folder.path}: its plan has no episode {episode!r}")


def _scenario(folder: RunFolder, spec: EpisodeSpec) -> PlannedScenario:
    planned = folder.manifest.plan.scenarios
    return next(s for s in planned if s.ref.name == spec.scenario.name)


def _moments(record: Trajectory, wanted: Wanted, seats: Sequence[str]) -> list[int]:
    """Return after how many steps is forked, each once.

    Raises:
        UserError: If nobody can go on there.
    """
    possible: dict[int, Moment] = {}
    for moment in moments(record.events):
        if moment.seat is not None:
            possible.setdefault(moment.steps, moment)
    steps = len(record.of_kind("step"))
    if not possible:
        raise UserError(f"{record.header.episode}: nobody has said anything in it")
    if not wanted.at:
        at = [n for n, moment in possible.items() if moment.seat in seats]
        if not at:
            told = f"{', '.join(seats)} says nothing in {record.header.episode}"
            raise UserError(f"--each: {told}; choose another --seat")
    else:
        at = sorted(set(wanted.at))
    for n in at:
        if n not in possible:
            raise UserError(_no_moment(record, n, steps, list(possible)))
        if wanted.edit is not None:
            why = _not_edited(record, possible[n], wanted.edit, seats)
            if why is not None:
                raise UserError(f"--at {n}: {why}")
    return at


def _not_edited(
    record: Trajectory, moment: Moment, edit: Edit, seats: Sequence[str]
) -> str | None:
    """Return why nothing can be edited at a moment, or None."""
    if moment.seat not in seats:
        return (
            f"it is the turn of {moment.seat}, and what is edited is for "
            f"{', '.join(seats)}: choose another step, or --seat {moment.seat}"
        )
    events = record.events
    if edit.args is not None:
        said = next(e.data for e in events[moment.at :] if e.kind == "message")
        if not said["tool_calls"] or said.get("invalid_tool_calls"):
            return f"{moment.seat} made no call there that could be read"
    elif moment.at > 1 and events[moment.at - 2].data.get("verb") == "reject":
        return f"{moment.seat} sees there that its call was rejected, and nothing else"
    return None


def _no_moment(record: Trajectory, n: int, steps: int, possible: Sequence[int]) -> str:
    if n >= steps:
        return (
            f"--at {n}: {record.header.episode} has {steps} steps; the last moment to "
            f"go on from is after step {max(possible)}"
        )
    near = sorted(possible, key=lambda other: abs(other - n))[:2]
    told = " or ".join(str(other) for other in sorted(near))
    return f"--at {n}: it is within a message of several calls; try --at {told}"
