"""Servers that can be rented, as containers that are there from the start and idle.

Whoever rents one is root in it, and reaches it over SSH through the world's network.
Its first process asks the world what to do; nothing in it can reach an engine.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from arena.sandboxing import SandboxSpec

from .docker_box import container_config, entering, filter_for
from .docker_engine import connect
from .docker_images import Found
from .docker_leftovers import BOX
from .docker_network import Seat
from .docker_options import Volume
from .ownership import Owner

__all__ = ["server_config", "start_server"]

CAPABILITIES = (
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "KILL",
    "NET_BIND_SERVICE",
    "SETGID",
    "SETUID",
    "SYS_CHROOT",
)
"""What a server of SSH and its root need; all are in the engine's own set."""
KEPT = (
    Volume("/root", 96, 0, "0700"),
    Volume("/srv", 32, 0, "0755"),
    Volume("/tmp", 64, 0, "1777"),
)
"""Where files can be kept that count; the engine can read them while it is paused."""
PLAIN = {
    "/home": "size=16m,nr_inodes=4096,mode=755,nosuid,nodev,exec",
    "/opt": "size=32m,nr_inodes=4096,mode=755,nosuid,nodev,exec",
    "/run": "size=8m,nr_inodes=1024,mode=755,nosuid,nodev,noexec",
    "/var/log": "size=8m,nr_inodes=1024,mode=755,nosuid,nodev,noexec",
    "/var/tmp": "size=16m,nr_inodes=4096,mode=1777,nosuid,nodev,exec",
}
PLAIN_MB = 80
PIDS = 128


def server_config(
    memory_mb: int, image: Found, labels: dict[str, str], seat: Seat, place: str
) -> dict[str, Any]:
    """Return all that the engine is told of a server, but for its first process.

    Args:
        memory_mb: Of its processes.
        image: Of it.
        labels: Of it and its volumes.
        seat: Its place on the network.
        place: Its name, as `server-1`.
    """
    storage = sum(volume.size_mb for volume in KEPT)
    spec = SandboxSpec.model_validate(
        {
            "memory_mb": memory_mb + PLAIN_MB,
            "pids": PIDS,
            "storage_mb": storage,
            "root": True,
        }
    )
    config = container_config(spec, image, KEPT, labels, seat)
    limits = config["HostConfig"]
    limits |= {
        "CapAdd": list(CAPABILITIES),
        "Tmpfs": {**limits["Tmpfs"], **PLAIN},
        "OomScoreAdj": 600,
    }
    without = {"AttachStdin", "AttachStdout", "AttachStderr", "OpenStdin", "StdinOnce"}
    kept = {key: value for key, value in config.items() if key not in without}
    return {**kept, "Hostname": place}


def start_server(
    name: str,
    place: str,
    seat: Seat,
    image: Found,
    owner: Owner,
    *,
    memory_mb: int,
    host: str,
    ttl_s: float,
) -> None:
    """Start an idle server.

    Args:
        name: Of its container.
        place: Of it in the world, as `server-1`.
        seat: Its place on the network.
        image: Of it.
        owner: Whose it is.
        memory_mb: Of its processes.
        host: Of the world's metadata site.
        ttl_s: It ends itself after so long.

    Raises:
        DockerException: If the engine can't.
    """
    labels = {**owner.labels(ttl_s), BOX: name}
    config = server_config(memory_mb, image, labels, seat, place)
    config["Entrypoint"] = ["python3", "-I", "-S", "-c", _code(seat, host, ttl_s)]
    api = connect()
    api.create_container_from_config(config, name)
    api.start(name)


def _code(seat: Seat, host: str, ttl_s: float) -> str:
    """Return the program of a server's first process."""
    boot = files("arena.sandbox.world").joinpath("boot.py").read_text("utf-8")
    boot = boot.replace("from __future__ import annotations\n", "")
    # The server of SSH shuts its own half-trusted part into an empty folder.
    code = filter_for(allowed=["chroot"])
    call = f"main({seat.dns!r}, {host!r}, {ttl_s})\n"
    return f"{entering('/', 0, code)}{boot}{call}"
