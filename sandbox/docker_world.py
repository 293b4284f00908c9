"""A closed world in Docker: a network, the world's container, servers, and boxes on it.

Everything starts at once, in threads; the first call that needs the world waits for it.
"""

from __future__ import annotations

import contextlib
import functools
import json
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from arena.sandboxing import (
    Collected,
    Sandbox,
    SandboxError,
    SandboxRefusal,
    SandboxSpec,
)
from arena.worlds import Complete, Role, World, WorldSpec

from .docker_box import DockerBox, container_config, entering, filter_of
from .docker_box import start as start_box
from .docker_engine import (
    APIError,
    AttachStream,
    DockerException,
    NotFound,
    connect,
    pause,
    reason,
    unpause,
)
from .docker_files import Collecting
from .docker_images import Found
from .docker_leftovers import (
    BOX,
    close_at_exit,
    closed,
    remove_box,
)
from .docker_network import OPTIONS, Seat, create_network
from .docker_servers import server_config, start_server
from .ownership import Owner
from .world_link import LOADER, WorldLink, code_digest

__all__ = ["CANNOT", "DockerWorld", "options_of"]

TTL_S = 6 * 3600.0
OWN = SandboxSpec.model_validate({"memory_mb": 512, "pids": 256, "storage_mb": 64})
"""What the world's own process may use."""
TMP = "size=64m,nr_inodes=4096,mode=1777,nosuid,nodev,noexec"
MOST_FILES = 200
RESTART_S = 10.0
"""What a server may take to answer again; a hostile one may never do."""
CANNOT = (
    "Names are looked up through the engine's own resolver, which hands questions on "
    "to the world; an engine of 25.0.4 to 26.0 does not hand them on.",
    "Those in a world share one bridge: who is at which address is known to all, and "
    "all of one world's traffic shares its processor.",
    "Root on a server can end that server for good; its files are lost then.",
)


class DockerWorld(World):
    """A world in Docker.

    Args:
        spec: What it must offer.
        owner: Whose it is.
        image: The base image, of the world and its servers.
        image_of: Finds the image of a box.
        complete: Answers for the model site.

    Raises:
        SandboxError: If it has no network.
    """

    def __init__(
        self,
        spec: WorldSpec,
        owner: Owner,
        image: Found,
        image_of: Callable[[SandboxSpec], Found],
        complete: Complete | None = None,
    ) -> None:
        self.spec = spec
        self._owner = owner
        self._image = image
        self._image_of = image_of
        self._complete = complete
        self._link: WorldLink | None = None
        self._boxes: list[DockerBox] = []
        self._ending = threading.Lock()
        self._closing = self._closed = False
        self.network = create_network(owner.labels(TTL_S))
        close_at_exit(self)
        # Told inside, as all names of containers are.
        self.container = f"host-{secrets.token_hex(6)}"
        self.servers = {
            f"server-{n}": f"host-{secrets.token_hex(6)}"
            for n in range(1, spec.servers + 1)
        }
        self._threads = ThreadPoolExecutor(spec.servers + 1, "world")
        self._starting: list[Future[None]] = [self._threads.submit(self._start)]
        for place in self.servers:
            self._starting.append(self._threads.submit(self._start_server, place))

    def open(self, spec: SandboxSpec, role: Role) -> Sandbox:
        """Start a box on the world's network; see `World.open`."""
        self._must_be_open()
        image = self._image_of(spec)
        box = self._held(
            lambda: start_box(spec, image, self._owner, seat=self.network.seat(role))
        )
        self._ready()
        return box

    def clone(self, box: Sandbox, *, writable: Sequence[str] = ()) -> Sandbox:
        """Return a clone of a frozen box on the network; see `World.clone`."""
        assert isinstance(box, DockerBox)
        self._ready()
        seat = self.network.seat("judge")
        return self._held(lambda: box.clone(writable=writable, seat=seat))

    def detach(self, box: Sandbox) -> None:
        """Take a box off the network, and see that it is off; see `World.detach`."""
        assert isinstance(box, DockerBox)
        self.network.expel(box.container)

    def ask(self, op: str, **arguments: Any) -> dict[str, Any]:
        """Have the world do or tell something; see `World.ask`."""
        link = self._ready()
        if op != "restart":
            return link.request(op, **arguments)
        _, before = link.lines(sys.maxsize)
        found = link.request(op, **arguments)
        _wait_for_restart(link, before)
        return found

    def ledger(self) -> list[str]:
        """Return all lines so far, their chain checked."""
        return self._ready().ledger()

    def collect(
        self, server: str, paths: Iterable[str], *, max_bytes: int = 4_000_000
    ) -> list[Collected]:
        """Return files of a rented server; see `World.collect`."""
        if server not in self.servers:
            raise SandboxError(f"there is no server {server!r}")
        self._ready()
        container, wanted = self.servers[server], list(paths)
        try:
            if not _paused(container):
                return [Collected(path, None, problem="missing") for path in wanted]
            try:
                found = Collecting(container, max_bytes, MOST_FILES).collect(wanted)
                # Of one that is gone, the engine would say that it has no such file.
                connect().inspect_container(container)
                return found
            finally:
                unpause(container)
        except (DockerException, OSError) as error:
            raise SandboxError(f"cannot look into {server}: {reason(error)}") from error

    def close(self) -> None:
        """Remove all of it; closing twice is fine."""
        self._closing = True
        with self._ending:
            if self._closed:
                return
            for starting in self._starting:
                starting.exception()
            if self._link is not None:
                self._link.close()
            names = [self.container, *self.servers.values()]
            ends = [box.close for box in self._boxes]
            ends += [functools.partial(remove_box, name) for name in names]
            try:
                _together(ends)
                self.network.remove()
                self._closed = True
            except (DockerException, OSError):
                # The end of the process tries once more, and then the next sweep.
                return
            finally:
                self._threads.shutdown(wait=False)
        closed(self)

    def _held(self, make: Callable[[], DockerBox]) -> DockerBox:
        """Return a new box, which goes with the world."""
        box = make()
        self._boxes.append(box)
        try:
            self._must_be_open()
        except SandboxError:  # meanwhile, it may not have seen this one
            box.close()
            raise
        return box

    def _must_be_open(self) -> None:
        if self._closing:
            raise SandboxError("the world was closed")

    def _ready(self) -> WorldLink:
        """Wait until everything has started."""
        self._must_be_open()
        for starting in self._starting:
            starting.result()
        assert self._link is not None
        return self._link

    def _start(self) -> None:
        """Start the world's own process, and wait until it is ready."""
        labels = {**self._owner.labels(TTL_S), BOX: self.container}
        config = _world_config(self._image, labels, self.network.seat("world"))
        names = ("agent", "judge", *self.servers)
        places = {self.network.address(name): name for name in names}
        try:
            api = connect()
            api.create_container_from_config(config, self.container)
            channels = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            stream = AttachStream(api.attach_socket(self.container, channels))
            api.start(self.container)
        except (DockerException, OSError) as error:
            raise SandboxError(f"cannot start the world: {reason(error)}") from error
        start = {
            "id": 0,
            "op": "start",
            "spec": self.spec.model_dump(mode="json"),
            "places": places,
            "address": self.network.world,
        }
        tokens = self.spec.model_tokens
        self._link = WorldLink(stream, start, self._complete, tokens)
        try:
            self._link.wait()
        except SandboxError as error:
            last = stream.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise SandboxError(": ".join([str(error), *last])) from error

    def _start_server(self, place: str) -> None:
        try:
            start_server(
                self.servers[place],
                place,
                self.network.seat(place),
                self._image,
                self._owner,
                memory_mb=self.spec.server_memory_mb,
                host=f"metadata.cloud.{self.spec.tld}",
                ttl_s=TTL_S,
            )
        except (DockerException, OSError) as error:
            raise SandboxError(f"cannot start a server: {reason(error)}") from error


def options_of(spec: WorldSpec, image: Found) -> dict[str, Any]:
    """Return what the engine is told of a world, without names and addresses."""
    nowhere = Seat("", "", "")
    world = _world_config(image, {}, nowhere)
    found: dict[str, Any] = {"network": OPTIONS, "world": world}
    if spec.servers:
        memory = spec.server_memory_mb
        found["server"] = server_config(memory, image, {}, nowhere, "server")
    for config in (world, found.get("server", {})):
        # A program is a part of Arena, whose digest is told beside this.
        config.pop("Entrypoint", None)
    return {"options": found, "servers": spec.servers, "code": code_digest()}


def _world_config(image: Found, labels: dict[str, str], seat: Seat) -> dict[str, Any]:
    config = container_config(OWN, image, [], labels, seat)
    program = f"{entering('/', 0, filter_of(OWN))}{LOADER}"
    command = ["python3", "-I", "-S", "-u", "-c", program]
    limits = config["HostConfig"]
    limits["Tmpfs"] = {**limits["Tmpfs"], "/tmp": TMP}
    limits["Sysctls"] = {"net.ipv4.ip_unprivileged_port_start": "0"}
    return {**config, "Entrypoint": command}


def _paused(container: str) -> bool:
    """Let a server stand still; return False if it has ended for good.

    Raises:
        SandboxRefusal: If it goes on.
    """
    api = connect()
    with contextlib.suppress(APIError):  # it runs no more
        pause(container)
    try:
        state = api.inspect_container(container)["State"]
    except NotFound:
        return False
    if state["Running"] and not state["Paused"]:
        raise SandboxRefusal("it does not stand still")
    return bool(state["Running"])


def _wait_for_restart(link: WorldLink, before: int) -> None:
    """Wait until all servers that were restarted are up, but not for ever.

    Args:
        link: To the world.
        before: How many lines the ledger had.
    """
    until = time.monotonic() + RESTART_S
    while time.monotonic() < until:
        told = [json.loads(line) for line in link.lines(before)[0]]
        servers = {
            kind: {line["server"] for line in told if line["kind"] == kind}
            for kind in ("fleet.restarted", "fleet.up")
        }
        if servers["fleet.restarted"] <= servers["fleet.up"]:
            return
        time.sleep(0.05)


def _together(calls: Sequence[Callable[[], None]]) -> None:
    """Do several things at once; raise what one of them raised, when all are done."""
    failed: list[Exception] = []

    def do(call: Callable[[], None]) -> None:
        try:
            call()
        except (DockerException, OSError) as error:
            failed.append(error)

    threads = [threading.Thread(target=do, args=[call]) for call in calls]
    for thread, call in zip(threads, calls, strict=True):
        try:
            thread.start()
        except RuntimeError:  # the process is ending, and starts no more threads
            do(call)
    for thread in threads:
        if thread.ident is not None:
            thread.join()
    if failed:
        raise failed[0]
