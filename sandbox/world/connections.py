"""Connections of TCP: so many at once, each in a thread of its own, and none for ever.

Whoever is at the other end may be hostile: it may open as many as it can, send a byte
at a time, or never read.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable

from .lanes import incoming, open_lanes

__all__ = ["MOST", "MOST_OF_ONE", "Closed", "Connection", "listen"]

MOST = 128
MOST_OF_ONE = 32
"""From one address, so that none can keep out the others."""
PATIENCE_S = 10.0
"""For a request from its first byte to its last, and for an answer."""
LINGER_S = 0.5
PIECE = 65536


class Closed(Exception):
    """The other side has gone, or was too slow."""


class Connection:
    """One connection.

    Args:
        sock: That it is over.
        address: Of the other side.
    """

    def __init__(self, sock: socket.socket, address: str) -> None:
        self.address = address
        self._socket = sock
        self._had = b""

    def until(self, end: bytes, most: int) -> bytes | None:
        """Return what comes up to an end, which is dropped; None if more than `most`.

        Raises:
            Closed: If it does not come in time.
        """
        deadline = time.monotonic() + PATIENCE_S
        while end not in self._had:
            if len(self._had) > most:
                return None
            self._receive(deadline)
        found, _, self._had = self._had.partition(end)
        return found if len(found) <= most else None

    def exactly(self, size: int) -> bytes:
        """Return so many bytes.

        Raises:
            Closed: If they do not come in time.
        """
        deadline = time.monotonic() + PATIENCE_S
        parts, missing = [self._had], size - len(self._had)
        while missing > 0:
            self._had = b""
            self._receive(deadline)
            parts.append(self._had)
            missing -= len(self._had)
        whole = b"".join(parts)
        self._had = whole[size:]
        return whole[:size]

    def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            Closed: If it is not taken in time.
        """
        try:
            self._socket.settimeout(PATIENCE_S)
            self._socket.sendall(data)
        except OSError:
            raise Closed from None

    def linger(self) -> None:
        """Let what was sent arrive, though not all was read."""
        with contextlib.suppress(OSError, Closed):
            self._socket.shutdown(socket.SHUT_WR)
            deadline = time.monotonic() + LINGER_S
            while True:
                self._had = b""
                self._receive(deadline)

    def _receive(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise Closed
        try:
            self._socket.settimeout(left)
            data = self._socket.recv(PIECE)
        except OSError:
            raise Closed from None
        if not data:
            raise Closed
        self._had += data


def listen(
    address: str, port: int, serve: Callable[[Connection], None], refusal: bytes
) -> int:
    """Serve connections from now on.

    Args:
        address: Of ours.
        port: Of ours; 0 for any that is free.
        serve: Serves one, in its thread; what it raises but `Closed` is its fault.
        refusal: What is sent to those for whom there is no room.

    Returns:
        The port.

    Raises:
        OSError: If the port cannot be had.
    """
    lanes = open_lanes(socket.SOCK_STREAM, address, port)
    for lane in lanes:
        lane.listen(MOST_OF_ONE)
    doors = _Doors(serve, refusal)
    threading.Thread(target=doors.keep, args=(lanes,), daemon=True).start()
    return lanes[0].getsockname()[1]


class _Doors:
    """Who is in."""

    def __init__(self, serve: Callable[[Connection], None], refusal: bytes) -> None:
        self._serve = serve
        self._refusal = refusal
        self._inside: Counter[str] = Counter()
        self._lock = threading.Lock()

    def keep(self, lanes: list[socket.socket]) -> None:
        """Let in whom there is room for, for ever."""
        for lane in incoming(lanes):
            try:
                sock, (address, _) = lane.accept()
            except OSError:  # it has gone already, or no descriptor is left
                time.sleep(0.01)
                continue
            if not self._enter(address):
                self._refuse(sock)
                continue
            try:
                threading.Thread(
                    target=self._host, args=(sock, address), daemon=True
                ).start()
            except RuntimeError:  # no thread is left
                self._leave(address)
                self._refuse(sock)

    def _enter(self, address: str) -> bool:
        with self._lock:
            if self._inside[address] >= MOST_OF_ONE or self._inside.total() >= MOST:
                return False
            self._inside[address] += 1
            return True

    def _leave(self, address: str) -> None:
        with self._lock:
            self._inside[address] -= 1
            if not self._inside[address]:
                del self._inside[address]

    def _refuse(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock:
            sock.setblocking(False)
            sock.send(self._refusal)

    def _host(self, sock: socket.socket, address: str) -> None:
        try:
            with sock, contextlib.suppress(Closed):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._serve(Connection(sock, address))
        finally:
            self._leave(address)
