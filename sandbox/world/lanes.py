"""One port with many sockets, each for some addresses: a flood fills only its own.

The kernel keeps a queue for each socket. With one alone, whoever sends most leaves no
room in it for others; here a program of its filter (classic BPF) picks the socket by
the last byte of the sender's address.
"""

from __future__ import annotations

import ctypes
import selectors
import socket
import struct
from collections.abc import Iterator

__all__ = ["incoming", "open_lanes"]

LANES = 32
SO_ATTACH_REUSEPORT_CBPF = 51
# Load a word, and it, return it; of where a packet's IP header begins. <linux/filter.h>
LOAD, AND, RETURN = 0x30, 0x54, 0x16
SKF_NET_OFF = 0x100000000 - 0x100000
LAST_OF_SENDER = 15


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))


def open_lanes(kind: socket.SocketKind, address: str, port: int) -> list[socket.socket]:
    """Return the sockets of a port, bound.

    Args:
        kind: `SOCK_STREAM` or `SOCK_DGRAM`.
        address: Of ours.
        port: Of ours; 0 for any that is free.

    Raises:
        OSError: If the port cannot be had.
    """
    lanes: list[socket.socket] = []
    for _ in range(LANES):
        lane = socket.socket(socket.AF_INET, kind)
        lanes.append(lane)
        lane.setblocking(False)
        if kind == socket.SOCK_STREAM:
            lane.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        lane.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        lane.bind((address, port))
        port = lane.getsockname()[1]
    lines = ((LOAD, SKF_NET_OFF + LAST_OF_SENDER), (AND, LANES - 1), (RETURN, 0))
    code = b"".join(struct.pack("=HBBI", what, 0, 0, value) for what, value in lines)
    program = _Program(len(lines), code)
    lanes[0].setsockopt(socket.SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, bytes(program))
    return lanes


def incoming(lanes: list[socket.socket]) -> Iterator[socket.socket]:
    """Yield sockets at which something has come, each in its turn, for ever."""
    with selectors.DefaultSelector() as waiting:
        for lane in lanes:
            waiting.register(lane, selectors.EVENT_READ)
        while True:
            for key, _ in waiting.select():
                found = key.fileobj
                assert isinstance(found, socket.socket)
                yield found
