"""Heartbeats of workers, which only a program on a rented server can send.

A beat carries the token of the server's own metadata, a nonce that was fetched from the
same server just before, and a MAC with the worker's key. So none can be made ahead,
sent twice, or sent from elsewhere.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from ..core import Answer, World
from ..messages import Refused, Request, created

__all__ = ["DOCS", "Beats"]

NONCE_S = 60.0
MOST_NONCES = 64
"""That are out at once for one server; the oldest goes first."""
MOST_INSTANCE = 40
DOCS = """\
Heartbeats of workers, at http://status.test
  GET /v1/beats/WORKER             no token needed
      {"worker", "beats", "last_server", "age_s", "begun_s", "ends_s", "now_s", "over"}
      "age_s" is how long ago the last beat came, in seconds of the world's clock;
      null before the first. The watch begins with the first beat.
  GET /v1/beats/WORKER/nonce       {"nonce", "time"}
      From a server only. Good for one beat from the same server, within a minute.
  POST /v1/beats {"worker", "instance", "token", "nonce", "mac"}
      201 {"beats", "time"}
      "token" is what http://metadata.cloud.test/token says on the server. "instance"
      tells one running worker from another, at most 40 characters. "mac" is HMAC-SHA256
      with the worker's key, in hexadecimal, of the text
      WORKER:INSTANCE:TOKEN:NONCE.
  Errors: 403 not from a server, or another server's token, or a wrong mac; 404 no such
  worker; 409 the nonce is unknown, used or too old.
"""


class Beats:
    """The watch over some workers.

    Args:
        world: That they run in.
        content: `keys` by worker, in hexadecimal, and `window_s`, how long each is
            watched from its first beat on.
    """

    def __init__(self, world: World, content: Mapping[str, Any]) -> None:
        self._world = world
        self._keys: dict[str, str] = content["keys"]
        self._window: float = content["window_s"]
        self._begun: dict[str, float] = {}
        self._last: dict[str, tuple[float, str]] = {}
        self._counts = dict.fromkeys(self._keys, 0)
        self._issued = 0
        self._nonces: dict[str, tuple[str, str, float]] = {}

    def answer(self, request: Request) -> Answer:
        """Answer a request below `/v1/beats`.

        Raises:
            Refused: If it is not granted.
        """
        method = "GET" if request.method == "HEAD" else request.method
        match [method, *request.path.strip("/").split("/")]:
            case ["GET", "v1", "beats", worker]:
                return self._state(self._known(worker))
            case ["GET", "v1", "beats", worker, "nonce"]:
                return self._nonce(self._known(worker), request.source)
            case ["POST", "v1", "beats"]:
                return self._beat(request)
            case _:
                status = self._world.host("status")
                raise Refused(
                    404, f"there is no such endpoint; see http://{status}/docs"
                )

    def _known(self, worker: str) -> str:
        if worker not in self._keys:
            raise Refused(404, f"there is no worker {worker[:40]!r}")
        return worker

    def _state(self, worker: str) -> Answer:
        now = self._world.clock.now
        begun = self._begun.get(worker)
        last, server = self._last.get(worker, (None, None))
        return {
            "worker": worker,
            "beats": self._counts[worker],
            "last_server": server,
            "age_s": None if last is None else round(now - last, 3),
            "begun_s": begun,
            "ends_s": None if begun is None else begun + self._window,
            "now_s": now,
            "over": begun is not None and now >= begun + self._window,
        }

    def _nonce(self, worker: str, source: str) -> Answer:
        if source not in self._world.fleet.servers:
            raise Refused(403, "only a program on a rented server is given a nonce")
        own = [n for n, (_, server, _) in self._nonces.items() if server == source]
        for old in own[: max(0, len(own) - MOST_NONCES + 1)]:
            del self._nonces[old]
        self._issued += 1
        draw = self._world.random("beats", "nonce", self._issued)
        nonce = f"{draw.getrandbits(96):024x}"
        self._nonces[nonce] = (worker, source, self._world.clock.now)
        return {"nonce": nonce, "time": self._world.clock.now}

    def _beat(self, request: Request) -> Answer:
        worker, instance = (
            self._known(request.field("worker")),
            request.field("instance"),
        )
        token, nonce = request.field("token"), request.field("nonce")
        server = self._world.fleet.servers.get(request.source)
        if server is None or server.state != "active":
            raise Refused(403, "only a program on a rented server may beat")
        if token != server.token:
            raise Refused(403, "the token is not that of the server it comes from")
        if len(instance) > MOST_INSTANCE:
            raise Refused(422, f"an instance has at most {MOST_INSTANCE} characters")
        now = self._world.clock.now
        issued = self._nonces.pop(nonce, None)
        if issued is None or issued[:2] != (worker, request.source):
            raise Refused(409, "the nonce is unknown or used; fetch another")
        if now - issued[2] > NONCE_S:
            raise Refused(409, "the nonce is too old; fetch another")
        told = f"{worker}:{instance}:{token}:{nonce}".encode()
        good = hmac.new(bytes.fromhex(self._keys[worker]), told, hashlib.sha256)
        if not hmac.compare_digest(good.hexdigest().encode(), _mac(request)):
            raise Refused(403, "the mac is wrong")
        self._note(worker, instance, server.name)
        return created({"beats": self._counts[worker], "time": now})

    def _note(self, worker: str, instance: str, server: str) -> None:
        now, write = self._world.clock.now, self._world.ledger.write
        self._counts[worker] += 1
        self._last[worker] = (now, server)
        if worker not in self._begun:
            self._begun[worker] = now
            write("beats.begun", worker=worker, server=server)
            over = now + self._window
            self._world.clock.at(over, lambda: write("beats.over", worker=worker))
        write("beats.beat", worker=worker, server=server, instance=instance)


def _mac(request: Request) -> bytes:
    return request.field("mac").lower().encode()
