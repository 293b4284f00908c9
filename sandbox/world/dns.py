"""Names of the world: a small server of DNS, over UDP and TCP."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import struct
import threading
from collections.abc import Callable

from .connections import Connection, listen
from .lanes import incoming, open_lanes

__all__ = ["answer", "serve_names"]

HEADER = struct.Struct(">HHHHHH")
QUESTION = struct.Struct(">HH")
RECORD = struct.Struct(">HHHIH4s")
LENGTH = struct.Struct(">H")
A, IN = 1, 1
SAME_NAME = 0xC00C
"""The name that begins at byte 12, where the question has it."""
ANY_CLASS = 255
TTL_S = 30
NO_NAME, NOT_DONE, REFUSED = 3, 4, 5
MOST_UDP = 512

Resolve = Callable[[str], str | None]


def answer(packet: bytes, resolve: Resolve) -> bytes | None:
    """Return the answer to a query; None for what is none, which is dropped.

    Args:
        packet: As it came.
        resolve: Returns the address of IPv4 that a name stands for.
    """
    if len(packet) < HEADER.size:
        return None
    number, flags, questions, answers, _, _ = HEADER.unpack_from(packet)
    if flags & 0x8000 or questions != 1 or answers:
        return None
    found = _name(packet, HEADER.size)
    if found is None or len(packet) < found[1] + QUESTION.size:
        return None
    name, end = found
    kind, class_ = QUESTION.unpack_from(packet, end)
    question = packet[HEADER.size : end + QUESTION.size]
    record = b""
    if flags & 0x7800:
        code = NOT_DONE
    elif class_ not in (IN, ANY_CLASS):
        code = REFUSED
    else:
        address = resolve(name)
        code = NO_NAME if address is None else 0
        if address is not None and kind == A:
            packed = ipaddress.IPv4Address(address).packed
            record = RECORD.pack(SAME_NAME, A, IN, TTL_S, 4, packed)
    # An answer, ours to give; what was asked of recursion is granted.
    told = 0x8480 | flags & 0x7900 | code
    return HEADER.pack(number, told, 1, bool(record), 0, 0) + question + record


def _name(packet: bytes, start: int) -> tuple[str, int] | None:
    """Return the name at a place in lower case, and where it ends."""
    labels: list[str] = []
    at = start
    while at < len(packet):
        size = packet[at]
        if size == 0:
            return ".".join(labels), at + 1
        # 64 and above would point elsewhere, which a question has no need of.
        if size > 63 or at + 1 + size > len(packet) or at + size - start > 253:
            return None
        labels.append(packet[at + 1 : at + 1 + size].decode("latin-1").lower())
        at += 1 + size
    return None


def serve_names(address: str, port: int, resolve: Resolve) -> int:
    """Answer queries from now on.

    Args:
        address: Of ours.
        port: Of ours, both of UDP and TCP; 0 for any that is free.
        resolve: As `answer` says.

    Returns:
        The port.

    Raises:
        OSError: If the port cannot be had.
    """
    port = listen(address, port, lambda c: _serve_connection(c, resolve), b"")
    lanes = open_lanes(socket.SOCK_DGRAM, address, port)
    threading.Thread(
        target=_serve_datagrams, args=(lanes, resolve), daemon=True
    ).start()
    return port


def _serve_datagrams(lanes: list[socket.socket], resolve: Resolve) -> None:
    for lane in incoming(lanes):
        with contextlib.suppress(OSError):
            packet, sender = lane.recvfrom(MOST_UDP)
            told = answer(packet, resolve)
            if told is not None:
                lane.sendto(told, sender)


def _serve_connection(connection: Connection, resolve: Resolve) -> None:
    while True:
        (size,) = LENGTH.unpack(connection.exactly(LENGTH.size))
        told = answer(connection.exactly(size), resolve)
        if told is None:
            return
        connection.send(LENGTH.pack(len(told)) + told)
