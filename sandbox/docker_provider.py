"""Boxes of Docker: an engine's containers, with an image of their own inside."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import threading
from typing import Any

from arena.errors import UserError
from arena.sandboxing import Image, SandboxError, SandboxSpec, Say, Thing
from arena.worlds import Complete, WorldSpec

from .docker_box import DockerBox, container_config, filter_of, start
from .docker_engine import DockerException, connect, engine_info, engine_problem, reason
from .docker_images import Found, find, ours, prepare
from .docker_leftovers import sweep
from .docker_options import not_enforced, volumes_of
from .docker_world import CANNOT, DockerWorld, options_of
from .ownership import Owner

__all__ = ["DockerProvider"]

PROTECTS = (
    "the host's files, processes, users and environment: namespaces, no capability, "
    "no new privileges, the engine's filter of system calls",
    "the network: there is none",
    "the host's memory, processors, disk and process table: control groups, a "
    "read-only system, folders in memory of a fixed size",
)
_once = threading.Lock()


class DockerProvider:
    """Containers of a Docker engine, without network or privileges."""

    cannot = (
        "The kernel is the engine's own: a hole in it is a way out. gVisor or a "
        "virtual machine is the answer to that.",
        "Where the system can be written (read_only = false) its size on disk is not "
        "bounded by storage_mb; only a single file is.",
        "Boxes with root inside have the engine's own filter of system calls, and of "
        "ours only what concerns sockets and io_uring.",
        "Kernel version, memory, processors and load of the host can be seen.",
        "Whoever may use the engine on the host may enter every box.",
    )

    def __init__(self) -> None:
        self._found: dict[str, Found] = {}

    def problem(self) -> str | None:
        """Return why it does not work here and what to do, or None; asked once."""
        return engine_problem()

    def refuses(self, spec: SandboxSpec) -> str | None:
        """Return what of a spec this kind can never give, or None."""
        if spec.user not in ("agent", "root"):
            return f"there is no user {spec.user!r}: agent or root"
        if spec.user == "root" and not spec.root:
            return "the user root needs root = true"
        for path in (spec.workdir, *spec.writable):
            if not path.startswith("/") or ".." in path.split("/"):
                return f"the folder {path!r} is not absolute"
        return None

    def prepare(self, spec: SandboxSpec, say: Say) -> None:
        """Build or pull the image that a spec asks for, if it is not there.

        Raises:
            UserError: If it cannot be had; with the last lines of a build that failed.
        """
        if trouble := self.refuses(spec) or self.problem():
            raise UserError(trouble)
        self._found[_key(spec)] = prepare(spec, say)

    def facts(self, spec: SandboxSpec) -> dict[str, Any]:
        """Return what the record says of such a box: every option, and the image.

        Raises:
            SandboxError: If its image is not there.
        """
        image = self._image(spec)
        info = engine_info()
        volumes = volumes_of(spec, image)
        config = container_config(spec, image, volumes, labels={})
        # The program is a part of Arena, whose version the header has.
        del config["Entrypoint"]
        program = filter_of(spec)
        return {
            "kind": "docker",
            "engine": info["ServerVersion"],
            "api": connect().api_version,
            "kernel": info["KernelVersion"],
            "machine": info["Architecture"],
            "cgroups": info.get("CgroupVersion", "1"),
            "runtime": info["DefaultRuntime"],
            "security": info.get("SecurityOptions") or [],
            "image": {"name": image.name, "digest": image.id, **image.about},
            "options": config,
            "seccomp": f"sha256:{hashlib.sha256(program).hexdigest()}"
            if program
            else "the engine's default",
            "ttl_s": spec.ttl_s,
            "not_enforced": not_enforced(spec),
            "protects": list(PROTECTS),
        }

    def open(self, spec: SandboxSpec, owner: str) -> DockerBox:
        """Start a box; before the first one, remove what dead owners have left.

        Args:
            spec: What it must offer.
            owner: The run and episode that it belongs to.

        Raises:
            SandboxError: If it cannot be started.
        """
        _sweep_once()
        return start(spec, self._image(spec), Owner(owner))

    def open_world(
        self, spec: WorldSpec, owner: str, complete: Complete | None = None
    ) -> DockerWorld:
        """Start a world; see `WorldProvider.open_world`.

        It goes on starting: what fails then, the first call of it raises.
        """
        _sweep_once()
        image = self._image(_BASE)
        return DockerWorld(spec, Owner(owner), image, self._image, complete)

    def world_facts(self, spec: WorldSpec) -> dict[str, Any]:
        """Return what the record says of such a world.

        Raises:
            SandboxError: If the base image is not there.
        """
        image = self._image(_BASE)
        about = {"name": image.name, "digest": image.id}
        return {**options_of(spec, image), "image": about, "cannot": list(CANNOT)}

    def images(self) -> list[Image]:
        """Return the images of ours that are there."""
        try:
            return ours()
        except (DockerException, OSError) as error:
            raise SandboxError(f"cannot list images: {reason(error)}") from error

    def prune(self, *, dry_run: bool = False) -> list[Thing]:
        """Remove what is left of owners that are dead, and of nobody else.

        Raises:
            SandboxError: If the engine does not answer.
        """
        return sweep(dry_run=dry_run)

    def _image(self, spec: SandboxSpec) -> Found:
        key = _key(spec)
        if key not in self._found:
            try:
                found = find(spec)
            except (DockerException, OSError) as error:
                raise SandboxError(f"no image: {reason(error)}") from error
            if found is None:
                what = spec.build or spec.image or "the base image"
                raise SandboxError(f"{what} is not there: arena sandbox build")
            self._found[key] = found
        return self._found[key]


def _key(spec: SandboxSpec) -> str:
    return f"{spec.build or ''}\0{spec.image or ''}"


_BASE = SandboxSpec()


def _sweep_once() -> None:
    # Where the engine fails altogether, starting a box tells it better.
    with _once, contextlib.suppress(SandboxError):
        _swept()


@functools.cache
def _swept() -> list[Thing]:
    return sweep()
