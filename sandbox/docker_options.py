"""What a box of Docker is allowed: every option that the engine is given."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from typing import Any, NamedTuple

from arena.sandboxing import SandboxSpec

from .docker_engine import engine_info
from .docker_images import Found
from .docker_network import Seat

__all__ = ["AGENT", "Volume", "host_config", "not_enforced", "volumes_of"]

AGENT = 1000
HOME = "/home/agent"
SHM_MB = 16
# The engine's own has no bound on files, and empty ones take the kernel's memory.
SHM = f"size={SHM_MB}m,nr_inodes=4096,mode=1777,nosuid,nodev,noexec"
RUNNER_MB = 32
"""Memory of the box's own main process."""
ROOT_CAPABILITIES = (
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "KILL",
    "NET_BIND_SERVICE",
    "SETGID",
    "SETUID",
)
EXTRA_MB = 64
"""Of a folder that a clone has beside those of its original."""
INODES_PER_MB = 64
OPEN_FILES = 4096


class Volume(NamedTuple):
    """A folder in memory, which the engine can read while its box is paused."""

    path: str
    size_mb: int
    uid: int
    mode: str

    def mount(self, labels: dict[str, str]) -> dict[str, Any]:
        """Return it as the engine's API wants it: without a name, gone with its box."""
        # Where users of a box are others outside, the engine does not say which.
        shifted = "name=userns" in (engine_info().get("SecurityOptions") or [])
        mode = "1777" if shifted else self.mode
        options = (
            f"size={self.size_mb}m,nr_inodes={self.inodes},"
            f"uid={self.uid},gid={self.uid},mode={mode},nosuid,nodev"
        )
        local = {"type": "tmpfs", "device": "tmpfs", "o": options}
        return {
            "Type": "volume",
            "Target": self.path,
            "VolumeOptions": {
                "NoCopy": True,
                "Labels": labels,
                "DriverConfig": {"Name": "local", "Options": local},
            },
        }

    @property
    def inodes(self) -> int:
        """How many files it can hold."""
        return max(4096, self.size_mb * INODES_PER_MB)


def volumes_of(
    spec: SandboxSpec, image: Found, further: Iterable[str] = ()
) -> list[Volume]:
    """Return the folders in memory, those that hold others first.

    Where the system can be written, they are only those that the image wants as
    volumes: these would lie on the host's disk otherwise.

    Args:
        spec: Of the box; its storage is divided among them.
        image: Of the box.
        further: Folders that are in memory in any case.
    """
    user = 0 if spec.user == "root" else AGENT
    shares: dict[str, tuple[int, int, str]] = {}
    if spec.read_only:
        shares[HOME] = (4, AGENT, "0700")
        shares["/tmp"] = (2, 0, "1777")
        if spec.root:
            shares["/root"] = (1, 0, "0700")
        for path in spec.writable:
            shares.setdefault(_plain(path), (1, user, "0755"))
        workdir = _plain(spec.workdir)
        if workdir != "/" and not any(_within(workdir, path) for path in shares):
            shares[workdir] = (4, user, "0755")
    more = {path for path in map(_plain, further) if path not in shares}
    for path in map(_plain, image.volumes):
        if not any(_within(path, other) for other in (*shares, *more)):
            shares[path] = (1, user, "0755")
    whole = sum(share for share, _, _ in shares.values())
    # A clone's take nothing from the others: what they hold must fit again.
    volumes = [Volume(path, EXTRA_MB, user, "0755") for path in more]
    for path, (share, uid, mode) in shares.items():
        size = max(1, spec.storage_mb * share // whole)
        volumes.append(Volume(path, size, uid, mode))
    return sorted(volumes)


def host_config(
    spec: SandboxSpec, volumes: Iterable[Volume], seat: Seat | None = None
) -> dict[str, Any]:
    """Return the limits of a box as the engine's API wants them, but for its mounts.

    Args:
        spec: Of the box.
        volumes: Its folders in memory.
        seat: Its place on a network; without one it has none.
    """
    in_memory_mb = sum(volume.size_mb for volume in volumes)
    # A full folder in memory is no reason to end the processes.
    memory = (spec.memory_mb + in_memory_mb + SHM_MB + RUNNER_MB) << 20
    host_cpus = float(engine_info().get("NCPU") or spec.cpus)
    return {
        "AutoRemove": True,
        "NetworkMode": seat.network if seat else "none",
        # Nobody answers there, at once; the host's own servers would be told otherwise.
        "Dns": [seat.dns if seat else "127.0.0.1"],
        "DnsSearch": ["."],
        "DnsOptions": ["timeout:2", "attempts:2"] if seat else [],
        "CapDrop": ["ALL"],
        "CapAdd": list(ROOT_CAPABILITIES) if spec.root else [],
        "SecurityOpt": ["no-new-privileges"],
        "ReadonlyRootfs": spec.read_only,
        "PidsLimit": spec.pids,
        "Memory": memory,
        "MemorySwap": memory,
        "NanoCpus": int(min(spec.cpus, host_cpus) * 1e9),
        "Tmpfs": {"/dev/shm": SHM},
        "IpcMode": "private",
        "OomScoreAdj": 500,
        "LogConfig": {"Type": "none"},
        "Ulimits": [
            {"Name": "core", "Soft": 0, "Hard": 0},
            {"Name": "nofile", "Soft": OPEN_FILES, "Hard": OPEN_FILES},
            {
                "Name": "fsize",
                "Soft": spec.storage_mb << 20,
                "Hard": spec.storage_mb << 20,
            },
        ],
    }


def not_enforced(spec: SandboxSpec) -> list[str]:
    """Return the limits of a spec that this engine does not hold, a sentence each."""
    info = engine_info()
    found: list[str] = []
    if not spec.read_only:
        found.append(
            "storage_mb: the system can be written and lies on the engine's disk; only "
            f"one file by itself cannot exceed {spec.storage_mb} MB"
        )
    for flag, text in (
        ("MemoryLimit", "memory_mb: the engine cannot limit memory"),
        ("SwapLimit", "memory_mb: what is swapped out is not counted"),
        ("CpuCfsQuota", "cpus: the engine cannot limit processor time"),
        ("PidsLimit", "pids: the engine cannot limit processes"),
    ):
        if not info.get(flag, True):
            found.append(text)
    cpus = info.get("NCPU") or spec.cpus
    if spec.cpus > cpus:
        found.append(f"cpus: the engine has only {cpus}")
    return found


def _plain(path: str) -> str:
    return "/" + posixpath.normpath(path).strip("/")


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")
