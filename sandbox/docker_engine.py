"""The Docker engine: one client for the process, and the stream to a container."""

from __future__ import annotations

import contextlib
import functools
import socket
import threading
import time
from typing import Any

import docker
from docker.errors import APIError, DockerException, ImageNotFound, NotFound
from docker.utils import kwargs_from_env

from arena.errors import one_line

__all__ = [
    "APIError",
    "AttachStream",
    "DockerException",
    "ImageNotFound",
    "NotFound",
    "connect",
    "engine_info",
    "engine_problem",
    "pause",
    "reason",
    "registry_problem",
    "unpause",
]

TIMEOUT_S = 60
"""For one answer of the engine, which may be busy with many boxes at once."""
REGISTRY_S = 8
"""How long a registry may take to answer whether it is there."""
PAUSE_WAITS_S = (0.1, 0.5, 1.0, 2.0, 4.0)
"""Between tries to pause a container."""
CONNECTIONS = 64
"""Kept open for further requests; a busy process may have more."""
STDERR_KEPT = 4096
SOCKET = "unix:///var/run/docker.sock"
"""Where an engine listens unless DOCKER_HOST says otherwise."""
_connecting = threading.Lock()


@functools.cache
def _connect() -> Any:
    options = kwargs_from_env()
    _knock(options.get("base_url") or SOCKET)
    return docker.APIClient(
        version="auto", timeout=TIMEOUT_S, max_pool_size=CONNECTIONS, **options
    )


def _knock(url: str) -> None:
    """Raise DockerException unless somebody listens at a socket of this machine.

    The SDK would leave its own socket open, and not say which one it tried.
    """
    url = url.replace("http+unix://", "unix://")
    if not url.startswith("unix://"):
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trial:
        try:
            trial.connect(url.removeprefix("unix://"))
        except OSError as error:
            raise DockerException(f"{url}: {error.strerror or error}") from None


def connect() -> Any:
    """Return the client of the Docker SDK that all threads share.

    Raises:
        DockerException: If no engine answers.
    """
    with _connecting:  # the cache alone would let two threads make one each
        return _connect()


def pause(container: str) -> None:
    """Have the kernel stop every process of a container.

    runc gives up before all of them stand still where the machine is busy, or where
    they start others without end, and lets them go on. Then they are stopped by a
    signal, which no process can refuse or outrun, and it is asked again.

    Raises:
        APIError: If it cannot be paused.
    """
    for wait_s in PAUSE_WAITS_S:
        try:
            connect().pause(container)
        except APIError as error:
            if "unable to freeze" not in str(error):
                raise
            _signal_all(container, "STOP")
            time.sleep(wait_s)
        else:
            return
    connect().pause(container)


def unpause(container: str) -> None:
    """Let every process of a paused container go on.

    Raises:
        DockerException: If the engine can't.
    """
    connect().unpause(container)
    _signal_all(container, "CONT")


def _signal_all(container: str, name: str) -> None:
    """Send a signal to all processes of a container's user but the first one."""
    api = connect()
    with contextlib.suppress(DockerException):  # the next attempt to pause will tell
        made = api.exec_create(container, ["sh", "-c", f"kill -{name} -1"])
        api.exec_start(made["Id"])


@functools.cache
def engine_info() -> dict[str, Any]:
    """Return what the engine says of itself and of the machine it runs on."""
    return connect().info()


def registry_problem(image: str) -> str | None:
    """Return why the registry of an image can't be reached, or None; pulls nothing."""
    options = kwargs_from_env()
    try:
        # A client of its own, with little patience.
        probe: Any = docker.APIClient(version="auto", timeout=REGISTRY_S, **options)
        try:
            probe.inspect_distribution(image)
        finally:
            probe.close()
    except (DockerException, OSError) as error:
        return reason(error)
    return None


def engine_problem() -> str | None:
    """Return why no engine can be used, and what to do about it, or None."""
    try:
        kind = connect().version().get("Os", "linux")
    except (DockerException, OSError) as error:
        text = one_line(str(error), 200)
        if "Permission denied" in text:
            return (
                "the Docker engine refuses this user: add it to the group `docker` "
                "(sudo usermod -aG docker $USER) and log in again"
            )
        return (
            f"no Docker engine answers ({text}): install and start one, or set "
            "DOCKER_HOST to where one listens"
        )
    if kind != "linux":
        return f"the Docker engine runs {kind} containers; switch it to Linux ones"
    return None


def reason(error: BaseException) -> str:
    """Return what the engine says is wrong, in one line."""
    told = getattr(error, "explanation", None)
    return one_line(str(told or error))


class AttachStream:
    """Standard input and output of a container's main process, as one stream.

    The engine puts both outputs into frames: eight bytes of head (1 for stdout or 2
    for stderr, three zeros, the length), then the data. Stderr is set aside.

    Args:
        attached: What the SDK's `attach_socket` has returned.
    """

    def __init__(self, attached: Any) -> None:
        self._attached = attached
        # Over a Unix or TCP socket the SDK returns a reader around the socket.
        self._socket: socket.socket = getattr(attached, "_sock", attached)
        self._socket.settimeout(None)
        self._held = b""
        self._at = 0
        self._left = 0
        """Bytes of the current frame that have not come yet."""
        self._is_output = True
        self._closed = False
        self.stderr = b""
        """The last of what came there."""

    def recv(self, size: int) -> bytes:
        """Wait for bytes of standard output; b"" at the end."""
        while True:
            while self._left == 0:
                if not self._next_frame():
                    return b""
            if self._at == len(self._held) and not self._fill():
                return b""
            most = self._left if not self._is_output else min(self._left, size)
            data = self._held[self._at : self._at + most]
            self._at += len(data)
            self._left -= len(data)
            if self._is_output:
                return data
            self.stderr = (self.stderr + data)[-STDERR_KEPT:]

    def sendall(self, data: bytes) -> None:
        """Send all bytes to standard input."""
        self._socket.sendall(data)

    def close(self) -> None:
        """End the stream, also for a `recv` that waits in another thread."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(OSError):  # the other end was first
            self._socket.shutdown(socket.SHUT_RDWR)
        response = getattr(self._attached, "_response", None)
        if response is not None:
            response.close()
        self._attached.close()

    def _next_frame(self) -> bool:
        while len(self._held) - self._at < 8:
            if not self._fill():
                return False
        head = self._held[self._at : self._at + 8]
        self._at += 8
        self._is_output = head[0] != 2
        self._left = int.from_bytes(head[4:8], "big")
        return True

    def _fill(self) -> bool:
        """Take what has come; False at the end."""
        data = self._socket.recv(1 << 16)
        self._held = self._held[self._at :] + data
        self._at = 0
        return bool(data)
