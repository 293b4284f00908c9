"""What a report says of each episode beside its scores, read once for all sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..analysis import run_names
from ..errors import UserError
from ..limits import EndReason
from ..run_folder import RunFolder
from ..scoring import Score
from ..specification import EpisodeSpec
from ..trajectory import CorruptTrajectory, Parent, Trajectory, read_trajectory

__all__ = ["Record", "Run", "read_runs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One planned episode, in short."""

    spec: EpisodeSpec
    reason: EndReason | None = None
    """Why it ended; None for one that was not played to an end."""
    started: str | None = None
    wall_s: float | None = None
    """Seconds from the start to the last line."""
    usage: Mapping[str, float] = field(default_factory=dict[str, float])
    """The totals of `arena.limits.Usage`, of the seats under test together."""
    assisted: tuple[str, ...] = ()
    not_enforced: tuple[str, ...] = ()
    """What its sandbox could not hold it to."""
    people: tuple[str, ...] = ()
    """The seats in which a person played."""
    parent: Parent | None = None
    made_by: Mapping[str, str] = field(default_factory=dict[str, str])
    """Versions by package, `git commit` and `sandbox`."""
    error: str | None = None
    """What made it fail."""
    problem: str | None = None
    """Why its record cannot be read, or not to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run as a report reads it."""

    folder: RunFolder
    name: str
    """What tells it from the others of the report."""
    where: str
    """Behind a title: its name where there are several runs, else nothing."""
    scores: Mapping[str, Sequence[Score]]
    """By episode."""
    records: Sequence[Record]
    """Of all that was planned, in its order."""


def read_runs(folders: Sequence[RunFolder]) -> list[Run]:
    """Read runs for a report; a record that cannot be read says so."""
    return [
        Run(
            folder=folder,
            name=name,
            where=f", {name}" if len(folders) > 1 else "",
            scores=folder.scores(),
            records=list(_records(folder)),
        )
        for folder, name in zip(folders, run_names(folders), strict=True)
    ]


def _records(folder: RunFolder) -> Iterator[Record]:
    for spec in folder.manifest.plan.episodes():
        seal = folder.manifest.episodes.get(spec.episode)
        if seal is None:
            yield Record(spec=spec)
            continue
        path = folder.episode_path(spec.episode)
        try:
            found = read_trajectory(path, as_far_as_it_goes=True)
        except UserError as error:
            yield Record(spec=spec, reason=seal.reason, problem=_told(error))
        else:
            yield _record(spec, seal.reason, found)


def _record(spec: EpisodeSpec, reason: EndReason, found: Trajectory) -> Record:
    header, end = found.header, found.end or {}
    usage: Counter[str] = Counter()
    for seat in header.tested:
        usage.update(end.get("usage", {}).get(seat, {}))
    problem = _told(found.damage) if found.damage is not None else None
    if problem is None and not end:
        problem = "its record has no end"
    return Record(
        spec=spec,
        reason=reason,
        started=header.started,
        wall_s=found.events[-1].t if found.events else None,
        usage=usage,
        assisted=found.assisted,
        not_enforced=tuple((header.sandbox or {}).get("not_enforced", ())),
        people=tuple(header.people),
        parent=header.parent,
        made_by={
            **header.versions,
            "git commit": header.git_commit or "none",
            "sandbox": _sandbox(header.sandbox),
        },
        error=end.get("error", {}).get("message"),
        problem=problem,
    )


def _told(error: UserError) -> str:
    """Return what is wrong with a record, without where it lies on this machine."""
    if isinstance(error, CorruptTrajectory):
        return f"its record, line {error.line}: {error.problem}"
    return "its record cannot be read"


def _sandbox(facts: Mapping[str, Any] | None) -> str:
    """Name a sandbox by its kind and, where it has one, its image."""
    if facts is None:
        return "none"
    image: Mapping[str, Any] = facts.get("image") or {}
    told = [facts.get("kind"), image.get("name"), image.get("digest")]
    return " ".join(str(part) for part in told if part is not None)
