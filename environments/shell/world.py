"""What is done in a box before the agent's first turn."""

from __future__ import annotations

import json
import time
from pathlib import PurePosixPath

from arena.errors import ArenaError, one_line
from arena.sandboxing import ExecResult, Sandbox
from arena.task_folder import files_below
from arena.task_toml import Healthcheck

from .asked import Asked

__all__ = ["build_world", "world_digest"]

SETUP_S = 600.0
SEED_S = 120.0
DIGEST = """\
import hashlib, os
total = hashlib.sha256()
for folder, below, names in os.walk("."):
    below.sort()
    for name in sorted(names):
        path = os.path.join(folder, name)
        total.update(os.fsencode(path) + b"\\0%o\\0" % os.lstat(path).st_mode)
        if os.path.isfile(path):
            with open(path, "rb") as file:
                total.update(hashlib.sha256(file.read()).digest())
print(total.hexdigest())
"""


class TaskFailed(ArenaError):
    """The task's own preparation failed: a fault of the task, or of its image."""


def build_world(box: Sandbox, asked: Asked, seed: int) -> None:
    """Run the task's setup, put its files there, build its world, wait for its health.

    Args:
        box: The agent's.
        asked: The task, and how it is played.
        seed: Of the world.

    Raises:
        TaskFailed: If one of them fails.
        SandboxError: If the box is lost.
    """
    task = asked.task
    user = "root" if task.spec.root else None
    for command in task.arena.setup:
        result = box.exec(command, timeout_s=SETUP_S, user=user)
        _must_succeed(result, f"setup {command!r}")
    for name, path in files_below(task.path / "environment/files"):
        place = str(PurePosixPath(task.spec.workdir, name))
        mode = path.stat().st_mode & 0o777
        box.write_file(place, path.read_bytes(), mode=mode)
    if task.seed_source is not None:
        result = box.exec(
            # Over standard input, so that it never stands on a disk in the box.
            ["python3", "-I", "-", str(seed), json.dumps(asked.settings)],
            stdin=task.seed_source.encode(),
            timeout_s=SEED_S,
        )
        _must_succeed(result, f"environment/world/seed.py {seed}")
    check = task.content.environment.healthcheck
    if check is not None:
        _wait_until_healthy(box, check)


def world_digest(box: Sandbox) -> str:
    """Return a digest of the files below the working folder, as they are now.

    Raises:
        TaskFailed: If they cannot be read.
        SandboxError: If the box is lost.
    """
    result = box.exec(["python3", "-I", "-"], stdin=DIGEST.encode())
    _must_succeed(result, "reading the world")
    return result.stdout.text.strip()


def _wait_until_healthy(box: Sandbox, check: Healthcheck) -> None:
    """Try as Docker does: failures in the start period do not count."""
    started = time.monotonic()
    failures = 0
    while True:
        result = box.exec(check.command, timeout_s=check.timeout_sec)
        if result.exit_code == 0:
            return
        starting = time.monotonic() - started < check.start_period_sec
        failures += not starting
        if failures >= check.retries:
            _must_succeed(result, f"healthcheck {check.command!r}")
        time.sleep(check.start_interval_sec if starting else check.interval_sec)


def _must_succeed(result: ExecResult, what: str) -> None:
    if result.exit_code == 0:
        return
    told = (result.stderr.text.strip() or result.stdout.text.strip()).splitlines()
    how = "timed out" if result.timed_out else f"ended with {result.exit_code}"
    last = one_line(told[-1], 200) if told else result.note
    raise TaskFailed(f"{what} {how}{': ' if last else ''}{last}")
