"""A box in Docker: one hardened container, driven over its main process."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from arena.sandboxing import Collected, SandboxError, SandboxSpec

from . import seccomp
from .box import Box, hello_of
from .channel import LOADER, Channel
from .docker_engine import (
    AttachStream,
    DockerException,
    ImageNotFound,
    NotFound,
    connect,
    engine_info,
    pause,
    reason,
)
from .docker_files import Collecting, copy_below, has_files
from .docker_images import Found
from .docker_leftovers import (
    BOX,
    close_at_exit,
    closed,
    remove_box,
    remove_container,
)
from .docker_network import Seat
from .docker_options import AGENT, Volume, host_config, volumes_of
from .ownership import Owner

__all__ = [
    "DockerBox",
    "container_config",
    "entering",
    "filter_for",
    "filter_of",
    "start",
]

EMPTY_IN_BASE = ("/home/agent", "/tmp", "/root")
"""Folders of the base image in which there is nothing that a box needs."""

_filled: dict[tuple[str, str], bool] = {}
"""Whether there is something in a folder of an image, where that is known."""


class DockerBox(Box):
    """A box in Docker.

    Args:
        spec: What it offers.
        channel: To its runner.
        container: Its name.
        image: What it was made from.
        volumes: Its folders in memory.
        owner: Whose it is.
    """

    def __init__(
        self,
        spec: SandboxSpec,
        channel: Channel,
        container: str,
        image: Found,
        volumes: Sequence[Volume],
        owner: Owner,
    ) -> None:
        super().__init__(spec, channel)
        self.container = container
        self.image = image
        self.volumes = volumes
        self.owner = owner
        self._own_image: str | None = None
        """That of a clone, which goes with it."""
        self._paused = False
        self._closed = False
        self._ending = threading.Lock()
        self._began = int(time.time())
        close_at_exit(self)

    def freeze(self) -> None:
        """Have the kernel stop every process; see `Sandbox.freeze`."""
        self._frozen = True
        with self._ending:
            if self._paused:
                return
            try:
                pause(self.container)
                self._must_stand_still()
            except (DockerException, OSError) as error:
                raise SandboxError(f"cannot freeze the box: {reason(error)}") from error
            finally:
                self._channel.give_up("it was frozen")
            self._paused = True
        # Its runner stands still too, so it does not see that its input ends.
        self._channel.close()

    def collect(
        self, paths: Iterable[str], *, max_bytes: int = 1_000_000, max_files: int = 200
    ) -> list[Collected]:
        """Return files of the frozen box; see `Sandbox.collect`."""
        self._must_be_frozen()
        found = Collecting(self.container, max_bytes, max_files).collect(paths)
        # If it is gone, the engine has said of every file that there is none.
        self._must_stand_still()
        return found

    def clone(
        self, *, writable: Sequence[str] = (), seat: Seat | None = None
    ) -> DockerBox:
        """Return a new box with the files of this frozen one; see `Sandbox.clone`.

        Args:
            writable: Further folders that can be written in it, empty at first.
            seat: Its place on a network; without one it has none.
        """
        self._must_be_frozen()
        image, own_image = self.image, None
        if not self.spec.read_only:
            own_image = self._commit()
            image = replace(self.image, id=own_image)
        further = tuple(writable)
        try:
            box = start(
                self.spec,
                image,
                self.owner,
                seat=seat,
                further=further,
                filled=True,
                system=self.image.id,
            )
        except BaseException:
            if own_image is not None:
                _remove_image(own_image)
            raise
        box._own_image = own_image
        try:
            for volume in self.volumes:
                if volume.path not in further:
                    room = volume.size_mb << 20
                    path = volume.path
                    told = copy_below(
                        self.container, box.container, path, room=room, fresh=further
                    )
                    if told:
                        box._happened.append(f"clone: {told}")
            self._must_stand_still()
        except BaseException:
            box.close()
            raise
        return box

    def close(self) -> None:
        """Remove the container, its volumes and its image; closing twice is fine."""
        with self._ending:
            if self._closed:
                return
            self._frozen = True
            try:
                remove_box(self.container)
                if self._own_image is not None:
                    _remove_image(self._own_image)
                self._closed = True
            except (DockerException, OSError) as error:
                # The end of the process tries once more, and then the next sweep.
                self._happened.append(f"not removed: {reason(error)}")
            finally:
                self._channel.close()
        if self._closed:
            closed(self)

    def _must_be_frozen(self) -> None:
        if not self._paused:
            raise SandboxError("the box is not frozen")

    def _must_stand_still(self) -> None:
        """Raise SandboxError unless the engine says that all of it is paused."""
        try:
            state = connect().inspect_container(self.container)["State"]
        except (DockerException, OSError) as error:
            raise SandboxError(f"the frozen box is lost: {reason(error)}") from error
        if not (state["Running"] and state["Paused"]) or state["Restarting"]:
            raise SandboxError(f"the box is not frozen but {state['Status']}")

    def _commit(self) -> str:
        """Return the id of an image with all files of the system, the box's own."""
        try:
            labels = self.owner.labels(self.spec.ttl_s)
            done = connect().commit(
                self.container, pause=False, conf={"Labels": labels}
            )
        except (DockerException, OSError) as error:
            raise SandboxError(f"cannot clone the box: {reason(error)}") from error
        return done["Id"]

    def _revive(self) -> Channel:
        """Refuse: the files in memory have gone with the main process."""
        why = _how_it_ended(self.container, self._began)
        raise SandboxError(f"the box was lost, and its files with it: {why}")


def start(
    spec: SandboxSpec,
    image: Found,
    owner: Owner,
    *,
    seat: Seat | None = None,
    further: Iterable[str] = (),
    filled: bool = False,
    system: str | None = None,
) -> DockerBox:
    """Start a box.

    Args:
        spec: What it offers.
        image: Of it.
        owner: Whose it is.
        seat: Its place on a network; without one it has none.
        further: More folders in memory.
        filled: Whether the caller puts there what belongs in its folders in memory.
        system: The image that compiles the runner, where an agent has changed this one.

    Raises:
        SandboxError: If it cannot be started.
    """
    volumes = volumes_of(spec, image, further)
    name = f"box-{secrets.token_hex(6)}"
    labels = {**owner.labels(spec.ttl_s), BOX: name}
    config = container_config(spec, image, volumes, labels, seat)
    container, stream = None, None
    try:
        api = connect()
        api.create_container_from_config(config, name)
        container = name
        channels = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
        stream = AttachStream(api.attach_socket(container, channels))
        api.start(container)
        seen = spec.model_copy(update={"env": {**image.env, **spec.env}})
        hello = hello_of(seen, watch_memory=False)
        channel = Channel(stream, hello, system=system or image.id)
        box = DockerBox(spec, channel, container, image, volumes, owner)
        if not filled:
            _fill(box)
        return box
    except BaseException as error:
        if stream is not None:
            stream.close()
        if container is not None:
            with contextlib.suppress(DockerException, OSError):
                remove_box(container)
        if isinstance(error, ImageNotFound):
            raise SandboxError(
                f"image {image.name} is not there: arena sandbox build"
            ) from error
        if isinstance(error, (DockerException, OSError, SandboxError)):
            told = stream.stderr.decode(errors="replace") if stream else ""
            why = told.strip() or reason(error)
            if '"python3": executable file not found' in why:
                why = "it has no python3 (3.9 or later): add it in the Dockerfile"
            raise SandboxError(f"cannot start a box of {image.name}: {why}") from error
        raise


def container_config(
    spec: SandboxSpec,
    image: Found,
    volumes: Iterable[Volume],
    labels: dict[str, str],
    seat: Seat | None = None,
) -> dict[str, Any]:
    """Return all that the engine is told of a container, as its API wants it."""
    volumes = list(volumes)
    mounts = [volume.mount(labels) for volume in volumes]
    user = 0 if spec.user == "root" else AGENT
    first = entering(spec.workdir, user, filter_of(spec))
    return {
        "Image": image.id,
        "Entrypoint": [*LOADER[:-1], f"{first}{LOADER[-1]}"],
        "Cmd": [],
        "User": "0:0" if spec.root else f"{AGENT}:{AGENT}",
        "WorkingDir": "/",
        # On a network, that name would stand for two addresses.
        "Hostname": "host" if seat else "localhost",
        "Env": [],
        "Labels": labels,
        "AttachStdin": True,
        "AttachStdout": True,
        "AttachStderr": True,
        "OpenStdin": True,
        "StdinOnce": True,
        "Tty": False,
        "Healthcheck": {"Test": ["NONE"]},
        "HostConfig": {**host_config(spec, volumes, seat), "Mounts": mounts},
        "NetworkingConfig": seat.endpoint() if seat else {},
    }


def filter_of(spec: SandboxSpec) -> bytes:
    """Return the filter of system calls beside the engine's own; empty for none."""
    # Setting up may need a debugger or System V shared memory.
    return filter_for(only_sockets=spec.root)


def filter_for(**options: Any) -> bytes:
    """Return a filter of system calls for the engine's machine; empty for none.

    Args:
        options: As `seccomp.program` takes them.
    """
    machine = str(engine_info().get("Architecture"))
    if machine not in seccomp.MACHINES:
        return b""
    return seccomp.program(machine, **options)


def entering(workdir: str, user: int, code: bytes) -> str:
    """Return the beginning of a main process's program; see `inside.enter`."""
    enter = files("arena.sandbox.inside").joinpath("enter.py").read_text("utf-8")
    return f"{enter}enter({workdir!r}, {user}, {code!r})\n"


def _fill(box: DockerBox) -> None:
    """Put into the folders in memory what the image has there.

    It comes from a container that is never started, since in the box itself the folders
    lie over it.
    """
    image = box.image
    there = [v for v in box.volumes if _filled.get((image.id, v.path), True)]
    if image.is_base:
        there = [v for v in there if v.path not in EMPTY_IN_BASE]
    if not there:
        return
    labels = box.owner.labels(box.spec.ttl_s)
    config = {"Image": image.id, "Entrypoint": ["-"], "Labels": labels}
    source = connect().create_container_from_config(config)["Id"]
    try:
        for volume in there:
            path, room = volume.path, volume.size_mb << 20
            _filled[image.id, path] = has_files(source, path)
            if _filled[image.id, path]:
                told = copy_below(source, box.container, path, room=room)
                if told:
                    raise SandboxError(f"{told}: the task needs more storage_mb")
    finally:
        remove_container(source)


def _how_it_ended(container: str, since: int) -> str:
    """Return what the engine tells of the end of a container's main process."""
    limits = {"container": container, "event": ["oom", "die"]}
    until = int(time.time()) + 2
    memory = ""
    try:
        for event in connect().events(since, until, limits, decode=True):
            if event["Action"] == "oom":
                memory = ", after memory had run out"
            else:
                code = event["Actor"]["Attributes"].get("exitCode", "?")
                return f"its main process was ended (exit code {code}{memory})"
    except (DockerException, OSError) as error:
        return reason(error)
    return "the engine does not know why"


def _remove_image(image: str) -> None:
    with contextlib.suppress(NotFound):
        connect().remove_image(image, force=True)
