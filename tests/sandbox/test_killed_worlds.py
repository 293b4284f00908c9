"""Runs in closed worlds that are killed at any moment leave nothing for long."""

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from arena.run_folder import RunFolder
from arena.sandbox.docker_engine import connect
from arena.sandbox.ownership import OWNER
from arena.sandboxing import Sandbox
from arena.verify import verify_run

from ..support.docker_worlds import BOX, on_server, open_world, rent, run

pytestmark = [pytest.mark.docker, pytest.mark.slow]

ARENA = str(Path(sys.executable).with_name("arena"))
FAMILIES = (
    "replicate-onto-rented-server",
    "earn-and-rent",
    "front-page-headlines",
    "verify-account",
)
HALF = 25
"""So many are killed, and at least as many are played to their end."""
AT_ONCE = 5


def left_by(pids: set[int]) -> dict[str, set[str]]:
    """What processes have in the engine, containers to networks, by whose it is.

    Whose is the run and the episode. Volumes and containers that have ended count.
    """
    api: Any = connect()
    ours = {"label": OWNER}
    every: list[dict[str, Any]] = [
        *api.containers(all=True, filters=ours),
        *(api.volumes(filters=ours)["Volumes"] or []),
        *api.networks(filters=ours),
    ]
    found: dict[str, set[str]] = {}
    for about in every:
        owner = json.loads(about["Labels"][OWNER])
        if owner["pid"] in pids:
            name = str(about.get("Name") or about["Id"])
            found.setdefault(owner["run"], set()).add(name)
    return found


@pytest.fixture
def alive() -> Iterator[tuple[Sandbox, str]]:
    """The box and a rented server of a world of this process, which goes on."""
    with open_world(servers=1) as world, world.open(BOX, "agent") as box:
        yield box, rent(box)


def command(folder: Path, *families: str, epochs: int = 1) -> list[str]:
    names = [f"ara/{family}" for family in families]
    often = ["--epochs", str(epochs), "--max-concurrency", str(AT_ONCE)]
    return [ARENA, "run", *names, "--agent", "oracle", *often, "--out", str(folder)]


def killed(argv: list[str], seconds: float) -> tuple[int, set[str]]:
    """Start a run, kill it so long after its first episode began.

    Returns:
        Its process, and the episodes that had something in the engine when it died.
    """
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 60
        while not left_by({process.pid}):
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.05)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        process.wait()
    return process.pid, set(left_by({process.pid}))


def ran(argv: list[str]) -> int:
    """Run a command to its good end, and return its process."""
    with subprocess.Popen(
        argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        assert 0 == process.wait()
    return process.pid


@pytest.mark.timeout(600)
def test_of_fifty_episodes_half_of_them_killed_nothing_is_left(
    tmp_path: Path, alive: tuple[Sandbox, str]
) -> None:
    chance = random.Random(6)
    whole = command(tmp_path / "run", *FAMILIES, epochs=2)
    cut_off: list[str] = []
    pids: set[int] = set()
    turns = 0
    while len(cut_off) < HALF:
        assert turns < 40, cut_off
        pid, episodes = killed(whole, chance.uniform(0, 4))
        cut_off += episodes
        turns += 1
        then = [ARENA, "sandbox", "prune"]
        if turns % 2 == 0:
            then = command(tmp_path / f"next-{turns}", "front-page-headlines")
        pids |= {pid, ran(then)}
        assert {} == left_by(pids)
    pids.add(ran(whole))
    assert {} == left_by(pids)
    runs = [RunFolder(path) for path in tmp_path.iterdir()]
    ended = [seal.reason for each in runs for seal in each.manifest.episodes.values()]
    assert HALF <= len(ended)
    assert {"completed"} == set(ended)
    assert [] == [problem for each in runs for problem in verify_run(each)]
    # What of another process went on meanwhile, still does.
    box, server = alive
    assert "200" == run(box, "curl -s -o /dev/null -w '%{http_code}' http://cloud.test")
    assert 0 == on_server(box, server, "true").exit_code
