"""The first process of a server: it asks the world for its state, and follows it.

It is pid 1 of a container, and root there; whoever rents the server is root beside it,
and hostile. So it touches nothing that they can write, keeps nothing from before that
they could have changed, and ends where it cannot go on: with it ends the container, and
all that was written is gone. It is one file, which imports only the standard library.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import select
import signal
import socket
import time

__all__ = ["main"]

ASK_S = 0.2
CONNECT_S, ANSWER_S = 2.0, 5.0
GONE_S = 5.0
"""A world that no connection led to for so long is gone."""
START_S = 30.0
"""But it may start later than its servers."""
SILENT_S = 20.0
"""After so long without an answer, nothing may go on that is not known to be wanted."""
MOST_ANSWER = 1 << 16
MOST_TOLD = 1 << 16
PR_SET_DUMPABLE = 4
ENV = {"HOME": "/root", "LANG": "C.UTF-8", "PATH": os.defpath, "USER": "root"}
# Every process of the server goes before this one, should memory run out.
START = """\
echo 1000 > /proc/self/oom_score_adj
umask 022
mkdir -p /run/sshd /run/lock && chmod 755 /run/sshd
mkdir -p -m 700 /root/.ssh
grep -qsxF -e "$1" /root/.ssh/authorized_keys || echo "$1" >> /root/.ssh/authorized_keys
[ -s /run/host_key ] || ssh-keygen -q -t ed25519 -N '' -C '' -f /run/host_key
if [ -x /root/boot.sh ]; then
  (cd /root && exec setsid ./boot.sh < /dev/null > /var/log/boot.log 2>&1) &
fi
exec /usr/sbin/sshd -D -e -f /dev/null -h /run/host_key -o PermitRootLogin=yes \
  -o AuthenticationMethods=publickey -o UsePAM=no -o PrintMotd=no -o PrintLastLog=no \
  -o PidFile=none -o 'Subsystem=sftp internal-sftp' -o SetEnv=LANG=C.UTF-8
"""


class _World:
    """The world, as its metadata site answers.

    Args:
        address: Of it.
        host: Of the metadata site.
    """

    def __init__(self, address: str, host: str) -> None:
        self._address = address
        self._host = host
        self._socket: socket.socket | None = None
        self._answered = time.monotonic()
        self._unreachable: float | None = None
        self._patience = START_S

    @property
    def gone(self) -> bool:
        """Whether there is nothing at its address any more."""
        since = self._unreachable
        return since is not None and time.monotonic() - since > self._patience

    @property
    def silent(self) -> bool:
        """Whether it has not answered for long."""
        return time.monotonic() - self._answered > SILENT_S

    def ask(self, method: str, path: str, body: bytes = b"") -> dict[str, object]:
        """Return what it answers; an empty dict for no answer."""
        try:
            connection = self._socket or self._connect()
            head = f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\n"
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}"
            connection.sendall(head.encode() + b"\r\n\r\n" + body)
            found = self._answer(connection)
            self._answered = time.monotonic()
            return found
        except (OSError, ValueError):  # it may be busy, and hang up for that
            self._hang_up()
            return {}

    def _connect(self) -> socket.socket:
        try:
            self._socket = socket.create_connection((self._address, 80), CONNECT_S)
        except OSError:
            self._unreachable = self._unreachable or time.monotonic()
            raise
        self._socket.settimeout(ANSWER_S)
        self._unreachable = None
        self._patience = GONE_S
        return self._socket

    def _answer(self, connection: socket.socket) -> dict[str, object]:
        data = b""
        while b"\r\n\r\n" not in data:
            data += _some(connection, data)
        head, _, body = data.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d{1,6})", head)
        while len(body) < (int(length[1]) if length else 0):
            body += _some(connection, body)
        if length is None or re.search(rb"(?i)\r\nconnection: *close", head):
            self._hang_up()
        found: dict[str, object] = json.loads(body) if b" 200 " in head[:16] else {}
        return found

    def _hang_up(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _some(connection: socket.socket, before: bytes) -> bytes:
    more = connection.recv(MOST_ANSWER)
    if not more or len(before) > MOST_ANSWER:
        raise ValueError("no answer")
    return more


class _Server:
    """What runs here beside this process."""

    def __init__(self) -> None:
        self._boots = 0
        self._told = -1
        """Where the server of SSH says what it does."""
        self._said: set[str] = set()

    def follow(self, state: str, boots: int, key: str) -> None:
        """Let run, or not, what should."""
        if state == "active" and boots != self._boots:
            self.stop()
            self._boots = boots
            self._start(key)
        elif state != "active" and self._boots:
            self.stop()

    def stop(self) -> None:
        """End every process but this one."""
        self._boots = 0
        self._said = set()
        if self._told != -1:
            os.close(self._told)
            self._told = -1
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return
        until = time.monotonic() + 2
        while self.bury() and time.monotonic() < until:
            time.sleep(0.005)

    def bury(self) -> bool:
        """Take note of processes that have ended; return whether some are left."""
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return False
        return True

    def news(self) -> list[str]:
        """Return what has happened since: `up` and `ssh`, each once after a start."""
        happened: list[str] = []
        if self._told == -1 or not select.select([self._told], [], [], 0)[0]:
            return happened
        told = os.read(self._told, MOST_TOLD)
        for mark, what in ((b"Server listening", "up"), (b"Accepted", "ssh")):
            if mark in told and what not in self._said:
                self._said.add(what)
                happened.append(what)
        if not told:
            os.close(self._told)
            self._told = -1
        return happened

    def _start(self, key: str) -> None:
        self._told, end = os.pipe()
        null = os.open(os.devnull, os.O_RDWR)
        os.posix_spawn(
            "/bin/sh",
            ["/bin/sh", "-c", START, "sh", key],
            ENV,
            file_actions=[
                (os.POSIX_SPAWN_DUP2, null, 0),
                (os.POSIX_SPAWN_DUP2, null, 1),
                (os.POSIX_SPAWN_DUP2, end, 2),
            ],
            setsid=True,
            setsigdef=[signal.SIGPIPE, signal.SIGINT],
        )
        os.close(null)
        os.close(end)


def main(address: str, host: str, ttl_s: float) -> None:
    """Follow the world until the server is given back, or the world is gone.

    Args:
        address: Of the world.
        host: Of its metadata site.
        ttl_s: How long to go on at most.
    """
    _hide()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    world, server = _World(address, host), _Server()
    ends = time.monotonic() + ttl_s
    while time.monotonic() < ends and not world.gone:
        told = world.ask("GET", "/boot")
        if told.get("state") == "terminated":
            break
        if told:
            boots = told.get("boots")
            assert isinstance(boots, int)
            server.follow(str(told.get("state")), boots, str(told.get("key")))
        elif world.silent:
            server.stop()
        for what in server.news():
            world.ask("POST", "/report", json.dumps({"what": what}).encode())
        server.bury()
        time.sleep(ASK_S)


def _hide() -> None:
    """Let nobody look into this process or hold it."""
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
