"""The process of a world: its ports, its time, and its orders from the host.

The first line of standard input says what to play:

    {"id": 1, "op": "start", "spec": {…}, "places": {"10.0.0.3": "agent"},
     "address": "10.0.0.2"}

with the fields of `arena.worlds.WorldSpec`, who is at which address, and the world's
own. `{"event": "ready", "http": 80, "dns": 53}` answers it once the ports are open, or
`{"event": "failed", "error": …}`. Then come orders, see `admin`. The process ends with
its input.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from types import ModuleType
from typing import Any, cast

from . import web
from .admin import Admin
from .connections import Connection, listen
from .core import World
from .dns import serve_names
from .messages import Deferred, Request, Response
from .sites import SITES

__all__ = ["main"]

HTTP_PORT, DNS_PORT = 80, 53
TICK_S = 0.05
"""Between two looks whether real time has brought what is due."""
FAULT = Response(500, b'{"error": "this site has a fault"}')

Facts = dict[str, Any]


class Failed(Exception):
    """The world cannot begin; the text says what in the task is wrong."""


def main() -> None:
    """Play one world, as standard input says."""
    # What a task's program prints must not pass for an answer.
    answers = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8")
    os.dup2(2, 1)
    telling = threading.Lock()

    def tell(found: Facts) -> None:
        with telling:
            answers.write(json.dumps(found) + "\n")

    start: Facts = json.loads(sys.stdin.readline())
    try:
        world = build(start)
    except Failed as error:
        traceback.print_exc()
        tell({"event": "failed", "error": str(error)})
        os._exit(1)
    lock = threading.Lock()
    admin = Admin(world, lock, tell)
    try:
        ports = _open_ports(world, lock, start.get("ports", {}))
    except OSError as error:
        tell({"event": "failed", "error": f"ports of {world.address}: {error}"})
        os._exit(1)
    if world.clock.rate:
        threading.Thread(target=_tick, args=(world, lock), daemon=True).start()
    tell({"event": "ready", **ports})
    for line in sys.stdin:
        admin.carry_out(json.loads(line))
    os._exit(0)  # with whoever is still being served


def build(start: Facts) -> World:
    """Return the world that the first line asks for.

    Raises:
        Failed: If the task's program fails, or says what no world can be made of.
    """
    spec: Facts = start["spec"]
    for name in spec["services"]:
        if name not in SITES:
            raise Failed(f"there is no site {name!r}; there are: {', '.join(SITES)}")
    content = _content(spec)
    try:
        sites = dict(content.get("sites", {}))
        model = {"backend": spec["model"], "tokens": spec["model_tokens"]}
        sites["model"] = {**model, **sites.get("model", {})}
        world = World(
            spec["seed"],
            {**content, "sites": sites},
            tuple(spec["services"]),
            SITES,
            rate=spec["clock_rate"],
            tld=spec["tld"],
        )
    except Exception as error:
        raise Failed(f"seed.py: world() gives what is no world: {error!r}") from error
    world.address = start["address"]
    world.places = dict(start["places"])
    for address, name in world.places.items():
        if name.startswith("server-"):
            world.fleet.place(name, address)
    for one in spec["perturbations"]:
        try:
            world.perturbations.arm(one["id"], one["when"], one["params"])
        except ValueError as error:
            raise Failed(str(error)) from None
    return world


def _content(spec: Facts) -> Facts:
    """Run the task's program, and return what its `world` says."""
    module = ModuleType("seed")
    sys.modules["seed"] = module
    try:
        exec(compile(spec["program"], "seed.py", "exec"), module.__dict__)
        found: object = module.world(spec["seed"], **spec["settings"])
    except (Exception, SystemExit) as error:
        own = [
            frame.lineno
            for frame in traceback.extract_tb(error.__traceback__)
            if frame.filename == "seed.py"
        ]
        where = f"seed.py: line {own[-1]}" if own else "seed.py"
        raise Failed(f"{where}: {type(error).__name__}: {error}") from error
    if not isinstance(found, dict):
        raise Failed("seed.py: world() should return a dict")
    return cast(Facts, found)


def _open_ports(world: World, lock: threading.Lock, ports: Facts) -> Facts:
    """Serve names and sites from now on; return the ports."""
    doors: dict[str, threading.Lock] = {}

    def serve(connection: Connection) -> None:
        source = world.places.get(connection.address, connection.address)
        # Of each source one request at a time waits for the world, so that whoever asks
        # much, or what takes long, keeps neither others waiting nor the host.
        door = doors.setdefault(source, threading.Lock())
        web.serve(connection, source, lambda asked: _answer(world, door, lock, asked))

    address = world.address
    return {
        # Without the lock: it only looks names up, and no site may hold it up.
        "dns": serve_names(address, ports.get("dns", DNS_PORT), world.resolve),
        "http": listen(address, ports.get("http", HTTP_PORT), serve, web.BUSY),
    }


def _answer(
    world: World, door: threading.Lock, lock: threading.Lock, request: Request
) -> Response:
    """Answer a request; while somebody outside is asked, others are answered."""
    try:
        with door, lock:
            answer = world.begin(request)
        if isinstance(answer, Deferred):
            result = answer.work()
            with door, lock:
                answer = world.finish(request, answer, result)
        return answer
    except Exception:  # noqa: BLE001 - a fault of one site must not end the world
        traceback.print_exc()
        return FAULT


def _tick(world: World, lock: threading.Lock) -> None:
    """Let real time bring what is due."""
    while True:
        time.sleep(TICK_S)
        with lock:
            world.clock.pass_(0.0)
