"""What the list of runs shows of a run, from its manifest and its scores."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, Field

from ..errors import UserError, one_line
from ..results import Results, Row, results
from ..run_folder import RunFolder

__all__ = ["Headline", "Summary", "is_live", "summarise"]


class Headline(BaseModel):
    """The main score of one agent in one scenario, or in all of a run together."""

    scenario: str
    agent: str
    scorer: str
    better: str
    value: float | None
    low: float | None
    high: float | None
    n: int


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
    headlines: list[Headline] = Field(default_factory=list[Headline])
    """Of all scenarios together first, where several share a scorer."""
    problem: str | None = None
    """Why the rest could not be read, or None."""


def summarise(path: Path) -> Summary:
    """Return a run in short; what is wrong with it is told and never raised."""
    try:
        folder = RunFolder(path)
        summary = _summary(folder)
        summary.headlines = _headlines(results(folder.manifest, folder.scores()))
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
        planned=sum(
            s.samples * s.epochs * s.rotations * len(s.agents) for s in plan.scenarios
        ),
        ended=len(manifest.episodes),
        errors=sum(seal.reason == "error" for seal in manifest.episodes.values()),
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


def _headlines(found: Results) -> list[Headline]:
    rows = [row for row in (*found.overall, *found.rows) if row.headline]
    return [_headline(row) for row in rows]


def _headline(row: Row) -> Headline:
    estimate = row.estimate
    return Headline(
        **{key: getattr(row, key) for key in ("scenario", "agent", "scorer", "better")},
        **{key: getattr(estimate, key) for key in ("value", "low", "high", "n")},
    )
