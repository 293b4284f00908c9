"""Finding what was changed in a run after it was recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .chain import Problem, verify_trajectory
from .errors import UserError
from .run_folder import Manifest, RunFolder
from .trajectory import read_trajectory

__all__ = ["verify_run"]


def verify_run(folder: RunFolder) -> list[Problem]:
    """Check every episode of a run against the manifest, and the manifest itself."""
    manifest = folder.manifest
    problems = list(_manifest_problems(folder))
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
