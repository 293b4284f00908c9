"""What the list of runs shows of a run, from its manifest and its scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field

from ..errors import UserError, one_line
from ..results import Results, Row, results
from ..run_folder import RunFolder

__all__ = ["Group", "ScoreLine", "Summary", "is_live", "summarise"]


Group = Literal["overall", "scenarios", "differences"]
"""Of `arena.results.Results`."""


class ScoreLine(BaseModel):
    """A row of `arena.results`, with its interval beside it."""

    group: Group
    scenario: str
    agent: str
    scorer: str
    headline: bool
    better: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    method: str
    planned: int
    played: int
    errors: int
    unscored: int
    why_unscored: dict[str, int]


class Summary(BaseModel):
    """A run in short."""

    id: str = ""
    """In its manifest."""
    suite: str = ""
    seed: int = 0
    digest: str = ""
    """Of the manifest, and through it of every record."""
    started: str = ""
    """UTC time in ISO 8601."""
    planned: int = 0
    """Episodes."""
    ended: int = 0
    errors: int = 0
    """Of those that ended, how many failed for an infrastructure reason."""
    scorers: dict[str, list[str]] = Field(default_factory=dict[str, list[str]])
    """Of each scenario, its headline first."""
    agents: list[str] = Field(default_factory=list[str])
    left_out: dict[str, str] = Field(default_factory=dict[str, str])
    """Scenarios that were not played, and why."""
    scores: list[ScoreLine] = Field(default_factory=list[ScoreLine])
    problem: str | None = None
    """Why the rest could not be read, or None."""

    @property
    def headlines(self) -> list[ScoreLine]:
        """The main scores: of all scenarios together first, where they share one."""
        groups: tuple[Group, ...] = ("overall", "scenarios")
        return [
            line
            for group in groups
            for line in self.scores
            if line.headline and line.group == group
        ]


def summarise(path: Path) -> Summary:
    """Return a run in short; what is wrong with it is told and never raised."""
    try:
        folder = RunFolder(path)
        summary = _summary(folder)
        summary.scores = list(_lines(results(folder.manifest, folder.scores())))
    except UserError as error:
        return Summary(problem=str(error))
    except Exception as error:  # noqa: BLE001  (a stranger's file, anyone's scorers)
        return Summary(problem=f"{type(error).__name__}: {one_line(str(error))}")
    return summary


def _summary(folder: RunFolder) -> Summary:
    manifest, plan = folder.manifest, folder.manifest.plan
    return Summary(
        id=manifest.run,
        suite=plan.suite,
        seed=plan.seed,
        digest=manifest.digest,
        started=manifest.started,
        planned=sum(1 for _ in plan.episodes()),
        ended=len(manifest.episodes),
        errors=sum(seal.reason == "error" for seal in manifest.episodes.values()),
        left_out=plan.left_out,
        scorers={s.ref.name: [c.name for c in s.scorers] for s in plan.scenarios},
        agents=list(dict.fromkeys(a.label for s in plan.scenarios for a in s.agents)),
    )


def is_live(path: Path) -> bool:
    """Return whether a process is playing a run, as it then holds a lock on it.

    The lock is only looked at: one who took it to try would keep a player out.
    """
    try:
        inode = str((path / "episodes").stat().st_ino)
        locks = Path("/proc/locks").read_text().splitlines()
    except OSError:
        return False
    return any(
        fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == inode
        for fields in (line.replace("-> ", "").split() for line in locks)
    )


def _lines(found: Results) -> Iterator[ScoreLine]:
    groups: dict[Group, Sequence[Row]] = {
        "overall": found.overall,
        "scenarios": found.rows,
        "differences": found.differences,
    }
    for group, rows in groups.items():
        for row in rows:
            told = asdict(row)
            yield ScoreLine(group=group, **told.pop("estimate"), **told)
