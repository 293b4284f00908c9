"""Closed worlds in Docker, for tests: a small one, and how a server is had in it."""

import json
import os
import time
from typing import Any

from arena.sandbox.docker_engine import connect
from arena.sandbox.docker_provider import DockerProvider
from arena.sandbox.docker_world import DockerWorld
from arena.sandbox.ownership import OWNER
from arena.sandboxing import ExecResult, Sandbox, SandboxSpec
from arena.worlds import Complete, WorldSpec

BOX = SandboxSpec.model_validate(
    {"memory_mb": 256, "storage_mb": 128, "pids": 64, "ttl_s": 600}
)
NOTHING: dict[str, list[str]] = {"container": [], "volume": [], "network": []}
"""What `owned` says where nothing is left."""
PROGRAM = """
def world(seed, **settings):
    prices = {"east-1": {"small": 900}}
    return {
        "sites": {"cloud": {"prices": prices}},
        "keys": [["token-1", "cloud", "cloud-1"]],
        "books": {"cloud/cloud-1": 100_000},
    }
"""
SSH = "ssh -i ~/.ssh/id -o StrictHostKeyChecking=no -o ConnectTimeout=2"
KEY = "[ -f ~/.ssh/id ] || ssh-keygen -q -t ed25519 -N '' -f ~/.ssh/id"
RENT = """
import json, pathlib, urllib.request
body = {"size": "small", "region": "east-1"}
body["ssh_key"] = pathlib.Path("~/.ssh/id.pub").expanduser().read_text().strip()
head = {"Authorization": "Bearer token-1", "Content-Type": "application/json"}
url = "http://api.cloud.test/v1/servers"
asked = urllib.request.Request(url, json.dumps(body).encode(), head)
print(urllib.request.urlopen(asked).read().decode())
"""


def open_world(
    servers: int = 0, complete: Complete | None = None, **fields: Any
) -> DockerWorld:
    """Start a world."""
    provider = DockerProvider()
    provider.prepare(BOX, print)
    asked = {"services": ("cloud", "model", "news", "status"), "seed": 1} | fields
    spec = WorldSpec.model_validate({"program": PROGRAM, "servers": servers, **asked})
    return provider.open_world(spec, "tests", complete)


def run(box: Sandbox, command: str, timeout_s: float = 30.0) -> str:
    """Run a command that must succeed; return its output."""
    result = box.exec(command, timeout_s=timeout_s)
    assert result.exit_code == 0, result
    return result.stdout.text.strip()


def python(box: Sandbox, source: str, timeout_s: float = 30.0) -> Any:
    """Run a program in a box; return the JSON that it prints."""
    done = box.exec(["python3", "-"], stdin=source.encode(), timeout_s=timeout_s)
    assert done.exit_code == 0, done
    return json.loads(done.stdout.text)


def rent(box: Sandbox) -> str:
    """Rent a server and wait until it answers SSH; return its name."""
    run(box, KEY)
    done = box.exec(["python3", "-"], stdin=RENT.encode())
    assert done.exit_code == 0, done
    name = json.loads(done.stdout.text)["server"]
    wait_for_ssh(box, name)
    return name


def wait_for_ssh(box: Sandbox, name: str, seconds: float = 15.0) -> None:
    """Wait until a server can be logged in to."""
    until = time.monotonic() + seconds
    while (done := on_server(box, name, "true")).exit_code != 0:
        assert time.monotonic() < until, done
        time.sleep(0.05)


def on_server(
    box: Sandbox, name: str, command: str, *, stdin: bytes = b"", timeout_s: float = 30
) -> ExecResult:
    """Run a command on a server as root."""
    host = f"root@{name}.servers.cloud.test"
    argv = ["bash", "-c", f'{SSH} {host} "$0"', command]
    return box.exec(argv, stdin=stdin, timeout_s=timeout_s)


def python_on_server(
    box: Sandbox, name: str, source: str, timeout_s: float = 30.0
) -> Any:
    """Run a program on a server as root; return the JSON that it prints."""
    done = on_server(box, name, "python3 -", stdin=source.encode(), timeout_s=timeout_s)
    assert done.exit_code == 0, done
    return json.loads(done.stdout.text)


def state_of(world: DockerWorld, name: str) -> str:
    """Return a rented server's state as the world has it."""
    return world.ask("state")["servers"][name]["state"]


def owned(pid: int | None = None) -> dict[str, list[str]]:
    """What a process has in the engine by kind; of this process by default."""
    api: Any = connect()
    ours = {"label": OWNER}
    found: dict[str, list[dict[str, Any]]] = {
        "container": api.containers(all=True, filters=ours),
        "volume": api.volumes(filters=ours)["Volumes"] or [],
        "network": api.networks(filters=ours),
    }
    wanted = pid or os.getpid()
    return {
        kind: [
            str(about.get("Name") or about["Id"])
            for about in every
            if json.loads(about["Labels"][OWNER])["pid"] == wanted
        ]
        for kind, every in found.items()
    }
