"""Finding what was changed in a run after it was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .chain import Problem, verify_trajectory
from .errors import UserError
from .run_folder import Manifest, RunFolder
from .trajectory import CorruptTrajectory, read_trajectory

__all__ = ["parent_problem", "verify_run"]


def parent_problem(folder: RunFolder) -> Problem | None:
    """Return what is wrong with the parent that a run of forks keeps, if anything."""
    forks, path = folder.manifest.plan.forks, folder.parent_path
    if forks is None:
        return None
    if not path.exists():
        return Problem(path, 0, "missing, though these are forks of it")
    problems = verify_trajectory(path, forks.episode, run=forks.run)
    try:
        record = read_trajectory(path)
    except CorruptTrajectory as error:
        return Problem(path, error.line, error.problem)
    behind = len(record.events) + 2  # one that had not ended can have forks too
    if problems and (record.end is not None or problems[0].line != behind):
        return problems[0]
    if record.digest != forks.digest:
        return Problem(path, 0, "this is not the parent of these forks")
    return None


def verify_run(folder: RunFolder) -> list[Problem]:
    """Check every episode of a run against the manifest, and the manifest itself."""
    manifest = folder.manifest
    problems = list(_manifest_problems(folder))
    if (parent := parent_problem(folder)) is not None:
        problems.append(parent)
    for episode, seal in manifest.episodes.items():
        path = folder.episode_path(episode)
        if not path.exists():
            problems.append(Problem(path, 0, "missing, though the manifest lists it"))
        else:
            problems += verify_trajectory(path, episode, seal, manifest.run)
    return problems


def _manifest_problems(folder: RunFolder) -> Iterator[Problem]:
    manifest, file = folder.manifest, folder.path / "run.json"
    if manifest.plan.fingerprint != manifest.fingerprint:
        yield Problem(file, 0, "the plan was changed: it has another fingerprint")
    planned = {spec.episode for spec in manifest.plan.episodes()}
    for episode in manifest.episodes:
        if episode not in planned:
            yield Problem(file, 0, f"episode {episode!r} is not in the plan")
    for path in sorted(folder.path.glob("episodes/*")):
        if path.stem not in manifest.episodes or path.suffix != ".jsonl":
            yield Problem(path, 0, _stranger(path, planned, manifest))


def _stranger(path: Path, planned: set[str], manifest: Manifest) -> str:
    if path.stem not in planned:
        return "not an episode of this run"
    try:
        ended = read_trajectory(path).end is not None
    except UserError:
        ended = False
    state = "ended" if ended else "broken off"
    return f"{state}, but not entered into the manifest: resume run {manifest.run}"
